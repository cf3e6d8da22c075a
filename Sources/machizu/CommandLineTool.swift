internal import Features
internal import Glibc
internal import JSON

/// The tool: finds the command, runs it, tells errors.
enum CommandLineTool {
  static let version = "0.1.0"

  static func run(_ words: [String]) -> Int32 {
    // A reader that goes away (`machizu query … | head`) ends the program quietly.
    signal(SIGPIPE, SIG_DFL)
    var language = Language.english
    do {
      guard let name = words.first, name != "--help", name != "-h", name != "help" else {
        Console.write(help)
        return words.isEmpty ? 2 : 0
      }
      if name == "--version" {
        Console.write("machizu \(version)")
        return 0
      }
      guard let command = Command.all.first(where: { $0.name == name }) else {
        let hint = NearestName.suggest(for: name, among: Command.all.map(\.name))
        throw CommandError.usage(
          "There is no command “\(name)”."
            + (hint.map { " Did you mean \($0)?" } ?? " See machizu --help."))
      }
      let rest = Array(words.dropFirst())
      if rest.contains("--help") {
        Console.write(command.help)
        return 0
      }
      let arguments = try Arguments(rest, for: command)
      let session = Session(arguments, endsProcess: true)
      language = try session.messageLanguage()
      return try command.run(arguments, session)
    } catch {
      let told = CommandError(error, language: language)
      Console.tell(told.message)
      return told.status
    }
  }

  static var help: String {
    let width = Command.all.map(\.name.count).max() ?? 0
    let commands = Command.all.map { command in
      "  \(command.name)\(String(repeating: " ", count: width - command.name.count + 2))\(command.summary)"
    }
    return """
      machizu \(version): a town hall's map layers and tiles

      \(commands.joined(separator: "\n"))

      machizu COMMAND --help tells a command's options.
      Exit status: 0 done, 1 failed or done in part, 2 wrong usage, 3 unreadable or refused input.
      """
  }
}

/// Standard output and standard error.
enum Console {
  /// A line on standard output.
  static func write(_ text: String) { write(Array((text + "\n").utf8)) }

  static func write(_ bytes: [UInt8]) { write(bytes, to: STDOUT_FILENO) }

  /// A message for the person, on standard error.
  static func tell(_ text: String) { write(Array("machizu: \(text)\n".utf8), to: STDERR_FILENO) }

  /// Progress, as it is, on standard error.
  static func report(_ text: String) { write(Array(text.utf8), to: STDERR_FILENO) }

  static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

  private static func write(_ bytes: [UInt8], to descriptor: Int32) {
    var start = 0
    while start < bytes.count {
      let written = unsafe bytes.withUnsafeBytes { buffer in
        unsafe Glibc.write(descriptor, buffer.baseAddress! + start, bytes.count - start)
      }
      if written < 0 {
        if errno == EINTR { continue }
        exit(1)
      }
      start += written
    }
  }
}
