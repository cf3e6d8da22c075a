internal import Exchange
internal import Glibc

@main
enum Program {
  /// Limits of this process: a hostile file can at worst end it.
  private static let addressSpaceBytes: UInt = 2 << 30
  private static let processorSeconds: UInt = 600
  /// Descriptors that a parent may have left open, its sockets and databases among them.
  private static let inheritedDescriptors: ClosedRange<CInt> = 3...4095

  static func main() {
    for descriptor in inheritedDescriptors { close(descriptor) }
    limit(__rlimit_resource_t(RLIMIT_AS.rawValue), to: addressSpaceBytes)
    limit(__rlimit_resource_t(RLIMIT_CPU.rawValue), to: processorSeconds)
    limit(__rlimit_resource_t(RLIMIT_CORE.rawValue), to: 0)
    // A library that prints must not print into the stream.
    let output = dup(1)
    dup2(2, 1)
    let status = ExchangeCommand.run(
      Array(CommandLine.arguments.dropFirst()),
      write: { bytes in write(bytes, to: output) },
      say: { line in _ = write(Array("machizu-exchange: \(line)\n".utf8), to: 2) })
    exit(status)
  }

  private static func limit(_ resource: __rlimit_resource_t, to value: UInt) {
    var limits = rlimit()
    guard unsafe getrlimit(resource, &limits) == 0 else { return }
    limits.rlim_cur = min(rlim_t(value), limits.rlim_max)
    unsafe _ = setrlimit(resource, &limits)
  }

  private static func write(_ bytes: [UInt8], to descriptor: CInt) -> Bool {
    var offset = 0
    while offset < bytes.count {
      let written = unsafe bytes.withUnsafeBytes { buffer -> Int in
        guard let base = buffer.baseAddress else { return 0 }
        return unsafe Glibc.write(descriptor, base + offset, buffer.count - offset)
      }
      if written > 0 {
        offset += written
      } else if written == 0 || errno != EINTR {
        return false
      }
    }
    return true
  }
}
