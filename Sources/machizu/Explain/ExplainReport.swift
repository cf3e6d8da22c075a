internal import Features
internal import Geometry
internal import JSON
internal import Rendering
internal import Styling
internal import Tiles

/// What `machizu explain` answers, as text for a person or as JSON.
struct ExplainReport {
  let style: String
  let tile: TileID
  let audience: Audience
  /// Whether a place was asked for.
  let hasPlace: Bool
  let explanation: TileExplanation
  let encodeMilliseconds: Double
  let byteCount: Int

  /// The steps of drawing in their order; names are those of the JSON.
  var steps: [(name: String, japanese: String, english: String, milliseconds: Double)] {
    [
      ("prepare", "準備", "prepare", explanation.prepareMilliseconds),
      ("search", "検索", "search", explanation.searchMilliseconds),
      ("paint", "描画", "paint", explanation.paintMilliseconds),
      ("decideLabels", "注記の配置", "place labels", explanation.decideLabelsMilliseconds),
      ("drawLabels", "注記の描画", "draw labels", explanation.drawLabelsMilliseconds),
      ("encode", "PNG 化", "encode PNG", encodeMilliseconds),
    ]
  }

  func text(in language: Language) -> String {
    func said(_ japanese: String, _ english: String) -> String {
      language == .japanese ? japanese : english
    }
    let words = ExplainWords(language: language)
    var parts = ["\(style) \(tile) (\(audience.name)), \(byteCount) bytes"]
    parts.append(
      TextTable(
        headings: [said("手順", "step"), "ms"],
        rows: steps.map { [said($0.japanese, $0.english), Self.shown($0.milliseconds)] },
        rightAligned: [1]
      ).text)
    parts.append(
      TextTable(
        headings: [said("レイヤ", "layer"), said("地物", "features")],
        rows: explanation.sources.map { [$0.layer, "\($0.featureCount)"] }, rightAligned: [1]
      ).text)
    parts.append(
      TextTable(
        headings: [
          said("規則", "rule"), said("種類", "type"), said("レイヤ", "layer"),
          said("描いた地物", "drawn"), "ms", "",
        ],
        rows: explanation.rules.map { rule in
          let isDrawn = rule.state == .drawn
          return [
            rule.id, rule.type.rawValue, rule.layer ?? "–",
            isDrawn && rule.layer != nil ? "\(rule.drawnCount)" : "–",
            isDrawn ? Self.shown(rule.paintMilliseconds) : "–", words.state(rule.state),
          ]
        }, rightAligned: [3, 4]
      ).text)
    parts.append(
      explanation.labels.isEmpty
        ? said("注記はない。", "There are no labels.")
        : TextTable(
          headings: [
            said("注記", "label"), said("順位", "priority"), said("規則", "rule"),
            said("地物", "feature"), said("結果", "outcome"),
          ],
          rows: explanation.labels.map { label in
            [
              words.name(label.owner), "\(label.priority)", label.owner.rule,
              "\(label.owner.layer) \(label.owner.key)", words.outcome(label.outcome),
            ]
          }, rightAligned: [1]
        ).text)
    guard hasPlace else { return parts.joined(separator: "\n\n") }
    if explanation.features.isEmpty {
      parts.append(said("この位置に地物はない。", "There is no feature at this place."))
    }
    for feature in explanation.features {
      let rows = feature.matches.map { match in
        [
          match.rule, words.outcome(match.outcome),
          match.values.map { "\($0.name) \($0.value)" }.joined(separator: ", "),
        ]
      }
      parts.append(
        "\(feature.layer) \(feature.key)\n"
          + TextTable(
            headings: [said("規則", "rule"), said("結果", "outcome"), said("値", "values")], rows: rows
          ).text)
    }
    return parts.joined(separator: "\n\n")
  }

  /// Milliseconds with two decimals.
  private static func shown(_ milliseconds: Double) -> String {
    let hundredths = Int((milliseconds * 100).rounded())
    let rest = hundredths % 100
    return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
  }
}

/// The words of the report in the reader's language.
struct ExplainWords {
  let language: Language

  private func said(_ japanese: String, _ english: String) -> String {
    language == .japanese ? japanese : english
  }

  func name(_ owner: TileExplanation.Owner) -> String {
    let text = owner.text.split(whereSeparator: \.isNewline).joined(separator: " ")
    return text.isEmpty ? "[\(owner.symbol ?? "")]" : text
  }

  func state(_ state: TileExplanation.Rule.State) -> String {
    switch state {
    case .drawn: ""
    case .otherZoom: said("この縮尺では描かない", "not at this zoom")
    case .switchedOff: said("表示していない", "switched off")
    case .noLayer: said("レイヤがない", "no such layer")
    }
  }

  func outcome(_ outcome: TileExplanation.Feature.Match.Outcome) -> String {
    switch outcome {
    case .drawn: said("描いた", "drawn")
    case .filtered: said("条件に合わない", "not selected")
    case .notDrawn(let state): self.state(state)
    }
  }

  func outcome(_ outcome: TileExplanation.Label.Outcome) -> String {
    switch outcome {
    case .stands(let place):
      return place == 0
        ? said("置いた", "stands") : said("置いた (第\(place + 1)候補)", "stands (place \(place + 1))")
    case .noPlace: return said("置ける場所がない", "fits nowhere")
    case .gaveWay(let others):
      let named = others.prefix(3).map { other in
        let name = "\(name(other.owner)) (\(other.owner.rule))"
        return other.isRepeat ? said("同じ文字が近い: \(name)", "the same text near: \(name)") : name
      }
      let rest =
        others.count > 3 ? said(" ほか\(others.count - 3)", " and \(others.count - 3) more") : ""
      return said("譲った: ", "gave way to ") + named.joined(separator: ", ") + rest
    }
  }
}
