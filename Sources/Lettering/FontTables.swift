/// The table directory of a TrueType or OpenType file, checked before any library sees the bytes.
///
/// FreeType drops tables that reach past the end of the file and goes on with the rest, so that half
/// a font would draw half of the characters; here such a file is refused.
/// Source: OpenType specification 1.9, "Organization of an OpenType font".
enum FontTables {
  static let byteLimit = 256 << 20
  private static let faceLimit = 64
  private static let required = ["cmap", "head", "hhea", "hmtx", "maxp"]

  /// - Returns: how many faces the file holds, at least one.
  static func faceCount(
    of bytes: some FontContent, file: String
  ) throws(LetteringError) -> Int {
    let magic = Array(bytes.prefix(4))
    guard magic == Array("ttcf".utf8) else {
      try checkFace(bytes, at: 0, file: file)
      return 1
    }
    let count = try number32(bytes, at: 8, file: file)
    guard (1...faceLimit).contains(count) else {
      throw LetteringError(.notAFont(magic: magic), subject: file)
    }
    for face in 0..<count {
      try checkFace(bytes, at: try number32(bytes, at: 12 + 4 * face, file: file), file: file)
    }
    return count
  }

  private static func checkFace(
    _ bytes: some FontContent, at start: Int, file: String
  ) throws(LetteringError) {
    let magic = Array(bytes.dropFirst(start).prefix(4))
    let known: [[UInt8]] = [[0, 1, 0, 0], Array("OTTO".utf8), Array("true".utf8)]
    guard known.contains(magic) else {
      throw LetteringError(.notAFont(magic: magic), subject: file)
    }
    let count = try number32(bytes, at: start + 2, file: file) & 0xFFFF
    var found: Set<String> = []
    for index in 0..<count {
      let record = start + 12 + 16 * index
      let end =
        try number32(bytes, at: record + 8, file: file)
        + number32(bytes, at: record + 12, file: file)
      let tag = String(decoding: bytes[record..<(record + 4)], as: UTF8.self)
      guard end <= bytes.count else {
        throw LetteringError(
          .truncated(table: "table “\(tag)”", expectedBytes: end, foundBytes: bytes.count),
          subject: file)
      }
      found.insert(tag)
    }
    for tag in required where !found.contains(tag) {
      throw LetteringError(.missingTable(tag), subject: file)
    }
    let hasOutlines =
      found.isSuperset(of: ["glyf", "loca"]) || found.contains("CFF ") || found.contains("CFF2")
    guard hasOutlines else { throw LetteringError(.missingTable("glyf"), subject: file) }
  }

  /// The big-endian number of four bytes at `offset`.
  private static func number32(
    _ bytes: some FontContent, at offset: Int, file: String
  ) throws(LetteringError) -> Int {
    guard offset >= 0, offset + 4 <= bytes.count else {
      throw LetteringError(
        .truncated(table: "the directory", expectedBytes: offset + 4, foundBytes: bytes.count),
        subject: file)
    }
    return bytes[offset..<(offset + 4)].reduce(0) { $0 << 8 | Int($1) }
  }
}

/// Bytes that are counted from 0.
protocol FontContent: RandomAccessCollection where Element == UInt8, Index == Int {}

extension [UInt8]: FontContent {}
extension UnsafeRawBufferPointer: @unsafe FontContent {}

/// Checks the table directory of the font file whose content is `bytes`; `file` names it in errors.
package func checkFontTables(_ bytes: [UInt8], file: String) throws(LetteringError) {
  _ = try FontTables.faceCount(of: bytes, file: file)
}
