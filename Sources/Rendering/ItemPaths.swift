internal import Features
internal import Raster

/// The paths of the last groups of items in one picture: areas are mostly filled and outlined in the same
/// groups.
struct ItemPaths {
  struct Entry {
    fileprivate(set) var path = Path()
    /// Nil if the path stands for nothing.
    fileprivate var source: ObjectIdentifier?
    fileprivate var positions: [Int32] = []
  }

  /// Larger groups that are kept; the first entry is for smaller ones, which are made anew each time.
  private static let keptCount = 4
  private static let least = 16

  private(set) var entries: [Entry] = []
  private var last = 0
  private var contours: [GridContour] = []

  /// To be called when the sources have found other items, and before another frame.
  mutating func forget() {
    for place in entries.indices { entries[place].source = nil }
  }

  /// Makes sure of the path of a source's items in the frame.
  ///
  /// - Returns: its place among the entries, good until the next call.
  mutating func make(
    _ positions: ArraySlice<Int32>, of found: borrowing Selection, from source: Scene.SourceLayer,
    in frame: PictureFrame
  ) -> Int {
    var place = 0
    let isKept = positions.count >= Self.least
    if isKept {
      for place in entries.indices
      where entries[place].source == ObjectIdentifier(source)
        && entries[place].positions.elementsEqual(positions)
      {
        return place
      }
      last = last % Self.keptCount + 1
      place = last
    }
    while entries.count <= place { entries.append(Entry()) }
    var entry = Entry()
    swap(&entry, &entries[place])
    entry.path.removeAll()
    entry.path.append(positions, of: found, in: frame, using: &contours)
    if isKept {
      entry.source = ObjectIdentifier(source)
      entry.positions.removeAll(keepingCapacity: true)
      entry.positions.append(contentsOf: positions)
    }
    swap(&entry, &entries[place])
    return place
  }
}
