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

  /// A page of a snapshot that low zooms do not read and higher ones do: its file, whole, and a byte
  /// in it.
  private func page() throws -> (path: String, bytes: [UInt8], offset: Int) {
    let snapshots = folder.path + "/store/snapshots/"
    let files = try TestFile.list(snapshots).map { name in
      (path: snapshots + name, bytes: try TestFile.read(snapshots + name))
    }
    for (path, bytes) in files.sorted(by: { $0.bytes.count > $1.bytes.count }).prefix(6) {
      for share in [0.9, 0.7, 0.5, 0.3] {
        let offset = Int(Double(bytes.count) * share)
        try damage(path, bytes, offset)
        let high = try machizu("render", Self.zooms + ["-o", folder.path + "/high.pmtiles"])
        guard high.status != 0 else { continue }
        try damage(path, bytes, offset)
        let low = try machizu(
          "render", ["general", "--zoom", "10-12", "-o", folder.path + "/low.pmtiles"])
        if low.status == 0 { return (path, bytes, offset) }
      }
      try Data(bytes).write(to: URL(filePath: path))
    }
    throw TestSupportError("No page is read by high zooms only.")
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
