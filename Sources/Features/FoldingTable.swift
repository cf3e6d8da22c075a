/// Which characters count as the same ideograph when texts are compared.
///
/// Never applied to stored text: what is alike here is not equal there.
package struct FoldingTable: Sendable {
  static let shared = FoldingTable()

  private static let first: UInt32 = 0x2E80
  /// What each of U+2E80–9FFF becomes.
  private let plane: [UInt32]
  /// The few variants beyond U+FFFF.
  private let beyond: [UInt32: UInt32]

  private init() {
    var plane = Array(Self.first...0x9FFF)
    var beyond: [UInt32: UInt32] = [:]
    func isIn(_ value: UInt32) -> Bool { (Self.first...0x9FFF).contains(value) }
    for group in Self.variants.split(whereSeparator: \.isWhitespace) {
      guard let target = group.unicodeScalars.first?.value else { continue }
      for variant in group.unicodeScalars.dropFirst() {
        if isIn(variant.value) {
          plane[Int(variant.value - Self.first)] = target
        } else {
          beyond[variant.value] = target
        }
      }
    }
    for pair in Self.radicals.split(whereSeparator: \.isWhitespace) {
      guard let radical = pair.unicodeScalars.first?.value, isIn(radical),
        let ideograph = pair.unicodeScalars.last?.value
      else { continue }
      plane[Int(radical - Self.first)] =
        isIn(ideograph) ? plane[Int(ideograph - Self.first)] : ideograph
    }
    // 﨑 lies outside both ranges: it is no compatibility form, though it stands among them.
    beyond[0xFA11] = 0x5D0E
    self.plane = plane
    self.beyond = beyond
  }

  @inline(__always)
  subscript(scalar: UInt32) -> UInt32 {
    if scalar < Self.first { return scalar }
    if scalar <= 0x9FFF { return plane[Int(scalar - Self.first)] }
    return beyond[scalar] ?? scalar
  }

  /// Groups of characters that are read as the first of them.
  ///
  /// Source: the old forms in brackets of 常用漢字表 (2010), the pairs of 人名用漢字別表, and variants
  /// common in names of places and families.
  package static let variants = """
    亜亞 悪惡 圧壓 囲圍 医醫 為爲 壱壹弌 隠隱 栄榮 営營 衛衞 駅驛 円圓 塩鹽 縁緣 艶艷 応應 欧歐 殴毆 桜櫻 奥奧 横橫 温溫 穏穩 仮假 価價 画畫畵 会會 絵繪
    壊壞 懐懷 拡擴 殻殼 覚覺 学學斈 岳嶽 楽樂 渇渴 缶罐 巻卷 陥陷 勧勸 寛寬 関關 歓歡 観觀 気氣 既旣 帰歸 偽僞 戯戲 犠犧 旧舊 拠據 挙擧舉 虚虛 峡峽 挟挾
    狭狹 郷鄕鄉 暁曉 区區 駆驅駈 勲勳勛 薫薰 径徑 茎莖 恵惠 掲揭 渓溪 経經 蛍螢 軽輕 継繼 鶏鷄雞 芸藝 撃擊 欠缺 研硏 県縣 倹儉 剣劍劒劔釼 険險 圏圈 検檢
    献獻 権權 顕顯 験驗 厳嚴 広廣 効效 恒恆 黄黃 鉱鑛砿礦 号號 国國圀囯 黒黑 砕碎 済濟 斎齋 剤劑 雑雜襍 参參叄 桟棧 蚕蠶 惨慘 賛贊 残殘 糸絲 歯齒 児兒
    辞辭 湿濕 実實 写寫 釈釋 寿壽 収收 従從 渋澁澀 獣獸 縦縱 粛肅 処處 叙敍敘 将將 渉涉 焼燒 証證 奨奬獎 条條 状狀 乗乘 浄淨 剰剩 畳疊疉 縄繩 壌壤 嬢孃
    譲讓 醸釀 触觸 嘱囑 真眞 寝寢 慎愼 尽盡 図圖 粋粹 酔醉 穂穗 随隨 髄髓 枢樞 数數 瀬瀨 声聲 斉齊 静靜 窃竊 摂攝 専專 浅淺 戦戰 践踐 銭錢 潜潛濳 繊纖纎
    禅禪 双雙 壮壯 争爭 荘莊 捜搜 挿插 巣巢 曽曾 痩瘦 装裝 総總 騒騷 増增 蔵藏 臓臟 即卽 属屬 続續 堕墮 対對 体體躰軆 帯帶 滞滯 台臺 滝瀧 択擇 沢澤 担擔
    単單 胆膽 団團 断斷 弾彈 遅遲 痴癡 虫蟲 昼晝 鋳鑄 庁廳 徴徵 聴聽 勅敕 鎮鎭 逓遞 鉄鐵鐡銕鉃 点點 転轉 伝傳 灯燈 当當 党黨 盗盜 稲稻 闘鬪鬭 徳德 独獨
    読讀 届屆 弐貳貮弍 悩惱 脳腦 覇霸 拝拜 廃廢 売賣 麦麥 発發 髪髮 抜拔 蛮蠻 秘祕 浜濱濵 瓶甁 払拂 仏佛 併倂 並竝 餅餠 辺邊邉 変變 弁辨瓣辯 歩步 宝寶寳
    豊豐 褒襃 翻飜 万萬 満滿 麺麵麪 黙默 弥彌 訳譯 薬藥 与與 予豫 余餘 誉譽 揺搖 様樣 謡謠 来來 頼賴 乱亂 覧覽 竜龍 両兩 猟獵 緑綠 涙淚泪 塁壘 礼禮 励勵
    戻戾 霊靈 齢齡 暦曆 歴歷 恋戀 錬鍊 炉爐 労勞 楼樓 録錄 湾灣 戸戶 呉吳 娯娛 悦悅 閲閱 説說 税稅 鋭銳 脱脫 姫姬 彦彥 顔顏 産產 姉姊 強强 侠俠 頬頰
    剥剝 填塡 叱𠮟 遥遙 瑶瑤 尭堯 桧檜 槙槇 祷禱 穣穰 萌萠 巌巖 晋晉 凜凛 涼凉 爾尓 枡桝 薮藪 篭籠 鴎鷗 鴬鶯 蛎蠣 蝋蠟 頚頸 掴摑 噛嚙 焔焰 嘘噓 侭儘
    醤醬 麹麴 鹸鹼 涜瀆 溌潑 莱萊 蝉蟬 箪簞 屡屢 繋繫 掻搔 鯵鰺 崎嵜 高髙 富冨 吉𠮷 島嶋嶌隝 峰峯 館舘 船舩 桑桒 松枩 野埜 秋穐龝 淵渊渕 柳栁 杯盃 煙烟
    群羣 裏裡 略畧 讃讚 飲飮 兎兔 冴冱 却卻 厨廚 厩廐廏廄 壷壺 妊姙 廼迺 昇曻 橋槗 没沒歿 氷冰 況况 決决 減减 湧涌 猫貓 留畄畱 皐皋 稟禀 窓窗窻 竪豎 箏筝
    翠翆 恥耻 聡聰 舎舍 芦蘆 庵菴 蒋蔣 園薗 解觧 歌謌 輛輌 迩邇 達逹 村邨 鋪舖 閉閇 隣鄰 雁鴈 鶴靏靍鸖 飾餝 騨驒 緒緖 青靑 清淸 郎郞 竈竃 梼檮 埓埒 磯礒
    垂埀 宜冝 尚尙 携攜擕 教敎 昂昻 査查 柵栅 梅楳 毎每 絶絕 衆眾 間閒 沖冲 準凖 刃刄 卒卆 呑吞 器噐 回囬囘 土圡 場塲 婿壻聟 多夛 密宻 剋尅 屏屛 紙帋
    并幷 庶庻 往徃 怪恠 昏昬 期朞 本夲 杉杦 柏栢 鬱欝 汚汙 災灾 炯烱 熙煕熈 床牀 珍珎 耕畊 礪砺 祢禰 禄祿 奇竒 糾糺 綿緜 罰罸 脈脉 臥卧 草艸 苺莓 蓋葢
    蘇蘓 蠅蝿 猪豬 賎賤 轟軣 輒輙 遠逺 鉛鈆 鑑鑒 址阯 韮韭 鵞鵝 麁麤 鼠鼡 淳湻 稿稾 穀榖 彙彚 塔㙮 脚腳 虎乕 曳曵 煮煑 爼俎 筍笋 糧粮 繍繡 聯聨 蛇虵
    諌諫 讐讎 賓賔 釜釡 鎌鐮 雛鶵 靭靱 鞍鞌 鳳鳯 鼓皷
    """

  /// CJK radicals and strokes, each with the ideograph that it looks like, where NFKC leaves them.
  ///
  /// Source: Unicode 14, EquivalentUnifiedIdeograph.txt.
  package static let radicals = """
    ⺁厂 ⺂乛 ⺃乚 ⺄乙 ⺅亻 ⺆冂 ⺇𠘨 ⺈刀 ⺉刂 ⺊卜 ⺋㔾 ⺌小 ⺍小 ⺎兀 ⺏尣 ⺐尢 ⺑𡯂 ⺒巳 ⺓幺 ⺔彑 ⺕彐 ⺖忄 ⺗心 ⺘扌 ⺙攵 ⺛旡 ⺜日 ⺝月 ⺞歺
    ⺠民 ⺡氵 ⺢氺 ⺣灬 ⺤爫 ⺥爫 ⺦丬 ⺧牛 ⺨犭 ⺩王 ⺪𤴔 ⺫目 ⺬示 ⺭礻 ⺮𥫗 ⺯糹 ⺰纟 ⺱罓 ⺲罒 ⺳㓁 ⺴冗 ⺵𦉫 ⺶羊 ⺷𦍌 ⺸𦍋 ⺹耂 ⺺肀 ⺻聿 ⺼肉
    ⺽𦥑 ⺾艹 ⺿艹 ⻀艹 ⻁虎 ⻂衤 ⻃覀 ⻄西 ⻅见 ⻆角 ⻇𧢲 ⻈讠 ⻉贝 ⻊𧾷 ⻋车 ⻌辶 ⻍辶 ⻎辶 ⻏邑 ⻐钅 ⻑長 ⻒镸 ⻓长 ⻔门 ⻕𨸏 ⻖阝 ⻗雨 ⻘青 ⻙韦
    ⻚页 ⻛风 ⻜飞 ⻝食 ⻞𩙿 ⻟飠 ⻠饣 ⻡𩠐 ⻢马 ⻣骨 ⻤鬼 ⻥鱼 ⻦鸟 ⻧卤 ⻨麦 ⻩黄 ⻪黾 ⻫斉 ⻬齐 ⻭歯 ⻮齿 ⻯竜 ⻰龙 ⻱龜 ⻲亀 ㇆𠃌 ㇏乀 ㇐一 ㇑丨
    ㇒丿 ㇓丿 ㇔丶 ㇕𠃍 ㇖乛 ㇗𠃊 ㇘𠃎 ㇙𠄌 ㇚亅 ㇛𡿨 ㇜𠃋 ㇝乀 ㇞𠃑 ㇟乚 ㇠乙 ㇡𠄎
    """
}
