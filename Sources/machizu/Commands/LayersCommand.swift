internal import Features
internal import Geometry
internal import JSON
internal import LayerStore
internal import Workspace

extension Command {
  static let layers = Command(
    name: "layers", usage: "", summary: "List the imported layers", options: [.audience],
    run: runLayers)

  static let describe = Command(
    name: "describe", usage: "LAYER", summary: "Tell a layer's columns, codes, units and extent",
    options: [.audience], run: runDescribe)

  static let history = Command(
    name: "history", usage: "LAYER KEY", summary: "Tell every change of one feature",
    options: [.audience], run: runHistory)
}

private struct OpenLayer {
  let declaration: LayerDeclaration
  let view: any LayerView
}

private func openLayers(_ session: Session) throws -> [OpenLayer] {
  let catalogue = try Catalogue(try session.workspace())
  let source = try catalogue.contents().source(
    for: try session.arguments.audience(default: .staff))
  return try source.declarations.compactMap { declaration in
    try source.view(of: declaration.id).map { OpenLayer(declaration: declaration, view: $0) }
  }
}

/// West, south, east and north in degrees; nil when no feature has a place.
private func extent(_ box: GridBox) -> [Double]? {
  guard !box.isEmpty else { return nil }
  let southWest = WorldGrid.degrees(GridPoint(x: box.minX, y: box.maxY))
  let northEast = WorldGrid.degrees(GridPoint(x: box.maxX, y: box.minY))
  return [southWest.x, southWest.y, northEast.x, northEast.y].map {
    ($0 * 1e7).rounded() / 1e7
  }
}

private func runLayers(_ arguments: Arguments, _ session: Session) throws -> Int32 {
  let language = try session.messageLanguage()
  let layers = try openLayers(session)
  guard session.isJSON else {
    let rows = layers.map { layer in
      [
        layer.declaration.id.text, layer.declaration.title.text(in: language),
        String(layer.view.count), String(layer.view.revision), layer.declaration.audience.name,
        layer.declaration.updated ?? "",
      ]
    }
    let headings =
      language == .japanese
      ? ["レイヤ", "名称", "件数", "版", "公開範囲", "更新日"]
      : ["layer", "title", "count", "revision", "audience", "updated"]
    Console.write(TextTable(headings: headings, rows: rows, rightAligned: [2, 3]).text)
    return 0
  }
  var writer = JSONWriter()
  writer.beginArray()
  for layer in layers {
    writer.beginObject()
    writer.key("id")
    writer.value(layer.declaration.id.text)
    writer.key("title")
    writer.value(layer.declaration.title.text(in: language))
    writer.key("count")
    writer.value(layer.view.count)
    writer.key("revision")
    writer.value(layer.view.revision)
    writer.key("audience")
    writer.value(layer.declaration.audience.name)
    writer.key("bbox")
    if let extent = extent(layer.view.bounds) {
      writer.beginArray()
      for side in extent { writer.value(side) }
      writer.endArray()
    } else {
      writer.null()
    }
    writer.key("updated")
    if let updated = layer.declaration.updated { writer.value(updated) } else { writer.null() }
    writer.endObject()
  }
  writer.endArray()
  Console.write(writer.bytes + [0x0A])
  return 0
}

