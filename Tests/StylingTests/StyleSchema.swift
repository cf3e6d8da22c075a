import JSON

@testable import Styling

/// The JSON Schema of style documents, made from the tables that the reader goes by.
enum StyleSchema {
  /// Indented by two spaces, with a newline at its end.
  static var text: String {
    var writer = JSONWriter(.indented(2))
    writer.value(document)
    return String(decoding: writer.bytes, as: UTF8.self) + "\n"
  }

  static var document: JSONValue {
    var definitions: [(String, JSONValue)] = [
      ("title", title), ("expression", expression), ("filter", filter), ("function", function),
      ("legend", legend), ("layer-metadata", layerMetadata), ("document-metadata", metadata),
    ]
    for type in LayerType.allCases { definitions.append(("layer-\(type.rawValue)", layer(type))) }
    return object(
      ("$schema", "https://json-schema.org/draft/2020-12/schema"),
      ("title", "Machizu style: the supported subset of the MapLibre Style Specification v8"),
      ("type", "object"), ("required", ["version", "sources", "layers"]),
      (
        "properties",
        object(
          ("version", object(("const", 8))), ("name", text(nil)),
          ("metadata", reference("document-metadata")),
          (
            "sources",
            closed(
              [("machizu", closed([("type", object(("const", "vector")))], needs: ["type"]))],
              needs: ["machizu"])
          ),
          (
            "state",
            object(
              ("type", "object"),
              (
                "additionalProperties",
                closed([("default", JSONValue(.bool(true)))], needs: ["default"])
              ))
          ),
          (
            "center",
            object(
              ("type", "array"), ("prefixItems", [number(-180...180), number(-90...90)]),
              ("items", false), ("minItems", 2))
          ),
          ("zoom", number(0...24)),
          (
            "layers",
            object(
              ("type", "array"),
              (
                "items",
                object(
                  (
                    "oneOf",
                    JSONValue(
                      .array(LayerType.allCases.map { reference("layer-\($0.rawValue)") }))
                  ))
              ))
          )
        )
      ),
      ("additionalProperties", false), ("$defs", JSONValue(.object(members(definitions)))))
  }

  // MARK: Layers

  private static func layer(_ type: LayerType) -> JSONValue {
    var known: [(String, JSONValue)] = [
      ("id", text(nil)), ("type", object(("const", string(type.rawValue)))),
      ("metadata", reference("layer-metadata")), ("minzoom", number(0...24)),
      ("maxzoom", number(0...24)),
    ]
    var needed = ["id", "type"]
    if type != .background {
      known.append(("source", object(("const", "machizu"))))
      known.append(("source-layer", text("^[a-z][a-z0-9_-]{0,62}$")))
      known.append(("filter", reference("filter")))
      needed += ["source", "source-layer"]
    }
    for group in [PropertyDefinition.Group.layout, .paint] {
      var properties = type.properties.filter { $0.group == group }.map {
        ($0.name, property($0))
      }
      if group == .layout {
        properties.append(("visibility", object(("enum", ["visible", "none"]))))
      }
      known.append((group.rawValue, closed(properties, needs: [])))
    }
    return closed(known, needs: needed)
  }

  private static func property(_ definition: PropertyDefinition) -> JSONValue {
    var members: [(String, JSONValue)] = []
    if let value = definition.defaultValue { members.append(("default", value)) }
    members.append(
      (
        "anyOf",
        JSONValue(
          .array([constant(definition.kind), reference("expression"), reference("function")]))
      ))
    return JSONValue(.object(Self.members(members)))
  }

  private static func constant(_ kind: PropertyDefinition.Kind) -> JSONValue {
    switch kind {
    case .colour, .string, .formatted, .image: return text(nil)
    case .boolean: return object(("type", "boolean"))
    case .number(let range): return number(range)
    case .name(let names): return object(("enum", strings(names)))
    case .names(let names):
      return object(("type", "array"), ("items", object(("enum", strings(names)))))
    case .strings(let count): return array(of: text(nil), count: count)
    case .numbers(let count): return array(of: object(("type", "number")), count: count)
    case .padding:
      return object(
        (
          "anyOf",
          [
            object(("type", "number")),
            object(
              ("type", "array"), ("items", object(("type", "number"))), ("minItems", 1),
              ("maxItems", 4)),
          ]
        ))
    }
  }

  // MARK: Expressions

  /// An operator with operands of any kind: their number and types are the reader's to check.
  private static var expression: JSONValue {
    object(
      ("type", "array"), ("prefixItems", [object(("enum", strings(Operators.supported)))]),
      ("minItems", 1))
  }

