import Exchange
import Formats
import Foundation

/// A folder of its own for one test, removed with its owner.
final class Scratch {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "machizu-exchange-test-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String, _ bytes: [UInt8]) throws -> String {
    let target = "\(path)/\(name)"
    try Data(bytes).write(to: URL(fileURLWithPath: target))
    return target
  }

  func file(_ name: String, _ text: String) throws -> String { try file(name, Array(text.utf8)) }
}

/// The repository's root, whatever links lead to this file.
let repositoryRoot = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

/// The real data beside the repository; nil where they are absent.
let sharedData: String? = {
  let path = "\(repositoryRoot)/../shared/data"
  return FileManager.default.fileExists(atPath: "\(path)/INDEX.md") ? path : nil
}()

/// The built program, which lies beside the test bundle.
let exchangeProgram: String = {
  let arguments = CommandLine.arguments
  let bundle =
    arguments.firstIndex(of: "--test-bundle-path").flatMap { index in
      index + 1 < arguments.count ? arguments[index + 1] : nil
    } ?? arguments[0]
  return URL(fileURLWithPath: bundle).deletingLastPathComponent().path + "/machizu-exchange"
}()

/// What one run of the exchange delivered, in this process.
struct ExchangeRun {
  var status: Int32 = 0
  var header: SourceHeader?
  var items: [SourceItem] = []
  var layers: [String] = []
  var error: FormatError?
  var words = ""

  /// GDAL's state is one for the process: runs do not overlap.
  private static let lock = NSLock()

  init(_ arguments: [String]) {
    Self.lock.lock()
    defer { Self.lock.unlock() }
    var bytes: [UInt8] = []
    var words = ""
    status = ExchangeCommand.run(
      arguments,
      write: {
        bytes += $0
        return true
      }, say: { words += $0 })
    self.words = words
    guard !bytes.isEmpty else { return }
    var decoder = RecordStreamDecoder(path: arguments.last ?? "")
    decoder.append(bytes)
    do throws(FormatError) {
      while let item = try decoder.next() {
        switch item {
        case .header(let read): header = read
        case .item(let read): items.append(read)
        case .layers(let read): layers = read
        case .end: break
        }
      }
    } catch {
      self.error = error
    }
  }

  static func read(_ path: String, _ options: [String] = []) -> ExchangeRun {
    ExchangeRun(["read"] + options + ["--", path])
  }

  var records: [SourceRecord] {
    items.compactMap { if case .record(let record) = $0 { record } else { nil } }
  }

  var rejections: [(row: Int, reason: String)] {
    items.compactMap {
      if case .rejected(let place, let reason) = $0 { (place.row, reason) } else { nil }
    }
  }
}
