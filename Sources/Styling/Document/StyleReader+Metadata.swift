internal import Features
internal import JSON

/// The members of a document's `metadata` that are ours.
struct DocumentMetadata: Sendable {
  var title: Title?
  var group: Title?
  var tileZooms = 5...20
  var tileSize = 512
}

extension StyleReader {
  static let documentMetadataKeys = [
    "machizu:title", "machizu:group", "machizu:minzoom", "machizu:maxzoom", "machizu:tile-size",
  ]
  static let layerMetadataKeys = [
    "machizu:title", "machizu:group", "machizu:legend", "machizu:priority", "machizu:inside",
    "machizu:repeat", "machizu:join",
  ]
  /// Those that decide which labels stand.
  static let placingKeys: Set = [
    "machizu:priority", "machizu:inside", "machizu:repeat", "machizu:join",
  ]
  static let legendKeys = ["title", "entries", "codes", "steps", "unit"]

  mutating func readMetadata(_ json: JSONValue) -> DocumentMetadata {
    var metadata = DocumentMetadata()
    var (lowest, highest) = (metadata.tileZooms.lowerBound, metadata.tileZooms.upperBound)
    for member in ours(in: json, "metadata") {
      let path = Self.path("metadata", member.key)
      switch member.key {
      case "machizu:title": metadata.title = title(member.value, path)
      case "machizu:group": metadata.group = title(member.value, path)
      case "machizu:minzoom": lowest = tileZoom(member) ?? lowest
      case "machizu:maxzoom": highest = tileZoom(member) ?? highest
      case "machizu:tile-size":
        switch member.value.double {
        case 256: metadata.tileSize = 256
        case 512: metadata.tileSize = 512
        default: refuse("expected 256 or 512", path, member.value.position)
        }
      default:
        refuse(
          unknown: member, in: "metadata", known: Self.documentMetadataKeys, what: "the metadata")
      }
    }
    if lowest <= highest {
      metadata.tileZooms = lowest...highest
    } else {
      refuse("\"machizu:minzoom\" lies above \"machizu:maxzoom\"", "metadata", json.position)
    }
    return metadata
  }

  private mutating func tileZoom(_ member: JSONMember) -> Int? {
    if let zoom = member.value.int64, (0...20).contains(zoom) { return Int(zoom) }
    refuse(
      "expected a whole number from 0 to 20", Self.path("metadata", member.key),
      member.value.position)
    return nil
  }

  mutating func readLayerMetadata(
    _ json: JSONValue, type: LayerType?, _ path: String
  ) -> LayerMetadata {
    var metadata = LayerMetadata()
    for member in ours(in: json, path) {
      let memberPath = Self.path(path, member.key)
      switch member.key {
      case "machizu:title": metadata.title = title(member.value, memberPath)
      case "machizu:group": metadata.group = title(member.value, memberPath)
      case "machizu:legend": metadata.legend = readLegend(member.value, type: type, memberPath)
      case "machizu:priority":
        if let priority = member.value.int64, (0...1_000).contains(priority) {
          metadata.priority = Int(priority)
        } else {
          refuse("expected a whole number from 0 to 1000", memberPath, member.value.position)
        }
      case "machizu:inside":
        if let fitsInside = member.value.bool {
          metadata.fitsInside = fitsInside
        } else {
          refuse("expected true or false", memberPath, member.value.position)
        }
      case "machizu:join":
        if let joinsLines = member.value.bool {
          metadata.joinsLines = joinsLines
        } else {
          refuse("expected true or false", memberPath, member.value.position)
        }
      case "machizu:repeat":
        if let distance = member.value.double, (0...512).contains(distance) {
          metadata.repeatDistance = distance
        } else {
          refuse("expected a number from 0 to 512", memberPath, member.value.position)
        }
      default:
        refuse(unknown: member, in: path, known: Self.layerMetadataKeys, what: "the metadata")
      }
    }
    return metadata
  }

  /// The members whose keys begin with `machizu:`; what other programs left there is theirs.
  private mutating func ours(in json: JSONValue, _ path: String) -> [JSONMember] {
    guard let members = json.object else {
      refuse("\"metadata\" is an object, found \(json.kindName)", path, json.position)
      return []
    }
    return members.filter { $0.key.hasPrefix("machizu:") }
  }

  // MARK: Legend

  private mutating func readLegend(
    _ json: JSONValue, type: LayerType?, _ path: String
  ) -> StyleLegend? {
    let geometryType: EvaluationContext.GeometryType =
      switch type {
      case .line: .line
      case .circle, .symbol: .point
      default: .polygon
      }
    var legend = StyleLegend(
      title: Title(japanese: ""), entries: [], codesField: nil, geometryType: geometryType)
    // A bare title is a legend with one sample.
    if json.string != nil || json["ja"] != nil {
      guard let title = title(json, path) else { return nil }
      legend.title = title
      return legend
    }
    guard let members = json.object, let titleValue = json["title"] else {
      refuse("expected a title, or an object with \"title\"", path, json.position)
      return nil
    }
    guard let title = title(titleValue, Self.path(path, "title")) else { return nil }
    legend.title = title
    for member in members {
      switch member.key {
      case "title": continue
      case "codes": legend.codesField = string(member, in: path)
      case "steps": legend.stepsProperty = string(member, in: path)
      case "unit": legend.unit = string(member, in: path) ?? ""
      case "entries": legend.entries = readEntries(member.value, Self.path(path, member.key))
      default: refuse(unknown: member, in: path, known: Self.legendKeys, what: "a legend")
      }
    }
    return legend
  }

  /// The classes of a statistic, from the property that shows it.
  mutating func addSteps(
    to legend: inout StyleLegend, _ expressions: [String: StyleExpression], _ json: JSONValue,
    _ path: String
  ) {
    guard let name = legend.stepsProperty else { return }
    guard StyleLegend.steppedProperties.contains(name), legend.entries.isEmpty,
      legend.codesField == nil, let expression = expressions[name],
      let entries = legend.entries(steppedBy: expression)
    else {
      refuse(
        "\"steps\" names \(StyleLegend.steppedProperties.joined(separator: ", ")), whose value is a "
          + "\"step\" over the feature with a colour in each class; \"entries\" and \"codes\" do not "
          + "stand beside it", Self.path(path, "metadata.machizu:legend.steps"),
        json["metadata"]?["machizu:legend"]?["steps"]?.position ?? json.position)
      return
    }
    legend.entries = entries
    legend.stepColumns = expression.dependencies.properties
  }

  private mutating func readEntries(_ json: JSONValue, _ path: String) -> [StyleLegend.Entry] {
    guard let items = json.array else {
      refuse("expected an array, found \(json.kindName)", path, json.position)
      return []
    }
    var entries: [StyleLegend.Entry] = []
    for (index, item) in items.enumerated() {
      let itemPath = "\(path)[\(index)]"
      var entry = StyleLegend.Entry(title: Title(japanese: ""), properties: [:])
      guard let members = item.object, let titleValue = item["title"],
        let title = title(titleValue, Self.path(itemPath, "title"))
      else {
        refuse("an entry is an object with \"title\"", itemPath, item.position)
        continue
      }
      entry.title = title
      for member in members where member.key != "title" {
        guard member.key == "properties", let columns = member.value.object else {
          refuse(
            unknown: member, in: itemPath, known: ["title", "properties"], what: "an entry")
          continue
        }
        for column in columns { entry.properties[column.key] = StyleValue(column.value) }
      }
      entries.append(entry)
    }
    return entries
  }
}
