internal import Features
internal import JSON

extension StyleReader {
  static let layerKeys = [
    "id", "type", "metadata", "source", "source-layer", "minzoom", "maxzoom", "filter", "layout",
    "paint",
  ]

  mutating func readLayer(_ json: JSONValue, _ path: String) -> StyleLayer? {
    guard let members = json.object else {
      refuse("a layer is an object, found \(json.kindName)", path, json.position)
      return nil
    }
    let type = readType(json, path)
    let id = json["id"]?.string
    if json["id"] == nil { refuse("a layer needs an \"id\"", path, json.position) }
    checkSource(json, type, path)
    var zooms = (lower: 0.0, upper: 25.0)
    var isVisible = true
    var filter: StyleExpression?
    var metadata = LayerMetadata()
    var expressions: [String: StyleExpression] = [:]
    for member in members {
      switch member.key {
      case "id": _ = string(member, in: path)
      case "type", "source", "source-layer": continue
      case "minzoom": zooms.lower = number(member, in: path, within: 0...24) ?? 0
      case "maxzoom": zooms.upper = number(member, in: path, within: 0...24) ?? 25
      case "metadata":
        metadata = readLayerMetadata(member.value, type: type, Self.path(path, member.key))
      case "filter": filter = readFilter(member, type, path)
      case "paint", "layout":
        readProperties(member, type, path, into: &expressions, isVisible: &isVisible)
      default: refuse(unknown: member, in: path, known: Self.layerKeys, what: "a layer")
      }
    }
    checkCombinations(expressions, json, path)
    if var legend = metadata.legend {
      addSteps(to: &legend, expressions, json, path)
      metadata.legend = legend
    }
    guard let type, let id else { return nil }
    guard zooms.lower <= zooms.upper else {
      refuse("\"minzoom\" lies above \"maxzoom\"", path, json.position)
      return nil
    }
    return StyleLayer(
      id: id, type: type, sourceLayer: json["source-layer"]?.string,
      zooms: zooms.lower..<zooms.upper, isVisibleAtFirst: isVisible, filter: filter,
      metadata: metadata, properties: LayerProperties(type: type, expressions: expressions),
      state: state, looks: looks(of: members))
  }

  /// See `StyleLayer.looksText`.
  private func looks(of members: [JSONMember]) -> [JSONMember] {
    func kept(_ members: [JSONMember], _ isKept: (String) -> Bool) -> [JSONMember] {
      members.filter { isKept($0.key) }
        .sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    }
    var looks = stateJSON.map { [JSONMember("state", $0)] } ?? []
    for member in kept(members, { $0 != "id" && $0 != "minzoom" && $0 != "maxzoom" }) {
      guard let inner = member.value.object, member.key != "filter" else {
        looks.append(member)
        continue
      }
      let isMetadata = member.key == "metadata"
      let rest = kept(inner) {
        isMetadata ? Self.placingKeys.contains($0) : $0 != "visibility"
      }
      if !rest.isEmpty { looks.append(JSONMember(member.key, JSONValue(.object(rest)))) }
    }
    return looks
  }

  private mutating func readType(_ json: JSONValue, _ path: String) -> LayerType? {
    let names = LayerType.allCases.map(\.rawValue)
    guard let value = json["type"] else {
      refuse(
        "a layer needs a \"type\": \(names.joined(separator: ", "))", path, json.position)
      return nil
    }
    if let type = value.string.flatMap(LayerType.init(rawValue:)) { return type }
    let found = value.string ?? value.kindName
    let isKnown = LayerType.unsupported.contains(found)
    refuse(
      "layers of type \"\(found)\" are not supported; supported are "
        + names.joined(separator: ", "),
      Self.path(path, "type"), value.position,
      hint: isKnown
        ? nil
        : NearestName.suggest(for: found, among: names).map { "did you mean \"\($0)\"?" })
    return nil
  }

  private mutating func checkSource(_ json: JSONValue, _ type: LayerType?, _ path: String) {
    let isBackground = type == .background
    for key in ["source", "source-layer"] {
      let keyPath = Self.path(path, key)
      guard let value = json[key] else {
        if !isBackground, type != nil {
          refuse(
            "a layer of type \"\(type?.rawValue ?? "")\" needs \"\(key)\"", path, json.position)
        }
        continue
      }
      if isBackground {
        refuse("a background has no \"\(key)\"", keyPath, value.position)
      } else if key == "source", value.string != "machizu" {
        refuse("the only source is \"machizu\"", keyPath, value.position)
      } else if key == "source-layer", !(value.string.map(LayerID.isWellFormed) ?? false) {
        refuse("expected the id of a layer: ^[a-z][a-z0-9_-]{0,62}$", keyPath, value.position)
      }
    }
  }

