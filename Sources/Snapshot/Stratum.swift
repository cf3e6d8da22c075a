internal import Features
internal import Geometry
internal import SpatialIndex

/// The items of one tree: of those that a band shows and the next coarser one does not, all or those
/// of some forms.
final class Stratum: Sendable {
  /// Combinations of kinds and codes that are asked one by one.
  private static let formLimit = 64

  /// Where the items and the index over them lie.
  struct Tree: Sendable {
    let firstItem: Int
    let count: Int
    /// A byte offset in the file.
    let nodes: Int
    let nodeCount: Int
  }

  let band: Int
  let tree: Tree
  private let kinds: [GeometryKind]
  /// By column the codes that occur; none where that is not told.
  private let codes: [[UInt32]]

  private init(band: Int, tree: Tree, kinds: [GeometryKind], codes: [[UInt32]]) {
    self.band = band
    self.tree = tree
    self.kinds = kinds
    self.codes = codes
  }

  var count: Int { tree.count }
  var nodeCount: Int { tree.nodeCount }

  /// Reads the section of strata; nil where its numbers do not agree with the others.
  ///
  /// - Parameters:
  ///   - nodes: where the first tree lies.
  ///   - word: reads a number of the file.
  static func all(
    _ section: Range<Int>, columnCount: Int, itemCount: Int, nodes: Int, word: (Int) -> UInt64
  ) -> [Stratum]? {
    let size = 8 * (3 + columnCount)
    guard section.count % size == 0 else { return nil }
    var strata: [Stratum] = []
    var nodes = nodes
    var firstItem = 0
    for place in stride(from: section.lowerBound, to: section.upperBound, by: size) {
      let band = word(place)
      let count = word(place + 8)
      guard band < SnapshotFormat.bandZooms.count, count <= UInt64(itemCount - firstItem),
        band <= strata.last.map({ UInt64($0.band) }) ?? .max
      else { return nil }
      let kinds = word(place + 16)
      let stratum = Stratum(
        band: Int(band),
        tree: Tree(
          firstItem: firstItem, count: Int(count), nodes: nodes,
          nodeCount: PackedRTree.nodeCount(count: Int(count))),
        kinds: [GeometryKind.point, .line, .polygon].filter {
          kinds >> UInt64($0.rawValue) & 1 != 0
        },
        codes: (0..<columnCount).map { column in
          let mask = word(place + 24 + 8 * column)
          return (0..<UInt32(FormCodes.codeLimit)).filter { mask >> UInt64($0) & 1 != 0 }
        })
      strata.append(stratum)
      nodes += stratum.nodeCount * MemoryLayout<IndexNode>.stride
      firstItem += stratum.count
    }
    return firstItem == itemCount ? strata : nil
  }

  /// Whether any form that the stratum holds is wanted, as far as can be told without a look at it.
  ///
  /// - Parameters:
  ///   - columns: of the file, whose codes `isWanted` takes.
  ///   - picked: memory for as many codes.
  func mayHold(
    _ columns: [Int], picked: inout [UInt32], where isWanted: (GeometryKind, Span<UInt32>) -> Bool
  ) -> Bool {
    guard count > 0 else { return false }
    var forms = kinds.count
    for column in columns {
      guard column < codes.count, !codes[column].isEmpty, forms <= Self.formLimit else {
        return true
      }
      forms *= codes[column].count
    }
    guard forms <= Self.formLimit else { return true }
    for form in 0..<forms {
      var rest = form / kinds.count
      for (place, column) in columns.enumerated() {
        picked[place] = codes[column][rest % codes[column].count]
        rest /= codes[column].count
      }
      if isWanted(kinds[form % kinds.count], picked.span) { return true }
    }
    return false
  }
}
