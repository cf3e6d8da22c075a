internal import Features
internal import Formats
internal import Geometry
internal import LayerStore
internal import Projection
internal import Workspace

extension Workspace {
  /// The folder of the operator's datum grids.
  var gridFolder: String? { town.grids.map { FileContents.join(folder, $0) } }
}

/// What the rows of one import are judged by.
struct ImportContext {
  let area: TownArea?
  let glyphs: GlyphCheck?
  /// PROJ's grid files of the operator.
  let gridFolder: String?
  /// The keys that a field's values must name, by field; layers that are not imported are left out.
  let relatedKeys: [String: (layer: LayerID, keys: Set<FeatureKey>)]

  init(
    _ declaration: LayerDeclaration, in workspace: Workspace, store: LayerStore, area: TownArea?,
    glyphs: GlyphCheck?
  ) throws {
    self.area = area
    self.glyphs = glyphs
    gridFolder = workspace.gridFolder
    var related: [String: (layer: LayerID, keys: Set<FeatureKey>)] = [:]
    for (field, layer) in declaration.relates {
      guard case .fields(let names)? = workspace[layer: layer]?.key, names.count == 1,
        layer != declaration.id, try store.layer(layer) != nil
      else { continue }
      related[field] = (layer, try store.keys(of: layer))
    }
    relatedKeys = related
  }
}

/// Finds in a row what no single value shows: places outside of the town, names of entries that are
/// not there, columns left empty, characters that only their maker's font can draw. It tells, and
/// changes nothing.
struct RowDoctor {
  private let fields: [Field]
  private let label: Int?
  private let keyPositions: Set<Int>
  private let area: TownArea?
  private let glyphs: GlyphCheck?
  private let toDegrees: Reprojection
  private let relations: [(field: Int, layer: LayerID, keys: Set<FeatureKey>)]

  init(
    declaration: LayerDeclaration, fields: [Field], reference: ReferenceSystem,
    context: ImportContext
  ) throws {
    self.fields = fields
    label = declaration.label.flatMap { name in fields.firstIndex { $0.name == name } }
    if case .fields(let names) = declaration.key {
      keyPositions = Set(names.compactMap { name in fields.firstIndex { $0.name == name } })
    } else {
      keyPositions = []
    }
    area = context.area
    glyphs = context.glyphs
    toDegrees = try Reprojection(
      from: reference, to: .geographic, gridFolder: context.gridFolder)
    relations = fields.indices.compactMap { index in
      context.relatedKeys[fields[index].name].map { (index, $0.layer, $0.keys) }
    }
  }

  func examine(_ values: [Attribute], at place: SourcePlace, report: inout ImportReport) {
    if let label, !keyPositions.contains(label), values[label].isNull {
      report.emptyLabels.append(
        ImportReport.RowNote(
          kind: .note, file: place.file, row: place.row, column: fields[label].name,
          reason: Title(
            japanese: "表示に使う項目が空です。値を入力してください。",
            english: "The column that names the entry is empty; enter its value.")))
    }
    for (index, value) in values.enumerated() {
      guard case .text(let text) = value, let scalar = Self.privateUse(in: text) else { continue }
      let code = "U+" + String(scalar.value, radix: 16, uppercase: true)
      report.note(
        place, fields[index].name,
        Title(
          japanese: "外字（\(code)）があります。そのまま残しましたが、作成元のフォントがないと表示できません。",
          english:
            "The private-use character \(code) is kept, but only its maker's font can draw it."))
    }
    for (index, value) in values.enumerated() {
      guard let glyphs, case .text(let text) = value, let scalar = glyphs.firstMissing(in: text)
      else { continue }
      let code = "U+" + String(scalar.value, radix: 16, uppercase: true)
      report.note(
        place, fields[index].name,
        Title(
          japanese:
            "「\(scalar)」（\(code)）は設定されたどのフォントにもないため、地図には描かれません。machizu.jsonのfontsに字のあるフォントを加えてください。",
          english:
            "“\(scalar)” (\(code)) is in none of the configured fonts, so maps leave it out; "
            + "add a font that has it to “fonts” of machizu.json."))
    }
    for (index, layer, keys) in relations where !values[index].isNull {
      let text = values[index].displayText
      guard !keys.contains(FeatureKey(text)), !Self.dittoMarks.contains(text) else { continue }
      report.note(
        place, fields[index].name,
        Title(
          japanese: "「\(text)」は\(layer)にありません。番号を確かめてください。",
          english: "“\(text)” names no entry of \(layer); look up the number."))
    }
  }

