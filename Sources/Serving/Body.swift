/// Bytes of an answer at a fixed address, shared by all answers that send them.
@safe
final class Body: Sendable {
  nonisolated(unsafe) let start: UnsafeMutableRawPointer
  let count: Int

  init(_ bytes: [UInt8]) {
    count = bytes.count
    unsafe start = .allocate(byteCount: max(bytes.count, 1), alignment: 16)
    unsafe bytes.withUnsafeBytes { source in
      if let base = source.baseAddress {
        unsafe start.copyMemory(from: base, byteCount: bytes.count)
      }
    }
  }

  deinit {
    unsafe start.deallocate()
  }
}
