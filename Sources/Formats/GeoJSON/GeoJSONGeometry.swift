internal import Geometry
internal import JSON

/// Reads one geometry object: x first as RFC 7946 says, whatever the reference system.
struct GeoJSONGeometry {
  private(set) var shape: Shape<Native>?
  private(set) var faults: [String] = []
  /// One Z for each vertex of the shape, NaN where the position has none.
  private var heights: [Double] = []
  private var hasHeights = false
  private var hasMoreOrdinates = false
  private var droppedVertexCount = 0
  private var closedRingCount = 0

  private static let depthLimit = 16

  /// Reads the value of a member "geometry", null included.
  init(_ scanner: inout JSONScanner) throws(JSONError) {
    shape = try read(&scanner, depth: 0)
    if let read = shape, read.isEmpty {
      shape = nil
      if faults.isEmpty { faults.append("the geometry is empty") }
    }
    if hasHeights { faults.append("the heights are dropped, the original is kept") }
    if hasMoreOrdinates { faults.append("ordinates after the third are dropped") }
    if droppedVertexCount > 0 {
      faults.append("\(droppedVertexCount) positions that are not two numbers are left out")
    }
    if closedRingCount > 0 {
      faults.append("\(closedRingCount) rings did not end where they begin and are closed")
    }
  }

  /// ISO WKB with Z of a geometry that has heights; nil when nothing was dropped.
  var originalWKB: [UInt8]? {
    guard hasHeights, let shape else { return nil }
    return shape.wkb(heights: heights)
  }

  private mutating func read(
    _ scanner: inout JSONScanner, depth: Int
  ) throws(JSONError) -> Shape<Native>? {
    switch try scanner.peek() {
    case .null:
      try scanner.null()
      return nil
    case .object: break
    default:
      try scanner.skipValue()
      faults.append("the geometry is neither an object nor null")
      return nil
    }
    guard depth < Self.depthLimit else {
      try scanner.skipValue()
      faults.append("collections are nested deeper than \(Self.depthLimit)")
      return nil
    }
    try scanner.beginObject()
    var type: String?
    // "coordinates" may stand before "type": a copy of the scanner remembers the place.
    var coordinates: JSONScanner?
    var members: JSONScanner?
    while let key = try scanner.nextKey() {
      switch key {
      case "type" where try scanner.peek() == .string: type = try scanner.string()
      case "coordinates":
        coordinates = scanner
        try scanner.skipValue()
      case "geometries":
        members = scanner
        try scanner.skipValue()
      default: try scanner.skipValue()
      }
    }
    guard let type else {
      faults.append("the geometry has no type")
      return nil
    }
    if type == "GeometryCollection" {
      guard var members, try members.peek() == .array else {
        faults.append("the GeometryCollection has no array “geometries”")
        return nil
      }
      return try collection(&members, depth: depth)
    }
    guard var coordinates, try coordinates.peek() == .array else {
      faults.append("the \(type.prefix(30)) has no array “coordinates”")
      return nil
    }
    return try shape(of: type, &coordinates)
  }

  private mutating func collection(
    _ scanner: inout JSONScanner, depth: Int
  ) throws(JSONError) -> Shape<Native> {
    var shapes: [Shape<Native>] = []
    try scanner.beginArray()
    while try scanner.nextElement() {
      if let member = try read(&scanner, depth: depth + 1) { shapes.append(member) }
    }
    return .collection(shapes)
  }

