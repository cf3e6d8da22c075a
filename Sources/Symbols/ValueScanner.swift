/// Reads numbers, letters and lists from the value of an attribute.
struct ValueScanner {
  /// Larger numbers mean nothing in a symbol and would overflow what follows.
  static let magnitudeLimit = 1_000_000.0

  private let attribute: XMLElement.Attribute
  private let scalars: [Unicode.Scalar]
  private var index = 0

  init(_ attribute: XMLElement.Attribute) {
    self.attribute = attribute
    scalars = Array(attribute.value.unicodeScalars)
  }

  var isAtEnd: Bool { index >= scalars.count }

  var current: Unicode.Scalar? { isAtEnd ? nil : scalars[index] }

  mutating func advance() { index += 1 }

  mutating func skipSpace() {
    while let scalar = current, " \t\r\n".unicodeScalars.contains(scalar) { index += 1 }
  }

  /// Spaces with at most one comma.
  mutating func skipSeparator() {
    skipSpace()
    if current == "," {
      index += 1
      skipSpace()
    }
  }

  func error(_ allowed: String) -> SymbolError {
    let value = String(String.UnicodeScalarView(scalars[min(index, scalars.count)...].prefix(16)))
    return attribute.place.advanced(by: index, in: scalars).error(
      .badValue(attribute: attribute.name, value: value, allowed: allowed))
  }

  /// Whether a number begins here.
  var isAtNumber: Bool {
    guard let scalar = current else { return false }
    return isDigit(scalar) || scalar == "-" || scalar == "+" || scalar == "."
  }

  mutating func number() throws(SymbolError) -> Double {
    let start = index
    var text = ""
    func take(_ scanner: inout ValueScanner) {
      text.unicodeScalars.append(scanner.scalars[scanner.index])
      scanner.index += 1
    }
    if current == "-" || current == "+" { take(&self) }
    var digitCount = 0
    while let scalar = current, isDigit(scalar) {
      take(&self)
      digitCount += 1
    }
    if current == "." {
      take(&self)
      while let scalar = current, isDigit(scalar) {
        take(&self)
        digitCount += 1
      }
    }
    if digitCount > 0, current == "e" || current == "E" {
      var next = index + 1
      if next < scalars.count, scalars[next] == "-" || scalars[next] == "+" { next += 1 }
      if next < scalars.count, isDigit(scalars[next]) {
        while index < next { take(&self) }
        while let scalar = current, isDigit(scalar) { take(&self) }
      }
    }
    guard digitCount > 0, let value = Double(text.hasSuffix(".") ? text + "0" : text),
      abs(value) <= Self.magnitudeLimit
    else {
      index = start
      throw error("a number from −1,000,000 to 1,000,000")
    }
    return value
  }

  /// 0 or 1, which in path data need not be parted from what follows.
  mutating func flag() throws(SymbolError) -> Bool {
    guard let scalar = current, scalar == "0" || scalar == "1" else { throw error("0 or 1") }
    index += 1
    return scalar == "1"
  }

  mutating func word() -> String {
    var word = String.UnicodeScalarView()
    while let scalar = current, ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) {
      word.append(scalar)
      index += 1
    }
    return String(word)
  }

  mutating func expect(_ scalar: Unicode.Scalar) throws(SymbolError) {
    skipSpace()
    guard current == scalar else { throw error("“\(scalar)”") }
    index += 1
  }

  /// All numbers up to the end.
  mutating func numbers(limit: Int) throws(SymbolError) -> [Double] {
    var numbers: [Double] = []
    skipSpace()
    while !isAtEnd {
      guard numbers.count < limit else { throw error("at most \(limit) numbers") }
      numbers.append(try number())
      skipSeparator()
    }
    return numbers
  }

  private func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }
}
