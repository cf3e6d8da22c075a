import Foundation
import JSON

@testable import Styling

/// One of the specification's own test cases for expressions.
///
/// Source: maplibre-style-spec, test/integration/expression.
struct SpecificationCase: CustomStringConvertible, Sendable {
  let name: String
  let json: JSONValue

  var description: String { name }

  /// The cases under ../shared/data/odd/maplibre-expressions, sorted; none when they are not there.
  static let all: [SpecificationCase] = {
    let repository = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let root = repository.deletingLastPathComponent()
      .appendingPathComponent("shared/data/odd/maplibre-expressions")
    guard let files = FileManager.default.enumerator(atPath: root.path) else { return [] }
    return files.compactMap { $0 as? String }.filter { $0.hasSuffix("/test.json") }.sorted()
      .compactMap { file in
        guard let data = try? Data(contentsOf: root.appendingPathComponent(file)),
          let json = try? JSONParser.parse([UInt8](data))
        else { return nil }
        return SpecificationCase(name: String(file.dropLast("/test.json".count)), json: json)
      }
  }()

  // MARK: What the case needs

  /// Operators, types and options of the case that are not supported.
  var unsupported: [String] {
    var found = Set(Self.unsupportedOperators(in: json["expression"] ?? nil))
    let type = json["propertySpec"]?["type"]?.string ?? "number"
    if ["projectionDefinition", "colorArray", "numberArray"].contains(type) {
      found.insert("type \(type)")
    }
    return found.sorted()
  }

  private static func unsupportedOperators(in json: JSONValue) -> [String] {
    if let members = json.object {
      return members.flatMap { unsupportedOperators(in: $0.value) }
    }
    guard let items = json.array else { return [] }
    var found = items.flatMap(unsupportedOperators)
    switch items.first?.string {
    case "literal": return []
    case let name? where Operators.unsupported[name] != nil: found.append(name)
    case "number-format":
      found += (items.last?.object ?? []).map(\.key).filter { ["currency", "unit"].contains($0) }
        .map { "number-format \($0)" }
    default: break
    }
    return found
  }

  // MARK: Running

  /// What is not as the case expects; nil when all is.
  func disagreement() -> String? {
    guard let expected = json["expected"], let compiled = expected["compiled"] else {
      return "the case expects nothing"
    }
    switch compile() {
    case .failure(let refusal):
      guard compiled["result"]?.string == "error" else { return "refused: \(refusal.faults)" }
      let wanted = compiled["errors"]?.array?.map {
        "\($0["key"]?.string ?? ""): \($0["error"]?.string ?? "")"
      }
      let found = refusal.faults.map { "\($0.path): \($0.message)" }
      return found == wanted ? nil : "expected \(wanted ?? []), found \(found)"
    case .success(let expression):
      guard compiled["result"]?.string == "success" else {
        return "accepted, but \(compiled["errors"]?.text ?? "") was expected"
      }
      return disagreement(of: expression, with: compiled)
        ?? disagreement(of: expression, outputs: expected["outputs"]?.array ?? [])
    }
  }

  struct Refusal: Error {
    var faults: [ExpressionCompiler.Fault]
  }

  private func compile() -> Result<StyleExpression, Refusal> {
    let source = json["expression"] ?? nil
    guard let definition = PropertyDefinition(specification: json["propertySpec"]) else {
      return compileFreely(source)
    }
    do throws(ExpressionCompiler.Fault) {
      var compiler = PropertyCompiler()
      let isFunction = source.object != nil
      let expression =
        isFunction ? try LegacyFunction(source, for: definition).expression : source
      if let result = compiler.compileExpression(expression, for: definition) {
        return .success(result)
      }
      return .failure(Refusal(faults: compiler.faults))
    } catch {
      return .failure(Refusal(faults: [error]))
    }
  }

  /// Compiles for a property of no type.
  private func compileFreely(_ source: JSONValue) -> Result<StyleExpression, Refusal> {
    var compiler = ExpressionCompiler()
    guard let root = compiler.compile(source, expecting: nil) else {
      return .failure(Refusal(faults: compiler.faults))
    }
    var message: String?
    switch ZoomCurve(of: root) {
    case .absent: message = root.dependencies.usesZoom ? ZoomCurve.notAtTop : nil
    case .curve: break
    case .misplaced(let text): message = text
    }
    if let message {
      let fault = ExpressionCompiler.Fault(message: message, path: "", position: source.position)
      return .failure(Refusal(faults: [fault]))
    }
    return .success(StyleExpression(root: root, fallback: .null))
  }

  private func disagreement(of expression: StyleExpression, with compiled: JSONValue) -> String? {
    let isZoomConstant: Bool
    if case .curve = ZoomCurve(of: expression.root) {
      isZoomConstant = false
    } else {
      isZoomConstant = true
    }
    let found = (
      expression.dependencies.isFeatureConstant, isZoomConstant, expression.root.type.description
    )
    let wanted = (
      compiled["isFeatureConstant"]?.bool ?? false, compiled["isZoomConstant"]?.bool ?? false,
      compiled["type"]?.string ?? ""
    )
    return found == wanted ? nil : "expected \(wanted), found \(found)"
  }

  private func disagreement(
    of expression: StyleExpression, outputs: [JSONValue]
  ) -> String? {
    let inputs = json["inputs"]?.array ?? []
    guard inputs.count == outputs.count else { return "inputs and outputs differ in number" }
    for (input, wanted) in zip(inputs, outputs) {
      let context = EvaluationContext(case: input, state: json["globalState"])
      let found: JSONValue
      switch expression.outcome(in: context) {
      case .value(let value): found = value.specificationOutput
      case .failure(let message, let path):
        let text = "layers[0].paint.some-property\(path): \(message)"
        found = JSONValue(.object([JSONMember("error", JSONValue(.string(text)))]))
      }
      if !found.agrees(with: wanted) { return "expected \(wanted.text), found \(found.text)" }
    }
    return nil
  }
}

