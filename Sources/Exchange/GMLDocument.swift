internal import Formats

/// What the beginning of an XML document says, read before GDAL sees it.
struct GMLDocument {
  /// The reference system of 基盤地図情報, whose srsName is no URN; nil for other documents.
  let reference: SourceReference?
  /// Whether this is a registry map, which GDAL does not know.
  let isRegistryMap: Bool

  private static let headBytes = 64 << 10

  /// - Throws: when the document is one that is refused by name.
  init(path: String, shownAs file: String) throws(FormatError) {
    guard let opened = VirtualFile(path: path) else {
      throw FormatError(.unreadable, file: file, reason: "it cannot be read")
    }
    let head = String(decoding: opened.read(at: 0, count: Self.headBytes), as: UTF8.self)
    // i-UR and PLATEAU extend CityGML, so its own namespace or root element is enough.
    if head.contains("www.opengis.net/citygml/") || head.contains("<core:CityModel") {
      throw FormatError(
        .refused, file: file,
        reason: "CityGML is not read; convert the layers you need to GeoPackage or GeoJSON first")
    }
    if head.contains("<!ENTITY") {
      throw FormatError(.refused, file: file, reason: "XML with entities of its own is not read")
    }
    isRegistryMap = head.contains(RegistryMap.namespace)
    guard head.contains("fgd.gsi.go.jp"), let start = head.range(of: "srsName=\"fguuid:") else {
      reference = nil
      return
    }
    let name = "fguuid:" + head[start.upperBound...].prefix { $0 != "\"" }
    reference = SourceReference(epsg: ReferenceName.epsg(name), text: name)
  }
}

extension String {
  /// The first place of `part`.
  fileprivate func range(of part: String) -> Range<Index>? {
    var start = startIndex
    while let first = part.first, let at = self[start...].firstIndex(of: first) {
      if self[at...].hasPrefix(part) { return at..<index(at, offsetBy: part.count) }
      start = index(after: at)
    }
    return nil
  }
}
