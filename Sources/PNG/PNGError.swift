/// Why a picture could not be encoded or decoded.
public enum PNGError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The pixels do not make up the size.
  case wrongByteCount(found: Int, expected: Int)
  /// A side is zero or more than `PNGEncoder.maximumSide`.
  case unsupportedSize(width: Int, height: Int)
  /// The file does not begin as a PNG.
  case notPNG
  /// The file ends within a chunk or before its last one.
  case truncated(byteOffset: Int)
  case tooManyPixels(width: Int, height: Int, allowed: Int)
  /// libpng's or a compressor's own words.
  case refused(String)

  public var description: String {
    switch self {
    case .wrongByteCount(let found, let expected):
      "The picture has \(found) bytes where its size asks for \(expected) of RGBA."
    case .unsupportedSize(let width, let height):
      "A picture of \(width) × \(height) px cannot be written; sides of 1 to "
        + "\(PNGEncoder.maximumSide) px can."
    case .notPNG: "The file is not a PNG: it does not begin with the PNG signature."
    case .truncated(let offset):
      "The PNG ends at byte \(offset) before its last chunk; get the whole file again."
    case .tooManyPixels(let width, let height, let allowed):
      "The PNG has \(width) × \(height) px; at most \(allowed) pixels are read."
    case .refused(let reason): "The PNG was refused by the library: \(reason)."
    }
  }
}
