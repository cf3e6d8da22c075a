public import Features
internal import JSON

extension LayerDeclaration {
  static let keys = [
    "title", "group", "department", "audience", "geometry", "source", "key", "label", "fields",
    "time", "relates", "public_where", "licence", "attribution", "updated",
  ]

  /// Reads and checks a layer.json.
  public init(
    parsing bytes: [UInt8], id: LayerID, file: String, folder: String
  ) throws(WorkspaceError) {
    let document: JSONValue
    do {
      document = try JSONParser.parse(bytes)
    } catch {
      throw WorkspaceError(file: file, position: error.position, message: error.message)
    }
    var reader = ObjectReader(document, file: file, what: "A layer declaration")
    reader.allow(Self.keys)
    self.id = id
    self.folder = folder
    if reader["title"] == nil { reader.fault("“title” is missing.", at: document.position) }
    title = reader.title("title") ?? Title(japanese: id.text)
    group = reader.title("group")
    department = reader.string("department")
    audience = reader.audience("audience", default: .staff)
    geometry = .any
    let form = reader.requiredString("geometry")
    if let known = Geometry(rawValue: form) {
      geometry = known
    } else if !form.isEmpty {
      let allowed = Geometry.allCases.map(\.rawValue).joined(separator: ", ")
      reader.fault(
        "“geometry” is “\(form)”; allowed: \(allowed).",
        at: reader["geometry"]?.position ?? document.position)
    }
    source = Self.source(&reader)
    (fields, joins) = Self.fields(&reader, layerAudience: audience)
    key = Self.key(&reader)
    label = reader.string("label")
    time = Self.time(&reader)
    relates = Self.relates(&reader)
    publicWhere = reader.string("public_where")
    licence = reader.string("licence")
    attribution = reader.string("attribution")
    updated = reader.string("updated")
    checkNames(&reader)
    guard reader.faults.isEmpty else { throw WorkspaceError(reader.faults) }
  }

  /// Every column that another key names must be declared.
  private func checkNames(_ reader: inout ObjectReader) {
    let names = fields.map(\.name)
    func check(_ name: String?, _ key: String) {
      guard let name, !names.contains(name) else { return }
      let hint = NearestName.suggest(for: name, among: names).map { " Did you mean “\($0)”?" } ?? ""
      reader.fault(
        "“\(key)” names the field “\(name)”, which is not declared.\(hint)",
        at: reader[key]?.position ?? reader.value.position)
    }
    if case .fields(let parts) = key {
      for part in parts { check(part, "key") }
    }
    check(label, "label")
    switch time {
    case .interval(let from, let to):
      check(from, "time")
      check(to, "time")
    case .moment(let at, let precision):
      check(at, "time")
      check(precision, "time")
    case nil: break
    }
    for name in relates.keys.sorted() { check(name, "relates") }
    for (name, join) in joins.sorted(by: { $0.key < $1.key }) {
      check(join.on, "fields")
      var used = [join.on] + relates.keys
      if case .fields(let parts) = key { used += parts }
      for column in used where joins[column] != nil {
        reader.fault(
          "The field “\(column)” is joined from another layer, so that no row can be told by it.",
          at: reader["fields"]?.position ?? reader.value.position)
      }
      if let field = fields.first(where: { $0.name == name }) {
        let allowed: [FieldType] = join.aggregate == .count ? [.integer] : [.integer, .real]
        if !allowed.contains(field.type) || (join.aggregate == .mean && field.type == .integer) {
          reader.fault(
            "The joined field “\(name)” is a \(join.aggregate.rawValue), which is "
              + "\(join.aggregate == .count ? "integer" : join.aggregate == .mean ? "real" : "integer or real").",
            at: reader["fields"]?.position ?? reader.value.position)
        }
      }
    }
    for file in source?.files ?? [] {
      for name in file.set.keys.sorted() { check(name, "source") }
    }
    // The store compares the names of columns without regard to the case of ASCII letters.
    let folded = names.map { name in
      name.utf8.map { (65...90).contains($0) ? $0 | 0x20 : $0 }
    }
    for (index, name) in names.enumerated()
    where names.firstIndex(of: name) != index || folded.firstIndex(of: folded[index]) != index {
      reader.fault(
        "The field “\(name)” is declared twice.",
        at: reader["fields"]?.position ?? reader.value.position)
    }
  }

