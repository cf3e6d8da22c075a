import Features
import Geometry
import Raster
import Styling
import Testing
import Tiles

@testable import Rendering

@Suite("The explanation of a tile")
struct ExplanationTests {
  private static let tile = TileID(zoom: 16, column: 58421, row: 25890)!
  private let frame = PictureFrame(Self.tile)!
  private let town: RandomTown
  private let map: MapStyle

  init() throws {
    town = try RandomTown(seed: 7, count: 240, in: Self.tile.bounds)
    map = try RandomTown.map()
  }

  private func explain(
    _ map: MapStyle, _ selection: MapSelection = MapSelection(), at place: GridPoint? = nil
  ) throws -> (picture: Pixmap, explanation: TileExplanation) {
    try TileRenderer(map, selection: selection).explain(frame, at: place, from: town)
  }

  @Test("draws the same picture as without it, and leaves the renderer as it was")
  func samePicture() throws {
    let renderer = TileRenderer(map, selection: MapSelection())
    let plain = try renderer.render(frame, from: town)
    let explained = try renderer.explain(frame, from: town)
    #expect(explained.picture.bytes == plain.bytes)
    #expect(try renderer.render(frame, from: town).bytes == plain.bytes)
  }

  @Test("names the labels that the placement decided for the frame, each once")
  func standing() throws {
    let explanation = try explain(map).explanation
    let standing = explanation.labels.filter {
      if case .stands = $0.outcome { true } else { false }
    }
    let renderer = TileRenderer(map, selection: MapSelection())
    let scene = try renderer.scene(for: frame, source: town)
    let window = LabelBox(
      minX: frame.fixedOriginX, minY: frame.fixedOriginY,
      maxX: frame.fixedOriginX + 256 << 8, maxY: frame.fixedOriginY + 256 << 8)
    var maker = SceneLabelMaker(renderer, scene: scene, frame: frame)
    let decided = scene.placement.standing(in: window, maker: &maker)
    #expect(standing.count == decided.count)
    #expect(!standing.isEmpty)
    #expect(standing.allSatisfy { !$0.owner.key.isEmpty && $0.owner.layer == "things" })
  }

  @Test("names for each label that gave way one that stands before it and is in its way")
  func obstructions() throws {
    let explanation = try explain(map).explanation
    var lostCount = 0
    for label in explanation.labels {
      guard case .gaveWay(let others) = label.outcome else { continue }
      lostCount += 1
      #expect(!others.isEmpty, "\(label.owner)")
      for other in others {
        #expect(!other.owner.key.isEmpty)
        #expect(other.isRepeat || other.owner != label.owner)
        #expect(!other.isRepeat || other.owner.text == label.owner.text)
      }
    }
    #expect(lostCount > 0)
  }

  @Test("counts what each rule draws as a look at every feature does")
  func counts() throws {
    let explanation = try explain(map).explanation
    let view = try #require(try town.view(of: LayerID("things")!))
    var found = Selection()
    view.search(
      frame.window(marginPixels: 0), zoom: 16, columns: Array(view.schema.fields.indices),
      into: &found)
    #expect(explanation.sources.map(\.layer) == ["things"])
    #expect(explanation.sources[0].featureCount == found.items.count)
    let edges = found.items.count { item in
      item.kind != .point && view.value(row: item.row, column: 0) == .text("c")
    }
    #expect(explanation.rules.first { $0.id == "edges" }?.drawnCount == edges)
    let dots = found.items.count { $0.kind == .point }
    #expect(explanation.rules.first { $0.id == "dots" }?.drawnCount == dots)
    #expect(explanation.rules.map(\.id) == map.document.layers.map(\.id))
  }

  @Test("tells the features at a place with what every rule of their layer made of them")
  func place() throws {
    let view = try #require(try town.view(of: LayerID("things")!))
    var found = Selection()
    view.search(frame.window(marginPixels: 0), zoom: 16, columns: [0], into: &found)
    let item = try #require(
      found.items.first { $0.kind == .point && Self.tile.bounds.contains($0.anchor) })
    let features = try explain(map, at: item.anchor).explanation.features
    let feature = try #require(features.first { $0.key == view.key(row: item.row).text })
    #expect(feature.kind == .point)
    #expect(feature.matches.map(\.rule) == map.document.layers.dropFirst().map(\.id))
    let dots = try #require(feature.matches.first { $0.rule == "dots" })
    #expect(dots.outcome == .drawn)
    #expect(
      dots.values.contains { $0.name == "circle-stroke-color" && $0.value == "rgba(255,255,255,1)" }
    )
    let areas = try #require(feature.matches.first { $0.rule == "areas" })
    #expect(areas.outcome == .filtered)
    #expect(areas.values.contains { $0.name == "geometry-type" && $0.value == "Point" })
    let far = GridPoint(x: Self.tile.bounds.minX - 1 << 20, y: Self.tile.bounds.minY)
    #expect(try explain(map, at: far).explanation.features.isEmpty)
  }

  @Test("says why a rule draws nothing")
  func states() throws {
    let none = try explain(map, MapSelection(layers: [])).explanation
    #expect(none.rules.dropFirst().allSatisfy { $0.state == .switchedOff })
    #expect(none.labels.isEmpty)
    let text = RandomTown.style.replacing(
      #""id": "areas", "type": "fill""#, with: #""id": "areas", "minzoom": 17, "type": "fill""#
    ).replacing(
      #""id": "dots", "type": "circle", "source": "machizu", "source-layer": "things""#,
      with: #""id": "dots", "type": "circle", "source": "machizu", "source-layer": "others""#)
    let bytes = Array(text.utf8)
    let changed = MapStyle(
      try StyleDocument(parsing: bytes, id: "test"), documentBytes: bytes, fonts: map.fonts,
      symbols: .empty)
    let rules = try explain(changed).explanation.rules
    #expect(rules.first { $0.id == "areas" }?.state == .otherZoom)
    #expect(rules.first { $0.id == "dots" }?.state == .noLayer)
    #expect(rules.first { $0.id == "roads" }?.state == .drawn)
  }
}
