internal import Features
internal import Geometry
internal import Lettering
internal import Styling

/// Continues a line over its neighbours of the same name, so that a name longer than one section of a
/// route runs on over the next.
///
/// A line goes on where another line of the layer has the same text and an end at the same place. Where
/// several have, two that go straightest on into each other belong together, and the others end. What is
/// found depends on nothing but the features around the place.
struct SectionJoiner {
  /// Sections that one continuation takes up at most.
  private static let sectionLimit = 16
  /// More lines of one name than end at any crossing.
  private static let forkLimit = 32
  /// The cosine of 45°: at a fork a name goes round no sharper corner.
  private static let leastStraightness = 0.5.squareRoot()
  /// How far from its end a line's direction is looked at, 24.8 pixels.
  private static let sight = 8.0 * 256

  let labels: Scene.Labels
  let frame: PictureFrame
  let text: String
  private var selection = Selection()

  init(_ labels: Scene.Labels, frame: PictureFrame, text: String) {
    self.labels = labels
    self.frame = frame
    self.text = text
  }

  private struct Section: Hashable, Comparable {
    var row: UInt32
    var part: Int

    static func < (left: Section, right: Section) -> Bool {
      (left.row, left.part) < (right.row, right.part)
    }
  }

  /// A section's end at a place.
  private struct End {
    var section: Section
    /// Position in the selection.
    var item: Int
    var vertices: ClosedRange<Int>
    var isStart: Bool
  }

  /// A line that goes on over both ends of `line` for `length` or as far as sections go on, and how
  /// much of it lies before the line.
  ///
  /// - Parameters:
  ///   - row: of the feature, and the number of its part, that `line` is.
  ///   - before, after: the lengths that are missing at the start and at the end, 24.8 pixels.
  mutating func joined(
    _ line: MeasuredLine, row: UInt32, part: Int, before: Int64, after: Int64
  ) -> (line: MeasuredLine, before: Int64) {
    guard let start = line.points.first, let end = line.points.last, line.points.count > 1 else {
      return (line, 0)
    }
    let section = Section(row: row, part: part)
    let head = continuation(from: start, of: section, length: before)
    let tail = continuation(from: end, of: section, length: after)
    guard !head.isEmpty || !tail.isEmpty else { return (line, 0) }
    let measured = MeasuredLine(head.reversed() + [start])
    return (MeasuredLine(head.reversed() + line.points + tail), measured.length)
  }

  /// The vertices behind `end`, nearest first.
  private mutating func continuation(
    from end: SIMD2<Int64>, of section: Section, length: Int64
  ) -> [SIMD2<Int64>] {
    var points: [SIMD2<Int64>] = []
    var (end, section) = (end, section)
    var missing = length
    for _ in 0..<Self.sectionLimit where missing > 0 {
      guard let next = neighbour(of: section, at: end) else { break }
      for point in next.points.dropFirst() {
        missing -= MeasuredLine.distance(points.last ?? end, point)
        points.append(point)
      }
      guard let last = points.last, last != end else { break }
      (end, section) = (last, next.section)
    }
    return points
  }

  /// The section that goes on at a section's end, its vertices from there on.
  private mutating func neighbour(
    of section: Section, at end: SIMD2<Int64>
  ) -> (section: Section, points: [SIMD2<Int64>])? {
    let ends = ends(at: end)
    let own = ends.firstIndex { $0.section == section }
    guard
      let next = ends.count == (own == nil ? 1 : 2)
        ? ends.indices.first(where: { $0 != own }) : straightest(ends, from: own, at: end)
    else { return nil }
    let vertices = ends[next].vertices
    let item = selection.items[ends[next].item]
    let points = ends[next].isStart ? Array(vertices) : vertices.reversed()
    return (ends[next].section, points.map { place($0, item) })
  }

  /// The ends of the text's lines at a place.
  private mutating func ends(at end: SIMD2<Int64>) -> [End] {
    guard
      let around = frame.moved(
        originX: (end.x >> 8) - 1, originY: (end.y >> 8) - 1, width: 3, height: 3)
    else { return [] }
    selection.removeAll()
    labels.view.search(
      around.window(marginPixels: 1), zoom: frame.zoom + frame.scale - 1,
      columns: labels.memo.columns, into: &selection)
    var ends: [End] = []
    for position in selection.items.indices where selection.items[position].kind == .line {
      let item = selection.items[position]
      for number in 0..<Int(item.partCount) {
        let part = selection.parts[Int(item.firstPart) + number]
        let first = Int(part.firstVertex)
        let last = first + Int(part.vertexCount) - 1
        guard last > first else { continue }
        let startsHere = place(first, item) == end
        // A ring has no neighbours.
        guard startsHere != (place(last, item) == end) else { continue }
        guard
          let paint = labels.memo.index(
            of: item, in: selection, slots: labels.slots, view: labels.view),
          labels.memo.paints[paint].text == text
        else { continue }
        ends.append(
          End(
            section: Section(row: item.row, part: number), item: position, vertices: first...last,
            isStart: startsHere))
      }
    }
    return ends
  }

  /// At a fork the end that the line of another goes on at: of all other ends it is the one straight
  /// ahead, and so is the line's own as seen from there.
  private func straightest(_ ends: [End], from own: Int?, at place: SIMD2<Int64>) -> Int? {
    guard let own, ends.count <= Self.forkLimit else { return nil }
    let directions = ends.map { direction(of: $0, from: place) }
    func ahead(_ index: Int) -> Int? {
      var best: (end: Int, straightness: Double)?
      for other in ends.indices where other != index {
        let straightness = -(directions[index] * directions[other]).sum()
        guard straightness >= Self.leastStraightness else { continue }
        if let best {
          guard
            straightness > best.straightness
              || straightness == best.straightness
                && Self.comesFirst(
                  ends[index].section, ends[other].section, ends[best.end].section)
          else { continue }
        }
        best = (other, straightness)
      }
      return best?.end
    }
    guard let next = ahead(own), ahead(next) == own else { return nil }
    return next
  }

  /// Of two pairs as straight as each other that share a section the one of the lesser keys.
  private static func comesFirst(_ shared: Section, _ one: Section, _ other: Section) -> Bool {
    (min(shared, one), max(shared, one)) < (min(shared, other), max(shared, other))
  }

  /// Where a line goes from its end, as far as can be seen from there; of length 1.
  private func direction(of end: End, from place: SIMD2<Int64>) -> SIMD2<Double> {
    let item = selection.items[end.item]
    let count = end.vertices.count
    for step in 1..<count {
      let vertex = end.vertices.lowerBound + (end.isStart ? step : count - 1 - step)
      let away = self.place(vertex, item) &- place
      let (x, y) = (Double(away.x), Double(away.y))
      let length = (x * x + y * y).squareRoot()
      guard length >= Self.sight || step == count - 1, length > 0 else { continue }
      return SIMD2(x / length, y / length)
    }
    return .zero
  }

  private func place(_ vertex: Int, _ item: Selection.Item) -> SIMD2<Int64> {
    let place = frame.fixed(selection.point(vertex, of: item))
    return SIMD2(place.x, place.y)
  }
}
