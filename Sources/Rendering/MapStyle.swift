public import Features
public import Lettering
public import Styling
internal import Symbols

/// A map as it is drawn: a style document with its fonts and symbols.
///
/// Immutable and shared by all workers.
public struct MapStyle: Sendable {
  /// Raise it with every change that alters pixels: it is part of every cache key.
  public static let rendererVersion = 6

  public let document: StyleDocument
  public let fonts: FontSet
  public let symbols: SymbolSet
  /// Of the document, the symbols and the fonts.
  public let hash: UInt64

  public init(
    _ document: StyleDocument, documentBytes: [UInt8], fonts: FontSet, symbols: SymbolSet
  ) {
    self.document = document
    self.fonts = fonts
    self.symbols = symbols
    var hash = FixedHash()
    hash.add(documentBytes)
    hash.add(symbols.hash)
    hash.add(fonts.fontsHash)
    hash.add(UInt64(Self.rendererVersion))
    self.hash = hash.value
  }

  public var id: String { document.id }

  /// The ids of the layers that are drawn when none are named.
  public var initialLayers: Set<String> {
    Set(document.layers.filter(\.isVisibleAtFirst).compactMap(\.sourceLayer))
  }
}

/// What is asked of a map besides the place: it is part of every cache key.
public struct MapSelection: Sendable, Hashable {
  /// The layers to draw; nil for those that the style shows at first.
  public var layers: Set<String>?
  public var language: Language

  public init(layers: Set<String>? = nil, language: Language = .japanese) {
    self.layers = layers
    self.language = language
  }
}

/// Symbols by their names: SVG or PNG files by stem.
public struct SymbolSet: Sendable {
  let symbols: [String: Symbol]
  let hash: UInt64

  public static let empty = SymbolSet(symbols: [:], hash: 0)

  /// - Parameter files: the bytes of SVG files by stem.
  public init(files: [String: [UInt8]]) throws(RenderError) {
    var symbols: [String: Symbol] = [:]
    var hash = FixedHash()
    for (name, bytes) in files.sorted(by: { $0.key < $1.key }) {
      do {
        symbols[name] = try Symbol(parsing: bytes)
      } catch {
        throw .symbol(name: name, reason: error.description)
      }
      hash.add(Array(name.utf8))
      hash.add(bytes)
    }
    self.init(symbols: symbols, hash: hash.value)
  }

  private init(symbols: [String: Symbol], hash: UInt64) {
    self.symbols = symbols
    self.hash = hash
  }

  public var names: Set<String> { Set(symbols.keys) }

  /// The longer side of a symbol in pixels; 0 where there is none of that name.
  func longerSide(of name: String) -> Double {
    symbols[name].map { max($0.width, $0.height) } ?? 0
  }

  /// The longest side of any symbol, pixels.
  var longestSide: Double {
    symbols.values.reduce(0) { max($0, $1.width, $1.height) }
  }
}

/// A 64-bit hash that is the same in every process and on every machine: FNV-1a with a final mix.
public struct FixedHash: Sendable {
  private var state: UInt64 = 0xCBF2_9CE4_8422_2325

  public init() {}

  public mutating func add(_ byte: UInt8) {
    state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
  }

  public mutating func add(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { add(byte) }
    add(UInt8(0xFF))
  }

  /// The same as for any sequence, without a call for each byte: whole tiles go through here.
  public mutating func add(_ bytes: [UInt8]) {
    var hash = state
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    state = hash
    add(UInt8(0xFF))
  }

  /// The same as for any sequence.
  public mutating func add(_ bytes: String.UTF8View) {
    let bytes = bytes.span
    var hash = state
    for index in bytes.indices {
      hash = (hash ^ UInt64(bytes[index])) &* 0x0000_0100_0000_01B3
    }
    state = hash
    add(UInt8(0xFF))
  }

  public mutating func add(_ word: UInt64) {
    for shift in stride(from: UInt64(0), to: 64, by: 8) {
      add(UInt8(truncatingIfNeeded: word >> shift))
    }
  }

  public var value: UInt64 {
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
