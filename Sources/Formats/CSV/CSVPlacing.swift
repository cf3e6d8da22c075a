internal import Geometry

/// How the rows of a table get their places.
struct CSVPlacing {
  private enum Columns {
    case none
    case point(x: Int, y: Int, xAxis: Coordinate.Axis, yAxis: Coordinate.Axis)
    case wkt(Int)
  }

  private let columns: Columns
  private let compact: Bool

  /// Longitude and latitude as published by towns: 経度 first in each pair of names.
  private static let usualPairs: [(longitude: String, latitude: String)] = [
    ("経度", "緯度"), ("longitude", "latitude"), ("lon", "lat"), ("lng", "lat"), ("long", "lat"),
  ]
  private static let usualWKT = ["wkt", "wkt_geom", "the_geom"]

  /// - Throws: when a declared column is not in `names`.
  init(
    _ options: SourceOptions, columns names: [String], path: String, warnings: inout [String]
  ) throws(FormatError) {
    compact = options.compactDegrees
    func index(_ name: String) throws(FormatError) -> Int {
      if let index = names.firstIndex(of: name.trimmed()) { return index }
      throw FormatError(
        .selection, file: path,
        reason: "there is no column “\(name)” for the coordinates; the columns are "
          + names.map { "“\($0)”" }.joined(separator: ", "))
    }
    switch options.coordinates {
    case .none: columns = .none
    case .wkt(let name): columns = .wkt(try index(name))
    case .degrees(let longitude, let latitude):
      columns = .point(
        x: try index(longitude), y: try index(latitude), xAxis: .longitude, yAxis: .latitude)
    case .metres(let east, let north):
      columns = .point(
        x: try index(east), y: try index(north), xAxis: .easting, yAxis: .northing)
    case .automatic:
      let (found, word) = Self.usual(names)
      columns = found
      if let word { warnings.append(word) }
    }
  }

  private static func usual(_ names: [String]) -> (Columns, word: String?) {
    let lowercased = names.map { $0.lowercased() }
    for pair in usualPairs {
      guard let x = lowercased.firstIndex(of: pair.longitude),
        let y = lowercased.firstIndex(of: pair.latitude)
      else { continue }
      return (
        .point(x: x, y: y, xAxis: .longitude, yAxis: .latitude),
        "the places are taken from the columns “\(names[x])” and “\(names[y])”"
      )
    }
    // 経度：東経（世界測地系10進法） and the like, where only one name of each kind is there.
    let east = names.indices.filter { names[$0].contains("経度") }
    let north = names.indices.filter { names[$0].contains("緯度") }
    if east.count == 1, north.count == 1, east != north {
      return (
        .point(x: east[0], y: north[0], xAxis: .longitude, yAxis: .latitude),
        "the places are taken from the columns “\(names[east[0]])” and “\(names[north[0]])”"
      )
    }
    for name in usualWKT {
      guard let index = lowercased.firstIndex(of: name) else { continue }
      return (.wkt(index), "the places are taken from the column “\(names[index])”")
    }
    return (.none, nil)
  }

  var hint: SourceGeometryHint {
    switch columns {
    case .none: .none
    case .point: .point
    case .wkt: .unknown
    }
  }

  /// A table declares no reference system; degrees without one are what the town publishes in.
  var reference: SourceReference? { nil }

  /// Gives `record` its geometry, or the reason why it has none.
  func place(_ record: inout SourceRecord) {
    switch columns {
    case .none: return
    case .wkt(let column):
      guard case .text(let text) = record.values[column], !text.trimmed().isEmpty else {
        record.geometryFaults.append("the geometry column is empty")
        return
      }
      var reader = WKTReader(text)
      switch reader.read() {
      case .shape(let shape):
        if shape.isEmpty {
          record.geometryFaults.append("the geometry is empty")
        } else {
          record.geometry = shape
        }
        if reader.droppedOrdinates {
          record.geometryFaults.append("the Z or M ordinates of the WKT are dropped")
        }
      case .refused(let reason): record.geometryFaults.append(reason)
      }
    case .point(let x, let y, let xAxis, let yAxis):
      switch (read(record.values[x], xAxis), read(record.values[y], yAxis)) {
      case (.empty, .empty): record.geometryFaults.append("the coordinates are empty")
      case (.empty, _), (_, .empty): record.geometryFaults.append("one of the coordinates is empty")
      case (.refused(let reason), .refused(let second)):
        record.geometryFaults += [reason, second]
      case (.refused(let reason), _), (_, .refused(let reason)):
        record.geometryFaults.append(reason)
      case (.value(let east), .value(let north)):
        if east == 0, north == 0 {
          record.geometryFaults.append("the coordinates are 0, 0, which stands for no place")
        } else {
          record.geometry = .point(Point(x: east, y: north))
        }
      }
    }
  }

  private func read(_ value: SourceValue, _ axis: Coordinate.Axis) -> Coordinate.Reading {
    guard case .text(let text) = value else { return .empty }
    return Coordinate.parse(text, axis: axis, compact: compact)
  }
}
