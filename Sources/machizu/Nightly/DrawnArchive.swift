internal import Features
internal import JSON
internal import LayerStore
internal import Rendering
internal import Styling
internal import Tiles
internal import Workspace

/// An archive that Machizu drew, as its metadata tell it: enough to draw it again.
struct DrawnArchive {
  let path: String
  let style: String
  let styleHash: String
  let audience: Audience
  let language: Language
  let scale: Int
  let layers: [String]?
  let epoch: String
  let revisions: [String: Int64]
  let zooms: ClosedRange<Int>
  /// `W,S,E,N` as it was asked for.
  let box: String
  /// `LAYER:KEY` of the feature that is the area; nil for the box.
  let inside: String?

  init(path: String) throws {
    let archive: TileArchive
    do {
      archive = try TileArchive(path: path)
    } catch {
      throw CommandError.refused(error.description)
    }
    let own: JSONValue?
    let sides: [Double]
    switch archive.metadata {
    case .document(let bytes):
      let document = try Self.parse(bytes, path)
      own = document["machizu"]
      sides = (document["bounds"]?.array ?? []).compactMap(\.double)
    case .rows(let rows):
      own = try rows["machizu"].map { try Self.parse(Array($0.utf8), path) }
      sides = (rows["bounds"] ?? "").split(separator: ",").compactMap { Double($0) }
    }
    guard let own, let style = own["style"]?.string, sides.count == 4,
      let audience = own["audience"]?.string.flatMap(Audience.init(name:)),
      let language = own["language"]?.string.flatMap(Language.init(rawValue:))
    else {
      throw CommandError.refused(
        "\(path) does not say how it was drawn: draw it once with machizu render.")
    }
    self.path = path
    self.style = style
    self.audience = audience
    self.language = language
    styleHash = own["style_hash"]?.string ?? ""
    scale = own["scale"]?.int64 == 2 ? 2 : 1
    layers = own["layers"]?.array?.compactMap(\.string)
    inside = own["inside"]?.string
    epoch = own["epoch"]?.string ?? ""
    var revisions: [String: Int64] = [:]
    for member in own["revisions"]?.object ?? [] { revisions[member.key] = member.value.int64 }
    self.revisions = revisions
    zooms = archive.zooms
    box = sides.map(\.description).joined(separator: ",")
  }

  /// Whether map, store and the revisions of all that it draws are those of the archive.
  func isCurrent(map: MapStyle, contents: CatalogueContents) -> Bool {
    guard styleHash == String(map.hash, radix: 16), epoch == contents.epoch else { return false }
    let wanted = layers.map(Set.init) ?? map.initialLayers
    var present: [String: Int64] = [:]
    for layer in contents.source(for: audience).declarations
    where wanted.contains(layer.id.text) && map.document.sourceLayers.contains(layer.id.text) {
      if let stored = contents.stored(layer.id) { present[layer.id.text] = stored.revision }
    }
    return present == revisions
  }

  /// How it is brought up to date in its own place.
  var run: PyramidRun {
    PyramidRun(
      style: style, audience: audience, zooms: "\(zooms.lowerBound)-\(zooms.upperBound)", box: box,
      inside: inside, layers: layers?.joined(separator: ","), language: language, scale: scale,
      isUpdate: true, output: path)
  }

  private static func parse(_ bytes: [UInt8], _ path: String) throws(CommandError) -> JSONValue {
    do {
      return try JSONParser.parse(
        bytes, limits: JSONParser.Limits(depth: 64, byteCount: 16 << 20))
    } catch {
      throw .refused("\(path): its metadata are no JSON: \(error).")
    }
  }
}