  private static var filter: JSONValue {
    object(
      (
        "anyOf",
        [
          object(("type", "boolean")), reference("expression"),
          object(
            ("type", "array"), ("prefixItems", [object(("enum", ["!in", "!has", "none"]))]),
            ("minItems", 1)),
        ]
      ))
  }

  /// A function of the older specification.
  private static var function: JSONValue {
    closed(
      [
        ("stops", object(("type", "array"))), ("property", text(nil)),
        ("base", object(("type", "number"))), ("default", JSONValue(.bool(true))),
        ("type", object(("enum", ["identity", "exponential", "interval", "categorical"]))),
        ("colorSpace", object(("enum", ["rgb", "lab", "hcl"]))),
      ], needs: [])
  }

  // MARK: Metadata

  private static var title: JSONValue {
    object(
      (
        "anyOf",
        [text(nil), closed([("ja", text(nil)), ("en", text(nil))], needs: ["ja"])]
      ))
  }

  private static var metadata: JSONValue {
    ours([
      ("machizu:title", reference("title")), ("machizu:group", reference("title")),
      ("machizu:minzoom", whole(0...20)), ("machizu:maxzoom", whole(0...20)),
      ("machizu:tile-size", object(("enum", [256, 512]))),
    ])
  }

  private static var layerMetadata: JSONValue {
    ours([
      ("machizu:title", reference("title")), ("machizu:group", reference("title")),
      ("machizu:legend", reference("legend")), ("machizu:priority", whole(0...1000)),
      ("machizu:inside", object(("type", "boolean"))),
      ("machizu:join", object(("type", "boolean"))),
      ("machizu:repeat", object(("type", "number"), ("minimum", 0), ("maximum", 512))),
    ])
  }

  private static var legend: JSONValue {
    object(
      (
        "anyOf",
        [
          reference("title"),
          closed(
            [
              ("title", reference("title")), ("codes", text(nil)),
              ("steps", object(("enum", strings(StyleLegend.steppedProperties)))),
              ("unit", text(nil)),
              (
                "entries",
                object(
                  ("type", "array"),
                  (
                    "items",
                    closed(
                      [
                        ("title", reference("title")),
                        ("properties", object(("type", "object"))),
                      ], needs: ["title"])
                  ))
              ),
            ], needs: ["title"]),
        ]
      ))
  }

  /// Keys of ours as listed; what other programs left there is theirs.
  private static func ours(_ known: [(String, JSONValue)]) -> JSONValue {
    object(
      ("type", "object"), ("properties", JSONValue(.object(members(known)))),
      ("patternProperties", object(("^(?!machizu:)", true))), ("additionalProperties", false))
  }

  // MARK: Pieces

  private static func members(_ pairs: [(String, JSONValue)]) -> [JSONMember] {
    pairs.map { JSONMember($0.0, $0.1) }
  }

  private static func object(_ pairs: (String, JSONValue)...) -> JSONValue {
    JSONValue(.object(members(pairs)))
  }

  private static func closed(_ known: [(String, JSONValue)], needs: [String]) -> JSONValue {
    var pairs: [(String, JSONValue)] = [("type", "object")]
    if !needs.isEmpty { pairs.append(("required", strings(needs))) }
    pairs.append(("properties", JSONValue(.object(members(known)))))
    pairs.append(("additionalProperties", false))
    return JSONValue(.object(members(pairs)))
  }

  private static func reference(_ name: String) -> JSONValue {
    object(("$ref", string("#/$defs/\(name)")))
  }

  private static func string(_ text: String) -> JSONValue { JSONValue(.string(text)) }
  private static func strings(_ texts: [String]) -> JSONValue {
    JSONValue(.array(texts.map(string)))
  }

  private static func text(_ pattern: String?) -> JSONValue {
    guard let pattern else { return object(("type", "string")) }
    return object(("type", "string"), ("pattern", string(pattern)))
  }

  private static func value(_ number: Double) -> JSONValue {
    number == number.rounded()
      ? JSONValue(.number(JSONNumber(Int64(number)))) : JSONValue(floatLiteral: number)
  }

  private static func number(_ range: ClosedRange<Double>) -> JSONValue {
    object(
      ("type", "number"), ("minimum", value(range.lowerBound)),
      ("maximum", value(range.upperBound)))
  }

  private static func whole(_ range: ClosedRange<Double>) -> JSONValue {
    object(
      ("type", "integer"), ("minimum", value(range.lowerBound)),
      ("maximum", value(range.upperBound)))
  }

  private static func array(of items: JSONValue, count: Int?) -> JSONValue {
    guard let count else { return object(("type", "array"), ("items", items)) }
    return object(
      ("type", "array"), ("items", items), ("minItems", value(Double(count))),
      ("maxItems", value(Double(count))))
  }
}
