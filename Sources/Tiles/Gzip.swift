internal import CDeflate

/// Whole gzip members in memory; equal input gives equal bytes.
enum Gzip {
  /// Nil where memory is lacking.
  static func compressed(_ input: [UInt8]) -> [UInt8]? {
    guard let compressor = unsafe libdeflate_alloc_compressor(9) else { return nil }
    defer { unsafe libdeflate_free_compressor(compressor) }
    let bound = unsafe libdeflate_gzip_compress_bound(compressor, input.count)
    var output = [UInt8](repeating: 0, count: bound)
    let size = unsafe libdeflate_gzip_compress(
      compressor, input, input.count, &output, output.count)
    guard size > 0 else { return nil }
    output.removeLast(output.count - size)
    return output
  }

  /// Nil for damaged input and for more than `limitBytes` of output.
  static func decompressed(_ input: [UInt8], limitBytes: Int) -> [UInt8]? {
    guard input.count >= 18 else { return nil }
    // The last four bytes claim the size, modulo 2³²; a false claim makes libdeflate refuse.
    let claim = input.suffix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
    // One byte of deflate makes at most 1032 bytes: a small file cannot ask for much memory.
    guard claim <= limitBytes, claim <= input.count * 1032,
      let decompressor = unsafe libdeflate_alloc_decompressor()
    else { return nil }
    defer { unsafe libdeflate_free_decompressor(decompressor) }
    var output = [UInt8](repeating: 0, count: max(claim, 1))
    var size = 0
    let result = unsafe libdeflate_gzip_decompress(
      decompressor, input, input.count, &output, output.count, &size)
    guard result == LIBDEFLATE_SUCCESS, size == claim else { return nil }
    if claim == 0 { output = [] }
    return output
  }
}
