internal import Features
internal import JSON

/// Reads a document's JSON and collects what is wrong with it.
struct StyleReader {
  /// What a document says.
  struct Parts {
    var name: String?
    var metadata = DocumentMetadata()
    var center: SIMD2<Double>?
    var zoom: Double?
    var layers: [StyleLayer] = []
  }

  private(set) var faults: [StyleFault] = []
  var state: [String: StyleValue] = [:]
  private(set) var stateJSON: JSONValue?

  /// In the order of the text.
  var sortedFaults: [StyleFault] {
    faults.sorted {
      ($0.position.line, $0.position.column) < ($1.position.line, $1.position.column)
    }
  }

  mutating func refuse(
    _ message: String, _ path: String, _ position: JSONPosition, hint: String? = nil
  ) {
    faults.append(StyleFault(path: path, position: position, message: message, hint: hint))
  }

  /// Says that a key is not known, with the nearest one that is.
  mutating func refuse(
    unknown member: JSONMember, in path: String, known: [String], what: String
  ) {
    refuse(
      "\(what) has no \"\(member.key)\"; supported are \(known.joined(separator: ", "))",
      Self.path(path, member.key), member.keyPosition,
      hint: NearestName.suggest(for: member.key, among: known).map { "did you mean \"\($0)\"?" })
  }

  static func path(_ parent: String, _ key: String) -> String {
    parent.isEmpty ? key : "\(parent).\(key)"
  }

  // MARK: The document

  static let keys = [
    "version", "name", "metadata", "center", "zoom", "sources", "layers", "state",
  ]
  private static let absentKeys = [
    "glyphs": "fonts are named in machizu.json, \"glyphs\" must be absent",
    "sprite": "symbols are the files of Styles/symbols, \"sprite\" must be absent",
    "bearing": "pictures have north at the top, \"bearing\" is not supported",
    "pitch": "pictures are seen from above, \"pitch\" is not supported",
    "transition": "pictures do not move, \"transition\" is not supported",
  ]

  mutating func read(_ json: JSONValue) -> Parts? {
    guard let members = json.object else {
      refuse("a style is an object, found \(json.kindName)", "", json.position)
      return nil
    }
    var parts = Parts()
    checkVersion(json)
    checkSources(json)
    if let value = json["state"] { readState(value) }
    for member in members {
      switch member.key {
      case "version", "sources", "state": continue
      case "name": parts.name = string(member, in: "")
      case "metadata": parts.metadata = readMetadata(member.value)
      case "zoom": parts.zoom = number(member, in: "", within: 0...24)
      case "center": parts.center = readCenter(member.value)
      case "layers": parts.layers = readLayers(member.value)
      default:
        if let message = Self.absentKeys[member.key] {
          refuse(message, member.key, member.keyPosition)
        } else {
          refuse(unknown: member, in: "", known: Self.keys, what: "a style")
        }
      }
    }
    if json["layers"] == nil {
      refuse("a style needs \"layers\"", "", json.position)
    }
    return parts
  }

  private mutating func checkVersion(_ json: JSONValue) {
    guard let version = json["version"] else {
      refuse("a style needs \"version\": 8", "", json.position)
      return
    }
    if version.double != 8 {
      refuse("the only supported version is 8", "version", version.position)
    }
  }

  private mutating func checkSources(_ json: JSONValue) {
    let expected = "a style has one source, {\"machizu\": {\"type\": \"vector\"}}"
    guard let sources = json["sources"] else {
      refuse(expected, "", json.position)
      return
    }
    guard let members = sources.object, !members.isEmpty else {
      refuse(expected, "sources", sources.position)
      return
    }
    for member in members {
      let path = Self.path("sources", member.key)
      guard member.key == "machizu", let source = member.value.object else {
        refuse("\(expected), found \"\(member.key)\"", path, member.keyPosition)
        continue
      }
      if member.value["type"]?.string != "vector" {
        refuse("the source's type must be \"vector\"", path, member.value.position)
      }
      for member in source where member.key != "type" {
        refuse(unknown: member, in: path, known: ["type"], what: "the source")
      }
    }
  }

  private mutating func readState(_ json: JSONValue) {
    stateJSON = json
    guard let members = json.object else {
      refuse("\"state\" is an object, found \(json.kindName)", "state", json.position)
      return
    }
    for member in members {
      let path = Self.path("state", member.key)
      guard let value = member.value["default"], member.value.object?.count == 1 else {
        refuse("expected {\"default\": …}", path, member.value.position)
        continue
      }
      state[member.key] = StyleValue(value)
    }
  }

  private mutating func readCenter(_ json: JSONValue) -> SIMD2<Double>? {
    let numbers = json.array?.compactMap(\.double) ?? []
    guard numbers.count == 2, json.array?.count == 2, (-180...180).contains(numbers[0]),
      (-90...90).contains(numbers[1])
    else {
      refuse("expected longitude and latitude in degrees", "center", json.position)
      return nil
    }
    return SIMD2(numbers[0], numbers[1])
  }

  // MARK: Values

  mutating func string(_ member: JSONMember, in path: String) -> String? {
    if let string = member.value.string { return string }
    refuse(
      "expected a string, found \(member.value.kindName)", Self.path(path, member.key),
      member.value.position)
    return nil
  }

  mutating func number(
    _ member: JSONMember, in path: String, within range: ClosedRange<Double>
  ) -> Double? {
    if let number = member.value.double, range.contains(number) { return number }
    let found = member.value.number?.text ?? member.value.kindName
    refuse(
      "expected a number from \(ScriptNumber.text(range.lowerBound)) to "
        + "\(ScriptNumber.text(range.upperBound)), found \(found)", Self.path(path, member.key),
      member.value.position)
    return nil
  }

  /// A title: a Japanese text, or an object with `ja` and perhaps `en`.
  mutating func title(_ json: JSONValue, _ path: String) -> Title? {
    if let text = json.string { return Title(japanese: text) }
    guard let members = json.object else {
      refuse("expected a title: {\"ja\": …, \"en\": …}", path, json.position)
      return nil
    }
    var japanese: String?
    var english: String?
    for member in members {
      switch member.key {
      case "ja": japanese = string(member, in: path)
      case "en": english = string(member, in: path)
      default: refuse(unknown: member, in: path, known: ["ja", "en"], what: "a title")
      }
    }
    guard let japanese else {
      refuse("a title needs \"ja\"", path, json.position)
      return nil
    }
    return Title(japanese: japanese, english: english)
  }

  // MARK: Layers

  private mutating func readLayers(_ json: JSONValue) -> [StyleLayer] {
    guard let items = json.array else {
      refuse("\"layers\" is an array, found \(json.kindName)", "layers", json.position)
      return []
    }
    var layers: [StyleLayer] = []
    var ids: Set<String> = []
    for (index, item) in items.enumerated() {
      let path = "layers[\(index)]"
      if let id = item["id"], let text = id.string, !ids.insert(text).inserted {
        refuse("the id \"\(text)\" is used twice", Self.path(path, "id"), id.position)
      }
      if let layer = readLayer(item, path) { layers.append(layer) }
    }
    return layers
  }

  /// Takes over what a compiler found, below `path`.
  mutating func take(_ found: [ExpressionCompiler.Fault], below path: String) {
    for fault in found {
      refuse(fault.message, path + fault.path, fault.position, hint: fault.hint)
    }
  }
}
