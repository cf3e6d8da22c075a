import Foundation
import JSON
import SQLite
import TestSupport
import Testing
import Tiles

/// Everything that an archive holds, to compare: a file's bytes, a folder's files, a database's tables.
func archiveState(_ path: String) throws -> [String: [UInt8]] {
  if path.hasSuffix(".mbtiles") {
    let database = try Database(path: path, mode: .readOnly)
    var tables: [String: [UInt8]] = [:]
    for (table, order) in [("metadata", "1"), ("images", "1"), ("map", "1, 2, 3")] {
      let rows = try database.rows("SELECT * FROM \(table) ORDER BY \(order)")
      tables[table] = Array("\(rows)".utf8)
    }
    return tables
  }
  guard path.hasSuffix("/") else { return ["": try TestFile.read(path)] }
  return Dictionary(
    uniqueKeysWithValues: try TestFile.list(path).map { ($0, try TestFile.read(path + $0)) })
}

/// Runs that draw a pyramid and end early, are stopped, or have no room.
@Suite("Pyramids whose runs end early", .serialized)
struct PyramidRunTests {
  private let town: Town
  private let folder: TemporaryFolder
  private static let zooms = ["general", "--zoom", "10-17"]

  init() throws {
    town = try Town.shared()
    folder = try TemporaryFolder("runs")
  }

  private func command(_ output: String, _ more: [String] = []) -> [String] {
    town.machizu.place + Self.zooms + more + ["-o", output]
  }

  private func start(_ output: String, _ more: [String] = []) throws -> RunningProgram {
    try RunningProgram(
      try Repository.machizu(), ["render"] + command(output, more), in: town.machizu.workspace)
  }

  /// Without the slash of a folder.
  private func bare(_ path: String) -> String {
    path.hasSuffix("/") ? String(path.dropLast()) : path
  }

  /// How often runs are killed: `tools/soak` asks for more.
  private static let kills =
    ProcessInfo.processInfo.environment["MACHIZU_KILLS"].flatMap { Int($0) } ?? 10

  @Test(
    "killed at any moment and continued, a run ends with the archive of an undisturbed one",
    arguments: ["killed.pmtiles", "killed.mbtiles", "killed/"])
  func killed(name: String) throws {
    let whole = folder.path + "/whole-" + name
    let clock = ContinuousClock()
    let began = clock.now
    _ = try town.machizu.output("render", Self.zooms + ["-o", whole])
    let duration = (clock.now - began) / .seconds(1)
    let path = folder.path + "/" + name
    var isBegun = false
    for round in 0..<(Self.kills + 2) / 3 {
      let program = try start(path, isBegun ? ["--resume"] : [])
      let share = Double.random(in: 0.05...0.9)
      Thread.sleep(forTimeInterval: share * duration)
      program.send(signal: SIGKILL)
      let status = try program.wait()
      isBegun = true
      guard status != 0 else {
        // It was quicker than the signal: the next round begins anew.
        #expect(try archiveState(path) == archiveState(whole), "round \(round)")
        try FileManager.default.removeItem(atPath: path)
        isBegun = false
        continue
      }
      // Some are killed between the archive's naming and their end.
      if TestFile.exists(bare(path)) {
        #expect(try archiveState(path) == archiveState(whole), "round \(round)")
      }
    }
    let last = try town.machizu(
      "render", Self.zooms + (isBegun ? ["--resume"] : []) + ["-o", path])
    #expect(last.status == 0, "\(last.errors)")
    #expect(try archiveState(path) == archiveState(whole))
    for rest in [".part", ".part.run", ".part-journal"] {
      #expect(!TestFile.exists(bare(path) + rest))
    }
    // Continued once more, there is nothing left to do.
    let again = try town.machizu("render", Self.zooms + ["--resume", "-o", path])
    #expect(again.status == 0 && again.errors.contains("whole"), "\(again.errors)")
  }

  @Test(
    "Ctrl-C and the end of a process manager stop a run, which says how to go on",
    arguments: [SIGINT, SIGTERM])
  func stopped(signal: Int32) throws {
    let path = folder.path + "/stopped.pmtiles"
    let program = try start(path)
    let deadline = Date(timeIntervalSinceNow: 30)
    while (try? TestFile.read(path + ".part").count) ?? 0 < 30_000, Date() < deadline {
      usleep(1000)
    }
    program.send(signal: signal)
    let status = try program.wait()
    let words = try program.errors()
    guard status != 0 else { return }
    #expect(status == 1 && words.contains("--resume") && words.contains("Stopped"), "\(words)")
    #expect(!TestFile.exists(path) && TestFile.exists(path + ".part"))
    _ = try town.machizu.output("render", Self.zooms + ["--resume", "-o", path])
    let whole = folder.path + "/whole.pmtiles"
    _ = try town.machizu.output("render", Self.zooms + ["-o", whole])
    #expect(try TestFile.read(path) == TestFile.read(whole))
  }

