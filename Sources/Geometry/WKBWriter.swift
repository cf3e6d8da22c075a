/// Writes shapes as little-endian ISO WKB, with Z where heights are given.
struct WKBWriter<S: Space> {
  var bytes: [UInt8]
  private let heights: [Double]?
  private var next = 0

  init(bytes: [UInt8], heights: [Double]?) {
    self.bytes = bytes
    self.heights = heights
  }

  mutating func append(_ shape: Shape<S>) {
    switch shape {
    case .point(let point):
      head(1)
      ordinates(point)
    case .line(let list): line(list)
    case .polygon(let rings): polygon(rings)
    case .multiPoint(let list):
      head(4)
      word(list.count)
      for point in list { append(.point(point)) }
    case .multiLine(let lines):
      head(5)
      word(lines.count)
      for list in lines { line(list) }
    case .multiPolygon(let polygons):
      head(6)
      word(polygons.count)
      for rings in polygons { polygon(rings) }
    case .collection(let members):
      head(7)
      word(members.count)
      for member in members { append(member) }
    }
  }

  private mutating func line(_ list: [Point<S>]) {
    head(2)
    points(list)
  }

  private mutating func polygon(_ rings: [[Point<S>]]) {
    head(3)
    word(rings.count)
    for ring in rings { points(ring) }
  }

  private mutating func points(_ list: [Point<S>]) {
    word(list.count)
    for point in list { ordinates(point) }
  }

  /// ISO 13249-3 adds 1000 to the type of a geometry with Z.
  private mutating func head(_ type: Int) {
    bytes.append(1)
    word(heights == nil ? type : 1000 + type)
  }

  private mutating func ordinates(_ point: Point<S>) {
    littleEndian(point.x.bitPattern, count: 8)
    littleEndian(point.y.bitPattern, count: 8)
    guard let heights else { return }
    let height = next < heights.count ? heights[next] : .nan
    next += 1
    littleEndian(height.bitPattern, count: 8)
  }

  private mutating func word(_ value: Int) {
    littleEndian(UInt64(truncatingIfNeeded: value), count: 4)
  }

  private mutating func littleEndian(_ value: UInt64, count: Int) {
    for index in 0..<count { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * index))) }
  }
}
