import Foundation
import Synchronization
import Testing
import Workers

/// A gate that jobs wait at until it is opened.
private final class Gate: Sendable {
  private let semaphore = DispatchSemaphore(value: 0)

  func open(for count: Int = 1) { for _ in 0..<count { semaphore.signal() } }
  func wait() { semaphore.wait() }
}

@Suite("Worker pool")
struct WorkerPoolTests {
  @Test("every job runs exactly once", arguments: [1, 2, 7])
  func runsEveryJobOnce(threads: Int) {
    let count = 5000
    let runs = Mutex([Int](repeating: 0, count: count))
    let pool = WorkerPool<Void>(threads: threads, queueLimit: count) {}
    for job in 0..<count {
      let isTaken = pool.submit { _ in runs.withLock { $0[job] += 1 } }
      #expect(isTaken)
    }
    pool.close()
    #expect(runs.withLock { $0.allSatisfy { $0 == 1 } })
  }

  @Test("one thread runs its jobs in the order in which they came")
  func order() {
    let seen = Mutex<[Int]>([])
    let pool = WorkerPool<Void>(threads: 1, queueLimit: 4000) {}
    for job in 0..<3000 { _ = pool.submit { _ in seen.withLock { $0.append(job) } } }
    pool.close()
    #expect(seen.withLock { $0 } == Array(0..<3000))
  }

  @Test("who hands out its own work waits for room, and every job runs in its order")
  func waitsForRoom() {
    let seen = Mutex<[Int]>([])
    let pool = WorkerPool<Void>(threads: 1, queueLimit: 2) {}
    for job in 0..<2000 {
      pool.submitWaiting { _ in seen.withLock { $0.append(job) } }
      #expect(pool.queueLength <= 2)
    }
    pool.close()
    #expect(seen.withLock { $0 } == Array(0..<2000))
    pool.submitWaiting { _ in seen.withLock { $0 = [] } }
    #expect(seen.withLock { $0.count } == 2000)
  }

  @Test("a full queue is told, and taken again when there is room")
  func fullQueue() {
    let started = Gate()
    let gate = Gate()
    let done = Mutex(0)
    let pool = WorkerPool<Void>(threads: 1, queueLimit: 3) {}
    let first = pool.submit { _ in
      started.open()
      gate.wait()
    }
    #expect(first)
    started.wait()
    for _ in 0..<3 {
      let isTaken = pool.submit { _ in done.withLock { $0 += 1 } }
      #expect(isTaken)
    }
    #expect(pool.queueLength == 3)
    let tooMany = pool.submit { _ in done.withLock { $0 += 100 } }
    #expect(!tooMany)
    gate.open()
    let emptied = Gate()
    while !pool.submit({ _ in emptied.open() }) { usleep(1000) }
    emptied.wait()
    pool.close()
    #expect(done.withLock { $0 } == 3)
  }

  @Test("closing waits for the jobs that were taken, and takes no more")
  func closing() {
    let done = Mutex(0)
    let pool = WorkerPool<Void>(threads: 2, queueLimit: 100) {}
    for _ in 0..<20 {
      _ = pool.submit { _ in
        usleep(2000)
        done.withLock { $0 += 1 }
      }
    }
    pool.close()
    #expect(done.withLock { $0 } == 20)
    let isTaken = pool.submit { _ in done.withLock { $0 += 1 } }
    #expect(!isTaken)
    pool.close()
    #expect(done.withLock { $0 } == 20)
    #expect(pool.queueLength == 0)
  }

  @Test("each thread has a state of its own that stays with it")
  func states() {
    struct State {
      let number: Int
      var jobs = 0
    }
    let made = Mutex(0)
    let seen = Mutex<[Int: [Int]]>([:])
    let pool = WorkerPool(threads: 4, queueLimit: 1000) {
      State(
        number: made.withLock { count in
          count += 1
          return count
        })
    }
    for _ in 0..<400 {
      _ = pool.submit { state in
        state.jobs += 1
        let (number, jobs) = (state.number, state.jobs)
        seen.withLock { $0[number, default: []].append(jobs) }
        usleep(50)
      }
    }
    pool.close()
    #expect(made.withLock { $0 } == 4)
    let counts = seen.withLock { $0 }
    #expect(counts.values.map(\.count).reduce(0, +) == 400)
    // A thread's jobs follow one another, so that its count grows by one each time.
    for jobs in counts.values { #expect(jobs == Array(1...jobs.count)) }
  }

  @Test("jobs may be submitted from many threads at once")
  func manySubmitters() {
    let done = Mutex(0)
    let taken = Mutex(0)
    let pool = WorkerPool<Void>(threads: 3, queueLimit: 64) {}
    DispatchQueue.concurrentPerform(iterations: 8) { _ in
      for _ in 0..<500 where pool.submit({ _ in done.withLock { $0 += 1 } }) {
        taken.withLock { $0 += 1 }
      }
    }
    pool.close()
    #expect(done.withLock { $0 } == taken.withLock { $0 })
    #expect(done.withLock { $0 } > 0)
  }

  @Test("a pool without threads has one all the same")
  func atLeastOneThread() {
    let done = Mutex(false)
    let pool = WorkerPool<Void>(threads: 0, queueLimit: 1) {}
    let isTaken = pool.submit { _ in done.withLock { $0 = true } }
    #expect(isTaken)
    pool.close()
    #expect(done.withLock { $0 })
  }
}