  private mutating func shape(
    of type: String, _ scanner: inout JSONScanner
  ) throws(JSONError) -> Shape<Native>? {
    switch type {
    case "Point":
      let start = heights.count
      guard let point = try position(&scanner) else {
        if start == heights.count, droppedVertexCount > 0 {
          droppedVertexCount -= 1
          faults.append("the position of the Point is not two numbers")
        }
        return nil
      }
      return .point(point)
    case "MultiPoint": return .multiPoint(try positions(&scanner))
    case "LineString": return try line(&scanner).map { .line($0) }
    case "MultiLineString":
      var lines: [[Point<Native>]] = []
      try elements(&scanner) { (reader: inout Self, scanner) throws(JSONError) in
        if let line = try reader.line(&scanner) { lines.append(line) }
      }
      return .multiLine(lines)
    case "Polygon": return try polygon(&scanner).map { .polygon($0) }
    case "MultiPolygon":
      var polygons: [[[Point<Native>]]] = []
      try elements(&scanner) { (reader: inout Self, scanner) throws(JSONError) in
        if let rings = try reader.polygon(&scanner) { polygons.append(rings) }
      }
      return .multiPolygon(polygons)
    default:
      faults.append("“\(type.prefix(30))” is no geometry type of GeoJSON")
      return nil
    }
  }

  private mutating func line(_ scanner: inout JSONScanner) throws(JSONError) -> [Point<Native>]? {
    let start = heights.count
    let points = try positions(&scanner)
    if points.count == 1 {
      heights.removeLast(heights.count - start)
      faults.append("a line of one position is left out")
      return nil
    }
    return points
  }

  /// The rings of a polygon; a hole that is no ring is left out, a polygon without outer ring is nil.
  private mutating func polygon(
    _ scanner: inout JSONScanner
  ) throws(JSONError) -> [[Point<Native>]]? {
    var rings: [[Point<Native>]] = []
    var isFirst = true
    var hasOuter = true
    let start = heights.count
    try elements(&scanner) { (reader: inout Self, scanner) throws(JSONError) in
      let ring = try reader.ring(&scanner)
      if let ring { rings.append(ring) } else if isFirst { hasOuter = false }
      isFirst = false
    }
    guard hasOuter else {
      heights.removeLast(heights.count - start)
      return nil
    }
    return rings
  }

  private mutating func ring(_ scanner: inout JSONScanner) throws(JSONError) -> [Point<Native>]? {
    let start = heights.count
    var points = try positions(&scanner)
    if let first = points.first, let last = points.last, first != last, points.count >= 3 {
      points.append(first)
      heights.append(heights[start])
      closedRingCount += 1
    }
    guard points.count >= 4 else {
      heights.removeLast(heights.count - start)
      faults.append("a ring of \(points.count) positions is left out; at least four are needed")
      return nil
    }
    return points
  }

  private mutating func elements(
    _ scanner: inout JSONScanner,
    _ body: (inout Self, inout JSONScanner) throws(JSONError) -> Void
  ) throws(JSONError) {
    guard try scanner.peek() == .array else {
      try scanner.skipValue()
      faults.append("the coordinates are not nested as deep as their type needs")
      return
    }
    try scanner.beginArray()
    while try scanner.nextElement() { try body(&self, &scanner) }
  }

  private mutating func positions(
    _ scanner: inout JSONScanner
  ) throws(JSONError) -> [Point<Native>] {
    var points: [Point<Native>] = []
    try elements(&scanner) { (reader: inout Self, scanner) throws(JSONError) in
      if let point = try reader.position(&scanner) { points.append(point) }
    }
    return points
  }

  private mutating func position(
    _ scanner: inout JSONScanner
  ) throws(JSONError) -> Point<Native>? {
    guard try scanner.peek() == .array else {
      try scanner.skipValue()
      droppedVertexCount += 1
      return nil
    }
    try scanner.beginArray()
    var ordinates = (0.0, 0.0, Double.nan)
    var count = 0
    var isSound = true
    while try scanner.nextElement() {
      guard try scanner.peek() == .number else {
        try scanner.skipValue()
        // A null height is as good as none.
        if count < 2 { isSound = false }
        count += 1
        continue
      }
      let value = try scanner.double()
      switch count {
      case 0: ordinates.0 = value
      case 1: ordinates.1 = value
      case 2:
        ordinates.2 = value
        hasHeights = true
      default: hasMoreOrdinates = true
      }
      count += 1
    }
    guard isSound, count >= 2 else {
      // An empty array is how an empty Point is written.
      if count > 0 { droppedVertexCount += 1 }
      return nil
    }
    heights.append(ordinates.2)
    return Point(x: ordinates.0, y: ordinates.1)
  }
}
