import Features
import Glibc
import Testing

/// Filters out of random words of CQL2 and damaged ones of the tables, for as long as
/// `MACHIZU_FUZZ_SECONDS` says (a second if it says nothing).
@Suite("Fuzzing filters")
struct FuzzTests {
  @Test("no filter traps: each is answered, or refused at a place in it")
  func randomFilters() {
    let wanted = unsafe getenv("MACHIZU_FUZZ_SECONDS").flatMap { Int(unsafe String(cString: $0)) }
    var clock = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &clock)
    let end = clock.tv_sec + (wanted ?? 1)
    // Without a wish for time the seeds are the same in every run; with one they go on from there.
    var seed: UInt64 = 0
    var answered = 0
    var refused = 0
    repeat {
      for _ in 0..<500 {
        var fuzzer = FilterFuzzer(seed: seed)
        let text = fuzzer.filter()
        do {
          _ = try FilterSample.answer(text)
          answered += 1
        } catch {
          refused += 1
          if let fault = misplaced(error, in: text) {
            Issue.record("seed \(seed): \(fault) for \(text.debugDescription)")
            return
          }
        }
        seed += 1
      }
      unsafe clock_gettime(CLOCK_MONOTONIC, &clock)
    } while clock.tv_sec < end
    #expect(answered > 0 && refused > 0)
  }

  /// What is wrong with where an error points; nil when it points into the filter or behind it.
  private func misplaced(_ error: FilterError, in text: String) -> String? {
    guard (1...text.count + 1).contains(error.column) else { return "column \(error.column)" }
    let lines = error.caretLines(for: text)
    guard lines.count == 2, lines[1].hasSuffix("^") else { return "carets \(lines)" }
    return error.description.isEmpty || error.text(in: .japanese).isEmpty ? "no sentence" : nil
  }

  @Test("chains as long as a filter may be are answered or refused, and do not exhaust the stack")
  func longChains() throws {
    for (link, isAnswered) in [
      ("公開 AND ", true), ("公開 OR ", true), ("1 + ", false), ("2 * ", false), ("1 = ", false),
    ] {
      let chain = String(repeating: link, count: 60_000 / link.utf8.count)
      let text = chain + (isAnswered ? "公開" : "1 = 1")
      if isAnswered {
        #expect(try FilterSample.answer(text) == .true, "\(link)")
      } else {
        #expect(throws: FilterError.self, "\(link)") { try FilterSample.answer(text) }
      }
    }
    let members = Array(repeating: "'1'", count: 15_000).joined(separator: ",")
    #expect(try FilterSample.answer("状態 IN (\(members))") == .true)
    let sums = Array(repeating: "floors+0", count: 7_000).joined(separator: ",")
    #expect(try FilterSample.answer("floors IN (\(sums))") == .true)
    let places = Array(repeating: "140.9 35.3", count: 5_000).joined(separator: ",")
    #expect(try FilterSample.answer("S_INTERSECTS(geometry, MULTIPOINT(\(places)))") == .true)
  }
}

