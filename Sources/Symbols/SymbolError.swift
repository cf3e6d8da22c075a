/// Why a symbol's file was refused, and where in it.
public struct SymbolError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What was found, and what would have been allowed.
  public enum Fault: Equatable, Sendable {
    /// The bytes are not UTF-8.
    case notUTF8
    /// The file ends inside of what is named.
    case unexpectedEnd(in: String)
    /// Something else stands where the named thing is needed.
    case malformed(expected: String, found: String)
    /// A construct of XML that symbols may not have, such as a document type.
    case forbidden(String)
    case mismatchedTag(expected: String, found: String)
    case duplicateAttribute(String)
    /// The first element is not `svg`.
    case notSVG(root: String)
    case unknownElement(String)
    case unknownAttribute(String, element: String)
    case badValue(attribute: String, value: String, allowed: String)
    case missingAttribute(String, element: String)
    case tooLarge(what: String, limit: Int)
  }

  public let fault: Fault
  /// Both from 1; the column counts Unicode scalars.
  public let line: Int
  public let column: Int

  public init(_ fault: Fault, line: Int, column: Int) {
    self.fault = fault
    self.line = line
    self.column = column
  }

  public var description: String { "Line \(line), column \(column): \(sentence)" }

  private var sentence: String {
    switch fault {
    case .notUTF8: "the bytes are not UTF-8; save the symbol as UTF-8."
    case .unexpectedEnd(let part): "the file ends inside \(part); export the symbol again."
    case .malformed(let expected, let found): "\(expected) is needed here, not “\(found)”."
    case .forbidden(let construct): "\(construct) is not allowed in a symbol; remove it."
    case .mismatchedTag(let expected, let found):
      "“</\(expected)>” is needed here, not “</\(found)>”."
    case .duplicateAttribute(let name): "the attribute “\(name)” stands twice in one element."
    case .notSVG(let root): "the document is a “\(root)”; a symbol is an “svg”."
    case .unknownElement(let name):
      "the element “\(name)” is not drawn; use g, path, circle, ellipse, rect, line, polyline "
        + "or polygon."
    case .unknownAttribute(let name, let element):
      "the attribute “\(name)” of “\(element)” is not understood; "
        + "write fill, stroke and transform as attributes of their own and remove others."
    case .badValue(let attribute, let value, let allowed):
      "“\(value)” is no value of “\(attribute)”; allowed: \(allowed)."
    case .missingAttribute(let name, let element): "“\(element)” needs the attribute “\(name)”."
    case .tooLarge(let what, let limit):
      "\(what) exceed the limit of \(limit); simplify the symbol."
    }
  }
}
