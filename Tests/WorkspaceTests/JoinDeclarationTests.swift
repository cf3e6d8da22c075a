import Features
import Testing
import Workspace

@Suite("Joined fields in a layer.json")
struct JoinDeclarationTests {
  private static let calls = """
    {"title": "通報", "audience": "public", "geometry": "none", "key": "番号",
     "fields": [{"name": "番号", "type": "text"}, {"name": "区", "type": "text"},
       {"name": "kg", "type": "real"}, {"name": "人", "type": "integer", "audience": "restricted"},
       {"name": "印", "type": "text"}],
     "public_where": "印 = '公開'"}
    """

  private func joined(
    _ join: String, type: String = "integer", on: String = "区", more: String = ""
  ) -> String {
    """
    {"title": "区", "audience": "public", "geometry": "polygon", "key": "番号",
     "fields": [{"name": "番号", "type": "text"}, {"name": "区", "type": "text"},
       {"name": "秘", "type": "text", "audience": "staff"},
       {"name": "数", "type": "\(type)", "join": {"on": "\(on)", \(join)}}]\(more)}
    """
  }

  /// The town with wards that are joined to calls, or what is wrong with it.
  private func read(_ wards: String, calls: String = Self.calls) throws -> Result<
    Workspace, WorkspaceError
  > {
    let scratch = try Scratch()
    try scratch.write("machizu.json", #"{"town": {"name": "町"}}"#)
    try scratch.write("Layers/calls/layer.json", calls)
    try scratch.write("Layers/wards/layer.json", wards)
    return Result { () throws(WorkspaceError) in try Workspace(folder: scratch.path) }
  }

  @Test("name the other layer's column as their own where it is not said")
  func defaults() throws {
    let town = try read(joined(#""layer": "calls", "aggregate": "count""#)).get()
    let id = try #require(LayerID("wards"))
    let wards = try #require(town[layer: id])
    let calls = try #require(LayerID("calls"))
    #expect(
      wards.joins == ["数": .init(layer: calls, on: "区", key: "区", aggregate: .count, of: nil)])
    #expect(town.layersJoined(to: calls).map(\.id.text) == ["wards"])
    #expect(town.layersJoined(to: wards.id).map(\.id.text) == ["wards"])
  }

  @Test("are hidden from whoever does not see all that they are worked out of")
  func audience() throws {
    func audience(_ wards: String, calls: String = Self.calls) throws -> Audience? {
      let town = try read(wards, calls: calls).get()
      return town.layers.first { $0.id.text == "wards" }?.fields.last?.audience
    }
    let count = #""layer": "calls", "aggregate": "count""#
    #expect(try audience(joined(count)) == .public)
    #expect(try audience(joined(count + #", "key": "区""#, on: "秘")) == .staff)
    #expect(
      try audience(joined(#""layer": "calls", "aggregate": "sum", "of": "人""#)) == .restricted)
    let staff = Self.calls.replacing(#""audience": "public""#, with: #""audience": "staff""#)
    #expect(try audience(joined(count), calls: staff) == .staff)
  }

  @Test("keep apart what was worked out of other rows or columns")
  func recipes() throws {
    let town = try read(joined(#""layer": "calls", "aggregate": "count""#)).get()
    let wards = try #require(town.layers.first { $0.id.text == "wards" })
    let join = try #require(wards.joins["数"])
    var other = join
    other.key = "番号"
    let open = try read(
      joined(#""layer": "calls", "aggregate": "count""#),
      calls: Self.calls.replacing("= '公開'", with: "<> ''")
    ).get()
    let recipes = [
      town.recipe(of: join, audience: .public), town.recipe(of: join, audience: .staff),
      town.recipe(of: other, audience: .public), open.recipe(of: join, audience: .public),
    ]
    #expect(Set(recipes).count == 4)
    #expect(town.recipe(of: join, audience: .staff) == open.recipe(of: join, audience: .staff))
  }

  @Test(
    "are refused with what is wrong",
    arguments: [
      (#""layer": "call", "aggregate": "count""#, "integer", "no layer “call”"),
      (#""layer": "calls", "aggregate": "total""#, "integer", "allowed: count, sum"),
      (#""layer": "calls", "aggregate": "count", "of": "kg""#, "integer", "no effect"),
      (#""layer": "calls", "aggregate": "sum""#, "integer", "“of” is missing"),
      (#""layer": "calls", "aggregate": "sum", "of": "k""#, "real", "no field “k”"),
      (#""layer": "calls", "aggregate": "sum", "of": "印""#, "real", "no column of numbers"),
      (#""layer": "calls", "aggregate": "sum", "of": "kg""#, "integer", "is real"),
      (#""layer": "calls", "aggregate": "mean", "of": "人""#, "integer", "which is real"),
      (#""layer": "calls", "aggregate": "count""#, "text", "which is integer"),
      (#""layer": "calls", "aggregate": "count", "key": "x""#, "integer", "no field “x”"),
      (#""layer": "calls", "agregate": "count""#, "integer", "“aggregate”"),
    ])
  func refusals(join: String, type: String, expected: String) throws {
    guard case .failure(let error) = try read(joined(join, type: type)) else {
      Issue.record("\(join) is accepted")
      return
    }
    #expect(error.faults.contains { "\($0)".contains(expected) }, "\(error.faults)")
  }

  @Test("tell no row, and are not joined on again")
  func chains() throws {
    let count = #""layer": "calls", "aggregate": "count""#
    for more in [#", "relates": {"数": "calls"}"#] {
      guard case .failure(let error) = try read(joined(count, more: more)) else {
        Issue.record("\(more) is accepted")
        continue
      }
      #expect(error.faults.contains { "\($0)".contains("joined from another") })
    }
    let wards = joined(#""layer": "wards", "aggregate": "sum", "of": "数""#)
    guard case .failure(let error) = try read(wards) else {
      Issue.record("a join on a join is accepted")
      return
    }
    #expect(error.faults.contains { "\($0)".contains("joined itself") })
  }
}
