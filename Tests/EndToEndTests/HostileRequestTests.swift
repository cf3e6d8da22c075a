import JSON
import TestSupport
import Testing

@Suite("Requests that are refused")
struct HostileRequestTests {
  private let town: Town
  private var http: HTTPClient { town.public.http }

  init() throws {
    town = try Town.shared()
  }

  /// Addresses that are not there, and what their problem must name.
  private static let absent: [(String, String)] = [
    ("/nothing", ""), ("/tiles/nothing/15/29210/12944.png", "nothing"),
    ("/tiles/nothing.json", "nothing"), ("/styles/nothing.json", "nothing"),
    ("/tiles/general/7/100/50.png", "8"), ("/tiles/general/21/1/1.png", ""),
    ("/tiles/general/15/32768/1.png", ""), ("/tiles/general/15/1/99999999999999999999.png", ""),
    ("/tiles/general/-1/0/0.png", ""), ("/tiles/general/15/-1/1.png", ""),
    ("/tiles/general/15/+1/1.png", ""), ("/tiles/general/15/01x/1.png", ""),
    ("/tiles/general/20/934700/414200@2x.png", ""), ("/tiles/general/15/1/1@3x.png", ""),
    ("/tiles/general/15/1/1.jpg", ""), ("/tiles/general/15/1.png", ""),
    ("/tiles/general/15/1/1/1.png", ""), ("/ogc/collections/nothing", "nothing"),
    ("/ogc/collections/nothing/items", "nothing"), ("/ogc/collections/parks/things", ""),
    ("/ogc/collections/parks/items/no-such-key", "no-such-key"),
    ("/ogc/collections/parks/items/1/2", ""), ("/viewer/nothing.js", ""),
  ]

  @Test("what is not there is 404 with a problem document, at once", arguments: absent)
  func notFound(_ path: String, _ word: String) throws {
    try expectProblem(try http.get(path), status: 404, naming: word)
  }

  @Test(
    "paths that climb out of a folder reach no file",
    arguments: [
      "/../machizu.json", "/tiles/../machizu.json", "/tiles/general/../../machizu.json",
      "/styles/../machizu.json", "/styles/..%2Fmachizu.json", "/styles/%2e%2e/machizu.json",
      "/styles/..%2F..%2F..%2F..%2Fetc%2Fpasswd.json", "/tiles/..%2Fgeneral/15/1/1.png",
      "/tiles/%2e%2e%2f%2e%2e%2fmachizu.json", "/viewer/../Service.swift",
      "/viewer/..%2FService.swift", "/viewer/%2e%2e/Service.swift", "/viewer/leaflet/../../x.js",
      "/viewer//etc/passwd", "/viewer/..%5C..%5Cx", "/styles/general.json%00.png",
      "/healthz%00/x", "/ogc/collections/..%2Fparks/items", "//etc/passwd", "/styles/general.JSON",
      "/%FF%FE", "/tiles/%C0%AE%C0%AE/15/1/1.png", "/ogc/collections/%F0%28%8C%28/items",
    ])
  func traversal(_ path: String) throws {
    let answer = try http.get(path)
    #expect(answer.status == 404 || answer.status == 400)
    for word in ["root:", "Wakabano", "internal import", "\"layers\":["] {
      #expect(!answer.text.contains(word))
    }
    #expect(answer.type == "application/problem+json")
  }

