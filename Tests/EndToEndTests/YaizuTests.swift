import JSON
import TestSupport
import Testing

/// A city's real layers, imported once.
struct Yaizu: Sendable {
  struct Expected: Sendable {
    struct File: Sendable {
      let name: String
      let rows: Int
      /// The first vertex of the first place and the last of the last.
      let ends: [SIMD2<Double>]
    }

    let layer: String
    let rows: Int
    let placed: Int
    let files: [File]
    let texts: [String]
  }

  let machizu: Machizu
  let reports: [ImportedLayer]
  let errors: String
  let expected: [Expected]
  let features: [String: [Feature]]
  private let folder: TemporaryFolder

  private init() throws {
    folder = try TemporaryFolder("yaizu")
    let workspace = Repository.root + "/Tests/Workspaces/yaizu"
    machizu = Machizu(workspace: workspace, store: folder.path)
    let run = try machizu("import", ["--json"])
    guard run.status == 0 else { throw TestSupportError("\(run.status): \(run.errors)") }
    errors = run.errors
    reports = try ImportedLayer.all(run.output)
    let document = try JSONParser.parse(try TestFile.read(workspace + "/expected.json"))
    func place(_ value: JSONValue?) -> SIMD2<Double>? {
      guard let x = value?[0]?.double, let y = value?[1]?.double else { return nil }
      return [x, y]
    }
    expected = (document["layers"]?.object ?? []).map { member in
      Expected(
        layer: member.key, rows: Int(member.value["rows"]?.int64 ?? -1),
        placed: Int(member.value["placed"]?.int64 ?? -1),
        files: (member.value["files"]?.array ?? []).map { file in
          Expected.File(
            name: file["file"]?.string ?? "", rows: Int(file["rows"]?.int64 ?? -1),
            ends: [place(file["first"]), place(file["last"])].compactMap { $0 })
        },
        texts: (member.value["texts"]?.array ?? []).compactMap(\.string))
    }
    var features: [String: [Feature]] = [:]
    for layer in expected {
      features[layer.layer] = try machizu.features([layer.layer, "--audience", "restricted"])
    }
    self.features = features
  }

  private static let made = Result { try Yaizu() }
  static func shared() throws -> Yaizu { try made.get() }

  static var isHere: Bool {
    Repository.sharedData.map { TestFile.exists($0 + "/yaizu") } ?? false
  }
}

@Suite(
  "A real city's layers",
  .enabled(
    if: Yaizu.isHere,
    "../shared/data/yaizu is not here, so the real city's layers are not tested"))
struct YaizuTests {
  private let yaizu: Yaizu

  init() throws {
    yaizu = try Yaizu.shared()
  }

