internal import JSON

extension StyleValue {
  /// The value as `to-string` and `concat` write it.
  var text: String {
    switch self {
    case .null: ""
    case .boolean(let boolean): boolean ? "true" : "false"
    case .number(let number): ScriptNumber.text(number)
    case .string(let string): string
    case .colour(let colour): colour.text
    case .formatted(let formatted): formatted.text
    case .image(let image): image.name
    case .padding(let padding): "[\(padding.numbers.map(ScriptNumber.text).joined(separator: ","))]"
    case .array, .object: json
    }
  }

  /// The value for a person who looks for a fault: JSON, so that the text "1" and the number 1 differ,
  /// and colours as `rgba(255,128,0,1)`.
  public var written: String {
    if case .colour(let colour) = self { return colour.text }
    return json
  }

  /// The value as JSON, for messages and for texts of arrays and objects.
  var json: String {
    var text = ""
    appendJSON(to: &text)
    return text
  }

  private func appendJSON(to text: inout String) {
    switch self {
    case .null: text += "null"
    case .boolean(let boolean): text += boolean ? "true" : "false"
    case .number(let number): text += number.isFinite ? ScriptNumber.text(number) : "null"
    case .string(let string): text += Self.quoted(string)
    case .array(let elements):
      text += "["
      for (index, element) in elements.enumerated() {
        if index > 0 { text += "," }
        element.appendJSON(to: &text)
      }
      text += "]"
    case .object(let members):
      text += "{"
      for (index, member) in members.enumerated() {
        if index > 0 { text += "," }
        text += Self.quoted(member.key) + ":"
        member.value.appendJSON(to: &text)
      }
      text += "}"
    case .colour, .formatted, .image, .padding: text += Self.quoted(self.text)
    }
  }

  private static func quoted(_ string: String) -> String {
    var writer = JSONWriter()
    writer.value(string)
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}
