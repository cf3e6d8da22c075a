internal import Features
internal import Geometry
internal import Lettering
internal import Styling

/// Continues a line over its neighbours of the same name, so that a name longer than one section of a
/// route runs on over the next.
///
/// A line goes on where exactly one other line of the layer has the same text and an end at the same
/// place; at a fork it ends. What is found depends on nothing but the features around the place.
struct SectionJoiner {
  /// Sections that one continuation takes up at most.
  private static let sectionLimit = 16

  let labels: Scene.Labels
  let frame: PictureFrame
  let text: String
  private var selection = Selection()

  init(_ labels: Scene.Labels, frame: PictureFrame, text: String) {
    self.labels = labels
    self.frame = frame
    self.text = text
  }

  private struct Section: Equatable {
    var row: UInt32
    var part: Int
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
      guard let next = onlyNeighbour(of: section, at: end) else { break }
      for point in next.points.dropFirst() {
        missing -= MeasuredLine.distance(points.last ?? end, point)
        points.append(point)
      }
      guard let last = points.last, last != end else { break }
      (end, section) = (last, next.section)
    }
    return points
  }

  /// The one other section of the text with an end at a place, its vertices from there on.
  private mutating func onlyNeighbour(
    of section: Section, at end: SIMD2<Int64>
  ) -> (section: Section, points: [SIMD2<Int64>])? {
    guard
      let around = frame.moved(
        originX: (end.x >> 8) - 1, originY: (end.y >> 8) - 1, width: 3, height: 3)
    else { return nil }
    selection.removeAll()
    labels.view.search(
      around.window(marginPixels: 1), zoom: frame.zoom + frame.scale - 1,
      columns: labels.memo.columns, into: &selection)
    var found: (section: Section, points: [SIMD2<Int64>])?
    for position in selection.items.indices where selection.items[position].kind == .line {
      let item = selection.items[position]
      for number in 0..<Int(item.partCount) {
        let other = Section(row: item.row, part: number)
        let part = selection.parts[Int(item.firstPart) + number]
        let first = Int(part.firstVertex)
        let last = first + Int(part.vertexCount) - 1
        guard other != section, last > first else { continue }
        let startsHere = place(first, item) == end
        // A ring has no neighbours.
        guard startsHere != (place(last, item) == end) else { continue }
        guard
          let paint = labels.memo.index(
            of: item, in: selection, slots: labels.slots, view: labels.view),
          labels.memo.paints[paint].text == text
        else { continue }
        guard found == nil else { return nil }
        let vertices = startsHere ? Array(first...last) : (first...last).reversed()
        found = (other, vertices.map { place($0, item) })
      }
    }
    return found
  }

  private func place(_ vertex: Int, _ item: Selection.Item) -> SIMD2<Int64> {
    let place = frame.fixed(selection.point(vertex, of: item))
    return SIMD2(place.x, place.y)
  }
}
