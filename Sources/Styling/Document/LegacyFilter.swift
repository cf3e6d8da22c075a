internal import JSON

/// Filters of the older specification, `["==", "column", 1]`, as the expressions that they mean.
///
/// Source: maplibre-style-spec, src/feature_filter.
enum LegacyFilter {
  private enum Syntax {
    case expression, legacy
    /// The same in both.
    case neutral
  }

  private static let comparisons: Set<String> = ["==", "!=", "<", ">", "<=", ">="]

  /// Whether a filter is of the older kind and must be converted.
  static func isLegacy(_ json: JSONValue) -> Bool { syntax(of: json) == .legacy }

  private static func syntax(of json: JSONValue) -> Syntax {
    if json.bool != nil { return .neutral }
    guard let items = json.array, let name = items.first?.string else { return .legacy }
    let operands = items.dropFirst()
    switch name {
    case "has":
      guard let column = operands.first, column.string != "$id", column.string != "$type" else {
        return .legacy
      }
      return operands.count == 1 ? .neutral : .expression
    case "in":
      let isExpression = items.count >= 3 && (items[1].string == nil || items[2].array != nil)
      return isExpression ? .expression : .legacy
    case "!in", "!has", "none": return .legacy
    case let name where comparisons.contains(name):
      let isExpression = items.count != 3 || items[1].array != nil || items[2].array != nil
      return isExpression ? .expression : .legacy
    case "any", "all":
      let children = operands.map(syntax)
      if children.contains(.expression) { return .expression }
      return children.contains(.legacy) ? .legacy : .neutral
    default: return .expression
    }
  }

  /// The conditions of the older kind that stand inside an expression, where they would mean something
  /// else: `["==", "column", 1]` there compares two literals.
  static func strays(in json: JSONValue) -> [JSONValue] {
    guard let items = json.array, let name = items.first?.string,
      ["any", "all", "!"].contains(name)
    else { return [] }
    return items.dropFirst().flatMap { item in
      let isColumn = item.array.map { $0.count > 1 && $0[1].string != nil } ?? false
      return syntax(of: item) == .legacy && isColumn ? [item] : strays(in: item)
    }
  }

  /// The expression that selects the same features.
  static func expression(_ json: JSONValue) throws(ExpressionCompiler.Fault) -> JSONValue {
    var types: [(column: String, type: String)] = []
    return try Converter(json).expression(types: &types)
  }

  private struct Converter {
    let json: JSONValue

    init(_ json: JSONValue) {
      self.json = json
    }

    private func array(_ items: [JSONValue]) -> JSONValue {
      JSONValue(.array(items), at: json.position)
    }

    private func call(_ name: String, _ operands: [JSONValue]) -> JSONValue {
      array([JSONValue(.string(name), at: json.position)] + operands)
    }

    private func bool(_ value: Bool) -> JSONValue { JSONValue(.bool(value), at: json.position) }

    private func fault(_ message: String, _ json: JSONValue) -> ExpressionCompiler.Fault {
      ExpressionCompiler.Fault(message: message, path: "", position: json.position)
    }

    /// Collects the types that columns must have, for the `any` around this condition.
    func expression(
      types: inout [(column: String, type: String)]
    ) throws(ExpressionCompiler.Fault) -> JSONValue {
      if !LegacyFilter.isLegacy(json) { return json }
      guard let items = json.array, let name = items.first?.string else {
        throw fault("expected a filter, found \(json.kindName)", json)
      }
      let operands = Array(items.dropFirst())
      switch name {
      case "any": return try any(operands)
      case "all":
        var conditions: [JSONValue] = []
        for operand in operands {
          conditions.append(try Converter(operand).expression(types: &types))
        }
        return conditions.count == 1 ? conditions[0] : call("all", conditions)
      case "none": return call("!", [try any(operands)])
      default: break
      }
      guard let column = operands.first?.string else {
        throw fault("a \"\(name)\" filter names a column first", operands.first ?? json)
      }
      switch name {
      case "has", "!has":
        guard operands.count == 1 else { throw fault("\"\(name)\" takes one column", json) }
        let has = has(column)
        return name == "has" ? has : call("!", [has])
      case "in", "!in":
        return try membership(column, operands.dropFirst(), isNegated: name == "!in")
      default:
        guard operands.count == 2 else {
          throw fault("\"\(name)\" takes a column and a value", json)
        }
        return try comparison(name, column, operands[1], types: &types)
      }
    }

    private func any(_ operands: [JSONValue]) throws(ExpressionCompiler.Fault) -> JSONValue {
      var conditions: [JSONValue] = []
      for operand in operands {
        // A column of another type makes a condition false; without this check it would end the
        // evaluation and with it the other conditions.
        var types: [(column: String, type: String)] = []
        let condition = try Converter(operand).expression(types: &types)
        let checks = types.map { entry in
          call("==", [call("typeof", [read(entry.column)]), JSONValue(.string(entry.type))])
        }
        conditions.append(
          checks.isEmpty ? condition : call("case", [call("all", checks), condition, bool(false)]))
      }
      return call("any", conditions)
    }

    private func read(_ column: String) -> JSONValue {
      switch column {
      case "$type": call("geometry-type", [])
      case "$id": call("id", [])
      default: call("get", [JSONValue(.string(column), at: json.position)])
      }
    }

    private func has(_ column: String) -> JSONValue {
      switch column {
      case "$type": bool(true)
      case "$id": call("!=", [call("id", []), nil])
      default: call("has", [JSONValue(.string(column), at: json.position)])
      }
    }

    private func comparison(
      _ name: String, _ column: String, _ value: JSONValue,
      types: inout [(column: String, type: String)]
    ) throws(ExpressionCompiler.Fault) -> JSONValue {
      guard value.object == nil else { throw fault("a filter compares with a plain value", value) }
      if column == "$type" { return call(name, [read(column), value]) }
      if !value.isNull { types.append((column, value.scriptTypeName)) }
      if value.isNull, column != "$id", name == "==" {
        return call("all", [has(column), call("==", [read(column), value])])
      }
      if value.isNull, column != "$id", name == "!=" {
        return call("any", [call("!", [has(column)]), call("!=", [read(column), value])])
      }
      return call(name, [read(column), value])
    }

    private func membership(
      _ column: String, _ values: ArraySlice<JSONValue>, isNegated: Bool
    ) throws(ExpressionCompiler.Fault) -> JSONValue {
      guard let first = values.first else { return bool(isNegated) }
      let type = first.scriptTypeName
      let isUniform = values.allSatisfy { $0.scriptTypeName == type }
      let isWhole = values.allSatisfy { $0.double.map { $0 == $0.rounded() } ?? true }
      if isUniform, isWhole, type == "string" || type == "number" {
        var seen: Set<[UInt8]> = []
        let unique = values.filter { seen.insert(Array(StyleValue($0).text.utf8)).inserted }
        return call("match", [read(column), array(unique), bool(!isNegated), bool(isNegated)])
      }
      let name = isNegated ? "!=" : "=="
      return call(isNegated ? "all" : "any", values.map { call(name, [read(column), $0]) })
    }
  }
}
