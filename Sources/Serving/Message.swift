internal import JSON
internal import Rendering

/// What a client asks.
struct Request: Sendable {
  let method: String
  /// Decoded, with a slash at its start.
  let path: String
  /// In the order of the address; a name may occur twice.
  let parameters: [(name: String, value: String)]
  let ifNoneMatch: String?

  /// The path between its slashes; a path that ends with one has an empty last part.
  var pathParts: [String] {
    path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(String.init)
  }

  subscript(name: String) -> String? { parameters.last { $0.name == name }?.value }
}

/// What it gets.
struct Response: Sendable {
  var status: UInt32 = 200
  var type: String
  var body: Body
  var tag: String?
  var headers: [(name: String, value: String)] = []

  init(status: UInt32 = 200, type: String, body: [UInt8], tag: String? = nil) {
    self.status = status
    self.type = type
    self.body = Body(body)
    self.tag = tag
  }

  init(type: String, body: Body, tag: String?) {
    self.type = type
    self.body = body
    self.tag = tag
  }

  /// With a strong tag, made of the bytes.
  static func tagged(type: String, body: [UInt8]) -> Response {
    var hash = FixedHash()
    hash.add(body)
    return Response(type: type, body: body, tag: "\"\(String(hash.value, radix: 16))\"")
  }

  static func text(_ text: String) -> Response {
    Response(type: "text/plain; charset=utf-8", body: Array(text.utf8))
  }

  static func json(_ writer: JSONWriter, type: String = "application/json") -> Response {
    Response(type: type, body: writer.bytes)
  }

  /// An error as a problem document (RFC 9457): what is wrong and what is allowed, never what is
  /// inside.
  static func problem(_ status: UInt32, _ detail: String) -> Response {
    let titles: [UInt32: String] = [
      400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed",
      500: "Internal Server Error", 503: "Service Unavailable",
    ]
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("type")
    writer.value("about:blank")
    writer.key("title")
    writer.value(titles[status] ?? "Error")
    writer.key("status")
    writer.value(Int(status))
    writer.key("detail")
    writer.value(detail)
    writer.endObject()
    var response = Response(
      status: status, type: "application/problem+json", body: writer.bytes)
    if status == 503 { response.headers.append(("Retry-After", "2")) }
    if status == 405 { response.headers.append(("Allow", "GET, HEAD")) }
    return response
  }
}
