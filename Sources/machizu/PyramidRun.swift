internal import Features

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
      throw CommandError.failed("The tiles of \(output) could not all be drawn.")
    }
  }
}
