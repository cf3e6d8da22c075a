import Formats
import Foundation
import Geometry

/// A folder of its own for one test, removed with its owner.
final class Scratch {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "machizu-formats-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file and returns its path.
  func file(_ name: String, _ bytes: [UInt8]) throws -> String {
    let target = "\(path)/\(name)"
    try Data(bytes).write(to: URL(fileURLWithPath: target))
    return target
  }

  func file(_ name: String, _ text: String) throws -> String {
    try file(name, Array(text.utf8))
  }

  /// A program that a test starts in the place of the exchange.
  ///
  /// Another process writes it: were it this one, a child that another test starts at the same moment
  /// could hold the open file, and the system would call the program busy.
  func script(_ text: String) throws -> String {
    let target = "\(path)/script-\(UUID().uuidString)"
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = [
      "-c", "printf '%s\\n' '#!/bin/sh' \"$1\" > \"$2\"; chmod +x \"$2\"", "sh", text, target,
    ]
    try process.run()
    process.waitUntilExit()
    return target
  }
}

/// The repository's root, whatever links lead to this file.
let repositoryRoot = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

/// The real data beside the repository; nil where they are absent.
let sharedData: String? = {
  let path = "\(repositoryRoot)/../shared/data"
  return FileManager.default.fileExists(atPath: "\(path)/INDEX.md") ? path : nil
}()

/// The bytes of `text` in CP932 as Python's cp932 codec writes them, spelled out.
enum CP932 {
  /// ～①㈱髙﨑Ⅲ
  static let windowsCharacters: [UInt8] = [
    0x81, 0x60, 0x87, 0x40, 0x87, 0x8A, 0xFB, 0xFC, 0xFA, 0xB1, 0x87, 0x56,
  ]
  /// 名称
  static let name: [UInt8] = [0x96, 0xBC, 0x8F, 0xCC]
  /// 程度
  static let degree: [UInt8] = [0x92, 0xF6, 0x93, 0x78]
}

extension RecordSource {
  /// Everything that is left.
  mutating func all() throws(FormatError) -> [SourceItem] {
    var items: [SourceItem] = []
    while let item = try next() { items.append(item) }
    return items
  }
}

extension [SourceItem] {
  var records: [SourceRecord] {
    compactMap { if case .record(let record) = $0 { record } else { nil } }
  }

  var rejections: [(row: Int, reason: String)] {
    compactMap {
      if case .rejected(let place, let reason) = $0 { (place.row, reason) } else { nil }
    }
  }
}

/// Numbers that are the same on every machine.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: Int) { state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1 }

  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state &* 0x2545_F491_4F6C_DD1D
  }
}
