public import Features
internal import JSON

/// What machizu.json says of the town.
public struct TownDeclaration: Sendable, Hashable {
  public var name: Title
  public var code: String?
  public var language: Language
  /// The layer whose polygons are the town's area.
  public var boundary: LayerID?
  /// The folder of datum grid files.
  public var grids: String?
  /// Names of the label fonts, the default one first.
  public var fonts: [String]
  public var limits: Limits

  /// Bounds on what one request may cost.
  public struct Limits: Sendable, Hashable {
    /// Width and height of a picture or metatile in pixels.
    public var pictureSide = 8192
    /// Features of one page of `/ogc/collections/…/items`.
    public var pageFeatures = 10_000
    /// Requests that wait for a worker before 503 is answered.
    public var queue = 256
    /// Tiles kept in memory, in megabytes.
    public var cacheMegabytes = 128
  }
}

/// A directory with `Layers/`, `Styles/` and generated `var/`.
public struct Workspace: Sendable {
  public let folder: String
  /// Where the store, snapshots, caches and logs are.
  public let varFolder: String
  public let town: TownDeclaration
  /// In the order of their ids.
  public let layers: [LayerDeclaration]
  /// Folders that source paths name, by name.
  public let paths: [String: String]

  private static let keys = [
    "town", "language", "boundary", "grids", "fonts", "paths", "limits",
  ]

  /// Of the tables that a GeoPackage, SQLite and the store itself have beside those of the layers.
  private static let reservedPrefixes = ["gpkg_", "machizu_", "rtree_", "sqlite_"]

  /// Whether a name begins like those of tables that no layer can have.
  public static func isReserved(_ name: String) -> Bool {
    reservedPrefixes.contains(where: name.hasPrefix)
  }

  /// Reads machizu.json and every layer.json; an error lists all faults of all files.
  ///
  /// - Parameters:
  ///   - varFolder: in place of `var/` in the workspace.
  ///   - paths: folders by name, in place of those that machizu.json names.
  public init(
    folder: String, varFolder: String? = nil, paths overrides: [String: String] = [:]
  ) throws(WorkspaceError) {
    self.folder = folder
    self.varFolder = varFolder ?? FileContents.join(folder, "var")
    let file = FileContents.join(folder, "machizu.json")
    guard FileContents.exists(file) else {
      throw WorkspaceError(
        file: file,
        message: "There is no such file, so this folder is no workspace; name one with --workspace."
      )
    }
    let document: JSONValue
    do {
      document = try JSONParser.parse(try FileContents.read(file, limitBytes: 1 << 20))
    } catch let error as JSONError {
      throw WorkspaceError(file: file, position: error.position, message: error.message)
    } catch let error as WorkspaceError {
      throw error
    } catch {
      throw WorkspaceError(file: file, message: "\(error)")
    }
    var reader = ObjectReader(document, file: file, what: "machizu.json")
    reader.allow(Self.keys)
    town = Self.town(&reader)
    self.paths = Self.paths(&reader, folder: folder, overrides: overrides)
    var layers: [LayerDeclaration] = []
    var faults: [WorkspaceError.Fault] = []
    let layersFolder = FileContents.join(folder, "Layers")
    for name in FileContents.list(layersFolder) {
      let layerFolder = FileContents.join(layersFolder, name)
      let layerFile = FileContents.join(layerFolder, "layer.json")
      guard FileContents.exists(layerFile) else { continue }
      guard let id = LayerID(name) else {
        faults.append(
          .init(
            file: layerFile, position: nil,
            message:
              "“\(name)” cannot be a layer id: a–z first, then a–z, 0–9, _ and -, at most 63."))
        continue
      }
      if let prefix = Self.reservedPrefixes.first(where: name.hasPrefix) {
        faults.append(
          .init(
            file: layerFile, position: nil,
            message:
              "“\(name)” cannot be a layer id: the store keeps names with \(prefix) for itself."))
        continue
      }
      do {
        layers.append(
          try LayerDeclaration(
            parsing: try FileContents.read(layerFile, limitBytes: 4 << 20), id: id,
            file: layerFile, folder: layerFolder))
      } catch {
        faults += error.faults
      }
    }
    reader.take(faults)
    if let boundary = town.boundary, faults.isEmpty, !layers.contains(where: { $0.id == boundary })
    {
      reader.fault(
        "“boundary” names the layer “\(boundary)”, which is not declared.",
        at: document["boundary"]?.position ?? document.position)
    }
    if faults.isEmpty { reader.take(Self.resolveJoins(&layers)) }
    guard reader.faults.isEmpty else { throw WorkspaceError(reader.faults) }
    self.layers = layers
  }

