internal import Features
internal import JSON
public import Rendering
internal import Styling

extension Legend {
  /// The legend as JSON: `{"map", "legend": [{"id", "layer", "title", "items": [{"title", "properties"}]}]}`,
  /// titles in all languages; classes of a statistic have `from` and `below` where they end.
  public func document(of map: MapStyle) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("map", map.id)
    writer.member("title", map.document.title)
    writer.key("legend")
    writer.beginArray()
    for section in sections {
      writer.beginObject()
      writer.member("id", section.id)
      writer.member("layer", section.source)
      writer.member("title", section.title)
      writer.key("items")
      writer.beginArray()
      for item in section.items {
        writer.beginObject()
        writer.member("title", item.title)
        writer.key("properties")
        writer.beginObject()
        for (name, value) in item.properties.sorted(by: { $0.key < $1.key }) {
          switch value {
          case .string(let text): writer.member(name, text)
          case .number(let number):
            writer.key(name)
            writer.value(number)
          case .boolean(let flag):
            writer.key(name)
            writer.value(flag)
          default: continue
          }
        }
        writer.endObject()
        if let step = item.step {
          if let lower = step.lower {
            writer.key("from")
            writer.value(lower)
          }
          if let upper = step.upper {
            writer.key("below")
            writer.value(upper)
          }
        }
        writer.endObject()
      }
      writer.endArray()
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
    return writer.bytes
  }
}
