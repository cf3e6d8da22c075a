/// A pattern of LIKE: `%` stands for any text, `_` for one character, `\` takes their meaning away.
///
/// Characters are Unicode scalars, and a text is compared as it is written.
struct LikePattern: Sendable, Hashable {
  private enum Unit: Hashable {
    case anyText, oneScalar
    case scalar(Unicode.Scalar)
  }

  private var units: [Unit] = []

  init(_ text: String) {
    var isEscaped = false
    for scalar in text.unicodeScalars {
      if isEscaped {
        units.append(.scalar(scalar))
        isEscaped = false
      } else if scalar == "\\" {
        isEscaped = true
      } else if scalar == "%" {
        if units.last != .anyText { units.append(.anyText) }
      } else {
        units.append(scalar == "_" ? .oneScalar : .scalar(scalar))
      }
    }
    if isEscaped { units.append(.scalar("\\")) }
  }

  /// Whether the whole text has the form. The time is at most text times pattern.
  func matches(_ text: String) -> Bool {
    let scalars = text.unicodeScalars
    var place = scalars.startIndex
    var unit = 0
    // Where to go on when a later part fails: behind the last `%`, one scalar further each time.
    var restart: (unit: Int, place: String.UnicodeScalarView.Index)?
    while place < scalars.endIndex {
      if unit < units.count, units[unit] == .anyText {
        unit += 1
        restart = (unit, place)
      } else if unit < units.count, takes(units[unit], scalars[place]) {
        unit += 1
        place = scalars.index(after: place)
      } else if let last = restart {
        let next = scalars.index(after: last.place)
        restart = (last.unit, next)
        unit = last.unit
        place = next
      } else {
        return false
      }
    }
    while unit < units.count, units[unit] == .anyText { unit += 1 }
    return unit == units.count
  }

  private func takes(_ unit: Unit, _ scalar: Unicode.Scalar) -> Bool {
    switch unit {
    case .anyText: false
    case .oneScalar: true
    case .scalar(let wanted): wanted == scalar
    }
  }
}