  // MARK: Properties

  private mutating func readProperties(
    _ member: JSONMember, _ type: LayerType?, _ path: String,
    into expressions: inout [String: StyleExpression], isVisible: inout Bool
  ) {
    let path = Self.path(path, member.key)
    guard let properties = member.value.object else {
      refuse(
        "\"\(member.key)\" is an object, found \(member.value.kindName)", path,
        member.value.position)
      return
    }
    guard let type, let group = PropertyDefinition.Group(rawValue: member.key) else { return }
    for property in properties {
      let propertyPath = Self.path(path, property.key)
      if group == .layout, property.key == "visibility" {
        isVisible = readVisibility(property.value, propertyPath)
        continue
      }
      guard let definition = type.property(named: property.key), definition.group == group else {
        refuse(unknown: property, of: type, group, path)
        continue
      }
      var compiler = PropertyCompiler()
      expressions[property.key] = compiler.compile(property.value, for: definition)
      take(compiler.faults, below: propertyPath)
    }
  }

  private mutating func refuse(
    unknown property: JSONMember, of type: LayerType, _ group: PropertyDefinition.Group,
    _ path: String
  ) {
    if let definition = type.property(named: property.key) {
      refuse(
        "\"\(property.key)\" belongs into \"\(definition.group.rawValue)\"",
        Self.path(path, property.key), property.keyPosition)
      return
    }
    var known = type.properties.filter { $0.group == group }.map(\.name)
    if group == .layout { known.append("visibility") }
    refuse(
      unknown: property, in: path, known: known,
      what: "\"\(group.rawValue)\" of a \(type.rawValue) layer")
  }

  private mutating func readVisibility(_ json: JSONValue, _ path: String) -> Bool {
    switch json.string {
    case "visible": return true
    case "none": return false
    default:
      refuse("expected \"visible\" or \"none\"", path, json.position)
      return true
    }
  }

  /// Refuses what would be passed over when drawing.
  private mutating func checkCombinations(
    _ expressions: [String: StyleExpression], _ json: JSONValue, _ path: String
  ) {
    let exclusive = [
      ("text-anchor", "text-variable-anchor"), ("text-offset", "text-radial-offset"),
      ("line-dasharray", "line-pattern"), ("line-color", "line-pattern"),
      ("fill-outline-color", "fill-pattern"), ("background-color", "background-pattern"),
    ]
    for (loser, winner) in exclusive where expressions[loser] != nil && expressions[winner] != nil {
      refuse("\"\(loser)\" has no effect beside \"\(winner)\"", path, json.position)
    }
    let needs = [("text-", "text-field"), ("icon-", "icon-image")]
    for (prefix, needed) in needs where expressions[needed] == nil {
      for name in expressions.keys.sorted() where name.hasPrefix(prefix) {
        refuse("\"\(name)\" has no effect without \"\(needed)\"", path, json.position)
      }
    }
  }

  // MARK: Filter

  static let filterDefinition = PropertyDefinition("filter", .layout, .boolean, default: false)

  private mutating func readFilter(
    _ member: JSONMember, _ type: LayerType?, _ path: String
  ) -> StyleExpression? {
    let path = Self.path(path, "filter")
    if type == .background {
      refuse("a background has no \"filter\"", path, member.keyPosition)
      return nil
    }
    var json = member.value
    if LegacyFilter.isLegacy(json) {
      do {
        json = try LegacyFilter.expression(json)
      } catch {
        take([error], below: path)
        return nil
      }
    } else {
      for stray in LegacyFilter.strays(in: json) {
        refuse(
          "a filter of the older kind stands inside an expression", path, stray.position,
          hint: "write [\"get\", \"column\"] in place of \"column\"")
      }
    }
    var compiler = ExpressionCompiler()
    guard let root = compiler.compile(json, expecting: .boolean) else {
      take(compiler.faults, below: path)
      return nil
    }
    return StyleExpression(root: root, fallback: .boolean(false))
  }
}