private func runDescribe(_ arguments: Arguments, _ session: Session) throws -> Int32 {
  let name = try arguments.operand("a layer")
  let language = try session.messageLanguage()
  let audience = try arguments.audience(default: .staff)
  let layers = try openLayers(session)
  guard let layer = layers.first(where: { $0.declaration.id.text == name }) else {
    throw CommandError.usage(
      "There is no layer “\(name)”."
        + NearestLayer.suggest(name, among: layers.map(\.declaration.id.text)))
  }
  let store = try LayerStore(path: try session.workspace().storePath, access: .read)
  let documents = try visibleAttachments(
    of: layer.declaration.id, view: layer.view, for: audience, in: store
  ).count
  guard session.isJSON else {
    Console.write(
      "\(layer.declaration.id)  \(layer.declaration.title.text(in: language))  \(layer.view.count)")
    if documents > 0 {
      Console.write(language == .japanese ? "添付 \(documents)件" : "\(documents) attached documents")
    }
    let rows = layer.view.schema.fields.map { field in
      [
        field.name, field.type.rawValue, field.title?.text(in: language) ?? "", field.unit ?? "",
        field.audience.name,
        field.codes.map { "\($0.value) \($0.title.text(in: language))" }.joined(separator: ", "),
      ]
    }
    let headings =
      language == .japanese
      ? ["項目", "型", "名称", "単位", "公開範囲", "コード"]
      : ["field", "type", "title", "unit", "audience", "codes"]
    Console.write(TextTable(headings: headings, rows: rows).text)
    return 0
  }
  var writer = JSONWriter()
  writer.beginObject()
  writer.key("id")
  writer.value(layer.declaration.id.text)
  writer.key("title")
  writer.value(layer.declaration.title.text(in: language))
  writer.key("count")
  writer.value(layer.view.count)
  writer.key("revision")
  writer.value(layer.view.revision)
  writer.key("attachments")
  writer.value(documents)
  writer.key("fields")
  writer.beginArray()
  for field in layer.view.schema.fields {
    writer.beginObject()
    writer.key("name")
    writer.value(field.name)
    writer.key("type")
    writer.value(field.type.rawValue)
    writer.key("title")
    if let title = field.title { writer.value(title.text(in: language)) } else { writer.null() }
    writer.key("unit")
    if let unit = field.unit { writer.value(unit) } else { writer.null() }
    writer.key("audience")
    writer.value(field.audience.name)
    if !field.codes.isEmpty {
      writer.key("codes")
      writer.beginObject()
      for code in field.codes {
        writer.key(code.value)
        writer.value(code.title.text(in: language))
      }
      writer.endObject()
    }
    writer.endObject()
  }
  writer.endArray()
  writer.endObject()
  Console.write(writer.bytes + [0x0A])
  return 0
}

private func runHistory(_ arguments: Arguments, _ session: Session) throws -> Int32 {
  guard arguments.operands.count == 2 else {
    throw CommandError.usage("Name a layer and a key: machizu history LAYER KEY")
  }
  // History holds all columns as they were, so it is read by those who may see all of them.
  let audience = try arguments.audience(default: .staff)
  guard audience == .restricted else {
    throw CommandError.usage(
      "The history shows every column as it was, restricted ones included: say --audience restricted."
    )
  }
  let workspace = try session.workspace()
  let id = try Session.layerID(arguments.operands[0], in: workspace)
  let store = try LayerStore(path: workspace.storePath, access: .read)
  let entries = try store.history(of: FeatureKey(arguments.operands[1]), in: id)
  guard session.isJSON else {
    let rows = entries.map { entry in
      [
        String(entry.commit), entry.time, entry.operation, entry.author, entry.cause,
        entry.before ?? "",
      ]
    }
    Console.write(
      TextTable(
        headings: ["commit", "time", "operation", "author", "cause", "before"], rows: rows,
        rightAligned: [0]
      ).text)
    return 0
  }
  var writer = JSONWriter()
  writer.beginArray()
  for entry in entries {
    writer.beginObject()
    writer.key("commit")
    writer.value(entry.commit)
    for (key, value) in [
      ("time", entry.time), ("operation", entry.operation), ("author", entry.author),
      ("cause", entry.cause),
    ] {
      writer.key(key)
      writer.value(value)
    }
    writer.key("before")
    if let before = entry.before {
      writer.value(json: Array(before.utf8))
    } else {
      writer.null()
    }
    writer.endObject()
  }
  writer.endArray()
  Console.write(writer.bytes + [0x0A])
  return 0
}
