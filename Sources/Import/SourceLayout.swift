internal import Features
internal import Formats
internal import LayerStore
internal import Projection
internal import Workspace

/// One source file of a layer with what was declared and found of it before its rows are read.
struct SourceEntry {
  let path: String
  let options: SourceOptions
  /// Values for columns by name, from the declaration and the file's name.
  let set: [String: String]
  let reference: ReferenceSystem
  let header: SourceHeader

  /// All files of a layer, in the order of the declaration; their rows are not read yet.
  ///
  /// - Parameter area: the town, with which the places of a file are compared whose reference system
  ///   is not known.
  static func all(
    of declaration: LayerDeclaration, in workspace: Workspace, exchangeExecutable: String?,
    area: TownArea? = nil
  ) throws -> [SourceEntry] {
    guard let source = declaration.source else {
      throw ImportError.noSource(layer: declaration.id.text)
    }
    var entries: [SourceEntry] = []
    for file in source.files {
      let matches = try workspace.files(of: file, in: declaration)
      guard !matches.isEmpty else {
        throw ImportError.missingFiles(layer: declaration.id.text, pattern: file.glob)
      }
      for match in matches {
        var options = SourceOptions(
          encoding: try SourceOptions.encoding(
            named: file.encoding ?? source.encoding, file: match.path),
          layer: file.layer, headerRow: source.headerRow, comment: source.comment,
          coordinates: coordinates(source.columns, declaration),
          exchangeExecutable: exchangeExecutable)
        options.delimiter = source.delimiter?.first
        let header = try SourceFile.open(match.path, options: options).header
        entries.append(
          SourceEntry(
            path: match.path, options: options, set: expanded(file.set, match.captures),
            reference: try reference(
              declared: file.crs ?? source.crs, header: header, declaration: declaration
            ) { found in
              ImportError.unknownReference(
                layer: declaration.id.text, file: match.path, found: found,
                proposals: area.map { area in
                  ReferenceProposal.all(
                    path: match.path, options: options, area: area,
                    gridFolder: workspace.gridFolder)
                } ?? [])
            },
            header: header))
      }
    }
    return entries
  }

  private static func coordinates(
    _ columns: LayerDeclaration.Columns?, _ declaration: LayerDeclaration
  ) -> CoordinateColumns {
    switch columns {
    case .degrees(let longitude, let latitude):
      .degrees(longitude: longitude, latitude: latitude)
    case .metres(let east, let north): .metres(east: east, north: north)
    case .wkt(let column): .wkt(column)
    case nil: declaration.geometry == .none ? .none : .automatic
    }
  }

  private static func expanded(_ set: [String: String], _ captures: [String]) -> [String: String] {
    set.mapValues { text in
      var result = text
      // From the highest number down, so that $1 does not eat the start of $12.
      for (index, capture) in captures.enumerated().reversed() {
        result = result.split(separator: "$\(index + 1)", omittingEmptySubsequences: false)
          .joined(separator: capture)
      }
      return result
    }
  }

  private static func reference(
    declared: String?, header: SourceHeader, declaration: LayerDeclaration,
    unknown: (_ found: String?) -> ImportError
  ) throws -> ReferenceSystem {
    if let declared {
      guard let system = ReferenceSystem(declared), system.isKnown else {
        throw unknown(declared)
      }
      return system
    }
    if let code = header.reference?.epsg {
      let system = ReferenceSystem(epsg: code)
      if system.isKnown { return system }
    }
    // A ledger without places needs none.
    if header.geometry == .none || declaration.geometry == .none { return .geographic }
    throw unknown(header.reference?.text)
  }
}

/// A layer's columns and where each file keeps them.
struct ColumnLayout {
  /// Declared fields but joined ones, then columns that no field claims, which are kept and restricted.
  let fields: [Field]
  let undeclared: [String]

  init(_ declaration: LayerDeclaration, entries: [SourceEntry]) {
    var claimed = Set(Self.placeColumns(declaration.source?.columns))
    let declared = declaration.fields.filter { declaration.joins[$0.name] == nil }
    for field in declared {
      claimed.insert(field.name)
      claimed.formUnion(field.sourceNames)
    }
    var names: [String] = []
    var kinds: [String: SourceColumnKind] = [:]
    for entry in entries {
      for column in entry.header.columns where !claimed.contains(column.name) {
        if let kind = kinds[column.name] {
          if kind != column.kind { kinds[column.name] = .text }
        } else {
          names.append(column.name)
          kinds[column.name] = column.kind
        }
      }
    }
    var taken = Set(declaration.fields.map { $0.name.lowercased() })
    var extra: [Field] = []
    for name in names {
      // SQLite compares column names without case, and some names are the store's own.
      var own = name
      if ["fid", "geom"].contains(own.lowercased()) || own.lowercased().hasPrefix("machizu_") {
        own = "source_" + own
      }
      while !taken.insert(own.lowercased()).inserted { own += "_" }
      let type: FieldType =
        switch kinds[name] ?? .text {
        case .integer: .integer
        case .real: .real
        case .boolean: .boolean
        default: .text
        }
      extra.append(
        Field(name: own, type: type, sourceNames: [name], audience: .restricted))
    }
    fields = declared + extra
    undeclared = names
  }

  static func placeColumns(_ columns: LayerDeclaration.Columns?) -> [String] {
    switch columns {
    case .degrees(let longitude, let latitude): [longitude, latitude]
    case .metres(let east, let north): [east, north]
    case .wkt(let column): [column]
    case nil: []
    }
  }

  /// For each field the position of its column in a file: the first of its names that is there.
  func positions(in header: SourceHeader) -> [Int?] {
    var byName: [String: Int] = [:]
    for (index, column) in header.columns.enumerated() where byName[column.name] == nil {
      byName[column.name] = index
    }
    return fields.map { field in
      for name in field.sourceNames + [field.name] {
        if let position = byName[name] { return position }
      }
      return nil
    }
  }
}
