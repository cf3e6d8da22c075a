import Raster

/// Times the drawing of a scene file and prints one line, in µs per 256 × 256 px.
///
/// As for the rivals, a frame clears the canvas, rebuilds every path from flat arrays of numbers
/// and draws the items in file order. Canvases larger than a tile are drawn tile by tile; sorting
/// the items into tiles and copying the tiles together is part of the frame.
///
/// - Parameter save: a file that gets the picture as premultiplied RGBA.
func benchRaster(scene path: String, save: String?, json: Bool) throws {
  let scene = try RasterScene(path)
  var canvas = Pixmap(width: scene.width, height: scene.height)
  var drawing = SceneDrawing(scene)
  let tiles = Double(scene.width * scene.height) / 65536
  let times = BenchTimes("raster/\(BenchFile.stem(path))", scale: 1 / tiles) {
    drawing.draw(scene, on: &canvas)
  }
  print(times.line(json: json))
  if let save { try BenchFile.write(canvas.bytes, to: save) }
}

/// A scene of filled and stroked shapes, the format of ../shared/bench/kernels/README.md.
struct RasterScene {
  enum Kind: UInt32 { case fillNonZero, fillEvenOdd, strokeRound, circle }

  struct Item {
    let kind: Kind
    let colour: Colour
    /// Width or radius in pixels.
    let parameter: Float
    /// The parts' ends as numbers of points, from `firstPart` on.
    let firstPart: Int, partCount: Int
  }

  private(set) var width = 0, height = 0
  private(set) var items: [Item] = []
  /// For each part its first point; one more for the end.
  private(set) var parts: [Int] = [0]
  private(set) var points: [SIMD2<Float>] = []

  init(_ path: String) throws(BenchError) {
    var reader = WordReader(try BenchFile.read(path), path)
    guard try reader.word() == 0x3143_5352 else {
      throw BenchError(description: "\(path) is not a scene: it must begin with RSC1.")
    }
    width = Int(try reader.word())
    height = Int(try reader.word())
    guard (1...16_384).contains(width), (1...16_384).contains(height) else {
      throw BenchError(description: "\(path) has \(width) × \(height) px; 1 to 16384 are allowed.")
    }
    for _ in 0..<(try reader.word()) {
      let number = try reader.word()
      guard let kind = Kind(rawValue: number) else {
        throw BenchError(description: "\(path) has an item of kind \(number); 0 to 3 are known.")
      }
      let rgba = try reader.word()
      let colour = Colour(
        red: UInt8(rgba & 255), green: UInt8(rgba >> 8 & 255), blue: UInt8(rgba >> 16 & 255),
        alpha: UInt8(rgba >> 24))
      let parameter = Float(bitPattern: try reader.word())
      let partCount = Int(try reader.word())
      items.append(
        Item(
          kind: kind, colour: colour, parameter: parameter, firstPart: parts.count - 1,
          partCount: partCount))
      for _ in 0..<partCount {
        for _ in 0..<(try reader.word()) {
          let x = Float(bitPattern: try reader.word())
          let y = Float(bitPattern: try reader.word())
          points.append(SIMD2(x, y))
        }
        parts.append(points.count)
      }
      if kind == .circle, parts[parts.count - 1] == parts[parts.count - 1 - partCount] {
        throw BenchError(description: "\(path) has a circle without a centre.")
      }
    }
  }
}

/// Little-endian words of a file.
private struct WordReader {
  private let bytes: [UInt8]
  private let path: String
  private var offset = 0

  init(_ bytes: [UInt8], _ path: String) {
    self.bytes = bytes
    self.path = path
  }

  mutating func word() throws(BenchError) -> UInt32 {
    guard offset + 4 <= bytes.count else {
      throw BenchError(description: "\(path) ends at byte \(bytes.count), within an item.")
    }
    defer { offset += 4 }
    var value: UInt32 = 0
    for i in 0..<4 { value |= UInt32(bytes[offset + i]) << UInt32(8 * i) }
    return value
  }
}

