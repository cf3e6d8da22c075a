internal import Features
internal import Geometry
internal import Raster

extension Path {
  /// Adds the parts of items, rounded on the world's grid and moved to the frame; those of areas are
  /// closed.
  ///
  /// - Parameter contours: memory.
  mutating func append(
    _ positions: ArraySlice<Int32>, of selection: borrowing Selection, in frame: PictureFrame,
    using contours: inout [GridContour]
  ) {
    contours.removeAll(keepingCapacity: true)
    let items = selection.items.span
    let parts = selection.parts.span
    var count = 0
    for position in positions { count &+= Int(items[Int(position)].partCount) }
    contours.append(addingCapacity: count) { contours in
      for position in positions {
        Self.append(items[Int(position)], parts, to: &contours)
      }
    }
    addContours(
      contours.span, of: selection.vertices.span, bits: Int64(frame.unitBits - 8),
      target: SIMD2(frame.fixedOriginX, frame.fixedOriginY))
  }

  @inline(__always)
  private static func append(
    _ item: Selection.Item, _ parts: Span<Selection.Part>,
    to contours: inout OutputSpan<GridContour>
  ) {
    let limit = GridContour.narrowLimit
    let isNarrow =
      item.box.maxX &- item.box.minX <= limit && item.box.maxY &- item.box.minY <= limit
    let first = Int(item.firstPart)
    for position in first..<first &+ Int(item.partCount) {
      contours.append(
        GridContour(
          first: parts[position].firstVertex, count: parts[position].vertexCount,
          origin: SIMD2(item.originX, item.originY), shift: item.shift,
          isClosed: item.kind == .polygon, isNarrow: isNarrow))
    }
  }
}
