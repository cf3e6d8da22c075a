import JSON
import TestSupport

/// A workspace of three small layers in a folder of its own, for tests that change sources: wells with
/// columns and rows for every audience, streets for all, and graves that only the restricted see.
struct SmallTown {
  struct Well {
    var number: String
    var name: String
    var depth = 10
    var date = "2001-04-01"
    /// For staff.
    var households = 5
    /// Restricted.
    var keeper = "山田　花子"
    /// A column that is not declared, and restricted for that.
    var memo = "鍵は裏口"
    var isPublic = true
    var longitude = 140.92
    var latitude = 35.3
  }

  struct Grave {
    var number: String
    var name: String
    var longitude = 140.921
    var latitude = 35.301
  }

  private let folder: TemporaryFolder
  let machizu: Machizu
  var wells: [Well]
  var graves: [Grave]

  /// The tile of zoom 16 that holds all wells of a new town.
  static let tile = "16/58421/25891"

  init() throws {
    folder = try TemporaryFolder("small")
    machizu = Machizu(workspace: folder.path)
    let names = [
      "ごみ集積所", "ゴミ置き場", "ｺﾞﾐ捨て場", "本町１丁目", "本町1丁目", "﨑山～髙橋①",
      "㈱若葉", "石橋", "Ａ棟", "a棟", "第Ⅲ水源", "無名",
    ]
    wells = names.enumerated().map { index, name in
      Well(
        number: "W-\(101 + index)", name: name, depth: 10 + index * 7 % 12,
        date: "20\(10 + index)-0\(1 + index % 9)-15", households: index * 5 % 13,
        keeper: "持主\(index)", longitude: 140.919 + Double(index % 4) * 0.0008,
        latitude: 35.3 + Double(index / 4) * 0.0008)
    }
    graves = [Grave(number: "G-1", name: "秘密墓地")]
    try writeDeclarations()
    try write()
  }

  /// Writes the sources as they are now.
  func write() throws {
    var text = "番号,名称,水深,設置日,世帯,氏名,メモ,開示,経度,緯度\n"
    for well in wells {
      text += "\(well.number),\(well.name),\(well.depth),\(well.date),\(well.households),"
      text += "\(well.keeper),\(well.memo),\(well.isPublic ? "1" : "0"),"
      text += "\(well.longitude),\(well.latitude)\n"
    }
    try folder.write("Layers/wells/wells.csv", text)
    text = "番号,名称,経度,緯度\n"
    for grave in graves {
      text += "\(grave.number),\(grave.name),\(grave.longitude),\(grave.latitude)\n"
    }
    try folder.write("Layers/graves/graves.csv", text)
  }

  /// Puts any file into the workspace.
  func write(_ name: String, _ text: String) throws { try folder.write(name, text) }
  func write(_ name: String, _ bytes: [UInt8]) throws { try folder.write(name, bytes) }
  func bytes(_ name: String) throws -> [UInt8] { try TestFile.read(folder.path + "/" + name) }
  func read(_ name: String) throws -> String {
    String(decoding: try TestFile.read(folder.path + "/" + name), as: UTF8.self)
  }
  func path(_ name: String) -> String { folder.path + "/" + name }

  /// The layers' revisions by id.
  func revisions() throws -> [String: Int64] {
    let layers = try machizu.json("layers", ["--audience", "restricted"]).array ?? []
    return Dictionary(
      uniqueKeysWithValues: layers.map { ($0["id"]?.string ?? "", $0["revision"]?.int64 ?? 0) })
  }

