internal import Features
internal import Geometry
internal import Raster

extension Path {
  /// Adds an item's parts, rounded on the world's grid and moved to the frame.
  mutating func append(
    _ item: Selection.Item, of selection: borrowing Selection, in frame: PictureFrame,
    closed: Bool
  ) {
    let map = GridMap(
      origin: SIMD2(item.originX, item.originY), shift: Int64(item.shift),
      bits: Int64(frame.unitBits - 8), target: SIMD2(frame.fixedOriginX, frame.fixedOriginY))
    for position in Int(item.firstPart)..<Int(item.firstPart + item.partCount) {
      let part = selection.parts[position]
      let first = Int(part.firstVertex)
      addContour(
        selection.vertices.span.extracting(first..<first + Int(part.vertexCount)), map,
        isClosed: closed)
    }
  }
}
