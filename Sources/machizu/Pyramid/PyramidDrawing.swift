internal import Features
internal import Glibc
internal import JSON
internal import LayerStore
internal import Rendering
internal import Synchronization
internal import Tiles
internal import Workers
internal import Workspace

/// Writes a pyramid: draws with several threads, stores in the archive's order, and leaves what a
/// later run needs to go on wherever it ends.
///
/// The output depends on the plan only, not on the number of workers or on where runs ended. Memory:
/// the renderers, the tiles of `windowPerWorker` metatiles for each worker, and the writer's list.
struct PyramidDrawing {
  /// Metatiles that may be drawn before an earlier one of them is written.
  private static let windowPerWorker = 8

  let plan: PyramidPlan
  let workers: Int
  let isResumed: Bool
  let isUpdate: Bool
  /// After this long no more tiles are begun.
  let duration: Duration?
  /// Whether the process ends with a whole pyramid; see `Session.endsProcess`.
  let endsProcess: Bool
  let form: PyramidProgress.Form

  private var window: Int { workers * Self.windowPerWorker }

  private enum Ended {
    case whole
    case byRequest
    case byTime
    case byFailure([String])
  }

  private enum Drawn: Sendable {
    case tiles([(tile: TileID, bytes: [UInt8])])
    /// All of one content.
    case empty(ClosedRange<UInt64>, [UInt8])
    /// As the former archive has them.
    case kept([TileID])
    case failed(String)
  }

  /// - Returns: the exit status.
  func write(to output: String) throws -> Int32 {
    let kind = ArchiveKind(path: output) ?? .folder
    let description = try plan.description
    let facts = description.facts
    let former =
      try isUpdate ? FormerArchive(path: output, plan: plan, description: description) : nil
    if let former, former.isCurrent {
      report(former.reason)
      return 0
    }
    if isResumed, plan.tellsRevisions, try isWhole(output, facts) {
      report("\(output) is whole: nothing is left to do.")
      return 0
    }
    let writer = try kind.writer(
      path: output, run: UnfinishedRun(plan: facts.json, isResumed: isResumed),
      replacesFolder: isUpdate)
    if let former { report(former.reason) }
    StopRequest.listen()
    let total = plan.count
    var progress = PyramidProgress(
      form: form, total: total, done: writer.lastNumber.map(plan.count(upTo:)) ?? 0,
      output: writer.path)
    let job = plan.job
    let pool = WorkerPool<TileDrawer>(threads: workers, queueLimit: window) { TileDrawer(job) }
    defer { pool.close() }
    let ended: Ended
    do {
      ended = try draw(with: pool, into: writer, former: former, progress: &progress)
      if case .whole = ended {
        try writer.finish(try plan.toldDescription.facts)
      } else {
        try writer.checkpoint()
      }
    } catch {
      progress.close()
      if writer.lastNumber == nil { writer.cancel() }
      throw BilingualError(title: reason(error, writer), isRefusedInput: false)
    }
    progress.close()
    let status = tell(ended, progress: progress, writer: writer)
    // The archive is on the disk and has its name; the threads wait for work.
    if case .whole = ended, endsProcess { _exit(status) }
    return status
  }

  /// Why the writing ended, and what is left of it.
  private func reason(_ error: any Error, _ writer: any TileArchiveWriter) -> Title {
    var japanese = CommandError(error, language: .japanese).message
    var english = CommandError(error).message
    if writer.lastNumber != nil {
      japanese += "書けた分は\(writer.path).partに残っています。原因を直し、--resume を付けて実行してください。"
      english += " What is written stays in \(writer.path).part: mend it and add --resume."
    }
    return Title(japanese: japanese, english: english)
  }

  /// Whether an earlier run has ended with the archive that this one would write.
  private func isWhole(_ output: String, _ facts: ArchiveFacts) throws -> Bool {
    let name = output.hasSuffix("/") ? String(output.dropLast()) : output
    guard FileContents.exists(name), !FileContents.exists(name + ".part"),
      let archive = try? ArchiveTiles(path: name),
      let description = try? ArchiveDescription(archive)
    else { return false }
    return description.facts.json == facts.json
  }

