/// How a writer treats what an ended run left under the partial name.
public struct UnfinishedRun: Sendable {
  /// All that the tiles and their order depend on: only a run of an equal plan is continued.
  public let plan: [UInt8]
  /// Whether to go on where an ended run stopped; where it left nothing, writing begins anew.
  public let isResumed: Bool

  public init(plan: [UInt8], isResumed: Bool) {
    self.plan = plan
    self.isResumed = isResumed
  }
}

/// The notes that let another run go on after this one ended in any way, a power cut included.
///
/// A file of records, each with its length and a hash; the first is the plan. What stands behind the
/// last whole record was being written when the run ended, and is cut off.
final class RunJournal {
  private static let magic = Array("machizu run 2\n".utf8)
  private static let recordLimitBytes = 1 << 30

  private let file: ArchiveFile
  private var end: UInt64
  /// What an ended run of the same plan noted; empty for a new one.
  let records: [[UInt8]]
  /// Where each of them begins.
  private let starts: [UInt64]

  init(path: String, run: UnfinishedRun) throws(ArchiveError) {
    file = try ArchiveFile(path: path, mode: run.isResumed ? .resume : .create)
    let size = try file.size()
    var found: [[UInt8]] = []
    var starts: [UInt64] = []
    var position = UInt64(Self.magic.count)
    if size >= position, try file.read(at: 0, count: Self.magic.count) == Self.magic {
      while let (record, next) = try Self.record(at: position, size: size, in: file) {
        found.append(record)
        starts.append(position)
        position = next
      }
    }
    if let plan = found.first {
      guard plan == run.plan else { throw ArchiveError(path: path, fault: .anotherPlan) }
      records = Array(found.dropFirst())
      self.starts = Array(starts.dropFirst())
      end = position
      try file.truncate(to: position)
    } else {
      records = []
      self.starts = []
      end = 0
      try file.truncate(to: 0)
      try file.write(Self.magic, at: 0)
      end = UInt64(Self.magic.count)
      try append(run.plan)
    }
  }

  /// Forgets all but the first `count` of `records`.
  func keep(_ count: Int) throws(ArchiveError) {
    guard count < starts.count else { return }
    end = starts[count]
    try file.truncate(to: end)
  }

  /// Writes a record; it is on the disk when the call returns.
  func append(_ record: [UInt8]) throws(ArchiveError) {
    var bytes = ByteFields()
    bytes.append(UInt64(record.count))
    bytes.append(ContentHash.value(of: record))
    try file.write(bytes.bytes + record, at: end)
    try file.synchronize()
    end += UInt64(16 + record.count)
  }

  /// Nil where the bytes are no whole record.
  private static func record(
    at position: UInt64, size: UInt64, in file: ArchiveFile
  ) throws(ArchiveError) -> ([UInt8], UInt64)? {
    guard size - position >= 16 else { return nil }
    var head = ByteFields(try file.read(at: position, count: 16))
    guard let count = head.next(), let hash = head.next(), count <= UInt64(recordLimitBytes),
      count <= size - position - 16
    else { return nil }
    let record = try file.read(at: position + 16, count: Int(count))
    guard ContentHash.value(of: record) == hash else { return nil }
    return (record, position + 16 + count)
  }
}

/// Whole numbers of eight bytes one after the other, the lowest byte first.
struct ByteFields {
  private(set) var bytes: [UInt8] = []
  private var position = 0

  init(_ bytes: [UInt8] = []) { self.bytes = bytes }

  mutating func append(_ number: UInt64) {
    for shift in stride(from: UInt64(0), to: 64, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: number >> shift))
    }
  }

  /// Nil at the end.
  mutating func next() -> UInt64? {
    guard bytes.count - position >= 8 else { return nil }
    var number: UInt64 = 0
    for index in (position..<position + 8).reversed() {
      number = number << 8 | UInt64(bytes[index])
    }
    position += 8
    return number
  }
}
