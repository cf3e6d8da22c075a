internal import Features
internal import Geometry
internal import Styling

/// One style layer over one view at one zoom: which columns decide how a feature looks, and what was
/// decided for each combination of their values.
///
/// A layer has few combinations and many features, so an expression is evaluated once for each
/// combination and looked up by the columns' codes after that.
final class PaintMemo<Paint: PaintContent> {
  /// Combinations kept; when there are more, all are forgotten.
  private static var limit: Int { 50_000 }

  let layer: StyleLayer
  /// Positions in the view's schema.
  let columns: [Int]
  /// Whether keys decide, too.
  let usesID: Bool
  private let make: (StyleLayer, EvaluationContext) -> Paint?
  private let bits: [UInt64]
  /// Whether all features that the layer draws share one paint.
  private let isEven: Bool
  /// In one piece: every access to a property of an object is checked.
  private var decisions = PaintDecisions<Paint>()
  private var feature: AskedFeature

  var paints: [Paint] { decisions.paints }
  /// For each paint a number made from all that it says, to order paints by content.
  var identities: [UInt64] { decisions.identities }

  /// - Parameter context: of a feature without properties.
  init(
    _ layer: StyleLayer, view: any LayerView, context: EvaluationContext,
    make: @escaping (StyleLayer, EvaluationContext) -> Paint?
  ) {
    self.layer = layer
    self.make = make
    let dependencies = layer.dependencies
    let wanted =
      dependencies.usesAllProperties ? Set(view.schema.names) : dependencies.properties
    let positions = wanted.compactMap { view.schema.position(of: $0) }.sorted()
    columns = positions
    feature = AskedFeature(context, columns: positions, view: view)
    bits = positions.map { column in
      UInt64(UInt32.bitWidth - UInt32(max(view.codeCount(column: column), 1)).leadingZeroBitCount)
    }
    usesID = dependencies.usesID
    isEven = Paint.isShared && layer.featureDependentProperties.isEmpty
    let used = bits.reduce(2, +)
    if used <= 11 { decisions.table = Array(repeating: -2, count: 1 << Int(used)) }
  }

  /// The position in `paints` for a feature; nil where the layer does not draw it.
  ///
  /// - Parameter codes: where each of `columns` stands among the codes of an item.
  func index(
    of item: Selection.Item, in selection: borrowing Selection, slots: [Int], view: any LayerView
  ) -> Int? {
    let codes = selection.codes.span.extracting(droppingFirst: Int(item.firstCode))
    if usesID {
      return evaluate(
        item.kind, codes, slots, view, key: view.key(row: item.row))
    }
    return index(kind: item.kind, codes: codes, slots: slots, view: view)
  }

  /// The same for a form of which only the kind and the codes are known; of a layer that asks for keys
  /// nothing can be said then.
  ///
  /// - Precondition: not `usesID`.
  func index(
    kind: GeometryKind, codes: Span<UInt32>, slots: [Int], view: any LayerView
  ) -> Int? {
    var packed = UInt64(kind.rawValue)
    var used: UInt64 = 2
    for position in slots.indices {
      used += bits[position]
      packed = packed << bits[position] | UInt64(codes[slots[position]])
    }
    let place =
      used <= 64
      ? PaintDecisions<Paint>.Place.short(packed)
      : .long([UInt32(kind.rawValue)] + Self.picked(slots, of: codes))
    if let known = decisions.known(place) { return known < 0 ? nil : Int(known) }
    let made = evaluate(kind, codes, slots, view, key: nil)
    decisions.note(made, at: place)
    return made
  }

  /// Forgets everything once there is too much of it; positions given out before are void.
  func trim() {
    if decisions.paints.count > Self.limit { forget() }
  }

  /// Forgets everything that was decided, and keeps the memory.
  func forget() { decisions.forget() }

  private static func picked(_ slots: [Int], of codes: Span<UInt32>) -> [UInt32] {
    var picked: [UInt32] = []
    for slot in slots { picked.append(codes[slot]) }
    return picked
  }

  private func evaluate(
    _ kind: GeometryKind, _ codes: Span<UInt32>, _ slots: [Int], _ view: any LayerView,
    key: FeatureKey?
  ) -> Int? {
    feature.set(kind, codes, slots, view, key: key)
    let context = feature.context
    guard layer.matches(context) else { return nil }
    if isEven, let even = decisions.even { return even }
    return make(layer, context).map { decisions.add($0) }
  }
}

/// The feature that is asked about: a context whose memory is kept from one to the next.
private struct AskedFeature {
  /// Of a column with more codes than this no values are kept.
  private static let codeLimit = 4096

  private(set) var context: EvaluationContext
  private let columns: [Int]
  private let names: [String]
  /// By column and code the values that were asked for, as the view tells them; null where a value is,
  /// nil where it was not asked for.
  private var values: [[StyleValue?]]
  /// By column the code whose value `context` has.
  private var held: [UInt32?]

  init(_ context: EvaluationContext, columns: [Int], view: any LayerView) {
    self.context = context
    self.columns = columns
    names = columns.map { view.schema.fields[$0].name }
    values = columns.map { column in
      let count = view.codeCount(column: column)
      return Array(repeating: nil, count: count <= Self.codeLimit ? count : 0)
    }
    held = Array(repeating: nil, count: columns.count)
  }

