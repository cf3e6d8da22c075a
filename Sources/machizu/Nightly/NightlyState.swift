internal import JSON
internal import Workspace

/// What the last night left, so that the next one does what changed only. Without it, or with one
/// that belongs to another store, everything is done again; nothing is lost by that but time.
struct NightlyState {
  struct Layer: Equatable {
    var digest: String
    var revision: Int64
  }

  var epoch: String
  var layers: [String: Layer] = [:]

  init(epoch: String) {
    self.epoch = epoch
  }

  /// What the file says; empty where there is none, or it is of another store or unreadable.
  init(path: String, epoch: String) {
    self.epoch = epoch
    guard let bytes = try? FileContents.read(path, limitBytes: 16 << 20),
      let document = try? JSONParser.parse(bytes), document["epoch"]?.string == epoch
    else { return }
    for member in document["layers"]?.object ?? [] {
      guard let digest = member.value["digest"]?.string,
        let revision = member.value["revision"]?.int64
      else { continue }
      layers[member.key] = Layer(digest: digest, revision: revision)
    }
  }

  func write(to path: String) throws {
    var writer = JSONWriter(.indented(2))
    writer.beginObject()
    writer.key("epoch")
    writer.value(epoch)
    writer.key("layers")
    writer.beginObject()
    for (name, layer) in layers.sorted(by: { $0.key < $1.key }) {
      writer.key(name)
      writer.beginObject()
      writer.key("digest")
      writer.value(layer.digest)
      writer.key("revision")
      writer.value(layer.revision)
      writer.endObject()
    }
    writer.endObject()
    writer.endObject()
    try FileContents.replace(path, with: writer.bytes + [0x0A])
  }
}
