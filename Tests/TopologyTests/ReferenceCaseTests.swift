import Foundation
import Geometry
import Testing
import Topology

/// The predicate cases of JTS and GEOS; skipped where the folder is not beside the repository.
@Suite struct ReferenceCaseTests {
  private static let folder: String = {
    let tests = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    return "/\(tests)/../shared/data/odd/geos-xml"
  }()

  private static let files: [String] = {
    ["general", "issue", "misc", "robust", "validate"].flatMap { name in
      ((try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(name)")) ?? [])
        .filter { $0.hasSuffix(".xml") }.sorted().map { "\(name)/\($0)" }
    }
  }()

  /// The text between two marks, after each start.
  private static func parts(_ text: Substring, _ start: String, _ end: String) -> [Substring] {
    var found: [Substring] = []
    var rest = text
    while let from = rest.range(of: start) {
      let tail = rest[from.upperBound...]
      guard let to = tail.range(of: end) else { break }
      found.append(tail[..<to.lowerBound])
      rest = tail[to.upperBound...]
    }
    return found
  }

  private static func attribute(_ name: String, _ head: Substring) -> String? {
    parts(head, "\(name)=\"", "\"").first.map(String.init)
      ?? parts(head, "\(name)='", "'").first.map(String.init)
  }

  private static func geometry(_ name: String, _ text: Substring) -> Shape<Native>? {
    guard let body = parts(text, "<\(name)", "</\(name)>").first,
      let close = body.firstIndex(of: ">")
    else { return nil }
    let written = body[body.index(after: close)...]
      .split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return TestWKT.read(written)
  }

  @Test(.enabled(if: !files.isEmpty, "../shared/data/odd/geos-xml is not there"))
  func `Every case of the eight predicates that is given for plain geometry agrees`() throws {
    let topology = try Topology()
    var asked = 0
    var differing: [String] = []
    for file in Self.files {
      guard let text = try? String(contentsOfFile: "\(Self.folder)/\(file)", encoding: .utf8) else {
        continue
      }
      for part in Self.parts(text[...], "<case>", "</case>") {
        guard let a = Self.geometry("a", part), let b = Self.geometry("b", part) else { continue }
        for operation in Self.parts(part, "<op ", "</op>") {
          guard let close = operation.firstIndex(of: ">"),
            var name = Self.attribute("name", operation[..<close])?.lowercased()
          else { continue }
          if name == "equalstopo" { name = "equals" }
          guard let relation = Relation(rawValue: name) else { continue }
          let value = operation[operation.index(after: close)...]
            .filter { !$0.isWhitespace }.lowercased()
          guard value == "true" || value == "false" else { continue }
          let first = Self.attribute("arg1", operation[..<close])?.uppercased()
          let (feature, other) = first == "B" ? (b, a) : (a, b)
          asked += 1
          let found = try? topology.prepare(other).holds(relation, for: feature)
          if found != (value == "true") {
            differing.append("\(file): \(name) is \(value), found \(String(describing: found))")
          }
        }
      }
    }
    #expect(asked > 3000)
    // GEOS 3.11 itself answers one case of equality otherwise.
    #expect(differing.filter { !$0.hasPrefix("validate/TestRelatePL.xml: equals") } == [])
    #expect(differing.count <= 1)
  }
}

/// A plain reader of the cases' well-known text.
private struct TestWKT {
  private var tokens: [Substring]
  private var position = 0

  static func read(_ text: String) -> Shape<Native>? {
    var tokens: [Substring] = []
    var start = text.startIndex
    for index in text.indices where "(), ".contains(text[index]) {
      if start < index { tokens.append(text[start..<index]) }
      if text[index] != " " { tokens.append(text[index...index]) }
      start = text.index(after: index)
    }
    if start < text.endIndex { tokens.append(text[start...]) }
    var reader = TestWKT(tokens: tokens)
    let shape = reader.shape()
    return reader.position == tokens.count ? shape : nil
  }

  private var token: Substring { position < tokens.count ? tokens[position] : "" }

  private mutating func take(_ text: String) -> Bool {
    guard token.uppercased() == text else { return false }
    position += 1
    return true
  }

  private mutating func list<T>(_ member: (inout TestWKT) -> T?) -> [T]? {
    if take("EMPTY") { return [] }
    guard take("(") else { return nil }
    var members: [T] = []
    repeat {
      guard let one = member(&self) else { return nil }
      members.append(one)
    } while take(",")
    return take(")") ? members : nil
  }

  private mutating func point() -> Point<Native>? {
    guard let x = Double(token) else { return nil }
    position += 1
    guard let y = Double(token) else { return nil }
    position += 1
    while Double(token) != nil { position += 1 }
    return Point(x: x, y: y)
  }

  private mutating func points() -> [Point<Native>]? { list { $0.point() } }
  private mutating func lists() -> [[Point<Native>]]? { list { $0.points() } }

  private mutating func shape() -> Shape<Native>? {
    let name = token.uppercased()
    position += 1
    switch name {
    case "POINT": return points().map { $0.isEmpty ? .multiPoint([]) : .point($0[0]) }
    case "LINESTRING", "LINEARRING": return points().map { .line($0) }
    case "POLYGON": return lists().map { .polygon($0) }
    case "MULTIPOINT":
      return list { reader in
        reader.token == "(" || reader.token.uppercased() == "EMPTY"
          ? reader.points() : reader.point().map { [$0] }
      }.map { .multiPoint($0.flatMap(\.self)) }
    case "MULTILINESTRING": return lists().map { .multiLine($0) }
    case "MULTIPOLYGON": return list { $0.lists() }.map { .multiPolygon($0) }
    case "GEOMETRYCOLLECTION": return list { $0.shape() }.map { .collection($0) }
    default: return nil
    }
  }
}
