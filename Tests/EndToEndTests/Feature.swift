import Foundation
import JSON

/// A feature as GeoJSON brings it.
struct Feature: Sendable {
  let id: String
  /// Longitude and latitude, or east and north, of every vertex; empty without a place.
  let vertices: [SIMD2<Double>]
  let geometryType: String?
  let properties: [String: JSONValue]

  init(_ value: JSONValue) {
    id = value["id"]?.string ?? ""
    geometryType = value["geometry"]?["type"]?.string
    var found: [SIMD2<Double>] = []
    func collect(_ value: JSONValue) {
      let parts = value.array ?? []
      if let x = parts.first?.double, parts.count >= 2, let y = parts[1].double {
        found.append([x, y])
      } else {
        for part in parts { collect(part) }
      }
    }
    if let coordinates = value["geometry"]?["coordinates"] { collect(coordinates) }
    vertices = found
    properties = Dictionary(
      uniqueKeysWithValues: (value["properties"]?.object ?? []).map { ($0.key, $0.value) })
  }

  /// One feature a line.
  static func lines(_ bytes: [UInt8]) throws -> [Feature] {
    try bytes.split(separator: 0x0A).map { Feature(try JSONParser.parse(Array($0))) }
  }

  /// The features of a collection.
  static func collection(_ bytes: [UInt8]) throws -> [Feature] {
    (try JSONParser.parse(bytes)["features"]?.array ?? []).map { Feature($0) }
  }

  /// A property as text: numbers as they are written, nothing for null.
  subscript(name: String) -> String {
    guard let value = properties[name] else { return "" }
    if let number = value.number { return number.text }
    if let flag = value.bool { return flag ? "true" : "false" }
    return value.string ?? ""
  }

  func number(_ name: String) -> Double? { properties[name]?.double }

  /// Whether a vertex lies in a closed box; for layers of points.
  func stands(inWest west: Double, south: Double, east: Double, north: Double) -> Bool {
    vertices.contains { $0.x >= west && $0.x <= east && $0.y >= south && $0.y <= north }
  }
}

/// Metres between two places in degrees on the ellipsoid GRS 80, from the radii of curvature in the
/// middle: right to a millionth for a few kilometres, and made without the program's own geodesy.
func metres(_ a: SIMD2<Double>, _ b: SIMD2<Double>) -> Double {
  let major = 6_378_137.0
  let eccentricity = 0.006_694_380_022_90
  let latitude = (a.y + b.y) / 2 * .pi / 180
  let w = 1 - eccentricity * sin(latitude) * sin(latitude)
  let meridian = major * (1 - eccentricity) / (w * w.squareRoot())
  let normal = major / w.squareRoot()
  let north = (b.y - a.y) * .pi / 180 * meridian
  let east = (b.x - a.x) * .pi / 180 * normal * cos(latitude)
  return (north * north + east * east).squareRoot()
}