extension EvaluationContext {
  init(case input: JSONValue, state: JSONValue?) {
    self.init(zoom: input[0]?["zoom"]?.double ?? 0)
    let feature = input[1]
    geometryType = feature?["geometry"]?["type"]?.string.flatMap(GeometryType.init(rawValue:))
    id = feature?["id"].map(StyleValue.init) ?? .null
    for member in feature?["properties"]?.object ?? [] {
      properties[member.key] = StyleValue(member.value)
    }
    availableImages = Set(input[0]?["availableImages"]?.array?.compactMap(\.string) ?? [])
    for member in state?.object ?? [] { self.state[member.key] = StyleValue(member.value) }
  }
}

extension PropertyDefinition {
  /// The property that a case describes; nil when it says nothing of a type.
  init?(specification json: JSONValue?) {
    guard let type = json?["type"]?.string else { return nil }
    let kind: Kind
    switch type {
    case "color": kind = .colour
    case "number": kind = .number(-.infinity ... .infinity)
    case "boolean": kind = .boolean
    case "formatted": kind = .formatted
    case "resolvedImage": kind = .image
    case "padding": kind = .padding
    case "enum": kind = .name(of: Self.names(json?["values"]))
    case "array":
      switch json?["value"]?.string {
      case "number": kind = .numbers(count: json?["length"]?.int64.map(Int.init))
      case "string": kind = .strings(count: json?["length"]?.int64.map(Int.init))
      default: return nil
      }
    case "string": kind = .string
    default: return nil
    }
    let parameters = json?["expression"]?["parameters"]?.array?.compactMap(\.string)
    self.init(
      "some-property", .paint, kind, default: json?["default"],
      feature: parameters?.contains("feature") ?? true,
      zoom: parameters?.contains("zoom") ?? true,
      isInterpolatable: json?["expression"]?["interpolated"]?.bool ?? true,
      hasTokens: json?["tokens"]?.bool ?? false)
  }

  private static func names(_ json: JSONValue?) -> [String] {
    json?.array?.compactMap(\.string) ?? json?.object?.map(\.key) ?? []
  }
}

extension StyleValue {
  /// The value as the reference implementation's objects become JSON.
  fileprivate var specificationOutput: JSONValue {
    switch self {
    case .colour(let colour): JSONValue(.array(colour.premultiplied.map(JSONValue.init(double:))))
    default: innerOutput
    }
  }

  private var innerOutput: JSONValue {
    func object(_ members: [(String, JSONValue)]) -> JSONValue {
      JSONValue(.object(members.map { JSONMember($0.0, $0.1) }))
    }
    switch self {
    case .null: return nil
    case .boolean(let boolean): return JSONValue(.bool(boolean))
    case .number(let number): return JSONValue(double: number)
    case .string(let string): return JSONValue(.string(string))
    case .array(let elements): return JSONValue(.array(elements.map(\.innerOutput)))
    case .object(let members): return object(members.map { ($0.key, $0.value.innerOutput) })
    case .colour(let colour):
      return object(
        zip(["r", "g", "b", "a"], colour.premultiplied.map(JSONValue.init(double:))).map { $0 })
    case .image(let image):
      return object([
        ("name", .init(.string(image.name))), ("available", .init(.bool(image.isAvailable))),
      ])
    case .padding(let padding):
      return object([("values", JSONValue(.array(padding.numbers.map(JSONValue.init(double:)))))])
    case .formatted(let formatted):
      let sections = formatted.sections.map { section in
        object([
          ("text", JSONValue(.string(section.text))),
          ("image", section.image.map { StyleValue.image($0).innerOutput } ?? nil),
          ("scale", section.scale.map(JSONValue.init(double:)) ?? nil),
          ("fontStack", section.fonts.map { .init(.string($0.joined(separator: ","))) } ?? nil),
          ("textColor", section.colour.map { StyleValue.colour($0).innerOutput } ?? nil),
          ("verticalAlign", section.verticalAlignment.map { .init(.string($0.rawValue)) } ?? nil),
        ])
      }
      return object([("sections", JSONValue(.array(sections)))])
    }
  }
}

extension StyleColour {
  fileprivate var premultiplied: [Double] { [red * alpha, green * alpha, blue * alpha, alpha] }
}

extension JSONValue {
  fileprivate init(double: Double) {
    self.init(JSONNumber(double).map(Kind.number) ?? .null)
  }

  fileprivate var text: String { String(decoding: serialized(), as: UTF8.self) }

  /// Equal, numbers to six significant figures, members in any order.
  fileprivate func agrees(with other: JSONValue) -> Bool {
    switch (kind, other.kind) {
    case (.null, .null): return true
    case (.bool(let a), .bool(let b)): return a == b
    case (.string(let a), .string(let b)): return a.utf8.elementsEqual(b.utf8)
    case (.number(let a), .number(let b)):
      let size = max(a.double.magnitude, b.double.magnitude)
      return (a.double - b.double).magnitude <= size * 1e-5 || size < 1e-12
    case (.array(let a), .array(let b)):
      return a.count == b.count && zip(a, b).allSatisfy { $0.agrees(with: $1) }
    case (.object(let a), .object(let b)):
      return a.count == b.count
        && a.allSatisfy { member in other[member.key].map(member.value.agrees) ?? false }
    default: return false
    }
  }
}