/// What drawing a scene needs again for every frame.
struct SceneDrawing {
  private let background = Colour(red: 0xF2, green: 0xEF, blue: 0xE9)
  private let tileSide = 256
  private var rasterizer = Rasterizer()
  private var path = Path()
  private var tile: Pixmap
  /// The items that may touch each tile, as a list for each.
  private var bins: [[Int32]]
  private let columns: Int, rows: Int

  init(_ scene: RasterScene) {
    columns = (scene.width + tileSide - 1) / tileSide
    rows = (scene.height + tileSide - 1) / tileSide
    bins = Array(repeating: [], count: columns * rows)
    tile = Pixmap(width: tileSide, height: tileSide)
  }

  mutating func draw(_ scene: borrowing RasterScene, on canvas: inout Pixmap) {
    if columns == 1 && rows == 1 {
      canvas.clear(background)
      for i in scene.items.indices { draw(scene, i, x: 0, y: 0, on: &canvas) }
      return
    }
    sort(scene)
    var target = Pixmap(width: 0, height: 0)
    swap(&target, &tile)
    for row in 0..<rows {
      for column in 0..<columns {
        target.clear(background)
        let x = Int64(column * tileSide) << 8
        let y = Int64(row * tileSide) << 8
        for i in bins[row * columns + column] { draw(scene, Int(i), x: x, y: y, on: &target) }
        canvas.copy(target, x: column * tileSide, y: row * tileSide)
      }
    }
    swap(&target, &tile)
  }

  /// Puts every item into the tiles that its box, grown by its width, touches.
  private mutating func sort(_ scene: borrowing RasterScene) {
    for i in bins.indices { bins[i].removeAll(keepingCapacity: true) }
    let side = Float(tileSide)
    for (i, item) in scene.items.enumerated() {
      let from = scene.parts[item.firstPart]
      let to = scene.parts[item.firstPart + item.partCount]
      guard from < to else { continue }
      var low = scene.points[from]
      var high = low
      for k in from..<to {
        low = pointwiseMin(low, scene.points[k])
        high = pointwiseMax(high, scene.points[k])
      }
      let reach = item.parameter + 1
      let minX = max(Int((low.x - reach) / side), 0)
      let maxX = Int((high.x + reach) / side)
      let minY = max(Int((low.y - reach) / side), 0)
      let maxY = Int((high.y + reach) / side)
      guard maxX >= minX, maxY >= minY, minX < columns, minY < rows else { continue }
      for row in minY...min(maxY, rows - 1) {
        for column in minX...min(maxX, columns - 1) {
          bins[row * columns + column].append(Int32(i))
        }
      }
    }
  }

  private mutating func draw(
    _ scene: borrowing RasterScene, _ index: Int, x: Int64, y: Int64, on pixmap: inout Pixmap
  ) {
    let item = scene.items[index]
    path.removeAll()
    for part in item.firstPart..<item.firstPart + item.partCount {
      let from = scene.parts[part]
      let to = scene.parts[part + 1]
      guard from < to else { continue }
      if item.kind == .circle {
        let centre = scene.points[from]
        path.addCircle(
          x: Path.fixed(Double(centre.x)) - x, y: Path.fixed(Double(centre.y)) - y,
          radius: Path.fixed(Double(item.parameter)))
        continue
      }
      let first = scene.points[from]
      path.move(Path.fixed(Double(first.x)) - x, Path.fixed(Double(first.y)) - y)
      for k in from + 1..<max(to, from + 1) {
        let point = scene.points[k]
        path.line(Path.fixed(Double(point.x)) - x, Path.fixed(Double(point.y)) - y)
      }
    }
    switch item.kind {
    case .fillNonZero, .circle:
      rasterizer.fill(path, rule: .nonZero, with: item.colour, into: &pixmap)
    case .fillEvenOdd:
      rasterizer.fill(path, rule: .evenOdd, with: item.colour, into: &pixmap)
    case .strokeRound:
      let stroke = Stroke(width: Double(item.parameter), cap: .round, join: .round)
      rasterizer.stroke(path, stroke, with: item.colour, into: &pixmap)
    }
  }
}
