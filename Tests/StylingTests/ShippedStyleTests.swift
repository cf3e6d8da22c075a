import Features
import Foundation
import JSON
import Testing

@testable import Styling

@Suite("The styles that ship")
struct ShippedStyleTests {
  static let folder = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Styles")

  static let names: [String] = {
    let files = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
    return (files ?? []).filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }.sorted()
  }()

  static func style(_ name: String) throws -> StyleDocument {
    let data = try Data(contentsOf: folder.appendingPathComponent("\(name).json"))
    return try StyleDocument(parsing: [UInt8](data), id: name)
  }

  static let symbols: Set<String> = {
    let path = folder.appendingPathComponent("symbols").path
    let files = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return Set(files.map { $0.split(separator: ".").dropLast().joined(separator: ".") })
  }()

  @Test("are free of faults", arguments: names)
  func parse(name: String) throws {
    do throws(StyleError) {
      _ = try StyleDocument(
        parsing: [UInt8](
          (try? Data(contentsOf: Self.folder.appendingPathComponent("\(name).json"))) ?? Data()),
        id: name)
    } catch {
      Issue.record("\(error)")
    }
  }

  @Test("name only symbols that exist, for every class that the legend knows", arguments: names)
  func symbolsExist(name: String) throws {
    let style = try Self.style(name)
    for layer in style.layers {
      var classes = layer.legend?.entries.map(\.properties) ?? []
      classes.append([:])
      for properties in classes {
        for zoom in 0...20 where layer.isDrawn(atZoom: style.styleZoom(forTileZoom: Double(zoom))) {
          var context = EvaluationContext(
            zoom: style.styleZoom(forTileZoom: Double(zoom)), geometryType: .point)
          context.properties = properties
          for image in Self.images(of: layer, in: context) {
            #expect(Self.symbols.contains(image), "\(layer.id) at zoom \(zoom): \(image)")
          }
        }
      }
    }
  }

  private static func images(of layer: StyleLayer, in context: EvaluationContext) -> [String] {
    switch layer.type {
    case .background: [layer.backgroundPaint(in: context).pattern].compactMap { $0 }
    case .fill: [layer.fillPaint(in: context).pattern].compactMap { $0 }
    case .line: [layer.linePaint(in: context).pattern].compactMap { $0 }
    case .circle: []
    case .symbol: [layer.symbolLayout(in: context).icon.image].compactMap { $0 }
    }
  }
}

@Suite("The general map")
struct GeneralStyleTests {
  private func context(_ zoom: Double, _ properties: [String: Attribute]) -> EvaluationContext {
    EvaluationContext(zoom: zoom, geometryType: .line, properties: properties)
  }

  private let lane: [String: Attribute] = [
    "種別": .text("3"), "級別": .text("3"), "幅員": .real(4), "自動車交通": .text("1"),
  ]

