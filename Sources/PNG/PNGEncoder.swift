internal import CPNGShim

/// Writes pictures as PNG files, without loss and without metadata.
///
/// A picture of at most 256 colours becomes a palette of 1, 2, 4 or 8 bits, an opaque one RGB,
/// another RGBA. Rows are not filtered: on map pictures filters make files larger and slower.
/// An encoder serves one thread and keeps its memory. The same pixels give the same bytes.
public struct PNGEncoder: ~Copyable, Sendable {
  /// Pixels; two sides of this length fill what one zlib stream's counters hold.
  public static let maximumSide = 32_000

  /// What the compressor spends its time for.
  public enum Compression: Sendable {
    /// For files that are made while somebody waits: `PixelDeflater`, or ISA-L for palettes and patterns.
    case fast
    /// libdeflate, some five times slower and a tenth smaller, for archives.
    case compact
  }

  private let compression: Compression
  private var deflater: Deflater
  private var pixelDeflater = PixelDeflater(widthLimit: 512)
  private var colours = ColourIndex()
  /// Straight pixels of a picture that came premultiplied.
  private var straight: [UInt8] = []
  /// Filter bytes and samples as the compressor reads them.
  private var rows: [UInt8] = []
  private var plain: [PlainFile] = []
  private var nextPlain = 0

  /// The finished file of a picture of one colour.
  private struct PlainFile {
    let width: Int, height: Int
    let colour: UInt32
    let bytes: [UInt8]
  }

  public init(compression: Compression = .fast) {
    self.compression = compression
    deflater = Deflater(compression)
  }

  /// Encodes premultiplied RGBA: `width * height * 4` bytes, rows from the top without gaps.
  ///
  /// Colours are divided by their alpha and rounded to the nearest; transparent pixels are black.
  public mutating func encode(
    premultiplied: Span<UInt8>, width: Int, height: Int
  ) throws(PNGError) -> [UInt8] {
    try check(premultiplied.count, width, height)
    // Opaque pixels are the same straight.
    if colours.index(premultiplied) {
      if Pixels.isOpaque(premultiplied) { return try encodeIndexed(width, height) }
    } else if let file = try encodeOpaque(premultiplied, width, height) {
      return file
    }
    Pixels.unpremultiply(premultiplied, into: &straight)
    var pixels: [UInt8] = []
    swap(&pixels, &straight)
    defer { swap(&pixels, &straight) }
    if colours.index(pixels.span) { return try encodeIndexed(width, height) }
    return try encodeTranslucent(pixels.span, width, height)
  }

  /// Encodes straight RGBA in the same layout.
  public mutating func encode(
    straight: Span<UInt8>, width: Int, height: Int
  ) throws(PNGError) -> [UInt8] {
    try check(straight.count, width, height)
    if colours.index(straight) { return try encodeIndexed(width, height) }
    if let file = try encodeOpaque(straight, width, height) { return file }
    return try encodeTranslucent(straight, width, height)
  }

  /// Encodes premultiplied RGBA with the colours of a trained palette: each pixel becomes the
  /// entry that the palette's table holds for it. A picture of at most 256 colours is written
  /// without loss instead.
  public mutating func encode(
    premultiplied: Span<UInt8>, width: Int, height: Int, palette: borrowing TilePalette
  ) throws(PNGError) -> [UInt8] {
    try check(premultiplied.count, width, height)
    if Pixels.isOpaque(premultiplied) {
      return try encode(premultiplied, width, height, palette)
    }
    Pixels.unpremultiply(premultiplied, into: &straight)
    var pixels: [UInt8] = []
    swap(&pixels, &straight)
    defer { swap(&pixels, &straight) }
    return try encode(pixels.span, width, height, palette)
  }

  /// The same from straight RGBA.
  public mutating func encode(
    straight: Span<UInt8>, width: Int, height: Int, palette: borrowing TilePalette
  ) throws(PNGError) -> [UInt8] {
    try check(straight.count, width, height)
    return try encode(straight, width, height, palette)
  }

  private func check(_ count: Int, _ width: Int, _ height: Int) throws(PNGError) {
    let sides = 1...PNGEncoder.maximumSide
    guard sides.contains(width), sides.contains(height) else {
      throw .unsupportedSize(width: width, height: height)
    }
    guard count == width * height * 4 else {
      throw .wrongByteCount(found: count, expected: width * height * 4)
    }
  }

