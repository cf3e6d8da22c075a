internal import Features
internal import Formats
internal import Geometry
internal import LayerStore
internal import Query
internal import Workspace

/// The layers that the public sees, as files that people take along.
struct PublicData {
  /// One layer as it was written.
  struct Written {
    let declaration: LayerDeclaration
    let count: Int
    let fields: [Field]
    /// Names in the folder of data.
    let files: [(name: String, format: String)]
  }

  private static let batch = 1000

  private let engine: QueryEngine
  private let source: CatalogueSource

  init(_ contents: CatalogueContents, store: LayerStore) {
    engine = QueryEngine(contents, store: store, audience: .public)
    source = contents.source(for: .public)
  }

  /// Writes a CSV file (UTF-8 with a byte-order mark, which spreadsheets want), and a GeoJSON file
  /// where the layer has places, of every layer that was imported.
  func write(into folder: String) throws -> [Written] {
    var written: [Written] = []
    for declaration in source.declarations {
      guard try source.view(of: declaration.id) != nil else { continue }
      written.append(try write(declaration, into: folder))
    }
    return written
  }

  private func write(_ declaration: LayerDeclaration, into folder: String) throws -> Written {
    let result = try engine.run(FeatureQuery(layer: declaration.id))
    let names = result.fields.map(\.name)
    let hasPlaces = declaration.geometry != .none
    let placeColumns =
      declaration.geometry == .point && !names.contains("緯度") && !names.contains("経度")
      ? ["緯度", "経度"] : []
    let table = try OutputFile("\(folder)/\(declaration.id).csv")
    let csv = try CSVWriter(
      columns: names + placeColumns, layout: CSVWriter.Layout(hasByteOrderMark: true),
      path: table.path)
    let map = hasPlaces ? try OutputFile("\(folder)/\(declaration.id).geojson") : nil
    var geoJSON = GeoJSONWriter(.featureCollection, columns: names, decimals: 7)
    for start in stride(from: 0, to: result.rows.count, by: Self.batch) {
      let rows = Array(result.rows[start..<min(start + Self.batch, result.rows.count)])
      let places = try engine.places(of: rows, view: result.view)
      for (row, place) in zip(rows, places) {
        let values = result.values(of: row).map { SourceValue($0) }
        try csv.write(values + (placeColumns.isEmpty ? [] : Self.cells(of: place)))
        geoJSON.write(values, geometry: place, identifier: result.view.key(row: row).text)
      }
      try table.write(csv.take())
      try map?.write(geoJSON.take())
    }
    geoJSON.end()
    try table.write(csv.take())
    try map?.write(geoJSON.take())
    var files = [(name: "\(declaration.id).csv", format: "CSV")]
    if hasPlaces { files.append(("\(declaration.id).geojson", "GeoJSON")) }
    return Written(
      declaration: declaration, count: result.rows.count, fields: result.fields, files: files)
  }

  /// Latitude and longitude with seven decimals, as in the GeoJSON file.
  private static func cells(of place: Shape<Geographic>?) -> [SourceValue] {
    guard case .point(let point)? = place else { return [.null, .null] }
    return [.real((point.y * 1e7).rounded() / 1e7), .real((point.x * 1e7).rounded() / 1e7)]
  }
}
