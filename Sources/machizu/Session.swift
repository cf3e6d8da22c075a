internal import Features
internal import FoundationEssentials
internal import Glibc
internal import LayerStore
internal import Lettering
internal import Rendering
internal import Styling
internal import Workers
internal import Workspace

/// What commands share: the workspace that the arguments name and what is opened from it.
struct Session {
  let arguments: Arguments
  /// Whether the process ends with the command: memory may then be left to the system, which takes it
  /// back at once.
  let endsProcess: Bool

  init(_ arguments: Arguments, endsProcess: Bool = false) {
    self.arguments = arguments
    self.endsProcess = endsProcess
  }

  var isJSON: Bool { arguments.has("--json") }

  func workspace() throws -> Workspace {
    var paths: [String: String] = [:]
    for text in arguments.all("--path") {
      guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
        throw CommandError.usage("--path is “\(text)”; NAME=DIR is needed.")
      }
      paths[String(text[..<equals])] = String(text[text.index(after: equals)...])
    }
    return try Workspace(
      folder: arguments["--workspace"] ?? ".", varFolder: arguments["--var"], paths: paths)
  }

  /// The language of messages: as asked, else by the locale.
  func messageLanguage() throws -> Language {
    if let language = try arguments.language() { return language }
    for name in ["LC_ALL", "LC_MESSAGES", "LANG"] {
      guard let value = unsafe getenv(name), unsafe value[0] != 0 else { continue }
      return unsafe String(cString: value).hasPrefix("ja") ? .japanese : .english
    }
    return .english
  }

  /// A declared layer by its name; what the audience may not see is not there.
  static func layerID(
    _ text: String, in workspace: Workspace, for audience: Audience = .restricted
  ) throws(CommandError) -> LayerID {
    guard let id = LayerID(text), let layer = workspace[layer: id], audience.sees(layer.audience)
    else {
      let visible = workspace.layers.filter { audience.sees($0.audience) }
      let nearest = NearestLayer.suggest(text, among: visible.map(\.id.text))
      throw .usage("There is no layer “\(text)”." + nearest)
    }
    return id
  }

  /// A map of the workspace, checked and with its fonts and symbols.
  static func map(_ id: String, in workspace: Workspace) throws -> MapStyle {
    guard LayerID.isWellFormed(id), workspace.styleIDs.contains(id) else {
      throw CommandError.usage(
        "There is no style “\(id)”." + NearestLayer.suggest(id, among: workspace.styleIDs))
    }
    let fonts = Pending { try Self.fonts(of: workspace) }
    let bytes = try FileContents.read(workspace.stylePath(id), limitBytes: 4 << 20)
    let document = try StyleDocument(parsing: bytes, id: id)
    let symbols = try symbols(of: workspace)
    return MapStyle(
      document, documentBytes: bytes, fonts: try fonts.value(), symbols: symbols)
  }

  static func fonts(of workspace: Workspace) throws -> FontSet {
    try FontSet(
      names: workspace.town.fonts,
      folders: [FileContents.join(workspace.stylesFolder, "fonts")])
  }

  static func symbols(of workspace: Workspace) throws -> SymbolSet {
    let folder = FileContents.join(workspace.stylesFolder, "symbols")
    var files: [String: [UInt8]] = [:]
    for name in FileContents.list(folder) where name.hasSuffix(".svg") {
      files[String(name.dropLast(4))] = try FileContents.read(
        FileContents.join(folder, name), limitBytes: 1 << 20)
    }
    return try SymbolSet(files: files)
  }

  /// Now, in Japan: ISO 8601 with the zone.
  static func now() -> String {
    let seconds = time(nil) + 9 * 3600
    let days = seconds / 86_400
    let rest = seconds % 86_400
    func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let day = CalendarDay(daysSinceEpoch: days)?.iso ?? ""
    return
      "\(day)T\(padded(rest / 3600)):\(padded(rest / 60 % 60)):\(padded(rest % 60))+09:00"
  }

  /// Who runs the command, for the history.
  static func author() -> String {
    for name in ["MACHIZU_USER", "USER", "LOGNAME"] {
      if let value = unsafe getenv(name), unsafe value[0] != 0 {
        return unsafe String(cString: value)
      }
    }
    return "import"
  }
}
