internal import Features

/// A value that equals another only if both are the same bits: texts that merely look alike (神 as
/// U+FA19 and as U+795E), 0 and −0 stay apart.
struct ExactValue: Hashable {
  let value: Attribute

  static func == (left: ExactValue, right: ExactValue) -> Bool {
    switch (left.value, right.value) {
    case (.text(let a), .text(let b)): a.utf8.elementsEqual(b.utf8)
    case (.real(let a), .real(let b)): a.bitPattern == b.bitPattern
    case (.date(let a), .date(let b)):
      a == b && (a.written ?? "").utf8.elementsEqual((b.written ?? "").utf8)
    default: left.value == right.value
    }
  }

  func hash(into hasher: inout Hasher) {
    switch value {
    case .text(let text): hasher.combine(codePointsOf: text)
    case .real(let number): hasher.combine(number.bitPattern)
    default: hasher.combine(value)
    }
  }
}
