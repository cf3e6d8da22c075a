import Foundation
import Geometry
import Projection
import Testing

@Suite("The grid file of the Tokyo datum")
struct DatumGridTests {
  private static let grids = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "shared/data/grids").path
  private static let isThere = FileManager.default.fileExists(atPath: grids + "/TKY2JGD.tif")
  private let tokyo = ReferenceSystem(epsg: 4301)
  private let modern = ReferenceSystem(epsg: 4612)

  /// Source: the Geospatial Information Authority's TKY2JGD service.
  @Test("the authority's check value comes out to 0.1 mm, both ways", .enabled(if: isThere))
  func checkValue() throws {
    let forth = try Reprojection(from: tokyo, to: modern, gridFolder: Self.grids)
    #expect(forth.usesDatumGrid)
    let old = Point<Native>(x: 140.026224, y: 38.546789)
    let new: Point<Native> = try #require(forth.forward(old))
    #expect(abs(new.x - 140.0228535294) < 1e-9 && abs(new.y - 38.5497034780) < 1e-9)
    let back = try Reprojection(from: modern, to: tokyo, gridFolder: Self.grids)
    let again: Point<Native> = try #require(back.forward(new))
    #expect(abs(again.x - old.x) < 1e-9 && abs(again.y - old.y) < 1e-9)
  }

  @Test("the way through the planes agrees with the way through degrees", .enabled(if: isThere))
  func planes() throws {
    let plane = try Reprojection(
      from: ReferenceSystem(epsg: 30_169), to: ReferenceSystem(epsg: 2451), gridFolder: Self.grids)
    let place = Point<Native>(x: 99_000, y: -77_000)
    let direct: Point<Native> = try #require(plane.forward(place))
    let a = try Reprojection(from: ReferenceSystem(epsg: 30_169), to: tokyo)
    let b = try Reprojection(from: tokyo, to: modern, gridFolder: Self.grids)
    let c = try Reprojection(from: modern, to: ReferenceSystem(epsg: 2451))
    let first: Point<Native> = try #require(a.forward(place))
    let second: Point<Native> = try #require(b.forward(first))
    let third: Point<Native> = try #require(c.forward(second))
    #expect(abs(direct.x - third.x) < 1e-4 && abs(direct.y - third.y) < 1e-4)
  }

  @Test("a place beyond the grid, or a folder without it, takes the way without a grid")
  func beyond() throws {
    let plain = try Reprojection(from: tokyo, to: modern)
    #expect(!plain.usesDatumGrid)
    #expect(plain.accuracyMetres.map { $0 > 0 && $0 < 100 } == true)
    let empty = try Reprojection(
      from: tokyo, to: modern, gridFolder: NSTemporaryDirectory() + "no-such-folder")
    #expect(!empty.usesDatumGrid)
    guard Self.isThere else { return }
    let grid = try Reprojection(from: tokyo, to: modern, gridFolder: Self.grids)
    let sea = Point<Native>(x: 160, y: 20)
    let expected: Point<Native>? = plain.forward(sea)
    #expect(grid.forward(sea) as Point<Native>? == expected)
  }
}
