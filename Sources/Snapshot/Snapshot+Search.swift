internal import Features
internal import Geometry
internal import SpatialIndex

extension Snapshot {
  /// Appends the visible items whose boxes meet the window, with a band's geometry.
  ///
  /// Strata that the band does not show are not touched.
  func search(
    _ window: GridBox, band: Int, audience: Audience, columns: [Int],
    into selection: inout Selection
  ) {
    guard !window.isEmpty, let base = unsafe file.bytes.baseAddress else { return }
    let indexWindow = index.rounded(window)
    let reader = unsafe ItemReader(
      base: base, pages: pages, items: section(.items).lowerBound,
      offsets: bandOffsets[band], geometry: section(.geometry), window: window,
      audience: audience.rawValue)
    let nodeBytes = MemoryLayout<IndexNode>.stride
    for stratum in strata where stratum.band >= band && stratum.count > 0 {
      // Sections start at multiples of 64 bytes of a page-aligned mapping, as the nodes' type wants.
      let nodes = unsafe UnsafeBufferPointer(
        start: (base + stratum.nodes).assumingMemoryBound(to: IndexNode.self),
        count: stratum.nodeCount)
      let view = unsafe PackedRTreeView(nodes: nodes, count: stratum.count)
      view.forEachRange(in: indexWindow) { node in
        pages.touch(stratum.nodes + nodeBytes * node, nodeBytes)
      } _: { range in
        for position in range {
          guard let row = reader.append(stratum.firstItem + position, to: &selection)
          else { continue }
          for column in columns {
            selection.codes.append(code(row: row, column: column))
          }
        }
        return true
      }
    }
  }
}

/// Reads items of a band, with what stays the same from item to item.
///
/// Items and offsets lie within the file, as was checked when it was opened; what they say is checked
/// here.
@safe
private struct ItemReader {
  let base: UnsafeRawPointer
  let pages: PageChecks
  /// Byte offsets in the file.
  let items: Int
  let offsets: Int
  let geometry: Range<Int>
  let window: GridBox
  let audience: UInt8

  private func number<Number: FixedWidthInteger>(_ offset: Int, as type: Number.Type) -> Number {
    unsafe Number(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: type))
  }

  /// The item's row; nil where the audience does not see it, it is beside the window, or too small
  /// for the band.
  func append(_ position: Int, to selection: inout Selection) -> Int? {
    let place = items + SnapshotFormat.itemBytes * position
    pages.touch(place, SnapshotFormat.itemBytes)
    let frame = number(place, as: UInt64.self)
    guard UInt8(truncatingIfNeeded: frame >> 48) <= audience,
      let kind = GeometryKind(rawValue: UInt8(truncatingIfNeeded: frame >> 32))
    else { return nil }
    let shift = UInt8(truncatingIfNeeded: frame >> 40)
    let originX = number(place + 8, as: Int64.self)
    let originY = number(place + 16, as: Int64.self)
    let limit = SnapshotFormat.placeLimit
    guard shift <= SnapshotFormat.shiftLimit, originX >= -limit, originX <= limit,
      originY >= -limit, originY <= limit
    else { return nil }
    func moved(_ origin: Int64, _ offset: Int) -> Int64 {
      origin &+ Int64(number(place + offset, as: Int32.self)) << Int64(shift)
    }
    let box = GridBox(
      minX: originX, minY: originY, maxX: moved(originX, 24), maxY: moved(originY, 28))
    guard box.intersects(window) else { return nil }
    let firstPart = selection.parts.count
    guard appendParts(position, kind: kind, to: &selection) else { return nil }
    let row = UInt32(truncatingIfNeeded: frame)
    selection.items.append(
      Selection.Item(
        row: row, kind: kind, firstPart: Int32(firstPart),
        partCount: Int32(selection.parts.count - firstPart),
        firstCode: Int32(selection.codes.count), shift: shift, originX: originX, originY: originY,
        box: box, anchor: GridPoint(x: moved(originX, 32), y: moved(originY, 36))))
    return Int(row)
  }

  /// Copies the band's parts; false where the form is too small for the band.
  private func appendParts(
    _ position: Int, kind: GeometryKind, to selection: inout Selection
  ) -> Bool {
    let offset = offsets + 8 * position
    pages.touch(offset, 16)
    let first = number(offset, as: UInt64.self)
    let last = number(offset + 8, as: UInt64.self)
    guard first <= last, last <= UInt64(geometry.count) else { return false }
    if first == last {
      guard kind == .point else { return false }
      selection.parts.append(
        Selection.Part(firstVertex: Int32(selection.vertices.count), vertexCount: 1))
      selection.vertices.append(SIMD2(0, 0))
      return true
    }
    var place = geometry.lowerBound + Int(first)
    let end = geometry.lowerBound + Int(last)
    guard end - place >= 4 else { return false }
    pages.touch(place, end - place)
    let partCount = Int(number(place, as: UInt32.self))
    guard partCount <= (end - place) / 4 - 1 else { return false }
    // Vertices start at a multiple of 8 bytes.
    var vertexPlace = (place + 4 + 4 * partCount + 7) / 8 * 8
    guard vertexPlace <= end else { return false }
    for _ in 0..<partCount {
      place += 4
      let count = Int(number(place, as: UInt32.self))
      guard count <= (end - vertexPlace) / 8 else { return false }
      selection.parts.append(
        Selection.Part(
          firstVertex: Int32(selection.vertices.count), vertexCount: Int32(count)))
      let pairs = unsafe UnsafeRawBufferPointer(start: base + vertexPlace, count: 8 * count)
      unsafe selection.vertices.append(contentsOf: pairs.bindMemory(to: SIMD2<Int32>.self))
      vertexPlace += 8 * count
    }
    return true
  }
}
