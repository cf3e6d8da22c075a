public import Geometry
public import Projection

extension FeatureQuery {
  /// Asks for what meets a box, east first: in degrees, or in another system, whose coordinates decide.
  public mutating func ask(
    for box: Box<Native>, in reference: ReferenceSystem?
  ) throws(QueryError) {
    guard let reference else {
      guard abs(box.minX) <= 180, abs(box.maxX) <= 180, abs(box.minY) <= 90, abs(box.maxY) <= 90,
        let degrees = Box<Geographic>(
          minX: box.minX, minY: box.minY, maxX: box.maxX, maxY: box.maxY)
      else {
        throw .outside(
          "The box is outside of ±180 and ±90 degrees; longitudes come first, or name a system.")
      }
      self.box = degrees
      return
    }
    self.box = try Self.degrees(of: box, in: reference)
    plane = PlaneBox(box: box, reference: reference)
  }

  /// The smallest box in degrees around one of another system.
  private static func degrees(
    of box: Box<Native>, in reference: ReferenceSystem
  ) throws(QueryError) -> Box<Geographic> {
    let reprojection: Reprojection
    do {
      reprojection = try Reprojection(from: reference, to: .geographic)
    } catch {
      throw .outside(error.description)
    }
    // Straight sides become curved ones, which may reach further than their ends.
    let steps = (0...16).map { Double($0) / 16 }
    let outline = steps.flatMap { share -> [Point<Native>] in
      let x = box.minX + (box.maxX - box.minX) * share
      let y = box.minY + (box.maxY - box.minY) * share
      return [
        Point(x: x, y: box.minY), Point(x: x, y: box.maxY), Point(x: box.minX, y: y),
        Point(x: box.maxX, y: y),
      ]
    }
    let places = outline.compactMap { place -> Point<Geographic>? in reprojection.forward(place) }
    guard places.count == outline.count, let tight = Box(around: places) else {
      throw .outside("The box lies outside of \(reference).")
    }
    // Between two of these places a side bends by less than a hundredth of the box.
    let x = (tight.maxX - tight.minX) / 100
    let y = (tight.maxY - tight.minY) / 100
    guard
      let wide = Box<Geographic>(
        minX: max(tight.minX - x, -180), minY: max(tight.minY - y, -90),
        maxX: min(tight.maxX + x, 180), maxY: min(tight.maxY + y, 90))
    else { throw .outside("The box lies outside of \(reference).") }
    return wide
  }
}
