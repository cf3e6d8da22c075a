import Geometry
import SeededRandom
import Testing

@Suite("Well-known binary")
struct WKBTests {
  @Test("every kind of shape comes back as it was written", arguments: oneOfEveryKind)
  func roundTrip(shape: Shape<Native>) throws {
    #expect(try Shape<Native>(wkb: shape.wkb()) == shape)
  }

  @Test("the writer follows the standard byte for byte", arguments: oneOfEveryKind)
  func writerAgreesWithTwin(shape: Shape<Native>) {
    var twin = WKBWriter()
    twin.write(shape)
    #expect(shape.wkb() == twin.bytes)
  }

  @Test(
    "both byte orders, both dialects and all ordinates are read",
    arguments: oneOfEveryKind, [false, true])
  func dialects(shape: Shape<Native>, isLittleEndian: Bool) throws {
    for dialect in WKBWriter.Dialect.allCases {
      for (hasZ, hasM) in [(false, false), (true, false), (false, true), (true, true)] {
        var writer = WKBWriter(
          isLittleEndian: isLittleEndian, dialect: dialect, hasZ: hasZ, hasM: hasM)
        if dialect == .extended { writer.referenceCode = 6676 }
        writer.write(shape)
        var reader = WKBReader(writer.bytes)
        #expect(try reader.read(Native.self) == shape)
        #expect(reader.droppedOrdinates == (hasZ || hasM))
      }
    }
  }

  @Test("doubles keep every bit")
  func exactDoubles() throws {
    let values: [Double] = [0, -0.0, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 0.1 + 0.2]
    for value in values {
      guard case .point(let point) = try Shape<Native>(wkb: Shape.point(native(value, 1)).wkb())
      else {
        Issue.record("a point came back as something else")
        return
      }
      #expect(point.x.bitPattern == value.bitPattern)
    }
  }

  @Test("an empty point, written with ordinates that are no numbers, is an empty shape")
  func emptyPoint() throws {
    let shape = try Shape<Native>(wkb: Shape.point(native(.nan, .nan)).wkb())
    #expect(shape.isEmpty)
    #expect(shape.kind == nil)
  }

  @Test("every prefix of a geometry is refused as too short", arguments: oneOfEveryKind)
  func prefixesAreRefused(shape: Shape<Native>) {
    for isLittleEndian in [true, false] {
      var writer = WKBWriter(isLittleEndian: isLittleEndian, hasZ: true)
      writer.write(shape)
      for length in 0..<writer.bytes.count {
        do {
          _ = try Shape<Native>(wkb: Array(writer.bytes.prefix(length)))
          Issue.record("\(length) of \(writer.bytes.count) bytes were taken for a whole geometry")
        } catch {
          #expect(error.fault == .truncated)
          #expect(error.byteOffset <= length)
        }
      }
    }
  }

  @Test("a count that the rest cannot hold is refused before anything is kept for it")
  func hostileCounts() {
    for type: UInt8 in 2...7 {
      for count: [UInt8] in [[0xFF, 0xFF, 0xFF, 0xFF], [0xFF, 0xFF, 0xFF, 0x7F], [2, 0, 0, 0]] {
        let bytes: [UInt8] = [1, type, 0, 0, 0] + count
        #expect(throws: WKBError(fault: .truncated, byteOffset: 5)) {
          try Shape<Native>(wkb: bytes)
        }
      }
    }
  }

  @Test("changed bytes are read or refused, never worse", arguments: 0..<8)
  func changedBytes(seed: Int) throws {
    var random = SeededGenerator(seed: seed)
    for shape in oneOfEveryKind {
      let whole = shape.wkb()
      for _ in 0..<200 {
        var bytes = whole
        for _ in 0..<Int.random(in: 1...4, using: &random) {
          let place = Int.random(in: 0..<bytes.count, using: &random)
          bytes[place] = .random(in: .min ... .max, using: &random)
        }
        if let read = try? Shape<Native>(wkb: bytes) {
          // What was read can be written and read again.
          #expect(try Shape<Native>(wkb: read.wkb()).pointCount <= read.pointCount)
        }
      }
    }
  }

  @Test("collections are read sixteen deep and refused beyond")
  func depth() throws {
    func nested(_ depth: Int) -> [UInt8] {
      let collectionOfOne: [UInt8] = [1, 7, 0, 0, 0, 1, 0, 0, 0]
      return (0..<depth).flatMap { _ in collectionOfOne } + Shape.point(native(1, 2)).wkb()
    }
    #expect(try Shape<Native>(wkb: nested(15)).pointCount == 1)
    #expect(throws: WKBError.self) { try Shape<Native>(wkb: nested(16)) }
    do {
      _ = try Shape<Native>(wkb: nested(40_000))
      Issue.record("a nest without end was read")
    } catch {
      #expect(error.fault == .tooDeep(limit: 16))
    }
  }

  @Test("a byte order, a type and a member that do not belong are named with their place")
  func refusals() {
    var bytes = Shape<Native>.point(native(1, 2)).wkb()
    bytes[0] = 2
    #expect(throws: WKBError(fault: .byteOrder(2), byteOffset: 0)) {
      try Shape<Native>(wkb: bytes)
    }
    bytes[0] = 1
    bytes[1] = 8
    #expect(throws: WKBError(fault: .geometryType(8), byteOffset: 0)) {
      try Shape<Native>(wkb: bytes)
    }
    // A line where a multi-point wants points.
    let head: [UInt8] = [1, 4, 0, 0, 0, 1, 0, 0, 0]
    let line = Shape<Native>.line([native(1, 2), native(3, 4)]).wkb()
    do {
      _ = try Shape<Native>(wkb: head + line)
      Issue.record("a line was taken for a point")
    } catch {
      #expect(error == WKBError(fault: .memberOfWrongType(2), byteOffset: 9))
      #expect(error.description.contains("type 2"))
    }
  }

  @Test("an empty point inside lines or polygons is refused, inside points it is nothing")
  func emptyMembers() throws {
    let empty = Shape<Native>.point(native(.nan, .nan)).wkb()
    #expect(try Shape<Native>(wkb: [1, 4, 0, 0, 0, 1, 0, 0, 0] + empty) == .multiPoint([]))
    #expect(throws: WKBError.self) {
      try Shape<Native>(wkb: [1, 5, 0, 0, 0, 1, 0, 0, 0] + empty)
    }
    #expect(throws: WKBError.self) {
      try Shape<Native>(wkb: [1, 6, 0, 0, 0, 1, 0, 0, 0] + empty)
    }
  }
}
