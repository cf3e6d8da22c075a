public import Features
internal import JSON

/// What is said of machizu.json and layer.json, in Japanese beside the English that the readers write.
enum WorkspaceMessage {
  static func japanese(_ english: String) -> String? {
    if let words = list.translation(of: english) { return words }
    // A sentence and a hint behind it.
    for (opening, hint) in [(" Did you mean “", "”?"), (" Known keys: ", ".")] {
      guard let place = range(of: opening, in: english), english.hasSuffix(hint),
        let words = list.translation(of: String(english[..<place]))
      else { continue }
      let rest = english[place...].dropFirst(opening.count).dropLast(hint.count)
      return opening.hasPrefix(" Did")
        ? "\(words)「\(rest)」ではありませんか。" : "\(words)使えるのは \(rest) です。"
    }
    return nil
  }

  private static func range(of part: String, in text: String) -> String.Index? {
    var start = text.startIndex
    while start < text.endIndex {
      if text[start...].hasPrefix(part) { return start }
      start = text.index(after: start)
    }
    return nil
  }

  private static let list = MessageList([
    // Files
    ("There is no such file.", "ファイルがありません。"),
    ("The file cannot be read; check its permissions.", "ファイルが読めません。権限を確かめてください。"),
    ("The file has {} bytes; {} are allowed.", "ファイルが{1}バイトあります。{2}バイトまでです。"),
    ("The folder cannot be made; check permissions.", "フォルダを作れません。権限を確かめてください。"),
    (
      "The file cannot be written; check free space and permissions.",
      "ファイルを書けません。空き容量と権限を確かめてください。"
    ),
    (
      "The file cannot be copied here; check free space and permissions.",
      "ここにファイルを複写できません。空き容量と権限を確かめてください。"
    ),
    ("The folder cannot be given its name.", "フォルダに名前を付けられません。"),
    (
      "There is no such file, so this folder is no workspace; name one with --workspace.",
      "このファイルがないため、ワークスペースではありません。--workspace で指定してください。"
    ),
    // Names
    (
      "“{}” cannot be a layer id: a–z first, then a–z, 0–9, _ and -, at most 63.",
      "「{1}」はレイヤIDにできません。a–zで始め、a–z・0–9・_・-の63字までです。"
    ),
    (
      "“{}” cannot be a layer id: the store keeps names with {} for itself.",
      "「{1}」はレイヤIDにできません。{2}で始まる名前は台帳自身が使います。"
    ),
    (
      "“boundary” names the layer “{}”, which is not declared.",
      "「boundary」のレイヤ「{1}」は宣言されていません。"
    ),
    ("“boundary” must be the id of a layer.", "「boundary」はレイヤのIDにしてください。"),
    (
      "The source “{}” names the path “{}”, which machizu.json does not hold (known: {}); give it with --path {}.",
      "取込元「{1}」のパス「{2}」がmachizu.jsonにありません（あるのは: {3}）。--path {4} で指定してください。"
    ),
    ("“{}” names the field “{}”, which is not declared.", "「{1}」の項目「{2}」は宣言されていません。"),
    ("The field “{}” is declared twice.", "項目「{1}」が二度宣言されています。"),
    (
      "The field name “{}” is used by the store itself; choose another and name the source's column in “from”.",
      "項目名「{1}」は台帳自身が使います。別の名前にして、元の列名を「from」に書いてください。"
    ),
    ("The type “{}” is not known; allowed: {}.", "型「{1}」はありません。使えるのは {2} です。"),
    // Forms
    ("Unknown key “{}”.", "「{1}」というキーはありません。"),
    ("“{}” is missing.", "「{1}」がありません。"),
    (
      "“key” is missing: name the field that never changes, or \"machizu:content\".",
      "「key」がありません。変わることのない項目か \"machizu:content\" を書いてください。"
    ),
    ("“{}” must not be empty.", "「{1}」が空です。"),
    ("“{}” must be a text in quotation marks.", "「{1}」は引用符で囲んだ文字列にしてください。"),
    ("“{}” must be a whole number from {} to {}.", "「{1}」は{2}から{3}までの整数にしてください。"),
    (
      "“{}” must be a text or {\"ja\": …, \"en\": …}.",
      "「{1}」は文字列か {\"ja\": …, \"en\": …} にしてください。"
    ),
    ("“{}” must be a text or a list of texts.", "「{1}」は文字列か、そのリストにしてください。"),
    ("“{}” must hold texts only.", "「{1}」に書けるのは文字列だけです。"),
    ("“files” must be a list of paths.", "「files」はパスのリストにしてください。"),
    ("“fields” must be a list.", "「fields」はリストにしてください。"),
    ("“relates” must name a layer.", "「relates」にはレイヤのIDを書いてください。"),
    ("“set” must be an object of column and text.", "「set」は列名と文字列の組にしてください。"),
    ("“relates” must be an object of field and layer.", "「relates」は項目とレイヤの組にしてください。"),
    ("“codes” must be an object of value and meaning.", "「codes」は値と意味の組にしてください。"),
    ("“paths” must be an object of name and folder.", "「paths」は名前とフォルダの組にしてください。"),
    ("{} must be an object.", "{1}はオブジェクト（{ }）にしてください。"),
    (
      "“{}” is “{}”; public, staff or restricted is allowed.",
      "「{1}」が「{2}」です。public・staff・restrictedのどれかにしてください。"
    ),
    ("“language” is “{}”; ja or en is allowed.", "「language」が「{1}」です。jaかenにしてください。"),
    ("“{}” is “{}”; one ASCII character is allowed.", "「{1}」が「{2}」です。ASCIIの1文字にしてください。"),
    ("“geometry” is “{}”; allowed: {}.", "「geometry」が「{1}」です。使えるのは {2} です。"),
    (
      "“x” and “y” are not accepted, since X is north in half of the files: say east and north, or longitude and latitude.",
      "「x」「y」は使えません（Xが北のファイルが多いため）。eastとnorthか、longitudeとlatitudeで書いてください。"
    ),
    // Joins
    (
      "The field “{}” is joined from another layer, so that no row can be told by it.",
      "項目「{1}」は他のレイヤから求めるため、行のキーにはできません。"
    ),
    ("“{}” has no effect beside “join”.", "「join」があるとき「{1}」は使われません。"),
    ("“layer” must be the id of a layer.", "「layer」にはレイヤのIDを書いてください。"),
    ("“aggregate” is “{}”; allowed: {}.", "「aggregate」が「{1}」です。使えるのは {2} です。"),
    ("“of” has no effect where rows are counted.", "件数を数えるとき「of」は使われません。"),
    ("The joined field “{}”: there is no layer “{}”.", "結合した項目「{1}」: レイヤ「{2}」がありません。"),
    (
      "The joined field “{}”: “public_where” of “{}” names “{}”, which is joined itself.",
      "結合した項目「{1}」: 「{2}」の「public_where」にある「{3}」も結合した項目です。"
    ),
    (
      "The joined field “{}”: the layer “{}” has no field “{}”.",
      "結合した項目「{1}」: レイヤ「{2}」に項目「{3}」がありません。"
    ),
    (
      "The joined field “{}”: “{}” of “{}” is joined itself, and is not joined on.",
      "結合した項目「{1}」: 「{3}」の「{2}」も結合した項目で、さらに結合できません。"
    ),
    (
      "The joined field “{}”: “{}” of “{}” is no column of numbers.",
      "結合した項目「{1}」: 「{3}」の「{2}」は数の列ではありません。"
    ),
    (
      "The joined field “{}”: “{}” of “{}” is real, and so must the field be.",
      "結合した項目「{1}」: 「{3}」の「{2}」は実数なので、項目も実数にしてください。"
    ),
    // JSON
    ("the key \"{}\" stands twice in one object", "キー「{1}」が一つのオブジェクトに二度あります"),
    ("the text ends where {} should stand", "ファイルが途中で終わっています（次に {1} が要ります）"),
    ("the text ends inside a string", "文字列が閉じられていません"),
    ("expected {}, found {}", "{1} のはずのところに {2} があります"),
    ("the string is not valid UTF-8", "文字列がUTF-8として正しくありません"),
    (
      "a control character in a string must be written as an escape",
      "文字列の中の改行などは \\n のように書いてください"
    ),
    (
      "a number must not start with a zero that is followed by digits",
      "数は0で始められません（文字列なら引用符で囲んでください）"
    ),
  ])
}

extension WorkspaceError {
  /// The sentences in a language, a line each.
  public func text(in language: Language) -> String {
    guard language == .japanese else { return description }
    return faults.map { fault in
      guard let words = WorkspaceMessage.japanese(fault.message) else { return fault.description }
      return fault.position.map { "\(fault.file):\($0.line):\($0.column): \(words)" }
        ?? "\(fault.file): \(words)"
    }.joined(separator: "\n")
  }
}
