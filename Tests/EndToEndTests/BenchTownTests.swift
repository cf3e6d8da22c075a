import JSON
import TestSupport
import Testing

/// The renderer protocol of the peers' bench, over the demonstration town.
@Suite("machizu bench town")
struct BenchTownTests {
  private let town: Town
  private let folder: TemporaryFolder

  init() throws {
    town = try Town.shared()
    folder = try TemporaryFolder("bench")
  }

  private func list(_ lines: [String], _ name: String = "tiles") throws -> String {
    try folder.write("\(name).txt", lines.joined(separator: "\n") + "\n")
  }

  private func bench(_ arguments: [String]) throws -> JSONValue {
    let output = try town.machizu.output("bench", ["town", "--style", "general"] + arguments)
    return try JSONParser.parse(output)
  }

  private static let tiles = [
    "16 58420 25888", "16 58421 25888", "14 14605 6472", "18 233684 103554",
  ]

  @Test("one line tells of every zoom the times, the bytes and the labels")
  func report() throws {
    let report = try bench([try list(Self.tiles), "--runs", "2", "--enc", "png,png8"])
    #expect(report["meta"]?.int64 == 0 && report["runs"]?.int64 == 2)
    for key in ["lib_ms", "load_ms", "first_ms", "rss_load_mb", "rss_peak_mb", "wall_ms", "cpu_ms"]
    {
      #expect((report[key]?.double ?? -1) >= 0, "\(key)")
    }
    let zooms = try #require(report["zooms"]?.array)
    #expect(zooms.map { $0["z"]?.int64 } == [14, 16, 18])
    #expect(zooms.map { $0["n"]?.int64 } == [1, 2, 1])
    for zoom in zooms {
      let (render, query) = (zoom["render"]?["med"]?.double, zoom["query"]?["med"]?.double)
      #expect(try #require(render) > #require(query))
      for encoding in ["png", "png8"] {
        let row = try #require(zoom["enc"]?[encoding])
        #expect((row["bytes"]?.double ?? 0) > 500)
        // Means of each tile's median drawing and encoding.
        let sum = (row["mean"]?.double ?? 0) + (zoom["render"]?["mean"]?.double ?? 0)
        #expect(abs((row["tot_mean"]?.double ?? 0) - sum) < 0.01)
      }
      let png = zoom["enc"]?["png"]?["bytes"]?.double ?? 0
      #expect((zoom["enc"]?["png8"]?["bytes"]?.double ?? .infinity) < png)
    }
    #expect((zooms[1]["labels"]?.double ?? 0) > 1)
  }

  @Test("what it saves is what render draws, from single tiles, metatiles and warm memos")
  func pictures() throws {
    var drawn: [Picture] = []
    for (arguments, kind) in [
      ([try list(["16 58420 25888"])], "single"),
      ([try list(["16 58420 25888"]), "--warm"], "single"),
      ([try list(["16 58416 25888 58420 25888 58421 25889"], "metatiles"), "--meta"], "meta"),
    ] {
      _ = try bench(
        arguments + ["--noq", "--runs", "1", "--enc", "png", "--save", folder.path])
      drawn.append(try Picture(file: folder.path + "/\(kind)_16_58420_25888.png"))
    }
    let file = folder.path + "/tile.png"
    _ = try town.machizu.output("render", ["general", "--tile", "16/58420/25888", "-o", file])
    let tile = try Picture(file: file)
    for picture in drawn { #expect(picture.difference(from: tile) == nil) }
  }

  @Test("workers share the list, and zooms can be chosen")
  func parts() throws {
    let path = try list(Self.tiles)
    var counts: [Int64] = []
    for worker in ["0/2", "1/2"] {
      let report = try bench([path, "--noq", "--runs", "1", "--enc", "png", "--worker", worker])
      counts.append((report["zooms"]?.array ?? []).reduce(0) { $0 + ($1["n"]?.int64 ?? 0) })
    }
    #expect(counts == [2, 2])
    let chosen = try bench([path, "--noq", "--runs", "1", "--enc", "png", "--zooms", "14,18"])
    #expect(chosen["zooms"]?.array?.map { $0["z"]?.int64 } == [14, 18])
  }

  @Test("a list that holds no tiles is refused with its line")
  func refusals() throws {
    for (line, word) in [("16 58420", "16 58420"), ("3 99 0", "3 99 0"), ("x y z", "x y z")] {
      let run = try town.machizu("bench", ["town", "--style", "general", try list([line])])
      #expect(run.status != 0 && run.errors.contains(word), "\(run.errors)")
    }
  }
}
