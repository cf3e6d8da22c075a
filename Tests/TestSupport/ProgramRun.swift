internal import Foundation
internal import Glibc
internal import Synchronization

/// A program that is started and may be ended, with its two outputs kept in files, so that no full
/// pipe ever holds it up.
public final class RunningProgram: @unchecked Sendable {
  private let process = Process()
  private let folder: TemporaryFolder
  private let name: String

  /// - Parameters:
  ///   - input: what the program reads on its standard input.
  ///   - folder: where it runs; nil for the folder of the tests.
  public init(
    _ executable: String, _ arguments: [String], input: [UInt8] = [], in folder: String? = nil
  ) throws {
    self.folder = try TemporaryFolder("run")
    name = URL(filePath: executable).lastPathComponent
    let files = try ["output", "errors"].map { name in
      try FileHandle(forWritingTo: URL(filePath: try self.folder.write(name, "")))
    }
    process.executableURL = URL(filePath: executable)
    process.arguments = arguments
    if let folder { process.currentDirectoryURL = URL(filePath: folder) }
    // Messages in one language, whoever runs the tests.
    process.environment = [
      "LC_ALL": "C.UTF-8", "PATH": "/usr/local/bin:/usr/bin:/bin", "USER": "tests",
      "TMPDIR": NSTemporaryDirectory(),
    ]
    process.standardOutput = files[0]
    process.standardError = files[1]
    let given = try self.folder.write("input", input)
    process.standardInput = try FileHandle(forReadingFrom: URL(filePath: given))
    try process.run()
    for file in files { try file.close() }
    let number = process.processIdentifier
    Self.running.withLock { state in
      _ = state.insert(number)
    }
    Self.ending
  }

  deinit {
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    forget()
  }

  private static let running = Mutex(Set<Int32>())

  /// Programs whose owners live as long as the tests, such as shared servers, end with them.
  private static let ending: Void = {
    atexit {
      for number in RunningProgram.running.withLock({ $0 }) { kill(number, SIGKILL) }
    }
  }()

  private func forget() {
    let number = process.processIdentifier
    Self.running.withLock { state in
      _ = state.remove(number)
    }
  }

  public var isRunning: Bool { process.isRunning }

  /// What it has written on standard output so far.
  public func output() throws -> [UInt8] { try TestFile.read(folder.path + "/output") }
  public func errors() throws -> String {
    String(decoding: try TestFile.read(folder.path + "/errors"), as: UTF8.self)
  }

  public func send(signal: Int32) { kill(process.processIdentifier, signal) }

  /// Waits for its end; a signal's number counts from 128 up, as in a shell.
  ///
  /// - Throws: `TestSupportError`, and kills it, when it has not ended in time.
  public func wait(seconds: Double = 120) throws -> Int32 {
    let end = Date(timeIntervalSinceNow: seconds)
    var pause: UInt32 = 500
    while process.isRunning {
      guard Date() < end else {
        kill(process.processIdentifier, SIGKILL)
        throw TestSupportError("\(name) \(process.arguments ?? []) did not end in \(seconds) s.")
      }
      usleep(pause)
      pause = min(pause * 2, 10_000)
    }
    process.waitUntilExit()
    forget()
    let status = process.terminationStatus
    return process.terminationReason == .uncaughtSignal ? 128 + status : status
  }
}

/// What a program that has ended left: its status and both outputs.
public struct ProgramRun: Sendable {
  public let status: Int32
  public let output: [UInt8]
  public let errors: String

  public var text: String { String(decoding: output, as: UTF8.self) }

  public init(
    _ executable: String, _ arguments: [String], input: [UInt8] = [], in folder: String? = nil,
    seconds: Double = 120
  ) throws {
    let program = try RunningProgram(executable, arguments, input: input, in: folder)
    status = try program.wait(seconds: seconds)
    output = try program.output()
    errors = try program.errors()
  }
}
