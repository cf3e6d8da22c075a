/// An element of an XML document with its place.
struct XMLElement {
  struct Attribute {
    let name: String
    let value: String
    let place: XMLPlace
  }

  let name: String
  let attributes: [Attribute]
  var children: [XMLElement] = []
  let place: XMLPlace

  func attribute(_ name: String) -> Attribute? { attributes.first { $0.name == name } }
}

/// Line and column, both from 1.
struct XMLPlace: Equatable {
  var line = 1
  var column = 1

  func error(_ fault: SymbolError.Fault) -> SymbolError {
    SymbolError(fault, line: line, column: column)
  }

  /// The place `count` scalars behind this one in `text`, which begins here.
  func advanced(by count: Int, in text: some Sequence<Unicode.Scalar>) -> XMLPlace {
    var place = self
    for scalar in text.prefix(count) { place.pass(scalar) }
    return place
  }

  mutating func pass(_ scalar: Unicode.Scalar) {
    if scalar == "\n" {
      line += 1
      column = 1
    } else {
      column += 1
    }
  }
}

/// Reads the part of XML that symbols are written in.
///
/// No document types, no processing instructions, no CDATA and no entities but the five of XML itself,
/// so that a file can neither name other files nor grow while it is read.
struct XMLReader {
  static let byteLimit = 1 << 20
  static let depthLimit = 32
  static let elementLimit = 10_000
  static let attributeLimit = 64

  private let scalars: [Unicode.Scalar]
  private var index = 0
  private var place = XMLPlace()
  private var elementCount = 0

  private init(_ scalars: [Unicode.Scalar]) {
    self.scalars = scalars
  }

  /// The document's one element.
  static func document(_ bytes: [UInt8]) throws(SymbolError) -> XMLElement {
    guard bytes.count <= byteLimit else {
      throw XMLPlace().error(.tooLarge(what: "the file's bytes", limit: byteLimit))
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw XMLPlace().error(.notUTF8)
    }
    var scalars = Array(text.unicodeScalars)
    if scalars.first == "\u{FEFF}" { scalars.removeFirst() }
    var reader = XMLReader(scalars)
    try reader.skipDeclaration()
    try reader.skipSpaceAndComments()
    let root = try reader.element(depth: 1)
    try reader.skipSpaceAndComments()
    if reader.index < scalars.count {
      throw reader.place.error(.malformed(expected: "the end of the file", found: reader.rest))
    }
    return root
  }

  private var current: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

  /// A few characters from here on, for messages.
  private var rest: String {
    String(String.UnicodeScalarView(scalars[index...].prefix { $0 != "\n" }.prefix(12)))
  }

  private mutating func advance(_ count: Int = 1) {
    for _ in 0..<count where index < scalars.count {
      place.pass(scalars[index])
      index += 1
    }
  }

  private func starts(with text: String) -> Bool {
    scalars[index...].starts(with: text.unicodeScalars)
  }

  private mutating func skipSpace() {
    while let scalar = current, scalar == " " || scalar == "\t" || scalar == "\n" || scalar == "\r"
    {
      advance()
    }
  }

  private mutating func skip(through end: String, part: String) throws(SymbolError) {
    let start = place
    while index < scalars.count && !starts(with: end) { advance() }
    guard index < scalars.count else { throw start.error(.unexpectedEnd(in: part)) }
    advance(end.unicodeScalars.count)
  }

  private mutating func skipDeclaration() throws(SymbolError) {
    guard starts(with: "<?xml ") else { return }
    let start = (index, place)
    try skip(through: "?>", part: "the XML declaration")
    let text = String(String.UnicodeScalarView(scalars[start.0..<index])).lowercased()
    if text.contains("encoding") && !text.contains("utf-8") { throw start.1.error(.notUTF8) }
  }

  private mutating func skipSpaceAndComments() throws(SymbolError) {
    skipSpace()
    while starts(with: "<!--") {
      try skip(through: "-->", part: "a comment")
      skipSpace()
    }
  }

  private mutating func element(depth: Int) throws(SymbolError) -> XMLElement {
    let start = place
    guard depth <= Self.depthLimit else {
      throw start.error(.tooLarge(what: "elements inside each other", limit: Self.depthLimit))
    }
    elementCount += 1
    guard elementCount <= Self.elementLimit else {
      throw start.error(.tooLarge(what: "the elements", limit: Self.elementLimit))
    }
    try refuseForbidden()
    try expect("<", "an element")
    let name = try self.name("an element's name")
    let attributes = try self.attributes(of: name)
    var element = XMLElement(name: name, attributes: attributes, place: start)
    if current == "/" {
      advance()
      try expect(">", "“>”")
      return element
    }
    try expect(">", "“>”")
    element.children = try content(of: name, from: start, depth: depth)
    return element
  }

