public import Features
internal import SQLite
public import Workspace

extension LayerDeclaration {
  /// The columns that rows of other layers give, in the order of the declaration.
  var joinedFields: [StoredField] {
    fields.filter { joins[$0.name] != nil }.map { StoredField(name: $0.name, type: $0.type) }
  }
}

extension LayerStore {
  /// Works the joined columns out again that a change of `layer` may reach: its own, and those of layers
  /// that are joined to it. A layer of which a row changes gets `commit` as its revision, and the row's
  /// state before an entry in the history, so that whatever follows revisions follows joins too.
  ///
  /// - Returns: whether anything has changed.
  func refreshJoins(
    of layer: LayerID, in workspace: Workspace, commit: Revision
  ) throws -> Bool {
    var hasChanged = false
    for target in workspace.layersJoined(to: layer) {
      guard let stored = try self.layer(target.id) else { continue }
      let isStored = { (name: String) in stored.fields.contains { $0.name == name } }
      let joined = target.fields.filter { target.joins[$0.name] != nil && isStored($0.name) }
      var columns: [JoinedColumn] = []
      for field in joined {
        guard let join = target.joins[field.name] else { continue }
        columns.append(try JoinedColumn(join, field: field, in: workspace, store: self))
      }
      let hasNewRecipe = try setRecipes(of: target, joined, in: workspace)
      let hasNewRow = try refresh(columns, of: stored, commit: commit)
      guard hasNewRecipe || hasNewRow else { continue }
      hasChanged = true
      try database.run(
        "UPDATE machizu_layers SET revision = ? WHERE layer = ?",
        [.integer(commit), .text(target.id.text)])
      try database.run(
        "UPDATE gpkg_contents SET last_change = strftime('%Y-%m-%dT%H:%M:%fZ','now') "
          + "WHERE table_name = ?", [.text(target.id.text)])
    }
    return hasChanged
  }

  private func refresh(
    _ columns: [JoinedColumn], of layer: StoredLayer, commit: Revision
  ) throws -> Bool {
    guard !columns.isEmpty else { return false }
    let table = Database.quoted(layer.id.text)
    let names = columns.flatMap { [$0.on, $0.name] }.map { ", " + Database.quoted($0) }.joined()
    var changes: [(number: Int64, key: String, values: [SQLValue])] = []
    let rows = try database.prepare("SELECT fid, machizu_key\(names) FROM \(table)")
    while try rows.step() {
      var differs = false
      var values: [SQLValue] = []
      for (index, column) in columns.enumerated() {
        let value = column.value(for: rows.value(2 + 2 * index))
        differs = differs || value != rows.value(3 + 2 * index)
        values.append(value)
      }
      if differs { changes.append((rows.integer(0), rows.text(1), values)) }
    }
    guard !changes.isEmpty else { return false }
    let noted = try database.prepare(
      "SELECT 1 FROM machizu_history WHERE layer = ? AND key = ? AND commit_id = ?")
    let history = try LayerWriter.changes(of: layer.id, fields: layer.fields, in: database)
    let assignments = columns.map { "\(Database.quoted($0.name)) = ?" }.joined(separator: ", ")
    let update = try database.prepare("UPDATE \(table) SET \(assignments) WHERE fid = ?")
    for change in changes {
      // What this commit wrote itself has its former state there already.
      try noted.bind([.text(layer.id.text), .text(change.key), .integer(commit)])
      if try !noted.step() {
        try history.bind([
          .integer(commit), .text(layer.id.text), .text("change"), .integer(change.number),
        ])
        while try history.step() {}
      }
      try update.bind(change.values + [.integer(change.number)])
      while try update.step() {}
    }
    return true
  }

  private static func recipeName(_ layer: LayerID, _ field: String) -> String {
    "join/\(layer)/\(field)"
  }

  private func setRecipes(
    of layer: LayerDeclaration, _ joined: [Field], in workspace: Workspace
  ) throws -> Bool {
    let prefix = Self.recipeName(layer.id, "")
    let known = try joinRecipes().filter { $0.key.hasPrefix(prefix) }
    var wanted: [String: String] = [:]
    for field in joined {
      guard let join = layer.joins[field.name] else { continue }
      wanted[Self.recipeName(layer.id, field.name)] = workspace.recipe(
        of: join, audience: field.audience)
    }
    guard wanted != known else { return false }
    for name in known.keys {
      try database.run("DELETE FROM machizu_store WHERE name = ?", [.text(name)])
    }
    for (name, recipe) in wanted {
      try database.run("INSERT INTO machizu_store VALUES (?, ?)", [.text(name), .text(recipe)])
    }
    return true
  }

  /// How the joined columns of the store were worked out, by layer and field.
  private func joinRecipes() throws -> [String: String] {
    var recipes: [String: String] = [:]
    for row in try database.rows("SELECT name, value FROM machizu_store WHERE name GLOB 'join/*'") {
      if case .text(let name) = row[0], case .text(let recipe) = row[1] { recipes[name] = recipe }
    }
    return recipes
  }

