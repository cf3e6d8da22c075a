import Lettering
import Testing

@Suite(.enabled(if: Fonts.isInstalled, Fonts.missing)) struct LineTextTests {
  /// The eight directions as seen on the map, y down.
  static let directions: [SIMD2<Int64>] = [
    SIMD2(1, 0), SIMD2(1, 1), SIMD2(0, 1), SIMD2(-1, 1), SIMD2(-1, 0), SIMD2(-1, -1), SIMD2(0, -1),
    SIMD2(1, -1),
  ]

  private func line(_ direction: SIMD2<Int64>, pixels: Int64 = 200) -> MeasuredLine {
    MeasuredLine([SIMD2(50_000, 60_000), SIMD2(50_000, 60_000) &+ direction &* (pixels << 8)])
  }

  @Test("Latin text reads from left to right, straight up and down upward", arguments: directions)
  func latinRightWayRound(direction: SIMD2<Int64>) throws {
    let line = line(direction)
    let text = try Fonts.letterer().shapeForLine("Wakaba Street", style: TextStyle(pixels: 12))
    let placed = try #require(text.place(along: line, centredAt: line.length / 2))
    let (first, last) = (try #require(placed.glyphs.first), try #require(placed.glyphs.last))
    #expect(!placed.isVertical)
    if direction.x == 0 {
      #expect(last.y < first.y)
    } else {
      #expect(last.x > first.x)
    }
    for glyph in placed.glyphs { #expect(glyph.rotation == first.rotation) }
    #expect(first.rotation.cosine >= 0)
  }

  @Test("Japanese is vertical within 45° of north–south, top to bottom", arguments: directions)
  func japanese(direction: SIMD2<Int64>) throws {
    let line = line(direction)
    let text = try Fonts.letterer().shapeForLine("さくら通り（ー）", style: TextStyle(pixels: 12))
    let placed = try #require(text.place(along: line, centredAt: line.length / 2))
    #expect(placed.isVertical == (direction.y != 0))
    if placed.isVertical {
      #expect(placed.glyphs.allSatisfy { $0.rotation == .none })
      #expect(placed.boxes.map(\.minY) == placed.boxes.map(\.minY).sorted())
      #expect(placed.glyphs.map(\.id).suffix(3) == [7485, 7477, 7486])
    } else {
      #expect(placed.glyphs.map(\.x) == placed.glyphs.map(\.x).sorted())
      #expect(placed.glyphs.map(\.id).suffix(3) == [440, 426, 441])
    }
  }

  @Test(
    "the change from turned to vertical lies at 45°",
    arguments: [44, 46, 134, 136, 224, 226, 314, 316])
  func threshold(degrees: Int) throws {
    let turn = Rotation(degrees: Double(degrees))
    let line = MeasuredLine([SIMD2(0, 0), SIMD2(Int64(turn.cosine) >> 13, Int64(turn.sine) >> 13)])
    let text = try Fonts.letterer().shapeForLine("若葉通り", style: TextStyle(pixels: 12))
    let placed = try #require(text.place(along: line, centredAt: line.length / 2))
    #expect(placed.isVertical == (abs(turn.sine) > abs(turn.cosine)))
  }

  @Test(
    "a number of two or three digits stands upright in one cell of a column, longer ones do not",
    arguments: [("市道17-060号線", 7), ("国道99号", 4), ("1丁目", 3), ("第1234号", 6), ("駅12", 2)])
  func uprightNumbers(text: String, cells: Int) throws {
    let letterer = try Fonts.letterer()
    let line = line(SIMD2(0, 1))
    let shaped = letterer.shapeForLine(text, style: TextStyle(pixels: 12))
    let placed = try #require(shaped.place(along: line, centredAt: line.length / 2))
    #expect(placed.isVertical)
    #expect(Set(placed.boxes.map(\.minY)).count == cells)
    let plain = letterer.shape(text, style: TextStyle(pixels: 12, direction: .vertical))
    #expect(placed.glyphs.count == plain.glyphs.count)
    // Cells follow one another without a gap.
    let vertical = try #require(shaped.vertical)
    let starts = Set(vertical.glyphs.map(\.start)).sorted()
    #expect(starts.count == cells)
    for (start, next) in zip(starts, starts.dropFirst()) {
      let cell = try #require(vertical.glyphs.first { $0.start == start })
      #expect(cell.start + cell.advance == next)
    }
    #expect(vertical.glyphs.last.map { $0.start + $0.advance } == vertical.advance)
  }

  @Test("digits of one cell stand side by side around the column's middle, whatever the spacing")
  func digitsSideBySide() throws {
    for spacing in [0.0, 0.3] {
      let style = TextStyle(pixels: 20, letterSpacingEms: spacing)
      let text = try #require(
        try Fonts.letterer().shapeForLine("国道21号線", style: style).vertical)
      let (two, one) = (text.glyphs[2], text.glyphs[3])
      #expect(two.y == one.y && two.start == one.start && two.x < one.x)
      #expect(abs(two.x + (one.x - two.x)) <= 256)
      let gap = text.glyphs[4].start - two.start - two.advance
      #expect(gap == Int32((spacing * 20 * 256).rounded()))
    }
  }

  @Test("a line drawn the other way carries its text in the same place", arguments: 0..<60)
  func reversal(seed: Int) throws {
    var random = SeededGenerator(seed: seed)
    var point = SIMD2<Int64>(0, 0)
    var points = [point]
    let heading = Int64.random(in: -2...2, using: &random)
    for _ in 0..<6 {
      point &+= SIMD2(
        Int64.random(in: 4000...9000, using: &random),
        heading * 4000 + Int64.random(in: -900...900, using: &random))
      points.append(point)
    }
    let text = try Fonts.letterer().shapeForLine("若葉野通り西", style: TextStyle(pixels: 12))
    let (there, back) = (MeasuredLine(points), MeasuredLine(points.reversed()))
    #expect(there.length == back.length)
    let one = text.place(along: there, centredAt: there.length / 2)
    let other = text.place(along: back, centredAt: back.length - there.length / 2)
    #expect((one == nil) == (other == nil))
    guard let one, let other else { return }
    #expect(one.isVertical == other.isVertical)
    for (a, b) in zip(one.glyphs, other.glyphs) {
      #expect(a.id == b.id && abs(a.x - b.x) <= 4 && abs(a.y - b.y) <= 4)
    }
  }

  @Test("moving the line moves the glyphs by as much and nothing else", arguments: 0..<20)
  func translation(seed: Int) throws {
    var random = SeededGenerator(seed: seed)
    let points = (0..<4).map {
      SIMD2(Int64($0) * 20_000, Int64.random(in: -4000...4000, using: &random))
    }
    let offset = SIMD2(
      Int64.random(in: -1 << 36...1 << 36, using: &random),
      Int64.random(in: -1 << 36...1 << 36, using: &random))
    let text = try Fonts.letterer().shapeForLine("若葉野川", style: TextStyle(pixels: 12))
    let one = text.place(along: MeasuredLine(points), centredAt: 30_000)
    let other = text.place(along: MeasuredLine(points.map { $0 &+ offset }), centredAt: 30_000)
    #expect((one == nil) == (other == nil))
    guard let one, let other else { return }
    for (a, b) in zip(one.glyphs, other.glyphs) {
      #expect(SIMD2(b.x - a.x, b.y - a.y) == offset && a.rotation == b.rotation)
    }
  }

  @Test("text that reaches past an end, or round a sharp corner, is not placed")
  func refusals() throws {
    let text = try Fonts.letterer().shapeForLine("Wakaba Street", style: TextStyle(pixels: 12))
    let straight = line(SIMD2(1, 0))
    let half = Int64(text.horizontal.advance) / 2
    #expect(text.place(along: straight, centredAt: half + 256) != nil)
    #expect(text.place(along: straight, centredAt: half - 256) == nil)
    #expect(text.place(along: straight, centredAt: straight.length - half + 256) == nil)
    let corner = MeasuredLine([SIMD2(0, 0), SIMD2(30_000, 0), SIMD2(30_000, 30_000)])
    #expect(text.place(along: corner, centredAt: 30_000) == nil)
    let bend = MeasuredLine([SIMD2(0, 0), SIMD2(30_000, 0), SIMD2(58_000, 10_000)])
    #expect(text.place(along: bend, centredAt: 30_000) != nil)
  }

  @Test("lines without length and hostile numbers place nothing and do not trap")
  func hostileLines() throws {
    let text = try Fonts.letterer().shapeForLine("若葉", style: TextStyle(pixels: 12))
    let lines: [[SIMD2<Int64>]] = [
      [], [SIMD2(0, 0)], [SIMD2(5, 5), SIMD2(5, 5)],
      [SIMD2(.min, .min), SIMD2(.max, .max)], [SIMD2(.max, 0), SIMD2(.min, 0), SIMD2(0, .max)],
    ]
    for points in lines {
      let line = MeasuredLine(points)
      for distance in [Int64.min, -1, 0, line.length / 2, line.length, .max] {
        let placed = text.place(along: line, centredAt: distance, offset: 512)
        if line.length == 0 { #expect(placed == nil) }
      }
    }
    let plain = MeasuredLine([SIMD2(0, 0), SIMD2(99_999, 0)])
    for offset in [Int64.min, .max] {
      let placed = text.place(along: plain, centredAt: 50_000, offset: offset)
      #expect(placed?.boxes.allSatisfy { ($0.minY > 1 << 28) == (offset > 0) } == true)
    }
  }

  @Test("the boxes hold the glyphs' cells and follow them in order")
  func boxes() throws {
    let line = line(SIMD2(1, 0))
    let text = try Fonts.letterer().shapeForLine("若葉野", style: TextStyle(pixels: 10))
    let placed = try #require(text.place(along: line, centredAt: 20_000))
    #expect(placed.boxes.count == 3)
    for box in placed.boxes {
      #expect(box.maxX - box.minX == 2560 && box.maxY - box.minY == 2560)
      // The em's middle lies on the line.
      #expect(abs(box.minY + box.maxY - 2 * 60_000) <= 2)
    }
  }

  @Test("an offset puts the text beside the line, to the right of reading")
  func offset() throws {
    let letterer = try Fonts.letterer()
    let text = letterer.shapeForLine("若葉", style: TextStyle(pixels: 10))
    for direction in [SIMD2<Int64>(1, 0), SIMD2(-1, 0)] {
      let line = line(direction)
      let on = try #require(text.place(along: line, centredAt: 20_000))
      let beside = try #require(text.place(along: line, centredAt: 20_000, offset: 2560))
      #expect(zip(on.glyphs, beside.glyphs).allSatisfy { $1.y - $0.y == 2560 && $1.x == $0.x })
    }
    for direction in [SIMD2<Int64>(0, 1), SIMD2(0, -1)] {
      let line = line(direction)
      let on = try #require(text.place(along: line, centredAt: 20_000))
      let beside = try #require(text.place(along: line, centredAt: 20_000, offset: 2560))
      #expect(zip(on.glyphs, beside.glyphs).allSatisfy { $0.x - $1.x == 2560 && $1.y == $0.y })
    }
  }
}

@Suite struct RotationTests {
  @Test("whole quarters are exact and every turn has unit length", arguments: -720...720)
  func degrees(degrees: Int) {
    let turn = Rotation(degrees: Double(degrees))
    let length = Int64(turn.cosine) * Int64(turn.cosine) + Int64(turn.sine) * Int64(turn.sine)
    #expect(abs(length - 1 << 60) <= 1 << 31)
    if degrees % 90 == 0 {
      #expect(turn.cosine == 0 || turn.sine == 0)
    }
    #expect(turn == Rotation(degrees: Double(degrees + 360)))
  }

  @Test("degrees run clockwise on the screen and agree with the vector they stand for")
  func agreement() {
    #expect(Rotation(degrees: 0) == .none)
    #expect(Rotation(degrees: 90) == Rotation(alongX: 0, y: 5))
    #expect(Rotation(degrees: 180) == Rotation(alongX: -5, y: 0))
    #expect(Rotation(degrees: 30).sine == 1 << 29)
    let diagonal = Rotation(alongX: 7, y: 7)
    #expect(abs(Rotation(degrees: 45).sine - diagonal.sine) <= 1)
    #expect(Rotation(degrees: .nan) == .none && Rotation(alongX: 0, y: 0) == .none)
    #expect(Rotation(alongX: .min, y: .max).cosine < 0)
  }
}
