import Formats
import Foundation
import Geometry
import Testing

/// The client and the built program, over its pipe.
@Suite struct EndToEndTests {
  private let scratch: Scratch
  private var options: SourceOptions { SourceOptions(exchangeExecutable: exchangeProgram) }

  init() throws { scratch = try Scratch() }

  private func maker() -> ShapefileMaker {
    var maker = ShapefileMaker()
    maker.fields = [.init(name: Array("ID".utf8), type: "C", width: 5)]
    for row in 0..<2000 {
      maker.polygons.append(ShapefileMaker.square(Double(row)))
      maker.rows.append([Array("\(row)".utf8)])
    }
    return maker
  }

  @Test("a Shapefile arrives whole")
  func wholeFile() throws {
    var source = try SourceFile.open(try maker().write(to: scratch.path), options: options)
    var ids: [String] = []
    while let item = try source.next() {
      guard case .record(let record) = item, record.geometry != nil else {
        Issue.record("\(item)")
        return
      }
      ids.append(record.values[0].description)
    }
    #expect(ids == (0..<2000).map(String.init))
  }

  @Test("a truncated Shapefile is one clear sentence", arguments: ["shp", "shx", "dbf"])
  func truncated(ending: String) throws {
    let maker = maker()
    let path = try maker.write(to: scratch.path)
    let whole = ending == "shp" ? maker.shp : ending == "shx" ? maker.shx : maker.dbf
    _ = try scratch.file("t.\(ending)", Array(whole.prefix(whole.count / 2)))
    let error = #expect(throws: FormatError.self) { try SourceFile.open(path, options: options) }
    #expect(error?.fault == .truncated)
    #expect(error?.reason.contains(".\(ending)") == true)
    #expect(error?.description.hasSuffix("deliver the file again.") == true)
  }

  @Test("the layers of a file are named")
  func layers() throws {
    let path = try maker().write(to: scratch.path, name: "町丁目界")
    #expect(try ExchangeClient.layers(of: path, options: options) == ["町丁目界"])
  }

  @Test("an owner that lets go in the middle leaves no process behind")
  func lettingGo() throws {
    let path = try maker().write(to: scratch.path)
    for _ in 0..<5 {
      let client = try ExchangeClient(path: path, options: options)
      _ = try client.next()
    }
    // Every child was waited for: none is left to this process.
    let children = try FileManager.default.contentsOfDirectory(atPath: "/proc").filter {
      Int($0) != nil
    }
    let mine = ProcessInfo.processInfo.processIdentifier
    for child in children {
      guard let status = try? String(contentsOfFile: "/proc/\(child)/stat", encoding: .utf8),
        status.contains("(machizu-exchang"), let rest = status.split(separator: ")").last
      else { continue }
      let fields = rest.split(separator: " ")
      #expect(!(fields[1] == "\(mine)" && fields[0] == "Z"), "a zombie \(child)")
    }
  }

  @Test("the program limits its own address space and processor time")
  func limits() throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: exchangeProgram)
    // A pipe that nobody reads keeps the program waiting while its limits are read.
    process.arguments = ["read", try maker().write(to: scratch.path)]
    process.standardOutput = Pipe()
    process.standardError = FileHandle.nullDevice
    try process.run()
    defer {
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
    }
    var limits = ""
    for _ in 0..<100 {
      limits =
        (try? String(contentsOfFile: "/proc/\(process.processIdentifier)/limits", encoding: .utf8))
        ?? ""
      if limits.contains("2147483648") { break }
      Thread.sleep(forTimeInterval: 0.05)
    }
    #expect(limits.contains("2147483648"))
    #expect(
      limits.split(separator: "\n").contains { $0.hasPrefix("Max cpu time") && $0.contains("600") })
  }
}

/// The real files beside the repository.
@Suite(.enabled(if: sharedData != nil, "the folder ../shared/data is absent"))
struct RealFilesTests {
  private let options = SourceOptions(exchangeExecutable: exchangeProgram)

  private func shapefiles(_ folder: String) throws -> [String] {
    let root = try #require(sharedData)
    return try FileManager.default.subpathsOfDirectory(atPath: "\(root)/\(folder)")
      .filter { $0.hasSuffix(".shp") }.sorted().map { "\(root)/\(folder)/\($0)" }
  }

