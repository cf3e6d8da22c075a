internal import JSON

/// The operators with rules of their own for their operands.
enum SpecialForm: String, CaseIterable {
  case literal, semiliteral, array, string, number, boolean, object
  case toBoolean = "to-boolean"
  case toColour = "to-color"
  case toNumber = "to-number"
  case toString = "to-string"
  case at, `in`, slice, length
  case indexOf = "index-of"
  case `case`, match, coalesce, step, interpolate
  case interpolateHCL = "interpolate-hcl"
  case interpolateLab = "interpolate-lab"
  case equal = "=="
  case notEqual = "!="
  case less = "<"
  case greater = ">"
  case lessOrEqual = "<="
  case greaterOrEqual = ">="
  case `let`, `var`, format, image
  case numberFormat = "number-format"
  case globalState = "global-state"
}

/// Which operators there are.
public enum Operators {
  /// The operators that a style may use, sorted.
  public static let supported: [String] =
    (Function.allCases.map(\.rawValue) + SpecialForm.allCases.map(\.rawValue)).sorted()

  /// Operators of the specification that a style may not use, and why.
  public static let unsupported: [String: String] = [
    "accumulated": "clusters are not drawn",
    "collator": "texts are compared by code units only",
    "distance": "an expression does not see a feature's geometry",
    "elevation": "there is no terrain",
    "feature-state": "pictures have no interaction",
    "heatmap-density": "heatmaps are not drawn",
    "line-progress": "line gradients are not drawn",
    "resolved-locale": "texts are compared by code units only",
    "within": "an expression does not see a feature's geometry",
  ]

  static func isKnown(_ name: String) -> Bool {
    Function(rawValue: name) != nil || SpecialForm(rawValue: name) != nil
  }

  static func hint(for name: String) -> String? {
    if let reason = unsupported[name] { return "\"\(name)\" is not supported: \(reason)" }
    return NearestName.suggest(for: name, among: supported).map { "did you mean \"\($0)\"?" }
  }
}
