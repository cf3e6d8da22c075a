import Foundation
import Raster
import Symbols
import Testing

@Suite("The symbols that ship")
struct ShippedSymbolTests {
  static let folder = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Styles/symbols")

  static func image(_ name: String, sizePixels: Double? = nil, scale: Double = 1) throws -> Pixmap {
    let data = try Data(contentsOf: folder.appendingPathComponent("\(name).svg"))
    let symbol = try Symbol(parsing: [UInt8](data))
    var rasterizer = Rasterizer()
    return symbol.image(
      sizePixels: sizePixels ?? max(symbol.width, symbol.height), scale: scale, using: &rasterizer)
  }

  /// What a town's map needs, by the names that styles use.
  static let names = """
    garbage garbage-idle mirror-single mirror-double light-led light-other shelter hazard-flood
    hazard-landslide hazard-surge hazard-earthquake hazard-tsunami hazard-fire hazard-inland-flood
    hazard-volcano city-hall branch-office community-hall library school-primary school-junior
    school-high nursery fire-station fire-brigade police koban post hospital health welfare gymnasium
    toilet parking wifi aed hydrant water-tank bus-stop station shrine temple treatment-plant flood
    slope quake wind snow fire triangulation benchmark gnss traverse stake shield-national
    shield-prefectural
    """.split(whereSeparator: \.isWhitespace).map(String.init)

  @Test("are all there and fill most of their square", arguments: names)
  func complete(name: String) throws {
    let image = try Self.image(name, sizePixels: 16)
    #expect(image.width == 16 && image.height == 16)
    let rows = (0..<16).filter { y in (0..<16).contains { image[$0, y].w > 100 } }
    #expect((rows.last ?? 0) - (rows.first ?? 0) >= 8, "\(rows)")
  }

  /// A hazard and a disaster of one kind have one sign.
  static let sameSign: Set<Set<String>> = [
    ["fire", "hazard-fire"], ["quake", "hazard-earthquake"],
  ]

  @Test("differ from one another at ten pixels, each pair by at least four pixels' worth of colour")
  func distinct() throws {
    let images = try Self.names.map { try Self.image($0, sizePixels: 10) }
    for (first, image) in images.enumerated() {
      for second in 0..<first
      where !Self.sameSign.contains([Self.names[first], Self.names[second]]) {
        let difference = zip(image.bytes, images[second].bytes).reduce(0) {
          $0 + abs(Int($1.0) - Int($1.1))
        }
        #expect(difference >= 4 * 255, "\(Self.names[first]) and \(Self.names[second])")
      }
    }
  }
}

@Suite("Hatches")
struct HatchTests {
  /// By which steps a hatch repeats itself inside its own picture, beyond its edges.
  enum Symmetry: Sendable {
    case shift(x: Int, y: Int)
    /// Half a width to the side and upside down.
    case glide
    case transposed
  }

  static let forms: [(name: String, symmetry: Symmetry)] = [
    ("45", .shift(x: 1, y: -1)), ("135", .shift(x: 1, y: 1)), ("cross", .transposed),
    ("vertical", .shift(x: 0, y: 1)), ("horizontal", .shift(x: 1, y: 0)), ("grid", .transposed),
    ("waves", .glide), ("dots", .shift(x: 0, y: 0)),
  ]

  /// Hatches of disasters and the forms that they have: kinds differ without their colours.
  static let kinds: [(name: String, form: String)] = [
    ("water", "waves-1"), ("slope", "135-1"), ("earthquake", "cross-1"), ("wind", "dots-1"),
    ("snow", "vertical-1"), ("fire", "45-2"), ("other", "45-1"),
  ]

  private func alpha(_ image: Pixmap, _ x: Int, _ y: Int) -> Int {
    let (w, h) = (image.width, image.height)
    return Int(image[((x % w) + w) % w, ((y % h) + h) % h].w)
  }

  @Test("run on over the edges of their pictures", arguments: forms, [1.0, 2.0])
  func seamless(form: (name: String, symmetry: Symmetry), scale: Double) throws {
    for density in 1...2 {
      let image = try ShippedSymbolTests.image("hatch-\(form.name)-\(density)", scale: scale)
      for y in 0..<image.height {
        for x in 0..<image.width {
          let same =
            switch form.symmetry {
            case .shift(0, 0): alpha(image, x + image.width / 2, y + image.height / 2)
            case .shift(let dx, let dy): alpha(image, x + dx, y + dy)
            case .glide: alpha(image, x + image.width / 2, image.height - 1 - y)
            case .transposed: alpha(image, y, x)
            }
          #expect(
            abs(same - alpha(image, x, y)) <= 2, "hatch-\(form.name)-\(density) at \(x), \(y)")
        }
      }
    }
  }

  @Test("have two densities, the second with at least a quarter more ink", arguments: forms)
  func densities(form: (name: String, symmetry: Symmetry)) throws {
    let shares = try (1...2).map { density in
      let image = try ShippedSymbolTests.image("hatch-\(form.name)-\(density)")
      let ink = (0..<image.height).reduce(0) { sum, y in
        (0..<image.width).reduce(sum) { $0 + alpha(image, $1, y) }
      }
      return Double(ink) / Double(255 * image.width * image.height)
    }
    #expect(shares[0] > 0.05 && shares[1] < 0.6)
    #expect(shares[1] > 1.25 * shares[0], "\(shares)")
  }

  @Test("of disasters have the form of their kind", arguments: kinds)
  func disasters(kind: (name: String, form: String)) throws {
    let own = try ShippedSymbolTests.image("hatch-\(kind.name)")
    let form = try ShippedSymbolTests.image("hatch-\(kind.form)")
    #expect(own.width == form.width && own.height == form.height)
    for y in 0..<own.height {
      for x in 0..<own.width { #expect(alpha(own, x, y) == alpha(form, x, y)) }
    }
  }
}
