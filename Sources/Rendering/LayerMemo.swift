internal import Features
internal import Raster
internal import Styling

/// What was decided on the features of one style layer, by its type.
enum LayerMemo {
  case background(BackgroundPaint)
  case fill(PaintMemo<FillPaint>)
  case line(PaintMemo<LinePaint>)
  case circle(PaintMemo<CirclePaint>)
  case symbol(PaintMemo<SymbolTemplate>)

  var columns: [Int] {
    switch self {
    case .background: []
    case .fill(let memo): memo.columns
    case .line(let memo): memo.columns
    case .circle(let memo): memo.columns
    case .symbol(let memo): memo.columns
    }
  }

  func trim() {
    switch self {
    case .background: break
    case .fill(let memo): memo.trim()
    case .line(let memo): memo.trim()
    case .circle(let memo): memo.trim()
    case .symbol(let memo): memo.trim()
    }
  }

  func forget() {
    switch self {
    case .background: break
    case .fill(let memo): memo.forget()
    case .line(let memo): memo.forget()
    case .circle(let memo): memo.forget()
    case .symbol(let memo): memo.forget()
    }
  }

  /// - Parameters:
  ///   - context: of a feature without properties.
  ///   - layouts: of a symbol layer.
  init(
    _ style: StyleLayer, view: any LayerView, context: EvaluationContext, map: MapStyle, scale: Int,
    layouts: SymbolLayouts?
  ) {
    func memo<Paint: PaintContent>(
      _ make: @escaping (StyleLayer, EvaluationContext) -> Paint?
    ) -> PaintMemo<Paint> {
      PaintMemo(style, view: view, context: context, make: make)
    }
    switch style.type {
    case .background: self = .background(style.backgroundPaint(in: context))
    case .fill:
      let base = style.fillPaint(in: context)
      self = .fill(memo { $0.fillPaint(in: $1, base: base) })
    case .line:
      let base = style.linePaint(in: context)
      self = .line(memo { $0.linePaint(in: $1, base: base) })
    case .circle:
      let base = style.circlePaint(in: context)
      self = .circle(memo { $0.circlePaint(in: $1, base: base) })
    case .symbol:
      let layouts = layouts ?? style.symbolLayouts(in: context)
      self = .symbol(
        memo { _, context in
          let layout = layouts.layout(in: context)
          return SymbolTemplate(
            layout, scale: scale,
            iconSide: layout.icon.image.map { map.symbols.longerSide(of: $0) } ?? 0,
            repeatDistance: style.repeatDistance)
        })
    }
  }

  /// Whether it hides all that lies below.
  var coversGround: Bool {
    guard case .background(let paint) = self else { return false }
    return paint.pattern == nil && Colour(paint.colour, opacity: paint.opacity).alpha == 255
  }
}
