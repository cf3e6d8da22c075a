internal import JSON

extension JSONWriter {
  mutating func member(_ key: String, _ value: String) {
    self.key(key)
    self.value(value)
  }

  mutating func member(_ key: String, _ value: Int) {
    self.key(key)
    self.value(value)
  }

  mutating func member(_ key: String, _ value: Double) {
    self.key(key)
    self.value(value)
  }
}