  private func writeDeclarations() throws {
    try folder.write(
      "machizu.json",
      """
      {"town": {"name": {"ja": "小町", "en": "Small"}, "code": "999999"}, "language": "ja",
       "fonts": ["IPAexGothic"]}
      """)
    try folder.write(
      "Layers/wells/layer.json",
      """
      {"title": {"ja": "井戸", "en": "Wells"}, "audience": "public", "geometry": "point",
       "source": {"files": ["wells.csv"], "crs": "EPSG:6668",
                  "columns": {"longitude": "経度", "latitude": "緯度"}},
       "key": "番号", "label": "名称",
       "fields": [
         {"name": "番号", "type": "text", "pattern": "W-[0-9]{3}"},
         {"name": "名称", "type": "text"},
         {"name": "水深", "type": "integer", "unit": "m"},
         {"name": "設置日", "type": "date"},
         {"name": "世帯", "type": "integer", "audience": "staff"},
         {"name": "氏名", "type": "text", "audience": "restricted"},
         {"name": "開示", "type": "text", "audience": "staff"}],
       "public_where": "開示 = '1'"}
      """)
    try folder.write(
      "Layers/streets/layer.json",
      """
      {"title": "道", "audience": "public", "geometry": "line",
       "source": {"files": ["streets.geojson"]}, "key": "番号",
       "fields": [{"name": "番号", "type": "text"}]}
      """)
    try folder.write(
      "Layers/streets/streets.geojson",
      """
      {"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {"番号": "S-1"}, "geometry":
          {"type": "LineString", "coordinates": [[140.918, 35.3002], [140.923, 35.3009]]}}]}
      """)
    try folder.write(
      "Layers/graves/layer.json",
      """
      {"title": "墓地台帳", "audience": "restricted", "geometry": "point",
       "source": {"files": ["graves.csv"], "crs": "EPSG:6668",
                  "columns": {"longitude": "経度", "latitude": "緯度"}},
       "key": "番号", "fields": [{"name": "番号", "type": "text"}, {"name": "名称", "type": "text"}]}
      """)
    for (name, layers) in Self.styles {
      try folder.write(
        "Styles/\(name).json",
        """
        {"version": 8, "name": "\(name)", "sources": {"machizu": {"type": "vector"}},
         "metadata": {"machizu:tile-size": 256, "machizu:minzoom": 10, "machizu:maxzoom": 20},
         "layers": [\(layers.joined(separator: ",\n"))]}
        """)
    }
  }

  private static let ground = """
    {"id": "ground", "type": "background", "paint": {"background-color": "#f6f3ec"}},
    {"id": "streets", "type": "line", "source": "machizu", "source-layer": "streets",
     "paint": {"line-color": "#888888", "line-width": 6}}
    """
  private static let circles = """
    {"id": "wells", "type": "circle", "source": "machizu", "source-layer": "wells",
     "paint": {"circle-color": "#0a7d3c", "circle-radius": 9}}
    """
  private static let names = """
    {"id": "names", "type": "symbol", "source": "machizu", "source-layer": "wells",
     "layout": {"text-field": ["get", "名称"], "text-font": ["IPAexGothic"], "text-size": 13}}
    """
  private static let keepers = """
    {"id": "keepers", "type": "symbol", "source": "machizu", "source-layer": "wells",
     "layout": {"text-field": ["get", "氏名"], "text-font": ["IPAexGothic"], "text-size": 15,
                "text-offset": [0, 1]}}
    """
  private static let graveDots = """
    {"id": "graves", "type": "circle", "source": "machizu", "source-layer": "graves",
     "paint": {"circle-color": "#d40000", "circle-radius": 20}}
    """

  /// `plain` draws what the public may see; the others add something that it may not.
  private static let styles: [String: [String]] = [
    "plain": [ground, circles, names],
    "keepers": [ground, circles, names, keepers],
    "graves": [ground, circles, graveDots, names],
    "telling": [
      ground,
      """
      {"id": "coloured", "type": "circle", "source": "machizu", "source-layer": "wells",
       "layout": {"circle-sort-key": ["get", "世帯"]},
       "paint": {"circle-color": ["match", ["get", "氏名"], "持主0", "#ff0000", "持主1", "#0000ff",
                                  "#0a7d3c"],
                 "circle-radius": ["+", 9, ["coalesce", ["get", "世帯"], 0]]}}
      """,
      """
      {"id": "filtered", "type": "circle", "source": "machizu", "source-layer": "wells",
       "filter": ["==", ["get", "メモ"], "鍵は裏口"],
       "paint": {"circle-color": "#000000", "circle-radius": 4}}
      """, keepers, graveDots, names,
    ],
  ]
}
