internal import Geometry
internal import SpatialIndex

/// The layout of a snapshot file, all numbers little-endian.
///
///     header     64 words of 8 bytes: see `HeaderWord`
///     sections   each at a multiple of 64 bytes, in the order of `Section`
///
/// Items stand in strata: first those that the coarsest zoom band still shows, then those that the
/// next one shows, and so on; so what a band shows is a beginning of the table, and a low zoom reads
/// nothing of what it cannot show. A large stratum is divided by how rare its forms are (`FormRarity`).
/// Within a stratum, or a part of it, they follow the Hilbert curve.
///
/// - `strata`: a tree, 3 words: band, item count, kinds that it holds (bit 0 points, 1 lines, 2 areas);
///   then a word for each column: the codes that it holds, a bit each, or 0 where that is not told.
/// - `nodes`: a packed R-tree a stratum or part of one, coarsest first, over its items' boxes: `IndexNode`
///   as it lies in memory; boxes are in units of 2^shift grid units from the index origin, rounded outward.
/// - `items`: drawable forms, `itemBytes` each: u32 row, u8 kind, u8 shift,
///   u16 audience, i64 originX, i64 originY, u32 width, u32 height, i32 anchorX, i32 anchorY.
/// - `bandOffsets`: a band, finest first, one more offsets (u64) into `geometry` than it shows items.
/// - `geometry`: an item and band, u32 part count, a part u32 vertex count, then (at the
///   next multiple of 8 bytes) i32 x, i32 y a vertex,
///   in units of 2^shift from the item's origin. No bytes: a point at the origin, or a form that is
///   too small for the band.
/// - `rows`: u8 audience a row.
/// - `storeRows`: i64 a row.
/// - `keyOffsets`, `keys`: rows + 1 offsets (u64) into UTF-8 text, rows in key order.
/// - `columns`: a column, 4 words: code width in bytes, code count, start of its codes, start of its
///   dictionary (both in `values`).
/// - `values`: codes a column; a dictionary is code count + 1 offsets (u64, from its own start), then
///   the encoded values.
/// - `checksums`: a checksum (u64) of each `pageBytes` of the file before this section, without the
///   header; the header holds that of these.
enum SnapshotFormat {
  static let magic: UInt64 = 0x3150_414E_535A_4D01
  static let version: UInt32 = 6
  static let headerWords = 64
  static let alignment = 64
  static let itemBytes = 40
  /// What one checksum is for: as much as Linux maps at one fault.
  static let pageBits = 16
  static let pageBytes = 1 << pageBits
  /// Items that say they lie farther than this from the world's corner, or are stored more coarsely,
  /// are damaged; within, arithmetic on places and pixels cannot overflow.
  static let placeLimit: Int64 = 1 << 40
  static let shiftLimit = 8

  enum Section: Int, CaseIterable {
    case strata
    case nodes
    case items
    case bandOffsets
    case geometry
    case rows
    case storeRows
    case keyOffsets
    case keys
    case columns
    case values
    case checksums
  }

  enum HeaderWord {
    static let magic = 0
    static let version = 1
    static let checksum = 2
    static let fileBytes = 3
    static let revision = 4
    static let rowCount = 5
    static let publicRowCount = 6
    static let itemCount = 7
    static let columnCount = 8
    static let indexOriginX = 9
    static let indexOriginY = 10
    static let indexShift = 11
    /// minX, minY, maxX, maxY of all items, then of the public ones, then of those for staff.
    static let bounds = 12
    static let publicBounds = 16
    static let staffBounds = 20
    /// Start and length of each section.
    static let sections = 24
    /// Rows that staff see, the public ones among them.
    static let staffRowCount = 48
    /// The checksum of the section of checksums.
    static let contents = 49
  }

  /// The highest zoom of each band, finest first; the last band serves every zoom below.
  static let bandZooms = [20, 17, 15, 14, 13, 12, 11, 10, 9, 8]

  static func band(forZoom zoom: Int) -> Int {
    var band = 0
    for (index, top) in bandZooms.enumerated() where zoom <= top { band = index }
    return band
  }

  /// The grid to which a band's vertices are snapped, as a power of two: an eighth of a pixel at the
  /// band's highest zoom; the finest band keeps every unit.
  static func snapBits(band: Int) -> Int {
    band == 0 ? 0 : WorldGrid.sideBits - 8 - bandZooms[band] - 3
  }

  /// FNV-1a over words.
  static func checksum(_ words: some Sequence<UInt64>) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for word in words { hash = mixed(hash, word) }
    return hash
  }

  /// Four sums of every fourth word, so that the processor works on them at once, then their own:
  /// no change of a single word goes unnoticed.
  ///
  /// - Parameter page: a multiple of 32 bytes.
  static func checksum(page: UnsafeRawBufferPointer) -> UInt64 {
    var a: UInt64 = 1
    var b: UInt64 = 2
    var c: UInt64 = 3
    var d: UInt64 = 4
    func word(_ place: Int) -> UInt64 {
      unsafe UInt64(littleEndian: page.loadUnaligned(fromByteOffset: place, as: UInt64.self))
    }
    var place = 0
    while place + 32 <= page.count {
      a = mixed(a, word(place))
      b = mixed(b, word(place + 8))
      c = mixed(c, word(place + 16))
      d = mixed(d, word(place + 24))
      place += 32
    }
    return checksum([a, b, c, d])
  }

  @inline(__always)
  private static func mixed(_ hash: UInt64, _ word: UInt64) -> UInt64 {
    let product = (hash ^ word) &* 0x0000_0100_0000_01B3
    return product ^ product >> 29
  }
}
