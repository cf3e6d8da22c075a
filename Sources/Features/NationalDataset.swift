/// A set of 自治体標準オープンデータセット: the columns of its tables in their order, and the names that
/// the former sets (推奨データセット) and national lists give to the same things.
///
/// Source: the Digital Agency's published column lists, as municipal files of both generations bear
/// them.
public struct NationalDataset: Sendable {
  /// How a value stands in a table of the set.
  public enum Form: Sendable {
    case plain
    /// `1` where it holds, else empty.
    case mark
    /// `有` or `無`.
    case presence
  }

  public struct Column: Sendable {
    public let name: String
    public let form: Form

    /// The column's own name and its equivalents.
    public var names: [String] { [name] + NationalDataset.equivalents(of: name) }
  }

  public let title: Title
  public let columns: [Column]
  /// Columns that only tables of this set have.
  private let marks: Set<String>

  /// The set that a table's columns belong to; nil where they belong to none.
  ///
  /// A table belongs to a set that has a column of which it is known, and the national identity of
  /// its rows: a code of the municipality and an ID.
  public static func of(_ names: [String]) -> NationalDataset? {
    let known = Set(names.map(current))
    guard known.contains("全国地方公共団体コード"), known.contains("ID") else { return nil }
    return all.first { !$0.marks.isDisjoint(with: known) }
  }

  /// The name that the newer generation gives to a column.
  public static func current(_ name: String) -> String {
    formerNames[name] ?? name
  }

  /// Other names of a column: of the former sets, of national lists, and a common misprint.
  public static func equivalents(of name: String) -> [String] {
    formerNames.filter { $0.value == name }.keys.sorted {
      $0.utf8.lexicographicallyPrecedes($1.utf8)
    }
  }

  private static let formerNames: [String: String] = {
    var names = [
      "都道府県コード又は市区町村コード": "全国地方公共団体コード", "市区町村コード": "全国地方公共団体コード",
      "NO": "ID", "共通ID": "ID", "施設・場所名": "名称", "住所": "所在地_連結表記",
      "所在地_連結標記": "所在地_連結表記", "都道府県名": "所在地_都道府県",
      "市区町村名": "所在地_市区町村", "方書": "建物名等(方書)", "建物名等（方書）": "建物名等(方書)",
      "名称_英語": "名称_英字", "多機能トイレ数": "バリアフリートイレ数",
      "指定避難所との住所同一": "指定避難所との重複",
    ]
    for hazard in hazards { names[hazard] = "災害種別_" + hazard }
    return names
  }()

  private static let hazards = [
    "洪水", "崖崩れ、土石流及び地滑り", "高潮", "地震", "津波", "大規模な火事", "内水氾濫", "火山現象",
  ]

  private init(_ title: Title, marks: [String], _ columns: [String], presence: [String] = []) {
    self.title = title
    self.marks = Set(marks)
    self.columns = columns.map { name in
      let isMark = name.hasPrefix("災害種別_") || name == "指定避難所との重複"
      return Column(
        name: name, form: isMark ? .mark : presence.contains(name) ? .presence : .plain)
    }
  }

  private static let identity = ["全国地方公共団体コード", "ID", "地方公共団体名"]
  private static let names = ["名称", "名称_カナ", "名称_英字"]
  private static let address = [
    "所在地_全国地方公共団体コード", "町字ID", "所在地_連結表記", "所在地_都道府県", "所在地_市区町村", "所在地_町字",
    "所在地_番地以下", "建物名等(方書)",
  ]
  private static let place = ["緯度", "経度", "高度の種別", "高度の値"]
  private static let contact = [
    "電話番号", "内線番号", "連絡先メールアドレス", "連絡先FormURL", "連絡先備考（その他、SNSなど）", "郵便番号",
  ]
  private static let opening = ["利用可能曜日", "開始時間", "終了時間", "利用可能日時特記事項"]
  private static let ending = ["画像", "画像_ライセンス", "備考"]

  public static let all: [NationalDataset] = [
    NationalDataset(
      Title(japanese: "指定緊急避難場所一覧", english: "Designated emergency evacuation sites"),
      marks: hazards.map { "災害種別_" + $0 },
      identity + names + address + ["緯度", "経度", "標高"] + contact
        + hazards.map { "災害種別_" + $0 }
        + ["指定避難所との重複", "想定収容人数", "対象となる町会・自治会", "URL"] + ending),
    NationalDataset(
      Title(japanese: "AED設置箇所一覧", english: "Defibrillators"), marks: ["小児対応設備の有無"],
      identity + names + address + place + ["設置位置"] + contact + ["法人番号", "団体名"] + opening
        + ["小児対応設備の有無", "URL"] + ending, presence: ["小児対応設備の有無"]),
    NationalDataset(
      Title(japanese: "公衆トイレ一覧", english: "Public toilets"),
      marks: ["男性トイレ総数", "女性トイレ総数", "バリアフリートイレ数"],
      identity + names + address + ["設置位置"] + place
        + [
          "男性トイレ総数", "男性トイレ数（小便器）", "男性トイレ数（和式）", "男性トイレ数（洋式）", "女性トイレ総数",
          "女性トイレ数（和式）", "女性トイレ数（洋式）", "男女共用トイレ総数", "男女共用トイレ数（和式）",
          "男女共用トイレ数（洋式）", "バリアフリートイレ数", "車椅子使用者用トイレ有無", "乳幼児用設備設置トイレ有無",
          "オストメイト設置トイレ有無", "利用開始時間", "利用終了時間", "利用可能時間特記事項",
        ] + ending,
      presence: ["車椅子使用者用トイレ有無", "乳幼児用設備設置トイレ有無", "オストメイト設置トイレ有無"]),
    NationalDataset(
      Title(japanese: "消防水利施設一覧", english: "Water sources for fire fighting"), marks: ["口径"],
      identity + ["種別"] + address + ["緯度", "経度", "口径", "備考"]),
    NationalDataset(
      Title(japanese: "公共施設一覧", english: "Public facilities"), marks: ["バリアフリー情報", "名称_通称"],
      identity + names + ["名称_通称", "POIコード"] + address + place + contact
        + ["法人番号", "団体名"] + opening + ["説明", "バリアフリー情報", "URL"] + ending),
  ]
}