  private static func source(_ reader: inout ObjectReader) -> Source? {
    guard let found = reader["source"] else { return nil }
    var inner = ObjectReader(found, file: reader.file, what: "“source”")
    inner.allow(["files", "encoding", "crs", "columns", "headerRow", "delimiter", "comment"])
    var files: [File] = []
    if let list = inner["files"]?.array, !list.isEmpty {
      for element in list {
        if let glob = element.string {
          files.append(File(glob: glob, crs: nil, encoding: nil, layer: nil, set: [:]))
        } else {
          files.append(file(element, &inner))
        }
      }
    } else {
      inner.fault(
        "“files” must be a list of paths.", at: inner["files"]?.position ?? found.position)
    }
    var columns: Columns?
    if let value = inner["columns"] { columns = self.columns(value, &inner) }
    let delimiter = inner.string("delimiter")
    if let delimiter, delimiter.utf8.count != 1 {
      inner.fault(
        "“delimiter” is “\(delimiter)”; one ASCII character is allowed.",
        at: inner["delimiter"]?.position ?? found.position)
    }
    var source = Source(
      files: files, encoding: inner.string("encoding") ?? "auto", crs: inner.string("crs"),
      columns: columns)
    source.headerRow = inner.integer("headerRow", in: 1...1000)
    source.delimiter = delimiter
    source.comment = inner.string("comment")
    reader.take(inner)
    return source
  }

  private static func file(_ element: JSONValue, _ outer: inout ObjectReader) -> File {
    var reader = ObjectReader(element, file: outer.file, what: "An entry of “files”")
    reader.allow(["glob", "crs", "encoding", "layer", "set"])
    var set: [String: String] = [:]
    if let found = reader["set"], found.object == nil {
      reader.fault("“set” must be an object of column and text.", at: found.position)
    }
    for member in reader["set"]?.object ?? [] {
      guard let text = member.value.string else {
        reader.fault("“set” must hold texts only.", at: member.value.position)
        continue
      }
      set[member.key] = text
    }
    let file = File(
      glob: reader.requiredString("glob"), crs: reader.string("crs"),
      encoding: reader.string("encoding"), layer: reader.string("layer"), set: set)
    outer.take(reader)
    return file
  }

  private static func columns(_ value: JSONValue, _ outer: inout ObjectReader) -> Columns? {
    var reader = ObjectReader(value, file: outer.file, what: "“columns”")
    defer { outer.take(reader) }
    if reader["x"] != nil || reader["y"] != nil {
      reader.fault(
        "“x” and “y” are not accepted, since X is north in half of the files: say east and north, "
          + "or longitude and latitude.", at: value.position)
      return nil
    }
    reader.allow(["longitude", "latitude", "east", "north", "wkt"])
    if reader["wkt"] != nil { return .wkt(reader.requiredString("wkt")) }
    if reader["east"] != nil || reader["north"] != nil {
      return .metres(east: reader.requiredString("east"), north: reader.requiredString("north"))
    }
    return .degrees(
      longitude: reader.requiredString("longitude"), latitude: reader.requiredString("latitude"))
  }

  private static func key(_ reader: inout ObjectReader) -> Key {
    let names = reader.strings("key")
    if names.isEmpty {
      reader.fault(
        "“key” is missing: name the field that never changes, or \"machizu:content\".",
        at: reader.value.position)
    }
    return names == ["machizu:content"] ? .content : .fields(names)
  }

  private static func time(_ reader: inout ObjectReader) -> Time? {
    guard let found = reader["time"] else { return nil }
    var inner = ObjectReader(found, file: reader.file, what: "“time”")
    inner.allow(["from", "to", "at", "precision"])
    defer { reader.take(inner) }
    if inner["at"] != nil {
      return .moment(at: inner.requiredString("at"), precision: inner.string("precision"))
    }
    return .interval(from: inner.requiredString("from"), to: inner.string("to"))
  }

