internal import Workspace

extension Command {
  static let nightly = Command(
    name: "nightly", usage: "[--pyramid FILE]… [--backup DIR] [--keep N]",
    summary: "Import what changed, update pyramids, back up and report, for cron or a timer",
    options: [
      Option(
        "--pyramid", "FILE",
        "an archive or folder that machizu render made: what changed is drawn again",
        isRepeated: true),
      Option("--backup", "DIR", "write a verified backup town-YYYY-MM-DD.gpkg into this folder"),
      Option("--keep", "N", "remove backups of earlier days but the newest N (default: none)"),
    ], run: runNightly)
}

private func runNightly(_ arguments: Arguments, _ session: Session) throws -> Int32 {
  guard arguments.operands.isEmpty else {
    throw CommandError.usage("nightly takes options only: machizu nightly --help.")
  }
  let workspace = try session.workspace()
  let kept = try arguments.integer("--keep", in: 0...10_000)
  guard kept == nil || arguments.has("--backup") else {
    throw CommandError.usage("--keep needs --backup DIR.")
  }
  try FileContents.makeFolder(workspace.varFolder)
  let lock = try FileLock(
    path: FileContents.join(workspace.varFolder, "nightly.lock"),
    busy: "Another machizu nightly works in \(workspace.varFolder); wait for its end.")
  let report = try withExtendedLifetime(lock) {
    try NightJob(
      workspace: workspace, session: session, pyramids: arguments.all("--pyramid"),
      backupFolder: arguments["--backup"], keptBackups: kept
    ).run()
  }
  // Who reads it in the morning reads the town's language, whatever the locale of cron is.
  let text = report.text(in: try arguments.language() ?? workspace.town.language)
  let logs = FileContents.join(workspace.varFolder, "logs")
  try FileContents.makeFolder(logs)
  try FileContents.replace(
    FileContents.join(logs, "nightly-\(report.started.prefix(10)).txt"),
    with: Array((text + "\n").utf8))
  if session.isJSON { Console.write(report.json) } else { Console.write(text) }
  return report.status
}
