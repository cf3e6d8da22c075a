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
    let reader = unsafe reader(base, band: band, window: window, audience: audience)
    let numbered =
      columns.count == 1 && columns[0] < columnCount
      && self.columns[columns[0]].codeCount <= FormCodes.codeLimit
    let codeColumns = columns.map { $0 < columnCount ? self.columns[$0] : Column.absent }
    var scratch = SearchScratch()
    swap(&scratch, &selection.scratch)
    defer { swap(&scratch, &selection.scratch) }
    var hits: [SearchHit] = []
    swap(&hits, &scratch.hits)
    defer { swap(&hits, &scratch.hits) }
    hits.removeAll(keepingCapacity: true)
    var codes: [UInt32] = []
    swap(&codes, &selection.codes)
    let codeCounts = codeColumns.map(\.codeCount)
    var ranges: [Range<Int>] = []
    swap(&ranges, &scratch.ranges)
    defer { swap(&ranges, &scratch.ranges) }
    FormNumbers.clear(&scratch.forms, codeCounts: codeCounts)
    let walk = unsafe codeColumns.withUnsafeBufferPointer { codeColumns in
      unsafe scratch.forms.withUnsafeMutableBufferPointer { table in
        var walk = unsafe ItemWalk(
          reader, columns: codeColumns,
          forms: FormNumbers(
            codeCounts: codeCounts, first: selection.formCount, firstCode: codes.count,
            table: table),
          cursor: numbered ? formCodes.codes(column: columns[0]).map { FormCursor($0) } : nil,
          ranges: &ranges)
        let indexWindow = index.rounded(window)
        for position in strata.indices where strata[position].band >= band {
          var isAsked = false
          forEachRange(in: indexWindow, of: strata[position].tree) { range in
            if !isAsked {
              isAsked = true
              guard walk.mayTake(from: strata[position], columns, where: isWanted) else {
                return false
              }
            }
            walk.note(range)
            return true
          }
          walk.takeNoted(where: isWanted, into: &hits, codes: &codes)
        }
        walk.measure(&hits)
        walk.giveBack(&ranges)
        return walk
      }
    }
    swap(&codes, &selection.codes)
    if selection.prefersKeyOrder { SearchHit.sort(&hits, &scratch.others) }
    reader.append(
      hits.span, forms: walk.forms, partCount: walk.partCount, vertexCount: walk.vertexCount,
      to: &selection)
    selection.formCount = walk.forms.end
    guard numbered, walk.cursor == nil, walk.wasted > 0 else { return }
    formCodes.note(column: columns[0], wasted: walk.wasted, itemCount: itemCount) {
      FormCodes(
        (0..<itemCount).map { item in
          let (row, kind) = reader.form(item)
          return FormCodes.number(kind, code(row: row, column: columns[0]))
        })
    }
  }

  @inline(__always)
  private func reader(
    _ base: UnsafeRawPointer, band: Int, window: GridBox, audience: Audience
  ) -> ItemReader {
    let geometry = section(.geometry)
    return unsafe ItemReader(
      base: base, pages: pages, rowCount: rowCount, items: section(.items).lowerBound,
      offsets: bandOffsets[band], geometry: geometry.lowerBound, geometryCount: geometry.count,
      window: window, audience: audience.rawValue)
  }

  /// Whether no visible item that the band may show has a box that meets the window: the first one
  /// found ends the search.
  func isEmpty(_ window: GridBox, band: Int, audience: Audience) -> Bool {
    guard !window.isEmpty, let base = unsafe file.bytes.baseAddress else { return true }
    let reader = unsafe reader(base, band: band, window: window, audience: audience)
    let indexWindow = index.rounded(window)
    return strata.allSatisfy { stratum in
      stratum.band < band
        || forEachRange(in: indexWindow, of: stratum.tree) { range in
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
    in window: IndexBox, of stratum: Stratum.Tree, _ visit: (Range<Int>) -> Bool
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
