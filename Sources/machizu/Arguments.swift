internal import Features
internal import Geometry
internal import JSON

/// One option of a command: parsing, help and completion are all made from it.
struct Option: Sendable {
  let name: String
  /// How the help names the value; nil for a switch.
  let value: String?
  let help: String
  var isRepeated = false

  init(_ name: String, _ value: String? = nil, _ help: String, isRepeated: Bool = false) {
    self.name = name
    self.value = value
    self.help = help
    self.isRepeated = isRepeated
  }

  /// Options that every command takes.
  static let common = [
    Option("--workspace", "DIR", "the workspace (default: this folder)"),
    Option(
      "--var", "DIR", "where the store and generated files are (default: var/ in the workspace)"),
    Option("--path", "NAME=DIR", "a named path of machizu.json", isRepeated: true),
    Option("--language", "ja|en", "the language of messages and titles"),
    Option("--json", nil, "answer in JSON"),
    Option("--help", nil, "show this help"),
  ]

  static let audience = Option(
    "--audience", "A", "public, staff or restricted (default: staff; serve: public)")
  static let layers = Option(
    "--layers", "A,B", "draw these layers instead of those shown at first")
  static let scale = Option("--scale", "1|2", "2 for twice the density")
  static let workers = Option(
    "--workers", "N", "threads that draw at the same time (default: all processors)")
}

/// The words of a command line, sorted into options and operands.
struct Arguments {
  let command: Command
  private var values: [String: [String]] = [:]
  private(set) var operands: [String] = []

  init(_ words: [String], for command: Command) throws(CommandError) {
    self.command = command
    let options = command.options + Option.common
    var index = 0
    var optionsEnded = false
    while index < words.count {
      let word = words[index]
      index += 1
      if optionsEnded || !word.hasPrefix("-") || word == "-" {
        operands.append(word)
        continue
      }
      if word == "--" {
        optionsEnded = true
        continue
      }
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(parts[0])
      guard let option = options.first(where: { $0.name == name }) else {
        let hint = NearestName.suggest(for: name, among: options.map(\.name))
        throw .usage(
          "machizu \(command.name) has no option \(name)."
            + (hint.map { " Did you mean \($0)?" } ?? " See machizu \(command.name) --help."))
      }
      guard let label = option.value else {
        guard parts.count == 1 else { throw .usage("\(name) takes no value.") }
        values[name, default: []].append("")
        continue
      }
      var value = parts.count == 2 ? String(parts[1]) : nil
      if value == nil, index < words.count {
        value = words[index]
        index += 1
      }
      guard let value else { throw .usage("\(name) needs a value: \(label).") }
      guard option.isRepeated || values[name] == nil else {
        throw .usage("\(name) is given twice.")
      }
      values[name, default: []].append(value)
    }
  }

  subscript(name: String) -> String? { values[name]?.last }
  func all(_ name: String) -> [String] { values[name] ?? [] }
  func has(_ name: String) -> Bool { values[name] != nil }

  /// The only operand, or a usage error that says what it should be.
  func operand(_ what: String) throws(CommandError) -> String {
    guard operands.count == 1 else {
      throw .usage("Name \(what): machizu \(command.name) \(command.usage)")
    }
    return operands[0]
  }

  func integer(_ name: String, in range: ClosedRange<Int>) throws(CommandError) -> Int? {
    guard let text = self[name] else { return nil }
    guard let number = Int(text), range.contains(number) else {
      throw .usage(
        "\(name) is “\(text)”; a whole number from \(range.lowerBound) to \(range.upperBound) is allowed."
      )
    }
    return number
  }

  func number(_ name: String) throws(CommandError) -> Double? {
    guard let text = self[name] else { return nil }
    guard let number = Double(text), number.isFinite else {
      throw .usage("\(name) is “\(text)”; a number is needed.")
    }
    return number
  }

  func numbers(_ name: String, count: Int) throws(CommandError) -> [Double]? {
    guard let text = self[name] else { return nil }
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { part in
      Double(part.trimmingSpaces).flatMap { $0.isFinite ? $0 : nil }
    }
    guard parts.count == count, numbers.count == count else {
      throw .usage("\(name) is “\(text)”; \(count) numbers with commas between them are needed.")
    }
    return numbers
  }

  func list(_ name: String) -> [String]? {
    self[name].map { $0.split(separator: ",").map { $0.trimmingSpaces } }
  }

  func audience(default fallback: Audience) throws(CommandError) -> Audience {
    guard let name = self["--audience"] else { return fallback }
    guard let audience = Audience(name: name) else {
      throw .usage("--audience is “\(name)”; public, staff or restricted is allowed.")
    }
    return audience
  }

  func scale() throws(CommandError) -> Int { try integer("--scale", in: 1...2) ?? 1 }

  func workers() throws(CommandError) -> Int {
    try integer("--workers", in: 1...256) ?? ProcessorCount.online
  }

  func language() throws(CommandError) -> Language? {
    guard let name = self["--language"] else { return nil }
    guard let language = Language(rawValue: name) else {
      throw .usage("--language is “\(name)”; ja or en is allowed.")
    }
    return language
  }
}

extension StringProtocol {
  var trimmingSpaces: String {
    var view = self[...]
    while view.first?.isWhitespace == true { view = view.dropFirst() }
    while view.last?.isWhitespace == true { view = view.dropLast() }
    return String(view)
  }
}
