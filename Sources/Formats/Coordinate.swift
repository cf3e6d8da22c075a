/// Reads one ordinate as people write it.
public enum Coordinate {
  public enum Axis: Sendable, Hashable {
    case longitude, latitude, easting, northing

    var isDegrees: Bool { self == .longitude || self == .latitude }
  }

  public enum Reading: Sendable, Hashable {
    /// Degrees, or metres for `easting` and `northing`.
    case value(Double)
    case empty
    /// A clause that says what was found and what may stand there.
    case refused(String)
  }

  /// The ordinate that `text` means.
  ///
  /// Degrees may be decimal or in degrees, minutes and seconds (`35°18'12.3"`, `35度18分12.3秒`,
  /// `北緯35-18-12.3`, `N35 18 12.3`), metres may have thousands separators and a unit; digits and
  /// marks may be full width.
  ///
  /// - Parameter compact: whether `351812.3` means 35°18′12.3″; there is no telling from the number.
  public static func parse(_ text: String, axis: Axis, compact: Bool = false) -> Reading {
    var marks = CoordinateMarks(text)
    if marks.isEmpty { return .empty }
    guard marks.isReadable else {
      return .refused("“\(text)” is no \(axis.isDegrees ? "angle in degrees" : "length in metres")")
    }
    let value: Double?
    if axis.isDegrees {
      marks.takeHemisphere(axis)
      value = compact ? marks.compactDegrees() ?? marks.degrees() : marks.degrees()
    } else {
      value = marks.metres()
    }
    guard let value, value.isFinite else {
      return .refused("“\(text)” is no \(axis.isDegrees ? "angle in degrees" : "length in metres")")
    }
    let bound: Double =
      switch axis {
      case .latitude: 90
      case .longitude: 180
      // Further than any plane system reaches: half the way round the world.
      case .easting, .northing: 20_037_509
      }
    guard value.magnitude <= bound else {
      let name =
        switch axis {
        case .latitude: "a latitude is within −90 and 90"
        case .longitude: "a longitude is within −180 and 180"
        case .easting, .northing: "a plane coordinate is within ±20,037,509 m"
        }
      return .refused("“\(text)” is out of range: \(name)")
    }
    return .value(value)
  }
}

/// The text of an ordinate with its characters brought to few.
private struct CoordinateMarks {
  private enum Mark: Hashable {
    /// ASCII digits with at most one point.
    case number(String)
    case degree, minute, second
    /// `-`, `:` or white space between numbers.
    case minus, plus, colon, space
    case hemisphere(negative: Bool, isLatitude: Bool)
    case comma, metre
  }

  private var marks: [Mark] = []
  private var isNegative = false
  private(set) var isReadable = true

  var isEmpty: Bool { marks.isEmpty && isReadable }

  init(_ text: String) {
    var digits = ""
    func isPoint(_ scalar: Unicode.Scalar) -> Bool { scalar == "." || scalar == "．" }
    let scalars = Array(text.unicodeScalars)
    var index = 0
    while index < scalars.count {
      let scalar = scalars[index]
      index += 1
      if let digit = Self.digit(scalar) {
        digits.append(digit)
        continue
      }
      if isPoint(scalar) {
        if digits.contains(".") { isReadable = false }
        digits.append(".")
        continue
      }
      if !digits.isEmpty {
        marks.append(.number(digits))
        digits = ""
      }
      let next = index < scalars.count ? scalars[index] : nil
      switch scalar {
      case "°", "º", "˚", "度", "゜": marks.append(.degree)
      case "'", "′", "’", "‘", "´", "＇":
        if let next, "'′’‘´＇".unicodeScalars.contains(next) {
          marks.append(.second)
          index += 1
        } else {
          marks.append(.minute)
        }
      case "分": marks.append(.minute)
      case "\"", "″", "”", "“", "秒", "＂": marks.append(.second)
      case "-", "−", "－", "‐", "–", "—", "ー": marks.append(.minus)
      case "+", "＋": marks.append(.plus)
      case ":", "：": marks.append(.colon)
      case ",", "，": marks.append(.comma)
      case " ", "\u{3000}", "\t", "\u{A0}", "\r", "\n": marks.append(.space)
      case "N", "n", "Ｎ": marks.append(.hemisphere(negative: false, isLatitude: true))
      case "S", "s", "Ｓ": marks.append(.hemisphere(negative: true, isLatitude: true))
      case "E", "e", "Ｅ": marks.append(.hemisphere(negative: false, isLatitude: false))
      case "W", "w", "Ｗ": marks.append(.hemisphere(negative: true, isLatitude: false))
      case "m", "ｍ": marks.append(.metre)
      case "北", "南", "東", "西":
        let isLatitude = scalar == "北" || scalar == "南"
        if next == (isLatitude ? "緯" : "経") { index += 1 }
        marks.append(
          .hemisphere(negative: scalar == "南" || scalar == "西", isLatitude: isLatitude))
      default: isReadable = false
      }
    }
    if !digits.isEmpty { marks.append(.number(digits)) }
    while marks.first == .space { marks.removeFirst() }
    while marks.last == .space { marks.removeLast() }
  }

