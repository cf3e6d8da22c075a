import SpatialIndex

/// Times the packed tree over the boxes of ../shared/bench/kernels and prints a line for the build,
/// for windows that return about 1, 100 and 10,000 boxes, and for the ten nearest.
///
/// The build begins with the file's doubles. Boxes are stored in eighths of a unit, rounded outward.
/// The mean number of hits and the mean distance of the tenth nearest are printed, and compared with
/// the folder's check values where it states them.
func benchIndex(boxes folder: String, tag: String, json: Bool) throws {
  func numbers(_ name: String) throws -> [Double] {
    let path = "\(folder)/\(name)_\(tag).f64"
    let bytes = try BenchFile.read(path)
    let size = name == "knn" ? 16 : 32
    guard !bytes.isEmpty, bytes.count % size == 0 else {
      throw BenchError(
        description: "\(path) has \(bytes.count) bytes; it must be groups of \(size).")
    }
    return stride(from: 0, to: bytes.count, by: 8).map { start in
      var word: UInt64 = 0
      for byte in 0..<8 { word |= UInt64(bytes[start + byte]) << UInt64(8 * byte) }
      return Double(bitPattern: word)
    }
  }
  let corners = try numbers("boxes")
  var tree = PackedRTree([])
  let build = BenchTimes("index/build", minimumRuns: 3) { tree = PackedRTree(indexBoxes(corners)) }
  let bytes = 64 * 4 * tree.nodes.count + 4 * tree.order.count
  print(
    build.line(
      json: json,
      extra: [
        ("per_second", Int(Double(tree.count) * 1e6 / build.median)),
        ("centibytes_per_item", bytes * 100 / max(tree.count, 1)),
      ]))

  var found = HitBuffer()
  let expected = ["1": 1.01, "100": 101.8, "10000": 10041.9]
  for size in ["1", "100", "10000"] {
    let windows = indexBoxes(try numbers("q\(size)"))
    var hits = 0
    let times = BenchTimes("index/window-\(size)") {
      hits = 0
      for window in windows {
        tree.search(window, into: &found)
        hits += found.count
      }
    }
    let mean = Double(hits) / Double(windows.count)
    if tag == "1m", let wanted = expected[size], abs(mean - wanted) > wanted * 0.005 {
      throw BenchError(description: "Windows of \(size) find \(mean) boxes; \(wanted) are there.")
    }
    print(
      times.line(
        json: json,
        extra: [
          ("per_second", Int(Double(windows.count) * 1e6 / times.median)),
          ("centihits", Int((mean * 100).rounded())),
        ]))
  }

  let places = try numbers("knn").map { Int32(clamping: Int64(($0 * 8).rounded())) }
  var search = NearestSearch()
  var sum = 0.0
  let times = BenchTimes("index/nearest-10") {
    sum = tree.withView { view in
      var sum = 0.0
      for place in stride(from: 0, to: places.count, by: 2) {
        search.search(view, x: places[place], y: places[place + 1], limit: 10)
        sum += (search.neighbours.last?.distance ?? 0).squareRoot() / 8
      }
      return sum
    }
  }
  let mean = sum * 2 / Double(places.count)
  if tag == "1m", abs(mean - 707.4330) > 0.0001 {
    throw BenchError(description: "The tenth nearest is \(mean) away in the mean; it is 707.4330.")
  }
  print(
    times.line(
      json: json,
      extra: [
        ("per_second", Int(Double(places.count / 2) * 1e6 / times.median)),
        ("distance_e4", Int((mean * 10_000).rounded())),
      ]))
}

/// Groups of minX, minY, maxX and maxY in eighths, rounded outward.
private func indexBoxes(_ corners: [Double]) -> [IndexBox] {
  func down(_ value: Double) -> Int32 { eighths((value * 8).rounded(.down)) }
  func up(_ value: Double) -> Int32 { eighths((value * 8).rounded(.up)) }
  return stride(from: 0, to: corners.count, by: 4).map {
    IndexBox(
      minX: down(corners[$0]), minY: down(corners[$0 + 1]), maxX: up(corners[$0 + 2]),
      maxY: up(corners[$0 + 3]))
  }
}

private func eighths(_ value: Double) -> Int32 {
  value >= 2_147_483_647 ? .max : value > -2_147_483_648 ? Int32(value) : .min
}
