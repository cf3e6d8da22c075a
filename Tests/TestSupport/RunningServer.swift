internal import Foundation
internal import Glibc

/// `machizu serve` on a port of its own choice.
public final class RunningServer: Sendable {
  public let http: HTTPClient
  private let program: RunningProgram

  /// - Parameter arguments: workspace, store and audience, as the command takes them.
  /// - Throws: `TestSupportError` with what the server said, when it does not start.
  public init(_ arguments: [String], in folder: String? = nil) throws {
    program = try RunningProgram(
      try Repository.machizu(), ["serve", "--port", "0"] + arguments, in: folder)
    let end = Date(timeIntervalSinceNow: 60)
    while true {
      let text = String(decoding: try program.output(), as: UTF8.self)
      if text.hasSuffix("\n"), let address = text.split(separator: " ").first,
        let port = URL(string: String(address))?.port
      {
        http = HTTPClient(port: port)
        return
      }
      guard program.isRunning, Date() < end else {
        throw TestSupportError("The server did not start: \(text)\(try program.errors())")
      }
      usleep(5000)
    }
  }

  /// Asks it to end; its exit status.
  public func stop() throws -> Int32 {
    program.send(signal: SIGTERM)
    return try program.wait(seconds: 20)
  }

  /// What it has said on standard error.
  public func errors() throws -> String { try program.errors() }
}
