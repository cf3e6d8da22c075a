import JSON
import Testing

@Suite("Nearest name")
struct NearestNameTests {
  static let known = [
    "fill-color", "fill-opacity", "line-color", "line-width", "minzoom", "種別", "級別",
  ]

  @Test(
    "suggests what was probably meant",
    arguments: [
      ("fill-colour", "fill-color"), ("fil-color", "fill-color"), ("lien-color", "line-color"),
      ("minZoom", "minzoom"), ("min-zoom", "minzoom"), ("LINE-WIDTH", "line-width"), ("種", "種別"),
      ("種類", "種別"), ("minzoom", "minzoom"),
    ])
  func suggestions(name: String, expected: String) {
    #expect(NearestName.suggest(for: name, among: Self.known) == expected)
  }

  @Test("is silent when nothing is near", arguments: ["", "q", "text-field", "管理番号", "zzzzzz"])
  func silence(name: String) {
    #expect(NearestName.suggest(for: name, among: Self.known) == nil)
    #expect(NearestName.suggest(for: name, among: []) == nil)
  }

  @Test("is not slowed by a hostile name")
  func hostileName() {
    let long = String(repeating: "a", count: 1_000_000)
    #expect(NearestName.suggest(for: long, among: [long, "aaa"]) == nil)
  }
}
