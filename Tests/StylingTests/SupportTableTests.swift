import Features
import JSON
import Testing

@testable import Styling

@Suite("What a style may say")
struct SupportTableTests {
  /// A value that the property accepts.
  private func sample(for definition: PropertyDefinition) -> String {
    switch definition.kind {
    case .colour: ##""#123456""##
    case .boolean: "true"
    case .string, .formatted, .image: #""a""#
    case .padding, .number: "1"
    case .name(let names): "\"\(names[0])\""
    case .names(let names): "[\"\(names[0])\"]"
    case .numbers(let count): "[\(Array(repeating: "1", count: count ?? 2).joined(separator: ","))]"
    case .strings: #"["IPAexGothic"]"#
    }
  }

  /// One property in a layer, with what it needs beside it.
  private func style(with definition: PropertyDefinition, of type: LayerType, value: String)
    -> [UInt8]
  {
    var groups = ["paint": [String](), "layout": [String]()]
    groups[definition.group.rawValue, default: []].append("\"\(definition.name)\": \(value)")
    for (prefix, needed) in [("text-", "text-field"), ("icon-", "icon-image")]
    where definition.name.hasPrefix(prefix) && definition.name != needed {
      groups["layout", default: []].append("\"\(needed)\": \"a\"")
    }
    let paint = "{\(groups["paint", default: []].joined(separator: ","))}"
    let layout = "{\(groups["layout", default: []].joined(separator: ","))}"
    if type == .background {
      return document(
        layers: #"{"id": "a", "type": "background", "paint": \#(paint), "layout": \#(layout)}"#)
    }
    return document(layers: layer(type.rawValue, paint: paint, layout: layout))
  }

  @Test("every property on the list is read", arguments: LayerType.allCases)
  func supported(type: LayerType) {
    for definition in type.properties {
      let found = faults(of: style(with: definition, of: type, value: sample(for: definition)))
      #expect(found.isEmpty, "\(definition.name): \(found)")
    }
  }

  @Test(
    "every property refuses a value of another kind with its path", arguments: LayerType.allCases)
  func wrongValues(type: LayerType) {
    for definition in type.properties {
      let found = faults(of: style(with: definition, of: type, value: "{\"wrong\": 1}"))
      let path = "layers[0].\(definition.group.rawValue).\(definition.name)"
      #expect(found.contains { $0.path.hasPrefix(path) }, "\(definition.name): \(found)")
    }
  }

  @Test(
    "every property of the specification that is not on the list is refused with its path",
    arguments: [
      ("fill", "paint", "fill-translate"), ("fill", "paint", "fill-translate-anchor"),
      ("fill", "layout", "fill-elevation-reference"), ("line", "paint", "line-translate"),
      ("line", "paint", "line-translate-anchor"), ("line", "paint", "line-blur"),
      ("line", "paint", "line-gradient"), ("line", "layout", "line-round-limit"),
      ("circle", "paint", "circle-blur"), ("circle", "paint", "circle-translate"),
      ("circle", "paint", "circle-translate-anchor"), ("circle", "paint", "circle-pitch-scale"),
      ("circle", "paint", "circle-pitch-alignment"), ("symbol", "paint", "icon-color"),
      ("symbol", "paint", "icon-halo-color"), ("symbol", "paint", "icon-halo-width"),
      ("symbol", "paint", "icon-halo-blur"), ("symbol", "paint", "icon-translate"),
      ("symbol", "paint", "icon-translate-anchor"), ("symbol", "paint", "text-halo-blur"),
      ("symbol", "paint", "text-translate"), ("symbol", "paint", "text-translate-anchor"),
      ("symbol", "layout", "icon-text-fit"), ("symbol", "layout", "icon-text-fit-padding"),
      ("symbol", "layout", "icon-overlap"), ("symbol", "layout", "icon-pitch-alignment"),
      ("symbol", "layout", "text-overlap"), ("symbol", "layout", "text-pitch-alignment"),
      ("symbol", "layout", "text-variable-anchor-offset"),
      ("symbol", "layout", "symbol-avoid-edges"), ("symbol", "layout", "symbol-z-order"),
    ])
  func unsupported(type: String, group: String, name: String) {
    let properties = "{\"\(name)\": 1}"
    let found = faults(
      of: document(
        layers: group == "paint"
          ? layer(type, paint: properties) : layer(type, layout: properties)))
    #expect(found.map(\.path) == ["layers[0].\(group).\(name)"])
  }

  @Test("every operator that is not supported is refused with its path and the reason")
  func operators() {
    for (name, reason) in Operators.unsupported {
      let found = faults(
        of: document(layers: layer("line", paint: "{\"line-width\": [\"\(name)\"]}")))
      #expect(found.first?.path.hasPrefix("layers[0].paint.line-width") == true, "\(name)")
      #expect(
        found.contains { "\($0.message) \($0.hint ?? "")".contains(reason) }, "\(name): \(found)")
    }
  }

  @Test(
    "every kind of layer that is not drawn is refused with its path",
    arguments: ["heatmap", "fill-extrusion", "raster", "hillshade", "color-relief", "sky"])
  func layerTypes(type: String) {
    #expect(faults(of: document(layers: layer(type))).contains { $0.path == "layers[0].type" })
  }
}