  private func tell(
    _ ended: Ended, progress: PyramidProgress, writer: any TileArchiveWriter
  ) -> Int32 {
    let status: Int32
    let reason: String
    var failures: [String] = []
    switch ended {
    case .whole:
      progress.event("end") { $0.member("tiles", progress.done) }
      report("\(progress.done) tiles in \(writer.path)")
      return 0
    case .byRequest: (status, reason) = (1, "Stopped as asked")
    case .byTime: (status, reason) = (1, "The time is over")
    case .byFailure(let reasons):
      failures = reasons
      (status, reason) = (1, "Stopped, as tiles could not be drawn")
      for failure in reasons { Console.tell(failure) }
    }
    progress.event("stopped") { writer in
      writer.member("reason", reason)
      writer.member("done", progress.done)
      writer.key("failed")
      writer.beginArray()
      for failure in failures { writer.value(failure) }
      writer.endArray()
    }
    Console.tell(
      "\(reason): \(progress.done) tiles are kept in \(writer.path).part. "
        + "The same command with --resume goes on from there.")
    return status
  }

  private func report(_ text: String) {
    if form != .json { Console.tell(text) }
  }

  /// Gives the writer the tiles that it does not have yet.
  private func draw(
    with pool: WorkerPool<TileDrawer>, into writer: any TileArchiveWriter, former: FormerArchive?,
    progress: inout PyramidProgress
  ) throws -> Ended {
    let pieces = plan.pieces(after: writer.lastNumber)
    let delivery = OrderedDelivery<Drawn>()
    let isStopped = Atomic(false)
    defer { isStopped.store(true, ordering: .relaxed) }
    var submitted = 0
    func submitNext() {
      guard let piece = pieces.next() else { return }
      let number = submitted
      submitted += 1
      let tiles = piece.isEmpty ? [] : plan.tiles(of: piece)
      if let former, !piece.isEmpty, tiles.allSatisfy(former.keeps) {
        delivery.put(.kept(tiles), number: number)
        return
      }
      let isQueued = pool.submit { drawer in
        guard !isStopped.load(ordering: .relaxed) else { return }
        do {
          let drawn: Drawn =
            piece.isEmpty
            ? .empty(piece.numbers, try drawer.emptyTile(zoom: piece.range.zoom))
            : .tiles(try drawer.draw(tiles))
          delivery.put(drawn, number: number)
        } catch {
          let names = tiles.map(\.description).joined(separator: " ")
          delivery.put(
            .failed("Tiles \(names): \(CommandError(error).message)"), number: number)
        }
      }
      if !isQueued { delivery.put(.failed("The queue is full."), number: number) }
    }
    for _ in 0..<window { submitNext() }
    let began = ContinuousClock.now
    var schedule = CheckpointSchedule()
    var failures: [String] = []
    var taken = 0
    while taken < submitted {
      let drawn = delivery.take()
      taken += 1
      if failures.isEmpty {
        if StopRequest.isMade { return .byRequest }
        if let duration, ContinuousClock.now - began >= duration { return .byTime }
      }
      switch drawn {
      case .failed(let reason): failures.append(reason)
      // The archive's order has no gaps: behind a tile that failed nothing is written.
      case _ where !failures.isEmpty: break
      case .tiles(let tiles):
        for (tile, bytes) in tiles { try writer.add(bytes, for: tile) }
        progress.advance(tiles.count)
      case .empty(let numbers, let bytes):
        try writer.add(bytes, for: numbers)
        progress.advance(numbers.count)
      case .kept(let tiles):
        for tile in tiles {
          guard let bytes = try former?.archive.tile(tile) else { continue }
          try writer.add(bytes, for: tile)
        }
        progress.advance(tiles.count)
      }
      if failures.isEmpty {
        submitNext()
        try schedule.checkpointIfDue(writer)
      }
    }
    return failures.isEmpty ? .whole : .byFailure(failures)
  }
}

/// When to make what is written outlast the run: about every second, and seldom enough that it takes a
/// twentieth of the time at most.
private struct CheckpointSchedule {
  private var last = ContinuousClock.now
  private var pause = Duration.seconds(1)

  mutating func checkpointIfDue(_ writer: any TileArchiveWriter) throws(ArchiveError) {
    let now = ContinuousClock.now
    guard now - last >= pause else { return }
    try writer.checkpoint()
    last = .now
    pause = max(.seconds(1), (last - now) * 20)
  }
}
