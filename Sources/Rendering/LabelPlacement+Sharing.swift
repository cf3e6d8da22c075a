extension LabelPlacement {
  /// What a grid knows of the memo that it shares with others.
  struct Sharing {
    let grid: LabelMemo.Grid
    /// Cells that were asked for since the last window was given.
    var asked: Set<BlockID> = []
    /// Cells that came from the memo or are in it.
    var settled: Set<BlockID> = []

    init(_ grid: LabelMemo.Grid) {
      self.grid = grid
    }
  }

  /// Takes over from the memo what it has of the cells that ranges of blocks touch.
  ///
  /// - Returns: whether there was anything.
  mutating func takeOver(_ ranges: [BlockRange]) -> Bool {
    guard sharing != nil else { return false }
    var isAny = false
    for range in ranges where takeOver(range) { isAny = true }
    return isAny
  }

  private mutating func takeOver(_ range: BlockRange) -> Bool {
    let side = LabelCell.side
    var isAny = false
    for y in range.minY.floored(by: side)...range.maxY.floored(by: side) {
      for x in range.minX.floored(by: side)...range.maxX.floored(by: side) {
        let id = BlockID(x: x, y: y)
        guard sharing?.asked.insert(id).inserted == true, let cell = sharing?.grid.cell(id) else {
          continue
        }
        install(cell, id)
        sharing?.settled.insert(id)
        isAny = true
      }
    }
    return isAny
  }

  private mutating func install(_ cell: LabelCell, _ id: BlockID) {
    for group in groups.indices {
      let known = cell.groups[group]
      for block in 0..<LabelCell.side * LabelCell.side {
        let id = Self.block(block, of: id)
        // What was decided here already is the same.
        guard states[group].blocks[id] == nil else { continue }
        let first = states[group].entries.count
        if !known.ends.isEmpty {
          let start = block == 0 ? 0 : Int(known.ends[Int(block) - 1])
          for item in known.items[start..<Int(known.ends[Int(block)])] {
            candidates.append(item.candidate)
            states[group].entries.append(
              Entry(
                seed: item.seed, candidate: Int32(candidates.count - 1), choice: item.choice))
          }
        }
        states[group].blocks[id] = first..<states[group].entries.count
      }
    }
  }

  /// The cells inside a window that was asked about before and that the memo lacks, as far as others
  /// may ask for them: those behind the outermost ones are out of their labels' reach.
  mutating func unsharedCells<Maker: LabelMaker>(
    in window: LabelBox, maker: inout Maker
  ) -> [(id: BlockID, cell: LabelCell)] {
    guard sharing != nil else { return [] }
    let side = LabelCell.side * blockSide
    let columns = -((-window.minX).floored(by: side))..<window.maxX.floored(by: side)
    let rows = -((-window.minY).floored(by: side))..<window.maxY.floored(by: side)
    guard !columns.isEmpty, !rows.isEmpty else { return [] }
    var cells: [(id: BlockID, cell: LabelCell)] = []
    for y in rows {
      let isRim = y == rows.lowerBound || y == rows.upperBound - 1
      for x in columns where isRim || x == columns.lowerBound || x == columns.upperBound - 1 {
        let id = BlockID(x: x, y: y)
        guard sharing?.settled.contains(id) == false else { continue }
        cells.append((id, cell(id, &maker)))
      }
    }
    return cells
  }

  /// Gives cells to the others.
  mutating func share(_ cells: [(id: BlockID, cell: LabelCell)]) {
    for (id, cell) in cells {
      sharing?.grid.keep(cell, as: id)
      sharing?.settled.insert(id)
    }
  }

  private mutating func cell<Maker: LabelMaker>(_ id: BlockID, _ maker: inout Maker) -> LabelCell {
    LabelCell(
      groups.indices.map { group in
        var shown = LabelCell.Group()
        for block in 0..<LabelCell.side * LabelCell.side {
          for index in states[group].blocks[Self.block(block, of: id)] ?? 0..<0
          where states[group].entries[index].choice != Entry.givesWay {
            // Some obstacles were in nobody's way yet.
            guard let candidate = candidate(group, index, &maker) else { continue }
            let entry = states[group].entries[index]
            if shown.items.isEmpty { shown.ends = Array(repeating: 0, count: Int(block)) }
            shown.items.append(
              LabelCell.Item(
                seed: entry.seed, candidate: candidates[candidate], choice: entry.choice))
          }
          if !shown.items.isEmpty { shown.ends.append(Int32(shown.items.count)) }
        }
        return shown
      })
  }

  /// Leaves the memo: it does not list what gives way.
  mutating func decideAlone<Maker: LabelMaker>(_ maker: inout Maker) {
    guard sharing != nil else { return }
    sharing = nil
    forgetAll()
    maker.forget()
  }

  /// A block of a cell by its number, row by row.
  private static func block(_ number: Int64, of cell: BlockID) -> BlockID {
    BlockID(
      x: cell.x * LabelCell.side + number % LabelCell.side,
      y: cell.y * LabelCell.side + number / LabelCell.side)
  }
}

extension Int64 {
  /// Divided and rounded down.
  fileprivate func floored(by divisor: Int64) -> Int64 {
    let quotient = self / divisor
    return self % divisor < 0 ? quotient - 1 : quotient
  }
}
