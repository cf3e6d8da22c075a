/// The first 127 bytes of a PMTiles archive, all numbers little-endian.
///
/// Source: PMTiles specification, version 3, section 3 (header).
public struct PMTilesHeader: Hashable, Sendable {
  /// A part of the file.
  public struct Section: Hashable, Sendable {
    public var offset: UInt64
    public var length: UInt64

    public init(offset: UInt64 = 0, length: UInt64 = 0) {
      self.offset = offset
      self.length = length
    }
  }

  static let byteCount = 127
  /// Header and root directory lie within so many bytes.
  static let frontByteCount = 16_384
  static let png: UInt8 = 2
  static let noCompression: UInt8 = 1
  static let gzip: UInt8 = 2
  private static let magic = Array("PMTiles".utf8)

  public var root = Section()
  public var metadata = Section()
  public var leaves = Section()
  public var tiles = Section()
  public var addressedTileCount: UInt64 = 0
  public var entryCount: UInt64 = 0
  public var contentCount: UInt64 = 0
  public var isClustered = true
  public var internalCompression = Self.gzip
  public var tileCompression = Self.noCompression
  /// 1 vector, 2 PNG, 3 JPEG, 4 WebP, 5 AVIF, 0 another.
  public var tileType = Self.png
  public var zooms: (lowest: UInt8, highest: UInt8) {
    get { (lowestZoom, highestZoom) }
    set { (lowestZoom, highestZoom) = newValue }
  }
  private var lowestZoom: UInt8 = 0
  private var highestZoom: UInt8 = 0
  /// West, south, east, north in 10⁻⁷ degrees.
  public var bounds: [Int32] = [0, 0, 0, 0]
  public var centreZoom: UInt8 = 0
  /// Longitude and latitude in 10⁻⁷ degrees.
  public var centre: [Int32] = [0, 0]

  init() {}

  /// - Parameter bytes: the start of the file.
  init(_ bytes: [UInt8], path: String) throws(ArchiveError) {
    guard bytes.starts(with: Self.magic) else {
      throw ArchiveError(path: path, fault: .notAnArchive)
    }
    guard bytes.count >= Self.byteCount else {
      throw ArchiveError(
        path: path,
        fault: .truncated(
          neededBytes: UInt64(Self.byteCount), foundBytes: UInt64(bytes.count)))
    }
    guard bytes[7] == 3 else {
      throw ArchiveError(path: path, fault: .unsupportedVersion(found: bytes[7]), byteOffset: 7)
    }
    func number(_ position: Int) -> UInt64 {
      bytes[position..<position + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
    func degrees(_ position: Int) -> Int32 {
      Int32(
        bitPattern: bytes[position..<position + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) })
    }
    root = Section(offset: number(8), length: number(16))
    metadata = Section(offset: number(24), length: number(32))
    leaves = Section(offset: number(40), length: number(48))
    tiles = Section(offset: number(56), length: number(64))
    addressedTileCount = number(72)
    entryCount = number(80)
    contentCount = number(88)
    isClustered = bytes[96] == 1
    internalCompression = bytes[97]
    tileCompression = bytes[98]
    tileType = bytes[99]
    lowestZoom = bytes[100]
    highestZoom = bytes[101]
    bounds = [degrees(102), degrees(106), degrees(110), degrees(114)]
    centreZoom = bytes[118]
    centre = [degrees(119), degrees(123)]
    guard internalCompression == Self.noCompression || internalCompression == Self.gzip else {
      throw ArchiveError(
        path: path, fault: .unsupportedCompression(found: internalCompression), byteOffset: 97)
    }
  }

  var bytes: [UInt8] {
    var bytes = Self.magic + [3]
    func append(_ number: UInt64) {
      for shift in stride(from: UInt64(0), to: 64, by: 8) {
        bytes.append(UInt8(truncatingIfNeeded: number >> shift))
      }
    }
    func append(degrees: Int32) {
      for shift in stride(from: Int32(0), to: 32, by: 8) {
        bytes.append(UInt8(truncatingIfNeeded: degrees >> shift))
      }
    }
    for section in [root, metadata, leaves, tiles] {
      append(section.offset)
      append(section.length)
    }
    append(addressedTileCount)
    append(entryCount)
    append(contentCount)
    bytes += [isClustered ? 1 : 0, internalCompression, tileCompression, tileType]
    bytes += [lowestZoom, highestZoom]
    for side in bounds { append(degrees: side) }
    bytes.append(centreZoom)
    for part in centre { append(degrees: part) }
    return bytes
  }
}
