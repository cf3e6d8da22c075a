import Foundation
import JSON
import Testing

@testable import Styling

@Suite("The JSON Schema of styles")
struct StyleSchemaTests {
  private static let file = ShippedStyleTests.folder.deletingLastPathComponent()
    .appendingPathComponent("docs/style.schema.json")

  private static let validator = SchemaValidator(root: StyleSchema.document)

  private static func schemaFaults(_ text: String) throws -> [String] {
    validator.faults(of: try JSONParser.parse(Array(text.utf8)))
  }

  @Test("in docs/ says what the reader's own tables say (MACHIZU_WRITE_SCHEMA=1 writes it anew)")
  func isCurrent() throws {
    if ProcessInfo.processInfo.environment["MACHIZU_WRITE_SCHEMA"] != nil {
      try Data(StyleSchema.text.utf8).write(to: Self.file)
    }
    let written = try String(contentsOf: Self.file, encoding: .utf8)
    #expect(written.utf8.elementsEqual(StyleSchema.text.utf8))
  }

  @Test("accepts the styles that ship", arguments: ShippedStyleTests.names)
  func shipped(name: String) throws {
    let data = try Data(
      contentsOf: ShippedStyleTests.folder.appendingPathComponent("\(name).json"))
    let document = try JSONParser.parse([UInt8](data))
    #expect(Self.validator.faults(of: document) == [])
  }

  @Test("knows the keys that the reader knows, and no others")
  func keys() {
    let schema = StyleSchema.document
    func keys(_ value: JSONValue?) -> Set<String> {
      Set(value?["properties"]?.object?.map(\.key) ?? [])
    }
    let definitions = schema["$defs"]
    #expect(keys(schema) == Set(StyleReader.keys))
    #expect(keys(definitions?["layer-fill"]) == Set(StyleReader.layerKeys))
    #expect(keys(definitions?["document-metadata"]) == Set(StyleReader.documentMetadataKeys))
    #expect(keys(definitions?["layer-metadata"]) == Set(StyleReader.layerMetadataKeys))
    #expect(keys(definitions?["legend"]?["anyOf"]?[1]) == Set(StyleReader.legendKeys))
  }

  @Test(
    "refuses what the reader refuses",
    arguments: [
      ##"{"version": 7, "sources": {"machizu": {"type": "vector"}}, "layers": []}"##,
      ##"{"version": 8, "layers": []}"##,
      ##"{"version": 8, "sources": {"other": {"type": "vector"}}, "layers": []}"##,
      ##"{"version": 8, "sources": {"machizu": {"type": "vector"}}, "layers": [], "glyphs": "a"}"##,
      ##"{"version": 8, "sources": {"machizu": {"type": "vector"}}, "layers": [], "metadata": {"machizu:zoom": 3}}"##,
      ##"{"version": 8, "sources": {"machizu": {"type": "vector"}}, "layers": [], "metadata": {"machizu:minzoom": 21}}"##,
      ##"{"version": 8, "sources": {"machizu": {"type": "vector"}}, "layers": [], "center": [200, 35]}"##,
    ])
  func refusedDocuments(_ text: String) throws {
    #expect(try !Self.schemaFaults(text).isEmpty)
    #expect(throws: StyleError.self) { try StyleDocument(parsing: Array(text.utf8), id: "a") }
  }

  @Test(
    "refuses layers that the reader refuses",
    arguments: [
      ##"{"id": "a", "type": "raster", "source": "machizu", "source-layer": "a"}"##,
      ##"{"id": "a", "type": "fill", "source": "machizu"}"##,
      ##"{"id": "a", "type": "fill", "source": "machizu", "source-layer": "A b"}"##,
      ##"{"id": "a", "type": "fill", "source": "machizu", "source-layer": "a", "paint": {"fill-colour": "red"}}"##,
      ##"{"id": "a", "type": "fill", "source": "machizu", "source-layer": "a", "layout": {"fill-color": "red"}}"##,
      ##"{"id": "a", "type": "fill", "source": "machizu", "source-layer": "a", "paint": {"fill-opacity": 2}}"##,
      ##"{"id": "a", "type": "line", "source": "machizu", "source-layer": "a", "layout": {"line-cap": "flat"}}"##,
      ##"{"id": "a", "type": "line", "source": "machizu", "source-layer": "a", "paint": {"line-width": ["within", {}]}}"##,
      ##"{"id": "a", "type": "line", "source": "machizu", "source-layer": "a", "minzoom": 25}"##,
      ##"{"id": "a", "type": "background", "source": "machizu"}"##,
      ##"{"id": "a", "type": "fill", "source": "machizu", "source-layer": "a", "metadata": {"machizu:priority": 1.5}}"##,
      ##"{"id": "a", "type": "fill", "source": "machizu", "source-layer": "a", "metadata": {"machizu:legend": {"entries": []}}}"##,
    ])
  func refusedLayers(_ layer: String) throws {
    let text = String(decoding: document(layers: layer), as: UTF8.self)
    #expect(try !Self.schemaFaults(text).isEmpty)
    #expect(!faults(of: Array(text.utf8)).isEmpty)
  }
}
