public import Features
internal import Formats
internal import Geometry
internal import Projection
public import Workspace

/// A declaration for a file that nobody has declared, from what its bytes show: columns and their
/// types, the kind of its places, the column that names its rows.
///
/// Nothing that can be wrong without being seen is guessed: a reference system that the file does not
/// state is proposed, never taken.
public struct FirstContact {
  /// What a person said of the file.
  public struct Statement: Sendable {
    public var encoding: String?
    public var crs: String?
    /// The column that names the rows.
    public var key: String?
    /// The layer of a file that holds several.
    public var layer: String?

    public init(
      encoding: String? = nil, crs: String? = nil, key: String? = nil, layer: String? = nil
    ) {
      self.encoding = encoding
      self.crs = crs
      self.key = key
      self.layer = layer
    }
  }

  /// Reads from the layer's folder, where `files` must be before it is used.
  public let declaration: LayerDeclaration
  /// The file and what belongs to it, by path.
  public let files: [String]
  /// What was decided, for the person.
  public let findings: [Title]

  /// - Parameters:
  ///   - path: a source file; it is read once from beginning to end.
  ///   - source: where the declaration finds the file, from its own folder; nil for a copy there.
  public init(
    _ path: String, as layer: LayerID, _ statement: Statement, in workspace: Workspace,
    source: String? = nil, exchangeExecutable: String? = nil
  ) throws(ImportError) {
    do {
      self = try Self(
        path, layer: layer, statement: statement, workspace: workspace, source: source,
        exchangeExecutable: exchangeExecutable)
    } catch let error as ImportError {
      throw error
    } catch let error as FormatError {
      throw .unreadable(error)
    } catch {
      throw .badField(layer: layer.text, reason: "\(error)")
    }
  }

  private init(
    _ path: String, layer: LayerID, statement: Statement, workspace: Workspace,
    source shared: String?,
    exchangeExecutable: String?
  ) throws {
    var findings: [Title] = []
    var options = SourceOptions(
      encoding: try SourceOptions.encoding(named: statement.encoding, file: path),
      layer: statement.layer, exchangeExecutable: exchangeExecutable)
    var source = try SourceFile.open(path, options: options)
    var columns: LayerDeclaration.Columns?
    if let pair = Self.planePair(source.header) {
      // Surveyors' X is north.
      columns = .metres(east: pair.y, north: pair.x)
      options.coordinates = .metres(east: pair.y, north: pair.x)
      source = try SourceFile.open(path, options: options)
      findings.append(
        Title(
          japanese: "「\(pair.x)」を北、「\(pair.y)」を東として読みました。逆ならlayer.jsonのcolumnsを直してください。",
          english: "“\(pair.x)” was read as north and “\(pair.y)” as east; if it is the other way "
            + "round, correct “columns” in layer.json."))
    }
    let header = source.header
    var survey = ColumnSurvey(header.columns)
    var kinds: Set<GeometryKind> = []
    while let item = try source.next() {
      guard case .record(let record) = item else { continue }
      survey.look(at: record.values)
      if let kind = record.geometry?.kind { kinds.insert(kind) }
    }
    let geometry: LayerDeclaration.Geometry =
      switch (kinds.count, kinds.first) {
      case (0, _): header.geometry == .none ? .none : Self.announced(header.geometry)
      case (1, .point): .point
      case (1, .line): .line
      case (1, .polygon): .polygon
      default: .any
      }
    if geometry != .none {
      try Self.checkReference(
        path, layer: layer, statement: statement, header: header, options: options,
        workspace: workspace, exchangeExecutable: exchangeExecutable)
    }
    let key = try Self.key(statement.key, survey: survey, header: header, layer: layer, &findings)
    let name = path.split(separator: "/").last.map(String.init) ?? path
    files = shared == nil ? Self.companions(of: path) : []
    declaration = LayerDeclaration(
      id: layer, folder: FileContents.join(workspace.folder, "Layers/\(layer)"),
      title: Title(japanese: statement.layer ?? Self.stem(name)), geometry: geometry,
      source: LayerDeclaration.Source(
        files: [
          LayerDeclaration.File(glob: shared ?? Self.storedName(name), layer: statement.layer)
        ],
        encoding: statement.encoding ?? "auto", crs: statement.crs, columns: columns),
      key: key, label: survey.label, fields: survey.fields(key: key))
    self.findings = findings
  }

  /// The names of the layers in a file that can hold several; empty for the other formats.
  public static func layers(
    of path: String, exchangeExecutable: String? = nil
  ) throws(ImportError) -> [String] {
    do {
      guard try SourceFile.format(of: path) == .foreign else { return [] }
      return try ExchangeClient.layers(
        of: path, options: SourceOptions(exchangeExecutable: exchangeExecutable))
    } catch {
      throw .unreadable(error)
    }
  }

