internal import CMicrohttpdShim
internal import Glibc
internal import Synchronization

/// How a request is answered: at once, or later by somebody who calls back.
enum Answer {
  case now(Response)
  /// Starts the work; the callback may be called on any thread, once.
  case later((@escaping @Sendable (Response) -> Void) -> Void)

  /// What a route answers, or the problem that it met.
  init(_ route: () throws -> Answer) {
    do {
      self = try route()
    } catch let error as Problem {
      self = .now(.problem(error.status, error.detail))
    } catch {
      // What failed inside is for the log, not for the client.
      self = .now(.problem(500, "The request could not be answered."))
    }
  }
}

/// An HTTP/1.1 server over libmicrohttpd: its threads parse and send, and never draw.
@safe
final class HTTPServer {
  private let daemon: OpaquePointer
  private let context: Unmanaged<Handler>
  let port: Int

  init(
    host: String, port: Int, handle: @escaping @Sendable (Request) -> Answer
  ) throws(ServingError) {
    let context = unsafe Unmanaged.passRetained(Handler(handle))
    let started = unsafe host.withCString { address -> OpaquePointer? in
      var options = unsafe machizu_http_options(
        address: address, port: UInt16(clamping: port), threads: 2, connectionLimit: 1000,
        timeoutSeconds: 30)
      return unsafe machizu_http_start(
        &options, HTTPServer.accessed, HTTPServer.completed, context.toOpaque())
    }
    guard let started = unsafe started else {
      let reason = unsafe String(cString: strerror(errno))
      unsafe context.release()
      throw .cannotBind(host: host, port: port, reason: reason)
    }
    unsafe daemon = started
    unsafe self.context = unsafe context
    self.port = Int(unsafe machizu_http_port(started))
  }

  /// Stops accepting, lets open requests finish for up to two seconds, and ends.
  func stop() {
    let listener = unsafe MHD_quiesce_daemon(daemon)
    for _ in 0..<200 where unsafe machizu_http_connections(daemon) > 0 { usleep(10_000) }
    unsafe MHD_stop_daemon(daemon)
    if listener >= 0 { close(listener) }
    unsafe context.release()
  }

  private final class Handler: Sendable {
    let handle: @Sendable (Request) -> Answer

    init(_ handle: @escaping @Sendable (Request) -> Answer) {
      self.handle = handle
    }
  }

  /// One request between its first header and its last byte.
  private final class Exchange: Sendable {
    enum Phase {
      case new
      case waiting
      case answered(Response)
    }

    let phase = Mutex(Phase.new)
  }

  /// libmicrohttpd allows resuming from any thread.
  @safe
  private struct Connection: @unchecked Sendable {
    let handle: OpaquePointer
  }

  private static let accessed: machizu_http_handler = {
    @Sendable context, connection, url, method, _, _, uploadSize, request in
    guard let connection = unsafe connection, let request = unsafe request else {
      return MHD_Result.NO
    }
    // The first call brings the headers alone; an answer there would close the connection.
    guard let known = unsafe request.pointee else {
      unsafe request.pointee = Unmanaged.passRetained(Exchange()).toOpaque()
      return MHD_Result.YES
    }
    if let uploadSize = unsafe uploadSize, unsafe uploadSize.pointee != 0 {
      unsafe uploadSize.pointee = 0
      return MHD_Result.YES
    }
    let exchange = unsafe Unmanaged<Exchange>.fromOpaque(known).takeUnretainedValue()
    let phase = exchange.phase.withLock { $0 }
    if case .answered(let response) = phase {
      return unsafe HTTPServer.send(response, on: connection, ifNoneMatch: nil)
    }
    guard let context = unsafe context, let url = unsafe url, let method = unsafe method else {
      return MHD_Result.NO
    }
    let handler = unsafe Unmanaged<Handler>.fromOpaque(context).takeUnretainedValue()
    let asked = unsafe HTTPServer.request(connection, url: url, method: method)
    guard asked.method == "GET" || asked.method == "HEAD" else {
      return unsafe HTTPServer.send(
        .problem(405, "Only GET and HEAD are answered here."), on: connection, ifNoneMatch: nil)
    }
    switch handler.handle(asked) {
    case .now(let response):
      return unsafe HTTPServer.send(response, on: connection, ifNoneMatch: asked.ifNoneMatch)
    case .later(let start):
      exchange.phase.withLock { $0 = .waiting }
      unsafe MHD_suspend_connection(connection)
      let handle = unsafe Connection(handle: connection)
      let tag = asked.ifNoneMatch
      start { response in
        exchange.phase.withLock { $0 = .answered(response.answering(ifNoneMatch: tag)) }
        unsafe MHD_resume_connection(handle.handle)
      }
      return MHD_Result.YES
    }
  }