  /// Encodes straight pixels of more than 256 colours as RGB; nil if they are not opaque.
  private mutating func encodeOpaque(
    _ pixels: Span<UInt8>, _ width: Int, _ height: Int
  ) throws(PNGError) -> [UInt8]? {
    let type = UInt8(cpng_rgb)
    if compression == .fast {
      switch unsafe deflate(pixels, width, height, channels: 3) {
      case .stream(let stream): return try unsafe write(stream, width, height, type)
      case .isTranslucent: return nil
      case .repeats: break
      }
    } else if !Pixels.isOpaque(pixels) {
      return nil
    }
    Pixels.pack(pixels, width: width, height: height, channels: 3, into: &rows)
    return try write(width, height, bitDepth: 8, type: type, palette: [])
  }

  /// The same as RGBA.
  private mutating func encodeTranslucent(
    _ pixels: Span<UInt8>, _ width: Int, _ height: Int
  ) throws(PNGError) -> [UInt8] {
    let type = UInt8(cpng_rgba)
    if compression == .fast,
      case .stream(let stream) = unsafe deflate(pixels, width, height, channels: 4)
    {
      return try unsafe write(stream, width, height, type)
    }
    Pixels.pack(pixels, width: width, height: height, channels: 4, into: &rows)
    return try write(width, height, bitDepth: 8, type: type, palette: [])
  }

  private mutating func deflate(
    _ pixels: Span<UInt8>, _ width: Int, _ height: Int, channels: Int
  ) -> PixelDeflater.Outcome {
    if width > pixelDeflater.widthLimit { pixelDeflater = PixelDeflater(widthLimit: width) }
    return unsafe pixelDeflater.compress(pixels, width: width, height: height, channels: channels)
  }

  private func write(
    _ stream: UnsafeRawBufferPointer, _ width: Int, _ height: Int, _ type: UInt8
  ) throws(PNGError) -> [UInt8] {
    try unsafe Container.write(
      stream, width: width, height: height, bitDepth: 8, type: type, palette: [])
  }

  private mutating func encode(
    _ pixels: Span<UInt8>, _ width: Int, _ height: Int, _ palette: borrowing TilePalette
  ) throws(PNGError) -> [UInt8] {
    if colours.index(pixels) { return try encodeIndexed(width, height) }
    palette.index(pixels, width: width, height: height, into: &rows)
    let type = UInt8(cpng_palette)
    return try write(width, height, bitDepth: 8, type: type, palette: palette.colours)
  }

  private mutating func encodeIndexed(_ width: Int, _ height: Int) throws(PNGError) -> [UInt8] {
    let type = UInt8(cpng_palette)
    if colours.count == 1 {
      let colour = colours.first
      for file in plain
      where file.colour == colour && file.width == width && file.height == height {
        return file.bytes
      }
      colours.pack(width: width, height: height, bitDepth: 1, into: &rows)
      let bytes = try write(width, height, bitDepth: 1, type: type, palette: colours.palette)
      keep(PlainFile(width: width, height: height, colour: colour, bytes: bytes))
      return bytes
    }
    let bitDepth = colours.count <= 2 ? 1 : colours.count <= 4 ? 2 : colours.count <= 16 ? 4 : 8
    colours.pack(width: width, height: height, bitDepth: bitDepth, into: &rows)
    return try write(width, height, bitDepth: bitDepth, type: type, palette: colours.palette)
  }

  private mutating func keep(_ file: PlainFile) {
    let limit = 16
    if plain.count < limit {
      plain.append(file)
    } else {
      plain[nextPlain] = file
      nextPlain = (nextPlain + 1) % limit
    }
  }

  /// Deflates `rows` and wraps them.
  private mutating func write(
    _ width: Int, _ height: Int, bitDepth: Int, type: UInt8, palette: [UInt32]
  ) throws(PNGError) -> [UInt8] {
    let size = try deflater.compress(rows)
    let result = unsafe deflater.output.withUnsafeBytes { bytes in
      Result { () throws(PNGError) in
        try unsafe Container.write(
          UnsafeRawBufferPointer(rebasing: bytes[..<size]), width: width, height: height,
          bitDepth: bitDepth, type: type, palette: palette)
      }
    }
    return try result.get()
  }
}
