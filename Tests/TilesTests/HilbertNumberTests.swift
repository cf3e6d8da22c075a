import Synchronization
import Testing
import Tiles

@Suite("Tile numbers along the Hilbert curve")
struct HilbertNumberTests {
  @Test(
    "the specification's examples",
    arguments: [
      ("0/0/0", 0), ("1/0/0", 1), ("1/0/1", 2), ("1/1/1", 3), ("1/1/0", 4), ("2/0/0", 5),
      ("12/3423/1763", 19_078_479),
    ] as [(String, UInt64)])
  func examples(text: String, number: UInt64) throws {
    #expect(try #require(TileID(text)).hilbertNumber == number)
  }

  /// The curve of a zoom as places in order: four turned copies of the curve of the zoom above it.
  private func curve(zoom: Int) -> [(x: Int, y: Int)] {
    guard zoom > 0 else { return [(0, 0)] }
    let inner = curve(zoom: zoom - 1)
    let side = 1 << (zoom - 1)
    return inner.map { ($0.y, $0.x) } + inner.map { ($0.x, $0.y + side) }
      + inner.map { ($0.x + side, $0.y + side) }
      + inner.map { (2 * side - 1 - $0.y, side - 1 - $0.x) }
  }

  @Test("numbers agree with the curve's recursive definition", arguments: 0...7)
  func agreesWithRecursion(zoom: Int) throws {
    var number: UInt64 = (0..<zoom).reduce(0) { $0 + (1 << (2 * UInt64($1))) }
    for place in curve(zoom: zoom) {
      let tile = try #require(TileID(zoom: zoom, column: place.x, row: place.y))
      #expect(tile.hilbertNumber == number)
      #expect(TileID(hilbertNumber: number) == tile)
      number += 1
    }
  }

  @Test("numbers lead back to their tiles in all zooms", arguments: 0...20)
  func leadsBack(zoom: Int) throws {
    let last = (1 << zoom) - 1
    for (column, row) in [(0, 0), (last, 0), (0, last), (last, last), (last / 3, last / 7)] {
      let tile = try #require(TileID(zoom: zoom, column: column, row: row))
      #expect(TileID(hilbertNumber: tile.hilbertNumber) == tile)
    }
  }

  @Test("a number beyond the highest zoom is no tile", arguments: [UInt64.max, 1 << 62, 1 << 43])
  func refusesBeyond(number: UInt64) {
    #expect(TileID(hilbertNumber: number) == nil)
  }

  @Test(
    "metatiles cover a range once, in the order of the numbers",
    arguments: ["0/0/0", "1/0-1/0-1", "2/1-3/0-2", "5/3-17/9-30", "9/100-163/255-290"])
  func metatiles(text: String) throws {
    let range = try #require(TileRange(text))
    let expected = range.tiles.sorted { $0.hilbertNumber < $1.hilbertNumber }
    for bits in 0...4 {
      let metatiles = Array(HilbertMetatiles(range, sideBits: bits).map(\.range))
      #expect(metatiles.flatMap(\.tilesAlongCurve) == expected)
      for metatile in metatiles {
        #expect(metatile.columns.lowerBound >> bits == metatile.columns.upperBound >> bits)
        #expect(metatile.rows.lowerBound >> bits == metatile.rows.upperBound >> bits)
      }
    }
  }

  @Test("a square's tiles of a higher zoom have numbers without gaps", arguments: 0...5)
  func square(zoom: Int) throws {
    for (column, row) in [(0, 0), (1 << zoom - 1, 0), ((1 << zoom) / 3, (1 << zoom) / 2)] {
      let tile = try #require(TileID(zoom: zoom, column: column, row: row))
      for bits in 0...3 {
        let side = 1 << bits
        let range = try #require(
          TileRange(
            zoom: zoom + bits, columns: column * side...column * side + side - 1,
            rows: row * side...row * side + side - 1))
        #expect(
          range.tilesAlongCurve.map(\.hilbertNumber) == Array(tile.hilbertNumbers(zoom: range.zoom))
        )
      }
    }
  }

  @Test("squares that are not cut stand among the metatiles, and all tiles keep their order")
  func uncut() throws {
    let range = try #require(TileRange("9/100-163/255-290"))
    let pieces = Array(
      HilbertMetatiles(range, sideBits: 1, isUncut: { $0.zoom >= 6 && $0.column % 3 == 1 })
        .map(\.range))
    #expect(
      pieces.flatMap(\.tilesAlongCurve)
        == range.tiles.sorted { $0.hilbertNumber < $1.hilbertNumber })
    #expect(Set(pieces.map(\.count)).isSuperset(of: [64, 16, 4]))
    for piece in pieces where piece.count > 4 {
      let bits = piece.columns.count.trailingZeroBitCount
      #expect(piece.rows.count == piece.columns.count && piece.columns.count == 1 << bits)
      #expect((piece.columns.lowerBound >> bits) << bits == piece.columns.lowerBound)
      #expect((piece.columns.lowerBound >> bits) % 3 == 1)
    }
  }

  @Test("of a disc's tiles each is given once and in order; squares inside of it are not asked for")
  func share() throws {
    let range = try #require(TileRange("9/100-163/255-290"))
    /// Of the square the corner next to the disc's middle, or the one farthest from it.
    @Sendable func isInside(_ square: TileID, farthest: Bool) -> Bool {
      let side = 1 << (9 - square.zoom)
      func distance(_ place: Int, _ middle: Int) -> Int {
        let (low, high) = (place * side, place * side + side - 1)
        return farthest
          ? max(abs(low - middle), abs(high - middle)) : max(low - middle, middle - high, 0)
      }
      let (x, y) = (distance(square.column, 130), distance(square.row, 270))
      return x * x + y * y <= 144
    }
    let asked = Mutex<[TileID]>([])
    let pieces = Array(
      HilbertMetatiles(
        range, sideBits: 1,
        share: { square in
          asked.withLock { $0.append(square) }
          if isInside(square, farthest: true) { return .all }
          return isInside(square, farthest: false) ? .some : .nothing
        }, isUncut: { _ in true }))
    let found = pieces.flatMap { piece in
      piece.range.tilesAlongCurve.filter { piece.isWhole || isInside($0, farthest: false) }
    }
    #expect(
      found
        == range.tiles.filter { isInside($0, farthest: false) }
        .sorted { $0.hilbertNumber < $1.hilbertNumber })
    #expect(pieces.contains { $0.range.count >= 64 })
    let whole = asked.withLock { $0 }.filter { isInside($0, farthest: true) }
    #expect(
      whole.allSatisfy { inner in
        !whole.contains {
          $0.zoom < inner.zoom && inner.column >> (inner.zoom - $0.zoom) == $0.column
            && inner.row >> (inner.zoom - $0.zoom) == $0.row
        }
      })
  }
}
