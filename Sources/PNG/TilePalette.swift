/// Up to 256 colours for the tiles of one style and zoom, and a table that gives each pixel its
/// entry. Made once from sample tiles by `PaletteTrainer`; there is no dithering, so equal pixels
/// get equal entries and neighbouring tiles match.
public struct TilePalette: Sendable {
  /// Straight R, G, B, A from the low byte up, those with alpha below 255 first.
  public let colours: [UInt32]
  /// Entry of an opaque colour by the high six bits of B, G, R.
  private let opaque: [UInt8]
  /// Entry of another colour by the high four bits of A, B, G, R.
  private let translucent: [UInt8]

  static let opaqueCellCount = 1 << 18
  static let translucentCellCount = 1 << 16

  init(colours: [UInt32], opaque: [UInt8], translucent: [UInt8]) {
    self.colours = colours
    self.opaque = opaque
    self.translucent = translucent
  }

  @inline(__always)
  static func opaqueCell(_ colour: UInt32) -> Int {
    Int(
      truncatingIfNeeded: (colour &>> 2 & 0x3F) | (colour &>> 4 & 0xFC0) | (colour &>> 6 & 0x3F000))
  }

  @inline(__always)
  static func translucentCell(_ colour: UInt32) -> Int {
    Int(
      truncatingIfNeeded: (colour &>> 4 & 0xF) | (colour &>> 8 & 0xF0) | (colour &>> 12 & 0xF00)
        | (colour &>> 16 & 0xF000))
  }

  /// The entry for a straight colour.
  public func entry(for colour: UInt32) -> UInt8 {
    colour >> 24 == 255
      ? opaque[TilePalette.opaqueCell(colour)] : translucent[TilePalette.translucentCell(colour)]
  }

  /// Rows of entries, each after a filter byte of zero.
  func index(_ rgba: Span<UInt8>, width: Int, height: Int, into rows: inout [UInt8]) {
    let stride = width + 1
    if rows.count != stride * height { rows = [UInt8](repeating: 0, count: stride * height) }
    unsafe rgba.withUnsafeBytes { from in
      unsafe opaque.withUnsafeBufferPointer { opaque in
        unsafe translucent.withUnsafeBufferPointer { translucent in
          unsafe rows.withUnsafeMutableBufferPointer { to in
            guard let from = from.baseAddress, let to = to.baseAddress,
              let opaque = opaque.baseAddress, let translucent = translucent.baseAddress
            else { return }
            for y in 0..<height {
              unsafe to[y &* stride] = 0
              let source = unsafe from + y &* width &* 4
              let target = unsafe to + (y &* stride &+ 1)
              for x in 0..<width {
                let colour = unsafe (source + x &* 4).loadUnaligned(as: UInt32.self)
                unsafe target[x] =
                  colour >= 0xFF00_0000
                  ? opaque[TilePalette.opaqueCell(colour)]
                  : translucent[TilePalette.translucentCell(colour)]
              }
            }
          }
        }
      }
    }
  }
}
