internal import Features
internal import Geometry
internal import Styling

/// Which forms of a layer are drawn at a zoom by any of the style layers upon it, by the codes of their
/// columns: what none of them draws is not even read.
struct DrawnForms {
  /// Of the style layers that draw.
  private let memos: [(memo: LayerMemo, slots: [Int])]
  private let view: any LayerView
  /// Positions among the codes that are asked for, and the bits that each needs.
  private let slots: [Int]
  private let bits: [UInt64]
  /// By kind and packed codes: 0 where nothing was decided yet, 1 no, 2 yes. Empty where everything is
  /// to be read.
  private var table: [UInt8]

  /// - Parameters:
  ///   - drawing: the style layers that draw from the view.
  ///   - columns: positions in the schema of what a search asks for.
  init(_ drawing: [Scene.Layer], view: any LayerView, columns: [Int]) {
    memos = drawing.map { ($0.memo, $0.slots) }
    self.view = view
    let used = Set(drawing.flatMap(\.slots)).sorted()
    slots = used
    bits = used.map { slot in
      let count = UInt32(max(view.codeCount(column: columns[slot]), 1))
      return UInt64(UInt32.bitWidth - count.leadingZeroBitCount)
    }
    let width = bits.reduce(2, +)
    let canDecide = width <= 12 && !drawing.contains { $0.memo.usesID }
    table = canDecide ? Array(repeating: 0, count: 1 << Int(width)) : []
  }

  /// Decides everything anew.
  mutating func forget() {
    for index in table.indices { table[index] = 0 }
  }

  /// - Parameter codes: of a form's columns.
  @inline(__always)
  mutating func contains(_ kind: GeometryKind, _ codes: Span<UInt32>) -> Bool {
    if table.isEmpty { return true }
    var packed = UInt64(kind.rawValue)
    for (position, slot) in slots.enumerated() {
      packed = packed << bits[position] | UInt64(codes[slot])
    }
    guard packed < UInt64(table.count) else { return true }
    let known = table[Int(packed)]
    if known != 0 { return known == 2 }
    let isDrawn = decide(kind, codes)
    table[Int(packed)] = isDrawn ? 2 : 1
    return isDrawn
  }

  @inline(never)
  private func decide(_ kind: GeometryKind, _ codes: Span<UInt32>) -> Bool {
    for (memo, slots) in memos where memo.draws(kind, codes: codes, slots: slots, view: view) {
      return true
    }
    return false
  }
}

extension StyleLayer {
  /// Whether the layer is painted from what is gathered: a symbol without an icon is drawn from the
  /// labels' own searches.
  var paints: Bool { type != .symbol || properties["icon-image"] != nil }
}

extension LayerMemo {
  fileprivate var usesID: Bool {
    switch self {
    case .background: false
    case .fill(let memo): memo.usesID
    case .line(let memo): memo.usesID
    case .circle(let memo): memo.usesID
    case .symbol(let memo): memo.usesID
    }
  }

  /// Whether a form of a kind and codes leaves any ink with its layer.
  fileprivate func draws(
    _ kind: GeometryKind, codes: Span<UInt32>, slots: [Int], view: any LayerView
  ) -> Bool {
    switch self {
    case .background: false
    case .fill(let memo):
      kind == .polygon && memo.paint(kind: kind, codes: codes, slots: slots, view: view) != nil
    case .line(let memo):
      kind != .point
        && (memo.paint(kind: kind, codes: codes, slots: slots, view: view)?.width ?? 0) > 0
    case .circle(let memo):
      memo.paint(kind: kind, codes: codes, slots: slots, view: view) != nil
    case .symbol(let memo):
      memo.paint(kind: kind, codes: codes, slots: slots, view: view)?.standsAlone ?? false
    }
  }
}

extension PaintMemo {
  fileprivate func paint(
    kind: GeometryKind, codes: Span<UInt32>, slots: [Int], view: any LayerView
  ) -> Paint? {
    index(kind: kind, codes: codes, slots: slots, view: view).map { paints[$0] }
  }
}
