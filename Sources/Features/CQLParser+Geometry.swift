internal import Geometry

extension CQLParser {
  typealias Place = Point<Geographic>

  /// The geometry whose type's name was read; nil when the name is none or nothing of WKT follows.
  mutating func parseWKT(_ name: String) throws(FilterError) -> Shape<Geographic>? {
    let names = [
      "POINT", "LINESTRING", "POLYGON", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON",
      "GEOMETRYCOLLECTION",
    ]
    guard names.contains(name) else { return nil }
    var isWKT = token.kind == .sign("(")
    if case .name(let word, false) = token.kind {
      let word = word.uppercased()
      if ["Z", "M", "ZM"].contains(word) {
        try advance()
        isWKT = true
      }
    }
    if case .name(let word, false) = token.kind, word.uppercased() == "EMPTY" {
      throw unexpected(.coordinates)
    }
    guard isWKT else { return nil }
    try expectSign("(")
    try enter()
    defer { leave() }
    switch name {
    case "POINT":
      let place = try parsePlace()
      try expectSign(")")
      return .point(place)
    case "LINESTRING": return .line(try parseLine())
    case "POLYGON": return .polygon(try parseRings())
    case "MULTIPOINT":
      return .multiPoint(
        try parseMembers { parser throws(FilterError) in
          guard try parser.skipSign("(") else { return try parser.parsePlace() }
          let place = try parser.parsePlace()
          try parser.expectSign(")")
          return place
        })
    case "MULTILINESTRING":
      return .multiLine(
        try parseMembers { parser throws(FilterError) in
          try parser.expectSign("(")
          return try parser.parseLine()
        })
    case "MULTIPOLYGON":
      return .multiPolygon(
        try parseMembers { parser throws(FilterError) in
          try parser.expectSign("(")
          return try parser.parseRings()
        })
    default:
      return .collection(
        try parseMembers { parser throws(FilterError) in
          guard case .name(let member, false) = parser.token.kind else {
            throw parser.unexpected(.geometry)
          }
          let start = parser.token
          try parser.advance()
          guard let shape = try parser.parseWKT(member.uppercased()) else {
            throw parser.error(
              .unexpected(found: start.written, expected: .geometry), at: start.offset)
          }
          return shape
        })
    }
  }

  /// `BBOX(west, south, east, north)`, also with heights, which are left out; the bracket is read.
  mutating func parseBox(at offset: Int) throws(FilterError) -> Shape<Geographic> {
    let numbers = try parseMembers { parser throws(FilterError) in try parser.parseOrdinate() }
    guard numbers.count == 4 || numbers.count == 6 else {
      throw error(
        .argumentCount(function: "BBOX", expected: 4, found: numbers.count), at: offset)
    }
    let west = numbers[0]
    let south = numbers[1]
    let east = numbers[numbers.count / 2]
    let north = numbers[numbers.count / 2 + 1]
    let corner = try place(west, south, at: offset)
    let opposite = try place(east, north, at: offset)
    guard west <= east, south <= north else { throw error(.badGeometry(.boxTurned), at: offset) }
    if corner == opposite { return .point(corner) }
    if west == east || south == north { return .line([corner, opposite]) }
    return .polygon([
      [
        corner, try place(east, south, at: offset), opposite, try place(west, north, at: offset),
        corner,
      ]
    ])
  }

  // MARK: - Parts

  /// Members parted by commas, up to the closing bracket.
  private mutating func parseMembers<Member>(
    _ parseMember: (inout CQLParser) throws(FilterError) -> Member
  ) throws(FilterError) -> [Member] {
    var members = [try parseMember(&self)]
    while try skipSign(",") { members.append(try parseMember(&self)) }
    try expectSign(")")
    return members
  }

  private mutating func parseLine() throws(FilterError) -> [Place] {
    let offset = token.offset
    let places = try parseMembers { parser throws(FilterError) in try parser.parsePlace() }
    guard places.count >= 2 else { throw error(.badGeometry(.lineTooShort), at: offset) }
    return places
  }

  private mutating func parseRings() throws(FilterError) -> [[Place]] {
    try parseMembers { parser throws(FilterError) in
      try parser.expectSign("(")
      let offset = parser.token.offset
      let ring = try parser.parseMembers { parser throws(FilterError) in try parser.parsePlace() }
      guard ring.count >= 4 else { throw parser.error(.badGeometry(.ringTooShort), at: offset) }
      guard ring.first == ring.last else {
        throw parser.error(.badGeometry(.ringNotClosed), at: offset)
      }
      return ring
    }
  }

  private mutating func parsePlace() throws(FilterError) -> Place {
    let offset = token.offset
    guard isOrdinate else { throw unexpected(.coordinates) }
    let longitude = try parseOrdinate()
    guard isOrdinate else { throw unexpected(.coordinates) }
    let latitude = try parseOrdinate()
    var more = 0
    while isOrdinate {
      _ = try parseOrdinate()
      more += 1
    }
    guard more <= 2 else { throw error(.badGeometry(.tooManyOrdinates), at: offset) }
    return try place(longitude, latitude, at: offset)
  }

  private var isOrdinate: Bool {
    switch token.kind {
    case .number, .sign("-"), .sign("+"): true
    default: false
    }
  }

  private mutating func parseOrdinate() throws(FilterError) -> Double {
    let isNegative = try skipSign("-")
    if !isNegative { _ = try skipSign("+") }
    let value: Double
    switch token.kind {
    case .number(.integer(let number)): value = Double(number)
    case .number(.real(let number)) where number.isFinite: value = number
    default: throw unexpected(.number)
    }
    try advance()
    return isNegative ? -value : value
  }

  private func place(
    _ longitude: Double, _ latitude: Double, at offset: Int
  ) throws(FilterError) -> Place {
    if let placing {
      guard let place = placing(longitude, latitude) else {
        throw error(.outsideSystem(first: longitude, second: latitude), at: offset)
      }
      return place
    }
    guard abs(longitude) <= 180, abs(latitude) <= 90 else {
      throw error(.badCoordinate(longitude: longitude, latitude: latitude), at: offset)
    }
    return Place(x: longitude, y: latitude)
  }
}
