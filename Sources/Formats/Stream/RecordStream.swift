/// The stream that `machizu-exchange` writes and `machizu` reads.
///
/// ```
/// "MCHZRS" version:u16                     the handshake, once
/// kind:u8 length:u32 payload               one frame; all numbers little-endian
///
/// 1 header     columns, reference, encoding, geometry, count, warnings    once, first
/// 2 record     row, values, damages, geometry as ISO WKB, original WKB, faults
/// 3 rejected   row, reason
/// 4 end        records:u64 rejected:u64                                   last
/// 5 failure    fault:u8, row or 0, reason                                 last, instead of the end
/// 6 layers     names of the layers of a file                              alone, instead of all others
/// ```
/// Texts are UTF-8 after their length as u32, lists begin with their count as u32. Every length is
/// checked against what its frame still holds before anything is allocated.
enum RecordStream {
  static let magic: [UInt8] = Array("MCHZRS".utf8)
  static let version: UInt16 = 1
  static let handshakeBytes = 8
  static let headBytes = 5

  enum Kind: UInt8 {
    case header = 1
    case record = 2
    case rejected = 3
    case end = 4
    case failure = 5
    case layers = 6

    /// More bytes in a frame of this kind are refused.
    var byteLimit: Int {
      switch self {
      case .header, .layers: 16 << 20
      case .record: 512 << 20
      case .rejected, .failure: 1 << 20
      case .end: 16
      }
    }
  }

  /// The faults of `FormatError` in the stream's numbering.
  static let faults: [(UInt8, FormatError.Fault)] = [
    (1, .unreadable), (2, .truncated), (3, .malformed), (4, .encoding), (5, .selection),
    (6, .refused), (7, .process),
  ]

  enum ValueTag: UInt8 {
    case null = 0
    case text = 1
    case integer = 2
    case real = 3
    case `false` = 4
    case `true` = 5
  }

  enum DamageTag: UInt8 {
    case cutMidCharacter = 1
    case undecodable = 2
  }
}

/// What a stream holds, in its order.
public enum RecordStreamItem: Sendable, Hashable {
  case header(SourceHeader)
  case item(SourceItem)
  case end
  case layers([String])
}