  private static func digit(_ scalar: Unicode.Scalar) -> Character? {
    switch scalar.value {
    case 0x30...0x39: Character(scalar)
    case 0xFF10...0xFF19: Unicode.Scalar(scalar.value - 0xFF10 + 0x30).map(Character.init)
    default: nil
    }
  }

  /// Takes a hemisphere before or after the number; one of the other axis is not readable.
  mutating func takeHemisphere(_ axis: Coordinate.Axis) {
    for index in marks.indices {
      guard case .hemisphere(let negative, let isLatitude) = marks[index] else { continue }
      guard index == marks.startIndex || index == marks.index(before: marks.endIndex),
        isLatitude == (axis == .latitude)
      else {
        isReadable = false
        return
      }
      isNegative = negative
      marks.remove(at: index)
      break
    }
    while marks.first == .space { marks.removeFirst() }
    while marks.last == .space { marks.removeLast() }
  }

  private mutating func takeSign() {
    guard let first = marks.first, first == .minus || first == .plus else { return }
    if first == .minus { isNegative.toggle() }
    marks.removeFirst()
  }

  mutating func degrees() -> Double? {
    guard isReadable else { return nil }
    takeSign()
    var numbers: [String] = []
    var units: [Mark] = []
    for mark in marks {
      switch mark {
      case .number(let digits):
        guard numbers.count < 3 else { return nil }
        numbers.append(digits)
      case .degree, .minute, .second:
        guard units.count == numbers.count - 1 else { return nil }
        units.append(mark)
      case .space: continue
      case .minus, .colon:
        // Separators stand between numbers without units only.
        guard units.isEmpty, !numbers.isEmpty, numbers.count < 3 else { return nil }
      case .plus, .hemisphere, .comma, .metre: return nil
      }
    }
    let order: [Mark] = [.degree, .minute, .second]
    guard !numbers.isEmpty, units == Array(order.prefix(units.count)) else { return nil }
    // Two bare numbers could be a pair of ordinates as well as degrees and minutes.
    guard numbers.count != 2 || units.count >= 1 else { return nil }
    guard numbers.dropLast().allSatisfy({ !$0.contains(".") }) else { return nil }
    if numbers.count == 1, marks.contains(.minus) || marks.contains(.colon) { return nil }
    return sexagesimal(numbers)
  }

  mutating func compactDegrees() -> Double? {
    guard isReadable else { return nil }
    takeSign()
    guard marks.count == 1, case .number(let digits) = marks[0] else { return nil }
    let whole = digits.prefix { $0 != "." }
    guard whole.count == 6 || whole.count == 7 else { return nil }
    let degrees = String(whole.dropLast(4))
    let minutes = String(whole.dropLast(2).suffix(2))
    let seconds = String(digits.dropFirst(whole.count - 2))
    return sexagesimal([degrees, minutes, seconds])
  }

  private func sexagesimal(_ numbers: [String]) -> Double? {
    var value = 0.0
    var divisor = 1.0
    for (index, digits) in numbers.enumerated() {
      guard let number = Double(digits), index == 0 || number < 60 else { return nil }
      value += number / divisor
      divisor *= 60
    }
    return isNegative ? -value : value
  }

  mutating func metres() -> Double? {
    takeSign()
    if marks.last == .metre { marks.removeLast() }
    while marks.last == .space { marks.removeLast() }
    var digits = ""
    for (index, mark) in marks.enumerated() {
      switch mark {
      case .number(let part):
        // After a separator exactly three digits stand before the point.
        if index > 0 {
          guard part.prefix(while: { $0 != "." }).count == 3, !digits.contains(".") else {
            return nil
          }
        }
        digits += part
      case .comma:
        guard index > 0, index < marks.count - 1 else { return nil }
      default: return nil
      }
    }
    guard let value = Double(digits) else { return nil }
    return isNegative ? -value : value
  }
}
