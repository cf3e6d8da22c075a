internal import Features
internal import Glibc

/// A value that equals another only if both are the same bits: texts that merely look alike (神 as
/// U+FA19 and as U+795E), 0 and −0 stay apart.
struct ExactValue: Hashable {
  let value: Attribute

  static func == (left: ExactValue, right: ExactValue) -> Bool {
    switch (left.value, right.value) {
    case (.text(let a), .text(let b)): isSame(a, b)
    case (.real(let a), .real(let b)): a.bitPattern == b.bitPattern
    case (.date(let a), .date(let b)):
      a == b && isSame(a.written ?? "", b.written ?? "")
    default: left.value == right.value
    }
  }

  private static func isSame(_ left: String, _ right: String) -> Bool {
    var (left, right) = (left, right)
    return left.withUTF8 { a in
      right.withUTF8 { b in
        guard a.count == b.count, let x = a.baseAddress, let y = b.baseAddress else {
          return a.isEmpty && b.isEmpty
        }
        return unsafe memcmp(x, y, a.count) == 0
      }
    }
  }

  func hash(into hasher: inout Hasher) {
    switch value {
    case .text(var text): text.withUTF8 { unsafe hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    case .real(let number): hasher.combine(number.bitPattern)
    default: hasher.combine(value)
    }
  }
}
