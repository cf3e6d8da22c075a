import Formats
import Foundation
import Testing

/// The client against programs that misbehave in the exchange's place.
@Suite struct ExchangeClientTests {
  private let scratch: Scratch
  private let source: String

  init() throws {
    scratch = try Scratch()
    source = try scratch.file("a.shp", [0])
  }

  /// A program that writes the given stream and then runs more of a script.
  private func program(_ stream: [UInt8], then script: String = "") throws -> String {
    let bytes = try scratch.file("stream-\(UUID().uuidString)", stream)
    return try scratch.script("cat '\(bytes)'\n\(script)")
  }

  private func begun(rows: Int) -> RecordStreamEncoder {
    var encoder = RecordStreamEncoder()
    encoder.header(
      SourceHeader(
        columns: [SourceColumn(name: "a", kind: .integer)], reference: nil,
        encoding: SourceEncoding(encoding: .utf8, evidence: "t"), geometry: .none))
    for row in 0..<rows {
      encoder.item(
        .record(
          SourceRecord(
            place: SourcePlace(file: "", row: row + 1), values: [.integer(Int64(row))])))
    }
    return encoder
  }

  private func read(_ executable: String, patience: Int = 20) throws(FormatError) -> [SourceItem] {
    var client = try ExchangeClient(
      path: source, options: SourceOptions(exchangeExecutable: executable),
      patienceSeconds: patience)
    return try client.all()
  }

  @Test("rows of a whole stream arrive with the source's path")
  func wholeStream() throws {
    var encoder = begun(rows: 5000)
    encoder.end()
    let items = try read(try program(encoder.take()))
    #expect(items.records.map { $0.values[0] } == (0..<5000).map { .integer($0) })
    #expect(items.last?.place == SourcePlace(file: source, row: 5000))
  }

  @Test("a process that dies is told with the last row and its last words")
  func death() throws {
    var encoder = begun(rows: 3)
    let executable = try program(
      encoder.take(), then: "echo first >&2; echo 'out of memory' >&2; kill -SEGV $$")
    let error = #expect(throws: FormatError.self) { try read(executable) }
    #expect(error?.fault == .process)
    #expect(error?.row == 3)
    #expect(error?.reason.contains("signal 11") == true)
    #expect(error?.reason.contains("“out of memory”") == true)
  }

  @Test("a process that dies before the header is told too")
  func earlyDeath() throws {
    let executable = try scratch.script("exit 4")
    let error = #expect(throws: FormatError.self) { try read(executable) }
    #expect(error?.reason.contains("status 4") == true)
    #expect(error?.row == nil)
  }

  @Test("a process that ends well but fails after its end is not believed")
  func failureAfterEnd() throws {
    var encoder = begun(rows: 1)
    encoder.end()
    let executable = try program(encoder.take(), then: "exit 3")
    let error = #expect(throws: FormatError.self) { try read(executable) }
    #expect(error?.reason.contains("status 3") == true)
  }

  @Test("a process that hangs is ended when patience is over")
  func hang() throws {
    var encoder = begun(rows: 2)
    let executable = try program(encoder.take(), then: "exec sleep 1000")
    let start = ContinuousClock.now
    let error = #expect(throws: FormatError.self) { try read(executable, patience: 1) }
    #expect(ContinuousClock.now - start < .seconds(60))
    #expect(error?.row == 2)
    #expect(error?.reason.contains("1 seconds") == true)
  }

  @Test("a process that talks without end on its error channel does not block")
  func chatter() throws {
    var encoder = begun(rows: 2)
    encoder.end()
    let stream = try scratch.file("late", encoder.take())
    let executable = try scratch.script(
      "i=0; while [ $i -lt 20000 ]; do echo 'a warning of some length to fill the pipe' >&2; i=$((i+1)); done; cat '\(stream)'"
    )
    #expect(try read(executable).count == 2)
  }

