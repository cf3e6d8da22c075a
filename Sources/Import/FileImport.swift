internal import Features
internal import Formats
internal import Geometry
internal import LayerStore
internal import Projection
internal import Workspace

/// The rows of one source file on their way into the store.
struct FileImport {
  private let entry: SourceEntry
  private let declaration: LayerDeclaration
  private let layout: ColumnLayout
  private let readers: [FieldReader]
  private let positions: [Int?]
  /// Positions of the key's fields, in the order of the key.
  private let keyPositions: [Int]
  private let reference: ReferenceSystem
  private let reprojection: Reprojection
  private let doctor: RowDoctor
  private let repair: ShapeRepair
  private let context: ImportContext

  init(
    _ entry: SourceEntry, declaration: LayerDeclaration, layout: ColumnLayout,
    readers: [FieldReader], keyNames: [String], reference: ReferenceSystem,
    context: ImportContext
  ) throws {
    self.entry = entry
    self.declaration = declaration
    self.layout = layout
    self.readers = readers
    self.reference = reference
    self.context = context
    repair = try ShapeRepair()
    positions = layout.positions(in: entry.header)
    keyPositions = keyNames.compactMap { name in
      layout.fields.firstIndex { $0.name == name }
    }
    reprojection = try Reprojection(
      from: entry.reference, to: reference, gridFolder: context.gridFolder)
    doctor = try RowDoctor(
      declaration: declaration, fields: layout.fields, reference: entry.reference,
      context: context)
  }

  func run(into writer: LayerWriter, report: inout ImportReport) throws {
    var source = try SourceFile.open(entry.path, options: entry.options)
    var file = ImportReport.FileNote(
      file: entry.path, encoding: source.header.encoding.evidence,
      reference: entry.reference.description,
      warnings: source.header.warnings.map { SourceMessage.title($0) })
    if !layout.undeclared.isEmpty {
      let present = Set(entry.header.columns.map(\.name))
      let names = layout.undeclared.filter(present.contains).joined(separator: ", ")
      if !names.isEmpty {
        file.warnings.append(
          Title(
            japanese: "宣言されていない列は「制限」として保存しました: \(names)",
            english: "Columns that are not declared are kept and count as restricted: \(names)"))
      }
    }
    let outsideBefore = report.outside
    while let item = try source.next() {
      report.read += 1
      file.read += 1
      switch item {
      case .rejected(let place, let reason):
        report.reject(place, nil, SourceMessage.title(reason))
      case .record(let record):
        if record.geometry != nil { file.placed += 1 }
        try put(record, into: writer, report: &report)
      }
    }
    if let note = DatumNote.of(reprojection) { file.warnings.append(note) }
    if let note = misplaced(outside: report.outside - outsideBefore, placed: file.placed) {
      file.warnings.append(note)
    }
    report.files.append(file)
  }

  /// Where most places of a file lie far outside of the town, the system that would put them into it.
  private func misplaced(outside: Int, placed: Int) -> Title? {
    guard let area = context.area, outside * 2 > placed,
      let best = ReferenceProposal.all(
        path: entry.path, options: entry.options, area: area, gridFolder: context.gridFolder
      ).first, best.reference != entry.reference || best.change != .none
    else { return nil }
    let words = best.description
    return Title(
      japanese: "\(placed)箇所のうち\(outside)箇所が町の外です。座標系が\(entry.reference)でないかもしれません。"
        + "\(words.japanese)（採用はしていません）",
      english: "\(outside) of \(placed) places lie outside of the town, so the system may not be "
        + "\(entry.reference): \(words.text(in: .english)) (nothing is taken).")
  }

  private func put(
    _ record: SourceRecord, into writer: LayerWriter, report: inout ImportReport
  ) throws {
    var values: [Attribute] = []
    values.reserveCapacity(layout.fields.count)
    var unread: [String: String] = [:]
    for (index, reader) in readers.enumerated() {
      let written = value(index, of: record)
      let reading = reader.read(written)
      switch reading {
      case .value(let attribute, let notes):
        values.append(attribute)
        for note in notes {
          report.note(
            record.place, reader.field.name,
            Title(japanese: note.text(in: .japanese), english: note.text(in: .english)))
        }
      case .unreadable(let fault):
        let reason = Title(japanese: fault.text(in: .japanese), english: fault.text(in: .english))
        if reader.isKey {
          report.reject(record.place, reader.field.name, reason)
          return
        }
        values.append(.null)
        unread[reader.field.name] = written.displayText
        report.note(record.place, reader.field.name, reason)
      }
    }
    noteDamages(record, report: &report)
    guard let key = key(of: values) else {
      report.reject(
        record.place, keyPositions.first.map { layout.fields[$0].name },
        Title(japanese: "キーが空です。", english: "The key is empty."))
      return
    }
    var row = IncomingRow(key: key.key, shape: nil, values: values, unread: unread)
    doctor.examine(values, at: record.place, report: &report)
    place(record, into: &row, report: &report)
    let hasPlace = row.shape != nil
    switch try writer.put(row) {
    case .added: report.added += 1
    case .changed: report.changed += 1
    case .unchanged: report.unchanged += 1
    case .conflict:
      report.conflicts += 1
      report.rows.append(
        ImportReport.RowNote(
          kind: .conflict, file: record.place.file, row: record.place.row, column: nil,
          reason: Title(
            japanese: "前回の取込後に編集されているため、編集内容を残しました。",
            english: "The row was edited since its last import; the edit is kept.")))
      return
    case .duplicate(let key):
      report.reject(
        record.place, keyPositions.first.map { layout.fields[$0].name },
        Title(
          japanese: "キー「\(key)」は既に使われています。",
          english: "The key “\(key)” is already taken by an earlier row."))
      return
    }
    if hasPlace { report.placed += 1 }
  }

