/// Reads a foreign file through `machizu-exchange`, so that a hostile file can at worst end that
/// process. Not for use from two threads at once.
public final class ExchangeClient: RecordSource {
  /// The child is ended when it has sent nothing for this long.
  public static let patienceSeconds = 30

  public let header: SourceHeader
  private let path: String
  private var process: ExchangeProcess?
  private var decoder: RecordStreamDecoder
  private let patienceSeconds: Int

  /// Starts the exchange process on `path` and reads the header.
  ///
  /// - Throws: when the process is missing or the file is refused.
  public convenience init(path: String, options: SourceOptions) throws(FormatError) {
    try self.init(path: path, options: options, patienceSeconds: Self.patienceSeconds)
  }

  package init(
    path: String, options: SourceOptions, patienceSeconds: Int
  ) throws(FormatError) {
    self.path = path
    self.patienceSeconds = patienceSeconds
    var arguments = ["read", "--protocol", String(RecordStream.version)]
    if let layer = options.layer { arguments += ["--layer", layer] }
    if let encoding = options.encoding { arguments += ["--encoding", encoding.name] }
    let process = try ExchangeProcess(
      executable: try Self.executable(options, path: path), arguments: arguments + ["--", path],
      path: path)
    var decoder = RecordStreamDecoder(path: path)
    let first = try Self.next(
      from: process, into: &decoder, path: path, patienceSeconds: patienceSeconds)
    guard case .header(let header)? = first else {
      throw FormatError(
        .process, file: path, reason: "the exchange process sent no header: \(Self.ending(process))"
      )
    }
    self.header = header
    self.process = process
    self.decoder = decoder
  }

  public func next() throws(FormatError) -> SourceItem? {
    guard let process else { return nil }
    do throws(FormatError) {
      switch try Self.next(
        from: process, into: &decoder, path: path, patienceSeconds: patienceSeconds)
      {
      case .item(let item)?: return item
      default:
        self.process = nil
        try decoder.finish()
        if let ending = process.end(killing: false) {
          throw FormatError(
            .process, file: path, row: decoder.lastRow,
            reason: "the exchange process \(ending) after its last row")
        }
        return nil
      }
    } catch {
      self.process = nil
      throw error
    }
  }

  /// The names of the layers in a foreign file.
  public static func layers(
    of path: String, options: SourceOptions = SourceOptions()
  ) throws(FormatError) -> [String] {
    let process = try ExchangeProcess(
      executable: try executable(options, path: path),
      arguments: ["layers", "--protocol", String(RecordStream.version), "--", path], path: path)
    var decoder = RecordStreamDecoder(path: path)
    guard
      case .layers(let names)? = try next(
        from: process, into: &decoder, path: path, patienceSeconds: patienceSeconds)
    else {
      throw FormatError(
        .process, file: path, reason: "the exchange process sent no layers: \(ending(process))")
    }
    return names
  }

  /// The next item of the stream; nil after its end.
  private static func next(
    from process: ExchangeProcess, into decoder: inout RecordStreamDecoder, path: String,
    patienceSeconds: Int
  ) throws(FormatError) -> RecordStreamItem? {
    while true {
      if let item = try decoder.next() {
        if case .end = item { return nil }
        return item
      }
      let row = decoder.lastRow > 0 ? decoder.lastRow : nil
      switch process.next(within: patienceSeconds) {
      case .output(let bytes): decoder.append(bytes)
      case .timedOut:
        _ = process.end(killing: true)
        throw FormatError(
          .process, file: path, row: row,
          reason: "the exchange process sent nothing for \(patienceSeconds) seconds and was ended"
            + (row == nil ? " before the first row" : "; this was the last row"))
      case .closed:
        throw FormatError(
          .process, file: path, row: row,
          reason: "the exchange process \(process.end(killing: false) ?? "stopped")"
            + (row == nil ? " before the first row" : "; this was the last row"))
      }
    }
  }

  private static func ending(_ process: ExchangeProcess) -> String {
    process.end(killing: true) ?? "it stopped"
  }

  private static func executable(
    _ options: SourceOptions, path: String
  ) throws(FormatError) -> String {
    if let executable = options.exchangeExecutable { return executable }
    let folder = ExchangeProcess.programFolder() ?? "."
    let places = [
      "\(folder)/machizu-exchange", "\(folder)/../libexec/machizu/machizu-exchange",
    ]
    if let found = places.first(where: ExchangeProcess.isExecutable) { return found }
    throw FormatError(
      .process, file: path,
      reason:
        "machizu-exchange, which reads this format, is neither at \(places[0]) nor at \(places[1])")
  }
}
