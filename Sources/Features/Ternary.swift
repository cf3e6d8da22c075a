/// The three truth values of SQL and CQL2: what touches a null is unknown.
public enum Ternary: Sendable, Hashable {
  case `false`, unknown, `true`

  public init(_ flag: Bool) {
    self = flag ? .true : .false
  }

  /// Unknown for nil.
  public init(_ flag: Bool?) {
    self = flag.map { Ternary($0) } ?? .unknown
  }

  /// A row passes a filter only where the answer is true, not where it is unknown.
  public var isTrue: Bool { self == .true }

  public static prefix func ! (value: Ternary) -> Ternary {
    switch value {
    case .true: .false
    case .false: .true
    case .unknown: .unknown
    }
  }
}
