internal import Features
internal import Geometry
internal import JSON
internal import Tiles

/// What an archive's metadata tell of it, whoever wrote it.
struct ArchiveDescription: Sendable {
  private static let metadataLimits = JSONParser.Limits(depth: 64, byteCount: 16 << 20)

  let name: String
  let attribution: String
  /// The id of the style, where Machizu drew the archive.
  let style: String?
  /// Whom it was drawn for; an archive that does not say so is public.
  let audience: Audience
  let language: Language

  init(_ archive: TileArchive) throws(ServingError) {
    let own: JSONValue?
    switch archive.metadata {
    case .document(let bytes):
      let document = try Self.object(bytes, of: archive)
      name = document["name"]?.string ?? ""
      attribution = document["attribution"]?.string ?? ""
      own = document["machizu"]
    case .rows(let rows):
      name = rows["name"] ?? ""
      attribution = rows["attribution"] ?? ""
      own = try rows["machizu"].map { (text) throws(ServingError) in
        try Self.object(Array(text.utf8), of: archive)
      }
    }
    style = own?["style"]?.string.flatMap { LayerID.isWellFormed($0) ? $0 : nil }
    // An audience that is not known is not one to be guessed at.
    audience =
      own?["audience"].map { $0.string.flatMap(Audience.init(name:)) ?? .restricted } ?? .public
    language = own?["language"]?.string.flatMap(Language.init(rawValue:)) ?? .japanese
  }

  /// TileJSON 3.0; addresses are relative to the server's root.
  func tileJSON(of archive: TileArchive) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("tilejson", "3.0.0")
    writer.member("name", name)
    writer.key("tiles")
    writer.beginArray()
    writer.value("/tiles/{z}/{x}/{y}.\(archive.picture.rawValue)")
    writer.endArray()
    writer.key("vector_layers")
    writer.beginArray()
    writer.endArray()
    writer.member("minzoom", archive.zooms.lowerBound)
    writer.member("maxzoom", archive.zooms.upperBound)
    if let box = archive.bounds {
      writer.numbers("bounds", [box.minX, box.minY, box.maxX, box.maxY])
    }
    writer.member("attribution", attribution)
    writer.endObject()
    return writer.bytes
  }

  func facts(of archive: TileArchive) -> MapFacts {
    let world = [-180.0, -85, 180, 85]
    var facts = MapFacts(
      title: Title(japanese: name),
      tiles: .addresses("tiles/{z}/{x}/{y}.\(archive.picture.rawValue)"), zooms: archive.zooms,
      bounds: archive.bounds.map { [$0.minX, $0.minY, $0.maxX, $0.maxY] } ?? world)
    facts.attribution = attribution
    facts.language = language
    return facts
  }

  private static func object(
    _ bytes: [UInt8], of archive: TileArchive
  ) throws(ServingError) -> JSONValue {
    do {
      let value = try JSONParser.parse(bytes, limits: metadataLimits)
      guard value.object != nil else {
        throw ServingError.damagedArchive(
          path: archive.path, reason: "its metadata are no JSON object")
      }
      return value
    } catch let error as ServingError {
      throw error
    } catch {
      throw .damagedArchive(path: archive.path, reason: "its metadata are no JSON: \(error)")
    }
  }
}
