public import Features

extension Workspace {
  /// Compares joined columns with the layers that they name, and hides each from everybody who does not
  /// see all that it is worked out of.
  static func resolveJoins(_ layers: inout [LayerDeclaration]) -> [WorkspaceError.Fault] {
    var faults: [WorkspaceError.Fault] = []
    for index in layers.indices {
      let layer = layers[index]
      for (name, join) in layer.joins.sorted(by: { $0.key < $1.key }) {
        func fault(_ message: String) {
          faults.append(
            .init(
              file: FileContents.join(layer.folder, "layer.json"), position: nil,
              message: "The joined field “\(name)”: \(message)"))
        }
        guard let other = layers.first(where: { $0.id == join.layer }) else {
          fault("there is no layer “\(join.layer)”.")
          continue
        }
        if let named = other.joins.keys.sorted().first(where: {
          other.publicWhere?.contains($0) == true
        }) {
          fault("“public_where” of “\(other.id)” names “\(named)”, which is joined itself.")
        }
        var audience = other.audience
        for column in [join.key] + [join.of].compactMap(\.self) {
          guard let field = other.fields.first(where: { $0.name == column }) else {
            fault("the layer “\(other.id)” has no field “\(column)”.")
            continue
          }
          if other.joins[column] != nil {
            fault("“\(column)” of “\(other.id)” is joined itself, and is not joined on.")
          }
          if column == join.of, column != join.key, field.type != .integer, field.type != .real {
            fault("“\(column)” of “\(other.id)” is no column of numbers.")
          }
          audience = max(audience, field.audience)
          if column == join.of, field.type == .real,
            layer.fields.first(where: { $0.name == name })?.type == .integer
          {
            fault("“\(column)” of “\(other.id)” is real, and so must the field be.")
          }
        }
        let own = layer.fields.first { $0.name == join.on }
        audience = max(audience, own?.audience ?? .restricted)
        if let position = layer.fields.firstIndex(where: { $0.name == name }) {
          layers[index].fields[position].audience = max(layer.fields[position].audience, audience)
        }
      }
    }
    return faults
  }

  /// The layers with columns that are worked out of this layer's rows, or that has such columns itself.
  public func layersJoined(to id: LayerID) -> [LayerDeclaration] {
    layers.filter { layer in
      !layer.joins.isEmpty
        && (layer.id == id || layer.joins.values.contains { $0.layer == id })
    }
  }

  /// Which rows of which column a joined column tells of, in one text: while the store holds another, its
  /// column was worked out otherwise, and is not shown.
  public func recipe(of join: LayerDeclaration.Join, audience: Audience) -> String {
    let rows =
      audience == .public ? "public \(self[layer: join.layer]?.publicWhere ?? "")" : "all"
    return [
      join.layer.text, join.key, join.on, join.aggregate.rawValue, join.of ?? "", rows,
    ].joined(separator: "\u{1F}")
  }
}
