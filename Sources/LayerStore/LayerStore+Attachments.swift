public import Features
internal import JSON
internal import SQLite

/// A document that belongs to a feature: a photograph, a scanned sheet, a drawing. The store keeps what
/// it is and where it lies; the file stays where it is.
public struct Attachment: Sendable, Hashable {
  public var layer: LayerID
  public var key: FeatureKey
  /// What the file is called; once a feature.
  public var name: String
  /// For example `image/jpeg`.
  public var mediaType: String
  public var byteCount: Int
  /// The content's SHA-256 in hexadecimal digits.
  public var hash: String
  /// Below the workspace, or `name:rest` with the name of one of its paths.
  public var path: String
  public var audience: Audience
  public var title: String?

  public init(
    layer: LayerID, key: FeatureKey, name: String, mediaType: String, byteCount: Int, hash: String,
    path: String, audience: Audience, title: String? = nil
  ) {
    self.layer = layer
    self.key = key
    self.name = name
    self.mediaType = mediaType
    self.byteCount = byteCount
    self.hash = hash
    self.path = path
    self.audience = audience
    self.title = title
  }
}

extension LayerStore {
  public enum AttachOutcome: Sendable {
    case attached
    /// Another file of the name was attached before, or the same one otherwise described.
    case replaced
    case unchanged
  }

  static let attachmentTable = """
    CREATE TABLE IF NOT EXISTS machizu_attachments (
      id INTEGER PRIMARY KEY AUTOINCREMENT, layer TEXT NOT NULL, key TEXT NOT NULL,
      name TEXT NOT NULL, media_type TEXT NOT NULL, byte_count INTEGER NOT NULL,
      sha256 TEXT NOT NULL, path TEXT NOT NULL, audience TEXT NOT NULL, title TEXT,
      UNIQUE (layer, key, name));
    """

  private static let columns =
    "layer, key, name, media_type, byte_count, sha256, path, audience, title"

  /// The documents of a layer or of one of its features, by key and name; whoever shows them looks at
  /// their audience and at that of their feature.
  public func attachments(
    of layer: LayerID, key: FeatureKey? = nil
  ) throws(StoreError) -> [Attachment] {
    try StoreError.wrapping {
      guard try hasAttachments() else { return [] }
      var values: [SQLValue] = [.text(layer.text)]
      if let key { values.append(.text(key.text)) }
      return try database.rows(
        "SELECT \(Self.columns) FROM machizu_attachments WHERE layer = ?"
          + (key == nil ? "" : " AND key = ?") + " ORDER BY key, name", values
      ).compactMap(Self.attachment)
    }
  }

  /// Links a document to a feature, in one commit with its history.
  ///
  /// - Throws: where the store holds no such feature.
  public func attach(
    _ attachment: Attachment, author: String, time: String
  ) throws(StoreError) -> AttachOutcome {
    try StoreError.wrapping {
      try database.transaction {
        guard try layer(attachment.layer) != nil else {
          throw StoreError.unknownLayer(attachment.layer.text)
        }
        guard
          try !database.rows(
            "SELECT 1 FROM \(Database.quoted(attachment.layer.text)) WHERE machizu_key = ?",
            [.text(attachment.key.text)]
          ).isEmpty
        else {
          throw StoreError.unknownKey(
            layer: attachment.layer.text, key: attachment.key.text)
        }
        let former = try attachments(of: attachment.layer, key: attachment.key)
          .first { $0.name == attachment.name }
        if former == attachment { return .unchanged }
        try note("attach", attachment, before: former, author: author, time: time)
        try database.run(
          "INSERT OR REPLACE INTO machizu_attachments (\(Self.columns)) "
            + "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
          [
            .text(attachment.layer.text), .text(attachment.key.text), .text(attachment.name),
            .text(attachment.mediaType), .integer(Int64(attachment.byteCount)),
            .text(attachment.hash), .text(attachment.path), .text(attachment.audience.name),
            attachment.title.map(SQLValue.text) ?? .null,
          ])
        return former == nil ? .attached : .replaced
      }
    }
  }

  /// Takes a document's link away; false where there is none of the name.
  public func detach(
    _ name: String, from key: FeatureKey, in layer: LayerID, author: String, time: String
  ) throws(StoreError) -> Bool {
    try StoreError.wrapping {
      try database.transaction {
        guard
          let former = try attachments(of: layer, key: key).first(where: { $0.name == name })
        else { return false }
        try note("detach", former, before: former, author: author, time: time)
        try database.run(
          "DELETE FROM machizu_attachments WHERE layer = ? AND key = ? AND name = ?",
          [.text(layer.text), .text(key.text), .text(name)])
        return true
      }
    }
  }

  /// Stores of earlier versions get the table with their first change.
  private func hasAttachments() throws -> Bool {
    try !database.rows("SELECT 1 FROM sqlite_master WHERE name = 'machizu_attachments'").isEmpty
  }

  private func note(
    _ operation: String, _ attachment: Attachment, before: Attachment?, author: String,
    time: String
  ) throws {
    try database.run(
      "INSERT INTO machizu_commits (time, author, cause) VALUES (?, ?, ?)",
      [.text(time), .text(author), .text(attachment.path)])
    try database.run(
      "INSERT INTO machizu_history VALUES (?, ?, ?, ?, ?, NULL)",
      [
        .integer(database.lastInsertedRow), .text(attachment.layer.text),
        .text(attachment.key.text), .text(operation),
        before.map { .text(Self.json($0)) } ?? .null,
      ])
  }

  private static func json(_ attachment: Attachment) -> String {
    var writer = JSONWriter()
    writer.beginObject()
    for (name, text) in [
      ("name", attachment.name), ("media_type", attachment.mediaType),
      ("sha256", attachment.hash), ("path", attachment.path),
      ("audience", attachment.audience.name),
    ] {
      writer.key(name)
      writer.value(text)
    }
    writer.key("byte_count")
    writer.value(attachment.byteCount)
    if let title = attachment.title {
      writer.key("title")
      writer.value(title)
    }
    writer.endObject()
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  private static func attachment(_ row: [SQLValue]) -> Attachment? {
    guard row.count == 9, case .text(let layer) = row[0], let layer = LayerID(layer),
      case .text(let key) = row[1], case .text(let name) = row[2], case .text(let type) = row[3],
      case .integer(let count) = row[4], case .text(let hash) = row[5],
      case .text(let path) = row[6], case .text(let audience) = row[7]
    else { return nil }
    var title: String?
    if case .text(let text) = row[8] { title = text }
    // What cannot be understood is shown to the fewest.
    return Attachment(
      layer: layer, key: FeatureKey(key), name: name, mediaType: type, byteCount: Int(count),
      hash: hash, path: path, audience: Audience(name: audience) ?? .restricted, title: title)
  }
}
