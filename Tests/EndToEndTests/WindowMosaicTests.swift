import Foundation
import TestSupport
import Testing

/// Windows of any place, zoom, size and density: as many as `MACHIZU_WINDOWS` says over both towns (16
/// if it says nothing; `tools/soak` takes 200).
@Suite("Random windows equal the mosaic of their tiles")
struct WindowMosaicTests {
  private static var wanted: Int {
    ProcessInfo.processInfo.environment["MACHIZU_WINDOWS"].flatMap { Int($0) } ?? 16
  }

  /// Reproducible: a window that differs can be drawn again.
  private struct Numbers: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      var word = state
      word ^= word >> 33
      word &*= 0xFF51_AFD7_ED55_8CCD
      return word ^ word >> 33
    }
  }

  /// A picture in whole pixels of a zoom and density, counted from the world's corner.
  private struct Window {
    let zoom: Int
    let scale: Int
    let left: Int
    let top: Int
    let width: Int
    let height: Int

    /// - Parameters: the degrees between which its middle lies.
    init(
      longitudes: ClosedRange<Double>, latitudes: ClosedRange<Double>, using numbers: inout Numbers
    ) {
      zoom = Int.random(in: 10...19, using: &numbers)
      scale = Int.random(in: 1...2, using: &numbers)
      width = Int.random(in: 40...700, using: &numbers)
      height = Int.random(in: 40...700, using: &numbers)
      let middle = (
        Double.random(in: longitudes, using: &numbers),
        Double.random(in: latitudes, using: &numbers)
      )
      let side = Double(256 * scale)
      left = Int((middle.0 + 180) / 360 * Double(1 << zoom) * side) - width / 2
      top =
        Int((1 - asinh(tan(middle.1 * .pi / 180)) / .pi) / 2 * Double(1 << zoom) * side)
        - height / 2
    }

    var side: Int { 256 * scale }
    var columns: ClosedRange<Int> { left / side...(left + width - 1) / side }
    var rows: ClosedRange<Int> { top / side...(top + height - 1) / side }

    /// Half a pixel inside of the edges, which are rounded outward.
    var box: String {
      let degrees = [
        longitude((Double(left) + 0.5) / Double(side), zoom: zoom),
        latitude((Double(top + height) - 0.5) / Double(side), zoom: zoom),
        longitude((Double(left + width) - 0.5) / Double(side), zoom: zoom),
        latitude((Double(top) + 0.5) / Double(side), zoom: zoom),
      ]
      return degrees.map { "\($0)" }.joined(separator: ",")
    }
  }

  /// - Returns: how many windows showed more than one colour.
  private func compare(
    _ count: Int, seed: UInt64, machizu: Machizu, server: RunningServer, styles: [String],
    longitudes: ClosedRange<Double>, latitudes: ClosedRange<Double>
  ) throws -> Int {
    let folder = try TemporaryFolder("windows")
    var numbers = Numbers(state: seed)
    var coloured = 0
    for number in 0..<count {
      let window = Window(longitudes: longitudes, latitudes: latitudes, using: &numbers)
      let style = styles[number % styles.count]
      let file = folder.path + "/picture.png"
      _ = try machizu.output(
        "render",
        [
          style, "--bbox", window.box, "--zoom", "\(window.zoom)", "--scale", "\(window.scale)",
          "-o", file,
        ])
      let picture = try Picture(file: file)
      let ending = window.scale == 2 ? "@2x.png" : ".png"
      let mosaic = Picture(
        mosaic: try window.rows.map { row in
          let paths = window.columns.map { "/tiles/\(style)/\(window.zoom)/\($0)/\(row)\(ending)" }
          return try server.http.getTogether(paths).map { try Picture(png: $0.body) }
        })
      let cut = mosaic.cropped(
        x: window.left - window.columns.lowerBound * window.side,
        y: window.top - window.rows.lowerBound * window.side, width: window.width,
        height: window.height)
      let difference = picture.difference(from: cut)
      #expect(
        difference == nil,
        "window \(number) of \(style), zoom \(window.zoom) @\(window.scale)x, \(window.box)")
      if !picture.isBlank { coloured += 1 }
    }
    return coloured
  }

  @Test("over the demonstration town, labels and markers on")
  func demonstrationTown() throws {
    let town = try Town.shared()
    let count = (Self.wanted + 1) / 2
    let coloured = try compare(
      count, seed: 2026, machizu: town.machizu, server: town.staff,
      styles: ["general", "roads", "hazard"], longitudes: 140.90...140.95,
      latitudes: 35.285...35.325)
    #expect(coloured > count / 2)
  }

  @Test(
    "over a real city, labels and markers on",
    .enabled(if: Yaizu.isHere, "../shared/data/yaizu is not here"))
  func realCity() throws {
    let yaizu = try Yaizu.shared()
    let server = try yaizu.machizu.serving(["--audience", "staff"])
    let count = Self.wanted / 2
    let coloured = try compare(
      count, seed: 2027, machizu: yaizu.machizu, server: server, styles: ["city"],
      longitudes: 138.27...138.34, latitudes: 34.82...34.90)
    #expect(coloured > count / 2)
    _ = try server.stop()
  }
}
