internal import CISAL
internal import CPNGShim

/// The chunks round a compressed picture.
///
/// libpng writes those before the image data. It would sum the data up with zlib, many times slower
/// than ISA-L.
enum Container {
  /// Signature, IHDR, PLTE and tRNS of 256 entries, IDAT's frame and IEND.
  private static let overhead = 8 + 25 + (12 + 768) + (12 + 256) + 12 + 12

  /// - Parameters:
  ///   - deflated: a zlib stream.
  ///   - palette: R, G, B, A from the low byte up, those with alpha below 255 first; empty if the
  ///     type has none.
  static func write(
    _ deflated: UnsafeRawBufferPointer, width: Int, height: Int, bitDepth: Int, type: UInt8,
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
      return unsafe [UInt8](
        unsafeUninitializedCapacity: deflated.count + overhead
      ) { buffer, count in
        guard let base = buffer.baseAddress else { return }
        unsafe withUnsafeTemporaryAllocation(
          of: CChar.self, capacity: Int(cpng_message_size)
        ) { message in
          count = unsafe cpng_write_header(&header, base, buffer.count, message.baseAddress)
          if count == 0 { failure = unsafe PNGDecoder.text(Array(message)) }
        }
        guard count > 0 else { return }
        unsafe count += putChunk("IDAT", deflated, base + count)
        unsafe count += putChunk("IEND", UnsafeRawBufferPointer(start: nil, count: 0), base + count)
      }
    }
    if let failure { throw .refused(failure) }
    return bytes
  }

  /// Puts length, name, data and checksum; returns how many bytes they are.
  private static func putChunk(
    _ name: StaticString, _ data: UnsafeRawBufferPointer, _ output: UnsafeMutablePointer<UInt8>
  ) -> Int {
    func put(_ word: UInt32, at offset: Int) {
      unsafe UnsafeMutableRawPointer(output + offset)
        .storeBytes(of: word.bigEndian, as: UInt32.self)
    }
    put(UInt32(data.count), at: 0)
    unsafe (output + 4).update(from: name.utf8Start, count: 4)
    if let bytes = data.baseAddress {
      unsafe UnsafeMutableRawPointer(output + 8).copyMemory(from: bytes, byteCount: data.count)
    }
    unsafe put(cisal_crc(0, output + 4, data.count + 4), at: 8 + data.count)
    return 12 + data.count
  }
}
