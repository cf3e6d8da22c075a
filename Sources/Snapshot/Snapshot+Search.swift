internal import Features
internal import Geometry
internal import SpatialIndex

extension Snapshot {
  /// Appends the visible items whose boxes meet the window, with a band's geometry.
  ///
  /// Strata that the band does not show are not touched, nor the geometry of what is not wanted.
  func search(
    _ window: GridBox, band: Int, audience: Audience, columns: [Int],
    where isWanted: (GeometryKind, Span<UInt32>) -> Bool, into selection: inout Selection
  ) {
    guard !window.isEmpty, let base = unsafe file.bytes.baseAddress else { return }
    let indexWindow = index.rounded(window)
    let reader = unsafe ItemReader(
      base: base, pages: pages, items: section(.items).lowerBound,
      offsets: bandOffsets[band], geometry: section(.geometry), window: window,
      audience: audience.rawValue)
    let numbered =
      columns.count == 1 && columns[0] < columnCount
      && self.columns[columns[0]].codeCount <= FormCodes.codeLimit
    let forms = numbered ? formCodes.codes(column: columns[0]) : nil
    var refused: UInt64 = 0
    var wasted = 0
    var codes = [UInt32](repeating: 0, count: columns.count)
    for stratum in strata
    where stratum.band >= band && stratum.mayHold(columns, picked: &codes, where: isWanted) {
      forEachRange(in: indexWindow, of: stratum) { range in
        var item = range.lowerBound
        while true {
          if let forms { item = forms.next(in: item..<range.upperBound, refused: refused) }
          guard item < range.upperBound else { return true }
          defer { item += 1 }
          guard let (row, kind) = reader.find(item) else { continue }
          for (place, column) in columns.enumerated() {
            codes[place] = code(row: row, column: column)
          }
          guard isWanted(kind, codes.span) else {
            wasted += 1
            if numbered { refused |= 1 << FormCodes.number(kind, codes[0]) }
            continue
          }
          let firstCode = selection.codes.count
          if reader.append(item, row: row, kind: kind, firstCode: firstCode, to: &selection) {
            selection.codes.append(contentsOf: codes)
          }
        }
      }
    }
    guard numbered, forms == nil, wasted > 0 else { return }
    formCodes.note(column: columns[0], wasted: wasted, itemCount: itemCount) {
      FormCodes(
        (0..<itemCount).map { item in
          let (row, kind) = reader.form(item)
          return FormCodes.number(kind, code(row: row, column: columns[0]))
        })
    }
  }

  /// Whether no visible item that the band may show has a box that meets the window: the first one
  /// found ends the search.
  func isEmpty(_ window: GridBox, band: Int, audience: Audience) -> Bool {
    guard !window.isEmpty, let base = unsafe file.bytes.baseAddress else { return true }
    let reader = unsafe ItemReader(
      base: base, pages: pages, items: section(.items).lowerBound,
      offsets: bandOffsets[band], geometry: section(.geometry), window: window,
      audience: audience.rawValue)
    let indexWindow = index.rounded(window)
    return strata.allSatisfy { stratum in
      stratum.band < band
        || forEachRange(in: indexWindow, of: stratum) { range in
          range.allSatisfy { reader.find($0) == nil }
        }
    }
  }

  /// Calls `visit` with ranges of items that together are those of a stratum whose rounded boxes meet
  /// the window, until it answers false.
  ///
  /// - Returns: whether the search came to its end.
  @discardableResult @inline(__always)
  private func forEachRange(
    in window: IndexBox, of stratum: Stratum, _ visit: (Range<Int>) -> Bool
  ) -> Bool {
    guard let base = unsafe file.bytes.baseAddress else { return true }
    let nodeBytes = MemoryLayout<IndexNode>.stride
    // Sections start at multiples of 64 bytes of a page-aligned mapping, as the nodes' type wants.
    let nodes = unsafe UnsafeBufferPointer(
      start: (base + stratum.nodes).assumingMemoryBound(to: IndexNode.self),
      count: stratum.nodeCount)
    let view = unsafe PackedRTreeView(nodes: nodes, count: stratum.count)
    return view.forEachRange(in: window) { node in
      pages.touch(stratum.nodes + nodeBytes * node, nodeBytes)
    } _: { range in
      visit(stratum.firstItem + range.lowerBound..<stratum.firstItem + range.upperBound)
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

  /// The item's row and kind; nil where the audience does not see it or it is beside the window.
  @inline(__always)
  func find(_ position: Int) -> (row: Int, kind: GeometryKind)? {
    let place = items + SnapshotFormat.itemBytes * position
    pages.touch(place, SnapshotFormat.itemBytes)
    let frame = number(place, as: UInt64.self)
    guard UInt8(truncatingIfNeeded: frame >> 48) <= audience,
      let kind = GeometryKind(rawValue: UInt8(truncatingIfNeeded: frame >> 32)),
      let box = box(place), box.intersects(window)
    else { return nil }
    return (Int(UInt32(truncatingIfNeeded: frame)), kind)
  }

  /// The row and kind of any item; a kind that does not exist is taken for a point.
  func form(_ position: Int) -> (row: Int, kind: GeometryKind) {
    let place = items + SnapshotFormat.itemBytes * position
    pages.touch(place, SnapshotFormat.itemBytes)
    let frame = number(place, as: UInt64.self)
    let kind = GeometryKind(rawValue: UInt8(truncatingIfNeeded: frame >> 32))
    return (Int(UInt32(truncatingIfNeeded: frame)), kind ?? .point)
  }

  /// Where the item at a byte offset is said to lie; nil where that cannot be.
  @inline(__always)
  private func box(_ place: Int) -> GridBox? {
    let shift = number(place + 5, as: UInt8.self)
    let originX = number(place + 8, as: Int64.self)
    let originY = number(place + 16, as: Int64.self)
    let limit = SnapshotFormat.placeLimit
    guard shift <= SnapshotFormat.shiftLimit, originX >= -limit, originX <= limit,
      originY >= -limit, originY <= limit
    else { return nil }
    return GridBox(
      minX: originX, minY: originY, maxX: moved(originX, place + 24, shift),
      maxY: moved(originY, place + 28, shift))
  }

  @inline(__always)
  private func moved(_ origin: Int64, _ offset: Int, _ shift: UInt8) -> Int64 {
    origin &+ Int64(number(offset, as: Int32.self)) << Int64(shift)
  }

  /// Appends an item that was found; false where it is too small for the band.
  func append(
    _ position: Int, row: Int, kind: GeometryKind, firstCode: Int, to selection: inout Selection
  ) -> Bool {
    let place = items + SnapshotFormat.itemBytes * position
    let firstPart = selection.parts.count
    guard let box = box(place), appendParts(position, kind: kind, to: &selection) else {
      return false
    }
    let shift = number(place + 5, as: UInt8.self)
    selection.items.append(
      Selection.Item(
        row: UInt32(row), kind: kind, firstPart: Int32(firstPart),
        partCount: Int32(selection.parts.count - firstPart), firstCode: Int32(firstCode),
        shift: shift, originX: box.minX, originY: box.minY, box: box,
        anchor: GridPoint(
          x: moved(box.minX, place + 32, shift), y: moved(box.minY, place + 36, shift))))
    return true
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
