public import Features
public import Projection
internal import SQLite

extension LayerStore {
  /// Runs `body` on one state of the store, whatever others commit meanwhile.
  ///
  /// - Throws: `StoreError` where the store cannot be read, and what `body` throws.
  public func readingOneState<Result>(_ body: () throws -> Result) throws -> Result {
    try database.reading(body)
  }

  /// Whether some of a layer's rows came with another place than the stored one.
  public func hasOriginals(_ layer: LayerID) throws(StoreError) -> Bool {
    try StoreError.wrapping {
      try !database.rows(
        "SELECT 1 FROM machizu_originals WHERE layer = ? LIMIT 1", [.text(layer.text)]
      ).isEmpty
    }
  }

  /// The places that rows came with, where they are not the stored ones, by key.
  public func originals(
    of keys: [FeatureKey], in layer: LayerID
  ) throws(StoreError) -> [FeatureKey: (wkb: [UInt8], reference: ReferenceSystem)] {
    try StoreError.wrapping {
      let statement = try database.prepare(
        "SELECT wkb, epsg FROM machizu_originals WHERE layer = ? AND key = ?")
      var found: [FeatureKey: (wkb: [UInt8], reference: ReferenceSystem)] = [:]
      for key in keys {
        try statement.bind([.text(layer.text), .text(key.text)])
        while try statement.step() {
          found[key] = (statement.blob(0), ReferenceSystem(epsg: Int(statement.integer(1))))
        }
      }
      return found
    }
  }
}
