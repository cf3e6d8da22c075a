internal import Features
internal import Geometry
internal import Styling

/// One style layer over one view at one zoom: which columns decide how a feature looks, and what was
/// decided for each combination of their values.
///
/// A layer has few combinations and many features, so an expression is evaluated once for each
/// combination and looked up by the columns' codes after that.
final class PaintMemo<Paint> {
  /// Combinations kept; when there are more, all are forgotten.
  private static var limit: Int { 50_000 }

  let layer: StyleLayer
  /// Positions in the view's schema.
  let columns: [Int]
  private let names: [String]
  private let bits: [UInt64]
  private let zoom: Double
  private let language: Language
  private let images: Set<String>
  private let usesID: Bool
  private let make: (StyleLayer, EvaluationContext) -> Paint?
  /// By packed codes where these are few, for each a position in `paints`, -1 for none or -2 where
  /// nothing was decided yet; else empty.
  private var table: [Int32]
  private var byCodes: [UInt64: Int32] = [:]
  private var byLongCodes: [[UInt32]: Int32] = [:]
  private(set) var paints: [Paint] = []
  /// For each paint a number made from all that it says, to order paints by content.
  private(set) var identities: [UInt64] = []
  /// Combinations that look alike share one paint, so that they are drawn as one.
  private var byIdentity: [UInt64: Int] = [:]

  init(
    _ layer: StyleLayer, view: any LayerView, zoom: Double, language: Language,
    images: Set<String>, make: @escaping (StyleLayer, EvaluationContext) -> Paint?
  ) {
    self.layer = layer
    self.zoom = zoom
    self.language = language
    self.images = images
    self.make = make
    let dependencies = layer.dependencies
    let wanted =
      dependencies.usesAllProperties ? Set(view.schema.names) : dependencies.properties
    let positions = wanted.compactMap { view.schema.position(of: $0) }.sorted()
    columns = positions
    names = positions.map { view.schema.fields[$0].name }
    bits = positions.map { column in
      UInt64(UInt32.bitWidth - UInt32(max(view.codeCount(column: column), 1)).leadingZeroBitCount)
    }
    usesID = dependencies.usesID
    let used = bits.reduce(2, +)
    table = used <= 14 ? Array(repeating: -2, count: 1 << Int(used)) : []
  }

  /// The position in `paints` for a feature; nil where the layer does not draw it.
  ///
  /// - Parameter codes: where each of `columns` stands among the codes of an item.
  func index(
    of item: Selection.Item, in selection: Selection, slots: [Int], view: any LayerView
  ) -> Int? {
    if usesID { return evaluate(item, selection, slots, view, key: view.key(row: item.row)) }
    var packed = UInt64(item.kind.rawValue)
    var used: UInt64 = 2
    for (position, slot) in slots.enumerated() {
      let code = selection.codes[Int(item.firstCode) + slot]
      used += bits[position]
      packed = packed << bits[position] | UInt64(code)
    }
    if packed < UInt64(table.count) {
      let known = table[Int(packed)]
      if known >= -1 { return known < 0 ? nil : Int(known) }
      let made = evaluate(item, selection, slots, view, key: nil)
      table[Int(packed)] = Int32(made ?? -1)
      return made
    }
    if used <= 64 {
      if let known = byCodes[packed] { return known < 0 ? nil : Int(known) }
      let made = evaluate(item, selection, slots, view, key: nil)
      byCodes[packed] = Int32(made ?? -1)
      return made
    }
    let codes =
      [UInt32(item.kind.rawValue)] + slots.map { selection.codes[Int(item.firstCode) + $0] }
    if let known = byLongCodes[codes] { return known < 0 ? nil : Int(known) }
    let made = evaluate(item, selection, slots, view, key: nil)
    byLongCodes[codes] = Int32(made ?? -1)
    return made
  }

  /// Forgets everything once there is too much of it; positions given out before are void.
  func trim() {
    guard paints.count > Self.limit else { return }
    for position in table.indices { table[position] = -2 }
    byCodes.removeAll(keepingCapacity: true)
    byLongCodes.removeAll(keepingCapacity: true)
    paints.removeAll(keepingCapacity: true)
    identities.removeAll(keepingCapacity: true)
    byIdentity.removeAll(keepingCapacity: true)
  }

  private func evaluate(
    _ item: Selection.Item, _ selection: Selection, _ slots: [Int], _ view: any LayerView,
    key: FeatureKey?
  ) -> Int? {
    var properties: [String: Attribute] = [:]
    for (position, slot) in slots.enumerated() {
      let code = selection.codes[Int(item.firstCode) + slot]
      properties[names[position]] = view.value(column: columns[position], code: code)
    }
    let type: EvaluationContext.GeometryType =
      switch item.kind {
      case .point: .point
      case .line: .line
      case .polygon: .polygon
      }
    let context = EvaluationContext(
      zoom: zoom, geometryType: type, id: key.map { .text($0.text) }, properties: properties,
      language: language, availableImages: images)
    guard layer.matches(context), let paint = make(layer, context) else { return nil }
    let identity = identity(of: paint)
    if let known = identity.flatMap({ byIdentity[$0] }) { return known }
    paints.append(paint)
    identities.append(identity ?? 0)
    if let identity { byIdentity[identity] = paints.count - 1 }
    return paints.count - 1
  }

  /// Nil for templates of labels, which are never drawn as one.
  private func identity(of paint: Paint) -> UInt64? {
    guard !(paint is SymbolTemplate) else { return nil }
    var hash = FixedHash()
    hash.add(Array(String(describing: paint).utf8))
    return hash.value
  }
}