  @Test("a run ends after its time and tells events in JSON; a continued one counts on")
  func duration() throws {
    let path = folder.path + "/night.mbtiles"
    let run = try town.machizu("render", Self.zooms + ["--duration", "1s", "--json", "-o", path])
    let events = try run.text.split(separator: "\n").map { try JSONParser.parse(Array($0.utf8)) }
    #expect(events.first?["event"]?.string == "begin" && events.first?["done"]?.int64 == 0)
    guard run.status != 0 else {
      #expect(events.last?["event"]?.string == "end")
      return
    }
    let last = try #require(events.last)
    #expect(run.status == 1 && last["event"]?.string == "stopped")
    let next = try town.machizu("render", Self.zooms + ["--resume", "--json", "-o", path])
    #expect(next.status == 0, "\(next.errors)")
    let later = try next.text.split(separator: "\n").map { try JSONParser.parse(Array($0.utf8)) }
    #expect(later.first?["done"]?.int64 == last["done"]?.int64)
    #expect(later.last?["event"]?.string == "end")
    #expect(later.last?["tiles"]?.int64 == later.first?["tiles"]?.int64)
  }

  @Test("an unfinished archive of other options is not continued")
  func otherPlan() throws {
    let path = folder.path + "/other.pmtiles"
    let run = try town.machizu("render", Self.zooms + ["--duration", "1s", "-o", path])
    guard run.status == 1 else { return }
    let resumed = try town.machizu(
      "render", ["general", "--zoom", "10-16", "--resume", "-o", path])
    #expect(resumed.status == 1 && resumed.errors.contains("without --resume"), "\(resumed.errors)")
  }

  @Test("on a full disk the run fails with the reason and nothing bears the archive's name")
  func fullDisk() throws {
    let disk = folder.path + "/disk"
    try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
    let mount = try ProgramRun(
      "/usr/bin/mount", ["-t", "tmpfs", "-o", "size=300k", "tmpfs", disk])
    guard mount.status == 0 else {
      try Test.cancel("a small disk can only be made by root: \(mount.errors)")
    }
    defer { _ = try? ProgramRun("/usr/bin/umount", [disk]) }
    for name in ["full.pmtiles", "full.mbtiles", "full/"] {
      let run = try town.machizu("render", Self.zooms + ["-o", disk + "/" + name])
      #expect(run.status == 1, "\(name): \(run.errors)")
      #expect(run.errors.contains("full") && run.errors.contains(disk), "\(run.errors)")
      #expect(!TestFile.exists(bare(disk + "/" + name)))
      for file in try FileManager.default.contentsOfDirectory(atPath: disk) {
        try FileManager.default.removeItem(atPath: disk + "/" + file)
      }
    }
  }

  @Test("where another user may not write, the run says so and leaves nothing")
  func noPermission() throws {
    guard getuid() == 0 else { try Test.cancel("only root can become another user") }
    let place = folder.path + "/locked"
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    // The other user gets a store of his own: only the output's folder is closed to him.
    let store = folder.path + "/store"
    try FileManager.default.copyItem(atPath: try #require(town.machizu.store), toPath: store)
    _ = try ProgramRun("/bin/chmod", ["-R", "777", store])
    _ = try ProgramRun("/bin/chmod", ["755", folder.path, place])
    let other = ["--reuid=65534", "--regid=65534", "--clear-groups", try Repository.machizu()]
    guard try ProgramRun("/usr/bin/setpriv", other + ["--version"]).status == 0 else {
      try Test.cancel("another user cannot run the program where it is built")
    }
    for name in ["a.pmtiles", "a.mbtiles", "a/"] {
      let run = try ProgramRun(
        "/usr/bin/setpriv",
        other + ["render", "--workspace", town.machizu.workspace, "--var", store] + Self.zooms
          + ["-o", place + "/" + name], in: "/")
      #expect(run.status == 1 && run.errors.contains(place), "\(name): \(run.errors)")
      #expect(run.errors.contains("Permission denied"), "\(name): \(run.errors)")
      #expect(try FileManager.default.contentsOfDirectory(atPath: place).isEmpty)
    }
  }
}
