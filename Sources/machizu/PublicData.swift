internal import Features
internal import LayerStore
internal import Projection
internal import Query
internal import Workspace

/// The layers that the public sees, as files that people take along.
struct PublicData {
  /// One layer as it was written.
  struct Written {
    let declaration: LayerDeclaration
    let count: Int
    let fields: [Field]
    /// The national data set whose columns the table has; nil for none.
    let dataset: String?
    /// Names in the folder of data.
    let files: [(name: String, format: String)]
  }

  private let engine: QueryEngine
  private let source: CatalogueSource
  private let gridFolder: String?
  private let day: CalendarDay

  init(_ workspace: Workspace, _ contents: CatalogueContents, store: LayerStore, day: CalendarDay) {
    engine = QueryEngine(contents, store: store, audience: .public)
    source = contents.source(for: .public)
    gridFolder = workspace.town.grids.map { FileContents.join(workspace.folder, $0) }
    self.day = day
  }

  /// Writes a CSV file, and a GeoJSON file where the layer has places, of every imported layer, all
  /// in degrees, as `machizu export` writes them for the public.
  func write(into folder: String) throws -> [Written] {
    var written: [Written] = []
    for declaration in source.declarations {
      guard try source.view(of: declaration.id) != nil else { continue }
      let table = try write(declaration.id, .csv, into: folder)
      var files = [(name: "\(declaration.id).csv", format: "CSV")]
      if declaration.geometry != .none {
        _ = try write(declaration.id, .geojson, into: folder)
        files.append(("\(declaration.id).geojson", "GeoJSON"))
      }
      written.append(
        Written(
          declaration: declaration, count: table.count,
          fields: try engine.view(of: declaration.id).schema.fields, dataset: table.dataset,
          files: files))
    }
    return written
  }

  private func write(
    _ layer: LayerID, _ format: ExportOptions.Format, into folder: String
  ) throws -> ExportReport {
    var options = ExportOptions(
      format: format, path: "\(folder)/\(layer).\(format.rawValue)", day: day)
    options.reference = .geographic
    options.gridFolder = gridFolder
    return try engine.export(layer, options)
  }
}
