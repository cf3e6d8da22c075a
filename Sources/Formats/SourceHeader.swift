/// What a column holds, as far as the format says.
public enum SourceColumnKind: UInt8, Sendable, Hashable, CaseIterable {
  case unknown = 0
  case text = 1
  case integer = 2
  case real = 3
  case boolean = 4
  /// An ISO 8601 date as text.
  case date = 5
  /// An ISO 8601 date and time as text, with a zone when the source has one.
  case dateTime = 6
}

/// A column of a source, named as the source names it.
public struct SourceColumn: Sendable, Hashable {
  public var name: String
  public var kind: SourceColumnKind

  public init(name: String, kind: SourceColumnKind) {
    self.name = name
    self.kind = kind
  }
}

/// The reference system that a source declares.
public struct SourceReference: Sendable, Hashable {
  /// The EPSG code where one could be identified by code or parameters, never by name alone.
  public var epsg: Int?
  /// What the source says: WKT of the .prj, a URN, or the rule of the format.
  public var text: String

  public init(epsg: Int?, text: String) {
    self.epsg = epsg
    self.text = text
  }
}

/// The encoding that a source's text was read in.
public struct SourceEncoding: Sendable, Hashable {
  /// Nil for formats that store Unicode by definition.
  public var encoding: TextEncoding?
  /// One clause for the report, for example
  /// `CP932: no .cpg, language byte 0x13, 312 of 312 values decode`.
  public var evidence: String

  public init(encoding: TextEncoding?, evidence: String) {
    self.encoding = encoding
    self.evidence = evidence
  }
}

/// What geometry a source announces; single records may differ.
public enum SourceGeometryHint: UInt8, Sendable, Hashable, CaseIterable {
  case unknown = 0
  case none = 1
  case point = 2
  case line = 3
  case polygon = 4
  case mixed = 5
}

/// What is known of a source before its first record.
public struct SourceHeader: Sendable, Hashable {
  /// In the order of the values of every record.
  public var columns: [SourceColumn]
  /// Nil when the source declares none.
  public var reference: SourceReference?
  public var encoding: SourceEncoding
  public var geometry: SourceGeometryHint
  /// How many records the source announces, where it does; a figure for the progress bar only.
  public var announcedCount: Int?
  /// Sentences for the report, such as a missing companion file or a name cut by the format.
  public var warnings: [String]

  public init(
    columns: [SourceColumn], reference: SourceReference?, encoding: SourceEncoding,
    geometry: SourceGeometryHint, announcedCount: Int? = nil, warnings: [String] = []
  ) {
    self.columns = columns
    self.reference = reference
    self.encoding = encoding
    self.geometry = geometry
    self.announcedCount = announcedCount
    self.warnings = warnings
  }
}
