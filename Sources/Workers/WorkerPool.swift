internal import Glibc

/// A fixed number of threads with a bounded queue; each thread has a state of its own, made on that
/// thread, which may hold what serves one thread only (fonts, projections, database connections).
public final class WorkerPool<State>: Sendable {
  private let shared = Shared<State>()
  private let queueLimit: Int

  /// - Parameters:
  ///   - threads: at least 1.
  ///   - queueLimit: jobs that may wait.
  ///   - make: called once on each thread.
  public init(
    threads: Int, queueLimit: Int, stackBytes: Int = 4 << 20,
    make: @escaping @Sendable () -> State
  ) {
    self.queueLimit = queueLimit
    for _ in 0..<max(threads, 1) {
      let shared = self.shared
      shared.start(
        Boot {
          var state = make()
          while let job = shared.next() { job(&state) }
        }, stackBytes: stackBytes)
    }
  }

  /// Queues a job; false when the queue is full or the pool is closed.
  public func submit(_ job: @escaping @Sendable (inout State) -> Void) -> Bool {
    shared.submit(job, limit: queueLimit)
  }

  /// Queues a job when there is room for it, waiting until then; for one that hands out its own work.
  public func submitWaiting(_ job: @escaping @Sendable (inout State) -> Void) {
    shared.submitWaiting(job, limit: max(queueLimit, 1))
  }

  /// Jobs that wait at the moment.
  public var queueLength: Int { shared.length }

  /// Lets the queued jobs finish and ends the threads.
  public func close() { shared.close() }

  deinit { close() }
}

private final class Boot {
  let run: () -> Void

  init(_ run: @escaping () -> Void) {
    self.run = run
  }
}

/// The queue and its lock. A mutex with a condition is what the standard library does not offer.
@safe
private final class Shared<State>: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  /// Told when a job is taken.
  private let room = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var jobs: [@Sendable (inout State) -> Void] = []
  private var head = 0
  private var isClosed = false
  private var threads: [pthread_t] = []

  init() {
    unsafe pthread_mutex_init(mutex, nil)
    unsafe pthread_cond_init(condition, nil)
    unsafe pthread_cond_init(room, nil)
  }

  deinit {
    unsafe pthread_mutex_destroy(mutex)
    unsafe pthread_cond_destroy(condition)
    unsafe pthread_cond_destroy(room)
    unsafe mutex.deallocate()
    unsafe condition.deallocate()
    unsafe room.deallocate()
  }

  private func locked<Result>(_ body: () -> Result) -> Result {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    return body()
  }

  var length: Int { locked { jobs.count - head } }

  func submit(_ job: @escaping @Sendable (inout State) -> Void, limit: Int) -> Bool {
    locked {
      guard !isClosed, jobs.count - head < limit else { return false }
      jobs.append(job)
      unsafe pthread_cond_signal(condition)
      return true
    }
  }

  func submitWaiting(_ job: @escaping @Sendable (inout State) -> Void, limit: Int) {
    locked {
      while !isClosed, jobs.count - head >= limit { unsafe pthread_cond_wait(room, mutex) }
      guard !isClosed else { return }
      jobs.append(job)
      unsafe pthread_cond_signal(condition)
    }
  }

  /// The next job, waited for; nil when the pool is closed and nothing is left.
  func next() -> (@Sendable (inout State) -> Void)? {
    locked {
      while head == jobs.count, !isClosed { unsafe pthread_cond_wait(condition, mutex) }
      guard head < jobs.count else { return nil }
      let job = jobs[head]
      head += 1
      unsafe pthread_cond_signal(room)
      if head == jobs.count {
        jobs.removeAll(keepingCapacity: true)
        head = 0
      } else if head >= 1024 {
        // Under steady load the queue never empties: what was taken is given back in pieces.
        jobs.removeFirst(head)
        head = 0
      }
      return job
    }
  }

  func start(_ boot: Boot, stackBytes: Int) {
    var thread = pthread_t()
    var attributes = pthread_attr_t()
    unsafe pthread_attr_init(&attributes)
    unsafe pthread_attr_setstacksize(&attributes, stackBytes)
    let code = unsafe pthread_create(
      &thread, &attributes,
      { argument in
        let boot = unsafe Unmanaged<Boot>.fromOpaque(argument!).takeRetainedValue()
        boot.run()
        return nil
      }, Unmanaged.passRetained(boot).toOpaque())
    unsafe pthread_attr_destroy(&attributes)
    precondition(code == 0, "the system gives no more threads")
    let started = thread
    locked { threads.append(started) }
  }

  func close() {
    let ended = locked {
      isClosed = true
      unsafe pthread_cond_broadcast(condition)
      unsafe pthread_cond_broadcast(room)
      let ended = threads
      threads = []
      return ended
    }
    for thread in ended { pthread_join(thread, nil) }
  }
}
