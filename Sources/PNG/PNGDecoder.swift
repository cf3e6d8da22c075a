internal import CPNGShim

/// Reads PNG files of any kind by libpng.
public enum PNGDecoder {
  /// Straight RGBA in sRGB, 8 bits a channel, rows from the top without gaps.
  public struct Picture: Sendable {
    public let width: Int, height: Int
    public let rgba: [UInt8]
  }

  /// Decodes a whole file.
  ///
  /// - Parameter maximumPixels: a picture with more is refused before memory is taken for it.
  public static func decode(
    _ file: [UInt8], maximumPixels: Int = 1 << 26
  ) throws(PNGError) -> Picture {
    try checkChunks(file)
    var message = [CChar](repeating: 0, count: Int(cpng_message_size))
    var width: UInt32 = 0
    var height: UInt32 = 0
    guard unsafe cpng_read_size(file, file.count, &width, &height, &message) != 0 else {
      throw .refused(text(message))
    }
    let (count, overflows) = Int(width).multipliedReportingOverflow(by: Int(height))
    guard !overflows, count <= maximumPixels, width > 0, height > 0, width < 1 << 24 else {
      throw .tooManyPixels(width: Int(width), height: Int(height), allowed: maximumPixels)
    }
    var rgba = [UInt8](repeating: 0, count: count * 4)
    guard unsafe cpng_read(file, file.count, width, height, &rgba, &message) != 0 else {
      throw .refused(text(message))
    }
    return Picture(width: Int(width), height: Int(height), rgba: rgba)
  }

  /// Whether all chunks up to the last one are whole, which libpng does not ask of a file whose
  /// picture it has.
  private static func checkChunks(_ file: [UInt8]) throws(PNGError) {
    let signature: [UInt8] = [137, 80, 78, 71, 13, 10, 26, 10]
    guard file.count >= 8 else {
      throw signature.starts(with: file) ? .truncated(byteOffset: file.count) : .notPNG
    }
    guard file.starts(with: signature) else { throw .notPNG }
    var offset = 8
    while true {
      guard file.count - offset >= 12 else { throw .truncated(byteOffset: file.count) }
      let length = file[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
      guard file.count - offset - 12 >= length else { throw .truncated(byteOffset: file.count) }
      let isLast = file[offset + 4..<offset + 8].elementsEqual([73, 69, 78, 68])
      offset += 12 + length
      if isLast { return }
    }
  }

  static func text(_ message: [CChar]) -> String {
    String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
