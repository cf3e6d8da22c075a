internal import Geometry

/// Reads CQL2 text into a tree.
///
/// Source: OGC 21-065r2 (CQL2), Annex B, with conditions allowed wherever a value is and BETWEEN
/// also for dates and text.
struct CQLParser {
  /// Bytes of UTF-8.
  static let lengthLimit = 65_536
  static let depthLimit = 32

  var lexer: CQLLexer
  var token: CQLToken
  private var depth = 0
  /// The place that two ordinates as written stand for; nil where degrees are written.
  let placing: ((Double, Double) -> Point<Geographic>?)?

  init(
    _ text: String, placing: ((Double, Double) -> Point<Geographic>?)? = nil
  ) throws(FilterError) {
    self.placing = placing
    guard text.utf8.count <= Self.lengthLimit else {
      throw FilterError(.tooLong(limit: Self.lengthLimit), column: 1)
    }
    lexer = CQLLexer(text)
    token = try lexer.nextToken()
  }

  /// The one expression that fills the text.
  mutating func parse() throws(FilterError) -> CQLExpression {
    let expression = try parseOr()
    guard token.kind == .end else { throw unexpected(.operatorOrEnd) }
    return expression
  }

  // MARK: - Words

  func error(_ fault: FilterError.Fault, at offset: Int) -> FilterError {
    FilterError(fault, column: lexer.column(at: offset))
  }

  func unexpected(_ expected: FilterExpectation) -> FilterError {
    error(.unexpected(found: token.written, expected: expected), at: token.offset)
  }

  mutating func advance() throws(FilterError) { token = try lexer.nextToken() }

  /// Whether the next word is a keyword, and moves behind it.
  mutating func skipKeyword(_ keyword: String) throws(FilterError) -> Bool {
    guard isKeyword(keyword) else { return false }
    try advance()
    return true
  }

  private func isKeyword(_ keyword: String) -> Bool {
    guard case .name(let name, false) = token.kind else { return false }
    return name.utf8.count == keyword.utf8.count && name.uppercased() == keyword
  }

  mutating func skipSign(_ sign: String) throws(FilterError) -> Bool {
    guard token.kind == .sign(sign) else { return false }
    try advance()
    return true
  }

  mutating func expectSign(_ sign: String) throws(FilterError) {
    guard try skipSign(sign) else { throw unexpected(.sign(sign)) }
  }

  private mutating func expectKeyword(_ keyword: String) throws(FilterError) {
    guard try skipKeyword(keyword) else { throw unexpected(.sign(keyword)) }
  }

  /// Goes one level down; every level's `leave` must follow.
  mutating func enter() throws(FilterError) {
    depth += 1
    guard depth <= Self.depthLimit else {
      throw error(.tooDeep(limit: Self.depthLimit), at: token.offset)
    }
  }

  mutating func leave() { depth -= 1 }

  /// A node over `parts`, refused where the tree becomes too deep.
  private func node(
    _ kind: CQLExpression.Kind, at offset: Int, over parts: [CQLExpression] = []
  ) throws(FilterError) -> CQLExpression {
    var depth = 1
    for part in parts { depth = max(depth, part.depth + 1) }
    guard depth <= Self.depthLimit else {
      throw error(.tooDeep(limit: Self.depthLimit), at: offset)
    }
    return CQLExpression(kind: kind, offset: offset, depth: depth)
  }

  // MARK: - Conditions

  private mutating func parseOr() throws(FilterError) -> CQLExpression {
    let offset = token.offset
    var terms = [try parseAnd()]
    while try skipKeyword("OR") { terms.append(try parseAnd()) }
    return terms.count == 1 ? terms[0] : try node(.or(terms), at: offset, over: terms)
  }

  private mutating func parseAnd() throws(FilterError) -> CQLExpression {
    let offset = token.offset
    var factors = [try parseNot()]
    while try skipKeyword("AND") { factors.append(try parseNot()) }
    return factors.count == 1 ? factors[0] : try node(.and(factors), at: offset, over: factors)
  }

  private mutating func parseNot() throws(FilterError) -> CQLExpression {
    let offset = token.offset
    guard try skipKeyword("NOT") else { return try parsePredicate() }
    try enter()
    let inner = try parseNot()
    leave()
    return try node(.not(inner), at: offset, over: [inner])
  }

