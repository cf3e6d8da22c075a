import JSON

/// The keywords of JSON Schema 2020-12 that our schemas use; others are faults of the schema.
struct SchemaValidator {
  let root: JSONValue

  func faults(of value: JSONValue) -> [String] { faults(of: value, against: root, "") }

  private func faults(
    of value: JSONValue, against schema: JSONValue, _ path: String
  ) -> [String] {
    if let allowed = schema.bool { return allowed ? [] : ["\(path): nothing may stand here"] }
    var found: [String] = []
    for member in schema.object ?? [] {
      switch member.key {
      case "$schema", "$defs", "title", "default": continue
      case "properties", "patternProperties", "additionalProperties", "items", "prefixItems":
        continue
      case "$ref":
        let name = member.value.string.map { $0.split(separator: "/").last.map(String.init) ?? "" }
        guard let target = root["$defs"]?[name ?? ""] else { return ["\(path): no \(name ?? "")"] }
        found += faults(of: value, against: target, path)
      case "type":
        if !Self.isOf(member.value.string ?? "", value) {
          found.append("\(path): not of type \(member.value.string ?? "")")
        }
      case "const":
        if !Self.equal(member.value, value) { found.append("\(path): not the constant") }
      case "enum":
        let values = member.value.array ?? []
        if !values.contains(where: { Self.equal($0, value) }) {
          found.append("\(path): not listed")
        }
      case "anyOf", "oneOf":
        let branches = (member.value.array ?? []).map { faults(of: value, against: $0, path) }
        let fitting = branches.count { $0.isEmpty }
        if fitting == 0 || member.key == "oneOf" && fitting > 1 {
          found +=
            ["\(path): \(fitting) branches fit"] + (branches.min { $0.count < $1.count } ?? [])
        }
      case "required":
        for name in (member.value.array ?? []).compactMap(\.string)
        where value.object != nil && value[name] == nil {
          found.append("\(path): needs \(name)")
        }
      case "minimum", "maximum":
        guard let number = value.double, let bound = member.value.double else { continue }
        if member.key == "minimum" ? number < bound : number > bound {
          found.append("\(path): beyond the \(member.key)")
        }
      case "minItems", "maxItems":
        guard let items = value.array, let bound = member.value.int64 else { continue }
        if member.key == "minItems" ? items.count < bound : items.count > bound {
          found.append("\(path): \(items.count) items")
        }
      case "pattern":
        guard let text = value.string, let pattern = member.value.string else { continue }
        if !Self.matches(text, pattern) { found.append("\(path): does not match \(pattern)") }
      default: found.append("\(path): the schema uses the unknown keyword \(member.key)")
      }
    }
    return found + memberFaults(value, schema, path) + itemFaults(value, schema, path)
  }

  private func memberFaults(_ value: JSONValue, _ schema: JSONValue, _ path: String) -> [String] {
    (value.object ?? []).flatMap { member in
      let place = "\(path).\(member.key)"
      if let known = schema["properties"]?[member.key] {
        return faults(of: member.value, against: known, place)
      }
      for pattern in schema["patternProperties"]?.object ?? []
      where Self.matches(member.key, pattern.key) {
        return faults(of: member.value, against: pattern.value, place)
      }
      return schema["additionalProperties"].map { faults(of: member.value, against: $0, place) }
        ?? []
    }
  }

  private func itemFaults(_ value: JSONValue, _ schema: JSONValue, _ path: String) -> [String] {
    let prefix = schema["prefixItems"]?.array ?? []
    return (value.array ?? []).enumerated().flatMap { index, item in
      let place = "\(path)[\(index)]"
      if index < prefix.count { return faults(of: item, against: prefix[index], place) }
      return schema["items"].map { faults(of: item, against: $0, place) } ?? []
    }
  }

  private static func isOf(_ type: String, _ value: JSONValue) -> Bool {
    switch type {
    case "object": value.object != nil
    case "array": value.array != nil
    case "string": value.string != nil
    case "boolean": value.bool != nil
    case "number": value.double != nil
    case "integer": value.int64 != nil
    default: false
    }
  }

  private static func equal(_ a: JSONValue, _ b: JSONValue) -> Bool {
    if let text = a.string { return b.string.map { text.utf8.elementsEqual($0.utf8) } ?? false }
    return a.double != nil && a.double == b.double
  }

  private static func matches(_ text: String, _ pattern: String) -> Bool {
    guard let regex = try? Regex(pattern) else { return false }
    return text.contains(regex)
  }
}
