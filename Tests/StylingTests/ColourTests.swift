import Testing

@testable import Styling

@Suite("Style colours")
struct ColourTests {
  private func bytes(_ text: String) -> [Int]? {
    guard let colour = StyleColour(css: text) else { return nil }
    return [colour.red, colour.green, colour.blue, colour.alpha].map { Int(($0 * 255).rounded()) }
  }

  @Test(
    "are read from every form that CSS has for them",
    arguments: [
      ("#fff", [255, 255, 255, 255]), ("#F80", [255, 136, 0, 255]), ("#F808", [255, 136, 0, 136]),
      ("#2E8B57", [46, 139, 87, 255]), ("#2e8b5780", [46, 139, 87, 128]),
      ("seagreen", [46, 139, 87, 255]), (" SeaGreen ", [46, 139, 87, 255]),
      ("transparent", [0, 0, 0, 0]), ("rebeccapurple", [102, 51, 153, 255]),
      ("rgb(46,139,87)", [46, 139, 87, 255]), ("rgb(46 139 87 / 50%)", [46, 139, 87, 128]),
      ("rgba(46, 139, 87, .5)", [46, 139, 87, 128]), ("rgb(100%, 0%, 50%)", [255, 0, 128, 255]),
      ("rgb(300, -5, 0)", [255, 0, 0, 255]), ("hsl(120, 100%, 50%)", [0, 255, 0, 255]),
      ("hsla(240deg, 100%, 50%, 0.5)", [0, 0, 255, 128]), ("hsl(-120 100% 50%)", [0, 0, 255, 255]),
      ("hsl(60,50%,25%)", [96, 96, 32, 255]),
    ])
  func reads(text: String, expected: [Int]) {
    #expect(bytes(text) == expected)
  }

  @Test(
    "refuse what is no colour",
    arguments: [
      "", "#", "#12", "#12345", "#1234567", "#ggg", "#１２３", "gren", "rgb", "rgb()", "rgb(1,2)",
      "rgb(1,2,3,4,5)", "rgb(1 2, 3)", "rgb(1%, 2, 3)", "rgb(a,b,c)", "rgb(1,2,3", "hsl(0,1,2)",
      "hsl(0,50%,2)", "rgb(nan,0,0)", "rgb(infinity,0,0)", "rgb(1,2,3)x", "rgb(0x1,2,3)",
      "cmyk(1,2,3)", "rgb(1deg,2,3)", "rgb(,,)", "rgb(1//2 3 4)",
    ])
  func refuses(text: String) {
    #expect(StyleColour(css: text) == nil)
  }

  @Test("survive every truncation")
  func truncation() {
    for text in ["hsla(240deg, 100%, 50%, 0.5)", "rgb(46 139 87 / 50%)", "#2e8b5780"] {
      for count in 0...text.count { _ = StyleColour(css: String(text.prefix(count))) }
    }
  }

  @Test("mix without losing the hue of a clear colour")
  func mixing() {
    let clear = StyleColour(red: 1, green: 0, blue: 0, alpha: 0)
    let solid = StyleColour(red: 1, green: 0, blue: 0)
    let mixed = StyleColour.mix(clear, solid, share: 0.5, in: .rgb)
    #expect(mixed == StyleColour(red: 1, green: 0, blue: 0, alpha: 0.5))
  }

  @Test(
    "come back from other spaces",
    arguments: ["#2E8B57", "#FFFFFF", "#000000", "#7F7F7F", "#C63D2F"])
  func spaces(text: String) throws {
    let colour = try #require(StyleColour(css: text))
    for space in [StyleColour.Space.rgb, .lab, .hcl] {
      let back = StyleColour.mix(colour, colour, share: 0.3, in: space)
      #expect(abs(back.red - colour.red) < 1e-4)
      #expect(abs(back.green - colour.green) < 1e-4)
      #expect(abs(back.blue - colour.blue) < 1e-4)
    }
  }
}