  public subscript(layer id: LayerID) -> LayerDeclaration? { layers.first { $0.id == id } }

  public var stylesFolder: String { FileContents.join(folder, "Styles") }
  public var storePath: String { FileContents.join(varFolder, "town.gpkg") }
  public var snapshotsFolder: String { FileContents.join(varFolder, "snapshots") }

  /// The ids of the styles that are there, in order.
  public var styleIDs: [String] {
    FileContents.list(stylesFolder).compactMap { name in
      guard name.hasSuffix(".json") else { return nil }
      let id = String(name.dropLast(5))
      return LayerID.isWellFormed(id) ? id : nil
    }
  }

  public func stylePath(_ id: String) -> String {
    FileContents.join(stylesFolder, id + ".json")
  }

  /// The existing files of one entry of a layer's sources, in order.
  public func files(
    of entry: LayerDeclaration.File, in layer: LayerDeclaration
  ) throws(WorkspaceError) -> [Glob.Match] {
    if let colon = entry.glob.firstIndex(of: ":") {
      let name = String(entry.glob[..<colon])
      guard let folder = paths[name] else {
        let known = paths.keys.sorted().joined(separator: ", ")
        throw WorkspaceError(
          file: FileContents.join(layer.folder, "layer.json"),
          message:
            "The source “\(entry.glob)” names the path “\(name)”, which machizu.json does not "
            + "hold (known: \(known)); give it with --path \(name)=DIR.")
      }
      return Glob(String(entry.glob[entry.glob.index(after: colon)...])).matches(in: folder)
    }
    return Glob(entry.glob).matches(in: layer.folder)
  }

  private static func town(_ reader: inout ObjectReader) -> TownDeclaration {
    var name = Title(japanese: "")
    var code: String?
    if let found = reader["town"] {
      var inner = ObjectReader(found, file: reader.file, what: "“town”")
      inner.allow(["name", "code"])
      if inner["name"] == nil { inner.fault("“name” is missing.", at: found.position) }
      name = inner.title("name") ?? name
      code = inner.string("code")
      reader.take(inner)
    } else {
      reader.fault("“town” is missing.", at: reader.value.position)
    }
    var language = Language.japanese
    if let text = reader.string("language") {
      if let known = Language(rawValue: text) {
        language = known
      } else {
        reader.fault(
          "“language” is “\(text)”; ja or en is allowed.",
          at: reader["language"]?.position ?? reader.value.position)
      }
    }
    var boundary: LayerID?
    if let text = reader.string("boundary") {
      boundary = LayerID(text)
      if boundary == nil {
        reader.fault(
          "“boundary” must be the id of a layer.",
          at: reader["boundary"]?.position ?? reader.value.position)
      }
    }
    let fonts = reader.strings("fonts")
    var limits = TownDeclaration.Limits()
    if let found = reader["limits"] {
      var inner = ObjectReader(found, file: reader.file, what: "“limits”")
      inner.allow(["pictureSide", "pageFeatures", "queue", "cacheMegabytes"])
      limits.pictureSide = inner.integer("pictureSide", in: 256...65_536) ?? limits.pictureSide
      limits.pageFeatures =
        inner.integer("pageFeatures", in: 1...1_000_000) ?? limits.pageFeatures
      limits.queue = inner.integer("queue", in: 1...100_000) ?? limits.queue
      limits.cacheMegabytes =
        inner.integer("cacheMegabytes", in: 0...65_536) ?? limits.cacheMegabytes
      reader.take(inner)
    }
    return TownDeclaration(
      name: name, code: code, language: language, boundary: boundary,
      grids: reader.string("grids"), fonts: fonts.isEmpty ? ["IPAexGothic"] : fonts,
      limits: limits)
  }

  private static func paths(
    _ reader: inout ObjectReader, folder: String, overrides: [String: String]
  ) -> [String: String] {
    var paths: [String: String] = [:]
    if let found = reader["paths"] {
      if found.object == nil {
        reader.fault("“paths” must be an object of name and folder.", at: found.position)
      }
      for member in found.object ?? [] {
        guard let text = member.value.string else {
          reader.fault("“paths” must hold texts only.", at: member.value.position)
          continue
        }
        paths[member.key] = FileContents.join(folder, text)
      }
    }
    return paths.merging(overrides) { $1 }
  }
}
