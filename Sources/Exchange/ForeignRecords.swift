internal import Formats

/// What a reader of the exchange delivers: geometry as the WKB that the stream carries.
enum ForeignItem {
  case record(SourceRecord, geometry: [UInt8]?)
  case rejected(SourcePlace, reason: String)
}

/// A foreign file that is pulled row by row.
protocol ForeignRecords: AnyObject {
  var header: SourceHeader { get }
  func next() throws(FormatError) -> ForeignItem?
}
