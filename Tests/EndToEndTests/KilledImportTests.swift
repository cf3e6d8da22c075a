import Foundation
import TestSupport
import Testing

@Suite("An import that is killed")
struct KilledImportTests {
  @Test("leaves the old state or the new one, and a store that opens")
  func killed() throws {
    var town = try SmallTown()
    let wells = (0..<15_000).map { index in
      SmallTown.Well(
        number: "W-\(String(index + 100_000).dropFirst(3))", name: "井戸\(index)",
        longitude: 140.9 + Double(index % 150) * 0.0003,
        latitude: 35.28 + Double(index / 150) * 0.0003)
    }
    try town.write(
      "Layers/wells/layer.json",
      try town.read("Layers/wells/layer.json").replacing(
        "\"pattern\": \"W-[0-9]{3}\"", with: "\"pattern\": \"W-[0-9]+\""))
    func set(version: Int) throws {
      town.wells = wells
      for index in wells.indices { town.wells[index].number = "W-\(100_000 + index)" }
      if version % 2 == 1 {
        for index in stride(from: 0, to: wells.count, by: 2) {
          town.wells[index].name = "改\(index)"
          town.wells[index].longitude += 0.0001
        }
      }
      try town.write()
    }
    func contents() throws -> [UInt8] {
      try town.machizu.output("query", ["wells", "--format", "ndjson", "--audience", "restricted"])
    }
    try set(version: 0)
    _ = try town.machizu.importing(["--allow-removal", "100%"])
    var states = [try contents()]
    try set(version: 1)
    let clock = ContinuousClock()
    let start = clock.now
    _ = try town.machizu.importing(["wells"])
    let duration = clock.now - start
    states.append(try contents())
    try #require(states[0] != states[1])
    var current = 1
    for round in 0..<5 {
      let next = 1 - current
      try set(version: next)
      let share = Double.random(in: 0.02...1.0)
      let program = try RunningProgram(
        try Repository.machizu(), ["import"] + town.machizu.place + ["wells"])
      Thread.sleep(
        forTimeInterval: share * Double(duration.components.seconds)
          + share * Double(duration.components.attoseconds) / 1e18)
      program.send(signal: SIGKILL)
      let status = try program.wait()
      #expect(status == 128 + SIGKILL || status == 0)
      let found = try contents()
      let isNew = found == states[next]
      #expect(isNew || found == states[current], "round \(round), killed at \(share)")
      if status == 0 { #expect(isNew) }
      if isNew { current = next }
      #expect(try town.machizu.count(["wells"]) == wells.count)
    }
    // Whatever was left lying about, the next import finishes the work.
    try set(version: 1 - current)
    _ = try town.machizu.importing(["wells"])
    #expect(try contents() == states[1 - current])
  }
}
