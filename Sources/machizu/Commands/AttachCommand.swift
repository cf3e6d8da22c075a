internal import Features
internal import JSON
internal import LayerStore
internal import Workspace

extension Command {
  static let attach = Command(
    name: "attach", usage: "LAYER KEY FILE [--for AUDIENCE] [--title TEXT]",
    summary: "Link a document (a photograph, a scan) to a feature; the file stays where it is",
    options: [
      Option("--for", "AUDIENCE", "who may see it: public, staff or restricted (default: staff)"),
      Option("--title", "TEXT", "what the document shows"),
    ], run: runAttach)

  static let detach = Command(
    name: "detach", usage: "LAYER KEY NAME", summary: "Take the link to a document away",
    options: [], run: runDetach)

  static let attachments = Command(
    name: "attachments", usage: "LAYER [KEY] [--verify]",
    summary: "List the documents of a layer or of one feature",
    options: [
      .audience,
      Option("--verify", nil, "compare every file with its hash; status 1 where one differs"),
    ], run: runAttachments)
}

private func runAttach(_ arguments: Arguments, _ session: Session) throws -> Int32 {
  guard arguments.operands.count == 3 else {
    throw CommandError.usage(
      "Name a layer, a key and a file: machizu attach LAYER KEY FILE")
  }
  let language = try session.messageLanguage()
  let workspace = try session.workspace()
  let layer = try Session.layerID(arguments.operands[0], in: workspace)
  let file = arguments.operands[2]
  var audience = Audience.staff
  if let name = arguments["--for"] {
    guard let stated = Audience(name: name) else {
      throw CommandError.usage("--for is “\(name)”; public, staff or restricted is allowed.")
    }
    audience = stated
  }
  let found = try AttachedFile(path: file)
  guard let path = workspace.documentPath(of: file) else {
    throw CommandError.refused(
      language == .japanese
        ? "\(file)はワークスペースにもmachizu.jsonのpathsのフォルダにもありません。そこへ移すか、pathsにフォルダを加えてください。"
        : "\(file) lies neither in the workspace nor in a folder of “paths” of machizu.json; put it "
          + "there, or name its folder there.")
  }
  let name = file.split(separator: "/").last.map(String.init) ?? file
  let store = try LayerStore(path: workspace.storePath, access: .write)
  let outcome = try store.attach(
    Attachment(
      layer: layer, key: FeatureKey(arguments.operands[1]), name: name,
      mediaType: found.mediaType, byteCount: found.byteCount, hash: found.hash, path: path,
      audience: audience, title: arguments["--title"]),
    author: Session.author(), time: Session.now())
  let words =
    switch (outcome, language) {
    case (.attached, .japanese): "添付しました"
    case (.replaced, .japanese): "前の添付と置き換えました"
    case (.unchanged, .japanese): "変わりありません"
    case (.attached, .english): "attached"
    case (.replaced, .english): "took the place of an earlier one"
    case (.unchanged, .english): "unchanged"
    }
  Console.write("\(layer) \(arguments.operands[1]): \(name) (\(found.mediaType)) \(words)")
  return 0
}

private func runDetach(_ arguments: Arguments, _ session: Session) throws -> Int32 {
  guard arguments.operands.count == 3 else {
    throw CommandError.usage(
      "Name a layer, a key and a document: machizu detach LAYER KEY NAME")
  }
  let workspace = try session.workspace()
  let layer = try Session.layerID(arguments.operands[0], in: workspace)
  let store = try LayerStore(path: workspace.storePath, access: .write)
  guard
    try store.detach(
      arguments.operands[2], from: FeatureKey(arguments.operands[1]), in: layer,
      author: Session.author(), time: Session.now())
  else {
    throw CommandError.usage(
      "The entry \(arguments.operands[1]) of \(layer) has no document “\(arguments.operands[2])”; "
        + "machizu attachments \(layer) \(arguments.operands[1]) lists them.")
  }
  return 0
}

/// The documents that an audience may see: those meant for it, of entries that it sees.
func visibleAttachments(
  of layer: LayerID, key: FeatureKey? = nil, view: any LayerView, for audience: Audience,
  in store: LayerStore
) throws -> [Attachment] {
  try store.attachments(of: layer, key: key).filter {
    audience.sees($0.audience) && view.row(key: $0.key) != nil
  }
}

private func runAttachments(_ arguments: Arguments, _ session: Session) throws -> Int32 {
  guard (1...2).contains(arguments.operands.count) else {
    throw CommandError.usage("Name a layer, and a key if you like: machizu attachments LAYER [KEY]")
  }
  let language = try session.messageLanguage()
  let audience = try arguments.audience(default: .staff)
  let workspace = try session.workspace()
  let layer = try Session.layerID(arguments.operands[0], in: workspace, for: audience)
  let store = try LayerStore(path: workspace.storePath, access: .read)
  let source = try Catalogue(workspace, only: [layer]).contents().source(for: audience)
  guard let view = try source.view(of: layer) else {
    throw StoreError.unknownLayer(layer.text)
  }
  let key = arguments.operands.count == 2 ? FeatureKey(arguments.operands[1]) : nil
  let found = try visibleAttachments(
    of: layer, key: key, view: view, for: audience, in: store)
  var status: Int32 = 0
  if arguments.has("--verify") {
    for attachment in found {
      guard let fault = fault(of: attachment, in: workspace, readsAll: true) else { continue }
      Console.tell(fault)
      status = 1
    }
  }
  if session.isJSON {
    Console.write(json(found))
  } else {
    let headings =
      language == .japanese
      ? ["キー", "ファイル", "種類", "バイト", "公開範囲", "場所", "説明"]
      : ["key", "file", "type", "bytes", "audience", "path", "title"]
    let rows = found.map { item in
      [
        item.key.text, item.name, item.mediaType, String(item.byteCount), item.audience.name,
        item.path, item.title ?? "",
      ]
    }
    Console.write(TextTable(headings: headings, rows: rows, rightAligned: [3]).text)
  }
  return status
}

/// What is wrong with the file behind a link; nil for nothing.
///
/// - Parameter readsAll: compares the hash, too.
func fault(of item: Attachment, in workspace: Workspace, readsAll: Bool) -> String? {
  let place = "The document \(item.path) of \(item.layer) \(item.key)"
  guard let file = workspace.documentFile(item.path) else {
    return "\(place) lies in a path that machizu.json does not name; give it with --path NAME=DIR."
  }
  guard let count = FileContents.byteCount(file) else {
    return "\(place) is not there: bring the file back, or detach it."
  }
  guard count == item.byteCount else {
    return
      "\(place) has \(count) bytes, it had \(item.byteCount): attach it again if that is meant."
  }
  guard readsAll else { return nil }
  do {
    let found = try AttachedFile(path: file)
    return found.hash == item.hash
      ? nil : "\(place) is not the file that was attached: attach it again if that is meant."
  } catch {
    return error.message
  }
}

private func json(_ items: [Attachment]) -> [UInt8] {
  var writer = JSONWriter()
  writer.beginArray()
  for item in items {
    writer.beginObject()
    for (name, text) in [
      ("layer", item.layer.text), ("key", item.key.text), ("name", item.name),
      ("media_type", item.mediaType), ("sha256", item.hash), ("path", item.path),
      ("audience", item.audience.name),
    ] {
      writer.key(name)
      writer.value(text)
    }
    writer.key("byte_count")
    writer.value(item.byteCount)
    writer.key("title")
    if let title = item.title { writer.value(title) } else { writer.null() }
    writer.endObject()
  }
  writer.endArray()
  return writer.bytes + [0x0A]
}