  /// The obvious count: the index holds eight bytes a shape.
  private func indexCount(_ shp: String) throws -> Int {
    let index = shp.dropLast(3) + "shx"
    let size = try FileManager.default.attributesOfItem(atPath: String(index))[.size] as? Int
    return (try #require(size) - 100) / 8
  }

  @Test("every Shapefile of the town is read with every row, and its text is right")
  func yaizu() throws {
    let paths = try shapefiles("yaizu")
    #expect(paths.count >= 85)
    var codes: [Int: Int] = [:]
    var damaged = 0
    var characters = ""
    for path in paths {
      let client = try ExchangeClient(path: path, options: options)
      var count = 0
      while let item = try client.next() {
        count += 1
        guard case .record(let record) = item else {
          Issue.record("\(item)")
          continue
        }
        damaged += record.damages.isEmpty ? 0 : 1
        for (column, value) in record.values.enumerated() {
          guard case .text(let text) = value else { continue }
          if text.unicodeScalars.contains("\u{FFFD}") {
            #expect(record.damages.contains { $0.column == column })
          }
          #expect(!text.unicodeScalars.contains("\u{301C}"), "\(path) \(text)")
          characters += text.filter { "～①﨑㈱".contains($0) }
        }
      }
      #expect(count == (try indexCount(path)), "\(path)")
      if let code = client.header.reference?.epsg { codes[code, default: 0] += 1 }
    }
    #expect(codes.values.reduce(0, +) == paths.count)
    #expect(Set(codes.keys) == [2450, 4326, 4612, 6668])
    // Flood history of 2006 and 2011: values cut at the field's width.
    #expect(damaged >= 3)
    #expect(characters.contains("～"))
  }

  @Test("a null shape stays a row")
  func nullShape() throws {
    let root = try #require(sharedData)
    let client = try ExchangeClient(
      path: "\(root)/yaizu/浸水履歴_平成13年/浸水履歴_平成13年.shp", options: options)
    var places = 0
    var rows = 0
    while case .record(let record)? = try client.next() {
      rows += 1
      places += record.geometry == nil ? 0 : 1
    }
    #expect(rows == 219)
    #expect(places == 218)
  }

  @Test("GeoPackage layers agree with the Shapefiles they were made from")
  func geoPackageTwin() throws {
    let root = try #require(sharedData)
    let path = "\(root)/derived/yaizu_layers.gpkg"
    let names = try ExchangeClient.layers(of: path, options: options)
    #expect(names.count == 17)
    var layer = options
    layer.layer = "商業地域"
    let package = try ExchangeClient(path: path, options: layer)
    let file = try ExchangeClient(
      path: "\(root)/yaizu/都市計画図_商業地域/商業地域.shp", options: options)
    #expect(package.header.reference?.epsg == 2450)
    #expect(package.header.columns.dropFirst().map(\.name) == file.header.columns.map(\.name))
    while case .record(let expected)? = try file.next() {
      guard case .record(let found)? = try package.next() else {
        Issue.record("the GeoPackage ends before row \(expected.place.row)")
        return
      }
      // A GeoPackage layer may declare multi-polygons where the Shapefile has single ones.
      #expect(found.geometry?.vertices == expected.geometry?.vertices)
      #expect(Array(found.values.dropFirst()) == expected.values)
    }
    #expect(try package.next() == nil)
  }

  @Test(
    "archives, curves, heights and broken files come out as expected",
    arguments: [
      ("odd/pyshp/blockgroups.zip", 663), ("odd/pyshp/corrupt_too_long.shp", 10),
      ("odd/gpkg-pyogrio/curve.gpkg", 1), ("odd/gpkg-pyogrio/multisurface.gpkg", 1),
      ("odd/gpkg-pyogrio/line_zm.gpkg", 1), ("odd/gpkg-sf/nospatial.gpkg", 1),
      ("odd/shapefile-rs/multipatch.shp", 1), ("odd/shapefile-rs/pointz.shp", 2),
      ("odd/fgb/countries.fgb", 179), ("odd/fgb/unknown_feature_count.fgb", 1),
      ("odd/fgb/empty.fgb", 0),
      ("odd/mbostock-shapefile/null.shp", 9), ("derived/chino_lots_zone8.dxf", 217),
      ("odd/pyshp/blockgroups_multishapefile.zip", nil), ("odd/pyshp/empty_zipfile.zip", nil),
      ("odd/fgb/topp_states.fgb", nil), ("odd/shapefile-rs/file_cp936.shp", nil),
      ("plateau/numazu-shi/udx/urf/523857_urf_6668_op.gml", nil),
    ])
  func otherFiles(name: String, rows: Int?) throws {
    let path = "\(try #require(sharedData))/\(name)"
    guard let rows else {
      #expect(throws: FormatError.self) { try ExchangeClient(path: path, options: options) }
      return
    }
    let client = try ExchangeClient(path: path, options: options)
    var count = 0
    while case .record(let record)? = try client.next() {
      count += 1
      if client.header.geometry != .none, !name.contains("null") { #expect(record.geometry != nil) }
    }
    #expect(count == rows)
  }
}

extension Shape {
  var vertices: [Point<S>] {
    var points: [Point<S>] = []
    forEachPoint { points.append($0) }
    return points
  }
}
