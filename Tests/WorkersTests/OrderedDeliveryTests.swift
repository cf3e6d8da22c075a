import Testing
import Workers

@Suite("Ordered delivery")
struct OrderedDeliveryTests {
  @Test("results come in the order of their numbers, whoever is first", arguments: [1, 2, 5])
  func order(threads: Int) {
    let delivery = OrderedDelivery<Int>()
    let pool = WorkerPool<Void>(threads: threads, queueLimit: 1000) {}
    for number in (0..<1000).reversed() {
      _ = pool.submit { _ in delivery.put(number * number, number: number) }
    }
    for number in 0..<1000 { #expect(delivery.take() == number * number) }
    pool.close()
  }
}
