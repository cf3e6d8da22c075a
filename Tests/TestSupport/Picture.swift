internal import PNG

/// The decoded pixels of a picture.
public struct Picture: Equatable, Sendable, CustomStringConvertible {
  public let width: Int
  public let height: Int
  /// Straight RGBA, rows from the top.
  public var rgba: [UInt8]

  public init(png bytes: [UInt8]) throws {
    let picture = try PNGDecoder.decode(bytes)
    width = picture.width
    height = picture.height
    rgba = picture.rgba
  }

  public init(file path: String) throws {
    try self.init(png: try TestFile.read(path))
  }

  /// A picture put together from rows of equally sized ones.
  public init(mosaic rows: [[Picture]]) {
    let first = rows[0][0]
    width = first.width * rows[0].count
    height = first.height * rows.count
    var bytes: [UInt8] = []
    bytes.reserveCapacity(width * height * 4)
    for row in rows {
      for y in 0..<first.height {
        for tile in row { bytes += tile.rgba[y * tile.width * 4..<(y + 1) * tile.width * 4] }
      }
    }
    rgba = bytes
  }

  /// A part of it, which must lie inside.
  public func cropped(x: Int, y: Int, width: Int, height: Int) -> Picture {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(width * height * 4)
    for row in y..<y + height {
      let start = (row * self.width + x) * 4
      bytes += rgba[start..<start + width * 4]
    }
    return Picture(width: width, height: height, rgba: bytes)
  }

  private init(width: Int, height: Int, rgba: [UInt8]) {
    self.width = width
    self.height = height
    self.rgba = rgba
  }

  /// Its size, and not its pixels, in the message of a test that fails.
  public var description: String { "\(width) × \(height) pixels" }

  /// Whether all pixels have one colour.
  public var isBlank: Bool {
    rgba.isEmpty || rgba.dropFirst(4).elementsEqual(rgba.dropLast(4))
  }

  public subscript(x: Int, y: Int) -> [UInt8] {
    let start = (y * width + x) * 4
    return Array(rgba[start..<start + 4])
  }

  /// What the first pixel that differs is in both; nil for equal pictures.
  public func difference(from other: Picture) -> String? {
    guard width == other.width, height == other.height else {
      return "\(width) × \(height) pixels against \(other.width) × \(other.height)"
    }
    guard rgba != other.rgba else { return nil }
    var count = 0
    var first: (x: Int, y: Int)?
    for pixel in 0..<width * height
    where rgba[pixel * 4..<pixel * 4 + 4] != other.rgba[pixel * 4..<pixel * 4 + 4] {
      count += 1
      first = first ?? (pixel % width, pixel / width)
    }
    guard let first else { return nil }
    return "\(count) pixels differ, the first at \(first.x), \(first.y): "
      + "\(self[first.x, first.y]) against \(other[first.x, first.y])"
  }
}