  /// A place outside of the town is told, and whether exchanging the axes would bring it inside.
  func examine(_ shape: Shape<Native>, at place: SourcePlace, report: inout ImportReport) {
    guard let area else { return }
    var first: Point<Native>?
    shape.forEachPoint { if first == nil { first = $0 } }
    guard let first else { return }
    if let degrees: Point<Geographic> = toDegrees.forward(first), area.isNear(degrees) { return }
    report.outside += 1
    let exchanged = Point<Native>(x: first.y, y: first.x)
    if let degrees: Point<Geographic> = toDegrees.forward(exchanged), area.contains(degrees) {
      report.note(
        place, nil,
        Title(
          japanese: "場所が町の外です。北（X）と東（Y）を入れ替えると町の中に入ります。元の座標のまま残したので、確かめて直してください。",
          english: "The place is outside of the town, and inside it with north and east exchanged; "
            + "the coordinates are kept as they are: correct them if that is meant."))
    } else {
      report.note(
        place, nil,
        Title(
          japanese: "場所が町から離れています。座標と座標系を確かめてください。",
          english: "The place is far outside of the town; look at its coordinates and their "
            + "reference system."))
    }
  }

  /// Told already when the value was read.
  private static let dittoMarks: Set<String> = ["〃", "同上", "々", "仝", "〃〃"]

  private static func privateUse(in text: String) -> Unicode.Scalar? {
    text.unicodeScalars.first { scalar in
      (0xE000...0xF8FF).contains(scalar.value) || scalar.value >= 0xF0000
    }
  }
}

/// Asks once of each character whether some font can draw it.
final class GlyphCheck {
  private let missingCharacters: (String) -> [Unicode.Scalar]
  private var drawable: Set<UInt32> = []

  init(_ missingCharacters: @escaping (String) -> [Unicode.Scalar]) {
    self.missingCharacters = missingCharacters
  }

  /// The first character without a shape, private-use ones left out; nil where there is none.
  func firstMissing(in text: String) -> Unicode.Scalar? {
    for scalar in text.unicodeScalars where scalar.value >= 0x80 {
      guard !drawable.contains(scalar.value) else { continue }
      let isPrivate = (0xE000...0xF8FF).contains(scalar.value) || scalar.value >= 0xF0000
      if !isPrivate, !missingCharacters(String(Character(scalar))).isEmpty { return scalar }
      drawable.insert(scalar.value)
    }
    return nil
  }
}

/// What a change of datum does to places.
enum DatumNote {
  /// Nil where no old datum is left.
  static func of(_ reprojection: Reprojection) -> Title? {
    guard reprojection.source.isTokyoDatum != reprojection.target.isTokyoDatum else { return nil }
    if reprojection.usesDatumGrid {
      return Title(
        japanese: "日本測地系の座標を、格子ファイル\(Reprojection.tokyoGrid)で変換しました（誤差は0.2m程度）。",
        english: "The Tokyo datum was converted by the grid file \(Reprojection.tokyoGrid), "
          + "which is good to about 0.2 m.")
    }
    let metres = reprojection.accuracyMetres.map { "\(Int($0.rounded()))" }
    return Title(
      japanese: "日本測地系の座標を、格子ファイルなしで変換しました。\(metres.map { "\($0)m" } ?? "数m")程度ずれることがあります。"
        + "machizu.jsonのgridsに\(Reprojection.tokyoGrid)のフォルダを指定してください。",
      english: "The Tokyo datum was converted without a grid file, so places may be off by "
        + "\(metres.map { "\($0) m" } ?? "some metres"); put \(Reprojection.tokyoGrid) into the "
        + "folder that “grids” of machizu.json names.")
  }
}
