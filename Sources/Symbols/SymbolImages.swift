public import Raster

/// Pictures of symbols for one worker, kept by symbol, size and turn.
public final class SymbolImages {
  private struct Key: Hashable {
    let contentHash: UInt64
    let size256: Int
    let degrees: Int
  }

  private let byteLimit: Int
  private var images: [Key: Pixmap] = [:]
  private var rasterizer = Rasterizer()
  /// Bytes of the pictures that are kept at the moment.
  public private(set) var byteCount = 0

  /// - Parameter byteLimit: when it would be passed, all pictures are forgotten and made anew.
  public init(byteLimit: Int = 8 << 20) {
    self.byteLimit = byteLimit
  }

  /// As `Symbol.image(sizePixels:rotationDegrees:scale:using:)`.
  public func image(
    of symbol: Symbol, sizePixels: Double, rotationDegrees: Double = 0, scale: Double = 1
  ) -> Pixmap {
    let frame = ImageFrame(symbol, sizePixels, rotationDegrees, scale)
    let key = Key(
      contentHash: symbol.contentHash, size256: frame.size256, degrees: frame.degrees)
    if let known = images[key] { return known }
    let image = symbol.image(frame, using: &rasterizer)
    let size = image.width * image.height * 4 + 128
    if byteCount + size > byteLimit { removeAll() }
    guard size <= byteLimit else { return image }
    images[key] = image
    byteCount += size
    return image
  }

  /// Forgets all pictures: what a measurement that must draw everything anew calls between its tiles.
  public func removeAll() {
    images.removeAll(keepingCapacity: true)
    byteCount = 0
  }
}
