internal import Formats

/// What the header of a DXF drawing says of its text.
struct DXFCodePage {
  let encoding: TextEncoding?
  /// For the report, such as `$DWGCODEPAGE “ANSI_932”`.
  let evidence: String

  private static let headBytes = 64 << 10

  init(path: String) {
    let head = VirtualFile(path: path)?.read(at: 0, count: Self.headBytes) ?? []
    let lines = String(decoding: head, as: UTF8.self).split(
      omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    /// The value two lines below the name of a header variable: between them stands its group code.
    func variable(_ name: Substring) -> String? {
      guard let index = lines.firstIndex(of: name), index + 2 < lines.count else { return nil }
      return String(lines[index + 2]).filter { !$0.isWhitespace }
    }
    // From AutoCAD 2007 on (AC1021) a drawing is UTF-8, whatever its code page says.
    if let version = variable("$ACADVER"), version >= "AC1021", version.hasPrefix("AC") {
      encoding = .utf8
      evidence = "$ACADVER “\(version)”"
      return
    }
    guard let page = variable("$DWGCODEPAGE") else {
      encoding = nil
      evidence = "no $DWGCODEPAGE"
      return
    }
    // Western Europe is what drawing programs write when nobody chose anything.
    let named = TextEncoding(named: page)
    encoding = named == .windows1252 ? nil : named
    evidence = "$DWGCODEPAGE “\(page.prefix(40))”"
  }
}
