internal import Geometry
internal import JSON

/// Reads one feature, or one bare geometry in its stead.
enum GeoJSONFeature {
  static let geometryTypes: Set<String> = [
    "Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon",
    "GeometryCollection",
  ]

  static func read(
    _ scanner: inout JSONScanner, columns: GeoJSONColumns, place: SourcePlace
  ) throws(JSONError) -> SourceItem {
    guard try scanner.peek() == .object else {
      try scanner.skipValue()
      return .rejected(place, reason: "this is no object where a feature is expected")
    }
    let start = scanner
    try scanner.beginObject()
    var record = SourceRecord(
      place: place, values: Array(repeating: .null, count: columns.count))
    var type: String?
    var hasGeometry = false
    while let key = try scanner.nextKey() {
      switch key {
      case "type" where try scanner.peek() == .string: type = try scanner.string()
      case "geometry":
        hasGeometry = true
        let geometry = try GeoJSONGeometry(&scanner)
        record.geometry = geometry.shape
        record.geometryFaults = geometry.faults
        record.originalWKB = geometry.originalWKB
      case "properties" where try scanner.peek() == .object:
        try properties(&scanner, columns, into: &record)
      case "id":
        let value = try GeoJSONValue.read(&scanner)
        if let column = columns.identifier, value != .null {
          record.values[column] = .text(value.description)
        }
      default: try scanner.skipValue()
      }
    }
    switch type {
    case "Feature"?:
      if !hasGeometry { record.geometryFaults.append("the feature has no member “geometry”") }
      if record.geometry == nil, record.geometryFaults.isEmpty {
        record.geometryFaults.append("the geometry is null")
      }
      return .record(record)
    case let type? where geometryTypes.contains(type):
      var again = start
      let geometry = try GeoJSONGeometry(&again)
      record.geometry = geometry.shape
      record.geometryFaults = geometry.faults
      record.originalWKB = geometry.originalWKB
      return .record(record)
    case let type?:
      return .rejected(
        place, reason: "the type is “\(type.prefix(40))” where “Feature” is expected")
    case nil: return .rejected(place, reason: "the feature has no type")
    }
  }

  private static func properties(
    _ scanner: inout JSONScanner, _ columns: GeoJSONColumns, into record: inout SourceRecord
  ) throws(JSONError) {
    try scanner.beginObject()
    var expected = 0
    while let name = try scanner.nextKey() {
      guard let column = columns.index(of: name, expected: expected) else {
        try scanner.skipValue()
        continue
      }
      expected = column + 1
      let value = try GeoJSONValue.read(&scanner)
      if case .text(let text) = value, text.isEmpty { continue }
      record.values[column] = value
    }
  }
}
