internal import CDeflate
internal import CISAL

/// One zlib compressor with its memory.
///
/// It has one owner, and its memory is reached through it alone: it may move between threads.
@safe struct Deflater: ~Copyable, @unchecked Sendable {
  private(set) var output: [UInt8] = []
  private let compression: PNGEncoder.Compression
  private let stream: UnsafeMutableRawPointer
  private let levelBuffer: UnsafeMutableRawPointer
  /// Made when ISA-L is not asked, or has no room.
  private var libdeflate: OpaquePointer?
  /// libdeflate's default: beyond it, time doubles for each hundredth of size.
  private static let compactLevel: Int32 = 6

  init(_ compression: PNGEncoder.Compression) {
    self.compression = compression
    unsafe stream = .allocate(byteCount: cisal_stream_size(), alignment: 64)
    unsafe levelBuffer = .allocate(byteCount: cisal_level_buffer_size(), alignment: 64)
  }

  deinit {
    unsafe stream.deallocate()
    unsafe levelBuffer.deallocate()
    unsafe libdeflate_free_compressor(libdeflate)
  }

  /// Compresses `input` into `output`; returns the stream's size.
  mutating func compress(_ input: [UInt8]) throws(PNGError) -> Int {
    // Stored blocks cost five bytes in 65,535; the rest is for headers and look-ahead.
    let capacity = input.count + input.count / 1000 + 4096
    if output.count < capacity { output = [UInt8](repeating: 0, count: capacity) }
    if compression == .fast {
      let size = unsafe cisal_zlib_compress(
        stream, levelBuffer, input, input.count, &output, output.count)
      if size > 0 { return size }
    }
    if unsafe libdeflate == nil {
      unsafe libdeflate = libdeflate_alloc_compressor(Deflater.compactLevel)
    }
    guard let libdeflate = unsafe libdeflate else { throw .refused("no memory to compress with") }
    let size = unsafe libdeflate_zlib_compress(
      libdeflate, input, input.count, &output, output.count)
    guard size > 0 else { throw .refused("the compressed picture has no room") }
    return size
  }
}
