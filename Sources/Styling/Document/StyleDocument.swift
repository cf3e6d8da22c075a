public import Features
internal import JSON

/// A map's style: a MapLibre Style Specification v8 document in the subset that docs/styles.md lists.
public struct StyleDocument: Sendable {
  /// The file's stem in Styles.
  public let id: String
  /// `name` where the metadata has no `machizu:title`.
  public let title: Title
  /// The heading below which the map is listed.
  public let group: Title?
  /// The zooms of 256-pixel tiles that the map has.
  public let tileZooms: ClosedRange<Int>
  /// Where the map is first seen: longitude and latitude in degrees.
  public let center: SIMD2<Double>?
  /// The zoom at which the map is first seen, in the style's own count.
  public let initialZoom: Double?
  /// In paint order, bottom first.
  public let layers: [StyleLayer]
  /// The size of the tiles whose zoom the document counts: 256 or 512 pixels.
  public let tileSize: Int

  /// The largest document that is read, in bytes.
  public static let largestByteCount = 4 << 20

  /// Reads and checks a document.
  ///
  /// - Throws: everything that is not allowed, not only the first; nothing is passed over in silence.
  public init(parsing bytes: [UInt8], id: String) throws(StyleError) {
    let json: JSONValue
    do {
      json = try JSONParser.parse(
        bytes, limits: .init(depth: 128, byteCount: Self.largestByteCount))
    } catch {
      let fault = StyleFault(path: "", position: error.position, message: error.message)
      throw StyleError(style: id, faults: [fault])
    }
    var reader = StyleReader()
    let parts = reader.read(json)
    guard reader.faults.isEmpty, let parts else {
      throw StyleError(style: id, faults: reader.sortedFaults)
    }
    self.id = id
    title = parts.metadata.title ?? Title(japanese: parts.name ?? id)
    group = parts.metadata.group
    tileZooms = parts.metadata.tileZooms
    center = parts.center
    initialZoom = parts.zoom
    layers = parts.layers
    tileSize = parts.metadata.tileSize
  }

  /// The style's own zoom for the z of a 256-pixel tile: one less unless the document counts 256-pixel
  /// tiles itself.
  public func styleZoom(forTileZoom zoom: Double) -> Double {
    tileSize == 256 ? zoom : zoom - 1
  }

  /// The layers that the document draws, by id, once each, in paint order.
  public var sourceLayers: [String] {
    var seen: Set<String> = []
    return layers.compactMap(\.sourceLayer).filter { seen.insert($0).inserted }
  }

  /// The style layer with an id; nil when there is none.
  public subscript(layer id: String) -> StyleLayer? { layers.first { $0.id == id } }
}
