/// The fonts of a map, in the order in which they stand in for each other.
///
/// Immutable and shared by all threads; each worker makes its own `Letterer` from it.
public struct FontSet: Sendable {
  struct Entry: Sendable {
    let data: FontData
    let metrics: FaceMetrics
  }

  /// Where Debian's package fonts-ipaexfont-gothic puts the default label font.
  public static let standardFolders = ["/usr/share/fonts/opentype/ipaexfont-gothic"]
  /// The font that labels are set in unless a style says otherwise.
  public static let standardName = "IPAexGothic"

  let entries: [Entry]
  /// A hash of the fonts' bytes and order, for the keys of caches that hold drawn text.
  public let fontsHash: UInt64

  /// Loads fonts by their names.
  ///
  /// - Parameters:
  ///   - names: the first is the default, the others stand in for characters that it lacks. A name is
  ///     the PostScript name, the family, family and style, or the file's stem; case, spaces and
  ///     hyphens do not count.
  ///   - folders: searched in this order, before `standardFolders`; their subfolders are not.
  /// - Throws: `LetteringError` if a name is not found or a font is damaged.
  public init(
    names: [String] = [FontSet.standardName], folders: [String] = []
  ) throws(LetteringError) {
    let searched = folders + Self.standardFolders
    let files = searched.flatMap { FontFiles.fonts(in: $0) }
    var loaded: [LoadedFile] = []
    var entries: [Entry] = []
    var hash = ContentHash()
    for name in names {
      let (entry, file) = try Self.find(name, files: files, folders: searched, loaded: &loaded)
      entries.append(entry)
      hash.add(file.hash)
      hash.add(UInt64(entry.data.index))
    }
    guard !entries.isEmpty else { throw LetteringError(.noFonts, subject: "") }
    self.entries = entries
    fontsHash = hash.value
  }

  /// Loads the first face of each file.
  ///
  /// - Throws: `LetteringError` if a file cannot be read or is no complete font.
  public init(files: [String]) throws(LetteringError) {
    var entries: [Entry] = []
    var hash = ContentHash()
    for path in files {
      let file = try LoadedFile(path)
      guard let entry = file.entries.first else { continue }
      entries.append(entry)
      hash.add(file.hash)
      hash.add(0)
    }
    guard !entries.isEmpty else { throw LetteringError(.noFonts, subject: "") }
    self.entries = entries
    fontsHash = hash.value
  }

  /// How many fonts there are, at least one.
  public var count: Int { entries.count }

  /// The PostScript names of the fonts, in order.
  public var names: [String] { entries.map(\.metrics.postScriptName) }

  /// The place of the font with this name, for `TextStyle.font`; nil if it is not in the set.
  public func index(named name: String) -> Int? {
    entries.firstIndex { Self.matches($0, name) }
  }

  private static func find(
    _ name: String, files: [String], folders: [String], loaded: inout [LoadedFile]
  ) throws(LetteringError) -> (Entry, LoadedFile) {
    // Files whose names resemble the font's are opened first: the others need not be read at all.
    let wanted = fold(name)
    let likely = files.filter { fold(stem($0)).hasPrefix(wanted.prefix(5)) }
    for path in likely + files.filter({ !likely.contains($0) }) {
      let file: LoadedFile
      if let known = loaded.first(where: { $0.path == path }) {
        file = known
      } else {
        file = try LoadedFile(path)
        loaded.append(file)
      }
      if let entry = file.entries.first(where: { matches($0, name) }) { return (entry, file) }
    }
    throw LetteringError(.notFound(searchedFolders: folders), subject: name)
  }

  private static func matches(_ entry: Entry, _ name: String) -> Bool {
    let metrics = entry.metrics
    let names = [
      metrics.postScriptName, metrics.family, metrics.family + metrics.style,
      stem(entry.data.file),
    ]
    return names.contains { fold($0) == fold(name) }
  }

  private static func fold(_ name: String) -> String {
    name.lowercased().filter { !" -_".contains($0) }
  }

  private static func stem(_ path: String) -> String {
    let file = path.split(separator: "/").last ?? ""
    return String(file.prefix { $0 != "." })
  }
}

/// A font file that was read and accepted, with all of its faces.
private struct LoadedFile {
  let path: String
  let hash: UInt64
  let entries: [FontSet.Entry]

  init(_ path: String) throws(LetteringError) {
    let bytes = try FontFiles.bytes(of: path)
    let count = try unsafe bytes.withUnsafeBytes { (bytes) throws(LetteringError) in
      try unsafe FontTables.faceCount(of: bytes, file: path)
    }
    var entries: [FontSet.Entry] = []
    for index in 0..<count {
      let data = try FontData(bytes: bytes, index: index, file: path)
      entries.append(.init(data: data, metrics: try OutlineReader.metrics(of: data)))
    }
    var hash = ContentHash()
    hash.add(bytes)
    self.path = path
    self.hash = hash.value
    self.entries = entries
  }
}

/// A 64-bit hash that is the same in every run; not against forgery.
///
/// Source: FNV-1a (Fowler, Noll, Vo) on words of eight bytes instead of single bytes; whole files in four
/// lanes side by side, as each step of one waits for the step before.
struct ContentHash {
  private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

  mutating func add(_ word: UInt64) { value = Self.step(value, word) }

  mutating func add(_ bytes: FontBytes) {
    add(UInt64(bytes.count))
    let start = value
    unsafe bytes.withUnsafeBytes { bytes in
      var lanes = (start, start &+ 1, start &+ 2, start &+ 3)
      var offset = 0
      while offset + 32 <= bytes.count {
        unsafe lanes.0 = Self.step(lanes.0, Self.word(bytes, offset))
        unsafe lanes.1 = Self.step(lanes.1, Self.word(bytes, offset + 8))
        unsafe lanes.2 = Self.step(lanes.2, Self.word(bytes, offset + 16))
        unsafe lanes.3 = Self.step(lanes.3, Self.word(bytes, offset + 24))
        offset += 32
      }
      for lane in [lanes.0, lanes.1, lanes.2, lanes.3] { add(lane) }
      for index in offset..<bytes.count { unsafe add(UInt64(bytes[index])) }
    }
  }

  @unsafe private static func word(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt64 {
    unsafe bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
  }

  private static func step(_ value: UInt64, _ word: UInt64) -> UInt64 {
    let mixed = (value ^ word) &* 0x0000_0100_0000_01b3
    return mixed ^ mixed >> 32
  }
}
