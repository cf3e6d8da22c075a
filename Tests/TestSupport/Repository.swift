internal import Foundation

/// Where this checkout, its data and its built programs are.
public enum Repository {
  /// The folder with Package.swift, whatever links lead to this file.
  public static let root = URL(filePath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

  /// The real data beside the repository; nil where they are absent.
  public static let sharedData: String? = {
    let path = URL(filePath: root + "/../shared/data").standardizedFileURL.path
    return FileManager.default.fileExists(atPath: path + "/INDEX.md") ? path : nil
  }()

  /// The built `machizu`: beside the test bundle, else the newest build of the repository.
  ///
  /// - Throws: `TestSupportError` when nothing is built.
  public static func machizu() throws -> String {
    guard let found = program else {
      throw TestSupportError("machizu is not built: swift build -c release --product machizu")
    }
    return found
  }

  private static let program: String? = {
    let arguments = CommandLine.arguments
    let bundle =
      arguments.firstIndex(of: "--test-bundle-path").flatMap { index in
        index + 1 < arguments.count ? arguments[index + 1] : nil
      } ?? arguments.first ?? ""
    let beside = URL(filePath: bundle).deletingLastPathComponent().path + "/machizu"
    if FileManager.default.isExecutableFile(atPath: beside) { return beside }
    let built = ["release", "debug"].map { "\(root)/.build/\($0)/machizu" }
      .filter { FileManager.default.isExecutableFile(atPath: $0) }
    return built.max { changed($0) < changed($1) }
  }()

  private static func changed(_ path: String) -> Date {
    let values = try? FileManager.default.attributesOfItem(atPath: path)
    return values?[.modificationDate] as? Date ?? .distantPast
  }
}

/// Why a test could not do its preparation.
public struct TestSupportError: Error, CustomStringConvertible {
  public let description: String

  public init(_ description: String) {
    self.description = description
  }
}
