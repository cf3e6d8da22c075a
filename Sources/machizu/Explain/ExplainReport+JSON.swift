internal import Features
internal import Geometry
internal import JSON
internal import Rendering
internal import Styling
internal import Tiles

extension ExplainReport {
  /// `{"style", "tile", "audience", "bytes", "milliseconds": {step: …}, "sources", "rules", "labels"}`, and
  /// `"features"` where a place was asked for.
  var document: [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("style", style)
    writer.member("tile", tile.description)
    writer.member("audience", audience.name)
    writer.member("bytes", byteCount)
    writer.key("milliseconds")
    writer.beginObject()
    for step in steps { writer.member(step.name, Self.rounded(step.milliseconds)) }
    writer.endObject()
    writer.key("sources")
    writer.beginArray()
    for source in explanation.sources {
      writer.beginObject()
      writer.member("layer", source.layer)
      writer.member("features", source.featureCount)
      writer.endObject()
    }
    writer.endArray()
    writer.key("rules")
    writer.beginArray()
    for rule in explanation.rules {
      writer.beginObject()
      writer.member("id", rule.id)
      writer.member("type", rule.type.rawValue)
      if let layer = rule.layer { writer.member("layer", layer) }
      writer.member("state", Self.word(rule.state))
      writer.member("drawn", rule.drawnCount)
      writer.member("milliseconds", Self.rounded(rule.paintMilliseconds))
      writer.endObject()
    }
    writer.endArray()
    writer.key("labels")
    writer.beginArray()
    for label in explanation.labels { write(label, to: &writer) }
    writer.endArray()
    if hasPlace {
      writer.key("features")
      writer.beginArray()
      for feature in explanation.features { write(feature, to: &writer) }
      writer.endArray()
    }
    writer.endObject()
    return writer.bytes
  }

  private func write(_ label: TileExplanation.Label, to writer: inout JSONWriter) {
    writer.beginObject()
    write(label.owner, to: &writer)
    writer.member("priority", label.priority)
    if let anchor = label.anchor {
      writer.key("pixel")
      writer.beginArray()
      writer.value(anchor.x)
      writer.value(anchor.y)
      writer.endArray()
    }
    switch label.outcome {
    case .stands(let place):
      writer.member("outcome", "stands")
      writer.member("place", place)
    case .noPlace: writer.member("outcome", "noPlace")
    case .gaveWay(let others):
      writer.member("outcome", "gaveWay")
      writer.key("to")
      writer.beginArray()
      for other in others {
        writer.beginObject()
        write(other.owner, to: &writer)
        writer.key("repeat")
        writer.value(other.isRepeat)
        writer.endObject()
      }
      writer.endArray()
    }
    writer.endObject()
  }

  private func write(_ owner: TileExplanation.Owner, to writer: inout JSONWriter) {
    writer.member("rule", owner.rule)
    writer.member("layer", owner.layer)
    writer.member("key", owner.key)
    writer.member("text", owner.text)
    if let symbol = owner.symbol { writer.member("symbol", symbol) }
  }

  private func write(_ feature: TileExplanation.Feature, to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("layer", feature.layer)
    writer.member("key", feature.key)
    writer.key("rules")
    writer.beginArray()
    for match in feature.matches {
      writer.beginObject()
      writer.member("rule", match.rule)
      switch match.outcome {
      case .drawn: writer.member("outcome", "drawn")
      case .filtered: writer.member("outcome", "filtered")
      case .notDrawn(let state): writer.member("outcome", Self.word(state))
      }
      writer.key("values")
      writer.beginObject()
      for value in match.values { writer.member(value.name, value.value) }
      writer.endObject()
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
  }

  private static func word(_ state: TileExplanation.Rule.State) -> String {
    switch state {
    case .drawn: "drawn"
    case .otherZoom: "otherZoom"
    case .switchedOff: "switchedOff"
    case .noLayer: "noLayer"
    }
  }

  private static func rounded(_ milliseconds: Double) -> Double {
    (milliseconds * 1000).rounded() / 1000
  }
}
