import Formats
import Foundation
import Geometry
import Testing

@Suite struct RegistryMapTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// Two lots that share an edge, the second with its curves in the other direction and a hole.
  private func map(system: String = "公共座標9系", extra: String = "") -> String {
    let corners: [(Double, Double)] = [
      (0, 0), (0, 10), (10, 10), (10, 0), (0, 20), (10, 20), (2, 12), (2, 14), (4, 14),
    ]
    var text = """
      <?xml version="1.0" encoding="UTF-8"?>
      <!-- 試験 -->
      <地図 xmlns="http://www.moj.go.jp/MINJI/tizuxml" xmlns:zmn="http://www.moj.go.jp/MINJI/tizuzumen">
      <地図名>佃１丁目 &amp; 周辺</地図名><市区町村コード>13102</市区町村コード><市区町村名>中央区</市区町村名>
      <座標系>\(system)</座標系><測地系判別>測量</測地系判別><空間属性>
      """
    for (index, corner) in corners.enumerated() {
      text +=
        "<zmn:GM_Point id=\"P\(index)\"><zmn:GM_Point.position><zmn:DirectPosition><zmn:X>\(corner.0)</zmn:X><zmn:Y>\(corner.1)</zmn:Y></zmn:DirectPosition></zmn:GM_Point.position></zmn:GM_Point>\n"
    }
    let curves = [(0, 1), (1, 2), (2, 3), (3, 0), (1, 4), (4, 5), (5, 2), (6, 7), (7, 8), (8, 6)]
    for (index, curve) in curves.enumerated() {
      text += "<zmn:GM_Curve id=\"C\(index)\"><zmn:GM_Curve.segment>"
      for point in [curve.0, curve.1] {
        text +=
          "<zmn:GM_PointArray.column><zmn:GM_PointRef.point idref=\"P\(point)\"/></zmn:GM_PointArray.column>"
      }
      text += "</zmn:GM_Curve.segment></zmn:GM_Curve>\n"
    }
    func ring(_ ids: [Int]) -> String {
      "<zmn:GM_Ring>" + ids.map { "<zmn:GM_CompositeCurve.generator idref='C\($0)' />" }.joined()
        + "</zmn:GM_Ring>"
    }
    text +=
      "<zmn:GM_Surface id=\"F1\"><zmn:GM_Polygon><zmn:GM_SurfaceBoundary.exterior>\(ring([0, 1, 2, 3]))</zmn:GM_SurfaceBoundary.exterior></zmn:GM_Polygon></zmn:GM_Surface>"
    text +=
      "<zmn:GM_Surface id=\"F2\"><zmn:GM_Polygon><zmn:GM_SurfaceBoundary.exterior>\(ring([1, 4, 5, 6]))</zmn:GM_SurfaceBoundary.exterior><zmn:GM_SurfaceBoundary.interior>\(ring([7, 8, 9]))</zmn:GM_SurfaceBoundary.interior></zmn:GM_Polygon></zmn:GM_Surface>"
    text +=
      "<zmn:GM_Surface id=\"F3\"><zmn:GM_Polygon><zmn:GM_SurfaceBoundary.exterior>\(ring([0, 2]))</zmn:GM_SurfaceBoundary.exterior></zmn:GM_Polygon></zmn:GM_Surface>"
    text +=
      "</空間属性><主題属性><基準点><名称>A1</名称><形状 idref=\"P0\"/></基準点><筆界線><形状 idref=\"C0\"/><線種別>筆界線</線種別></筆界線>"
    for (index, number) in ["1-1", "1-2", "2"].enumerated() {
      text +=
        "<筆 id=\"H\(index + 1)\"><大字コード>008</大字コード><地番>\(number)</地番><形状 idref=\"F\(index + 1)\"/>\(extra)</筆>"
    }
    return text + "</主題属性><図郭><地図番号>V1</地図番号></図郭></地図>\n"
  }

  @Test("lots are polygons with east first, whichever way their curves run")
  func parcels() throws {
    let run = ExchangeRun.read(try scratch.file("a.xml", map()))
    #expect(run.status == 0)
    #expect(run.header?.reference?.epsg == 6677)
    #expect(run.header?.geometry == .polygon)
    try #require(run.records.count == 3)
    #expect(
      run.records[0].geometry
        == .polygon([
          [
            Point(x: 0, y: 0), Point(x: 10, y: 0), Point(x: 10, y: 10), Point(x: 0, y: 10),
            Point(x: 0, y: 0),
          ]
        ]))
    #expect(
      run.records[1].geometry
        == .polygon([
          [
            Point(x: 10, y: 10), Point(x: 10, y: 0), Point(x: 20, y: 0), Point(x: 20, y: 10),
            Point(x: 10, y: 10),
          ],
          [Point(x: 12, y: 2), Point(x: 14, y: 2), Point(x: 14, y: 4), Point(x: 12, y: 2)],
        ]))
    #expect(run.records[2].geometry == nil)
    #expect(run.records[2].geometryFaults == ["the boundary of the shape “F3” does not close"])
    let names = run.header?.columns.map(\.name) ?? []
    let values = Dictionary(uniqueKeysWithValues: zip(names, run.records[1].values))
    #expect(values["地番"] == .text("1-2"))
    #expect(values["大字コード"] == .text("008"))
    #expect(values["筆ID"] == .text("H2"))
    #expect(values["地図名"] == .text("佃１丁目 & 周辺"))
    #expect(values["丁目名"] == .null)
  }

  @Test("任意座標系 rows are kept without a place, their original beside them")
  func arbitrarySystem() throws {
    let run = ExchangeRun.read(try scratch.file("a.xml", map(system: "任意座標系")))
    #expect(run.header?.reference == nil)
    #expect(run.records.count == 3)
    #expect(run.records.allSatisfy { $0.geometry == nil })
    #expect(run.records[0].originalWKB != nil)
    #expect(run.records[0].geometryFaults == ["任意座標系 has no place on earth, the original is kept"])
  }

  @Test("points, lines and control points are layers too")
  func layers() throws {
    let path = try scratch.file("a.xml", map(system: "公共座標１１系"))
    #expect(ExchangeRun(["layers", path]).layers == ["筆", "筆界点", "筆界線", "基準点"])
    let lines = ExchangeRun.read(path, ["--layer", "筆界線"])
    #expect(lines.header?.reference?.epsg == 6679)
    #expect(lines.records.map(\.geometry) == [.line([Point(x: 0, y: 0), Point(x: 10, y: 0)])])
    #expect(lines.records.first?.values.last == .text("筆界線"))
    #expect(ExchangeRun.read(path, ["--layer", "筆界点"]).records.isEmpty)
    #expect(ExchangeRun.read(path, ["--layer", "図郭"]).error?.fault == .selection)
  }

  @Test("elements that the format adds become columns, nested and repeated ones joined")
  func otherElements() throws {
    let extra =
      "<筆界未定構成筆><大字名>佃</大字名><地番>3</地番></筆界未定構成筆><筆界未定構成筆><地番>4</地番></筆界未定構成筆><新項目>x&#x4F43;</新項目>"
    let run = ExchangeRun.read(try scratch.file("a.xml", map(extra: extra)))
    let names = run.header?.columns.map(\.name) ?? []
    let values = Dictionary(
      uniqueKeysWithValues: zip(names, try #require(run.records.first).values))
    #expect(values["筆界未定構成筆"] == .text("佃/3+4"))
    #expect(values["新項目"] == .text("x佃"))
    #expect(values["地番"] == .text("1-1"))
  }

  @Test("a map cut anywhere is refused before its first row")
  func prefixes() throws {
    let whole = Array(map().utf8)
    let end = whole.count - 1
    for count in stride(from: 0, to: end, by: 7) {
      let run = ExchangeRun.read(try scratch.file("a.xml", Array(whole.prefix(count))))
      #expect(run.status == 3)
      #expect(run.items.isEmpty)
    }
    #expect(ExchangeRun.read(try scratch.file("a.xml", Array(whole.prefix(end)))).status == 0)
  }

  @Test(
    "hostile XML is refused",
    arguments: [
      "<a>", "</地図>", "<!DOCTYPE x>", "<地図><a b></a></地図>", "<地図><a b=c/></地図>", "<地図>&nbsp;</地図>",
      "<地図>&#xD800;</地図>", "<地図><a></b></地図>", "<地図/><地図/>", "<地図><座標系></座標系></地図>",
      String(repeating: "<a>", count: 1000), "<" + String(repeating: "a", count: 2_000_000),
    ])
  func hostile(text: String) throws {
    let run = ExchangeRun.read(
      try scratch.file("a.xml", text + "<!-- http://www.moj.go.jp/MINJI/tizuxml -->"))
    #expect(run.status == 3)
    // The mark at the front makes it a registry map for certain.
    let marked = ExchangeRun.read(
      try scratch.file("b.xml", "<!-- http://www.moj.go.jp/MINJI/tizuxml -->" + text))
    #expect(marked.status == 3)
  }

  @Test(
    "real maps give every lot a closed polygon inside its town",
    .enabled(if: sharedData != nil, "the folder ../shared/data is absent"))
  func realMap() throws {
    let root = try #require(sharedData)
    let run = ExchangeRun.read("\(root)/moj-map/13102-0100-28.xml")
    #expect(run.records.count == 783)
    for record in run.records {
      guard let box = record.geometry?.bounds else {
        Issue.record("row \(record.place.row) \(record.geometryFaults)")
        continue
      }
      // 佃 lies some four kilometres west and 36 south of the origin of zone IX.
      #expect(box.minX > -6000 && box.maxX < -4000 && box.minY > -39_000 && box.maxY < -36_000)
    }
  }
}
