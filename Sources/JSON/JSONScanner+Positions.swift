extension JSONScanner {
  /// The line and column of a byte offset; linear in the text before it.
  public func position(at target: Int) -> JSONPosition {
    var mark = self.mark.offset <= target ? self.mark : Mark()
    advance(&mark, to: target)
    return mark.position
  }

  /// An error of the caller's own about the place at `offset`.
  public func error(_ message: String, at offset: Int) -> JSONError {
    JSONError(message, at: position(at: offset))
  }

  /// The place of the value that is read next; white space before it has been passed.
  mutating func positionOfNextValue() -> JSONPosition {
    advance(&mark, to: offset)
    return mark.position
  }

  mutating func positionOfLastKey() -> JSONPosition {
    advance(&mark, to: keyOffset)
    return mark.position
  }

  private func advance(_ mark: inout Mark, to target: Int) {
    let end = min(target, bytes.count)
    while mark.offset < end {
      let byte = bytes[mark.offset]
      if byte == 0x0A {
        mark.position.line += 1
        mark.position.column = 1
      } else if byte & 0xC0 != 0x80 {
        mark.position.column += 1
      }
      mark.offset += 1
    }
  }

  func truncated(_ expected: String) -> JSONError {
    error("the text ends where \(expected) should stand", at: bytes.count)
  }

  func unexpected(_ expected: String) -> JSONError { unexpected(expected, at: offset) }

  func unexpected(_ expected: String, at offset: Int) -> JSONError {
    guard offset < bytes.count else { return truncated(expected) }
    let byte = bytes[offset]
    let found =
      switch byte {
      case 0x21...0x7E: "\"\(Character(Unicode.Scalar(byte)))\""
      default: "byte 0x" + String(byte, radix: 16, uppercase: true)
      }
    return error("expected \(expected), found \(found)", at: offset)
  }
}
