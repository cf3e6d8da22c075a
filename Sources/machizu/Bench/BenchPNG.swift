import Glibc
import PNG

/// Times the encoding of sample tiles, from straight RGBA in memory to finished files, and prints a
/// line for the lossless way, one for libdeflate and one for trained palettes, in µs a tile.
///
/// Palettes are trained on the even-numbered tiles of each kind. `bytes` is the mean a tile; the
/// palette line adds the PSNR of the odd-numbered tiles, in hundredths of a decibel.
func benchPNG(tiles directory: String, json: Bool) throws {
  let tiles = try SampleTile.read(directory)
  for (name, compression) in [("lossless", PNGEncoder.Compression.fast), ("compact", .compact)] {
    var encoder = PNGEncoder(compression: compression)
    var bytes = 0
    let times = try BenchTimes("png/\(name)", scale: 1 / Double(tiles.count)) {
      bytes = 0
      for tile in tiles {
        bytes += try encoder.encode(straight: tile.rgba.span, width: 256, height: 256).count
      }
    }
    print(times.line(json: json, extra: [("bytes", bytes / tiles.count)]))
  }
  let palettes = SampleTile.palettes(tiles)
  var encoder = PNGEncoder()
  var bytes = 0
  let times = try BenchTimes("png/palette", scale: 1 / Double(tiles.count)) {
    bytes = 0
    for tile in tiles {
      guard let palette = palettes[tile.kind] else { continue }
      bytes += try encoder.encode(
        straight: tile.rgba.span, width: 256, height: 256, palette: palette
      ).count
    }
  }
  let quality = try SampleTile.quality(tiles, palettes)
  print(
    times.line(
      json: json,
      extra: [
        ("bytes", bytes / tiles.count), ("psnr_mean_centidecibel", Int(quality.mean * 100)),
        ("psnr_min_centidecibel", Int(quality.least * 100)),
      ]))
}

/// A tile of ../shared/bench/kernels: 256 × 256 straight RGBA.
struct SampleTile {
  let kind: String
  /// Place among the tiles of its kind.
  let number: Int
  let rgba: [UInt8]

  static func read(_ directory: String) throws(BenchError) -> [SampleTile] {
    let index = String(decoding: try BenchFile.read("\(directory)/index.csv"), as: UTF8.self)
    var tiles: [SampleTile] = []
    var counts: [String: Int] = [:]
    for line in index.split(separator: "\n") {
      let fields = line.split(separator: ",")
      guard fields.count >= 2, let id = Int(fields[0].drop { !$0.isNumber }.prefix { $0.isNumber })
      else { continue }
      let digits = String(id)
      let name = "t" + String(repeating: "0", count: max(3 - digits.count, 0)) + digits
      let rgba = try BenchFile.read("\(directory)/\(name).rgba")
      guard rgba.count == 256 * 256 * 4 else {
        throw BenchError(description: "\(name).rgba has \(rgba.count) bytes; 262144 are a tile.")
      }
      let kind = String(fields[1])
      tiles.append(SampleTile(kind: kind, number: counts[kind, default: 0], rgba: rgba))
      counts[kind, default: 0] += 1
    }
    guard !tiles.isEmpty else {
      throw BenchError(description: "\(directory)/index.csv names no tiles.")
    }
    return tiles
  }

  static func palettes(_ tiles: [SampleTile]) -> [String: TilePalette] {
    var trainers: [String: PaletteTrainer] = [:]
    for tile in tiles where tile.number % 2 == 0 {
      trainers[tile.kind, default: PaletteTrainer()].add(straight: tile.rgba.span)
    }
    return trainers.mapValues { $0.palette() }
  }

  /// Decibels of the odd-numbered tiles over their palette files, all four channels.
  static func quality(
    _ tiles: [SampleTile], _ palettes: [String: TilePalette]
  ) throws -> (mean: Double, least: Double) {
    var encoder = PNGEncoder()
    var sum = 0.0
    var count = 0.0
    var least = Double.infinity
    for tile in tiles where tile.number % 2 == 1 {
      guard let palette = palettes[tile.kind] else { continue }
      let file = try encoder.encode(
        straight: tile.rgba.span, width: 256, height: 256, palette: palette)
      let picture = try PNGDecoder.decode(file)
      var squares = 0.0
      for i in tile.rgba.indices {
        let d = Double(tile.rgba[i]) - Double(picture.rgba[i])
        squares += d * d
      }
      // A tile without any error counts as 99 dB.
      let error = squares / Double(tile.rgba.count)
      let decibels = error > 0 ? min(10 * log10(65025 / error), 99) : 99
      sum += decibels
      count += 1
      least = min(least, decibels)
    }
    return (sum / max(count, 1), least)
  }
}
