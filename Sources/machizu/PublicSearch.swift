internal import Features
internal import Geometry
internal import JSON
internal import Workspace

/// The names and addresses of what the public sees, for a page that has no server to ask.
struct PublicSearch {
  /// Columns that say where an entry is, best first.
  private static let addresses = ["所在地_連結表記", "住所", "所在地", "設置場所", "箇所"]
  /// Columns by which an entry is found too.
  private static let otherNames = ["名称_通称", "名称_カナ", "名称_英字"]
  /// The zoom whose geometry is asked for: only its anchors are looked at.
  private static let zoom = 12

  private struct Entry: Hashable {
    var name: String
    var english: String
    var address: String
  }

  let source: any FeatureSource
  let declarations: [LayerDeclaration]

  /// The script `search.js`, which the page reads as data when somebody begins to search:
  /// `{"variants", "radicals", "layers": [title], "entries": [[layer, name, English name, address, folded
  /// text, longitude, latitude]]}`. Numbers alone are no names, and equal entries of a layer stand once.
  func script() throws -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    // The page folds what is typed by the same tables.
    writer.member("variants", FoldingTable.variants)
    writer.member("radicals", FoldingTable.radicals)
    writer.key("layers")
    writer.beginArray()
    for declaration in declarations {
      writer.beginObject()
      writer.member("ja", declaration.title.japanese)
      if let english = declaration.title.english { writer.member("en", english) }
      writer.endObject()
    }
    writer.endArray()
    writer.key("entries")
    writer.beginArray()
    for (index, declaration) in declarations.enumerated() {
      guard let view = try source.view(of: declaration.id) else { continue }
      write(view, of: declaration, index: index, to: &writer)
    }
    writer.endArray()
    writer.endObject()
    return Array("window.machizuSearch = ".utf8) + writer.bytes + Array(";\n".utf8)
  }

  private func write(
    _ view: any LayerView, of declaration: LayerDeclaration, index: Int, to writer: inout JSONWriter
  ) {
    guard let label = declaration.label, let name = view.schema.position(of: label),
      view.schema.fields[name].codes.isEmpty, !view.bounds.isEmpty
    else { return }
    let address = Self.addresses.lazy.compactMap { view.schema.position(of: $0) }
      .first { $0 != name }
    let others = Self.otherNames.compactMap { view.schema.position(of: $0) }
    let english = view.schema.position(of: "名称_英字")
    var selection = Selection()
    view.search(view.bounds, zoom: Self.zoom, columns: [], into: &selection)
    selection.sortByKey()
    var seen: Set<Entry> = []
    for item in selection.items {
      func text(_ column: Int?) -> String {
        guard let column else { return "" }
        return view.value(row: item.row, column: column).displayText
      }
      let entry = Entry(name: text(name), english: text(english), address: text(address))
      guard entry.name.contains(where: \.isLetter), seen.insert(entry).inserted else { continue }
      let words = [entry.name, entry.address] + others.map(text)
      let place = WorldGrid.degrees(item.anchor)
      writer.beginArray()
      writer.value(index)
      writer.value(entry.name)
      writer.value(entry.english)
      writer.value(entry.address)
      writer.value(words.filter { !$0.isEmpty }.map(TextFolding.fold).joined(separator: "\n"))
      for degrees in [place.x, place.y] { writer.value((degrees * 1e6).rounded() / 1e6) }
      writer.endArray()
    }
  }
}
