internal import Features
internal import JSON

/// Reads the members of one JSON object and notes every fault with its place.
struct ObjectReader {
  let file: String
  let value: JSONValue
  private let members: [JSONMember]
  private(set) var faults: [WorkspaceError.Fault] = []

  init(_ value: JSONValue, file: String, what: String) {
    self.file = file
    self.value = value
    members = value.object ?? []
    if value.object == nil { fault("\(what) must be an object.", at: value.position) }
  }

  mutating func fault(_ message: String, at position: JSONPosition) {
    faults.append(.init(file: file, position: position, message: message))
  }

  mutating func take(_ other: ObjectReader) { faults += other.faults }
  mutating func take(_ other: [WorkspaceError.Fault]) { faults += other }

  /// Notes every key that is not among `known`, with the nearest one that is.
  mutating func allow(_ known: [String]) {
    for member in members where !known.contains(member.key) {
      let nearest = NearestName.suggest(for: member.key, among: known)
      let hint =
        nearest.map { "Did you mean “\($0)”?" }
        ?? "Known keys: \(known.joined(separator: ", "))."
      fault("Unknown key “\(member.key)”. \(hint)", at: member.keyPosition)
    }
  }

  subscript(key: String) -> JSONValue? { value[key] }

  mutating func string(_ key: String) -> String? {
    guard let found = value[key] else { return nil }
    guard let text = found.string else {
      fault("“\(key)” must be a text in quotation marks.", at: found.position)
      return nil
    }
    return text
  }

  mutating func requiredString(_ key: String) -> String {
    guard let found = value[key] else {
      fault("“\(key)” is missing.", at: value.position)
      return ""
    }
    guard let text = string(key) else { return "" }
    if text.isEmpty { fault("“\(key)” must not be empty.", at: found.position) }
    return text
  }

  mutating func integer(_ key: String, in range: ClosedRange<Int>) -> Int? {
    guard let found = value[key] else { return nil }
    guard let number = found.int64.flatMap(Int.init(exactly:)), range.contains(number) else {
      fault(
        "“\(key)” must be a whole number from \(range.lowerBound) to \(range.upperBound).",
        at: found.position)
      return nil
    }
    return number
  }

  /// A text, or an object of texts by language.
  mutating func title(_ key: String) -> Title? {
    guard let found = value[key] else { return nil }
    return title(of: found, what: key)
  }

  mutating func title(of found: JSONValue, what: String) -> Title? {
    if let text = found.string { return Title(japanese: text) }
    guard found.object != nil else {
      fault("“\(what)” must be a text or {\"ja\": …, \"en\": …}.", at: found.position)
      return nil
    }
    var reader = ObjectReader(found, file: file, what: what)
    reader.allow(["ja", "en"])
    let title = Title(japanese: reader.requiredString("ja"), english: reader.string("en"))
    take(reader)
    return title
  }

  mutating func strings(_ key: String) -> [String] {
    guard let found = value[key] else { return [] }
    if let one = found.string { return [one] }
    guard let list = found.array else {
      fault("“\(key)” must be a text or a list of texts.", at: found.position)
      return []
    }
    return list.compactMap { element in
      guard let text = element.string else {
        fault("“\(key)” must hold texts only.", at: element.position)
        return nil
      }
      return text
    }
  }

  mutating func audience(_ key: String, default fallback: Audience) -> Audience {
    guard let name = string(key) else { return fallback }
    guard let audience = Audience(name: name) else {
      fault(
        "“\(key)” is “\(name)”; public, staff or restricted is allowed.",
        at: value[key]?.position ?? value.position)
      return .restricted
    }
    return audience
  }
}