  mutating func set(
    _ kind: GeometryKind, _ codes: Span<UInt32>, _ slots: [Int], _ view: any LayerView,
    key: FeatureKey?
  ) {
    context.geometryType =
      switch kind {
      case .point: .point
      case .line: .line
      case .polygon: .polygon
      }
    if let key { context.id = StyleValue(.text(key.text)) }
    for position in slots.indices {
      let code = codes[slots[position]]
      guard held[position] != code else { continue }
      held[position] = code
      let value = value(position, code, view)
      if case .null = value {
        context.properties.removeValue(forKey: names[position])
      } else {
        context.properties[names[position]] = value
      }
    }
  }

  private mutating func value(
    _ position: Int, _ code: UInt32, _ view: any LayerView
  ) -> StyleValue {
    let isKept = Int(code) < values[position].count
    if isKept, let known = values[position][Int(code)] { return known }
    let value = StyleValue(view.value(column: columns[position], code: code))
    if isKept { values[position][Int(code)] = value }
    return value
  }
}

/// What was decided for the combinations of one layer.
private struct PaintDecisions<Paint: PaintContent> {
  /// Kind and codes of a combination.
  enum Place {
    case short(UInt64)
    case long([UInt32])
  }

  /// By packed codes where these are few, for each a position in `paints`, -1 for none or -2 where
  /// nothing was decided yet; else empty.
  var table: [Int32] = []
  private var byCodes: [UInt64: Int32] = [:]
  private var byLongCodes: [[UInt32]: Int32] = [:]
  private(set) var paints: [Paint] = []
  private(set) var identities: [UInt64] = []
  /// Combinations that look alike share one paint, so that they are drawn as one.
  private var byIdentity: [UInt64: Int] = [:]
  /// Where the last paint made is.
  private(set) var even: Int?
  /// Whether nothing was decided since `forget`.
  private var isForgotten = true

  /// The position in `paints` of a combination, -1 for none; nil where nothing was decided yet.
  @inline(__always)
  func known(_ place: Place) -> Int32? {
    switch place {
    case .short(let packed) where packed < UInt64(table.count):
      let known = table[Int(packed)]
      return known < -1 ? nil : known
    case .short(let packed): return byCodes[packed]
    case .long(let codes): return byLongCodes[codes]
    }
  }

  mutating func note(_ made: Int?, at place: Place) {
    isForgotten = false
    let made = Int32(made ?? -1)
    switch place {
    case .short(let packed) where packed < UInt64(table.count): table[Int(packed)] = made
    case .short(let packed): byCodes[packed] = made
    case .long(let codes): byLongCodes[codes] = made
    }
  }

  /// The position in `paints` of a paint.
  mutating func add(_ paint: Paint) -> Int {
    isForgotten = false
    guard Paint.isShared else {
      paints.append(paint)
      identities.append(0)
      return paints.count - 1
    }
    var hash = FixedHash()
    paint.add(to: &hash)
    let identity = hash.value
    if let known = byIdentity[identity] { return known }
    paints.append(paint)
    identities.append(identity)
    byIdentity[identity] = paints.count - 1
    even = paints.count - 1
    return paints.count - 1
  }

  mutating func forget() {
    guard !isForgotten else { return }
    isForgotten = true
    for position in table.indices { table[position] = -2 }
    byCodes.removeAll(keepingCapacity: true)
    byLongCodes.removeAll(keepingCapacity: true)
    paints.removeAll(keepingCapacity: true)
    identities.removeAll(keepingCapacity: true)
    byIdentity.removeAll(keepingCapacity: true)
    even = nil
  }
}

/// What a memo keeps: where it is shared, features that say the same are drawn as one shape.
protocol PaintContent {
  static var isShared: Bool { get }
  func add(to hash: inout FixedHash)
}

extension PaintContent {
  static var isShared: Bool { true }
}

/// Templates of labels are never drawn as one.
extension SymbolTemplate: PaintContent {
  static var isShared: Bool { false }

  func add(to hash: inout FixedHash) { hash.add(textHash) }
}

extension FillPaint: PaintContent {
  func add(to hash: inout FixedHash) {
    hash.add(colour)
    hash.add(opacity)
    hash.add(outlineColour != nil)
    if let outlineColour { hash.add(outlineColour) }
    hash.add(isAntialiased)
    hash.add(pattern)
    hash.add(sortKey ?? 0)
  }
}

extension LinePaint: PaintContent {
  func add(to hash: inout FixedHash) {
    hash.add(colour)
    for number in [width, opacity, miterLimit, offset, gapWidth, sortKey ?? 0] { hash.add(number) }
    for dash in dashes { hash.add(dash) }
    hash.add(UInt8(cap == .butt ? 0 : cap == .round ? 1 : 2))
    hash.add(UInt8(join == .bevel ? 0 : join == .round ? 1 : 2))
    hash.add(pattern)
  }
}

extension CirclePaint: PaintContent {
  func add(to hash: inout FixedHash) {
    hash.add(colour)
    hash.add(strokeColour)
    for number in [radius, opacity, strokeWidth, strokeOpacity, sortKey ?? 0] { hash.add(number) }
  }
}

extension FixedHash {
  fileprivate mutating func add(_ number: Double) { add(number.bitPattern) }

  fileprivate mutating func add(_ flag: Bool) { add(UInt8(flag ? 1 : 0)) }

  fileprivate mutating func add(_ name: String?) {
    add(name != nil)
    if let name { add(name.utf8) }
  }

  fileprivate mutating func add(_ colour: StyleColour) {
    for share in [colour.red, colour.green, colour.blue, colour.alpha] { add(share) }
  }
}
