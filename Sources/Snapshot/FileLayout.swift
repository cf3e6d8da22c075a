internal import Geometry
internal import SpatialIndex

/// The file under construction: sections one after another, aligned, with their table in the header.
struct FileLayout {
  var header = [UInt64](repeating: 0, count: SnapshotFormat.headerWords)
  var bytes = [UInt8](repeating: 0, count: SnapshotFormat.headerWords * 8)
  private var open: SnapshotFormat.Section?

  mutating func begin(_ section: SnapshotFormat.Section) {
    close()
    Self.pad(&bytes, to: SnapshotFormat.alignment)
    open = section
    header[SnapshotFormat.HeaderWord.sections + 2 * section.rawValue] = UInt64(bytes.count)
  }

  private mutating func close() {
    guard let open else { return }
    let place = SnapshotFormat.HeaderWord.sections + 2 * open.rawValue
    header[place + 1] = UInt64(bytes.count) - header[place]
  }

  mutating func append(_ word: UInt64) { Self.append(word, to: &bytes) }

  mutating func append(_ node: IndexNode) {
    for lanes in [node.minX, node.minY, node.maxX, node.maxY] {
      for lane in 0..<PackedRTree.nodeSize {
        Self.append(UInt32(bitPattern: lanes[lane]), to: &bytes)
      }
    }
  }

  mutating func setBounds(_ boxes: some Sequence<GridBox>, at word: Int) {
    var box = GridBox.empty
    for other in boxes { box.formUnion(other) }
    header[word] = UInt64(bitPattern: box.minX)
    header[word + 1] = UInt64(bitPattern: box.minY)
    header[word + 2] = UInt64(bitPattern: box.maxX)
    header[word + 3] = UInt64(bitPattern: box.maxY)
  }

  consuming func finish() -> [UInt8] {
    begin(.checksums)
    let start = SnapshotFormat.headerWords * 8
    let end = bytes.count
    var checksums: [UInt64] = []
    unsafe bytes.withUnsafeBytes { bytes in
      for page in 0..<PageChecks.pageCount(end) {
        let first = max(page << SnapshotFormat.pageBits, start)
        let last = min((page + 1) << SnapshotFormat.pageBits, end)
        checksums.append(
          unsafe SnapshotFormat.checksum(
            page: UnsafeRawBufferPointer(rebasing: bytes[first..<max(first, last)])))
      }
    }
    for checksum in checksums { append(checksum) }
    close()
    header[SnapshotFormat.HeaderWord.magic] = SnapshotFormat.magic
    header[SnapshotFormat.HeaderWord.version] = UInt64(SnapshotFormat.version)
    header[SnapshotFormat.HeaderWord.fileBytes] = UInt64(bytes.count)
    header[SnapshotFormat.HeaderWord.contents] = SnapshotFormat.checksum(checksums)
    header[SnapshotFormat.HeaderWord.checksum] = 0
    header[SnapshotFormat.HeaderWord.checksum] = SnapshotFormat.checksum(header)
    for (index, word) in header.enumerated() {
      for byte in 0..<8 {
        bytes[8 * index + byte] = UInt8(truncatingIfNeeded: word >> UInt64(8 * byte))
      }
    }
    return bytes
  }

  static func append(_ word: UInt64, to bytes: inout [UInt8]) {
    unsafe withUnsafeBytes(of: word.littleEndian) { unsafe bytes.append(contentsOf: $0) }
  }

  static func append(_ word: UInt32, to bytes: inout [UInt8]) {
    unsafe withUnsafeBytes(of: word.littleEndian) { unsafe bytes.append(contentsOf: $0) }
  }

  static func pad(_ bytes: inout [UInt8], to alignment: Int) {
    while bytes.count % alignment != 0 { bytes.append(0) }
  }
}
