import Glibc

/// The times of one benchmark row.
struct BenchTimes {
  let name: String
  /// Microseconds a run, sorted.
  private(set) var microseconds: [Double] = []

  /// Runs `body` for about `seconds`, at least `minimumRuns` times, after two runs unseen.
  init(
    _ name: String, seconds: Double = 1.5, minimumRuns: Int = 7, maximumRuns: Int = 2000,
    scale: Double = 1, _ body: () throws -> Void
  ) rethrows {
    self.name = name
    try body()
    try body()
    let start = BenchTimes.now()
    var last = start
    while microseconds.count < minimumRuns
      || (last - start < seconds && microseconds.count < maximumRuns)
    {
      let before = BenchTimes.now()
      try body()
      last = BenchTimes.now()
      microseconds.append((last - before) * 1e6 * scale)
    }
    microseconds.sort()
  }

  /// Times that were taken elsewhere, in microseconds.
  init(_ name: String, measured: [Double]) {
    self.name = name
    microseconds = measured.sorted()
  }

  var median: Double { microseconds[microseconds.count / 2] }

  /// One line: a sentence for people, or an object; `extra` is added to either.
  func line(json: Bool, extra: [(String, Int)] = []) -> String {
    let m = BenchTimes.text(median)
    let least = BenchTimes.text(microseconds[0])
    if json {
      let more = extra.map { ",\"\($0.0)\":\($0.1)" }.joined()
      return "{\"bench\":\"\(name)\",\"median_us\":\(m),\"min_us\":\(least),"
        + "\"runs\":\(microseconds.count)\(more)}"
    }
    let more = extra.map { " \($0.0) \($0.1)" }.joined()
    return "\(name) median \(m) µs min \(least) µs runs \(microseconds.count)\(more)"
  }

  private static func text(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }

  /// Seconds on a clock that never goes back.
  private static func now() -> Double {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}

/// Why a benchmark's input was refused.
struct BenchError: Error, CustomStringConvertible {
  let description: String
}

/// Whole files, for benchmark inputs only.
enum BenchFile {
  static func read(_ path: String) throws(BenchError) -> [UInt8] {
    guard let file = unsafe fopen(path, "rb") else {
      throw BenchError(description: "\(path) cannot be opened.")
    }
    defer { unsafe fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = unsafe fread(&chunk, 1, chunk.count, file)
      if count == 0 { return bytes }
      bytes.append(contentsOf: chunk[0..<count])
    }
  }

  static func write(_ bytes: [UInt8], to path: String) throws(BenchError) {
    guard let file = unsafe fopen(path, "wb") else {
      throw BenchError(description: "\(path) cannot be written.")
    }
    defer { unsafe fclose(file) }
    guard unsafe fwrite(bytes, 1, bytes.count, file) == bytes.count else {
      throw BenchError(description: "\(path) could not be written to its end.")
    }
  }

  /// The last part of a path, without its extension.
  static func stem(_ path: String) -> String {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    return name.split(separator: ".").first.map(String.init) ?? name
  }
}
