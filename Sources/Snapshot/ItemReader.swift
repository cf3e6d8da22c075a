internal import CInline
internal import Features
internal import Geometry

/// Reads items of a band, with what stays the same from item to item.
///
/// Items and offsets lie within the file, as was checked when it was opened; what they say is checked
/// here.
@safe
struct ItemReader {
  let base: UnsafeRawPointer
  let pages: PageChecks
  let rowCount: Int
  /// Byte offsets in the file.
  let items: Int
  let offsets: Int
  let geometry: Int
  let geometryCount: Int
  let window: GridBox
  let audience: UInt8

  /// Where an item lies: within the file, so that sums below need no check.
  @inline(__always)
  private func place(_ position: Int) -> Int {
    items &+ SnapshotFormat.itemBytes &* position
  }

  @inline(__always)
  private func number<Number: FixedWidthInteger>(_ offset: Int, as type: Number.Type) -> Number {
    unsafe Number(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: type))
  }

  /// The item's row and kind; nil where the audience does not see it or it is beside the window.
  @inline(__always)
  func find(_ position: Int) -> (row: Int, kind: GeometryKind)? {
    let place = place(position)
    pages.touch(place, SnapshotFormat.itemBytes)
    let frame = number(place, as: UInt64.self)
    guard UInt8(truncatingIfNeeded: frame >> 48) <= audience,
      let kind = GeometryKind(rawValue: UInt8(truncatingIfNeeded: frame >> 32)),
      let box = box(place), box.intersects(window)
    else { return nil }
    return (Int(UInt32(truncatingIfNeeded: frame)), kind)
  }

  /// The row of any item, which nothing has checked.
  @inline(__always)
  private func row(_ position: Int) -> Int {
    Int(number(place(position), as: UInt32.self))
  }

  /// The code of a column in a row, 0 where the file has no such row.
  @inline(__always)
  func code(row: Int, of column: Snapshot.Column) -> UInt32 {
    guard row < rowCount else { return 0 }
    return unsafe column.code(row: row, base: base, pages: pages)
  }

  /// Asks for the code of a column in any item: rows lie in another order than items, so that most
  /// codes are in cache lines of their own.
  @inline(__always)
  func prefetch(_ position: Int, _ column: Snapshot.Column) {
    let row = row(position)
    guard row < rowCount else { return }
    unsafe ci_prefetch(base + (column.codes &+ column.codeWidth &* row))
  }

  /// Asks for the first items of a range; the processor sees for itself that more follow.
  @inline(__always)
  func prefetchItems(_ range: Range<Int>) {
    let start = place(range.lowerBound)
    let end = place(min(range.upperBound, range.lowerBound &+ 16))
    for offset in stride(from: start & ~63, to: end, by: 64) { unsafe ci_prefetch(base + offset) }
  }

  /// Asks for where the forms of a range's first items lie.
  @inline(__always)
  func prefetchOffsets(_ range: Range<Int>) {
    unsafe ci_prefetch(base + (offsets &+ 8 &* range.lowerBound))
    unsafe ci_prefetch(base + (offsets &+ 8 &* range.upperBound))
  }

  /// Asks for the beginning of an item's form.
  @inline(__always)
  func prefetchGeometry(_ position: Int) {
    let first = number(offsets &+ 8 &* position, as: UInt64.self)
    guard first <= UInt64(geometryCount) else { return }
    unsafe ci_prefetch(base + (geometry &+ Int(first)))
  }

  /// The row and kind of any item; a kind that does not exist is taken for a point.
  func form(_ position: Int) -> (row: Int, kind: GeometryKind) {
    let place = place(position)
    pages.touch(place, SnapshotFormat.itemBytes)
    let frame = number(place, as: UInt64.self)
    let kind = GeometryKind(rawValue: UInt8(truncatingIfNeeded: frame >> 32))
    return (Int(UInt32(truncatingIfNeeded: frame)), kind ?? .point)
  }

  /// Where the item at a byte offset is said to lie; nil where that cannot be.
  @inline(__always)
  private func box(_ place: Int) -> GridBox? {
    let shift = number(place &+ 5, as: UInt8.self)
    let originX = number(place &+ 8, as: Int64.self)
    let originY = number(place &+ 16, as: Int64.self)
    // One sum for both bounds; it is allowed to overflow.
    let limit = SnapshotFormat.placeLimit
    guard shift <= SnapshotFormat.shiftLimit,
      UInt64(bitPattern: originX &+ limit) <= UInt64(2 * limit),
      UInt64(bitPattern: originY &+ limit) <= UInt64(2 * limit)
    else { return nil }
    return GridBox(
      minX: originX, minY: originY, maxX: moved(originX, place &+ 24, shift),
      maxY: moved(originY, place &+ 28, shift))
  }

  @inline(__always)
  private func moved(_ origin: Int64, _ offset: Int, _ shift: UInt8) -> Int64 {
    origin &+ Int64(number(offset, as: Int32.self)) &<< Int64(shift)
  }

  /// How many parts and vertices the band has of an item, at most; nil where the form is too small for
  /// the band, or damaged.
  @inline(__always)
  func size(_ position: Int, isPoint: Bool) -> (parts: Int, vertices: Int)? {
    let offset = offsets &+ 8 &* position
    pages.touch(offset, 16)
    let first = number(offset, as: UInt64.self)
    let last = number(offset &+ 8, as: UInt64.self)
    guard first <= last, last <= UInt64(geometryCount) else { return nil }
    let length = Int(last &- first)
    guard length >= 4 else { return length == 0 && isPoint ? (1, 1) : nil }
    let place = geometry &+ Int(first)
    pages.touch(place, length)
    let parts = Int(number(place, as: UInt32.self))
    guard parts <= length / 4 - 1 else { return nil }
    return (parts, length / 8)
  }

  /// Appends items that were found and have a size.
  ///
  /// - Parameters:
  ///   - forms: as noted with the items.
  ///   - partCount: of all items; so is `vertexCount`.
  func append(
    _ hits: Span<SearchHit>, forms: FormNumbers, partCount: Int, vertexCount: Int,
    to selection: inout Selection
  ) {
    var parts: [Selection.Part] = []
    var vertices: [SIMD2<Int32>] = []
    swap(&parts, &selection.parts)
    swap(&vertices, &selection.vertices)
    defer {
      swap(&parts, &selection.parts)
      swap(&vertices, &selection.vertices)
    }
    let firstPart = parts.count
    let firstVertex = vertices.count
    selection.items.append(addingCapacity: hits.count) { items in
      parts.append(addingCapacity: partCount) { parts in
        vertices.append(addingCapacity: vertexCount) { vertices in
          unsafe parts.withUnsafeMutableBufferPointer { partBuffer, partCount in
            unsafe vertices.withUnsafeMutableBufferPointer { vertexBuffer, vertexCount in
              var target = unsafe PartTarget(
                parts: partBuffer, vertices: vertexBuffer, firstVertex: firstVertex)
              for i in hits.indices {
                let start = target.partCount
                guard let kind = appendParts(hits[i], to: &target) else { continue }
                items.append(
                  item(
                    hits[i], kind, forms: forms, firstPart: firstPart &+ start,
                    partCount: target.partCount &- start))
              }
              partCount = target.partCount
              vertexCount = target.vertexCount
            }
          }
        }
      }
    }
  }

  @inline(__always)
  private func item(
    _ hit: SearchHit, _ kind: GeometryKind, forms: FormNumbers, firstPart: Int, partCount: Int
  ) -> Selection.Item {
    let place = place(Int(hit.item))
    let shift = number(place &+ 5, as: UInt8.self)
    let originX = number(place &+ 8, as: Int64.self)
    let originY = number(place &+ 16, as: Int64.self)
    return Selection.Item(
      row: hit.row, kind: kind, firstPart: Int32(truncatingIfNeeded: firstPart),
      partCount: Int32(truncatingIfNeeded: partCount), firstCode: forms.firstCode(of: hit.form),
      form: forms.isNumbered ? hit.form : -1, shift: shift, originX: originX, originY: originY,
      box: GridBox(
        minX: originX, minY: originY, maxX: moved(originX, place &+ 24, shift),
        maxY: moved(originY, place &+ 28, shift)),
      anchor: GridPoint(
        x: moved(originX, place &+ 32, shift), y: moved(originY, place &+ 36, shift)))
  }

  /// Copies the band's parts of an item that has a size; nil where they do not agree with it.
  @inline(__always)
  private func appendParts(_ hit: SearchHit, to target: inout PartTarget) -> GeometryKind? {
    let kind = number(place(Int(hit.item)) &+ 4, as: UInt8.self)
    guard let kind = GeometryKind(rawValue: kind) else { return nil }
    let offset = offsets &+ 8 &* Int(hit.item)
    let first = number(offset, as: UInt64.self)
    let last = number(offset &+ 8, as: UInt64.self)
    guard first <= last, last <= UInt64(geometryCount) else { return nil }
    if first == last { return kind == .point && target.appendOrigin() ? kind : nil }
    let end = geometry &+ Int(last)
    var place = geometry &+ Int(first)
    guard end &- place >= 4 else { return nil }
    let partCount = Int(number(place, as: UInt32.self))
    guard partCount <= (end &- place) >> 2 &- 1 else { return nil }
    // Vertices start at a multiple of 8 bytes.
    let vertexPlace = (place &+ 4 &+ 4 &* partCount &+ 7) & ~7
    var total = 0
    for _ in 0..<partCount {
      place &+= 4
      let count = Int(number(place, as: UInt32.self))
      guard count <= (end &- vertexPlace) >> 3 &- total,
        target.appendPart(first: total, count: count)
      else { return nil }
      total &+= count
    }
    return unsafe target.appendVertices(base + vertexPlace, count: total) ? kind : nil
  }
}

