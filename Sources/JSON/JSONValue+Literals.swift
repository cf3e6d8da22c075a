/// Values written in code; their position is line 1, column 1.
extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral,
  ExpressibleByNilLiteral
{
  public init(stringLiteral value: String) { self.init(.string(value)) }

  public init(integerLiteral value: Int64) { self.init(.number(JSONNumber(value))) }

  /// A literal that is not finite is null.
  public init(floatLiteral value: Double) {
    self.init(JSONNumber(value).map(Kind.number) ?? .null)
  }

  public init(booleanLiteral value: Bool) { self.init(.bool(value)) }

  public init(arrayLiteral elements: JSONValue...) { self.init(.array(elements)) }

  public init(nilLiteral: ()) { self.init(.null) }
}
