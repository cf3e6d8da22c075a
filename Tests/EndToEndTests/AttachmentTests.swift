import Foundation
import JSON
import SQLite
import TestSupport
import Testing

@Suite("Documents attached to features")
struct AttachmentTests {
  private let town: SmallTown

  init() throws {
    var town = try SmallTown()
    town.wells[1].isPublic = false
    try town.write()
    _ = try town.machizu.importing()
    try town.write("documents/photo.dat", [0xFF, 0xD8, 0xFF, 0xE0] + Array("JFIF".utf8))
    try town.write(
      "documents/台帳 1.pdf", Array("%PDF-1.4\n".utf8) + [UInt8](repeating: 7, count: 3000))
    self.town = town
  }

  private func listed(_ arguments: [String]) throws -> [JSONValue] {
    try town.machizu.json("attachments", arguments).array ?? []
  }

  private func attach(_ key: String, _ file: String, _ more: [String] = []) throws -> ProgramRun {
    try town.machizu("attach", ["wells", key, town.path(file)] + more)
  }

  @Test("what a file is, how large, its hash and where it lies are kept and listed")
  func kept() throws {
    #expect(try attach("W-101", "documents/台帳 1.pdf", ["--title", "構造図"]).status == 0)
    #expect(try attach("W-101", "documents/photo.dat").status == 0)
    let items = try listed(["wells"])
    #expect(items.map { $0["name"]?.string } == ["photo.dat", "台帳 1.pdf"])
    #expect(items.map { $0["media_type"]?.string } == ["image/jpeg", "application/pdf"])
    #expect(items.map { $0["path"]?.string } == ["documents/photo.dat", "documents/台帳 1.pdf"])
    #expect(items[1]["byte_count"]?.int64 == 3009)
    #expect(items[1]["title"]?.string == "構造図")
    for item in items {
      let path = town.path(item["path"]?.string ?? "")
      let sum = try ProgramRun("/usr/bin/sha256sum", [path])
      #expect(String(decoding: sum.output.prefix(64), as: UTF8.self) == item["sha256"]?.string)
    }
    #expect(try listed(["wells", "W-102"]).isEmpty)
    #expect(try town.machizu.json("describe", ["wells"])["attachments"]?.int64 == 2)
    let history = try town.machizu.json("history", ["wells", "W-101", "--audience", "restricted"])
    #expect(history.array?.map { $0["operation"]?.string } == ["attach", "attach", "add"])
  }

  @Test("an audience sees the documents meant for it, of entries that it sees")
  func audiences() throws {
    #expect(try attach("W-101", "documents/photo.dat", ["--for", "public"]).status == 0)
    #expect(try attach("W-101", "documents/台帳 1.pdf").status == 0)
    #expect(try attach("W-102", "documents/photo.dat", ["--for", "public"]).status == 0)
    #expect(try attach("W-103", "documents/photo.dat", ["--for", "restricted"]).status == 0)
    func keys(_ audience: String) throws -> [String] {
      try listed(["wells", "--audience", audience]).map {
        "\($0["key"]?.string ?? "") \($0["name"]?.string ?? "")"
      }
    }
    #expect(try keys("public") == ["W-101 photo.dat"])
    #expect(try keys("staff") == ["W-101 photo.dat", "W-101 台帳 1.pdf", "W-102 photo.dat"])
    #expect(try keys("restricted").count == 4)
    let hidden = try town.machizu("attachments", ["graves", "--audience", "staff"])
    #expect(hidden.status == 2)
    #expect(
      try town.machizu.json("describe", ["wells", "--audience", "public"])["attachments"]?.int64
        == 1)
  }

  @Test(
    "attaching again changes nothing, a changed file takes the place of the former, detach ends it")
  func lifecycle() throws {
    let revisions = try town.revisions()
    #expect(try attach("W-101", "documents/photo.dat").text.contains("attached"))
    #expect(try attach("W-101", "documents/photo.dat").text.contains("unchanged"))
    try town.write("documents/photo.dat", "text now")
    #expect(try town.machizu("attachments", ["wells", "--verify"]).status == 1)
    #expect(try attach("W-101", "documents/photo.dat").text.contains("took the place"))
    #expect(try town.machizu("attachments", ["wells", "--verify"]).status == 0)
    #expect(try town.machizu("detach", ["wells", "W-101", "photo.dat"]).status == 0)
    #expect(try town.machizu("detach", ["wells", "W-101", "photo.dat"]).status == 2)
    #expect(try listed(["wells"]).isEmpty)
    // No row of the layer has changed.
    #expect(try town.revisions() == revisions)
    #expect(try town.machizu.importing(["wells"])[0].unchanged == town.wells.count)
  }

  @Test("an unknown entry, a file elsewhere and one that is not there are refused with what to do")
  func refusals() throws {
    let unknown = try attach("W-999", "documents/photo.dat")
    #expect(unknown.status == 2)
    #expect(unknown.errors.contains("has no entry “W-999”"))
    let missing = try attach("W-101", "documents/none.pdf")
    #expect(missing.status == 3)
    let elsewhere = try TemporaryFolder("elsewhere")
    try elsewhere.write("scan.tif", [0x49, 0x49, 0x2A, 0x00])
    let outside = try town.machizu("attach", ["wells", "W-101", elsewhere.path + "/scan.tif"])
    #expect(outside.status == 3)
    #expect(outside.errors.contains("neither in the workspace nor in a folder of “paths”"))
    let named = ["--path", "scans=\(elsewhere.path)"]
    #expect(
      try town.machizu("attach", ["wells", "W-101", elsewhere.path + "/scan.tif"] + named).status
        == 0)
    #expect(try listed(["wells"]).first?["path"]?.string == "scans:scan.tif")
    #expect(try town.machizu("attachments", ["wells", "--verify"] + named).status == 0)
    #expect(try town.machizu("attachments", ["wells", "--verify"]).status == 1)
  }

  @Test("check tells a document that is gone and one whose entry is gone")
  func checked() throws {
    #expect(try attach("W-101", "documents/photo.dat").status == 0)
    #expect(try attach("W-102", "documents/台帳 1.pdf").status == 0)
    #expect(try town.machizu("check").status == 0)
    var less = town
    less.wells.removeFirst()
    try less.write()
    _ = try town.machizu.importing(["wells"])
    try FileManager.default.removeItem(atPath: town.path("documents/台帳 1.pdf"))
    let run = try town.machizu("check")
    #expect(run.status == 3)
    #expect(run.errors.contains("documents/photo.dat belongs to wells W-101, which is no longer"))
    #expect(run.errors.contains("documents/台帳 1.pdf of wells W-102 is not there"))
  }

  @Test("links are in backups, and a store of an earlier version gets the table")
  func backups() throws {
    let store = town.path("var/town.gpkg")
    try Database(path: store, mode: .readWrite).execute("DROP TABLE machizu_attachments")
    #expect(try listed(["wells"]).isEmpty)
    #expect(try town.machizu("check").status == 0)
    #expect(try attach("W-101", "documents/photo.dat").status == 0)
    #expect(try town.machizu("backup", [town.path("town.backup")]).status == 0)
    #expect(try town.machizu("detach", ["wells", "W-101", "photo.dat"]).status == 0)
    #expect(try town.machizu("restore", [town.path("town.backup")]).status == 0)
    #expect(try listed(["wells"]).count == 1)
  }
}
