internal import JSON

/// A function of the older specification, `{"stops": …}`, as the expression that it means.
///
/// Source: maplibre-style-spec, src/function/convert.ts.
struct LegacyFunction {
  /// The expression with the same values.
  let expression: JSONValue

  init(
    _ json: JSONValue, for definition: PropertyDefinition
  ) throws(ExpressionCompiler.Fault) {
    let parameters = try Parameters(json)
    expression = try Converter(parameters: parameters, definition: definition).expression()
  }

  /// `"a {b}"` as `["concat", "a ", ["get", "b"]]`; nil when there is no token in the text.
  static func expression(ofTokensIn text: String, at position: JSONPosition) -> JSONValue? {
    func value(_ kind: JSONValue.Kind) -> JSONValue { JSONValue(kind, at: position) }
    func get(_ name: Substring) -> JSONValue {
      value(.array([value(.string("get")), value(.string(String(name)))]))
    }
    var parts: [JSONValue] = []
    var rest = Substring(text)
    var hasTokens = false
    var plain = ""
    while let open = rest.firstIndex(of: "{") {
      let inner = rest[rest.index(after: open)...]
      let end = inner.firstIndex { $0 == "{" || $0 == "}" }
      guard let end, inner[end] == "}", end > inner.startIndex else {
        plain += rest[..<inner.startIndex]
        rest = inner
        continue
      }
      plain += rest[..<open]
      if !plain.isEmpty { parts.append(value(.string(plain))) }
      plain = ""
      parts.append(get(inner[..<end]))
      hasTokens = true
      rest = inner[inner.index(after: end)...]
    }
    guard hasTokens else { return nil }
    plain += rest
    if !plain.isEmpty { parts.append(value(.string(plain))) }
    if parts.count == 1 { return value(.array([value(.string("to-string")), parts[0]])) }
    return value(.array([value(.string("concat"))] + parts))
  }

  /// The members of a function's object, checked.
  private struct Parameters {
    struct Stop {
      var input: JSONValue
      var output: JSONValue
    }

    let json: JSONValue
    var stops: [Stop]?
    var property: JSONValue?
    var base: JSONValue?
    var type: String?
    var fallback: JSONValue?
    var colourSpace: String?

    init(_ json: JSONValue) throws(ExpressionCompiler.Fault) {
      self.json = json
      for member in json.object ?? [] {
        let value = member.value
        switch member.key {
        case "stops": stops = try Self.stops(value)
        case "property" where value.string != nil: property = value
        case "base" where value.double != nil: base = value
        case "default": fallback = value
        case "type"
        where ["identity", "exponential", "interval", "categorical"].contains(value.string):
          type = value.string
        case "colorSpace" where ["rgb", "lab", "hcl"].contains(value.string):
          colourSpace = value.string
        default: throw Self.unknown(member)
        }
      }
      guard stops != nil || property != nil else {
        throw LegacyFunction.fault("a function needs \"stops\" or \"property\"", json)
      }
    }

    private static func unknown(_ member: JSONMember) -> ExpressionCompiler.Fault {
      let known = ["stops", "property", "base", "default", "type", "colorSpace"]
      var place = member.value
      guard !known.contains(member.key) else {
        return LegacyFunction.fault(
          "the value of \"\(member.key)\" is not one that a function can have", place)
      }
      place.position = member.keyPosition
      var fault = LegacyFunction.fault(
        "a function has no \"\(member.key)\"; it has \(known.joined(separator: ", "))", place)
      fault.hint = NearestName.suggest(for: member.key, among: known).map {
        "did you mean \"\($0)\"?"
      }
      return fault
    }

    private static func stops(
      _ json: JSONValue
    ) throws(ExpressionCompiler.Fault) -> [Stop] {
      guard let items = json.array, !items.isEmpty else {
        throw LegacyFunction.fault("\"stops\" must be an array with at least one stop", json)
      }
      var stops: [Stop] = []
      for item in items {
        guard let pair = item.array, pair.count == 2 else {
          throw LegacyFunction.fault("a stop must be an array of input and output", item)
        }
        stops.append(Stop(input: pair[0], output: pair[1]))
      }
      return stops
    }
  }

  private static func fault(_ message: String, _ json: JSONValue) -> ExpressionCompiler.Fault {
    ExpressionCompiler.Fault(message: message, path: "", position: json.position)
  }

  /// Builds the expression; every part of it stands where the function stands.
  private struct Converter {
    let parameters: Parameters
    let definition: PropertyDefinition

    func expression() throws(ExpressionCompiler.Fault) -> JSONValue {
      guard let stops = parameters.stops else { return identity() }
      if stops[0].input.object != nil { return try zoomAndProperty(stops) }
      let isOfFeature = parameters.property != nil
      let converted = stops.map { stop in
        if !isOfFeature, definition.hasTokens, let text = stop.output.string,
          let expression = LegacyFunction.expression(ofTokensIn: text, at: stop.output.position)
        {
          return Parameters.Stop(input: stop.input, output: expression)
        }
        return Parameters.Stop(input: stop.input, output: literal(stop.output))
      }
      return isOfFeature ? try property(converted) : try zoom(converted)
    }

    // MARK: JSON

    private func array(_ items: [JSONValue]) -> JSONValue {
      JSONValue(.array(items), at: parameters.json.position)
    }

    private func text(_ text: String) -> JSONValue {
      JSONValue(.string(text), at: parameters.json.position)
    }

    private func call(_ name: String, _ operands: [JSONValue]) -> JSONValue {
      array([text(name)] + operands)
    }

