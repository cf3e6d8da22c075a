public import Features
public import Formats

extension SourceValue {
  /// A ledger's value as files hold it: dates as their text.
  public init(_ attribute: Attribute) {
    switch attribute {
    case .null: self = .null
    case .text(let text): self = .text(text)
    case .integer(let number): self = .integer(number)
    case .real(let number): self = .real(number)
    case .boolean(let flag): self = .boolean(flag)
    case .date(let date): self = .text(date.text)
    }
  }
}
