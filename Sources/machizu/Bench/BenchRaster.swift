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
///
/// Items of a canvas larger than a tile are first copied to the lists of the tiles that they touch,
/// so that a tile's geometry lies together when it is drawn; a random walk over a whole scene's
/// geometry would cost as much as the drawing. Of a scene of few items that cover the canvas many
/// times over each tile would have to read most: its tiles are whole bands of the canvas, low
/// enough to stay in the processor's second cache.
struct SceneDrawing {
  private static let tileSide = 256
  /// Tiles an item touches on average from which on a scene is drawn in bands.
  private static let bandTileCount = 16.0
  private static let bandHeight = 256

  private let background = Colour(red: 0xF2, green: 0xEF, blue: 0xE9)
  private var rasterizer = Rasterizer()
  private var path = Path()
  private var tile: Pixmap
  /// Items as numbers: kind, colour, size in 1/256 px, parts; for each part points, then x and y.
  private var record: [Int32] = []
  private var bins: [[Int32]]
  private var columns: Int, rows: Int
  /// The paths of a scene that is drawn in bands, else none.
  private var paths: [Path] = []

  init(_ scene: RasterScene) {
    let side = SceneDrawing.tileSide
    columns = (scene.width + side - 1) / side
    rows = (scene.height + side - 1) / side
    tile = Pixmap(width: side, height: side)
    var touched = 0
    for i in scene.items.indices {
      let tiles = SceneDrawing.tiles(scene, i, columns, rows, tile)
      touched += tiles.columns.count * tiles.rows.count
    }
    if Double(touched) > SceneDrawing.bandTileCount * Double(scene.items.count),
      !scene.items.contains(where: { $0.kind == .strokeRound })
    {
      paths = Array(repeating: Path(), count: scene.items.count)
    }
    bins = Array(repeating: [], count: columns * rows)
  }

  mutating func draw(_ scene: borrowing RasterScene, on canvas: inout Pixmap) {
    if columns * rows == 1 {
      canvas.clear(background)
      for i in scene.items.indices {
        SceneDrawing.outline(scene, i, &path)
        paint(
          scene.items[i].kind, scene.items[i].colour, Double(scene.items[i].parameter), on: &canvas)
      }
      return
    }
    if !paths.isEmpty { return drawBands(scene, on: &canvas) }
    sort(scene)
    let width = tile.width
    let height = tile.height
    var target = Pixmap(width: 0, height: 0)
    var list: [Int32] = []
    swap(&target, &tile)
    for row in 0..<rows {
      for column in 0..<columns {
        target.clear(background)
        swap(&list, &bins[row * columns + column])
        var i = 0
        let x = Int32(column * width * 256)
        let y = Int32(row * height * 256)
        while i < list.count { i = draw(list, i, x: x, y: y, on: &target) }
        swap(&list, &bins[row * columns + column])
        canvas.copy(target, x: column * width, y: row * height)
      }
    }
    swap(&target, &tile)
  }

  /// Copies every item to the lists of its tiles.
  private mutating func sort(_ scene: borrowing RasterScene) {
    for i in bins.indices { bins[i].removeAll(keepingCapacity: true) }
    for i in scene.items.indices {
      let tiles = SceneDrawing.tiles(scene, i, columns, rows, tile)
      record.removeAll(keepingCapacity: true)
      SceneDrawing.append(scene, i, to: &record)
      for row in tiles.rows {
        for column in tiles.columns { bins[row * columns + column].append(contentsOf: record) }
      }
    }
  }

  /// The tiles that an item's box, grown by its width, touches.
  private static func tiles(
    _ scene: borrowing RasterScene, _ index: Int, _ columnCount: Int, _ rowCount: Int,
    _ tile: borrowing Pixmap
  ) -> (columns: Range<Int>, rows: Range<Int>) {
    let item = scene.items[index]
    let from = scene.parts[item.firstPart]
    let to = scene.parts[item.firstPart + item.partCount]
    guard from < to else { return (0..<0, 0..<0) }
    var low = scene.points[from]
    var high = low
    for k in from..<to {
      let point = scene.points[k]
      low = SIMD2(min(low.x, point.x), min(low.y, point.y))
      high = SIMD2(max(high.x, point.x), max(high.y, point.y))
    }
    let reach = item.parameter + 1
    func span(_ low: Float, _ high: Float, _ count: Int, _ side: Int) -> Range<Int> {
      let side = Float(side)
      let first = min(max(Int((low - reach) / side), 0), count)
      let end = high + reach < 0 ? 0 : min(Int((high + reach) / side) + 1, count)
      return first..<max(first, end)
    }
    return (
      span(low.x, high.x, columnCount, tile.width), span(low.y, high.y, rowCount, tile.height)
    )
  }

