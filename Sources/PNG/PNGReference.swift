internal import CPNGShim

/// libpng's own way, its zlib included: what the tests and benchmarks compare `PNGEncoder` with.
package enum PNGReference {
  /// Encodes straight RGBA, RGB if all of it is opaque, without filters.
  ///
  /// - Parameter level: zlib's, 1...9.
  package static func encode(
    straight: [UInt8], width: Int, height: Int, level: Int = 1
  ) throws(PNGError) -> [UInt8] {
    guard width > 0, height > 0, width <= PNGEncoder.maximumSide, height <= PNGEncoder.maximumSide
    else { throw .unsupportedSize(width: width, height: height) }
    guard straight.count == width * height * 4 else {
      throw .wrongByteCount(found: straight.count, expected: width * height * 4)
    }
    let isOpaque = Pixels.isOpaque(straight.span)
    let channels = isOpaque ? 3 : 4
    var rows: [UInt8] = []
    for i in stride(from: 0, to: straight.count, by: 4) { rows += straight[i..<i + channels] }
    var header = unsafe cpng_header()
    unsafe header.width = UInt32(width)
    unsafe header.height = UInt32(height)
    unsafe header.bit_depth = 8
    unsafe header.colour_type = UInt8(isOpaque ? cpng_rgb : cpng_rgba)
    var message = [CChar](repeating: 0, count: Int(cpng_message_size))
    var file = [UInt8](repeating: 0, count: rows.count + rows.count / 8 + 4096)
    let size = unsafe cpng_write_rows(
      &header, rows, width * channels, Int32(level), &file, file.count, &message)
    guard size > 0 else { throw .refused(PNGDecoder.text(message)) }
    return Array(file[..<size])
  }
}
