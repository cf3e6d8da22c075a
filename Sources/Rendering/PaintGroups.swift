internal import Features
internal import Geometry

/// The features of a frame by their paints, in the order of painting.
struct PaintGroups {
  struct Group {
    var paint: Int
    /// Where its features stand in `items`.
    fileprivate var range: Range<Int>
  }

  /// Which features of a paint are drawn as one shape.
  enum Joining {
    case none
    /// Those that are smaller than a pixel both ways.
    case grains
    case all
  }

  private(set) var groups: [Group] = []
  /// Positions among the found items, group by group.
  private var items: [Int32] = []

  func items(of group: Group) -> ArraySlice<Int32> { items[group.range] }

  init<Paint>(
    _ layer: Scene.Layer, memo: PaintMemo<Paint>, _ source: Scene.SourceLayer,
    _ found: borrowing Selection, accepts: (GeometryKind) -> Bool, joining: (Paint) -> Joining,
    frame: PictureFrame,
    order: (Paint) -> (Double, Double)
  ) {
    guard !source.shown.isEmpty else { return }
    let paints = layer.foundPaints(memo, found, accepts: accepts)
    var drawn = Self.drawn(source, paints)
    var highest: Int32 = -1
    for i in drawn.indices { highest = max(highest, drawn[i].paint) }
    guard highest >= 0 else { return }
    let made = memo.paints
    /// By paint: how its features are joined, how many are, and which group that is.
    var joinings = made[...Int(highest)].map { (joining: joining($0), count: 0, group: -1) }
    let pixel: Int64 = 1 << Int64(frame.unitBits)
    var keyed: [Key] = []
    for i in drawn.indices {
      let paint = Int(drawn[i].paint)
      let isJoined =
        switch joinings[paint].joining {
        case .none: false
        case .grains: found.items[Int(drawn[i].item)].box.isWithin(pixel)
        case .all: true
        }
      if isJoined {
        joinings[paint].count += 1
        guard joinings[paint].group < 0 else { continue }
        joinings[paint].group = i
      } else {
        drawn[i].isAlone = true
      }
      keyed.append(Key(order(made[paint]), first: i))
    }
    // Which member of a joined group comes first depends on the frame, so those go by their paint
    // alone; the others come in key order, which the position keeps.
    for i in keyed.indices where !drawn[keyed[i].first].isAlone {
      keyed[i].identity = memo.identities[Int(drawn[keyed[i].first].paint)]
    }
    if keyed.count > 1 { keyed.sort() }
    items = Array(repeating: 0, count: drawn.count)
    groups.reserveCapacity(keyed.count)
    var end = 0
    for key in keyed {
      let first = drawn[key.first]
      let paint = Int(first.paint)
      let count = first.isAlone ? 1 : joinings[paint].count
      groups.append(Group(paint: paint, range: end..<end + count))
      if first.isAlone { items[end] = first.item } else { joinings[paint].group = end }
      end += count
    }
    for place in drawn where !place.isAlone {
      items[joinings[Int(place.paint)].group] = place.item
      joinings[Int(place.paint)].group += 1
    }
  }

  /// The shown items that have a paint, in their order.
  private static func drawn(
    _ source: Scene.SourceLayer, _ paints: Scene.FoundPaints
  ) -> [Drawn] {
    var drawn: [Drawn] = []
    let shown = source.shown
    switch paints {
    case .undecided: break
    case .items(let paints):
      drawn.append(addingCapacity: shown.count) { drawn in
        append(shown.span, { paints[$0] }, to: &drawn)
      }
    case .forms(let paints):
      guard paints.contains(where: { $0 >= 0 }) else { break }
      let forms = source.forms
      drawn.append(addingCapacity: shown.count) { drawn in
        append(shown.span, { paints[Int(forms[$0])] }, to: &drawn)
      }
    }
    return drawn
  }

  @inline(__always)
  private static func append(
    _ shown: Span<Int32>, _ paint: (Int) -> Int32, to drawn: inout OutputSpan<Drawn>
  ) {
    for i in shown.indices {
      let paint = paint(Int(shown[i]))
      if paint >= 0 { drawn.append(Drawn(item: shown[i], paint: paint)) }
    }
  }

  private struct Drawn {
    let item: Int32
    let paint: Int32
    var isAlone = false
  }

  /// Where a group is painted: by sort key and width, then identity, then the first member.
  private struct Key: Comparable {
    let sortKey: Double
    let width: Double
    var identity: UInt64 = 0
    let first: Int

    init(_ order: (Double, Double), first: Int) {
      (sortKey, width) = order
      self.first = first
    }

    static func < (a: Key, b: Key) -> Bool {
      if a.sortKey != b.sortKey { return a.sortKey < b.sortKey }
      if a.width != b.width { return a.width < b.width }
      if a.identity != b.identity { return a.identity < b.identity }
      return a.first < b.first
    }
  }
}

extension GridBox {
  fileprivate func isWithin(_ side: Int64) -> Bool { maxX - minX < side && maxY - minY < side }
}
