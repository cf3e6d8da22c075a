/// Why a font was refused, and which file or name it was.
public struct LetteringError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What was found, and what would have been allowed.
  public enum Fault: Equatable, Sendable {
    /// No font of this name lies in the folders that were searched.
    case notFound(searchedFolders: [String])
    /// The system would not give the file's bytes; `errorNumber` is errno.
    case unreadable(errorNumber: Int32)
    /// The file is larger than a font may be.
    case tooLarge(byteCount: Int, limit: Int)
    /// The first four bytes are not those of TrueType, OpenType or a collection.
    case notAFont(magic: [UInt8])
    /// A table, or the directory (`"directory"`), ends after the end of the file.
    case truncated(table: String, expectedBytes: Int, foundBytes: Int)
    /// A table without which no text can be set is absent.
    case missingTable(String)
    /// The library refused the font; `code` is FreeType's error code, 0 where it gives none.
    case rejected(code: Int32)
    /// The list of fonts was empty.
    case noFonts
  }

  public let fault: Fault
  /// The path of the font file, or the name that was looked up.
  public let subject: String

  public init(_ fault: Fault, subject: String) {
    self.fault = fault
    self.subject = subject
  }

  public var description: String {
    switch fault {
    case .notFound(let folders):
      "Font “\(subject)” is in none of the folders \(folders.joined(separator: ", ")); "
        + "put its file into Styles/fonts or name another font."
    case .unreadable(let errorNumber):
      "Font file \(subject) cannot be read (system error \(errorNumber)); "
        + "check that it exists and may be read."
    case .tooLarge(let byteCount, let limit):
      "Font file \(subject) has \(byteCount) bytes; the limit is \(limit)."
    case .notAFont(let magic):
      "File \(subject) begins with the bytes \(magic); a TrueType or OpenType font is needed."
    case .truncated(let table, let expected, let found):
      "Font file \(subject) is cut off: \(table) needs \(expected) bytes, "
        + "the file has \(found); copy it again."
    case .missingTable(let table):
      "Font file \(subject) has no table “\(table)”; a complete TrueType or OpenType font is needed."
    case .rejected(let code):
      "Font file \(subject) is damaged (FreeType error \(code)); copy it again."
    case .noFonts:
      "The list of fonts is empty; name at least one font, for example IPAexGothic."
    }
  }
}