  @Test("draws small streets at their true width from zoom 17, never under the minimum")
  func trueWidths() throws {
    let roads = try #require(try ShippedStyleTests.style("general")[layer: "road-fill"])
    let widths = [13, 14, 15, 16, 17, 18, 19].map {
      roads.linePaint(in: context($0, lane)).width
    }
    let expected = [0.5, 0.9, 1.8, 3.0, 4.104, 8.2, 16.4]
    for (width, wanted) in zip(widths, expected) { #expect(abs(width - wanted) < 1e-9) }
  }

  @Test(
    "shows the classes of roads from their zooms on",
    arguments: [
      ("1", "", 11), ("2", "", 11), ("3", "1", 12), ("3", "2", 13), ("3", "3", 13), ("5", "", 14),
    ])
  func firstZooms(kind: String, grade: String, first: Int) throws {
    let roads = try #require(try ShippedStyleTests.style("general")[layer: "road-fill"])
    for zoom in 11...20 {
      let road = context(Double(zoom), ["種別": .text(kind), "級別": .text(grade), "幅員": .real(6)])
      #expect(roads.matches(road) == (zoom >= first), "zoom \(zoom)")
      if zoom >= first { #expect(roads.linePaint(in: road).width > 0) }
    }
  }

  @Test("does not draw what is closed down, and turns mirrors to where they face")
  func ledgers() throws {
    let style = try ShippedStyleTests.style("general")
    let garbage = try #require(style[layer: "garbage-points"])
    #expect(garbage.matches(context(17, ["状態": .text("1")])))
    #expect(!garbage.matches(context(17, ["状態": .text("3")])))
    #expect(garbage.symbolLayout(in: context(17, ["状態": .text("2")])).icon.image == "garbage-idle")
    let mirrors = try #require(style[layer: "mirrors"])
    let layout = mirrors.symbolLayout(in: context(18, ["方位1": .real(135)]))
    #expect(layout.icon.rotate == 135)
    #expect(layout.icon.size == 0.875)
  }

  @Test("labels in the reader's language")
  func languages() throws {
    let labels = try #require(try ShippedStyleTests.style("general")[layer: "label-facilities"])
    #expect(labels.dependencies.usesLanguage)
    var context = context(17, ["名称": .text("若葉野市立図書館"), "名称_英字": .text("City Library")])
    #expect(labels.symbolLayout(in: context).text.field.text == "若葉野市立図書館")
    context.language = .english
    #expect(labels.symbolLayout(in: context).text.field.text == "City Library")
    context.properties["名称_英字"] = nil
    #expect(labels.symbolLayout(in: context).text.field.text == "若葉野市立図書館")
  }

  @Test("shortens the names of collection points to what follows the district")
  func garbageNames() throws {
    let labels = try #require(try ShippedStyleTests.style("general")[layer: "label-garbage"])
    let point: [String: Attribute] = [
      "名称": .text("緑が丘三丁目第2集積所"), "可燃": .text("月・木"), "状態": .text("1"),
    ]
    #expect(labels.symbolLayout(in: context(17, point)).text.field.text == "第2集積所")
    #expect(labels.symbolLayout(in: context(18, point)).text.field.text == "第2集積所\n可燃 月・木")
  }
}

@Suite("The general map and the demonstration town")
struct GeneralColumnsTests {
  private static let layers = ShippedStyleTests.folder.deletingLastPathComponent()
    .appendingPathComponent("Layers")

  private func columns(of layer: String) throws -> Set<String> {
    let file = Self.layers.appendingPathComponent("\(layer)/layer.json")
    let declaration = try JSONParser.parse([UInt8](Data(contentsOf: file)))
    return Set(declaration["fields"]?.array?.compactMap { $0["name"]?.string } ?? [])
  }

  @Test(
    "agree in the names of layers and columns",
    .enabled(
      if: FileManager.default.fileExists(atPath: layers.path), "there is no demonstration town"))
  func columnsExist() throws {
    let style = try ShippedStyleTests.style("general")
    for layer in style.layers {
      guard let source = layer.sourceLayer else { continue }
      // Not every town keeps the popular names of its roads with their sections.
      let wanted = layer.dependencies.properties.subtracting(["愛称"])
      #expect(wanted.subtracting(try columns(of: source)).isEmpty, "\(layer.id)")
    }
  }
}

@Suite("The page about styles")
struct StylePageTests {
  private func page() throws -> String {
    let file = ShippedStyleTests.folder.deletingLastPathComponent()
      .appendingPathComponent("docs/styles.md")
    return try String(contentsOf: file, encoding: .utf8)
  }

  @Test("names every property and every operator, supported or not")
  func isComplete() throws {
    let page = try page()
    for property in LayerType.allCases.flatMap(\.properties) {
      #expect(page.contains("`\(property.name)`"), "\(property.name)")
    }
    for name in Operators.supported + Operators.unsupported.keys {
      #expect(page.contains("`\(name)`"), "\(name)")
    }
  }
}
