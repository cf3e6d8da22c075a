extension Command {
  static let completion = Command(
    name: "completion", usage: "bash|zsh|fish",
    summary: "Write the shell's completion script", options: [], run: runCompletion)
}

private func runCompletion(_ arguments: Arguments, _ session: Session) throws -> Int32 {
  switch try arguments.operand("a shell: bash, zsh or fish") {
  case "bash": Console.write(bashScript)
  case "zsh": Console.write("autoload -U +X bashcompinit && bashcompinit\n" + bashScript)
  case "fish": Console.write(fishScript)
  case let name:
    throw CommandError.usage("There is no completion for “\(name)”; bash, zsh and fish are there.")
  }
  return 0
}

private var bashScript: String {
  let names = Command.all.map(\.name).joined(separator: " ")
  let cases = Command.all.map { command in
    let options = (command.options + Option.common).map(\.name).joined(separator: " ")
    return "    \(command.name)) words=\"\(options)\" ;;"
  }
  return """
    _machizu() {
      local words="\(names)"
      case "${COMP_WORDS[1]}" in
    \(cases.joined(separator: "\n"))
      esac
      [ "$COMP_CWORD" -eq 1 ] && words="\(names)"
      COMPREPLY=($(compgen -W "$words" -f -- "${COMP_WORDS[COMP_CWORD]}"))
    }
    complete -F _machizu machizu
    """
}

private var fishScript: String {
  var lines: [String] = []
  for command in Command.all {
    lines.append(
      "complete -c machizu -n __fish_use_subcommand -a \(command.name) -d '\(command.summary.quoteless)'"
    )
    for option in command.options + Option.common where option.name.hasPrefix("--") {
      lines.append(
        "complete -c machizu -n '__fish_seen_subcommand_from \(command.name)' -l "
          + "\(option.name.dropFirst(2)) -d '\(option.help.quoteless)'")
    }
  }
  return lines.joined(separator: "\n")
}

extension String {
  fileprivate var quoteless: String { filter { $0 != "'" } }
}
