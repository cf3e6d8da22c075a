import Features
import Testing

@Suite struct TextPatternTests {
  @Test(
    "matches whole texts only",
    arguments: [
      ("[0-9]{2}-[0-9]{3}", "01-001", true), ("[0-9]{2}-[0-9]{3}", "01-0012", false),
      ("[0-9]{2}-[0-9]{3}", "x01-001", false), ("^[0-9]+$", "123", true), ("[0-9]+", "", false),
      ("a*", "", true), ("a*", "aaaa", true), ("a*b", "aaab", true), ("a?b", "b", true),
      ("(ab|cd)+", "abcdab", true), ("(ab|cd)+", "abc", false), ("(?:a|b){2,3}", "ab", true),
      ("(?:a|b){2,3}", "abab", false), ("(a|b){2,}", "abababab", true), ("[^0-9]+", "abc", true),
      ("[^0-9]+", "ab1", false), (".+", "若葉", true), ("R\\d{2}-\\d{4}", "R05-0123", true),
      ("CM\\d{5}", "CM00012", true), ("CM\\d{5}", "CM0001", false), ("[ぁ-ん]+", "ひらがな", true),
      ("[ぁ-ん]+", "カナ", false), ("\\.", ".", true), ("\\.", "x", false), ("[]a]+", "]a", true),
      ("[a-]+", "a-", true), ("[\\d-]+", "1-2", true), ("", "", true), ("", "a", false),
      ("a||b", "", true), ("\\w+", "A_9", true), ("\\w+", "若", false), ("(((a)))", "a", true),
      ("[0-9]{22}", "0123456789012345678901", true), ("a{0}", "", true), ("a{0}", "a", false),
      (
        "[0-9]{1,70}", "1234567890123456789012345678901234567890123456789012345678901234567890",
        true
      ),
      ("[0-9]{70}[a-z]{70}x", "1", false), ("H[0-9]{2}-[0-9]{2}-[0-9]{3}", "H25-02-013", true),
      ("(a*)*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac", false), ("か", "が", false),
    ])
  func matches(pattern: String, text: String, expected: Bool) throws {
    #expect(try TextPattern(pattern).matches(text) == expected)
  }

  @Test(
    "refuses what it does not understand, with the place",
    arguments: [
      ("(a", 1), ("a)", 2), ("[a", 1), ("*a", 1), ("a**", 3), ("a{2", 2), ("a{3,2}", 2), ("\\b", 1),
      ("(?=a)", 3), ("a\\", 2), ("a^b", 2), ("a$b", 2), ("[z-a]", 5), ("(a{1000}){1000}", 10),
      ("a{99999999999999999999}", 2), ("\\1", 1),
    ])
  func refuses(pattern: String, column: Int) {
    #expect(throws: PatternError.self) { try TextPattern(pattern) }
    do {
      _ = try TextPattern(pattern)
    } catch {
      #expect(error.column == column, "\(error)")
    }
  }

  @Test("refuses endless patterns without exhausting the stack")
  func refusesEndless() {
    #expect(throws: PatternError.self) {
      try TextPattern(String(repeating: "(", count: 100_000))
    }
    #expect(throws: PatternError.self) {
      try TextPattern(String(repeating: "(a|", count: 300))
    }
  }

  @Test("wide and narrow position sets agree", arguments: 0..<40)
  func wideAgreesWithNarrow(count: Int) throws {
    let narrow = try TextPattern("(ab?){0,30}")
    let wide = try TextPattern("(ab?){0,30}|x{100}")
    let text = String(repeating: count % 3 == 0 ? "ab" : "a", count: count)
    #expect(narrow.matches(text) == wide.matches(text))
    #expect(narrow.matches(text) == (count <= 30))
  }
}
