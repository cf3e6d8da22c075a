/// One command of the tool.
struct Command: Sendable {
  let name: String
  /// What follows the name, for the usage line.
  let usage: String
  let summary: String
  let options: [Option]
  /// Does the work; the exit status.
  let run: @Sendable (Arguments, Session) throws -> Int32

  static let all: [Command] = [
    .import, .export, .layers, .describe, .history, .attach, .detach, .attachments,
    .query, .render, .pyramid, .explain, .legend,
    .publish,
    .nightly, .serve, .check, .backup, .restore, .bench, .completion,
  ]

  var help: String {
    var lines = ["machizu \(name) \(usage)", "", "  \(summary)", ""]
    let shown = options + Option.common
    let width = shown.map { Self.label($0).count }.max() ?? 0
    for option in shown {
      let label = Self.label(option)
      let gap = String(repeating: " ", count: width - label.count + 2)
      lines.append("  \(label)\(gap)\(option.help)")
    }
    return lines.joined(separator: "\n")
  }

  private static func label(_ option: Option) -> String {
    option.value.map { "\(option.name) \($0)" } ?? option.name
  }
}
