internal import CDeflate

/// The same in every process, as an archive's bytes depend on it. Contents of one hash are compared
/// before they are taken for equal: CRC-32 and Adler-32 side by side are quick and seldom agree.
enum ContentHash {
  static func value(of bytes: [UInt8]) -> UInt64 {
    let check = unsafe libdeflate_crc32(0, bytes, bytes.count)
    let sum = unsafe libdeflate_adler32(1, bytes, bytes.count)
    return UInt64(check) << 32 | UInt64(sum)
  }
}