  /// An id for each of a file's layers: what a layer's name keeps of letters that an id may have behind
  /// the one given, a number where that is nothing or is taken.
  public static func ids(of layers: [String], behind first: LayerID) -> [LayerID] {
    var taken: Set<String> = []
    return layers.enumerated().compactMap { index, name in
      let kept = name.lowercased().utf8.filter { byte in
        (97...122).contains(byte) || (48...57).contains(byte) || byte == 95
      }
      var id = "\(first)-\(kept.isEmpty ? "\(index + 1)" : String(decoding: kept, as: UTF8.self))"
      if id.utf8.count > 63 || !taken.insert(id).inserted {
        id = "\(first)-\(index + 1)"
        while !taken.insert(id).inserted { id += "_" }
      }
      return LayerID(id)
    }
  }

  /// What a file is called in the layer's folder: its own name, or a plain one where that means
  /// something in a declaration.
  public static func storedName(_ name: String) -> String {
    guard name.contains(where: { "*?:$".contains($0) }) || name == "layer.json" else { return name }
    let ending = name.lastIndex(of: ".").map { String(name[$0...]) } ?? ""
    return ending.contains(where: { "*?:$".contains($0) }) ? "source" : "source" + ending
  }

  private static func stem(_ name: String) -> String {
    name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name
  }

  /// A Shapefile's other files lie beside it.
  private static func companions(of path: String) -> [String] {
    guard path.lowercased().hasSuffix(".shp") else { return [path] }
    let slash = path.lastIndex(of: "/")
    let folder = slash.map { String(path[..<$0]) } ?? "."
    let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
    let stem = stem(name)
    let endings = [".shp", ".shx", ".dbf", ".prj", ".cpg"]
    return FileContents.list(folder.isEmpty ? "/" : folder).filter { other in
      other.hasPrefix(stem) && endings.contains(other.dropFirst(stem.count).lowercased())
    }.map { slash == nil ? $0 : folder + "/" + $0 }
  }

  private static func announced(_ hint: SourceGeometryHint) -> LayerDeclaration.Geometry {
    switch hint {
    case .point: .point
    case .line: .line
    case .polygon: .polygon
    case .none: .none
    case .mixed, .unknown: .any
    }
  }

  /// The names that surveyors' tables give to their plane coordinates, where no column says degrees.
  private static func planePair(_ header: SourceHeader) -> (x: String, y: String)? {
    guard header.geometry == .none else { return nil }
    let names = header.columns.map(\.name)
    let pairs = [("X座標", "Y座標"), ("Ｘ座標", "Ｙ座標"), ("X", "Y"), ("Ｘ", "Ｙ"), ("x", "y")]
    return pairs.first { names.contains($0.0) && names.contains($0.1) }.map { (x: $0.0, y: $0.1) }
  }

  private static func checkReference(
    _ path: String, layer: LayerID, statement: Statement, header: SourceHeader,
    options: SourceOptions, workspace: Workspace, exchangeExecutable: String?
  ) throws {
    let found: String?
    if let crs = statement.crs {
      if let system = ReferenceSystem(crs), system.isKnown { return }
      found = crs
    } else {
      if let code = header.reference?.epsg, ReferenceSystem(epsg: code).isKnown { return }
      found = header.reference?.text
    }
    let area = TownArea(workspace, exchangeExecutable: exchangeExecutable)
    throw ImportError.unknownReference(
      layer: layer.text, file: path, found: found,
      proposals: area.map {
        ReferenceProposal.all(
          path: path, options: options, area: $0, gridFolder: workspace.gridFolder)
      } ?? [])
  }

  private static func key(
    _ stated: String?, survey: ColumnSurvey, header: SourceHeader, layer: LayerID,
    _ findings: inout [Title]
  ) throws -> LayerDeclaration.Key {
    if let stated {
      guard let name = survey.name(of: stated) else {
        let names = header.columns.map { "“\($0.name)”" }.joined(separator: ", ")
        throw ImportError.badField(
          layer: layer.text,
          reason:
            "--key names the column “\(stated)”, which the file does not have; its columns are "
            + "\(names).")
      }
      return .fields([name])
    }
    if let name = survey.keyName {
      findings.append(
        Title(
          japanese: "「\(name)」はどの行にもあり重複がないため、キーとしました。違えば --key で指定してください。",
          english: "“\(name)” is in every row and never twice, so it became the key; name another "
            + "with --key."))
      return .fields([name])
    }
    findings.append(
      Title(
        japanese: "キーになる列が見つからないため、行は内容で区別します（変更は削除と追加になります）。",
        english: "No column can be the key, so rows are told apart by their content: a change is a "
          + "removal and an addition."))
    return .content
  }
}

