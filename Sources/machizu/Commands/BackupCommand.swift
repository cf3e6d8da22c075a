internal import LayerStore
internal import Workspace

extension Command {
  static let backup = Command(
    name: "backup", usage: "FILE", summary: "Copy the store, verified, while others use it",
    options: [], run: runBackup)

  static let restore = Command(
    name: "restore", usage: "FILE", summary: "Put a backup in the store's place",
    options: [], run: runRestore)
}

private func runBackup(_ arguments: Arguments, _ session: Session) throws -> Int32 {
  let target = try arguments.operand("a file to write")
  let workspace = try session.workspace()
  try LayerStore(path: workspace.storePath, access: .read).backUp(to: target)
  return 0
}

private func runRestore(_ arguments: Arguments, _ session: Session) throws -> Int32 {
  let backup = try arguments.operand("a backup")
  let workspace = try session.workspace()
  try FileContents.makeFolder(workspace.varFolder)
  try LayerStore.restore(from: backup, to: workspace.storePath)
  return 0
}
