internal import Formats
internal import Geometry

/// Reads one layer of a registry map, row by row. In a map of 任意座標系 the rows have no place.
final class RegistryMapReader: ForeignRecords {
  let header: SourceHeader
  private let file: String
  private let layer: String
  private let map: RegistryMap
  private let constants: [SourceValue]
  private let places: [String: Int]
  private var scanner: XMLScanner
  private var trail: [String] = []
  private var row = 0

  private static let constantColumns = ["地図名", "市区町村コード", "市区町村名", "座標系"]
  private static let identifierColumn = "筆ID"
  /// What the format defines for parcels; every file has these columns, filled or not.
  private static let parcelColumns = [
    "大字コード", "丁目コード", "小字コード", "予備コード", "大字名", "丁目名", "小字名", "予備名", "地番", "精度区分",
    "座標値種別", "筆界未定構成筆",
  ]

  init(path: String, shownAs file: String, layer: String?) throws(FormatError) {
    let layer = layer ?? RegistryMap.layers[0]
    guard RegistryMap.layers.contains(layer) else {
      throw FormatError(
        .selection, file: file,
        reason:
          "there is no layer “\(layer)”; the layers are \(ForeignFile.list(RegistryMap.layers))")
    }
    let map = try RegistryMap(path: path, layer: layer, shownAs: file)
    guard let opened = VirtualFile(path: path) else {
      throw FormatError(.unreadable, file: file, reason: "it cannot be read")
    }
    self.file = file
    self.layer = layer
    self.map = map
    scanner = XMLScanner(opened, shownAs: file)
    constants = [map.name, map.townCode, map.townName, map.system].map {
      $0.isEmpty ? .null : .text($0)
    }
    var names = Self.constantColumns
    if layer == "筆" { names += [Self.identifierColumn] + Self.parcelColumns }
    names += map.columns.filter { !names.contains($0) }
    places = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    var warnings: [String] = []
    var reference: SourceReference?
    if let zone = map.zone {
      // 6668 + N is JGD2011; JGD2000 differs by centimetres, in the north-east by metres.
      reference = SourceReference(epsg: 6668 + zone, text: "\(map.system) (測地系判別: \(map.datum))")
      warnings.append(
        "the map names no datum (測地系判別 is “\(map.datum)”): JGD2011 is taken, JGD2000 is possible")
    } else {
      warnings.append("the map is in \(map.system): its rows have no place on earth")
    }
    header = SourceHeader(
      columns: names.map { SourceColumn(name: $0, kind: .text) }, reference: reference,
      encoding: SourceEncoding(encoding: .utf8, evidence: "UTF-8: as the format says"),
      geometry: ["筆": .polygon, "筆界線": .line][layer] ?? .point, warnings: warnings)
  }

  func next() throws(FormatError) -> ForeignItem? {
    while let event = try scanner.next() {
      switch event {
      case .start(let element, let attributes):
        trail.append(element)
        if trail.count == 3, trail[1] == "主題属性", element == layer {
          return try read(identifier: attributes.first { $0.name == "id" }?.value)
        }
      case .end: trail.removeLast()
      case .text: break
      }
    }
    return nil
  }

  /// Reads on to the end of the row that has just begun.
  private func read(identifier: String?) throws(FormatError) -> ForeignItem {
    row += 1
    var record = SourceRecord(
      place: SourcePlace(file: file, row: row),
      values: constants
        + Array(repeating: .null, count: header.columns.count - constants.count))
    if let identifier, let place = places[Self.identifierColumn] {
      record.values[place] = .text(identifier)
    }
    var shapeID: String?
    let outer = trail.count
    var parts: [String] = []
    var text = ""
    while trail.count >= outer, let event = try scanner.next() {
      switch event {
      case .text(let part): text += part
      case .start(let element, let attributes):
        text = ""
        if element == "形状", trail.count == outer {
          shapeID = attributes.first { $0.name == "idref" }?.value
        }
        if trail.count == outer { parts = [] }
        trail.append(element)
      case .end(let element):
        trail.removeLast()
        let trimmed = text.trimmedSpace()
        if !trimmed.isEmpty { parts.append(trimmed) }
        text = ""
        // What an element holds in elements of its own is joined; so is what is said twice.
        if trail.count == outer, let place = places[element], !parts.isEmpty {
          let joined = parts.joined(separator: "/")
          if case .text(let before) = record.values[place] {
            record.values[place] = .text("\(before)+\(joined)")
          } else {
            record.values[place] = .text(joined)
          }
        }
      }
    }
    return item(record, shapeID: shapeID)
  }

  private func item(_ record: SourceRecord, shapeID: String?) -> ForeignItem {
    var record = record
    guard let shapeID else {
      record.geometryFaults.append("the row names no shape")
      return .record(record, geometry: nil)
    }
    let (shape, fault) = map.shape(shapeID)
    if let fault { record.geometryFaults.append(fault) }
    guard map.zone == nil else { return .record(record, geometry: shape?.wkb()) }
    record.originalWKB = shape?.wkb()
    record.geometryFaults.append("\(map.system) has no place on earth, the original is kept")
    return .record(record, geometry: nil)
  }
}
