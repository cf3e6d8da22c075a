internal import Glibc
internal import Synchronization

private let stopWasAsked = Atomic(false)

/// Whether somebody asks the program to end: SIGINT (Ctrl-C) or SIGTERM. The second time ends it at once.
enum StopRequest {
  static func listen() {
    // Made before any signal comes, as a handler must not make it.
    stopWasAsked.store(false, ordering: .relaxed)
    for number in [SIGINT, SIGTERM] {
      signal(number) { number in
        stopWasAsked.store(true, ordering: .relaxed)
        signal(number, SIG_DFL)
      }
    }
  }

  static var isMade: Bool { stopWasAsked.load(ordering: .relaxed) }
}
