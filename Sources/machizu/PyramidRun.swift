internal import Features
internal import Geometry
internal import JSON
internal import Workspace

/// A pyramid that another command has drawn, as `machizu render` is asked for it.
struct PyramidRun {
  var style: String
  var audience: Audience
  /// `A-B`.
  var zooms: String
  /// `W,S,E,N`; nil for the town's area.
  var box: String?
  /// `LAYER:KEY` instead of a box.
  var inside: String?
  /// `A,B`; nil for those shown at first.
  var layers: String?
  var language: Language?
  var scale = 1
  var workers: String?
  /// Whether tiles that an archive of the output's name has right are kept.
  var isUpdate = false
  /// Whether the archive says from which state of the store it was drawn.
  var tellsRevisions = true
  /// A name that ends with `.pmtiles`, `.mbtiles` or `/`.
  var output: String

  /// Draws it for the workspace that `session` was given.
  func draw(for session: Session) throws {
    var words = [style, "--audience", audience.name, "--zoom", zooms, "-o", output]
    if let inside {
      words += ["--inside=" + inside]
    } else if let box {
      words += ["--bbox=" + box]
    }
    if isUpdate { words.append("--update") }
    if !tellsRevisions { words.append("--no-revisions") }
    if let layers { words += ["--layers", layers] }
    if let language { words += ["--language", language.rawValue] }
    if scale != 1 { words += ["--scale", String(scale)] }
    if let workers { words += ["--workers", workers] }
    for name in ["--workspace", "--var"] {
      if let value = session.arguments[name] { words += [name, value] }
    }
    for path in session.arguments.all("--path") { words += ["--path", path] }
    let arguments = try Arguments(words, for: .render)
    let status = try Command.render.run(arguments, Session(arguments))
    guard status == 0 else {
      throw BilingualError(
        title: Title(
          japanese: "\(output)のタイルをすべては描けませんでした。描けなかったタイルと理由は、この報告の外（エラー出力）にあります。",
          english: "The tiles of \(output) could not all be drawn."), isRefusedInput: false)
    }
  }
}

extension PyramidRun {
  /// What brings an archive up to date that Machizu drew: its metadata tell how it was asked for.
  init(updating path: String, describedBy description: ArchiveDescription) throws(BilingualError) {
    guard description.text("epoch") != nil, let style = description.text("style"),
      let audience = description.text("audience").flatMap(Audience.init(name:)),
      let language = description.text("language").flatMap(Language.init(rawValue:))
    else {
      throw BilingualError(
        title: Title(
          japanese: "\(path)に、どう描いたかの記録がありません。machizu render で作り直してください。",
          english: "\(path) does not say how it was drawn: draw it once with machizu render."))
    }
    guard description.text("shard") == nil else {
      throw BilingualError(
        title: Title(
          japanese: "\(path)は分割して描いた一部です。machizu pyramid merge でまとめてください。",
          english: "\(path) is one part of several: merge them with machizu pyramid merge."))
    }
    let zooms = description.zooms
    let bounds = description.bounds
    let sides = [bounds.minX, bounds.minY, bounds.maxX, bounds.maxY]
    self.init(
      style: style, audience: audience, zooms: "\(zooms.lowerBound)-\(zooms.upperBound)",
      box: sides.map(\.description).joined(separator: ","), inside: description.text("inside"),
      layers: description.machizu["layers"]?.array?.compactMap(\.string).joined(separator: ","),
      language: language, scale: description.machizu["scale"]?.int64 == 2 ? 2 : 1, isUpdate: true,
      output: FileContents.isFolder(path) && !path.hasSuffix("/") ? path + "/" : path)
  }
}
