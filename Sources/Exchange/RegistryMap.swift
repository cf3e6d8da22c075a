internal import Formats
internal import Geometry

/// The geometry of a registry map (登記所備付地図, 地図XML 1.0): points, curves of points and surfaces of
/// curves, referred to by id. The rows that use them come last in the file.
struct RegistryMap {
  static let namespace = "http://www.moj.go.jp/MINJI/tizuxml"
  /// What can be read as a layer; parcels unless another is asked for.
  static let layers = ["筆", "筆界点", "筆界線", "基準点"]

  private(set) var name = ""
  private(set) var townCode = ""
  private(set) var townName = ""
  private(set) var system = ""
  private(set) var datum = ""
  /// The columns of the layer that was asked for, in the order in which they are first met.
  private(set) var columns: [String] = []

  private var points: [String: Point<Native>] = [:]
  private var curves: [String: [Point<Native>]] = [:]
  /// For each patch its rings, each a list of curve ids.
  private var surfaces: [String: [[[String]]]] = [:]

  /// Zone of the plane rectangular system; nil for 任意座標系, which has no place on earth.
  var zone: Int? {
    guard system.hasPrefix("公共座標"), system.hasSuffix("系") else { return nil }
    let digits = system.dropFirst(4).dropLast().unicodeScalars.map { scalar -> Character in
      (0xFF10...0xFF19).contains(scalar.value)
        ? Character(Unicode.Scalar(UInt8(scalar.value - 0xFF10 + 0x30))) : Character(scalar)
    }
    guard let zone = Int(String(digits)), (1...19).contains(zone) else { return nil }
    return zone
  }

  /// Reads the geometry of the whole file, and the names of what `layer` holds.
  init(path: String, layer: String, shownAs file: String) throws(FormatError) {
    guard let opened = VirtualFile(path: path) else {
      throw FormatError(.unreadable, file: file, reason: "it cannot be read")
    }
    var scanner = XMLScanner(opened, shownAs: file)
    var trail: [String] = []
    var text = ""
    var build = GeometryInMaking()
    while let event = try scanner.next() {
      switch event {
      case .text(let part): text += part
      case .start(let element, let attributes):
        text = ""
        if trail.count == 3, trail[1] == "主題属性", trail[2] == layer, element != "形状",
          !columns.contains(element)
        {
          columns.append(element)
        }
        trail.append(element)
        start(element, attributes, &build)
      case .end(let element):
        trail.removeLast()
        end(element, text: text.trimmedSpace(), depth: trail.count, &build)
        text = ""
      }
    }
    guard !system.isEmpty else {
      throw FormatError(.malformed, file: file, reason: "the map does not name its 座標系")
    }
  }

  private struct GeometryInMaking {
    var id = ""
    var north: Double?
    var east: Double?
    var line: [Point<Native>] = []
    var patches: [[[String]]] = []
    var missing: Set<String> = []
    var isCurve = false
  }

  private mutating func start(
    _ element: String, _ attributes: [(name: String, value: String)],
    _ build: inout GeometryInMaking
  ) {
    func value(_ name: String) -> String? { attributes.first { $0.name == name }?.value }
    switch element {
    case "GM_Point", "GM_Curve", "GM_Surface":
      build = GeometryInMaking()
      build.id = value("id") ?? ""
      build.isCurve = element == "GM_Curve"
    case "DirectPosition": (build.north, build.east) = (nil, nil)
    case "GM_PointRef.point":
      if let id = value("idref") {
        if let point = points[id] { build.line.append(point) } else { build.missing.insert(id) }
      }
    case "GM_Polygon": build.patches.append([])
    case "GM_SurfaceBoundary.exterior", "GM_SurfaceBoundary.interior":
      if !build.patches.isEmpty { build.patches[build.patches.count - 1].append([]) }
    case "GM_CompositeCurve.generator":
      let patch = build.patches.count - 1
      guard patch >= 0, let id = value("idref"), !build.patches[patch].isEmpty else { return }
      build.patches[patch][build.patches[patch].count - 1].append(id)
    default: break
    }
  }

  private mutating func end(
    _ element: String, text: String, depth: Int, _ build: inout GeometryInMaking
  ) {
    switch element {
    case "X": build.north = Double(text)
    case "Y": build.east = Double(text)
    case "DirectPosition":
      // X is north and Y is east, as in every plane rectangular system.
      guard let x = build.east, let y = build.north, x.isFinite, y.isFinite else { return }
      build.line.append(Point(x: x, y: y))
    case "GM_Point": points[build.id] = build.line.first
    case "GM_Curve":
      // A curve with a point that is not there is left out: its surface will say so.
      if build.missing.isEmpty, build.line.count >= 2 { curves[build.id] = build.line }
    case "GM_Surface": surfaces[build.id] = build.patches
    default:
      guard depth == 1 else { return }
      switch element {
      case "地図名": name = text
      case "市区町村コード": townCode = text
      case "市区町村名": townName = text
      case "座標系": system = text
      case "測地系判別": datum = text
      default: break
      }
    }
  }

  /// The shape that an id of a point, curve or surface stands for, or why there is none.
  func shape(_ id: String) -> (Shape<Native>?, fault: String?) {
    if let point = points[id] { return (.point(point), nil) }
    if let curve = curves[id] { return (.line(curve), nil) }
    guard let patches = surfaces[id] else { return (nil, "the shape “\(id)” is not in the file") }
    var polygons: [[[Point<Native>]]] = []
    for patch in patches {
      var rings: [[Point<Native>]] = []
      for generators in patch {
        guard let ring = ring(of: generators) else {
          return (nil, "the boundary of the shape “\(id)” does not close")
        }
        rings.append(ring)
      }
      if !rings.isEmpty { polygons.append(rings) }
    }
    switch polygons.count {
    case 0: return (nil, "the shape “\(id)” has no boundary")
    case 1: return (.polygon(polygons[0]), nil)
    default: return (.multiPolygon(polygons), nil)
    }
  }

  /// The curves end to end: each is turned as the one before it asks for, because neighbours share
  /// their curves.
  private func ring(of generators: [String]) -> [Point<Native>]? {
    var lines: [[Point<Native>]] = []
    for id in generators {
      guard let line = curves[id] else { return nil }
      lines.append(line)
    }
    guard var ring = lines.first else { return nil }
    if lines.count > 1, ring.last != lines[1].first, ring.last != lines[1].last { ring.reverse() }
    for line in lines.dropFirst() {
      if line.first == ring.last {
        ring += line.dropFirst()
      } else if line.last == ring.last {
        ring += line.reversed().dropFirst()
      } else {
        return nil
      }
    }
    return ring.count >= 4 && ring.first == ring.last ? ring : nil
  }
}

extension String {
  /// Without the white space of XML at both ends.
  func trimmedSpace() -> String {
    var text = self[...]
    while let first = text.first, first.isWhitespace { text.removeFirst() }
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return String(text)
  }
}
