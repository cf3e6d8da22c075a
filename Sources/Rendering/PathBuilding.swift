internal import Features
internal import Geometry
internal import Raster

extension Path {
  /// Adds the parts of items, rounded on the world's grid and moved to the frame; those of areas are
  /// closed.
  mutating func append(
    _ positions: ArraySlice<Int32>, of selection: borrowing Selection, in frame: PictureFrame
  ) {
    var contours: [GridContour] = []
    contours.reserveCapacity(positions.reduce(0) { $0 + Int(selection.items[Int($1)].partCount) })
    for position in positions {
      Self.append(selection.items[Int(position)], selection.parts, to: &contours)
    }
    addContours(
      contours.span, of: selection.vertices.span, bits: Int64(frame.unitBits - 8),
      target: SIMD2(frame.fixedOriginX, frame.fixedOriginY))
  }

  @inline(__always)
  private static func append(
    _ item: Selection.Item, _ parts: [Selection.Part],
    to contours: inout [GridContour]
  ) {
    let limit = GridContour.narrowLimit
    let isNarrow =
      item.box.maxX - item.box.minX <= limit && item.box.maxY - item.box.minY <= limit
    for position in Int(item.firstPart)..<Int(item.firstPart + item.partCount) {
      let part = parts[position]
      contours.append(
        GridContour(
          first: part.firstVertex, count: part.vertexCount,
          origin: SIMD2(item.originX, item.originY), shift: item.shift,
          isClosed: item.kind == .polygon, isNarrow: isNarrow))
    }
  }
}