    private func literal(_ value: JSONValue) -> JSONValue {
      value.array != nil || value.object != nil ? call("literal", [value]) : value
    }

    private var get: JSONValue { call("get", [parameters.property ?? text("")]) }

    /// What stands in where the column has no value that leads to a stop.
    private var fallback: JSONValue {
      if let given = parameters.fallback ?? definition.defaultValue { return literal(given) }
      return definition.kind == .image ? text("") : JSONValue(.null, at: parameters.json.position)
    }

    private var functionType: String {
      parameters.type ?? (definition.isInterpolatable ? "exponential" : "interval")
    }

    // MARK: Kinds of functions

    private func identity() -> JSONValue {
      guard let given = parameters.fallback else {
        return definition.kind == .string ? call("string", [get]) : get
      }
      switch definition.kind {
      case .name(let names):
        return call("match", [get, array(names.map(text)), get, given])
      case .numbers(let count):
        let length = count.map { JSONValue(.number(JSONNumber(Int64($0)))) } ?? nil
        return call("array", [text("number"), length, get, literal(given)])
      case .strings, .names:
        return call("array", [text("string"), nil, get, literal(given)])
      case .colour: return call("to-color", [get, literal(given)])
      case .number: return call("number", [get, literal(given)])
      case .boolean: return call("boolean", [get, literal(given)])
      case .string: return call("string", [get, literal(given)])
      case .formatted, .image, .padding: return call("coalesce", [get, literal(given)])
      }
    }

    private var curve: (name: String, kind: JSONValue) {
      let name =
        switch parameters.colourSpace {
        case "hcl": "interpolate-hcl"
        case "lab": "interpolate-lab"
        default: "interpolate"
        }
      guard let base = parameters.base, base.double != 1 else { return (name, call("linear", [])) }
      return (name, call("exponential", [base]))
    }

    private func zoom(
      _ stops: [Parameters.Stop]
    ) throws(ExpressionCompiler.Fault) -> JSONValue {
      switch functionType {
      case "interval": return step(call("zoom", []), stops)
      case "exponential":
        return call(curve.name, [curve.kind, call("zoom", [])] + pairs(stops))
      default:
        throw LegacyFunction.fault("a function of the zoom cannot be categorical", parameters.json)
      }
    }

    private func property(
      _ stops: [Parameters.Stop]
    ) throws(ExpressionCompiler.Fault) -> JSONValue {
      switch functionType {
      case "categorical":
        if stops[0].input.bool != nil {
          let branches = stops.flatMap { [call("==", [get, $0.input]), $0.output] }
          return call("case", branches + [fallback])
        }
        return call("match", [get] + pairs(stops) + [fallback])
      case "interval":
        return guarded(step(call("number", [get]), stops))
      case "exponential":
        return guarded(call(curve.name, [curve.kind, call("number", [get])] + pairs(stops)))
      default:
        throw LegacyFunction.fault(
          "a function of type \"\(functionType)\" has no stops", parameters.json)
      }
    }

    /// The function where the column holds a number, its default elsewhere.
    private func guarded(_ expression: JSONValue) -> JSONValue {
      guard let given = parameters.fallback else { return expression }
      let isNumber = call("==", [call("typeof", [get]), text("number")])
      return call("case", [isNumber, expression, literal(given)])
    }

    private func zoomAndProperty(
      _ stops: [Parameters.Stop]
    ) throws(ExpressionCompiler.Fault) -> JSONValue {
      var zooms: [(zoom: JSONValue, stops: [Parameters.Stop])] = []
      var places: [Double: Int] = [:]
      for stop in stops {
        guard let zoom = stop.input["zoom"], let number = zoom.double,
          let value = stop.input["value"]
        else {
          throw LegacyFunction.fault(
            "the input of this stop must be an object with \"zoom\" and \"value\"", stop.input)
        }
        let inner = Parameters.Stop(input: value, output: literal(stop.output))
        if let place = places[number] {
          zooms[place].stops.append(inner)
        } else {
          places[number] = zooms.count
          zooms.append((zoom, [inner]))
        }
      }
      var outer: [Parameters.Stop] = []
      for (zoom, inner) in zooms {
        outer.append(Parameters.Stop(input: zoom, output: try property(inner)))
      }
      guard definition.isInterpolatable else { return step(call("zoom", []), outer) }
      return call(curve.name, [call("linear", []), call("zoom", [])] + pairs(outer))
    }

    // MARK: Stops

    private func pairs(_ stops: [Parameters.Stop]) -> [JSONValue] {
      withoutRepetition(stops).flatMap { [$0.input, $0.output] }
    }

    private func step(_ input: JSONValue, _ stops: [Parameters.Stop]) -> JSONValue {
      let stops = withoutRepetition(stops)
      var operands = [input, stops[0].output]
      operands += stops.dropFirst().flatMap { [$0.input, $0.output] }
      // A step needs two outputs: a function with one stop has the same everywhere.
      if stops.count == 1 { operands += [0, stops[0].output] }
      return call("step", operands)
    }

    /// Functions may repeat an input, expressions may not; the first of equals in a row counts.
    private func withoutRepetition(_ stops: [Parameters.Stop]) -> [Parameters.Stop] {
      var kept: [Parameters.Stop] = []
      for stop in stops {
        let isRepeated = kept.last.map { StyleValue($0.input) == StyleValue(stop.input) } ?? false
        if !isRepeated { kept.append(stop) }
      }
      return kept
    }
  }
}

extension ExpressionCompiler.Fault: Error {}