  @Test("garbage is refused as no record stream")
  func garbage() throws {
    let executable = try scratch.script("echo hello world")
    #expect(throws: FormatError.self) { try read(executable) }
  }

  @Test("a missing program is named")
  func missingProgram() throws {
    let error = #expect(throws: FormatError.self) { try read("\(scratch.path)/none") }
    #expect(error?.fault == .process)
    #expect(error?.reason.contains("\(scratch.path)/none") == true)
  }

  @Test("a missing source is told without starting a process")
  func missingSource() {
    let error = #expect(throws: FormatError.self) {
      try SourceFile.open(
        "\(scratch.path)/none.gpkg", options: SourceOptions(exchangeExecutable: "/nonexistent"))
    }
    #expect(error?.fault == .unreadable)
  }

  @Test("the child gets an empty input, the declared options and nothing of our environment")
  func surroundings() throws {
    let executable = try scratch.script(
      "{ cat; printf '%s|' \"$@\"; echo; env | cut -d= -f1; } > '\(scratch.path)/seen'")
    #expect(throws: FormatError.self) {
      try ExchangeClient(
        path: source,
        options: SourceOptions(
          encoding: .cp932, layer: "用途 地域;$(x)", exchangeExecutable: executable))
    }
    let seen = try String(contentsOfFile: "\(scratch.path)/seen", encoding: .utf8)
    let lines = seen.split(separator: "\n").map(String.init)
    #expect(lines.first == "read|--protocol|1|--layer|用途 地域;$(x)|--encoding|CP932|--|\(source)|")
    let known: Set = [
      "PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH", "PROJ_DATA", "PROJ_LIB", "GDAL_DATA", "LC_ALL",
      "SWIFT_BACKTRACE",
      // What the shell adds by itself.
      "PWD", "OLDPWD", "SHLVL", "_",
    ]
    #expect(lines.dropFirst().filter { !known.contains($0) } == [])
  }
}

@Suite struct SourceFileTests {
  @Test("the reader is chosen by the name, and by the first bytes where that does not tell")
  func formats() throws {
    let scratch = try Scratch()
    let expected: [(String, String, SourceFile.Format)] = [
      ("a.csv", "a", .csv), ("a.TSV", "a", .csv), ("a.txt", "a", .csv),
      ("a.geojson", "{}", .geoJSON),
      ("a.json", " \n{}", .geoJSON), ("b.json", "\u{1E}{}", .ndjson), ("a.ndjson", "{}", .ndjson),
      ("a.geojsonl", "{}", .ndjson), ("a.shp", "x", .foreign), ("a.gpkg", "x", .foreign),
      ("a.xml", "<", .foreign), ("noending", "\u{FEFF}{", .geoJSON), ("other", "x", .foreign),
    ]
    for (name, content, format) in expected {
      #expect(try SourceFile.format(of: try scratch.file(name, content)) == format, "\(name)")
    }
  }
}

@Suite struct RefusedFilesTests {
  @Test("every file of Tests/Refused is refused or loses rows with a reason, and stops nothing")
  func refusedFiles() throws {
    let root = "\(repositoryRoot)/Tests/Refused"
    let paths = try FileManager.default.subpathsOfDirectory(atPath: root).filter {
      $0.hasPrefix("csv/") || $0.hasPrefix("geojson/") || $0.hasPrefix("ndjson/")
    }
    #expect(paths.count >= 6)
    for path in paths {
      do throws(FormatError) {
        var source = try SourceFile.open("\(root)/\(path)")
        var isFaulty = false
        while let item = try source.next() {
          switch item {
          case .rejected: isFaulty = true
          case .record(let record):
            if !record.damages.isEmpty || !record.geometryFaults.isEmpty { isFaulty = true }
          }
        }
        #expect(isFaulty, "\(path) was read as if nothing were wrong")
      } catch {
        #expect(error.description.hasSuffix("."), "\(path)")
      }
    }
  }
}
