import LayerStore
import Testing

@Suite("SHA-256")
struct SHA256Tests {
  @Test(
    "gives the values of FIPS 180-4's examples",
    arguments: [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
    ])
  func examples(text: String, expected: String) {
    var hash = SHA256()
    hash.add(Array(text.utf8))
    #expect(hash.hexadecimal() == expected)
  }

  @Test("does not depend on how the bytes are cut", arguments: [1, 7, 63, 64, 65, 1000])
  func pieces(length: Int) {
    let bytes = (0..<3001).map { UInt8(truncatingIfNeeded: $0 * 31) }
    var whole = SHA256()
    whole.add(bytes)
    var pieces = SHA256()
    for start in stride(from: 0, to: bytes.count, by: length) {
      pieces.add(Array(bytes[start..<min(start + length, bytes.count)]))
    }
    #expect(pieces.hexadecimal() == whole.hexadecimal())
  }
}