  private static func append(
    _ scene: borrowing RasterScene, _ index: Int, to list: inout [Int32]
  ) {
    let item = scene.items[index]
    let colour = item.colour
    list.append(Int32(item.kind.rawValue))
    list.append(
      Int32(
        bitPattern: UInt32(colour.red) | UInt32(colour.green) << 8 | UInt32(colour.blue) << 16
          | UInt32(colour.alpha) << 24))
    list.append(Int32(truncatingIfNeeded: Path.fixed(Double(item.parameter))))
    list.append(Int32(item.partCount))
    for part in item.firstPart..<item.firstPart + item.partCount {
      let from = scene.parts[part]
      let to = scene.parts[part + 1]
      list.append(Int32(to - from))
      for k in from..<to {
        let point = scene.points[k]
        list.append(Int32(truncatingIfNeeded: Path.fixed(Double(point.x))))
        list.append(Int32(truncatingIfNeeded: Path.fixed(Double(point.y))))
      }
    }
  }

  /// Draws the item that begins at `start`, moved by (-x, -y); returns where the next begins.
  private mutating func draw(
    _ list: [Int32], _ start: Int, x: Int32, y: Int32, on pixmap: inout Pixmap
  ) -> Int {
    let kind = RasterScene.Kind(rawValue: UInt32(list[start]))
    let word = UInt32(bitPattern: list[start + 1])
    let colour = Colour(
      red: UInt8(word & 255), green: UInt8(word >> 8 & 255), blue: UInt8(word >> 16 & 255),
      alpha: UInt8(word >> 24))
    let size = list[start + 2]
    var i = start + 4
    path.removeAll()
    for _ in 0..<list[start + 3] {
      let end = i + 1 + 2 * Int(list[i])
      i += 1
      if kind == .circle {
        path.addCircle(
          x: Int64(list[i] - x), y: Int64(list[i + 1] - y), radius: Int64(size))
      } else if i < end {
        path.move(Int64(list[i] - x), Int64(list[i + 1] - y))
        for k in stride(from: i + 2, to: end, by: 2) {
          path.line(Int64(list[k] - x), Int64(list[k + 1] - y))
        }
      }
      i = end
    }
    paint(kind, colour, Double(size) / 256, on: &pixmap)
    return i
  }

  /// Draws a scene of fills band by band.
  private mutating func drawBands(_ scene: borrowing RasterScene, on canvas: inout Pixmap) {
    for i in paths.indices { SceneDrawing.outline(scene, i, &paths[i]) }
    for top in stride(from: 0, to: scene.height, by: SceneDrawing.bandHeight) {
      let rows = top..<min(top + SceneDrawing.bandHeight, scene.height)
      canvas.clear(background, rows: rows)
      for i in paths.indices {
        let item = scene.items[i]
        rasterizer.fill(
          paths[i], rule: item.kind == .fillEvenOdd ? .evenOdd : .nonZero, with: item.colour,
          into: &canvas, rows: rows)
      }
    }
  }

  /// Makes an item's path from the scene's own numbers.
  private static func outline(
    _ scene: borrowing RasterScene, _ index: Int, _ path: inout Path
  ) {
    let item = scene.items[index]
    path.removeAll()
    for part in item.firstPart..<item.firstPart + item.partCount {
      let from = scene.parts[part]
      let to = scene.parts[part + 1]
      guard from < to else { continue }
      let first = scene.points[from]
      let x = Path.fixed(Double(first.x))
      let y = Path.fixed(Double(first.y))
      if item.kind == .circle {
        path.addCircle(x: x, y: y, radius: Path.fixed(Double(item.parameter)))
        continue
      }
      path.move(x, y)
      for k in from + 1..<max(to, from + 1) {
        let point = scene.points[k]
        path.line(Path.fixed(Double(point.x)), Path.fixed(Double(point.y)))
      }
    }
  }

  /// Fills `path`, or strokes it with a width.
  private mutating func paint(
    _ kind: RasterScene.Kind?, _ colour: Colour, _ width: Double, on pixmap: inout Pixmap
  ) {
    switch kind {
    case .fillEvenOdd: rasterizer.fill(path, rule: .evenOdd, with: colour, into: &pixmap)
    case .strokeRound:
      let stroke = Stroke(width: width, cap: .round, join: .round)
      rasterizer.stroke(path, stroke, with: colour, into: &pixmap)
    default: rasterizer.fill(path, rule: .nonZero, with: colour, into: &pixmap)
    }
  }
}
