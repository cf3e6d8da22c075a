/// The name of a layer or a style: `^[a-z][a-z0-9_-]{0,62}$`.
public struct LayerID: Hashable, Sendable, Comparable, CustomStringConvertible {
  public let text: String

  /// Nil when `text` does not have the form.
  public init?(_ text: String) {
    guard Self.isWellFormed(text) else { return nil }
    self.text = text
  }

  public static func isWellFormed(_ text: String) -> Bool {
    let bytes = text.utf8
    guard let first = bytes.first, (97...122).contains(first), bytes.count <= 63 else {
      return false
    }
    return bytes.allSatisfy {
      (97...122).contains($0) || (48...57).contains($0) || $0 == 95 || $0 == 45
    }
  }

  public static func < (left: LayerID, right: LayerID) -> Bool { left.text < right.text }

  public var description: String { text }
}

/// A feature's stable name in its layer, compared by code points and never by what looks alike.
public struct FeatureKey: Hashable, Sendable, Comparable, CustomStringConvertible {
  public let text: String

  public init(_ text: String) {
    self.text = text
  }

  public static func == (left: FeatureKey, right: FeatureKey) -> Bool {
    left.text.utf8.elementsEqual(right.text.utf8)
  }

  /// UTF-8 byte order is code point order.
  public static func < (left: FeatureKey, right: FeatureKey) -> Bool {
    left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(codePointsOf: text)
  }

  public var description: String { text }
}

extension Hasher {
  /// Feeds a text by its code points, so that texts which only look alike differ.
  package mutating func combine(codePointsOf text: String) {
    // Eight bytes at a time: the cost is by the call.
    var word: UInt64 = 0
    var count = 0
    for byte in text.utf8 {
      word = word << 8 | UInt64(byte)
      count += 1
      if count & 7 == 0 {
        combine(word)
        word = 0
      }
    }
    combine(word)
    combine(count)
  }
}

/// Who may see a layer, a row or a column: each audience sees what the ones before it see.
public enum Audience: UInt8, Sendable, Hashable, CaseIterable, Comparable {
  case `public` = 0
  case staff = 1
  case restricted = 2

  public init?(name: String) {
    switch name {
    case "public": self = .public
    case "staff": self = .staff
    case "restricted": self = .restricted
    default: return nil
    }
  }

  public var name: String {
    switch self {
    case .public: "public"
    case .staff: "staff"
    case .restricted: "restricted"
    }
  }

  public static func < (left: Audience, right: Audience) -> Bool {
    left.rawValue < right.rawValue
  }

  /// Whether this audience may see what is meant for `other`.
  public func sees(_ other: Audience) -> Bool { other <= self }
}

/// The language of messages, titles and labels.
public enum Language: String, Sendable, Hashable, CaseIterable {
  case japanese = "ja"
  case english = "en"
}

/// A text in Japanese, and in English where somebody wrote it.
public struct Title: Hashable, Sendable {
  public var japanese: String
  public var english: String?

  public init(japanese: String, english: String? = nil) {
    self.japanese = japanese
    self.english = english
  }

  public func text(in language: Language) -> String {
    language == .english ? english ?? japanese : japanese
  }
}

/// A number that grows with every change of a layer's data: the last commit that changed it.
public typealias Revision = Int64
