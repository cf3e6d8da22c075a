internal import JSON

/// Tells how far a pyramid is: a bar on a terminal, a line now and then elsewhere, or JSON objects, one
/// a line, on standard output.
struct PyramidProgress {
  enum Form {
    case bar
    case lines
    case json
  }

  private let form: Form
  private let total: Int
  private let start: Int
  private let began = ContinuousClock.now
  private var told: ContinuousClock.Instant
  private(set) var done: Int

  /// - Parameter done: tiles that an earlier run wrote.
  init(form: Form, total: Int, done: Int, output: String) {
    self.form = form
    self.total = total
    self.done = done
    start = done
    told = began
    if form == .json {
      event("begin") { writer in
        writer.member("output", output)
        writer.member("tiles", total)
        writer.member("done", done)
      }
    } else if form == .lines {
      Console.tell("\(output): \(total) tiles" + (done > 0 ? ", \(done) are there" : ""))
    }
  }

  mutating func advance(_ count: Int) {
    done += count
    let now = ContinuousClock.now
    let pause: Duration =
      switch form {
      case .bar: .milliseconds(200)
      case .json: .seconds(1)
      case .lines: .seconds(10)
      }
    guard now - told >= pause else { return }
    told = now
    tell()
  }

  /// Tiles a second since the run began.
  private var rate: Double {
    let seconds = (ContinuousClock.now - began) / .seconds(1)
    return seconds > 0 ? Double(done - start) / seconds : 0
  }

  private var percent: Int { total > 0 ? done * 100 / total : 100 }

  private func tell() {
    let left = rate > 0 ? Int((Double(total - done) / rate).rounded(.up)) : 0
    switch form {
    case .bar:
      let filled = percent * 30 / 100
      let bar = String(repeating: "#", count: filled) + String(repeating: "·", count: 30 - filled)
      Console.report(
        "\r[\(bar)] \(percent) %  \(done)/\(total)  \(Int(rate)) tiles/s  \(Self.time(left)) left \u{1B}[K"
      )
    case .lines:
      Console.tell(
        "\(percent) %, \(done) of \(total) tiles, \(Int(rate)) tiles/s, \(Self.time(left)) left")
    case .json:
      event("progress") { writer in
        writer.member("done", done)
        writer.member("tiles", total)
        writer.key("per_second")
        writer.value((rate * 10).rounded() / 10)
        writer.member("seconds_left", left)
      }
    }
  }

  /// Ends the bar's line; the caller tells the rest.
  func close() {
    guard form == .bar else { return }
    tell()
    Console.report("\n")
  }

  /// Writes a JSON object where events are asked for.
  func event(_ name: String, _ members: (inout JSONWriter) -> Void) {
    guard form == .json else { return }
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("event", name)
    members(&writer)
    writer.endObject()
    Console.write(String(decoding: writer.bytes, as: UTF8.self))
  }

  /// `2 h 05 min`, `3 min 20 s`, `8 s`.
  static func time(_ seconds: Int) -> String {
    func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    if seconds >= 3600 { return "\(seconds / 3600) h \(padded(seconds / 60 % 60)) min" }
    return seconds >= 60 ? "\(seconds / 60) min \(padded(seconds % 60)) s" : "\(seconds) s"
  }
}
