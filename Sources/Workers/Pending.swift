/// A value that a thread of its own works out while its owner does something else.
public final class Pending<Value: Sendable>: Sendable {
  private let pool = WorkerPool<Void>(threads: 1, queueLimit: 1) {}
  private let delivery = OrderedDelivery<Result<Value, any Error>>()

  public init(_ make: @escaping @Sendable () throws -> Value) {
    let delivery = delivery
    _ = pool.submit { _ in delivery.put(Result(catching: make), number: 0) }
  }

  /// The value or the error, waited for; to be asked for once.
  public func value() throws -> Value { try delivery.take().get() }
}