  private static func relates(_ reader: inout ObjectReader) -> [String: LayerID] {
    guard let found = reader["relates"] else { return [:] }
    if found.object == nil {
      reader.fault("“relates” must be an object of field and layer.", at: found.position)
    }
    var relates: [String: LayerID] = [:]
    for member in found.object ?? [] {
      guard let text = member.value.string, let id = LayerID(text) else {
        reader.fault("“relates” must name a layer.", at: member.value.position)
        continue
      }
      relates[member.key] = id
    }
    return relates
  }

  private static func fields(
    _ reader: inout ObjectReader, layerAudience: Audience
  ) -> ([Field], [String: Join]) {
    guard let found = reader["fields"] else {
      reader.fault("“fields” is missing.", at: reader.value.position)
      return ([], [:])
    }
    guard let list = found.array else {
      reader.fault("“fields” must be a list.", at: found.position)
      return ([], [:])
    }
    var joins: [String: Join] = [:]
    let fields = list.map { element in
      let field = field(element, &reader, layerAudience: layerAudience)
      joins[field.name] = join(element, &reader)
      return field
    }
    return (fields, joins)
  }

  private static func join(_ field: JSONValue, _ outer: inout ObjectReader) -> Join? {
    guard let found = field["join"] else { return nil }
    var reader = ObjectReader(found, file: outer.file, what: "“join”")
    defer { outer.take(reader) }
    reader.allow(["layer", "on", "key", "aggregate", "of"])
    for name in ["from", "pattern", "pad", "codes"] where field[name] != nil {
      reader.fault("“\(name)” has no effect beside “join”.", at: found.position)
    }
    let name = reader.requiredString("layer")
    guard let layer = LayerID(name) else {
      if !name.isEmpty {
        reader.fault("“layer” must be the id of a layer.", at: found.position)
      }
      return nil
    }
    let text = reader.requiredString("aggregate")
    guard let aggregate = Join.Aggregate(rawValue: text) else {
      let allowed = Join.Aggregate.allCases.map(\.rawValue).joined(separator: ", ")
      if !text.isEmpty {
        reader.fault(
          "“aggregate” is “\(text)”; allowed: \(allowed).",
          at: reader["aggregate"]?.position ?? found.position)
      }
      return nil
    }
    let on = reader.requiredString("on")
    let column = aggregate == .count ? nil : reader.requiredString("of")
    if aggregate == .count, let of = reader["of"] {
      reader.fault("“of” has no effect where rows are counted.", at: of.position)
    }
    return Join(
      layer: layer, on: on, key: reader.string("key") ?? on, aggregate: aggregate, of: column)
  }

  private static func field(
    _ value: JSONValue, _ outer: inout ObjectReader, layerAudience: Audience
  ) -> Field {
    var reader = ObjectReader(value, file: outer.file, what: "A field")
    reader.allow([
      "name", "type", "title", "unit", "codes", "from", "pattern", "pad", "audience", "join",
    ])
    let name = reader.requiredString("name")
    if name.lowercased().hasPrefix("machizu_") || ["fid", "geom"].contains(name.lowercased()) {
      reader.fault(
        "The field name “\(name)” is used by the store itself; choose another and name the source's "
          + "column in “from”.", at: reader["name"]?.position ?? value.position)
    }
    var type = FieldType.text
    let typeName = reader.requiredString("type")
    if let known = FieldType(rawValue: typeName) {
      type = known
    } else if !typeName.isEmpty {
      let allowed = FieldType.allCases.map(\.rawValue).joined(separator: ", ")
      reader.fault(
        "The type “\(typeName)” is not known; allowed: \(allowed).",
        at: reader["type"]?.position ?? value.position)
    }
    var codes: [CodeMeaning] = []
    if let found = reader["codes"] {
      if found.object == nil {
        reader.fault("“codes” must be an object of value and meaning.", at: found.position)
      }
      for member in found.object ?? [] {
        if let title = reader.title(of: member.value, what: member.key) {
          codes.append(CodeMeaning(value: member.key, title: title))
        }
      }
    }
    let field = Field(
      name: name, type: type, title: reader.title("title"), unit: reader.string("unit"),
      codes: codes, sourceNames: reader.strings("from"), pattern: reader.string("pattern"),
      padWidth: reader.integer("pad", in: 1...64),
      audience: max(layerAudience, reader.audience("audience", default: layerAudience)))
    outer.take(reader)
    return field
  }
}