  private static let completed: machizu_http_completed = { @Sendable _, _, request, _ in
    guard let known = unsafe request?.pointee else { return }
    unsafe Unmanaged<Exchange>.fromOpaque(known).release()
    unsafe request?.pointee = nil
  }

  private static func request(
    _ connection: OpaquePointer, url: UnsafePointer<CChar>, method: UnsafePointer<CChar>
  ) -> Request {
    let list = ParameterList()
    unsafe MHD_get_connection_values(
      connection, .GET_ARGUMENT_KIND,
      { @Sendable list, _, name, value in
        guard let list = unsafe list, let name = unsafe name else { return MHD_Result.YES }
        let parameters = unsafe Unmanaged<ParameterList>.fromOpaque(list).takeUnretainedValue()
        unsafe parameters.items.append(
          (String(cString: name), value.map { unsafe String(cString: $0) } ?? ""))
        return MHD_Result.YES
      }, Unmanaged.passUnretained(list).toOpaque())
    let tag = unsafe MHD_lookup_connection_value(connection, .HEADER_KIND, "If-None-Match")
    return unsafe Request(
      method: String(cString: method), path: String(cString: url), parameters: list.items,
      ifNoneMatch: tag.map { unsafe String(cString: $0) })
  }

  private final class ParameterList {
    var items: [(name: String, value: String)] = []
  }

  private static func send(
    _ response: Response, on connection: OpaquePointer, ifNoneMatch: String?
  ) -> MHD_Result {
    let response = response.answering(ifNoneMatch: ifNoneMatch)
    // The body is not copied: the answer keeps it alive until its last byte is sent.
    let body = unsafe Unmanaged.passRetained(response.body)
    guard
      let made = unsafe MHD_create_response_from_buffer_with_free_callback_cls(
        response.body.count, response.body.start,
        { @Sendable body in unsafe Unmanaged<Body>.fromOpaque(body!).release() },
        body.toOpaque())
    else {
      unsafe body.release()
      return MHD_Result.NO
    }
    defer { unsafe MHD_destroy_response(made) }
    unsafe MHD_add_response_header(made, "Content-Type", response.type)
    unsafe MHD_add_response_header(made, "X-Content-Type-Options", "nosniff")
    if let tag = response.tag { unsafe MHD_add_response_header(made, "ETag", tag) }
    var hasCaching = false
    for header in response.headers {
      hasCaching = hasCaching || header.name == "Cache-Control"
      unsafe MHD_add_response_header(made, header.name, header.value)
    }
    if !hasCaching {
      unsafe MHD_add_response_header(
        made, "Cache-Control",
        response.status == 200 || response.status == 304 ? "no-cache" : "no-store")
    }
    return unsafe MHD_queue_response(connection, response.status, made)
  }
}

extension Response {
  /// The same answer, or 304 where the client holds it already. libmicrohttpd sends no body with it.
  func answering(ifNoneMatch: String?) -> Response {
    guard let tag, let ifNoneMatch, status == 200 else { return self }
    let known = ifNoneMatch.split(separator: ",").map { part -> String in
      let text = part.filter { !$0.isWhitespace }
      return text.hasPrefix("W/") ? String(text.dropFirst(2)) : text
    }
    guard known.contains(tag) || known.contains("*") else { return self }
    var response = self
    response.status = 304
    return response
  }
}