  /// A column's value: what the declaration sets, else what the file holds.
  private func value(_ index: Int, of record: SourceRecord) -> Attribute {
    if let text = entry.set[layout.fields[index].name] { return .text(text) }
    guard let position = positions[index], position < record.values.count else { return .null }
    switch record.values[position] {
    case .null: return .null
    case .text(let text): return .text(text)
    case .integer(let number): return .integer(number)
    case .real(let number): return .real(number)
    case .boolean(let flag): return .boolean(flag)
    }
  }

  /// Nil when a part of the key is missing; the inner key is nil for rows named by their content.
  private func key(of values: [Attribute]) -> (key: FeatureKey?, Void)? {
    guard !keyPositions.isEmpty else { return (nil, ()) }
    var parts: [String] = []
    for position in keyPositions {
      let text = values[position].displayText
      guard !text.isEmpty else { return nil }
      parts.append(text)
    }
    return (FeatureKey(parts.joined(separator: "/")), ())
  }

  private func noteDamages(_ record: SourceRecord, report: inout ImportReport) {
    for damage in record.damages {
      let column =
        damage.column < entry.header.columns.count
        ? entry.header.columns[damage.column].name : nil
      report.note(
        record.place, column,
        damage.damage.title)
    }
  }

  /// Brings the row's place into the layer's reference system; what cannot be placed is told.
  private func place(
    _ record: SourceRecord, into row: inout IncomingRow, report: inout ImportReport
  ) {
    for fault in record.geometryFaults {
      report.note(record.place, nil, SourceMessage.title(fault))
    }
    guard let geometry = record.geometry, !geometry.isEmpty else { return }
    guard declaration.geometry != .none else {
      report.note(
        record.place, nil,
        Title(
          japanese: "場所を持たないレイヤなので、図形は取り込みませんでした。",
          english: "The layer holds no places, so the geometry was left out."))
      return
    }
    if let kind = geometry.kind, !declaration.geometry.allows(kind) {
      report.note(
        record.place, nil,
        Title(
          japanese: "図形の種類が宣言（\(declaration.geometry.rawValue)）と違います: \(geometry.typeName)",
          english:
            "The geometry is a \(geometry.typeName); declared is \(declaration.geometry.rawValue).")
      )
    }
    doctor.examine(geometry, at: record.place, report: &report)
    if let original = record.originalWKB { row.original = (original, entry.reference) }
    guard let kept = keepingPossible(geometry) else {
      row.original = row.original ?? (geometry.wkb(), entry.reference)
      report.note(
        record.place, nil,
        Title(
          japanese: "座標が \(entry.reference) の範囲外のため、場所なしで保存しました。",
          english:
            "The coordinates are outside of \(entry.reference); the row is kept without a place."
        ))
      return
    }
    if kept.dropped > 0 {
      report.note(
        record.place, nil,
        Title(
          japanese: "座標として読めない頂点を\(kept.dropped)個除きました。元の図形も残しています。",
          english: kept.dropped == 1
            ? "One vertex is no possible place and was left out; the original is kept."
            : "\(kept.dropped) vertices are no possible places and were left out; the original is "
              + "kept."))
    }
    let mended = repair.mended(kept.shape)
    if let what = mended.what { report.note(record.place, nil, what) }
    if kept.dropped > 0 || mended.isChanged || entry.reference != reference {
      row.original = row.original ?? (geometry.wkb(), entry.reference)
    }
    row.shape =
      entry.reference == reference ? mended.shape : reprojection.forward(mended.shape)
  }

  /// The shape with the vertices that can be places in the file's system and in the layer's; nil
  /// where too few are left.
  private func keepingPossible(
    _ geometry: Shape<Native>
  ) -> (shape: Shape<Native>, dropped: Int)? {
    let isSame = entry.reference == reference
    let isGeographic = entry.reference.isGeographic
    func isPossible(_ point: Point<Native>) -> Bool {
      guard point.isFinite else { return false }
      if isGeographic, abs(point.x) > 180 || abs(point.y) > 90 { return false }
      if isSame { return true }
      let place: Point<Native>? = reprojection.forward(point)
      return place != nil
    }
    // Nearly all shapes are whole: a look, without a copy.
    var isWhole = true
    geometry.forEachPoint { if isWhole, !isPossible($0) { isWhole = false } }
    return isWhole ? (geometry, 0) : geometry.keeping(isPossible)
  }
}

extension LayerDeclaration.Geometry {
  /// Whether features of a kind belong into a layer of this declaration.
  fileprivate func allows(_ kind: GeometryKind) -> Bool {
    switch self {
    case .any: true
    case .none: false
    case .point: kind == .point
    case .line: kind == .line
    case .polygon: kind == .polygon
    }
  }
}

extension TextDamage {
  fileprivate var title: Title {
    switch self {
    case .cutMidCharacter(let offset):
      Title(
        japanese: "値が文字の途中（\(offset)バイト目の後）で切れています。そこまでを残しました。",
        english:
          "The value was cut inside a character after byte \(offset); the text before it is kept."
      )
    case .undecodable(let offset):
      Title(
        japanese: "\(offset)バイト目が文字として読めません。",
        english: "Byte \(offset) of the value is no character of the encoding.")
    }
  }
}
