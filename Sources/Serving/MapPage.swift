public import Features
internal import JSON
internal import Workspace

/// What the page of a map of stored tiles tells, beside the tiles themselves.
public struct MapFacts: Sendable {
  /// A layer whose entries can be taken along.
  public struct Download: Sendable {
    public var title: Title
    public var group: Title?
    public var count: Int
    public var attribution: String?
    public var licence: String?
    /// The day of the ledger, as its declaration has it.
    public var updated: String?
    /// Addresses from the page, with the name of the format.
    public var files: [(href: String, format: String)]

    public init(
      title: Title, group: Title?, count: Int, attribution: String?, licence: String?,
      updated: String?, files: [(href: String, format: String)]
    ) {
      self.title = title
      self.group = group
      self.count = count
      self.attribution = attribution
      self.licence = licence
      self.updated = updated
      self.files = files
    }
  }

  /// One of several maps between which the page lets people choose.
  public struct Choice: Sendable {
    public var id: String
    public var title: Title
    public var tiles: Tiles
    public var zooms: ClosedRange<Int>
    public var attribution: String
    /// Addresses of the legend's picture by language.
    public var legend: Title?

    public init(
      id: String, title: Title, tiles: Tiles, zooms: ClosedRange<Int>, attribution: String,
      legend: Title?
    ) {
      self.id = id
      self.title = title
      self.tiles = tiles
      self.zooms = zooms
      self.attribution = attribution
      self.legend = legend
    }
  }

  public enum Tiles: Sendable {
    /// An address with `{z}`, `{x}` and `{y}`, from the page.
    case addresses(String)
    /// A PMTiles archive that the page reads by Range requests.
    case archive(String)
  }

  public var title: Title
  public var town: Title?
  public var tiles: Tiles
  public var zooms: ClosedRange<Int>
  /// West, south, east, north in degrees.
  public var bounds: [Double]
  public var attribution = ""
  public var language = Language.japanese
  /// Addresses of the legend's picture by language.
  public var legend: Title?
  public var downloads: [Download] = []
  /// The address of the text about the data.
  public var notes: String?
  /// The day of publication.
  public var published: String?
  /// All maps, this one among them; none where there is but one.
  public var choices: [Choice] = []
  /// The address of the names and addresses that can be searched (`PublicSearch`).
  public var search: String?

  public init(title: Title, tiles: Tiles, zooms: ClosedRange<Int>, bounds: [Double]) {
    self.title = title
    self.tiles = tiles
    self.zooms = zooms
    self.bounds = bounds
  }

  /// The script `map.js`, which the page reads as data.
  public var script: [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("title", title)
    writer.member("town", town)
    Self.write(tiles, zooms, attribution, legend, to: &writer)
    writer.numbers("bounds", bounds)
    writer.member("language", language.rawValue)
    if !choices.isEmpty {
      writer.key("maps")
      writer.beginArray()
      for choice in choices {
        writer.beginObject()
        writer.member("id", choice.id)
        writer.member("title", choice.title)
        Self.write(choice.tiles, choice.zooms, choice.attribution, choice.legend, to: &writer)
        writer.endObject()
      }
      writer.endArray()
    }
    if let search { writer.member("search", search) }
    writer.key("data")
    writer.beginArray()
    for download in downloads { Self.write(download, to: &writer) }
    writer.endArray()
    if let notes { writer.member("notes", notes) }
    if let published { writer.member("published", published) }
    writer.endObject()
    return Array("window.machizuMap = ".utf8) + writer.bytes + Array(";\n".utf8)
  }

  private static func write(
    _ tiles: Tiles, _ zooms: ClosedRange<Int>, _ attribution: String, _ legend: Title?,
    to writer: inout JSONWriter
  ) {
    switch tiles {
    case .addresses(let template): writer.member("tiles", template)
    case .archive(let file): writer.member("archive", file)
    }
    writer.member("minzoom", zooms.lowerBound)
    writer.member("maxzoom", zooms.upperBound)
    writer.member("attribution", attribution)
    writer.member("legend", legend)
  }

  private static func write(_ download: Download, to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("title", download.title)
    writer.member("group", download.group)
    writer.member("count", download.count)
    if let attribution = download.attribution { writer.member("attribution", attribution) }
    if let licence = download.licence { writer.member("licence", licence) }
    if let updated = download.updated { writer.member("updated", updated) }
    writer.key("files")
    writer.beginArray()
    for file in download.files {
      writer.beginObject()
      writer.member("href", file.href)
      writer.member("format", file.format)
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
  }
}

/// The page that shows stored tiles in a browser, on any web server or from a disk, with Leaflet.
public struct MapPage: Sendable {
  /// Paths from the page's folder; `map.js` (`MapFacts.script`) is not among them.
  public let files: [(path: String, bytes: [UInt8])]

  public init() throws(ServingError) {
    let viewer = try ViewerFiles.viewerFolder()
    let leaflet = try ViewerFiles.leafletFolder()
    var files: [(path: String, bytes: [UInt8])] = []
    for name in ["index.html", "published.js", "published.css", "pmtiles.js", "fold.js", "find.js"]
    {
      let path = name == "index.html" ? name : "viewer/" + name
      files.append(
        (path, try Self.read(viewer, "published/\(name)", orThrow: ServingError.missingViewer)))
    }
    for name in ["leaflet.min.js", "leaflet.css", "images/layers.png", "images/layers-2x.png"] {
      let bytes = try Self.read(leaflet, name, orThrow: ServingError.missingLeaflet)
      files.append(("viewer/leaflet/" + name, bytes))
    }
    // Who passes Leaflet on passes its licence on.
    let licence = try Self.read(
      viewer, "published/leaflet-licence.txt", orThrow: ServingError.missingViewer)
    files.append(("viewer/leaflet/LICENSE.txt", licence))
    self.files = files
  }

  private static func read(
    _ folder: String, _ name: String, orThrow missing: (_ path: String) -> ServingError
  ) throws(ServingError) -> [UInt8] {
    do {
      return try FileContents.read("\(folder)/\(name)", limitBytes: 4 << 20)
    } catch {
      throw missing(name)
    }
  }
}
