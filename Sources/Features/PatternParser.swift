/// Reads the tree of a pattern from its text.
struct PatternParser {
  /// Positions after repetitions are written out; the tables grow with the square of it.
  static let sizeLimit = 1000
  static let depthLimit = 32

  private let source: String
  private let scalars: [Unicode.Scalar]
  private var position = 0
  private var depth = 0

  init(_ source: String) {
    self.source = source
    scalars = Array(source.unicodeScalars)
  }

  private var next: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

  private func error(_ reason: String, at place: Int? = nil) -> PatternError {
    PatternError(pattern: source, column: (place ?? position) + 1, reason: reason)
  }

  private mutating func skip(_ scalar: Unicode.Scalar) -> Bool {
    guard next == scalar else { return false }
    position += 1
    return true
  }

  mutating func parse() throws(PatternError) -> PatternNode {
    guard scalars.count <= Self.sizeLimit else {
      throw error("it is longer than \(Self.sizeLimit) characters.", at: 0)
    }
    _ = skip("^")
    let node = try parseChoice()
    guard position == scalars.count else { throw error("this “)” opens nowhere.") }
    guard node.size <= Self.sizeLimit else {
      throw error("it is longer than \(Self.sizeLimit) positions.", at: 0)
    }
    return node
  }

  private mutating func parseChoice() throws(PatternError) -> PatternNode {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.depthLimit else { throw error("groups nest too deeply.") }
    var branches = [try parseSequence()]
    while skip("|") { branches.append(try parseSequence()) }
    return branches.count == 1 ? branches[0] : .choice(branches)
  }

  private mutating func parseSequence() throws(PatternError) -> PatternNode {
    var nodes: [PatternNode] = []
    while let scalar = next, scalar != "|", scalar != ")" {
      if scalar == "$", position == scalars.count - 1 {
        position += 1
        break
      }
      nodes.append(try parseRepeated())
    }
    return nodes.count == 1 ? nodes[0] : .sequence(nodes)
  }

  private mutating func parseRepeated() throws(PatternError) -> PatternNode {
    let atom = try parseAtom()
    let start = position
    let node: PatternNode
    switch next {
    case "?": node = .repetition(atom, least: 0, most: 1)
    case "*": node = .repetition(atom, least: 0, most: nil)
    case "+": node = .repetition(atom, least: 1, most: nil)
    case "{":
      let (least, most) = try parseCounts()
      node = .repetition(atom, least: least, most: most)
      position -= 1
    default: return atom
    }
    position += 1
    guard node.size <= Self.sizeLimit else {
      throw error("it is longer than \(Self.sizeLimit) positions.", at: start)
    }
    return node
  }

  /// `{m}`, `{m,}`, `{m,n}`.
  private mutating func parseCounts() throws(PatternError) -> (Int, Int?) {
    let start = position
    position += 1
    let refusal = error("write {m}, {m,} or {m,n} with m ≤ n ≤ \(Self.sizeLimit).", at: start)
    guard let least = parseCount() else { throw refusal }
    var most: Int? = least
    if skip(",") { most = next == "}" ? nil : parseCount() ?? -1 }
    guard skip("}"), most ?? least >= least else { throw refusal }
    return (least, most)
  }

  private mutating func parseCount() -> Int? {
    let start = position
    var value = 0
    while let scalar = next, ("0"..."9").contains(scalar), value <= Self.sizeLimit {
      value = value * 10 + Int(scalar.value) - 48
      position += 1
    }
    return position > start && value <= Self.sizeLimit ? value : nil
  }

  private mutating func parseAtom() throws(PatternError) -> PatternNode {
    guard let scalar = next else { throw error("something is missing at the end.") }
    switch scalar {
    case "(":
      let start = position
      position += 1
      if skip("?") {
        guard skip(":") else { throw error("only plain groups and (?:…) are understood.") }
      }
      let node = try parseChoice()
      guard skip(")") else { throw error("this “(” is not closed.", at: start) }
      return node
    case "[":
      return .set(try parseBrackets())
    case ".":
      position += 1
      return .set(TextPattern.ScalarSet(ranges: [10...10, 13...13], isNegated: true))
    case "\\":
      return .set(TextPattern.ScalarSet(ranges: try parseEscape()))
    case "?", "*", "+", "{":
      throw error("nothing stands before “\(scalar)” that could be repeated.")
    case "^", "$":
      throw error("“\(scalar)” may stand only at the \(scalar == "^" ? "start" : "end").")
    default:
      position += 1
      return .set(TextPattern.ScalarSet(ranges: [scalar.value...scalar.value]))
    }
  }

  private mutating func parseEscape() throws(PatternError) -> [ClosedRange<UInt32>] {
    let start = position
    position += 1
    guard let scalar = next else { throw error("a backslash ends the pattern.", at: start) }
    position += 1
    switch scalar {
    case "d": return [48...57]
    case "w": return [48...57, 65...90, 95...95, 97...122]
    case "s": return [9...13, 32...32, 0x3000...0x3000]
    case "t": return [9...9]
    case "n": return [10...10]
    case "r": return [13...13]
    default:
      guard !scalar.properties.isAlphabetic, !("0"..."9").contains(scalar) else {
        throw error("“\\\(scalar)” is not understood.", at: start)
      }
      return [scalar.value...scalar.value]
    }
  }

  private mutating func parseBrackets() throws(PatternError) -> TextPattern.ScalarSet {
    let start = position
    position += 1
    var set = TextPattern.ScalarSet(isNegated: skip("^"))
    var isFirst = true
    while let scalar = next {
      if scalar == "]", !isFirst {
        position += 1
        return set
      }
      isFirst = false
      let ranges = try parseBracketItem(scalar)
      guard next == "-", position + 1 < scalars.count, scalars[position + 1] != "]",
        let low = ranges.first, ranges.count == 1, low.count == 1
      else {
        set.ranges += ranges
        continue
      }
      position += 1
      let upper = try parseBracketItem(scalars[position])
      guard upper.count == 1, let high = upper.first, high.count == 1,
        high.lowerBound >= low.lowerBound
      else { throw error("a range in brackets runs upward, like [a-z].") }
      set.ranges.append(low.lowerBound...high.lowerBound)
    }
    throw error("this “[” is not closed.", at: start)
  }

  private mutating func parseBracketItem(
    _ scalar: Unicode.Scalar
  ) throws(PatternError) -> [ClosedRange<UInt32>] {
    if scalar == "\\" { return try parseEscape() }
    position += 1
    return [scalar.value...scalar.value]
  }
}