  /// Parameters that are not allowed, and the one that the problem must name.
  private static let badParameters: [(String, String)] = [
    ("/ogc/collections/parks/items?limit=0", "limit"),
    ("/ogc/collections/parks/items?limit=-1", "limit"),
    ("/ogc/collections/parks/items?limit=1e3", "limit"),
    ("/ogc/collections/parks/items?limit=", "limit"),
    ("/ogc/collections/parks/items?limit=99999999999999999999", "limit"),
    ("/ogc/collections/parks/items?offset=-1", "offset"),
    ("/ogc/collections/parks/items?bbox=1,2,3", "bbox"),
    ("/ogc/collections/parks/items?bbox=1,2,3,4,5", "bbox"),
    ("/ogc/collections/parks/items?bbox=141,36,140,35", "bbox"),
    ("/ogc/collections/parks/items?bbox=nan,nan,nan,nan", "bbox"),
    ("/ogc/collections/parks/items?bbox=inf,inf,inf,inf", "bbox"),
    ("/ogc/collections/parks/items?bbox=-1e999,35,141,36", "bbox"),
    ("/ogc/collections/parks/items?bbox=0,-91,1,91", "bbox"),
    ("/ogc/collections/parks/items?bbox=a,b,c,d", "bbox"),
    ("/ogc/collections/parks/items?bbox=", "bbox"),
    ("/ogc/collections/parks/items?bboxx=1,2,3,4", "bboxx"),
    ("/ogc/collections/parks/items?f=html", "f"),
    ("/ogc/collections/parks/items/G001?limit=1", "limit"),
    ("/ogc/collections?limit=1", "limit"), ("/styles?x=1", "x"), ("/tiles/general.json?x=1", "x"),
    ("/tiles/general/15/29210/12944.png?layer=parks", "layer"),
    ("/tiles/general/15/29210/12944.png?layers=", "layers"),
    ("/tiles/general/15/29210/12944.png?layers=parks,nothing", "nothing"),
    ("/tiles/general/15/29210/12944.png?lang=fr", "lang"),
    ("/tiles/general/15/29210/12944.png?lang=", "lang"),
  ]

  @Test("a parameter that is unknown or out of bounds is 400 and named", arguments: badParameters)
  func parameters(_ path: String, _ name: String) throws {
    try expectProblem(try http.get(path), status: 400, naming: name)
  }

  @Test(
    "other methods are 405, with those that are allowed",
    arguments: ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
  func methods(_ method: String) throws {
    for path in ["/", "/tiles/general/15/29210/12944.png", "/ogc/collections/parks/items"] {
      let answer = try http.get(path, method: method)
      try expectProblem(answer, status: 405, naming: "GET")
      #expect(answer["allow"] == "GET, HEAD")
    }
    let body = [UInt8](repeating: 0x41, count: 200_000)
    #expect(try http.get("/styles", method: "POST", body: body).status == 405)
  }

  @Test("an overlong address, an overlong header and bytes that are no request do no harm")
  func noise() throws {
    for count in [2_000, 20_000, 200_000] {
      let path = "/tiles/" + String(repeating: "a", count: count)
      let answer = try? http.get(path)
      #expect([nil, 400, 404, 414, 431].contains(answer?.status))
      let parameter = try? http.get("/styles?" + String(repeating: "b", count: count) + "=1")
      #expect([nil, 400, 414, 431].contains(parameter?.status))
      let long = ["X-Long": String(repeating: "c", count: count)]
      let header = try? http.get("/healthz", headers: long)
      #expect([nil, 200, 400, 413, 431].contains(header?.status))
    }
    for text in [
      "", "\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "\u{0}\u{1}\u{2}\r\n\r\n",
    ] {
      _ = try http.raw(Array(text.utf8))
    }
    _ = try http.raw([UInt8](repeating: 0xFF, count: 5_000))
    let names = (0..<300).map { "p\($0)=1" }.joined(separator: "&")
    #expect([400, 414].contains(try http.get("/styles?" + names).status))
    let layers = Array(repeating: "parks", count: 400).joined(separator: ",")
    #expect(try http.get("/tiles/general/15/29210/12944.png?layers=" + layers).status == 400)
    #expect(try http.get("/healthz").text == "ok\n")
    #expect(try town.public.errors() == "")
  }

  /// A problem document (RFC 9457) whose detail names the word.
  private func expectProblem(_ answer: HTTPResponse, status: Int, naming word: String) throws {
    #expect(answer.status == status)
    #expect(answer.type == "application/problem+json")
    #expect(answer["cache-control"] == "no-store")
    let document = try JSONParser.parse(answer.body)
    #expect(document["status"]?.int64 == Int64(status))
    let detail = try #require(document["detail"]?.string)
    #expect(!detail.isEmpty && (word.isEmpty || detail.contains(word)))
    #expect(!detail.contains("/Layers") && !detail.contains(".gpkg") && !detail.contains("SQL"))
  }
}