private struct FilterFuzzer {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 11 }

  private mutating func random(_ bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int((state >> 33) % UInt64(bound))
  }

  private mutating func one(of words: [String]) -> String { words[random(words.count)] }

  mutating func filter() -> String {
    switch random(5) {
    case 0: return (0..<random(40)).map { _ in one(of: Self.words) }.joined(separator: separator())
    case 1: return condition(depth: random(8))
    case 2: return nested(depth: random(3) == 0 ? random(2000) : random(40))
    default: return damaged(known())
    }
  }

  /// Anything within anything, deeper than is allowed as often as not, sometimes not closed.
  private mutating func nested(depth: Int) -> String {
    var opened = ""
    var closed: [String] = []
    for _ in 0..<depth {
      let (start, end) = Self.brackets[random(Self.brackets.count)]
      opened += start
      closed.append(end)
    }
    if random(4) == 0 { closed.removeFirst(random(closed.count + 1)) }
    return opened + known() + closed.reversed().joined()
  }

  private static let brackets = [
    ("(", ")"), ("NOT ", ""), ("NOT (", ")"), ("- ", ""), ("(-", ")"), ("(1 + ", ")"),
    ("2 ^ ", ""), ("公開 AND (", ")"), ("(", ") OR 公開"), ("CASEI(", ")"), ("ACCENTI(", ")"),
    ("floors IN (", ")"), ("floors BETWEEN (", ") AND 9"), ("(", ") IS NULL"), ("TRUE = (", ")"),
    ("S_INTERSECTS(geometry, ", ")"), ("GEOMETRYCOLLECTION(", ")"), ("T_AFTER(設置日, ", ")"),
    ("INTERVAL(", ", '..')"), ("POLYGON((", "))"),
  ]

  private mutating func separator() -> String { random(3) == 0 ? "" : " " }

  private mutating func known() -> String {
    let tables = [
      FilterTests.comparisons, FilterTests.logic, FilterTests.predicates, FilterTests.arithmetic,
      FilterTests.times, FilterTests.spatial,
    ]
    let table = tables[random(tables.count)]
    return table[random(table.count)].0
  }

  /// A filter with a few scalars or bytes left out, doubled, changed, or the end of another behind.
  private mutating func damaged(_ text: String) -> String {
    if random(3) == 0 {
      var bytes = Array(text.utf8)
      for _ in 0...random(3) where !bytes.isEmpty {
        bytes[random(bytes.count)] = UInt8(random(256))
      }
      return String(decoding: bytes, as: UTF8.self)
    }
    var scalars = Array(text.unicodeScalars)
    for _ in 0...random(4) {
      guard !scalars.isEmpty else { break }
      let place = random(scalars.count)
      switch random(5) {
      case 0: scalars.remove(at: place)
      case 1: scalars.insert(scalars[random(scalars.count)], at: place)
      case 2: scalars.insert(contentsOf: one(of: Self.words).unicodeScalars, at: place)
      case 3: scalars.removeSubrange(place...)
      default:
        let other = Array(known().unicodeScalars)
        scalars.replaceSubrange(place..., with: other[random(other.count)...])
      }
    }
    return String(String.UnicodeScalarView(scalars))
  }

  /// A filter that follows the grammar more often than not.
  private mutating func condition(depth: Int) -> String {
    guard depth > 0 else { return known() }
    switch random(6) {
    case 0: return "(\(condition(depth: depth - 1))) AND \(condition(depth: depth - 2))"
    case 1: return "\(condition(depth: depth - 1)) OR (\(condition(depth: depth - 2)))"
    case 2: return "NOT (\(condition(depth: depth - 1)))"
    case 3: return "\(value(depth: depth)) \(one(of: Self.relations)) \(value(depth: depth))"
    case 4: return "\(value(depth: depth)) BETWEEN \(value(depth: 1)) AND \(value(depth: 1))"
    default: return "\(value(depth: depth)) IN (\(value(depth: 1)), \(value(depth: 1)))"
    }
  }

  private mutating func value(depth: Int) -> String {
    guard depth > 0 else { return one(of: Self.values) }
    switch random(4) {
    case 0: return one(of: Self.values)
    case 1: return "-\(value(depth: depth - 1))"
    default:
      let operation = one(of: ["+", "-", "*", "/", "%", "DIV", "^"])
      return "(\(value(depth: depth - 1)) \(operation) \(value(depth: depth - 2)))"
    }
  }

  private static let relations = ["=", "<>", "<", "<=", ">", ">="]
  private static let values = [
    "floors", "depth", "幅員", "欠測", "0", "-1", "9223372036854775807", "1e308", "0.1", "1e-320",
    "TRUE",
    "'1'", "9223372036854775808", "設置日", "DATE('2020-02-29')", "更新日時",
  ]
  private static let words =
    values + relations + [
      "AND", "OR", "NOT", "LIKE", "IN", "BETWEEN", "IS", "NULL", "TRUE", "FALSE", "DIV", "(", ")",
      ",",
      "'", "''", "\\'", "\"", "+", "-", "*", "/", "%", "^", ".", "..", "'%'", "'_\\'", "状態", "名称",
      "geometry",
      "CASEI", "ACCENTI", "DATE(", "TIMESTAMP('2023-04-01T00:00:00Z')", "INTERVAL('..','..')",
      "INTERVAL(設置日, 廃止日)", "S_INTERSECTS(", "S_CROSSES(", "T_DURING(", "T_MEETS(", "POINT(1 2)",
      "POINT Z", "BBOX(1,2,3,4)", "POLYGON((", "MULTIPOINT(", "GEOMETRYCOLLECTION(", "EMPTY", "1e",
      "1e999", "99999999999999999999999", "'H10.4.1'", "'9999-12-31'", "DATE('0000-00-00')",
      "\u{0}",
      "\u{FEFF}", "\u{202E}", "e\u{301}", "👨‍👩‍👧", "\r\n", "\t", "　", "＝", "≦", "#",
    ]
}
