import Formats
import Foundation
import Testing

@Suite struct RefusedFilesTests {
  @Test("every foreign file of Tests/Refused is refused in one sentence before its first row")
  func refusedFiles() throws {
    let root = "\(repositoryRoot)/Tests/Refused"
    let companions: Set = ["shx", "dbf"]
    let paths = try FileManager.default.subpathsOfDirectory(atPath: root).filter { path in
      (path.hasPrefix("shapefile/") || path.hasPrefix("foreign/"))
        && !companions.contains(URL(fileURLWithPath: path).pathExtension)
    }
    #expect(paths.count >= 12)
    for path in paths {
      let run = ExchangeRun.read("\(root)/\(path)")
      #expect(run.status == 3, "\(path)")
      #expect(run.items.isEmpty, "\(path)")
      #expect(run.error?.description.hasSuffix(".") == true, "\(path)")
    }
  }
}
