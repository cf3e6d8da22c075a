/// The covered shares of a small area of pixels, one byte each, rows from the top without gaps: a
/// glyph or symbol that is drawn many times at whole pixels.
public struct Mask: Sendable {
  public private(set) var width = 0, height = 0
  package private(set) var bytes: [UInt8] = []

  /// A mask without pixels.
  public init() {}

  /// A mask that covers nothing.
  public init(width: Int, height: Int) { resize(width: width, height: height) }

  /// A mask of the given shares, rows from the top.
  ///
  /// - Precondition: there are `width * height` of them.
  package init(width: Int, height: Int, shares: [UInt8]) {
    precondition((0...65_536).contains(width) && (0...65_536).contains(height))
    precondition(shares.count == width * height)
    self.width = width
    self.height = height
    bytes = shares
  }

  /// Covers nothing, in a new size; the storage is kept.
  ///
  /// - Precondition: 0 ≤ width, height ≤ 65,536.
  public mutating func resize(width: Int, height: Int) {
    precondition((0...65_536).contains(width) && (0...65_536).contains(height))
    self.width = width
    self.height = height
    bytes.removeAll(keepingCapacity: true)
    bytes.append(contentsOf: repeatElement(0, count: width * height))
  }

  /// Raises partial shares: a becomes a + a (255 - a) `strength` / 65,280, rounded down.
  ///
  /// - Precondition: `strength` ≤ 256.
  package mutating func raise(strength: UInt32) {
    precondition(strength <= 256)
    var span = bytes.mutableSpan
    for index in span.indices {
      let value = UInt32(span[index])
      let raised = value &+ value &* (255 &- value) &* strength / (255 * 256)
      span[index] = UInt8(truncatingIfNeeded: raised)
    }
  }

  /// The covered share of one pixel, 0...255.
  ///
  /// - Precondition: 0 ≤ x < width and 0 ≤ y < height.
  public subscript(x: Int, y: Int) -> UInt8 {
    precondition((0..<width).contains(x) && (0..<height).contains(y))
    return bytes[y * width + x]
  }

  @inline(__always)
  mutating func withBytes(_ body: (UnsafeMutablePointer<UInt8>) -> Void) {
    unsafe bytes.withUnsafeMutableBufferPointer {
      guard let base = $0.baseAddress else { return }
      unsafe body(base)
    }
  }

  @inline(__always)
  func withReadOnlyBytes(_ body: (UnsafePointer<UInt8>) -> Void) {
    unsafe bytes.withUnsafeBufferPointer {
      guard let base = $0.baseAddress else { return }
      unsafe body(base)
    }
  }
}
