public import Features
internal import Formats
internal import Geometry
public import Projection

/// A reference system in which the places of a file lie in the town: proposed, never taken.
public struct ReferenceProposal: Sendable, Hashable {
  public let reference: ReferenceSystem
  public let change: Change
  /// The share of the places that lie inside of the town's boundary, in percent.
  public let insidePercent: Double
  /// How many places were tried.
  public let triedCount: Int

  /// What must be done with the coordinates first.
  public enum Change: Sendable, Hashable, CaseIterable {
    case none
    /// North and east, or latitude and longitude, stand in each other's place.
    case exchange
    /// `351812.3` is 35°18′12.3″.
    case compactDegrees
    case exchangedCompactDegrees

    var isExchanged: Bool { self == .exchange || self == .exchangedCompactDegrees }
    var isCompact: Bool { self == .compactDegrees || self == .exchangedCompactDegrees }
  }

  /// `zone VIII of JGD2000 (EPSG:2450): 98.7 % inside the boundary`.
  public var description: Title {
    let percent = Self.rounded(insidePercent)
    var japanese = Self.name(of: reference, in: .japanese)
    var english = Self.name(of: reference, in: .english)
    if change.isExchanged {
      japanese += "（北と東を入れ替え）"
      english += ", north and east exchanged"
    }
    if change.isCompact {
      japanese += "（度分秒）"
      english += ", read as degrees, minutes and seconds"
    }
    return Title(
      japanese: "\(japanese): \(percent) %が町の境界の内側",
      english: "\(english): \(percent) % inside the boundary")
  }

  private static func rounded(_ percent: Double) -> String {
    let tenths = Int((percent * 10).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }

  static func name(of system: ReferenceSystem, in language: Language) -> String {
    let numerals = [
      "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV",
      "XVI", "XVII", "XVIII", "XIX",
    ]
    func datum(_ datum: ReferenceSystem.Datum) -> String {
      datum == .tokyo ? (language == .japanese ? "日本測地系" : "the Tokyo datum") : datum.rawValue
    }
    if let plane = system.planeZone {
      return language == .japanese
        ? "\(datum(plane.datum))の平面直角座標系第\(plane.zone)系（\(system)）"
        : "zone \(numerals[plane.zone - 1]) of \(datum(plane.datum)) (\(system))"
    }
    if let known = ReferenceSystem.Datum.allCases.first(where: { $0.geographicCode == system.epsg })
    {
      return language == .japanese
        ? "\(datum(known))の経緯度（\(system)）"
        : "longitude and latitude on \(datum(known)) (\(system))"
    }
    return system.description
  }
}

extension ReferenceProposal {
  /// Places of a file that are looked at, spread over its rows.
  private static let sampleCount = 400
  /// Rows that are read for them.
  private static let rowLimit = 200_000

  /// Tries the systems that municipal files come in, each with its axes exchanged too, best first.
  ///
  /// Of systems that explain the places equally well the newer datum comes first. Systems with fewer
  /// than half of the places inside are left out.
  static func all(
    path: String, options: SourceOptions, area: TownArea, gridFolder: String?
  ) -> [ReferenceProposal] {
    let places = sample(path, options)
    return all(places: places, area: area, gridFolder: gridFolder)
  }

  static func all(
    places: [Point<Native>], area: TownArea, gridFolder: String?
  ) -> [ReferenceProposal] {
    guard !places.isEmpty else { return [] }
    var found: [ReferenceProposal] = []
    for reference in candidates {
      guard
        let reprojection = try? Reprojection(
          from: reference, to: .geographic, gridFolder: gridFolder)
      else { continue }
      for change in Change.allCases where !change.isCompact || reference.isGeographic {
        var inside = 0
        for place in places {
          guard let point = changed(place, change),
            !reference.isGeographic || (abs(point.x) <= 180 && abs(point.y) <= 90),
            let degrees: Point<Geographic> = reprojection.forward(point), area.contains(degrees)
          else { continue }
          inside += 1
        }
        guard inside * 2 >= places.count else { continue }
        found.append(
          ReferenceProposal(
            reference: reference, change: change,
            insidePercent: 100 * Double(inside) / Double(places.count), triedCount: places.count))
      }
    }
    // Swift's sort keeps equals in no order of its own, so their place in the list decides.
    return found.enumerated().sorted { left, right in
      left.element.insidePercent != right.element.insidePercent
        ? left.element.insidePercent > right.element.insidePercent : left.offset < right.offset
    }.map(\.element)
  }

  /// The newest datum first; degrees before zones.
  private static let candidates: [ReferenceSystem] = {
    let datums: [ReferenceSystem.Datum] = [.jgd2011, .jgd2000, .tokyo]
    return datums.map { ReferenceSystem(epsg: $0.geographicCode) }
      + datums.flatMap { datum in
        (0..<19).map { ReferenceSystem(epsg: datum.firstPlaneCode + $0) }
      } + [.webMercator]
  }()

  private static func changed(_ place: Point<Native>, _ change: Change) -> Point<Native>? {
    var point = change.isExchanged ? Point<Native>(x: place.y, y: place.x) : place
    if change.isCompact {
      guard let x = degrees(compact: point.x), let y = degrees(compact: point.y) else { return nil }
      point = Point(x: x, y: y)
    }
    return point
  }

  /// 351812.3 as 35°18′12.3″; nil where minutes or seconds would be sixty or more.
  private static func degrees(compact value: Double) -> Double? {
    guard value.isFinite, (10_000..<1_800_000).contains(value) else { return nil }
    let whole = (value / 10_000).rounded(.down)
    let minutes = ((value - whole * 10_000) / 100).rounded(.down)
    let seconds = value - whole * 10_000 - minutes * 100
    guard minutes < 60, seconds < 60 else { return nil }
    return whole + minutes / 60 + seconds / 3600
  }

  /// The first places of rows that lie evenly over the file.
  private static func sample(_ path: String, _ options: SourceOptions) -> [Point<Native>] {
    guard var source = try? SourceFile.open(path, options: options) else { return [] }
    var places: [Point<Native>] = []
    var stride = 1
    var rows = 0
    while rows < rowLimit, let item = try? source.next() {
      guard case .record(let record) = item, let shape = record.geometry else { continue }
      defer { rows += 1 }
      guard rows % stride == 0 else { continue }
      var first: Point<Native>?
      shape.forEachPoint { if first == nil { first = $0 } }
      // 0,0 is what failed look-ups leave behind: it is in no system the place that is meant.
      guard let first, first.isFinite, first.x != 0 || first.y != 0 else { continue }
      places.append(first)
      if places.count == 2 * sampleCount {
        places = places.indices.filter { $0 % 2 == 0 }.map { places[$0] }
        stride *= 2
      }
    }
    return places
  }
}
