import Foundation
import TestSupport
import Testing

/// `MACHIZU_KILLS` says how often; `tools/soak` kills more often than `tools/test`.
private let kills = ProcessInfo.processInfo.environment["MACHIZU_KILLS"].flatMap { Int($0) } ?? 20

@Suite("An import that is killed", .serialized)
struct KilledImportTests {
  private static let count = 8000

  /// A town with many wells; of every second version half of them are changed.
  private func town() throws -> SmallTown {
    let town = try SmallTown()
    try town.write(
      "Layers/wells/layer.json",
      try town.read("Layers/wells/layer.json").replacing(
        "\"pattern\": \"W-[0-9]{3}\"", with: "\"pattern\": \"W-[0-9]+\""))
    return town
  }

  private func set(_ town: inout SmallTown, version: Int) throws {
    town.wells = (0..<Self.count).map { index in
      SmallTown.Well(
        number: "W-\(100_000 + index)", name: "井戸\(index)",
        longitude: 140.9 + Double(index % 150) * 0.0003,
        latitude: 35.28 + Double(index / 150) * 0.0003)
    }
    if version % 2 == 1 {
      for index in stride(from: 0, to: Self.count, by: 2) {
        town.wells[index].name = "改\(index)"
        town.wells[index].longitude += 0.0001
      }
    }
    try town.write()
  }

  private func contents(_ town: SmallTown) throws -> [UInt8] {
    try town.machizu.output("query", ["wells", "--format", "ndjson", "--audience", "restricted"])
  }

  /// Runs an import and kills it after a share of the time that one takes.
  private func kill(
    _ town: SmallTown, after duration: Duration, share: Double
  ) throws -> Int32 {
    let program = try RunningProgram(
      try Repository.machizu(), ["import"] + town.machizu.place + ["wells"])
    let parts = (duration * share).components
    Thread.sleep(forTimeInterval: Double(parts.seconds) + Double(parts.attoseconds) / 1e18)
    program.send(signal: SIGKILL)
    let status = try program.wait()
    #expect(status == 128 + SIGKILL || status == 0)
    return status
  }

  @Test("leaves the old state or the new one, and a store that opens")
  func killed() throws {
    var town = try town()
    try set(&town, version: 0)
    _ = try town.machizu.importing(["--allow-removal", "100%"])
    var states = [try contents(town)]
    try set(&town, version: 1)
    let clock = ContinuousClock()
    let duration = try clock.measure { _ = try town.machizu.importing(["wells"]) }
    states.append(try contents(town))
    try #require(states[0] != states[1])
    var current = 1
    for round in 0..<kills {
      let next = 1 - current
      try set(&town, version: next)
      let share = Double.random(in: 0.02...1.0)
      let status = try kill(town, after: duration, share: share)
      let found = try contents(town)
      let isNew = found == states[next]
      #expect(isNew || found == states[current], "round \(round), killed at \(share)")
      if status == 0 { #expect(isNew) }
      if isNew { current = next }
    }
    // Whatever was left lying about, the next import finishes the work.
    try set(&town, version: 1 - current)
    _ = try town.machizu.importing(["wells"])
    #expect(try contents(town) == states[1 - current])
    #expect(try town.machizu("check").status == 0)
  }

  @Test("the first import of all leaves no store, one without the layer, or the whole layer")
  func killedAtFirst() throws {
    var town = try town()
    try set(&town, version: 0)
    let clock = ContinuousClock()
    let duration = try clock.measure { _ = try town.machizu.importing(["wells"]) }
    let whole = try contents(town)
    var outcomes: Set<String> = []
    for round in 0..<kills {
      try? FileManager.default.removeItem(atPath: town.path("var"))
      let share = Double.random(in: 0.02...1.0)
      let status = try kill(town, after: duration, share: share)
      let layers = try town.machizu("layers", ["--json", "--audience", "restricted"])
      if layers.status == 0, layers.text.contains("wells") {
        #expect(try contents(town) == whole, "round \(round), killed at \(share)")
        outcomes.insert("whole")
      } else {
        #expect(status != 0, "round \(round)")
        // 1: there is no store yet.
        #expect(layers.status == 1 || layers.text == "[]\n", "\(layers.text) \(layers.errors)")
        outcomes.insert("none")
      }
    }
    #expect(!outcomes.isEmpty)
    _ = try town.machizu.importing(["wells"])
    #expect(try contents(town) == whole)
    #expect(try town.machizu("check").status == 0)
  }
}
