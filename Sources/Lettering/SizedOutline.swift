internal import Raster

/// The contours of an upright glyph at a size, its curves flattened: what is drawn again and again.
///
/// An object, so that one reference is counted where its path would have several.
final class SizedOutline {
  /// 24.8 pixels, y down.
  let path: Path
  /// Around the outline's control points; nil for a glyph without ink.
  let box: TextBox?

  init(_ path: Path, box: TextBox?) {
    self.path = path
    self.box = box
  }
}
