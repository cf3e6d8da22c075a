internal import Raster
internal import Styling

extension StyleLayer {
  /// How far any feature may be drawn from its box, in pixels of a 1× picture; labels do not count.
  ///
  /// - Parameter context: of a feature without properties, at the zoom.
  func reachPixels(in context: EvaluationContext) -> Int {
    switch type {
    case .background: 0
    case .fill: 2
    case .line: lineReach(linePaint(in: context))
    case .circle: circleReach(circlePaint(in: context))
    case .symbol: paints ? TileRenderer.reachPixels : 0
    }
  }

  private func lineReach(_ paint: LinePaint) -> Int {
    let limit = Double(TileRenderer.reachPixels)
    let width = min(largest("line-width", paint.width), limit)
    let gap = min(largest("line-gap-width", paint.gapWidth), limit / 2)
    let offset = isFeatureConstant("line-offset") ? min(abs(paint.offset), limit / 2) : limit / 2
    let aside = gap > 0 ? offset + (gap + width) / 2 : offset
    let isMitered = !isFeatureConstant("line-join") || paint.join == .miter
    let miter = isMitered ? min(largest("line-miter-limit", paint.miterLimit), 4) : 1
    // A parallel's corners are up to twice as far from the line, square ends 1.5 times half the width.
    return Self.whole(max(miter, 1.5) * width / 2 + 2 * aside)
  }

  private func circleReach(_ paint: CirclePaint) -> Int {
    Self.whole(
      largest("circle-radius", paint.radius) + largest("circle-stroke-width", paint.strokeWidth))
  }

  /// The greatest value of a property that is nowhere negative.
  ///
  /// - Parameter constant: its value if it is the same for all features.
  private func largest(_ property: String, _ constant: Double) -> Double {
    isFeatureConstant(property) ? constant : max(largestNumber(property) ?? .infinity, 0)
  }

  /// With what rounding adds and what the rasterizer's window of lines does; nothing is drawn further
  /// than `TileRenderer.reachPixels`.
  private static func whole(_ reach: Double) -> Int {
    let limit = Double(TileRenderer.reachPixels)
    return Int(min(reach.rounded(.up) + 3, limit))
  }
}