  private mutating func parsePredicate() throws(FilterError) -> CQLExpression {
    let left = try parseSum()
    let offset = token.offset
    if case .sign(let sign) = token.kind, let relation = ComparisonOperator(rawValue: sign) {
      try advance()
      let right = try parseSum()
      return try node(.comparison(relation, left, right), at: offset, over: [left, right])
    }
    if try skipKeyword("IS") {
      let isNegated = try skipKeyword("NOT")
      try expectKeyword("NULL")
      return try negated(isNegated, try node(.isNull(left), at: offset, over: [left]))
    }
    let isNegated = try skipKeyword("NOT")
    if try skipKeyword("LIKE") {
      let pattern = try parseSum()
      let like = try node(.like(left, pattern: pattern), at: offset, over: [left, pattern])
      return try negated(isNegated, like)
    }
    if try skipKeyword("BETWEEN") {
      let low = try parseSum()
      try expectKeyword("AND")
      let high = try parseSum()
      let between = try node(.between(left, low, high), at: offset, over: [left, low, high])
      return try negated(isNegated, between)
    }
    if try skipKeyword("IN") {
      try expectSign("(")
      let members = try parseList()
      let inList = try node(.inList(left, members), at: offset, over: [left] + members)
      return try negated(isNegated, inList)
    }
    guard !isNegated else { throw unexpected(.sign("LIKE, IN, BETWEEN")) }
    return left
  }

  private func negated(
    _ isNegated: Bool, _ expression: CQLExpression
  ) throws(FilterError) -> CQLExpression {
    isNegated ? try node(.not(expression), at: expression.offset, over: [expression]) : expression
  }

  /// Expressions up to the closing bracket.
  private mutating func parseList() throws(FilterError) -> [CQLExpression] {
    var members = [try parseOr()]
    while try skipSign(",") { members.append(try parseOr()) }
    guard try skipSign(")") else { throw unexpected(.sign(")")) }
    return members
  }

  // MARK: - Values

  private mutating func parseSum() throws(FilterError) -> CQLExpression {
    var left = try parseProduct()
    while case .sign(let sign) = token.kind, sign == "+" || sign == "-" {
      let offset = token.offset
      try advance()
      let right = try parseProduct()
      let operation: ArithmeticOperator = sign == "+" ? .add : .subtract
      left = try node(.arithmetic(operation, left, right), at: offset, over: [left, right])
    }
    return left
  }

  private mutating func parseProduct() throws(FilterError) -> CQLExpression {
    var left = try parseSigned()
    while let operation = productOperator() {
      let offset = token.offset
      try advance()
      let right = try parseSigned()
      left = try node(.arithmetic(operation, left, right), at: offset, over: [left, right])
    }
    return left
  }

  private func productOperator() -> ArithmeticOperator? {
    switch token.kind {
    case .sign("*"): .multiply
    case .sign("/"): .divide
    case .sign("%"): .remainder
    default: isKeyword("DIV") ? .wholeDivide : nil
    }
  }

  private mutating func parseSigned() throws(FilterError) -> CQLExpression {
    let offset = token.offset
    guard token.kind == .sign("-") || token.kind == .sign("+") else { return try parsePower() }
    let isNegative = token.kind == .sign("-")
    try advance()
    try enter()
    let inner = try parseSigned()
    leave()
    return isNegative ? try node(.negative(inner), at: offset, over: [inner]) : inner
  }

  private mutating func parsePower() throws(FilterError) -> CQLExpression {
    let base = try parsePrimary()
    let offset = token.offset
    guard try skipSign("^") else { return base }
    try enter()
    let exponent = try parseSigned()
    leave()
    return try node(.arithmetic(.power, base, exponent), at: offset, over: [base, exponent])
  }

  private mutating func parsePrimary() throws(FilterError) -> CQLExpression {
    let first = token
    switch first.kind {
    case .number(let number):
      try advance()
      return try node(.literal(number), at: first.offset)
    case .text(let text):
      try advance()
      return try node(.literal(.text(text)), at: first.offset)
    case .sign("("):
      try advance()
      try enter()
      let inner = try parseOr()
      leave()
      guard try skipSign(")") else { throw unexpected(.sign(")")) }
      return inner
    case .name(let name, true):
      try advance()
      return try node(.property(name: name, isQuoted: true), at: first.offset)
    case .name(let name, false):
      return try parseName(name, at: first.offset)
    case .sign, .end:
      throw unexpected(.value)
    }
  }

  private static let keywords: Set<String> = [
    "AND", "OR", "NOT", "LIKE", "IN", "BETWEEN", "IS", "NULL", "DIV",
  ]

  private mutating func parseName(_ name: String, at offset: Int) throws(FilterError)
    -> CQLExpression
  {
    let upper = name.uppercased()
    switch upper {
    case "TRUE", "FALSE":
      try advance()
      return try node(.literal(.boolean(upper == "TRUE")), at: offset)
    case "NULL":
      throw error(.foreignSign(found: name, write: "IS NULL"), at: offset)
    case let keyword where Self.keywords.contains(keyword):
      throw unexpected(.value)
    default:
      break
    }
    try advance()
    if let shape = try parseWKT(upper) { return try node(.geometry(shape), at: offset) }
    guard token.kind == .sign("(") else {
      return try node(.property(name: name, isQuoted: false), at: offset)
    }
    try advance()
    if upper == "BBOX" { return try node(.geometry(try parseBox(at: offset)), at: offset) }
    try enter()
    var arguments: [CQLExpression] = []
    if try !skipSign(")") { arguments = try parseList() }
    leave()
    return try node(.call(upper, arguments), at: offset, over: arguments)
  }
}