  /// The children up to and with the end tag.
  private mutating func content(
    of name: String, from start: XMLPlace, depth: Int
  ) throws(SymbolError) -> [XMLElement] {
    let isText = name == "title" || name == "desc"
    var children: [XMLElement] = []
    while true {
      if isText {
        while let scalar = current, scalar != "<" {
          if scalar == "&" { _ = try entity() } else { advance() }
        }
      }
      try skipSpaceAndComments()
      guard current != nil else { throw start.error(.unexpectedEnd(in: "“\(name)”")) }
      if starts(with: "</") {
        let endPlace = place
        advance(2)
        let found = try self.name("an element's name")
        guard found == name else {
          throw endPlace.error(.mismatchedTag(expected: name, found: found))
        }
        skipSpace()
        try expect(">", "“>”")
        return children
      }
      guard current == "<" else {
        if isText { continue }
        throw place.error(.malformed(expected: "an element", found: rest))
      }
      children.append(try element(depth: depth + 1))
    }
  }

  private func refuseForbidden() throws(SymbolError) {
    if starts(with: "<!DOCTYPE") { throw place.error(.forbidden("a document type")) }
    if starts(with: "<![CDATA[") { throw place.error(.forbidden("a CDATA section")) }
    if starts(with: "<!") { throw place.error(.forbidden("a declaration")) }
    if starts(with: "<?") { throw place.error(.forbidden("a processing instruction")) }
  }

  private mutating func expect(
    _ scalar: Unicode.Scalar, _ expected: String
  ) throws(SymbolError) {
    guard let found = current else { throw place.error(.unexpectedEnd(in: "an element")) }
    guard found == scalar else { throw place.error(.malformed(expected: expected, found: rest)) }
    advance()
  }

  private mutating func name(_ expected: String) throws(SymbolError) -> String {
    var name = String.UnicodeScalarView()
    while let scalar = current,
      scalar.properties.isAlphabetic || "_:".unicodeScalars.contains(scalar)
        || (!name.isEmpty && ("0123456789-.".unicodeScalars.contains(scalar)))
    {
      name.append(scalar)
      advance()
    }
    guard !name.isEmpty else {
      if current == nil { throw place.error(.unexpectedEnd(in: expected)) }
      throw place.error(.malformed(expected: expected, found: rest))
    }
    return String(name)
  }

  private mutating func attributes(of element: String) throws(SymbolError) -> [XMLElement.Attribute]
  {
    var attributes: [XMLElement.Attribute] = []
    while true {
      let before = index
      skipSpace()
      guard let scalar = current else { throw place.error(.unexpectedEnd(in: "“\(element)”")) }
      if scalar == ">" || scalar == "/" { return attributes }
      guard index > before else { throw place.error(.malformed(expected: "a space", found: rest)) }
      let start = place
      let name = try self.name("an attribute's name")
      if attributes.contains(where: { $0.name == name }) {
        throw start.error(.duplicateAttribute(name))
      }
      guard attributes.count < Self.attributeLimit else {
        throw start.error(
          .tooLarge(what: "the attributes of an element", limit: Self.attributeLimit))
      }
      skipSpace()
      try expect("=", "“=”")
      skipSpace()
      attributes.append(try value(of: name))
    }
  }

  private mutating func value(of name: String) throws(SymbolError) -> XMLElement.Attribute {
    guard let quote = current, quote == "\"" || quote == "'" else {
      throw place.error(.malformed(expected: "a value in quotes", found: rest))
    }
    advance()
    let start = place
    var value = String.UnicodeScalarView()
    while let scalar = current, scalar != quote {
      switch scalar {
      case "<": throw place.error(.malformed(expected: "the end of the value", found: rest))
      case "&": value.append(try entity())
      default:
        value.append(scalar)
        advance()
      }
    }
    guard current != nil else { throw start.error(.unexpectedEnd(in: "the value of “\(name)”")) }
    advance()
    return .init(name: name, value: String(value), place: start)
  }

  private mutating func entity() throws(SymbolError) -> Unicode.Scalar {
    let entities: [(String, Unicode.Scalar)] = [
      ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"),
    ]
    for (name, scalar) in entities where starts(with: name) {
      advance(name.unicodeScalars.count)
      return scalar
    }
    throw place.error(.forbidden("an entity other than amp, lt, gt, quot and apos"))
  }
}
