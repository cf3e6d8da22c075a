internal import CFreeType

/// What a face says of itself, in font units, y up.
struct FaceMetrics: Equatable {
  var family: String
  var style: String
  var postScriptName: String
  var unitsPerEm: Int
  /// Above the baseline.
  var ascent: Int
  /// Below the baseline, positive.
  var descent: Int
}

/// The FreeType handles of one worker: FreeType's objects must not be used by two threads.
///
/// Outlines are taken unscaled and unhinted, as the integers that the file holds, so that no rounding
/// of FreeType's enters the pixels.
@safe struct OutlineReader: ~Copyable {
  private let fonts: [FontData]
  private let library: FT_Library?
  private let faces: [FT_Face?]

  init(fonts: [FontData]) {
    self.fonts = fonts
    var library: FT_Library?
    unsafe FT_Init_FreeType(&library)
    unsafe self.library = unsafe library
    unsafe faces = fonts.map { unsafe try? Self.open($0, in: library) }
  }

  deinit {
    for index in unsafe faces.indices { unsafe FT_Done_Face(faces[index]) }
    unsafe FT_Done_FreeType(library)
  }

  @unsafe private static func open(
    _ font: FontData, in library: FT_Library?
  ) throws(LetteringError) -> FT_Face {
    var face: FT_Face?
    let code = unsafe FT_New_Memory_Face(
      library, font.address, FT_Long(font.byteCount), FT_Long(font.index), &face)
    guard code == 0, let face = unsafe face else {
      throw LetteringError(.rejected(code: code), subject: font.file)
    }
    return unsafe face
  }

  /// Opens `font` once to see that it can be used, and reads its metrics.
  static func metrics(of font: FontData) throws(LetteringError) -> FaceMetrics {
    var library: FT_Library?
    unsafe FT_Init_FreeType(&library)
    defer { unsafe FT_Done_FreeType(library) }
    let face = unsafe try open(font, in: library)
    defer { unsafe FT_Done_Face(face) }
    let record = unsafe face.pointee
    // Outside these bounds of the specification, sizes could not be scaled without overflow.
    guard (16...16384).contains(unsafe Int(record.units_per_EM)) else {
      throw LetteringError(.rejected(code: 0), subject: font.file)
    }
    return unsafe FaceMetrics(
      family: text(record.family_name), style: text(record.style_name),
      postScriptName: text(FT_Get_Postscript_Name(face)),
      unitsPerEm: Int(record.units_per_EM), ascent: Int(record.ascender),
      descent: -Int(record.descender))
  }

  @unsafe private static func text(_ pointer: UnsafePointer<CChar>?) -> String {
    guard let pointer = unsafe pointer else { return "" }
    return unsafe String(cString: pointer)
  }

  /// The outline of a glyph, empty if it has none or cannot be read.
  func outline(font: Int, glyph: UInt32) -> GlyphOutline {
    var outline = GlyphOutline()
    let flags = FT_Int32(FT_LOAD_NO_SCALE | FT_LOAD_NO_BITMAP)
    guard let face = unsafe faces[font], unsafe FT_Load_Glyph(face, glyph, flags) == 0,
      let slot = unsafe face.pointee.glyph
    else { return outline }
    guard unsafe slot.pointee.format == FT_GLYPH_FORMAT_OUTLINE else { return outline }
    var functions = FT_Outline_Funcs()
    unsafe functions.move_to = { unsafe OutlineReader.append(.move, [$0], to: $1) }
    unsafe functions.line_to = { unsafe OutlineReader.append(.line, [$0], to: $1) }
    unsafe functions.conic_to = { unsafe OutlineReader.append(.quadratic, [$0, $1], to: $2) }
    unsafe functions.cubic_to = { unsafe OutlineReader.append(.cubic, [$0, $1, $2], to: $3) }
    let code = unsafe withUnsafeMutablePointer(to: &outline) { pointer in
      unsafe FT_Outline_Decompose(&slot.pointee.outline, &functions, pointer)
    }
    guard code == 0 else { return GlyphOutline() }
    outline.finish()
    return outline
  }

  @unsafe private static func append(
    _ verb: GlyphOutline.Verb, _ points: [UnsafePointer<FT_Vector>?],
    to outline: UnsafeMutableRawPointer?
  ) -> Int32 {
    guard let outline = unsafe outline?.assumingMemoryBound(to: GlyphOutline.self) else { return 1 }
    unsafe outline.pointee.verbs.append(verb)
    for index in unsafe points.indices {
      guard let point = unsafe points[index]?.pointee else { return 1 }
      unsafe outline.pointee.points.append(.init(x: Int(point.x), y: Int(point.y)))
    }
    return 0
  }
}
