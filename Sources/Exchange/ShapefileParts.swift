internal import Formats

/// The files that make up a Shapefile, found whatever the case of their endings.
struct ShapefileParts {
  let shp: String
  let shx: String?
  let dbf: String?
  let prj: String?
  let cpg: String?

  /// - Parameter path: the .shp, in the library's virtual file system.
  init(path: String) {
    let slash = path.lastIndex(of: "/")
    let folder = slash.map { String(path[..<$0]) } ?? "."
    let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
    let stem = name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name
    let neighbours = VirtualFile.names(in: folder.isEmpty ? "/" : folder)
    func part(_ ending: String) -> String? {
      let found = neighbours.first { neighbour in
        guard let dot = neighbour.lastIndex(of: ".") else { return false }
        return neighbour[..<dot] == stem
          && neighbour[neighbour.index(after: dot)...].lowercased() == ending
      }
      return found.map { slash == nil ? $0 : "\(folder)/\($0)" }
    }
    shp = path
    shx = part("shx")
    dbf = part("dbf")
    prj = part("prj")
    cpg = part("cpg")
  }

  /// The text of a small companion file, without a byte-order mark; nil when absent or empty.
  static func text(_ path: String?) -> String? {
    guard let path, let file = VirtualFile(path: path) else { return nil }
    let text = String(decoding: file.read(at: 0, count: 64 << 10), as: UTF8.self)
    let trimmed = text.drop { $0 == "\u{FEFF}" || $0.isWhitespace }
    return trimmed.isEmpty ? nil : String(trimmed)
  }

  private static func bigEndian(_ bytes: [UInt8], _ offset: Int) -> Int {
    (0..<4).reduce(0) { $0 << 8 | Int(bytes[offset + $1]) }
  }

  /// How many shapes there are.
  ///
  /// - Throws: when the .shp or .shx ends before what it announces, or when they are no Shapefile.
  func shapeCount(shownAs source: String, warnings: inout [String]) throws(FormatError) -> Int {
    let (main, mainBytes) = try Self.open(shp, ".shp", source)
    if main.byteCount > mainBytes {
      warnings.append(
        "the .shp has \(main.byteCount - mainBytes) bytes after its announced end, which are not read"
      )
    }
    guard let shx else { return try Self.chain(main, end: mainBytes, source).count }
    let (index, indexBytes) = try Self.open(shx, ".shx", source)
    let count = (indexBytes - 100) / 8
    var row = 0
    while row < count {
      let block = index.read(at: 100 + row * 8, count: min(8192, count - row) * 8)
      guard block.count >= 8 else { break }
      for at in stride(from: 0, to: block.count - 7, by: 8) {
        let start = Self.bigEndian(block, at) * 2
        let length = Self.bigEndian(block, at + 4) * 2
        row += 1
        guard start + 8 + length <= main.byteCount else {
          throw FormatError(
            .truncated, file: source, row: row,
            reason:
              "the .shx places this shape at bytes \(start) to \(start + 8 + length), the .shp "
              + "has \(main.byteCount); deliver the file again")
        }
      }
    }
    return count
  }

  /// Opens a .shp or .shx and compares its size with the one in its header.
  private static func open(
    _ path: String, _ ending: String, _ source: String
  ) throws(FormatError) -> (VirtualFile, announcedBytes: Int) {
    guard let file = VirtualFile(path: path) else {
      throw FormatError(.unreadable, file: source, reason: "its \(ending) cannot be read")
    }
    let head = file.read(at: 0, count: 100)
    guard head.count == 100 else {
      throw FormatError(
        .truncated, file: source,
        reason: "its \(ending) has \(file.byteCount) bytes, the header alone takes 100")
    }
    guard bigEndian(head, 0) == 9994 else {
      throw FormatError(.malformed, file: source, reason: "its \(ending) does not begin as one")
    }
    let announced = bigEndian(head, 24) * 2
    guard announced >= 100 else {
      throw FormatError(
        .malformed, file: source, reason: "its \(ending) announces \(announced) bytes")
    }
    guard file.byteCount >= announced else {
      throw FormatError(
        .truncated, file: source,
        reason: "its \(ending) announces \(announced) bytes and has \(file.byteCount); deliver the "
          + "file again")
    }
    return (file, announced)
  }

  /// Where the shapes of a .shp lie, read from record to record: the content of a lost .shx.
  private static func chain(
    _ main: VirtualFile, end: Int, _ source: String
  ) throws(FormatError) -> [(start: Int, length: Int)] {
    var places: [(start: Int, length: Int)] = []
    var at = 100
    while at < end {
      let head = main.read(at: at, count: 8)
      guard head.count == 8, at + 8 + bigEndian(head, 4) * 2 <= end else {
        throw FormatError(
          .truncated, file: source, row: places.count + 1,
          reason: "the .shp ends inside this shape; deliver the file again")
      }
      let length = bigEndian(head, 4) * 2
      places.append((at, length))
      at += 8 + length
    }
    return places
  }

  /// The bytes of the .shx that belongs to a .shp without one.
  static func index(of shp: String, shownAs source: String) throws(FormatError) -> [UInt8] {
    let (main, end) = try open(shp, ".shp", source)
    let places = try chain(main, end: end, source)
    var bytes = main.read(at: 0, count: 100)
    func put(_ value: Int, at offset: Int?) {
      for index in 0..<4 {
        let byte = UInt8(truncatingIfNeeded: value >> (24 - 8 * index))
        if let offset { bytes[offset + index] = byte } else { bytes.append(byte) }
      }
    }
    put((100 + 8 * places.count) / 2, at: 24)
    for place in places {
      put(place.start / 2, at: nil)
      put(place.length / 2, at: nil)
    }
    return bytes
  }
}
