internal import CHarfBuzz

/// One face of a font file, immutable and shared by all threads.
///
/// HarfBuzz loads a face's tables lazily with atomic operations, which makes an immutable face safe
/// to share; what is written while shaping lives in each worker's `Shaper`.
@safe final class FontData: @unchecked Sendable {
  let file: String
  /// The number of the face in a collection, else 0.
  let index: Int
  let byteCount: Int
  private let blob: OpaquePointer
  fileprivate let face: OpaquePointer

  /// - Parameter bytes: a file whose directory `FontTables` has accepted.
  init(bytes: FontBytes, index: Int, file: String) throws(LetteringError) {
    let made = unsafe bytes.withUnsafeBytes { buffer in
      // The blob keeps the bytes for as long as it or a part of it is there.
      unsafe hb_blob_create_or_fail(
        buffer.assumingMemoryBound(to: CChar.self).baseAddress, UInt32(buffer.count),
        HB_MEMORY_MODE_READONLY, Unmanaged.passRetained(bytes).toOpaque(),
        { kept in
          if let kept = unsafe kept { unsafe Unmanaged<FontBytes>.fromOpaque(kept).release() }
        })
    }
    guard let blob = unsafe made else { throw LetteringError(.rejected(code: 0), subject: file) }
    unsafe hb_blob_make_immutable(blob)
    guard let face = unsafe hb_face_create(blob, UInt32(index)) else {
      unsafe hb_blob_destroy(blob)
      throw LetteringError(.rejected(code: 0), subject: file)
    }
    unsafe hb_face_make_immutable(face)
    unsafe self.blob = unsafe blob
    unsafe self.face = unsafe face
    self.file = file
    self.index = index
    byteCount = bytes.count
  }

  deinit {
    unsafe hb_face_destroy(face)
    unsafe hb_blob_destroy(blob)
  }

  /// Where the bytes lie for as long as this object lives.
  @unsafe var address: UnsafePointer<UInt8>? {
    var length: UInt32 = 0
    guard let data = unsafe hb_blob_get_data(blob, &length) else { return nil }
    return unsafe UnsafeRawPointer(data).assumingMemoryBound(to: UInt8.self)
  }
}

/// One glyph as HarfBuzz places it: font units, y up.
struct RawGlyph {
  var id: UInt32
  /// The number of the first of its UTF-8 bytes in the text.
  var cluster: Int
  /// Along the line: to the right, or downward in vertical writing.
  var advance: Int
  var xOffset: Int
  var yOffset: Int
}

/// The HarfBuzz handles of one worker: a scaled font for each face and one reused buffer.
@safe struct Shaper: ~Copyable {
  private let fonts: [FontData]
  private let scaled: [OpaquePointer]
  private let buffer: OpaquePointer
  private let japanese: hb_language_t

  init(fonts: [FontData], unitsPerEm: [Int]) {
    self.fonts = fonts
    unsafe scaled = zip(fonts, unitsPerEm).map { font, units in
      // Neither call fails: without memory HarfBuzz hands out an inert object, which shapes nothing.
      let handle = unsafe hb_font_create(font.face) ?? hb_font_get_empty()!
      unsafe hb_font_set_scale(handle, Int32(units), Int32(units))
      unsafe hb_font_make_immutable(handle)
      return unsafe handle
    }
    unsafe buffer = unsafe hb_buffer_create() ?? hb_buffer_get_empty()!
    unsafe japanese = unsafe hb_language_from_string("ja", 2)
  }

  deinit {
    for index in unsafe scaled.indices { unsafe hb_font_destroy(scaled[index]) }
    unsafe hb_buffer_destroy(buffer)
  }

  /// The glyphs of a font that may be set without a look at their neighbours.
  func independentGlyphs(font: Int, vertical: Bool) -> IndependentGlyphs {
    var properties = unsafe hb_segment_properties_t()
    unsafe properties.direction = vertical ? HB_DIRECTION_TTB : HB_DIRECTION_LTR
    unsafe properties.script = HB_SCRIPT_HAN
    unsafe properties.language = unsafe japanese
    return unsafe IndependentGlyphs(
      font: scaled[font], face: fonts[font].face, properties: properties)
  }

  /// The glyph that a font shows for a character before any of its rules; 0 where it has none.
  func nominalGlyph(_ scalar: UInt32, font: Int) -> UInt32 {
    var glyph: UInt32 = 0
    return unsafe hb_font_get_nominal_glyph(scaled[font], scalar, &glyph) == 0 ? 0 : glyph
  }

  /// Shapes the bytes `range` of `text` with one font; glyph 0 stands where it has none.
  ///
  /// Script Han and language ja are fixed: fonts for all of East Asia would otherwise choose the
  /// Chinese shapes of unified ideographs.
  func shape(
    _ text: [UInt8], _ range: Range<Int>, font: Int, vertical: Bool, ligatures: Bool,
    into glyphs: inout [RawGlyph]
  ) {
    glyphs.removeAll(keepingCapacity: true)
    unsafe hb_buffer_clear_contents(buffer)
    unsafe hb_buffer_set_direction(buffer, vertical ? HB_DIRECTION_TTB : HB_DIRECTION_LTR)
    unsafe hb_buffer_set_script(buffer, HB_SCRIPT_HAN)
    unsafe hb_buffer_set_language(buffer, japanese)
    unsafe text.withUnsafeBytes { bytes in
      unsafe hb_buffer_add_utf8(
        buffer, bytes.assumingMemoryBound(to: CChar.self).baseAddress, Int32(bytes.count),
        UInt32(range.lowerBound), Int32(range.count))
    }
    if ligatures {
      unsafe hb_shape(scaled[font], buffer, nil, 0)
    } else {
      // Letters that are set apart must not be joined in one glyph.
      let off = [
        hb_feature_t(tag: Self.tag("liga"), value: 0, start: 0, end: UInt32.max),
        hb_feature_t(tag: Self.tag("clig"), value: 0, start: 0, end: UInt32.max),
      ]
      unsafe hb_shape(scaled[font], buffer, off, UInt32(off.count))
    }
    var infoCount: UInt32 = 0
    var positionCount: UInt32 = 0
    guard let infos = unsafe hb_buffer_get_glyph_infos(buffer, &infoCount),
      let positions = unsafe hb_buffer_get_glyph_positions(buffer, &positionCount)
    else { return }
    for index in 0..<Int(min(infoCount, positionCount)) {
      let info = unsafe infos[index]
      let position = unsafe positions[index]
      glyphs.append(
        RawGlyph(
          id: info.codepoint, cluster: Int(info.cluster),
          advance: vertical ? -Int(position.y_advance) : Int(position.x_advance),
          xOffset: Int(position.x_offset), yOffset: Int(position.y_offset)))
    }
  }

  private static func tag(_ name: StaticString) -> hb_tag_t {
    name.withUTF8Buffer { unsafe $0.reduce(0) { $0 << 8 | hb_tag_t($1) } }
  }
}
