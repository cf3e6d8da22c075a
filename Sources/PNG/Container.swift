internal import CPNGShim

/// The chunks round a compressed picture, written by libpng.
enum Container {
  /// Signature, IHDR, PLTE and tRNS of 256 entries, IDAT's frame and IEND.
  private static let overhead = 8 + 25 + (12 + 768) + (12 + 256) + 12 + 12

  /// - Parameters:
  ///   - deflated: a zlib stream in the first `size` bytes.
  ///   - palette: R, G, B, A from the low byte up, those with alpha below 255 first; empty if the
  ///     type has none.
  static func write(
    _ deflated: [UInt8], _ size: Int, width: Int, height: Int, bitDepth: Int, type: UInt8,
    palette: [UInt32]
  ) throws(PNGError) -> [UInt8] {
    var header = unsafe cpng_header()
    unsafe header.width = UInt32(width)
    unsafe header.height = UInt32(height)
    unsafe header.bit_depth = UInt8(bitDepth)
    unsafe header.colour_type = type
    unsafe header.entry_count = Int32(palette.count)
    unsafe header.alpha_count = Int32(palette.count { $0 >> 24 != 255 })
    var failure: String?
    let bytes = unsafe palette.withUnsafeBytes { entries in
      unsafe header.palette = entries.baseAddress?.assumingMemoryBound(to: UInt8.self)
      return unsafe [UInt8](unsafeUninitializedCapacity: size + overhead) { buffer, count in
        unsafe withUnsafeTemporaryAllocation(
          of: CChar.self, capacity: Int(cpng_message_size)
        ) { message in
          count = unsafe cpng_write(
            &header, deflated, size, buffer.baseAddress, buffer.count, message.baseAddress)
          if count == 0 { failure = unsafe PNGDecoder.text(Array(message)) }
        }
      }
    }
    if let failure { throw .refused(failure) }
    return bytes
  }
}
