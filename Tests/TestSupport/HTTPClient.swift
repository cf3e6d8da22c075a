internal import Foundation
internal import Glibc

/// An answer as it came over the wire.
public struct HTTPResponse: Sendable {
  public let status: Int
  /// Names in lower case.
  public let headers: [(name: String, value: String)]
  public let body: [UInt8]

  public subscript(name: String) -> String? { headers.first { $0.name == name }?.value }
  public var text: String { String(decoding: body, as: UTF8.self) }
  /// The media type without parameters.
  public var type: String {
    (self["content-type"] ?? "").split(separator: ";").first.map(String.init) ?? ""
  }
  /// Headers and body, without the header that tells the time.
  public var everything: [UInt8] {
    let lines = headers.filter { $0.name != "date" }.map { "\($0.name): \($0.value)\n" }
    return Array("\(status)\n\(lines.joined())\n".utf8) + body
  }

  init(parsing bytes: [UInt8]) throws {
    var end: Int?
    var index = 0
    while index + 3 < bytes.count, end == nil {
      if bytes[index..<index + 4] == [13, 10, 13, 10] { end = index }
      index += 1
    }
    guard let end else {
      throw TestSupportError("The answer of \(bytes.count) bytes has no end of its headers.")
    }
    let head = String(decoding: bytes[..<end], as: UTF8.self)
    var lines = head.split(whereSeparator: \.isNewline).map(String.init)
    guard !lines.isEmpty else { throw TestSupportError("The answer has no status line.") }
    let words = lines.removeFirst().split(separator: " ")
    guard words.count >= 2, words[0] == "HTTP/1.1", let status = Int(words[1]) else {
      throw TestSupportError("The status line is “\(head.prefix(80))”.")
    }
    self.status = status
    headers = lines.compactMap { line in
      guard let colon = line.firstIndex(of: ":") else { return nil }
      let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
      return (line[..<colon].lowercased(), value)
    }
    body = Array(bytes[(end + 4)...])
  }
}

/// A minimal HTTP/1.1 client for a server on this machine: one connection a request, sent as it is
/// written, so that hostile requests can be made as well.
public struct HTTPClient: Sendable {
  public let port: Int

  public init(port: Int) {
    self.port = port
  }

  /// Asks once. The path goes out as it is: it must be percent-encoded already.
  public func get(
    _ path: String, method: String = "GET", headers: [String: String] = [:], body: [UInt8]? = nil
  ) throws -> HTTPResponse {
    try finish(try begin(path, method: method, headers: headers, body: body), method: method)
  }

  /// Asks for all of them at once, and reads the answers afterwards.
  public func getTogether(_ paths: [String]) throws -> [HTTPResponse] {
    let sockets = try paths.map { try begin($0, method: "GET", headers: [:], body: nil) }
    return try sockets.map { try finish($0, method: "GET") }
  }

  /// Sends bytes that need not be a request; what comes back, which may be nothing.
  public func raw(_ bytes: [UInt8]) throws -> [UInt8] {
    let socket = try connected()
    defer { close(socket) }
    try send(bytes, to: socket)
    shutdown(socket, Int32(SHUT_WR))
    return try readAll(socket)
  }

  private func begin(
    _ path: String, method: String, headers: [String: String], body: [UInt8]?
  ) throws -> Int32 {
    let socket = try connected()
    var head = "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\n"
    for (name, value) in headers { head += "\(name): \(value)\r\n" }
    if let body { head += "Content-Length: \(body.count)\r\n" }
    try send(Array((head + "\r\n").utf8) + (body ?? []), to: socket)
    return socket
  }

  private func finish(_ socket: Int32, method: String) throws -> HTTPResponse {
    defer { close(socket) }
    let answer = try HTTPResponse(parsing: readAll(socket))
    if method != "HEAD", let length = answer["content-length"].flatMap({ Int($0) }),
      answer.status != 304, length != answer.body.count
    {
      throw TestSupportError("\(length) bytes were announced, \(answer.body.count) came.")
    }
    return answer
  }

  private func connected() throws -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw TestSupportError("No socket could be made.") }
    var limit = timeval(tv_sec: 60, tv_usec: 0)
    let size = socklen_t(MemoryLayout<timeval>.size)
    unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port)).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let result = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        unsafe connect(descriptor, pointer, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 else {
      close(descriptor)
      throw TestSupportError("Nobody listens on port \(port).")
    }
    return descriptor
  }

  private func send(_ bytes: [UInt8], to socket: Int32) throws {
    var sent = 0
    while sent < bytes.count {
      let part = Array(bytes[sent...])
      let count = unsafe Glibc.send(socket, part, part.count, Int32(MSG_NOSIGNAL))
      // A server that refuses a request early may close before it has read all of it.
      guard count > 0 else { return }
      sent += count
    }
  }

  private func readAll(_ socket: Int32) throws -> [UInt8] {
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = unsafe recv(socket, &part, part.count, 0)
      if count == 0 { return bytes }
      if count < 0 {
        if errno == EINTR { continue }
        if errno == ECONNRESET { return bytes }
        throw TestSupportError("The answer did not come in time.")
      }
      bytes += part[..<count]
    }
  }
}

extension String {
  /// Every byte but unreserved ones and slashes as `%XX`.
  public var percentEncoded: String {
    utf8.map { byte in
      let isPlain =
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
        || (0x61...0x7A).contains(byte) || "-._~/".utf8.contains(byte)
      let hex = String(byte, radix: 16, uppercase: true)
      return isPlain
        ? String(UnicodeScalar(byte)) : "%" + (hex.count == 1 ? "0" + hex : hex)
    }
    .joined()
  }
}
