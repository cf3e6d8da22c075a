internal import CHarfBuzz

/// The glyphs of a font that look and stand the same whatever their neighbours are.
///
/// HarfBuzz tells which rules of the font (ligatures, kerning, forms in context) its plan for a
/// direction holds. The set is made so that none but replacements of single glyphs can apply within a
/// text of its glyphs alone: such a text may be set character by character. It is empty for fonts with
/// rules in other tables than OpenType's.
struct IndependentGlyphs {
  /// A bit for each glyph.
  private let bits: [UInt64]

  func contains(_ glyph: UInt32) -> Bool {
    let word = Int(glyph >> 6)
    return word < bits.count && bits[word] >> UInt64(glyph & 63) & 1 != 0
  }

  /// Whether a character can neither join another one (as marks and halves of emoji do) nor vanish.
  static func isPlain(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x20...0x7E, 0xA1...0xAC, 0xAE...0x2AF: true
    case 0x3000...0x3029, 0x3030...0x303D, 0x3041...0x3096, 0x309B...0x30FF: true
    case 0x31F0...0x31FF, 0x3300...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAD9: true
    case 0xFF01...0xFF9D, 0xFFE0...0xFFE6, 0x20000...0x323AF: true
    default: false
    }
  }

  private static func isLetter(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x3041...0x3096, 0x30A1...0x30FC: true
    case 0x4E00...0x9FFF: true
    default: false
    }
  }

  /// - Parameters:
  ///   - font: its handle of HarfBuzz; `properties` those of the texts that will be set.
  @unsafe init(font: OpaquePointer, face: OpaquePointer, properties: hb_segment_properties_t) {
    var properties = unsafe properties
    let tables: [StaticString] = ["kern", "kerx", "morx", "mort", "trak"]
    let hasOtherRules = tables.contains { unsafe !Self.bytes(of: Self.tag($0), face: face).isEmpty }
    guard !hasOtherRules,
      let plan = unsafe hb_shape_plan_create_cached(face, &properties, nil, 0, nil)
    else {
      bits = []
      return
    }
    defer { unsafe hb_shape_plan_destroy(plan) }
    let glyphs = unsafe GlyphSet()
    let characters = unsafe GlyphSet()
    unsafe hb_face_collect_unicodes(face, characters.handle)
    let letters = unsafe GlyphSet()
    unsafe characters.visit { character in
      var glyph: UInt32 = 0
      guard Self.isPlain(character), unsafe hb_font_get_nominal_glyph(font, character, &glyph) != 0
      else { return }
      unsafe hb_set_add(glyphs.handle, glyph)
      if Self.isLetter(character) { unsafe hb_set_add(letters.handle, glyph) }
    }
    unsafe Self.removeDependent(from: glyphs, letters: letters, face: face, plan: plan)
    var bits: [UInt64] = []
    unsafe glyphs.visit { glyph in
      let word = Int(glyph >> 6)
      if word >= bits.count {
        bits.append(contentsOf: repeatElement(0, count: word + 1 - bits.count))
      }
      bits[word] |= 1 << UInt64(glyph & 63)
    }
    self.bits = bits
  }

  @unsafe private static func removeDependent(
    from glyphs: borrowing GlyphSet, letters: borrowing GlyphSet, face: OpaquePointer,
    plan: OpaquePointer
  ) {
    let (substitutions, positions) = (tag("GSUB"), tag("GPOS"))
    let lookups = unsafe GlyphSet()
    unsafe hb_ot_shape_plan_collect_lookups(plan, substitutions, lookups.handle)
    let table = unsafe bytes(of: substitutions, face: face)
    var joining: [UInt32] = []
    unsafe lookups.visit { lookup in
      if Self.replacesSingleGlyphs(Int(lookup), table) {
        // What single glyphs become may become something else by a later rule.
        unsafe hb_ot_layout_lookup_substitute_closure(face, lookup, glyphs.handle)
      } else {
        joining.append(lookup)
      }
    }
    for lookup in joining {
      // A glyph that a rule both makes and asks for would not be seen to be made.
      let input = unsafe GlyphSet()
      let output = unsafe GlyphSet()
      unsafe hb_ot_layout_lookup_collect_glyphs(
        face, substitutions, lookup, input.handle, input.handle, input.handle, output.handle)
      unsafe hb_set_intersect(output.handle, input.handle)
      unsafe hb_set_subtract(glyphs.handle, output.handle)
    }
    for lookup in joining where unsafe applies(lookup, to: glyphs, face: face) {
      let input = unsafe GlyphSet()
      unsafe hb_ot_layout_lookup_collect_glyphs(
        face, substitutions, lookup, nil, input.handle, nil, nil)
      unsafe hb_set_intersect(input.handle, glyphs.handle)
      unsafe hb_set_subtract(glyphs.handle, input.handle)
      // As many are taken back as do not join each other, letters before signs: か゜ may be one glyph,
      // but か is the commoner of the two.
      for isLetter in [true, false] {
        unsafe input.visit { glyph in
          guard unsafe letters.contains(glyph) == isLetter else { return }
          unsafe hb_set_add(glyphs.handle, glyph)
          if unsafe applies(lookup, to: glyphs, face: face) {
            unsafe hb_set_del(glyphs.handle, glyph)
          }
        }
      }
    }
    unsafe hb_set_clear(lookups.handle)
    unsafe hb_ot_shape_plan_collect_lookups(plan, positions, lookups.handle)
    unsafe lookups.visit { lookup in
      let input = unsafe GlyphSet()
      unsafe hb_ot_layout_lookup_collect_glyphs(
        face, positions, lookup, nil, input.handle, nil, nil)
      unsafe hb_set_subtract(glyphs.handle, input.handle)
    }
    // Marks stand on what comes before them.
    let marks = unsafe GlyphSet()
    unsafe hb_ot_layout_get_glyphs_in_class(face, HB_OT_LAYOUT_GLYPH_CLASS_MARK, marks.handle)
    unsafe hb_set_subtract(glyphs.handle, marks.handle)
  }

  /// Whether a rule changes any text of the glyphs.
  ///
  /// - Precondition: none of the glyphs that it makes is one that it asks for.
  @unsafe private static func applies(
    _ lookup: UInt32, to all: borrowing GlyphSet, face: OpaquePointer
  ) -> Bool {
    let output = unsafe GlyphSet()
    unsafe hb_ot_layout_lookup_collect_glyphs(
      face, tag("GSUB"), lookup, nil, nil, nil, output.handle)
    let glyphs = unsafe GlyphSet()
    unsafe hb_set_union(glyphs.handle, all.handle)
    unsafe hb_set_subtract(glyphs.handle, output.handle)
    let closure = unsafe GlyphSet()
    unsafe hb_set_union(closure.handle, glyphs.handle)
    unsafe hb_ot_layout_lookup_substitute_closure(face, lookup, closure.handle)
    return unsafe hb_set_is_equal(closure.handle, glyphs.handle) == 0
  }

  /// Whether a lookup of the GSUB table is of the type that replaces single glyphs whatever stands
  /// around them.
  ///
  /// Source: OpenType specification 1.9, "GSUB — Glyph Substitution Table".
  private static func replacesSingleGlyphs(_ lookup: Int, _ table: [UInt8]) -> Bool {
    func number(at offset: Int) -> Int? {
      guard offset + 2 <= table.count else { return nil }
      return Int(table[offset]) << 8 | Int(table[offset + 1])
    }
    guard let list = number(at: 8), let place = number(at: list + 2 + 2 * lookup),
      let type = number(at: list + place)
    else { return false }
    guard type == 7 else { return type == 1 }
    // An extension: its first subtable says what all of them are.
    guard let subtable = number(at: list + place + 6) else { return false }
    return number(at: list + place + subtable + 2) == 1
  }

  @unsafe private static func bytes(of table: hb_tag_t, face: OpaquePointer) -> [UInt8] {
    let blob = unsafe hb_face_reference_table(face, table)
    defer { unsafe hb_blob_destroy(blob) }
    var length: UInt32 = 0
    guard let data = unsafe hb_blob_get_data(blob, &length) else { return [] }
    return unsafe Array(UnsafeRawBufferPointer(start: data, count: Int(length)))
  }

  private static func tag(_ name: StaticString) -> hb_tag_t {
    name.withUTF8Buffer { unsafe $0.reduce(0) { $0 << 8 | hb_tag_t($1) } }
  }
}

/// HarfBuzz's set of numbers.
@unsafe private struct GlyphSet: ~Copyable {
  /// Without memory HarfBuzz hands out an inert set.
  let handle = unsafe hb_set_create() ?? hb_set_get_empty()!

  deinit { unsafe hb_set_destroy(handle) }

  func contains(_ number: UInt32) -> Bool { unsafe hb_set_has(handle, number) != 0 }

  func visit(_ body: (UInt32) -> Void) {
    var number = UInt32.max
    while unsafe hb_set_next(handle, &number) != 0 { body(number) }
  }
}