  @Test("as many rows of every layer and file are read as an independent reader counts")
  func counts() throws {
    #expect(yaizu.expected.count >= 40 && yaizu.errors.isEmpty)
    #expect(yaizu.reports.map(\.layer).sorted() == yaizu.expected.map(\.layer).sorted())
    for layer in yaizu.expected {
      let report = try #require(yaizu.reports.first { $0.layer == layer.layer })
      #expect(report.read == layer.rows, "\(layer.layer)")
      #expect(report.files.count == layer.files.count, "\(layer.layer)")
      for (file, expected) in zip(report.files, layer.files) {
        #expect(
          file.path.hasSuffix(expected.name) && file.read == expected.rows, "\(expected.name)")
      }
    }
  }

  @Test("every source row is added, or rejected with file, row and reason")
  func accounts() throws {
    for report in yaizu.reports {
      #expect(report.read == report.added + report.rejected, "\(report.layer)")
      #expect(report.rejections.count == report.rejected, "\(report.layer)")
      for row in report.rejections {
        #expect(row.row > 0 && !row.reason.isEmpty && TestFile.exists(path(row.file)))
      }
      #expect(yaizu.features[report.layer]?.count == report.added, "\(report.layer)")
    }
    // One row of a whole city has a cell too many.
    #expect(yaizu.reports.filter { $0.rejected > 0 }.map(\.layer) == ["tourism"])
  }

  @Test("as many rows have a place as an independent reader finds, less the rejected ones")
  func places() throws {
    for layer in yaizu.expected {
      let report = try #require(yaizu.reports.first { $0.layer == layer.layer })
      let placed = (yaizu.features[layer.layer] ?? []).count { !$0.vertices.isEmpty }
      #expect(
        (layer.placed - report.rejected...layer.placed).contains(placed),
        "\(layer.layer): \(placed)")
    }
  }

  @Test("texts that break under a wrong encoding are found exactly")
  func texts() throws {
    var probes = 0
    for layer in yaizu.expected {
      for text in layer.texts {
        probes += 1
        let found = (yaizu.features[layer.layer] ?? []).contains { feature in
          feature.properties.values.contains {
            $0.string.map { $0.unicodeScalars.elementsEqual(text.unicodeScalars) } ?? false
          }
        }
        #expect(found, "\(layer.layer): \(text)")
      }
    }
    #expect(probes >= 50)
    let all = yaizu.expected.flatMap(\.texts).joined()
    for character in "～①" { #expect(all.contains(character)) }
  }

  @Test(
    "the first and the last vertex of every file lie within a metre of an independent conversion")
  func vertices() throws {
    var checked = 0
    for layer in yaizu.expected {
      let vertices = (yaizu.features[layer.layer] ?? []).flatMap(\.vertices)
      for file in layer.files {
        for end in file.ends {
          checked += 1
          let nearest = vertices.lazy.map { metres($0, end) }.min() ?? .infinity
          #expect(nearest < 1, "\(file.name): \(nearest) m")
        }
      }
    }
    #expect(checked >= 200)
    #expect(Set(yaizu.reports.flatMap { $0.files.map(\.crs) }).count >= 4)
  }

  @Test("the yearly flood files of all schemas and systems are one layer with the year of each")
  func floods() throws {
    let report = try #require(yaizu.reports.first { $0.layer == "disaster_history" })
    #expect(report.files.count >= 15)
    #expect(Set(report.files.map(\.crs)).count >= 3)
    let features = yaizu.features["disaster_history"] ?? []
    let years = Set(features.map { $0["年"] })
    #expect(years.count >= 15)
    #expect(years.allSatisfy { $0.hasSuffix("年") })
    for file in report.files { #expect(years.contains { file.path.contains("_\($0)") }) }
  }

  @Test("the city is drawn at zooms 12 to 17 without an error, and not blank")
  func pictures() throws {
    let folder = try TemporaryFolder("yaizu-tiles")
    let target = folder.path + "/tiles"
    _ = try yaizu.machizu.output(
      "render",
      ["city", "--zoom", "12-17", "--bbox", "138.24,34.76,138.36,34.91", "-o", target + "/"])
    let files = TestFile.list(target)
    for zoom in 12...17 {
      let tiles = files.filter { $0.hasPrefix("\(zoom)/") }
      let columns = column(138.24, zoom: zoom)...column(138.36, zoom: zoom)
      let rows = row(34.91, zoom: zoom)...row(34.76, zoom: zoom)
      #expect(tiles.count == columns.count * rows.count)
      // The station's surroundings hold something at every zoom.
      let middle = "\(zoom)/\(column(138.3175, zoom: zoom))/\(row(34.868, zoom: zoom)).png"
      #expect(!(try Picture(file: "\(target)/\(middle)").isBlank), "\(middle)")
      var drawn = 0
      let sample = tiles.enumerated().filter { $0.offset % (tiles.count / 30 + 1) == 0 }
      for (_, name) in sample where !(try Picture(file: "\(target)/\(name)").isBlank) { drawn += 1 }
      #expect(drawn > 0 && drawn * 4 >= sample.count, "zoom \(zoom): \(drawn) of \(sample.count)")
    }
  }

  @Test("the city is served: a tile, its TileJSON and items")
  func served() throws {
    let server = try yaizu.machizu.serving(["--audience", "staff"])
    let tile = try server.http.get(
      "/tiles/city/14/\(column(138.3175, zoom: 14))/\(row(34.868, zoom: 14)).png")
    #expect(tile.status == 200 && tile["etag"] != nil)
    #expect(!(try Picture(png: tile.body).isBlank))
    let document = try JSONParser.parse(try server.http.get("/tiles/city.json").body)
    let bounds = (document["bounds"]?.array ?? []).compactMap(\.double)
    try #require(bounds.count == 4)
    #expect(bounds[0] < 138.3 && bounds[2] > 138.3 && bounds[1] < 34.85 && bounds[3] > 34.85)
    let box = "138.30,34.85,138.33,34.88"
    let items = try Feature.collection(
      server.http.get("/ogc/collections/aed/items?limit=1000&bbox=\(box)").body)
    let expected = try yaizu.machizu.features(["aed"]).filter {
      $0.stands(inWest: 138.30, south: 34.85, east: 138.33, north: 34.88)
    }
    #expect(!items.isEmpty && items.map(\.id) == expected.map(\.id))
    #expect(try server.stop() == 0)
  }

  private func path(_ file: String) -> String {
    file.hasPrefix("/") ? file : "\(yaizu.machizu.workspace)/\(file)"
  }
}
