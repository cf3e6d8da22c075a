/// The operators whose operands have fixed types.
enum Function: String, Sendable, CaseIterable {
  case error, `typeof`
  case toRGBA = "to-rgba"
  case rgb, rgba, has, get, properties
  case geometryType = "geometry-type"
  case id, zoom
  case sum = "+"
  case product = "*"
  case difference = "-"
  case quotient = "/"
  case remainder = "%"
  case power = "^"
  case ln2, pi, e, sqrt, log10, ln, log2, sin, cos, tan, asin, acos, atan
  case min, max, abs, round, floor, ceil
  case all, any
  case not = "!"
  case isSupportedScript = "is-supported-script"
  case upcase, downcase, concat, split, join

  /// The operands that a function takes.
  enum Operands: Sendable {
    case exactly([ExpressionType])
    case anyNumber(of: ExpressionType)

    var text: String {
      switch self {
      case .exactly(let types): "(\(types.map(\.description).joined(separator: ", ")))"
      case .anyNumber(let type): "(\(type)...)"
      }
    }

    func takes(count: Int) -> Bool {
      switch self {
      case .exactly(let types): types.count == count
      case .anyNumber: true
      }
    }

    func type(at index: Int) -> ExpressionType {
      switch self {
      case .exactly(let types): types.indices.contains(index) ? types[index] : .value
      case .anyNumber(let type): type
      }
    }
  }

  /// The lists of operands that are allowed; no two have the same count.
  var overloads: [Operands] {
    switch self {
    case .properties, .geometryType, .id, .zoom, .ln2, .pi, .e: [.exactly([])]
    case .error, .upcase, .downcase, .isSupportedScript: [.exactly([.string])]
    case .typeof: [.exactly([.value])]
    case .toRGBA: [.exactly([.colour])]
    case .rgb: [.exactly([.number, .number, .number])]
    case .rgba: [.exactly([.number, .number, .number, .number])]
    case .has, .get: [.exactly([.string]), .exactly([.string, .object])]
    case .sum, .product, .min, .max: [.anyNumber(of: .number)]
    case .difference: [.exactly([.number, .number]), .exactly([.number])]
    case .quotient, .remainder, .power: [.exactly([.number, .number])]
    case .sqrt, .log10, .ln, .log2, .sin, .cos, .tan, .asin, .acos, .atan, .abs, .round, .floor,
      .ceil:
      [.exactly([.number])]
    case .all, .any: [.anyNumber(of: .boolean)]
    case .not: [.exactly([.boolean])]
    case .concat: [.anyNumber(of: .value)]
    case .split: [.exactly([.string, .string])]
    case .join: [.exactly([.array(.string, count: nil), .string])]
    }
  }

  var type: ExpressionType {
    switch self {
    case .error: .error
    case .typeof, .geometryType, .upcase, .downcase, .concat, .join: .string
    case .toRGBA: .array(.number, count: 4)
    case .rgb, .rgba: .colour
    case .has, .all, .any, .not, .isSupportedScript: .boolean
    case .get, .id: .value
    case .properties: .object
    case .split: .array(.string, count: nil)
    default: .number
    }
  }
}
