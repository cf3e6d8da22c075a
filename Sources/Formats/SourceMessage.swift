public import Features

/// The clauses that readers say of a file, in both languages.
///
/// Readers, the exchange process among them, write English. This is the one list of what they write
/// beside its Japanese; `{}` stands for what they found. A clause that is not on it stays English.
public enum SourceMessage {
  /// The clause as a title, in Japanese where the list has it.
  public static func title(_ english: String) -> Title {
    Title(japanese: japanese(english) ?? english, english: english)
  }

  /// Nil for a clause that is not on the list.
  public static func japanese(_ english: String) -> String? { list.translation(of: english) }

  private static let list = MessageList([
    // Places
    ("the coordinates are empty", "座標が空です"),
    ("one of the coordinates is empty", "座標の片方が空です"),
    ("the coordinates are 0, 0, which stands for no place", "座標が0, 0で、場所を表していません"),
    ("the geometry is null", "図形がありません（null）"),
    ("the geometry is empty", "図形が空です"),
    ("the geometry column is empty", "図形の列が空です"),
    ("the feature has no member “geometry”", "地物に「geometry」がありません"),
    ("the Z or M ordinates of the WKT are dropped", "WKTのZ・M値を除きました"),
    ("the Z ordinates are dropped", "Z値を除きました"),
    ("the heights are dropped, the original is kept", "高さ（Z値）を除きました。元の図形は残しています"),
    (
      "heights and measures are dropped, the original is kept",
      "Z値とM値を除きました。元の図形は残しています"
    ),
    ("measures are dropped, the original is kept", "M値を除きました。元の図形は残しています"),
    ("ordinates after the third are dropped", "3つ目より後の座標値を除きました"),
    (
      "the curve cannot be drawn as segments, the original is kept",
      "曲線を線分にできないため、元の図形だけを残しました"
    ),
    ("{} rings did not end where they begin and are closed", "閉じていない輪を{1}個閉じました"),
    ("{} positions that are not two numbers are left out", "数値の組でない座標を{1}個除きました"),
    ("a line of one position is left out", "1点だけの線を除きました"),
    (
      "a ring of {} positions is left out; at least four are needed",
      "{1}点の輪を除きました（4点以上が必要です）"
    ),
    ("the position of the Point is not two numbers", "点の座標が数値の組ではありません"),
    (
      "the coordinates are not nested as deep as their type needs",
      "座標の入れ子が図形の種類に合いません"
    ),
    ("the geometry is neither an object nor null", "geometryがオブジェクトでもnullでもありません"),
    ("“{}” is no angle in degrees", "「{1}」は度として読めません"),
    ("“{}” is no length in metres", "「{1}」はメートルとして読めません"),
    ("“{}” is out of range: {}", "「{1}」は範囲外です（{2}）"),
    ("the WKT is not readable at character {}: {}", "WKTの{1}文字目が読めません（{2}）"),
    ("the geometry cannot be used: {}", "図形が使えません（{1}）"),
    ("the row names no shape", "行に図形の指定がありません"),
    ("{} has no place on earth, the original is kept", "{1}には地球上の位置がないため、元の図形だけを残しました"),
    ("the .dbf has no attributes for this shape", ".dbfにこの図形の属性がありません"),
    ("the .shp has no shape for this row", ".shpにこの行の図形がありません"),
    // Rows
    (
      "the row has {} cells where the header has {}, the first beyond it holds “{}”; a value that holds the delimiter stands in quotation marks",
      "見出しは{2}列ですが、この行には{1}列あります。はみ出した最初の値は「{3}」です。区切り文字を含む値は引用符で囲んでください"
    ),
    ("a quotation mark that opens in this row is never closed", "この行で開いた引用符が閉じられていません"),
    ("a quotation mark that opens in the header is never closed", "見出しで開いた引用符が閉じられていません"),
    ("the line is longer than {} bytes", "行が{1}バイトを超えています"),
    ("no valid JSON at column {}: {}", "{1}文字目がJSONとして正しくありません（{2}）"),
    ("this is no object where a feature is expected", "地物（オブジェクト）ではありません"),
    ("the type is “{}” where “Feature” is expected", "typeが「{1}」です（「Feature」のはずです）"),
    ("the feature has no type", "地物にtypeがありません"),
    ("the row is marked as deleted in the .dbf", ".dbfで削除済みの行です"),
    ("the shape cannot be read: {}", "図形が読めません（{1}）"),
    ("the shape is damaged: {}", "図形が壊れています（{1}）"),
    (
      "the .shp ends inside this shape; deliver the file again",
      ".shpがこの図形の途中で終わっています。もう一度受け取ってください"
    ),
    ("nothing can be read after this row: {}", "この行より後は読めません（{1}）"),
    // Files
    ("cannot be read: No such file or directory", "ファイルがありません"),
    ("cannot be read: Permission denied", "読む権限がありません"),
    ("cannot be read: {}", "読めません（{1}）"),
    ("cannot be written: {}", "書けません（{1}）"),
    ("this is no regular file", "通常のファイルではありません"),
    ("{} bytes are above the limit of {} bytes", "{1}バイトあり、上限の{2}バイトを超えています"),
    ("the file is empty: a table begins with a row of column names", "ファイルが空です。表は列名の行から始まります"),
    (
      "the header is declared in row {}, the file has {} rows",
      "見出しは{1}行目と宣言されていますが、ファイルは{2}行です"
    ),
    (
      "there is no column “{}” for the coordinates; the columns are {}",
      "座標の列「{1}」がありません。列は {2} です"
    ),
    ("it holds {} zero bytes and is no text file", "ゼロのバイトが{1}個あり、テキストファイルではありません"),
    (
      "the encoding “{}” is not known; allowed are {}",
      "文字コード「{1}」はわかりません。使えるのは {2} です"
    ),
    (
      "it is declared as {} and begins with the byte-order mark of {}; declare “auto”",
      "{1}と宣言されていますが、{2}のバイト順マークで始まります。「auto」と宣言してください"
    ),
    ("no valid JSON at {}", "JSONとして正しくありません（{1}）"),
    ("the FeatureCollection has no array “features”", "FeatureCollectionに配列「features」がありません"),
    ("TopoJSON is not read; convert it to GeoJSON first", "TopoJSONは読めません。GeoJSONに変換してください"),
    ("this is JSON without a “type” and so no GeoJSON", "「type」がないJSONで、GeoJSONではありません"),
    (
      "the type of the document is “{}”; FeatureCollection, Feature or a geometry is expected",
      "文書のtypeが「{1}」です（FeatureCollection、Featureか図形のはずです）"
    ),
    (
      "CityGML is not read; convert the layers you need to GeoPackage or GeoJSON first",
      "CityGMLは読めません。必要なレイヤをGeoPackageかGeoJSONに変換してください"
    ),
    ("XML with a document type is not read", "文書型宣言のあるXMLは読みません"),
    ("XML with entities of its own is not read", "独自の実体宣言のあるXMLは読みません"),
    ("the XML ends before its root element does", "XMLが途中で終わっています"),
    ("the file has {} layers, name one of them: {}", "ファイルに{1}個のレイヤがあります。一つを指定してください: {2}"),
    ("the archive holds {} layers, name one of them: {}", "書庫に{1}個のレイヤがあります。一つを指定してください: {2}"),
    ("there is no layer “{}”; the layers are {}", "レイヤ「{1}」がありません。あるのは {2} です"),
    ("the archive holds no layer “{}”; it holds {}", "書庫にレイヤ「{1}」がありません。あるのは {2} です"),
    (
      "the archive cannot be read or holds no Shapefile, GeoPackage, KML, GML, DXF or FlatGeobuf",
      "書庫が読めないか、Shapefile、GeoPackage、KML、GML、DXF、FlatGeobufが入っていません"
    ),
    ("this is no readable {} file{}", "{1}として読めるファイルではありません{2}"),
    (
      "the format “{}” is not read; {} are",
      "「{1}」の形式は読めません。読めるのは {2} です"
    ),
    ("name the .shp of the Shapefile instead of its .dbf", ".dbfではなく.shpを指定してください"),
    (
      "its .dbf announces {} records and holds {}; deliver the file again",
      ".dbfは{1}件と告げていますが{2}件しかありません。もう一度受け取ってください"
    ),
    (
      "its {} announces {} bytes and has {}; deliver the file again",
      "{1}は{2}バイトと告げていますが{3}バイトです。もう一度受け取ってください"
    ),
    ("its {} has {} bytes, the header alone takes 100", "{1}は{2}バイトしかありません（見出しだけで100バイトです）"),
    ("its {} does not begin as one", "{1}の先頭が正しくありません"),
    (
      "the exchange process sent nothing for {} seconds and was ended{}",
      "読取の処理が{1}秒間何も返さないため、終了させました"
    ),
    ("the exchange process {}; this was the last row", "読取の処理が終了しました（{1}）。これが最後の行です"),
    ("the exchange process {} before the first row", "読取の処理が最初の行の前に終了しました（{1}）"),
    // What was found of a file
    ("the places are taken from the columns “{}” and “{}”", "場所は列「{1}」と「{2}」から取りました"),
    ("the places are taken from the column “{}”", "場所は列「{1}」から取りました"),
    ("column {} has no name and is called “{}”", "{1}列目は名前がないため「{2}」とします"),
    ("column {} is a second “{}” and is called “{}”", "{1}列目は二つ目の「{2}」のため「{3}」とします"),
    ("row {} is a remark under the header and is skipped: “{}”", "{1}行目は見出しの下の注記として飛ばしました:「{2}」"),
    ("the .dbf is missing: the rows have shapes and no attributes", ".dbfがないため、図形だけで属性がありません"),
    ("the .shx is missing; the shapes were counted in the .shp", ".shxがないため、.shpから図形を数えました"),
    ("there are {} shapes and {} rows of attributes", "図形は{1}個、属性は{2}行あります"),
    ("the .prj is missing: the reference system is not declared", ".prjがないため、座標系がわかりません"),
    ("the .cpg names an unknown encoding “{}”", ".cpgの文字コード「{1}」はわかりません"),
    ("the name of column {} was cut inside a character: “{}”", "{1}列目の名前が文字の途中で切れています:「{2}」"),
    ("the map is in {}: its rows have no place on earth", "{1}の地図で、行には地球上の位置がありません"),
    (
      "the map names no datum (測地系判別 is “{}”): JGD2011 is taken, JGD2000 is possible",
      "測地系の指定がないため（測地系判別は「{1}」）JGD2011としました。JGD2000かもしれません"
    ),
    ("the layer has {} geometries a row, the first is read", "1行に図形が{1}個あり、最初の一つを読みました"),
  ])
}

extension FormatError {
  /// The sentence in a language.
  public func text(in language: Language) -> String {
    guard language == .japanese, let words = SourceMessage.japanese(reason) else {
      return description
    }
    return row.map { "\(file) \($0)行目: \(words)。" } ?? "\(file): \(words)。"
  }
}
