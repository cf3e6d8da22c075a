internal import Formats

/// The program `machizu-exchange`: a foreign file in, a record stream out.
public enum ExchangeCommand {
  /// What the program says on wrong usage.
  static let usage = """
    machizu-exchange read [--layer NAME] [--encoding NAME] [--protocol 1] [--] FILE
    machizu-exchange layers [--protocol 1] [--] FILE
    """

  /// Bytes that are gathered before they are written.
  private static let chunkBytes = 128 << 10
  /// Nothing is held back longer than this, so that a slow file is not taken for one that hangs.
  private static let chunkDuration = Duration.seconds(1)

  private struct Usage: Error {
    var reason: String
  }

  /// Runs one command.
  ///
  /// - Parameters:
  ///   - arguments: those after the program's name.
  ///   - write: takes bytes of the stream; false when nobody reads it any more.
  ///   - say: takes a line for people.
  /// - Returns: the exit code: 0 the stream is whole, 2 wrong usage, 3 unreadable or refused input.
  public static func run(
    _ arguments: [String], write: ([UInt8]) -> Bool, say: (String) -> Void
  ) -> Int32 {
    let command: String
    let request: ForeignFile.Request
    do throws(Usage) {
      (command, request) = try parse(arguments)
    } catch {
      say("\(error.reason)\n\(usage)")
      return 2
    }
    var stream = RecordStreamEncoder()
    do throws(FormatError) {
      if command == "layers" {
        stream.layers(try ForeignFile.layers(of: request))
      } else {
        let source = try ForeignFile.open(request)
        stream.header(source.header)
        // The header goes out at once: it shows that the file could be opened.
        guard write(stream.take()) else { return 1 }
        var written = ContinuousClock.now
        while let item = try source.next() {
          switch item {
          case .record(let record, let geometry): stream.record(record, geometry: geometry)
          case .rejected(let place, let reason):
            stream.item(.rejected(place, reason: reason))
          }
          if stream.pendingByteCount >= chunkBytes
            || ContinuousClock.now - written >= chunkDuration
          {
            guard write(stream.take()) else { return 1 }
            written = .now
          }
        }
        stream.end()
      }
      return write(stream.take()) ? 0 : 1
    } catch {
      say(error.description)
      stream.failure(error)
      return write(stream.take()) ? 3 : 1
    }
  }

  private static func parse(
    _ arguments: [String]
  ) throws(Usage) -> (command: String, ForeignFile.Request) {
    var rest = arguments[...]
    guard let command = rest.popFirst(), command == "read" || command == "layers" else {
      throw Usage(reason: "The first argument is “read” or “layers”.")
    }
    var request = ForeignFile.Request(file: "")
    var files: [String] = []
    while let argument = rest.popFirst() {
      switch argument {
      case "--layer":
        guard let name = rest.popFirst() else { throw Usage(reason: "--layer needs a name.") }
        request.layer = name
      case "--encoding":
        guard let name = rest.popFirst() else { throw Usage(reason: "--encoding needs a name.") }
        guard name == "auto" || TextEncoding(named: name) != nil else {
          throw Usage(
            reason: "The encoding “\(name)” is not known; allowed are \(TextEncoding.allowedNames)."
          )
        }
        request.encoding = TextEncoding(named: name)
      case "--protocol":
        guard let version = rest.popFirst(), version == String(RecordStreamEncoder.version) else {
          throw Usage(
            reason:
              "This program speaks version \(RecordStreamEncoder.version) of the record stream.")
        }
      case "--":
        files += rest
        rest = []
      default: files.append(argument)
      }
    }
    guard files.count == 1, let file = files.first, !file.isEmpty else {
      throw Usage(reason: "One file is expected, \(files.count) were named.")
    }
    request.file = file
    return (command, request)
  }
}
