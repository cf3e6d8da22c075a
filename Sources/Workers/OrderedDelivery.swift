internal import Glibc

/// Hands results that come from many threads to one taker, in the order of their numbers.
///
/// Nobody who puts waits; whoever gives out the work bounds how many results can lie here.
@safe
public final class OrderedDelivery<Result: Sendable>: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var results: [Int: Result] = [:]
  private var next = 0

  public init() {
    unsafe pthread_mutex_init(mutex, nil)
    unsafe pthread_cond_init(condition, nil)
  }

  deinit {
    unsafe pthread_mutex_destroy(mutex)
    unsafe pthread_cond_destroy(condition)
    unsafe mutex.deallocate()
    unsafe condition.deallocate()
  }

  /// - Parameter number: counts from 0 without gaps.
  public func put(_ result: Result, number: Int) {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    results[number] = result
    unsafe pthread_cond_signal(condition)
  }

  /// The result of the next number, waited for; only one thread may take.
  public func take() -> Result {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    while true {
      if let result = results.removeValue(forKey: next) {
        next += 1
        return result
      }
      unsafe pthread_cond_wait(condition, mutex)
    }
  }
}
