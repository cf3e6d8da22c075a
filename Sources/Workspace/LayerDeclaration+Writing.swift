internal import Features
internal import JSON

extension LayerDeclaration {
  /// The declaration as the text of a layer.json, which reads back as the same.
  public var document: [UInt8] {
    var writer = JSONWriter(.indented(2))
    writer.beginObject()
    writer.member("title", title)
    if let group { writer.member("group", group) }
    writer.member("department", department)
    writer.member("audience", audience.name)
    writer.member("geometry", geometry.rawValue)
    if let source { Self.write(source, &writer) }
    switch key {
    case .content: writer.member("key", "machizu:content")
    case .fields(let names): writer.member("key", names)
    }
    writer.member("label", label)
    writer.key("fields")
    writer.beginArray()
    for field in fields {
      Self.write(field, join: joins[field.name], layerAudience: audience, &writer)
    }
    writer.endArray()
    if let time { Self.write(time, &writer) }
    if !relates.isEmpty {
      writer.key("relates")
      writer.beginObject()
      for (name, layer) in relates.sorted(by: { $0.key < $1.key }) {
        writer.member(name, layer.text)
      }
      writer.endObject()
    }
    writer.member("public_where", publicWhere)
    writer.member("licence", licence)
    writer.member("attribution", attribution)
    writer.member("updated", updated)
    writer.endObject()
    return writer.bytes + [0x0A]
  }

  private static func write(_ source: Source, _ writer: inout JSONWriter) {
    writer.key("source")
    writer.beginObject()
    writer.key("files")
    writer.beginArray()
    for file in source.files {
      let isPlain = file.crs == nil && file.encoding == nil && file.layer == nil && file.set.isEmpty
      if isPlain {
        writer.value(file.glob)
        continue
      }
      writer.beginObject()
      writer.member("glob", file.glob)
      writer.member("crs", file.crs)
      writer.member("encoding", file.encoding)
      writer.member("layer", file.layer)
      if !file.set.isEmpty {
        writer.key("set")
        writer.beginObject()
        for (name, text) in file.set.sorted(by: { $0.key < $1.key }) { writer.member(name, text) }
        writer.endObject()
      }
      writer.endObject()
    }
    writer.endArray()
    writer.member("encoding", source.encoding)
    writer.member("crs", source.crs)
    if let columns = source.columns {
      writer.key("columns")
      writer.beginObject()
      switch columns {
      case .degrees(let longitude, let latitude):
        writer.member("longitude", longitude)
        writer.member("latitude", latitude)
      case .metres(let east, let north):
        writer.member("north", north)
        writer.member("east", east)
      case .wkt(let column): writer.member("wkt", column)
      }
      writer.endObject()
    }
    if let headerRow = source.headerRow {
      writer.key("headerRow")
      writer.value(headerRow)
    }
    writer.member("delimiter", source.delimiter)
    writer.member("comment", source.comment)
    writer.endObject()
  }

  private static func write(
    _ field: Field, join: Join?, layerAudience: Audience, _ writer: inout JSONWriter
  ) {
    writer.beginObject()
    writer.member("name", field.name)
    writer.member("type", field.type.rawValue)
    if let title = field.title { writer.member("title", title) }
    writer.member("unit", field.unit)
    if !field.codes.isEmpty {
      writer.key("codes")
      writer.beginObject()
      for code in field.codes { writer.member(code.value, code.title) }
      writer.endObject()
    }
    if !field.sourceNames.isEmpty { writer.member("from", field.sourceNames) }
    writer.member("pattern", field.pattern)
    if let width = field.padWidth {
      writer.key("pad")
      writer.value(width)
    }
    if field.audience != layerAudience { writer.member("audience", field.audience.name) }
    if let join {
      writer.key("join")
      writer.beginObject()
      writer.member("layer", join.layer.text)
      writer.member("on", join.on)
      writer.member("key", join.key)
      writer.member("aggregate", join.aggregate.rawValue)
      writer.member("of", join.of)
      writer.endObject()
    }
    writer.endObject()
  }

  private static func write(_ time: Time, _ writer: inout JSONWriter) {
    writer.key("time")
    writer.beginObject()
    switch time {
    case .interval(let from, let to):
      writer.member("from", from)
      writer.member("to", to)
    case .moment(let at, let precision):
      writer.member("at", at)
      writer.member("precision", precision)
    }
    writer.endObject()
  }
}

extension JSONWriter {
  /// Nothing where there is no text.
  fileprivate mutating func member(_ name: String, _ text: String?) {
    guard let text else { return }
    key(name)
    value(text)
  }

  /// One text alone, several as a list.
  fileprivate mutating func member(_ name: String, _ texts: [String]) {
    if texts.count == 1 {
      member(name, texts[0])
      return
    }
    key(name)
    beginArray()
    for text in texts { value(text) }
    endArray()
  }

  fileprivate mutating func member(_ name: String, _ title: Title) {
    guard let english = title.english else {
      member(name, title.japanese)
      return
    }
    key(name)
    beginObject()
    member("ja", title.japanese)
    member("en", english)
    endObject()
  }
}
