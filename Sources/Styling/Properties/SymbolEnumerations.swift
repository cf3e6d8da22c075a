/// How a line ends.
public enum LineCap: String, Sendable, Hashable, CaseIterable {
  case butt, round, square
}

/// How two parts of a line meet.
public enum LineJoin: String, Sendable, Hashable, CaseIterable {
  case bevel, round, miter
}

/// Where symbols stand on their features.
public enum SymbolPlacement: String, Sendable, Hashable, CaseIterable {
  /// At a point, or inside a polygon, or at the middle vertex of a line.
  case point
  /// Along a line or an outline, every `symbolSpacing` pixels.
  case line
  /// Once, at the middle of a line or an outline.
  case lineCenter = "line-center"
}

/// The part of a symbol or a text that stands at its anchor.
public enum SymbolAnchor: String, Sendable, Hashable, CaseIterable {
  case center, left, right, top, bottom
  case topLeft = "top-left"
  case topRight = "top-right"
  case bottomLeft = "bottom-left"
  case bottomRight = "bottom-right"
}

/// What a symbol's rotation is counted from.
public enum SymbolAlignment: String, Sendable, Hashable, CaseIterable {
  /// The line's direction along lines, north at points.
  case map
  /// The picture's upper edge.
  case viewport
  /// As `map` along lines, as `viewport` at points.
  case auto
}

/// How the lines of a text stand to one another.
public enum TextJustification: String, Sendable, Hashable, CaseIterable {
  /// Towards the anchor.
  case auto
  case left, center, right
}

/// The direction in which a text is set.
public enum TextWritingMode: String, Sendable, Hashable, CaseIterable {
  case horizontal, vertical
}

/// How letters are changed before a text is set.
public enum TextTransform: String, Sendable, Hashable, CaseIterable {
  case none, uppercase, lowercase
}
