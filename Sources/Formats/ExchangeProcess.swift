internal import Glibc

/// A running `machizu-exchange`: started without a shell, its input empty, its messages bounded.
final class ExchangeProcess {
  enum Event {
    case output([UInt8])
    /// Its output has ended.
    case closed
    case timedOut
  }

  /// Messages beyond this many bytes are dropped.
  private static let messageLimit = 16 << 10

  private var child: pid_t
  private var output: CInt
  private var messages: CInt
  private var messageBytes: [UInt8] = []

  /// - Throws: when the program cannot be started; `path` names the source in the message.
  init(executable: String, arguments: [String], path: String) throws(FormatError) {
    guard let output = Self.pipe(), let messages = Self.pipe() else {
      throw Self.failure(path, "no pipe to the exchange process", errno)
    }
    self.output = output.read
    self.messages = messages.read
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    unsafe posix_spawn_file_actions_adddup2(&actions, output.write, 1)
    unsafe posix_spawn_file_actions_adddup2(&actions, messages.write, 2)
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    var signals = sigset_t()
    unsafe sigemptyset(&signals)
    unsafe posix_spawnattr_setsigmask(&attributes, &signals)
    unsafe sigaddset(&signals, SIGPIPE)
    unsafe sigaddset(&signals, SIGINT)
    unsafe sigaddset(&signals, SIGTERM)
    unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
    unsafe posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    defer {
      unsafe posix_spawn_file_actions_destroy(&actions)
      unsafe posix_spawnattr_destroy(&attributes)
      close(output.write)
      close(messages.write)
    }
    var child: pid_t = 0
    let status = unsafe Self.withCStrings([executable] + arguments) { arguments in
      unsafe Self.withCStrings(Self.environment()) { environment in
        unsafe posix_spawn(&child, executable, &actions, &attributes, arguments, environment)
      }
    }
    self.child = child
    guard status == 0 else {
      close(output.read)
      close(messages.read)
      self.child = 0
      self.output = -1
      self.messages = -1
      throw Self.failure(path, "\(executable) cannot be started", status)
    }
  }

  deinit {
    if child > 0 {
      kill(child, SIGKILL)
      _ = wait()
    }
    if output >= 0 { close(output) }
    if messages >= 0 { close(messages) }
  }

  /// Waits for output, at most `seconds`.
  func next(within seconds: Int) -> Event {
    var now = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &now)
    let deadline = now.tv_sec * 1000 + now.tv_nsec / 1_000_000 + seconds * 1000
    while true {
      unsafe clock_gettime(CLOCK_MONOTONIC, &now)
      let left = deadline - (now.tv_sec * 1000 + now.tv_nsec / 1_000_000)
      guard left > 0 else { return .timedOut }
      var waiting = [
        pollfd(fd: output, events: Int16(POLLIN), revents: 0),
        pollfd(fd: messages, events: Int16(POLLIN), revents: 0),
      ]
      let ready = unsafe poll(&waiting, nfds_t(waiting.count), CInt(clamping: left))
      if ready < 0 && errno != EINTR { return .closed }
      guard ready > 0 else { continue }
      if waiting[1].revents != 0 { takeMessages() }
      if waiting[0].revents != 0 {
        guard let bytes = Self.read(output, upTo: 256 << 10) else { continue }
        return bytes.isEmpty ? .closed : .output(bytes)
      }
    }
  }

  /// Ends the child if it still runs, and says how it ended: nil for a clean exit.
  func end(killing: Bool) -> String? {
    if killing, child > 0 { kill(child, SIGKILL) }
    let status = wait()
    while messages >= 0, takeMessages() {}
    guard status != 0 else { return nil }
    let signal = status & 0x7F
    let how =
      signal == 0 ? "ended with status \(status >> 8 & 0xFF)" : "was ended by signal \(signal)"
    let words = String(decoding: messageBytes, as: UTF8.self).trimmed()
    let last = words.split(separator: "\n").last.map { " (“\($0.prefix(300))”)" } ?? ""
    return how + last
  }

  private func wait() -> CInt {
    guard child > 0 else { return 0 }
    var status: CInt = 0
    while unsafe waitpid(child, &status, 0) < 0 && errno == EINTR {}
    child = 0
    return status
  }

  /// False when no more will come.
  @discardableResult
  private func takeMessages() -> Bool {
    guard let bytes = Self.read(messages, upTo: 4096) else { return true }
    if bytes.isEmpty {
      close(messages)
      // A negative descriptor is passed over by poll.
      messages = -1
      return false
    }
    messageBytes += bytes.prefix(max(0, Self.messageLimit - messageBytes.count))
    return true
  }

  /// Nil when the call was interrupted; empty at the end and on an error.
  private static func read(_ descriptor: CInt, upTo limit: Int) -> [UInt8]? {
    var count = 0
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, initialized in
      count = unsafe Glibc.read(descriptor, buffer.baseAddress, limit)
      initialized = max(count, 0)
    }
    return count < 0 && errno == EINTR ? nil : bytes
  }

  private static func pipe() -> (read: CInt, write: CInt)? {
    var ends: [CInt] = [-1, -1]
    guard unsafe Glibc.pipe(&ends) == 0 else { return nil }
    // What another thread starts between these calls inherits the ends; the exchange program closes
    // what it inherits before anything else.
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
  }

  /// What the child may know of our surroundings: where libraries and PROJ's data are, nothing else.
  private static func environment() -> [String] {
    var entries = ["LC_ALL=C.UTF-8", "SWIFT_BACKTRACE=enable=no"]
    for name in ["PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH", "PROJ_DATA", "PROJ_LIB", "GDAL_DATA"]
    {
      guard let value = unsafe getenv(name) else { continue }
      let text = unsafe String(cString: value)
      entries.append("\(name)=\(text)")
    }
    return entries
  }

  private static func withCStrings<R>(
    _ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> R
  ) -> R {
    let pointers = unsafe texts.map { unsafe strdup($0) }
    defer {
      for index in unsafe pointers.indices { unsafe free(pointers[index]) }
    }
    return unsafe body(pointers + [nil])
  }

  private static func failure(_ path: String, _ what: String, _ code: CInt) -> FormatError {
    let reason = unsafe String(cString: strerror(code))
    return FormatError(.process, file: path, reason: "\(what): \(reason)")
  }

  /// The real path of the running program's folder.
  static func programFolder() -> String? {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = unsafe buffer.withUnsafeMutableBytes { bytes in
      guard let base = unsafe bytes.baseAddress?.assumingMemoryBound(to: CChar.self) else {
        return 0
      }
      return unsafe readlink("/proc/self/exe", base, bytes.count)
    }
    guard count > 0, count < buffer.count else { return nil }
    let path = String(decoding: buffer.prefix(count), as: UTF8.self)
    return path.lastIndex(of: "/").map { String(path[..<$0]) }
  }

  static func isExecutable(_ path: String) -> Bool { unsafe access(path, X_OK) == 0 }
}
