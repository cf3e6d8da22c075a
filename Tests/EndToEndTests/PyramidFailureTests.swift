import Foundation
import JSON
import TestSupport
import Testing

/// Runs that meet tiles which cannot be drawn, as their layer's snapshot is damaged on the disk.
@Suite("Pyramids with tiles that cannot be drawn")
struct PyramidFailureTests {
  private let machizu: Machizu
  private let folder: TemporaryFolder
  private static let zooms = ["general", "--zoom", "10-16"]

  init() throws {
    let town = try Town.shared()
    folder = try TemporaryFolder("failures")
    let store = folder.path + "/store"
    try FileManager.default.copyItem(atPath: try #require(town.machizu.store), toPath: store)
    machizu = Machizu(workspace: town.machizu.workspace, store: store)
  }

  /// A page of the largest snapshot that low zooms do not read and higher ones do: its file, whole,
  /// and a byte in it.
  private func page() throws -> (path: String, bytes: [UInt8], offset: Int) {
    let snapshots = folder.path + "/store/snapshots/"
    let files = try TestFile.list(snapshots).map {
      (snapshots + $0, try TestFile.read(snapshots + $0))
    }
    let (path, bytes) = try #require(files.max { $0.1.count < $1.1.count })
    for share in stride(from: 0.95, to: 0.05, by: -0.05) {
      let offset = Int(Double(bytes.count) * share)
      try damage(path, bytes, offset)
      let low = try machizu("render", ["general", "--zoom", "10-12", "-o", folder.path + "/low/"])
      try FileManager.default.removeItem(atPath: folder.path + "/low")
      guard low.status == 0 else { continue }
      let high = try machizu("render", Self.zooms + ["-o", folder.path + "/high.pmtiles"])
      if high.status != 0 { return (path, bytes, offset) }
    }
    throw TestSupportError("No page of \(path) is read by high zooms only.")
  }

  private func damage(_ path: String, _ bytes: [UInt8], _ offset: Int) throws {
    var bytes = bytes
    bytes[offset] ^= 0x55
    try Data(bytes).write(to: URL(filePath: path))
  }

  @Test("they are listed, the archive has no name, and a continued run mends it")
  func failures() throws {
    let names = ["failed.pmtiles", "failed.mbtiles", "failed/"]
    let whole = try names.map { name in
      let path = folder.path + "/whole-" + name
      _ = try machizu.output("render", Self.zooms + ["-o", path])
      return try archiveState(path)
    }
    let page = try page()
    for (name, whole) in zip(names, whole) {
      let path = folder.path + "/" + name
      let bare = name.hasSuffix("/") ? String(path.dropLast()) : path
      try damage(page.path, page.bytes, page.offset)
      let run = try machizu("render", Self.zooms + ["-o", path])
      #expect(run.status == 1, "\(run.errors)")
      let listed = run.errors.split(separator: "\n").filter { $0.contains("Tiles 1") }
      #expect(!listed.isEmpty && listed.allSatisfy { $0.contains("checksum") }, "\(run.errors)")
      #expect(run.errors.contains("could not be drawn") && run.errors.contains("--resume"))
      #expect(!TestFile.exists(bare) && TestFile.exists(bare + ".part"))
      // Continued while the damage is there again, it fails again, and a program can read of it.
      try damage(page.path, page.bytes, page.offset)
      let again = try machizu("render", Self.zooms + ["--resume", "--json", "-o", path])
      let events = try again.text.split(separator: "\n").map {
        try JSONParser.parse(Array($0.utf8))
      }
      #expect(again.status == 1 && !TestFile.exists(bare), "\(again.errors)")
      #expect(try #require(events.first?["done"]?.int64) > 0)
      let stopped = try #require(events.last)
      #expect(stopped["event"]?.string == "stopped" && stopped["failed"]?.array?.isEmpty == false)
      let last = try machizu("render", Self.zooms + ["--resume", "-o", path])
      #expect(last.status == 0, "\(last.errors)")
      #expect(try archiveState(path) == whole, "\(name)")
      #expect(!TestFile.exists(bare + ".part") && !TestFile.exists(bare + ".part.run"))
    }
  }
}
