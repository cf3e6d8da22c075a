import Formats
import Foundation
import Geometry
import Testing

@Suite struct ForeignFileTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func fgd(_ reference: String) -> String {
    """
    <?xml version="1.0" encoding="utf-8"?>
    <Dataset xsi:schemaLocation="http://fgd.gsi.go.jp/spec/2008/FGD_GMLSchema FGD_GMLSchema.xsd"
      xmlns:gml="http://www.opengis.net/gml/3.2" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
      xmlns="http://fgd.gsi.go.jp/spec/2008/FGD_GMLSchema" gml:id="Dataset1">
    <gml:description>試験</gml:description><gml:name>基盤地図情報</gml:name>
    <ElevPt gml:id="K2_1"><fid>99999-1</fid><orgGILvl>25000</orgGILvl><vis>表示</vis>
    <pos><gml:Point gml:id="K2_1-g" srsName="\(reference)"><gml:pos>34.123456789 133.5</gml:pos></gml:Point></pos>
    <type>標高点（測点）</type><alti>123</alti></ElevPt>
    </Dataset>
    """
  }

  @Test(
    "基盤地図情報 is turned to longitude first, whichever name its system has",
    arguments: [
      ("fguuid:jgd2011.bl", 6668), ("fguuid:jgd2024.bl", 6668), ("fguuid:jgd2001.bl", 4612),
    ])
  func latitudeFirst(reference: String, code: Int) throws {
    let run = ExchangeRun.read(try scratch.file("FG-GML-ElevPt.xml", fgd(reference)))
    #expect(run.status == 0)
    #expect(run.header?.reference?.epsg == code)
    #expect(run.records.map(\.geometry) == [.point(Point(x: 133.5, y: 34.123456789))])
    #expect(run.records[0].values.contains(.text("標高点（測点）")))
    #expect(try scratch.names() == ["FG-GML-ElevPt.xml"])
  }

  @Test("CityGML is refused by name")
  func cityGML() throws {
    let path = try scratch.file(
      "a.gml",
      "<?xml version=\"1.0\"?><core:CityModel xmlns:core=\"http://www.opengis.net/citygml/2.0\"/>")
    let run = ExchangeRun.read(path)
    #expect(run.status == 3)
    #expect(run.error?.fault == .refused)
    #expect(run.error?.reason.contains("CityGML") == true)
  }

  @Test("XML with entities of its own is refused")
  func entities() throws {
    let path = try scratch.file(
      "a.gml",
      "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY a \"b\"><!ENTITY c \"&a;&a;\">]><x>&c;</x>")
    #expect(ExchangeRun.read(path).error?.fault == .refused)
  }

  @Test("KML is read, one layer asked for by name when there are several")
  func kml() throws {
    func folder(_ name: String, _ point: String) -> String {
      "<Folder><name>\(name)</name><Placemark><name>役場</name><Point><coordinates>\(point)</coordinates></Point></Placemark></Folder>"
    }
    let body = folder("集会所", "138.5,34.5") + folder("公園", "138.6,34.6")
    let path = try scratch.file(
      "a.kml",
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?><kml xmlns=\"http://www.opengis.net/kml/2.2\"><Document>\(body)</Document></kml>"
    )
    let all = ExchangeRun.read(path)
    #expect(all.status == 3)
    #expect(all.error?.reason.contains("“集会所”, “公園”") == true)
    let park = ExchangeRun.read(path, ["--layer", "公園"])
    #expect(park.records.map(\.geometry) == [.point(Point(x: 138.6, y: 34.6))])
    #expect(park.header?.reference?.epsg == 4326)
    #expect(ExchangeRun(["layers", path]).layers == ["集会所", "公園"])
    let none = ExchangeRun.read(path, ["--layer", "学校"])
    #expect(none.error?.fault == .selection)
  }

  @Test(
    "a DXF drawing is read, its text by our own rules",
    arguments: [
      ("ANSI_932", [0x93, 0xB9, 0x98, 0x48] as [UInt8]), ("ANSI_1252", [0x93, 0xB9, 0x98, 0x48]),
      ("ANSI_1252", Array("道路".utf8)),
    ])
  func dxf(codePage: String, layer: [UInt8]) throws {
    let head =
      "0\nSECTION\n2\nHEADER\n9\n$ACADVER\n1\nAC1015\n9\n$DWGCODEPAGE\n3\n\(codePage)\n0\nENDSEC\n0\nSECTION\n2\nENTITIES\n0\nLINE\n8\n"
    let tail = "\n10\n1.5\n20\n2.5\n11\n3.0\n21\n4.0\n0\nENDSEC\n0\nEOF\n"
    let run = ExchangeRun.read(
      try scratch.file("a.dxf", Array(head.utf8) + layer + Array(tail.utf8)))
    #expect(run.status == 0)
    #expect(run.records.map(\.geometry) == [.line([Point(x: 1.5, y: 2.5), Point(x: 3, y: 4)])])
    #expect(run.records.first?.values.first == .text("道路"))
    #expect(run.header?.reference == nil)
  }

  @Test(
    "what is not named as a format is refused before any driver sees it",
    arguments: [
      "a.tif", "a.vrt", "a.csv", "a.pbf", "a", "a.dbf",
    ])
  func otherFormats(name: String) throws {
    let run = ExchangeRun.read(try scratch.file(name, "x"))
    #expect(run.status == 3)
    #expect(run.error?.fault == .refused)
  }

  @Test(
    "paths into GDAL's own file systems are refused",
    arguments: [
      "/vsicurl/http://127.0.0.1:9/a.shp", "/vsimem/a.shp", "/vsistdin/a.gml",
      "/vsizip/a.zip/a.shp",
    ])
  func virtualPaths(path: String) {
    #expect(ExchangeRun.read(path).error?.fault == .refused)
  }

  @Test(
    "files that are not what they are called are refused",
    arguments: [
      "gpkg", "kml", "kmz", "gml", "xml", "dxf", "fgb", "zip", "shp",
    ])
  func impostors(ending: String) throws {
    for content in ["", "x", String(repeating: "\u{0}", count: 500), "<?xml version=\"1.0\"?><a>"] {
      let run = ExchangeRun.read(try scratch.file("a.\(ending)", content))
      // An empty drawing is a drawing with nothing in it.
      if ending != "dxf" { #expect(run.status == 3, "\(ending) \(content.prefix(5))") }
      #expect(run.items.isEmpty)
    }
  }

  @Test(
    "wrong usage is told with the usage",
    arguments: [
      [], ["write", "a"], ["read"], ["read", "a", "b"], ["read", "--encoding", "X", "a"],
      ["read", "--protocol", "99", "a"], ["read", "--layer"],
    ])
  func usage(arguments: [String]) {
    let run = ExchangeRun(arguments)
    #expect(run.status == 2)
    #expect(run.words.contains("machizu-exchange read"))
    #expect(run.header == nil && run.error == nil)
  }
}

extension Scratch {
  func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path).sorted()
  }
}