/// Where the parts and vertices of a search are put.
@safe
private struct PartTarget {
  private let parts: UnsafeMutableBufferPointer<Selection.Part>
  private let vertices: UnsafeMutableBufferPointer<SIMD2<Int32>>
  /// The number of the first vertex.
  private let firstVertex: Int
  private(set) var partCount = 0
  private(set) var vertexCount = 0

  init(
    parts: UnsafeMutableBufferPointer<Selection.Part>,
    vertices: UnsafeMutableBufferPointer<SIMD2<Int32>>, firstVertex: Int
  ) {
    unsafe self.parts = unsafe parts
    unsafe self.vertices = unsafe vertices
    self.firstVertex = firstVertex
  }

  /// A part that begins `first` vertices after what is there; false where there is no room.
  @inline(__always)
  mutating func appendPart(first: Int, count: Int) -> Bool {
    guard unsafe partCount < parts.count, unsafe first &+ count <= vertices.count &- vertexCount,
      let target = unsafe parts.baseAddress
    else { return false }
    let start = firstVertex &+ vertexCount &+ first
    unsafe (target + partCount).initialize(
      to: Selection.Part(
        firstVertex: Int32(truncatingIfNeeded: start),
        vertexCount: Int32(truncatingIfNeeded: count)))
    partCount &+= 1
    return true
  }

  @inline(__always)
  mutating func appendVertices(_ source: UnsafeRawPointer, count: Int) -> Bool {
    guard unsafe count <= vertices.count &- vertexCount else { return false }
    guard count > 0, let target = unsafe vertices.baseAddress else { return true }
    unsafe UnsafeMutableRawPointer(target + vertexCount).copyMemory(
      from: source, byteCount: 8 * count)
    vertexCount &+= count
    return true
  }

  /// A part of one vertex at the item's origin.
  mutating func appendOrigin() -> Bool {
    guard appendPart(first: 0, count: 1), let target = unsafe vertices.baseAddress else {
      return false
    }
    unsafe (target + vertexCount).initialize(to: SIMD2(0, 0))
    vertexCount &+= 1
    return true
  }
}
