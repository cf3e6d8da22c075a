internal import Formats

/// Chooses the reader for a foreign file.
enum ForeignFile {
  struct Request {
    /// The path as given; it also names the source in places and messages.
    var file: String
    var layer: String?
    var encoding: TextEncoding?
  }

  /// Drivers by the ending of the name; nothing else is tried, so that no driver of a library that
  /// reads a hundred formats meets a file it was not chosen for.
  private static let drivers: [String: [String]] = [
    "gpkg": ["GPKG"], "kml": ["LIBKML", "KML"], "kmz": ["LIBKML"], "gml": ["GML"], "xml": ["GML"],
    "dxf": ["DXF"], "fgb": ["FlatGeobuf"],
  ]

  static let endings = ["shp", "gpkg", "zip", "shz", "kml", "kmz", "gml", "xml", "dxf", "fgb"]

  static func open(_ request: Request) throws(FormatError) -> any ForeignRecords {
    try check(request)
    return try open(request, path: request.file)
  }

  private static func check(_ request: Request) throws(FormatError) {
    guard !request.file.hasPrefix("/vsi") else {
      throw FormatError(
        .refused, file: request.file, reason: "only files of the machine itself are read")
    }
    // Opening a FIFO or a device could wait for ever.
    guard PlainFile.isRegular(request.file) else {
      throw FormatError(
        .unreadable, file: request.file, reason: "there is no regular file of this name")
    }
  }

  /// The names of the layers of a file.
  static func layers(of request: Request) throws(FormatError) -> [String] {
    try check(request)
    let ending = Self.ending(of: request.file)
    switch ending {
    case "shp": return [stem(of: request.file)]
    case "zip", "shz":
      return try Archive(path: request.file).members.map(\.name)
    case "xml" where try GMLDocument(path: request.file, shownAs: request.file).isRegistryMap:
      return RegistryMap.layers
    default:
      return try dataset(request, path: request.file).layerNames
    }
  }

  private static func open(
    _ request: Request, path: String
  ) throws(FormatError) -> any ForeignRecords {
    switch ending(of: path) {
    case "shp":
      return try ShapefileReader(path: path, shownAs: request.file, encoding: request.encoding)
    case "dbf":
      throw FormatError(
        .refused, file: request.file, reason: "name the .shp of the Shapefile instead of its .dbf")
    case "zip", "shz":
      let member = try Archive(path: path).member(named: request.layer)
      var inner = request
      if ending(of: member.path) == "shp" { inner.layer = nil }
      return try open(inner, path: member.path)
    case "xml" where try GMLDocument(path: path, shownAs: request.file).isRegistryMap:
      return try RegistryMapReader(path: path, shownAs: request.file, layer: request.layer)
    default: return try layerReader(request, path: path)
    }
  }

  private static func dataset(
    _ request: Request, path: String
  ) throws(FormatError) -> GDALDataset {
    let ending = Self.ending(of: path)
    guard let drivers = drivers[ending] else {
      throw FormatError(
        .refused, file: request.file,
        reason:
          "the format “.\(ending)” is not read; Shapefile, GeoPackage, GeoJSON, NDJSON, CSV, KML, "
          + "GML, registry map XML, DXF and FlatGeobuf are")
    }
    var options: [String] = []
    if ending == "gml" || ending == "xml" {
      options = ["DOWNLOAD_SCHEMA=NO", "WRITE_GFS=NO"]
    }
    return try GDALDataset(path: path, drivers: drivers, options: options, shownAs: request.file)
  }

  private static func layerReader(
    _ request: Request, path: String
  ) throws(FormatError) -> LayerReader {
    var manner = LayerReader.Manner()
    switch ending(of: path) {
    case "gml", "xml":
      let document = try GMLDocument(path: path, shownAs: request.file)
      manner.reference = document.reference
      // GDAL turns what it knows to have latitude first, which differs from version to version.
      manner.turnsDegrees = document.reference != nil
    case "dxf":
      let codePage = DXFCodePage(path: path)
      manner.hasRawText = true
      manner.encodingHint = codePage.encoding
      manner.encodingHintName = codePage.evidence
    default: break
    }
    let dataset = try dataset(request, path: path)
    let layer = try choose(request, dataset)
    return try LayerReader(
      layer, shownAs: request.file, encoding: request.encoding, manner: manner)
  }

  private static func choose(
    _ request: Request, _ dataset: GDALDataset
  ) throws(FormatError) -> GDALLayer {
    let names = dataset.layerNames
    if let wanted = request.layer {
      if let index = names.firstIndex(of: wanted), let layer = dataset.layer(at: index) {
        return layer
      }
      throw FormatError(
        .selection, file: request.file,
        reason: "there is no layer “\(wanted)”; the layers are \(list(names))")
    }
    guard names.count <= 1 else {
      throw FormatError(
        .selection, file: request.file,
        reason: "the file has \(names.count) layers, name one of them: \(list(names))")
    }
    guard let layer = dataset.layer(at: 0) else {
      throw FormatError(.selection, file: request.file, reason: "the file has no layer")
    }
    return layer
  }

  static func list(_ names: [String]) -> String {
    let shown = names.prefix(50).map { "“\($0)”" }.joined(separator: ", ")
    return names.isEmpty ? "none" : shown + (names.count > 50 ? ", …" : "")
  }

  static func ending(of path: String) -> String {
    let name = path.lastIndex(of: "/").map { path[path.index(after: $0)...] } ?? path[...]
    return name.lastIndex(of: ".").map { name[name.index(after: $0)...].lowercased() } ?? ""
  }

  static func stem(of path: String) -> String {
    let name = path.lastIndex(of: "/").map { path[path.index(after: $0)...] } ?? path[...]
    return String(name.lastIndex(of: ".").map { name[..<$0] } ?? name)
  }
}
