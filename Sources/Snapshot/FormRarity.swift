internal import Features
internal import Geometry

/// Sets rare forms of a large stratum apart, each group in a tree of its own.
///
/// What a low zoom draws of a layer is often the few forms of one class, say trunk roads: where they
/// stand together a search reads neither the others nor the pages between them.
struct FormRarity {
  /// Smaller strata are not divided: every tree costs each search a look at its root.
  static let leastCount = 4096
  private static let groupLimit = 3
  /// Kinds and codes together.
  private static let formLimit = 4096

  /// By item: a number for its kind and its codes in columns of few values.
  private let forms: [Int]
  private let formCount: Int

  /// - Parameter rows: by item its row, as the columns count them.
  init(_ items: [SnapshotItem], rows: [Int], columns: [ValueColumn]) {
    var forms = items.map { Int($0.kind.rawValue) }
    var count = 3
    for column in columns {
      let values = column.values.count
      guard values > 1, values <= FormCodes.codeLimit, count * values <= Self.formLimit else {
        continue
      }
      for item in forms.indices {
        forms[item] = forms[item] * values + Int(column.codes[rows[item]])
      }
      count *= values
    }
    self.forms = forms
    formCount = count
  }

  /// The groups of a stratum, the rarest forms first, each in the stratum's order: a rarer group is at
  /// most a quarter of what it is taken from.
  func groups(_ stratum: [Int]) -> [[Int]] {
    var rest = stratum
    var groups: [[Int]] = []
    while rest.count >= (groups.isEmpty ? Self.leastCount : Self.leastCount / 16),
      groups.count + 1 < Self.groupLimit
    {
      let rare = rareForms(rest)
      let apart = rest.filter { rare[forms[$0]] }
      guard !apart.isEmpty else { break }
      groups.append(rest.filter { !rare[forms[$0]] })
      rest = apart
    }
    groups.append(rest)
    return groups.reversed()
  }

  /// By form: whether it is of the rarest that are together at most a quarter of the items.
  private func rareForms(_ items: [Int]) -> [Bool] {
    var counts = [Int](repeating: 0, count: formCount)
    /// In the order of their first items, which the numbers of codes do not decide.
    var found: [Int] = []
    for item in items {
      if counts[forms[item]] == 0 { found.append(forms[item]) }
      counts[forms[item]] += 1
    }
    let rarest = found.enumerated().sorted {
      (counts[$0.element], $0.offset) < (counts[$1.element], $1.offset)
    }
    var isRare = [Bool](repeating: false, count: formCount)
    var total = 0
    for (_, form) in rarest {
      total += counts[form]
      guard total <= items.count / 4 else { break }
      isRare[form] = true
    }
    return isRare
  }
}
