/// The encodings that municipal files come in.
public enum TextEncoding: UInt8, Sendable, Hashable, CaseIterable {
  case utf8 = 1
  case utf16LE = 2
  case utf16BE = 3
  /// Windows' Shift_JIS with the NEC and IBM characters (①, ㈱, 髙, 﨑) and ～ as U+FF5E. Every way to
  /// say Shift_JIS means this one: no file in use is written in the strict standard.
  case cp932 = 4
  case eucJP = 5
  case iso2022JP = 6
  /// Western Europe; only where a file or a person says so.
  case windows1252 = 7

  /// The name that reports and commands use.
  public var name: String {
    switch self {
    case .utf8: "UTF-8"
    case .utf16LE: "UTF-16LE"
    case .utf16BE: "UTF-16BE"
    case .cp932: "CP932"
    case .eucJP: "EUC-JP"
    case .iso2022JP: "ISO-2022-JP"
    case .windows1252: "Windows-1252"
    }
  }

  /// What `init(named:)` accepts, for messages.
  public static let allowedNames =
    "auto, UTF-8, CP932 (also Shift_JIS, SJIS, 932, MS932, Windows-31J), UTF-16LE, UTF-16BE, EUC-JP, "
    + "ISO-2022-JP, Windows-1252"

  /// The encoding meant by a declared name (case, spaces, hyphens and underscores do not count);
  /// nil for an unknown name.
  public init?(named name: String) {
    var key = ""
    for character in name.unicodeScalars {
      switch character {
      case "-", "_", " ", "\u{FEFF}", "\r", "\n", "\t", "\0": continue
      case "A"..."Z": key.unicodeScalars.append(Unicode.Scalar(UInt8(character.value) + 32))
      default: key.unicodeScalars.append(character)
      }
    }
    switch key {
    case "utf8", "65001", "cp65001", "unicode11utf8": self = .utf8
    case "utf16", "utf16le", "1200", "cp1200": self = .utf16LE
    case "utf16be", "1201", "cp1201": self = .utf16BE
    case "shiftjis", "shiftjisx0213", "sjis", "xsjis", "932", "cp932", "ms932", "windows31j",
      "windows932", "mskanji", "csshiftjis", "ansi932", "oem932", "943", "cp943":
      self = .cp932
    case "eucjp", "ujis", "eucjpms", "xeucjp", "51932", "cp51932", "20932": self = .eucJP
    case "iso2022jp", "jis", "csiso2022jp", "50220", "50221": self = .iso2022JP
    case "windows1252", "1252", "cp1252", "ansi1252", "iso88591", "88591", "latin1", "iso885915",
      "usascii", "ascii":
      self = .windows1252
    default: return nil
    }
  }

  /// Whether the bytes of `,`, `;`, tab, `"`, CR and LF always mean these characters, so that a
  /// table can be cut into cells before it is decoded.
  var keepsASCIIBytesApart: Bool {
    switch self {
    case .utf8, .cp932, .eucJP, .windows1252: true
    case .utf16LE, .utf16BE, .iso2022JP: false
    }
  }
}
