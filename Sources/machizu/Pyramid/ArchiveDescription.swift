internal import Geometry
internal import JSON
internal import Tiles

/// What an archive of tiles tells about itself, in the forms of all kinds of archives.
struct ArchiveDescription {
  var name = ""
  var attribution = ""
  var bounds: Box<Geographic>
  var zooms: ClosedRange<Int>
  /// What the tiles depend on: style, audience, revisions and so on; an empty object for others'.
  var machizu: JSONValue

  init(
    name: String, attribution: String, bounds: Box<Geographic>, zooms: ClosedRange<Int>,
    machizu: JSONValue
  ) {
    self.name = name
    self.attribution = attribution
    self.bounds = bounds
    self.zooms = zooms
    self.machizu = machizu
  }

  /// What an archive says; where it says nothing of its zooms or bounds, its tiles do.
  init(_ archive: ArchiveTiles) throws {
    var members: [String: JSONValue] = [:]
    switch try archive.metadata() {
    case .document(let bytes):
      for member in try JSONParser.parse(bytes).object ?? [] { members[member.key] = member.value }
    case .rows(let rows):
      for (key, value) in rows { members[key] = JSONValue(.string(value)) }
    }
    name = members["name"]?.string ?? ""
    attribution = members["attribution"]?.string ?? ""
    let own = members["machizu"]
    machizu =
      try own?.string.map { try JSONParser.parse(Array($0.utf8)) } ?? own ?? JSONValue(.object([]))
    let lowest = archive.ranges.first.flatMap { TileID(hilbertNumber: $0.lowerBound) }
    let highest = archive.ranges.last.flatMap { TileID(hilbertNumber: $0.upperBound) }
    zooms = (lowest?.zoom ?? 0)...(highest?.zoom ?? 0)
    let sides =
      members["bounds"]?.array?.compactMap(\.double)
      ?? members["bounds"]?.string?.split(separator: ",").compactMap { Double($0.trimmingSpaces) }
      ?? []
    let told =
      sides.count == 4
      ? Box<Geographic>(minX: sides[0], minY: sides[1], maxX: sides[2], maxY: sides[3]) : nil
    guard let bounds = told ?? Box(minX: -180, minY: -85, maxX: 180, maxY: 85) else {
      throw CommandError.refused("\(archive.path) has no bounds.")
    }
    self.bounds = bounds
    func zoom(_ key: String) -> Int? {
      (members[key]?.int64 ?? members[key]?.string.flatMap { Int64($0) }).flatMap {
        Int(exactly: $0)
      }
    }
    if let low = zoom("minzoom"), let high = zoom("maxzoom"), low <= high { zooms = low...high }
  }

  /// A text of what the tiles depend on.
  func text(_ key: String) -> String? { machizu[key]?.string }

  /// What the tiles depend on, without some of the members.
  func machizu(without keys: Set<String>) -> JSONValue {
    JSONValue(.object((machizu.object ?? []).filter { !keys.contains($0.key) }))
  }

  /// Some of the members of what the tiles depend on.
  func machizu(only keys: Set<String>) -> JSONValue {
    JSONValue(.object((machizu.object ?? []).filter { keys.contains($0.key) }))
  }

  /// By zoom what the same rows give the same tiles with; empty where nothing is told of it.
  var zoomHashes: [Int: String] {
    get {
      var hashes: [Int: String] = [:]
      for member in machizu[Self.zoomHashesKey]?.object ?? [] {
        if let zoom = Int(member.key) { hashes[zoom] = member.value.string }
      }
      return hashes
    }
    set {
      guard var members = machizu.object,
        let place = members.firstIndex(where: { $0.key == Self.zoomHashesKey })
      else { return }
      members[place].value = JSONValue(
        .object(
          newValue.sorted { $0.key < $1.key }.map { zoom, hash in
            JSONMember(String(zoom), JSONValue(.string(hash)))
          }))
      machizu = JSONValue(.object(members))
    }
  }

  static let zoomHashesKey = "zoom_hashes"

  var facts: ArchiveFacts {
    let sides = [bounds.minX, bounds.minY, bounds.maxX, bounds.maxY]
    let centre = [(sides[0] + sides[2]) / 2, (sides[1] + sides[3]) / 2]
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("tilejson", "3.0.0")
    writer.member("name", name)
    writer.member("type", "baselayer")
    writer.member("format", "png")
    writer.member("scheme", "xyz")
    writer.key("tiles")
    writer.beginArray()
    writer.value("{z}/{x}/{y}.png")
    writer.endArray()
    writer.key("bounds")
    writer.beginArray()
    for side in sides { writer.value(side) }
    writer.endArray()
    writer.key("center")
    writer.beginArray()
    for part in centre { writer.value(part) }
    writer.value(zooms.lowerBound)
    writer.endArray()
    writer.member("minzoom", zooms.lowerBound)
    writer.member("maxzoom", zooms.upperBound)
    writer.member("attribution", attribution)
    writer.key("machizu")
    writer.value(machizu)
    writer.endObject()
    return ArchiveFacts(
      bounds: bounds, json: writer.bytes,
      rows: [
        ("name", name), ("type", "baselayer"), ("format", "png"),
        ("bounds", sides.map { "\($0)" }.joined(separator: ",")),
        ("center", "\(centre[0]),\(centre[1]),\(zooms.lowerBound)"),
        ("minzoom", "\(zooms.lowerBound)"), ("maxzoom", "\(zooms.upperBound)"),
        ("attribution", attribution),
        ("machizu", String(decoding: machizu.serialized(), as: UTF8.self)),
      ])
  }
}
