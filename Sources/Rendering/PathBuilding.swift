internal import Features
internal import Geometry
internal import Raster

extension Path {
  /// Adds an item's parts, rounded on the world's grid and moved to the frame.
  mutating func append(
    _ item: Selection.Item, of selection: borrowing Selection, in frame: PictureFrame,
    closed: Bool
  ) {
    let originX = frame.fixedOriginX
    let originY = frame.fixedOriginY
    for position in Int(item.firstPart)..<Int(item.firstPart + item.partCount) {
      let part = selection.parts[position]
      let first = Int(part.firstVertex)
      for vertex in first..<first + Int(part.vertexCount) {
        let place = frame.fixed(selection.point(vertex, of: item))
        if vertex == first {
          move(place.x - originX, place.y - originY)
        } else {
          line(place.x - originX, place.y - originY)
        }
      }
      if closed { close() }
    }
  }
}