/// What the values of each column have in common.
private struct ColumnSurvey {
  private struct Column {
    let source: String
    let name: String
    let kind: SourceColumnKind
    var isInteger = true
    var isReal = true
    var isDay = true
    var count = 0
    /// Hashes of the values so far; nil once two were alike or one was missing.
    var seen: Set<Int>? = []
  }

  private var columns: [Column?] = []

  init(_ header: [SourceColumn]) {
    var taken: Set<String> = []
    columns = header.map { column in
      var name = column.name
      let lowercased = name.lowercased()
      if ["fid", "geom"].contains(lowercased) || lowercased.hasPrefix("machizu_") {
        name = "source_" + name
      }
      guard !name.isEmpty, taken.insert(name.lowercased()).inserted else { return nil }
      return Column(source: column.name, name: name, kind: column.kind)
    }
  }

  mutating func look(at values: [SourceValue]) {
    for index in columns.indices where index < values.count && columns[index] != nil {
      let text = values[index].description
      guard !text.isEmpty else {
        columns[index]?.seen = nil
        continue
      }
      columns[index]?.count += 1
      if let isNew = columns[index]?.seen?.insert(Self.hash(text)).inserted, !isNew {
        columns[index]?.seen = nil
      }
      if columns[index]?.isInteger == true, !Self.isInteger(text) {
        columns[index]?.isInteger = false
      }
      if columns[index]?.isReal == true, !Self.isReal(text) { columns[index]?.isReal = false }
      if columns[index]?.isDay == true, !Self.isDay(text) { columns[index]?.isDay = false }
    }
  }

  private static func hash(_ text: String) -> Int {
    var hasher = Hasher()
    for byte in text.utf8 { hasher.combine(byte) }
    return hasher.finalize()
  }

  /// Leading zeros say that it is a code.
  private static func isInteger(_ text: String) -> Bool {
    let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
    guard (1...15).contains(digits.utf8.count), digits.utf8.allSatisfy({ (48...57).contains($0) })
    else { return false }
    return digits.utf8.count == 1 || digits.utf8.first != 48
  }

  private static func isReal(_ text: String) -> Bool {
    guard let first = text.utf8.first, (48...57).contains(first) || first == 45,
      let number = Double(text), number.isFinite
    else { return false }
    let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
    return digits.utf8.count < 2 || digits.utf8.first != 48 || digits.dropFirst().first == "."
  }

  private static func isDay(_ text: String) -> Bool {
    guard !text.utf8.allSatisfy({ (48...57).contains($0) }),
      case .date(let date, _) = DateReading.parse(text)
    else { return false }
    return date.interval != nil
  }

  /// Columns that number rows for a program, not for a person.
  private static let rowNumbers: Set<String> = ["fid", "objectid", "ogc_fid", "gid", "oid"]
  private static let keyWords = ["番号", "コード", "ID", "ＩＤ", "id", "NO", "No", "キー", "記号"]

  private static func isCode(_ name: String) -> Bool {
    keyWords.contains { name.contains($0) } || name.contains("電話")
  }

  func name(of source: String) -> String? {
    columns.lazy.compactMap { $0 }.first { $0.source == source }?.name
  }

  /// The first column with a name like a number's whose values are all there and all different.
  var keyName: String? {
    columns.lazy.compactMap { $0 }.first { column in
      column.count > 0 && column.seen != nil && Self.isCode(column.name)
        && !Self.rowNumbers.contains(column.source.lowercased())
    }?.name
  }

  /// The column that names rows to people.
  var label: String? {
    columns.lazy.compactMap { $0 }.first { column in
      ["名称", "名前", "施設名", "name", "NAME", "Name"].contains(column.name)
    }?.name
  }

  func fields(key: LayerDeclaration.Key) -> [Field] {
    let keys = if case .fields(let names) = key { names } else { [String]() }
    return columns.compactMap { $0 }.map { column in
      Field(
        name: column.name, type: keys.contains(column.name) ? .text : type(of: column),
        sourceNames: column.name == column.source ? [] : [column.source], audience: .staff)
    }
  }

  private func type(of column: Column) -> FieldType {
    switch column.kind {
    case .boolean: return .boolean
    case .date: return .date
    case .dateTime: return .datetime
    default: break
    }
    guard column.count > 0 else { return .text }
    if Self.isCode(column.name), column.kind != .integer, column.kind != .real { return .text }
    if column.isInteger { return .integer }
    if column.isReal { return .real }
    return column.isDay ? .date : .text
  }
}
