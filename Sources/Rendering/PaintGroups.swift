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
    if join(source, paints, memo, joining: joining, order: order) { return }
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

  /// Makes the groups where all features of a paint are drawn as one shape: items are counted into
  /// their places.
  ///
  /// - Returns: false where some are not, and nothing was made.
  private mutating func join<Paint>(
    _ source: Scene.SourceLayer, _ paints: Scene.FoundPaints, _ memo: PaintMemo<Paint>,
    joining: (Paint) -> Joining, order: (Paint) -> (Double, Double)
  ) -> Bool {
    guard Paint.isShared, case .forms(let paints) = paints, let highest = paints.max() else {
      return false
    }
    guard highest >= 0 else { return true }
    let made = memo.paints
    let kept = (shown: source.shown, forms: source.forms)
    let shown = kept.shown.span
    let forms = kept.forms.span
    let decided = paints.span
    // The first place is for items without a paint.
    var places = [Int](repeating: 0, count: Int(highest) + 2)
    var counts = places.mutableSpan
    for i in shown.indices { counts[Int(decided[Int(forms[Int(shown[i])])]) &+ 1] &+= 1 }
    var keyed: [Key] = []
    for paint in 0...Int(highest) where places[paint + 1] > 0 {
      guard case .all = joining(made[paint]) else { return false }
      var key = Key(order(made[paint]), first: paint)
      key.identity = memo.identities[paint]
      keyed.append(key)
    }
    if keyed.count > 1 { keyed.sort() }
    groups.reserveCapacity(keyed.count)
    var end = 0
    for key in keyed {
      let start = end
      end += places[key.first + 1]
      places[key.first + 1] = start
      groups.append(Group(paint: key.first, range: start..<end))
    }
    guard end > 0 else { return true }
    var items = [Int32](repeating: 0, count: end)
    var sorted = items.mutableSpan
    var next = places.mutableSpan
    for i in shown.indices {
      let paint = Int(decided[Int(forms[Int(shown[i])])])
      guard paint >= 0 else { continue }
      let place = next[paint &+ 1]
      sorted[place] = shown[i]
      next[paint &+ 1] = place &+ 1
    }
    self.items = items
    return true
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
