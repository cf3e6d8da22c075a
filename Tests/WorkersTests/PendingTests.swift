import Synchronization
import Testing
import Workers

@Suite("A pending value")
struct PendingTests {
  private struct Refusal: Error, Equatable {
    let number: Int
  }

  @Test("is worked out beside its owner, who waits for it")
  func value() throws {
    // Each waits for the other: neither could run after it.
    let question = OrderedDelivery<Int>()
    let pending = Pending { question.take() * 2 }
    question.put(21, number: 0)
    #expect(try pending.value() == 42)
  }

  @Test("hands on why there is none")
  func failure() {
    let pending = Pending<Int> { throw Refusal(number: 7) }
    #expect(throws: Refusal(number: 7)) { try pending.value() }
  }

  @Test("that nobody asks for is finished when its owner lets go of it")
  func unasked() {
    final class Flag: Sendable {
      let isSet = Atomic(false)
    }
    for _ in 0..<100 {
      let flag = Flag()
      do {
        _ = Pending { flag.isSet.store(true, ordering: .relaxed) }
      }
      let isSet = flag.isSet.load(ordering: .relaxed)
      #expect(isSet)
    }
  }
}
