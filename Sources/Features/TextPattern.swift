/// Why a regular expression was refused, and where.
public struct PatternError: Error, Sendable, Hashable, CustomStringConvertible {
  public let pattern: String
  /// Counted in characters, from 1.
  public let column: Int
  public let reason: String

  public var description: String {
    "The pattern “\(pattern)” is refused at character \(column): \(reason)"
  }
}

/// An anchored regular expression that matches in time linear in the text, whatever the pattern.
///
/// Understood are characters, `.`, `[a-z]`, `[^a-z]`, `\d`, `\w`, `\s` (ASCII, also inside brackets),
/// groups, `|`, `?`, `*`, `+`, `{m}`, `{m,}` and `{m,n}`. A `^` at the start and a `$` at the end are
/// allowed and change nothing. Lookaround and back references are refused.
///
/// Source: K. Thompson, "Regular Expression Search Algorithm" (1968), run as sets of positions.
public struct TextPattern: Sendable {
  public let source: String

  /// What one position takes.
  struct ScalarSet: Sendable {
    var ranges: [ClosedRange<UInt32>] = []
    var isNegated = false

    func contains(_ scalar: Unicode.Scalar) -> Bool {
      for range in ranges where range.contains(scalar.value) { return !isNegated }
      return isNegated
    }
  }

  private let sets: [ScalarSet]
  /// Words of one set of positions.
  private let width: Int
  /// Positions that may come first, and after each position those that may follow; `width` words each.
  private let start: [UInt64]
  private let follow: [UInt64]
  /// The bit after the last position says that the text may end.
  private let endWord: Int
  private let endBit: UInt64

  /// - Throws: what is wrong in the pattern and where.
  public init(_ source: String) throws(PatternError) {
    var parser = PatternParser(source)
    let node = try parser.parse()
    var program = PatternProgram()
    program.emit(node)
    program.emitEnd()
    self.source = source
    sets = program.sets
    let positionCount = program.sets.count + 1
    width = (positionCount + 63) / 64
    endWord = program.sets.count / 64
    endBit = 1 << UInt64(program.sets.count % 64)
    start = program.positions(from: 0, width: width)
    var follow: [UInt64] = []
    for instruction in program.takes {
      follow += program.positions(from: instruction + 1, width: width)
    }
    self.follow = follow
  }

  /// Whether the whole text has the form.
  public func matches(_ text: String) -> Bool {
    width == 1 ? matchesNarrow(text) : matchesWide(text)
  }

  private func matchesNarrow(_ text: String) -> Bool {
    var current = start[0]
    for scalar in text.unicodeScalars {
      var next: UInt64 = 0
      var open = current & ~endBit
      while open != 0 {
        let position = open.trailingZeroBitCount
        open &= open &- 1
        if sets[position].contains(scalar) { next |= follow[position] }
      }
      if next == 0 { return false }
      current = next
    }
    return current & endBit != 0
  }

  private func matchesWide(_ text: String) -> Bool {
    var current = start
    var next = [UInt64](repeating: 0, count: width)
    for scalar in text.unicodeScalars {
      for word in 0..<width { next[word] = 0 }
      var isAlive = false
      for position in sets.indices where current[position / 64] >> UInt64(position % 64) & 1 == 1 {
        guard sets[position].contains(scalar) else { continue }
        isAlive = true
        for word in 0..<width { next[word] |= follow[position * width + word] }
      }
      guard isAlive else { return false }
      swap(&current, &next)
    }
    return current[endWord] & endBit != 0
  }
}

/// The tree of a pattern.
indirect enum PatternNode {
  case set(TextPattern.ScalarSet)
  case sequence([PatternNode])
  case choice([PatternNode])
  case repetition(PatternNode, least: Int, most: Int?)

  /// Positions that the node becomes.
  var size: Int {
    switch self {
    case .set: return 1
    case .sequence(let nodes), .choice(let nodes):
      return nodes.reduce(1) { min($0 + $1.size, PatternParser.sizeLimit + 1) }
    case .repetition(let node, let least, let most):
      return min(node.size * max(least, most ?? least + 1), PatternParser.sizeLimit + 1)
    }
  }
}

/// The pattern as instructions: take one of a set, go on in two ways, jump, end.
struct PatternProgram {
  private enum Instruction {
    case take(position: Int)
    case split(Int, Int)
    case jump(Int)
    case end
  }

  private var instructions: [Instruction] = []
  private(set) var sets: [TextPattern.ScalarSet] = []
  /// The instruction of each position.
  private(set) var takes: [Int] = []

  mutating func emitEnd() { instructions.append(.end) }

  mutating func emit(_ node: PatternNode) {
    switch node {
    case .set(let set):
      takes.append(instructions.count)
      instructions.append(.take(position: sets.count))
      sets.append(set)
    case .sequence(let nodes):
      for node in nodes { emit(node) }
    case .choice(let nodes):
      var jumps: [Int] = []
      for (index, node) in nodes.enumerated() {
        guard index < nodes.count - 1 else {
          emit(node)
          break
        }
        let split = instructions.count
        instructions.append(.end)
        emit(node)
        jumps.append(instructions.count)
        instructions.append(.end)
        instructions[split] = .split(split + 1, instructions.count)
      }
      for jump in jumps { instructions[jump] = .jump(instructions.count) }
    case .repetition(let node, let least, let most):
      for _ in 0..<least { emit(node) }
      if let most {
        emitOptional(node, count: most - least)
      } else {
        let split = instructions.count
        instructions.append(.end)
        emit(node)
        instructions.append(.jump(split))
        instructions[split] = .split(split + 1, instructions.count)
      }
    }
  }

  private mutating func emitOptional(_ node: PatternNode, count: Int) {
    var splits: [Int] = []
    for _ in 0..<max(0, count) {
      splits.append(instructions.count)
      instructions.append(.end)
      emit(node)
    }
    for split in splits { instructions[split] = .split(split + 1, instructions.count) }
  }

  /// The positions that can be reached from an instruction without taking a character.
  func positions(from instruction: Int, width: Int) -> [UInt64] {
    var result = [UInt64](repeating: 0, count: width)
    var seen = [Bool](repeating: false, count: instructions.count)
    var open = [instruction]
    while let index = open.popLast() {
      guard index < instructions.count, !seen[index] else { continue }
      seen[index] = true
      switch instructions[index] {
      case .take(let position): result[position / 64] |= 1 << UInt64(position % 64)
      case .split(let first, let second): open += [second, first]
      case .jump(let target): open.append(target)
      case .end: result[sets.count / 64] |= 1 << UInt64(sets.count % 64)
      }
    }
    return result
  }
}