  /// Imported layers with a joined column that was not yet worked out as is declared now, and is for nobody
  /// until it is.
  public func layersWithStaleJoins(in workspace: Workspace) throws(StoreError) -> [LayerID] {
    try StoreError.wrapping {
      let recipes = try joinRecipes()
      return try layers().map(\.id).filter { id in
        guard let layer = workspace[layer: id] else { return false }
        return layer.joins.contains { name, join in
          let audience = layer.fields.first { $0.name == name }?.audience ?? .restricted
          return recipes[Self.recipeName(id, name)]
            != workspace.recipe(of: join, audience: audience)
        }
      }
    }
  }

  /// The columns of a stored layer as the declaration describes them. A joined one that was worked out
  /// otherwise than is declared now, be it that other rows are public since, is for nobody before the next
  /// import.
  func fields(of layer: StoredLayer, in workspace: Workspace) throws -> [Field] {
    guard let declaration = workspace[layer: layer.id] else { return [] }
    let recipes = try joinRecipes()
    return SnapshotFiles.fields(of: layer, declaration: declaration).map { field in
      let wanted = declaration.joins[field.name].map {
        workspace.recipe(of: $0, audience: field.audience)
      }
      guard recipes[Self.recipeName(layer.id, field.name)] != wanted else { return field }
      return Field(name: field.name, type: field.type, audience: .restricted)
    }
  }
}

/// The numbers of one joined column, by the value of the column that it is joined on.
private struct JoinedColumn {
  private struct Group {
    var count = 0
    /// Nil after an overflow, and where a sum holds reals.
    var integer: Int64? = 0
    var real = 0.0
  }

  let name: String
  let on: String
  private let join: LayerDeclaration.Join
  private let type: FieldType
  /// Nil where the other layer is not imported yet: nothing is known of its rows then.
  private let groups: [FeatureKey: Group]?

  /// - Parameter field: for the public only those rows count that the public sees.
  init(
    _ join: LayerDeclaration.Join, field: Field, in workspace: Workspace, store: LayerStore
  ) throws {
    self.join = join
    name = field.name
    on = join.on
    type = field.type
    guard let other = try store.layer(join.layer), let declaration = workspace[layer: join.layer],
      let key = other.fields.firstIndex(where: { $0.name == join.key })
    else {
      groups = nil
      return
    }
    let of = join.of.flatMap { name in other.fields.firstIndex { $0.name == name } }
    guard join.of == nil || of != nil else {
      groups = nil
      return
    }
    let publicRows =
      field.audience == .public ? try PublicRows(other, declaration: declaration) : nil
    var groups: [FeatureKey: Group] = [:]
    try store.forEachRow(of: other) { row in
      guard publicRows.map({ $0.audience(of: row.values) == .public }) ?? true,
        let key = Self.key(StoredValue.sql(row.values[key]))
      else { return }
      guard let of else {
        groups[key, default: Group()].count += 1
        return
      }
      var group = groups[key, default: Group()]
      guard Self.add(row.values[of], to: &group, join.aggregate) else { return }
      groups[key] = group
    }
    self.groups = groups
  }

  private static func add(
    _ value: Attribute, to group: inout Group, _ aggregate: LayerDeclaration.Join.Aggregate
  ) -> Bool {
    let real: Double
    var integer: Int64?
    switch value {
    case .integer(let number): (real, integer) = (Double(number), number)
    case .real(let number): real = number
    case .null, .text, .boolean, .date: return false
    }
    defer { group.count += 1 }
    let isFirst = group.count == 0
    switch aggregate {
    case .count: break
    case .sum, .mean:
      group.real += real
      if let sum = group.integer, let integer {
        let (total, overflow) = sum.addingReportingOverflow(integer)
        group.integer = overflow ? nil : total
      } else {
        group.integer = nil
      }
    case .min where isFirst || real < group.real, .max where isFirst || real > group.real:
      group.real = real
      group.integer = integer
    case .min, .max: break
    }
    return true
  }

  /// As text, so that a code of digits fits a number.
  private static func key(_ value: SQLValue) -> FeatureKey? {
    switch value {
    case .text(let text): FeatureKey(text)
    case .integer(let number): FeatureKey(String(number))
    case .real(let number): FeatureKey("\(number)")
    case .null, .blob: nil
    }
  }

  /// Null for rows without the value that is joined on, and of nothing a mean, a least and a greatest.
  func value(for on: SQLValue) -> SQLValue {
    guard let groups, let key = Self.key(on) else { return .null }
    let group = groups[key] ?? Group()
    switch join.aggregate {
    case .count: return .integer(Int64(group.count))
    case .mean: return group.count == 0 ? .null : .real(group.real / Double(group.count))
    case .min, .max, .sum:
      if group.count == 0, join.aggregate != .sum { return .null }
      guard type == .integer else { return .real(group.real) }
      return group.integer.map(SQLValue.integer) ?? .null
    }
  }
}
