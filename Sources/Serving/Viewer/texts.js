// Every word that the page itself says, Japanese first. What data says comes as {"ja": …, "en": …}.

const texts = {
  skipToMap: ["地図へ移動", "Skip to the map"],
  heading: ["{town} 地図", "{town}"],
  pageTitle: ["{town} 地図", "{town} map"],
  panel: ["検索とレイヤ", "Search and layers"],
  panelTabs: ["パネル", "Panels"],
  foldPanel: ["パネルを閉じる", "Close the panel"],
  unfoldPanel: ["パネルを開く", "Open the panel"],
  public: ["公開用", "Public"],
  staff: ["職員用", "Staff"],
  restricted: ["限定", "Restricted"],

  search: ["検索", "Search"],
  searchLabel: [
    "名称・台帳番号・路線番号・住所・座標で検索",
    "Search names, ledger and route numbers, addresses, coordinates",
  ],
  searchPlaceholder: ["名称・番号・住所・座標", "Name, number, address, lat/lon"],
  clearSearch: ["検索を消す", "Clear the search"],
  searchResults: ["検索結果", "Search results"],
  searching: ["検索しています… {done}/{all}", "Searching… {done}/{all}"],
  found: ["{count}件見つかりました（{layers}レイヤ）", "{count} found in {layers} layers"],
  foundNone: ["見つかりませんでした", "Nothing found"],
  searchFailed: [
    "{count}レイヤは検索できませんでした: {detail}",
    "{count} layers could not be searched: {detail}",
  ],
  moreInLayer: ["ほかにもあります", "more exist"],
  coordinates: ["座標", "Coordinates"],
  goToCoordinates: ["この座標へ移動", "Go to these coordinates"],

  layers: ["レイヤ", "Layers"],
  style: ["地図の種類", "Map"],
  allOn: ["すべて表示", "All on"],
  allOff: ["すべて非表示", "All off"],
  asAtFirst: ["初期表示", "As at first"],
  groupSwitch: ["{group}をすべて表示", "Show all of {group}"],
  otherGroup: ["その他", "Other"],
  zoomInToSee: ["拡大で表示", "Zoom in"],
  zoomOutToSee: ["縮小で表示", "Zoom out"],
  zoomRange: [
    "{layer}: ズーム {min}〜{max} で表示されます。押すとその縮尺へ移動します。",
    "{layer} shows from zoom {min} to {max}. Press to go there.",
  ],
  listOf: ["{layer}の一覧", "List of {layer}"],
  layersOn: ["{count}レイヤ表示中", "{count} layers shown"],

  ledger: ["台帳", "Ledger"],
  ledgerHint: [
    "地図上の地物をクリックするか、検索結果から選ぶと、台帳の内容がここに表示されます。",
    "Click a feature on the map, or choose a search result, to read its ledger entry here.",
  ],
  ledgerKeyHint: [
    "キーボードでは、地図を矢印キーで動かし、Enter キーで中央の地物を開きます。",
    "With the keyboard, pan with the arrow keys and press Enter to open what lies at the centre.",
  ],
  hitsHere: ["この地点の地物 {count}件", "{count} features here"],
  nothingHere: ["この地点に表示中の地物はありません。", "None of the layers shown has a feature here."],
  nothingShown: ["表示中のレイヤがありません。レイヤを表示してください。", "No layer is shown. Switch a layer on."],
  opened: ["{layer} {label} の台帳を開きました", "Ledger entry of {layer} {label} opened"],
  goTo: ["位置へ移動", "Show on map"],
  copyLink: ["リンクをコピー", "Copy link"],
  linkCopied: ["リンクをコピーしました", "Link copied"],
  linkNotCopied: ["コピーできませんでした。アドレス欄の文字列をお使いください。", "Could not copy. Please use the address bar."],
  close: ["閉じる", "Close"],
  noPlace: ["この台帳には位置の情報がありません。", "This entry has no place on the map."],
  noValue: ["（空欄）", "(empty)"],
  column: ["項目", "Column"],
  value: ["内容", "Value"],
  department: ["所管", "Department"],
  updated: ["更新", "Updated"],
  licence: ["利用条件", "Licence"],
  source: ["出典", "Source"],
  yes: ["はい", "yes"],
  no: ["いいえ", "no"],
  fiscalYear: ["{year}（{era}年度）", "{year} (FY {era})"],

  listTitle: ["表示範囲の地物一覧", "Features in view"],
  listLayer: ["レイヤ", "Layer"],
  listCount: ["表示範囲に{count}件", "{count} in view"],
  listFirst: ["表示範囲の先頭{count}件（続きは拡大してください）", "First {count} in view (zoom in for the rest)"],
  listNone: ["表示範囲に地物はありません", "None in view"],
  key: ["番号", "Number"],

  map: ["地図", "Map"],
  mapKeys: [
    "矢印: 移動　＋ −: 拡大・縮小　Enter: 中央の地物　Esc: 閉じる",
    "Arrows: pan   + −: zoom   Enter: feature at the centre   Esc: close",
  ],
  mapTools: ["地図の操作", "Map tools"],
  zoomIn: ["拡大", "Zoom in"],
  zoomOut: ["縮小", "Zoom out"],
  wholeTown: ["全域を表示", "Whole town"],
  openList: ["表示範囲の地物一覧", "List of features in view"],
  print: ["印刷", "Print"],
  cursor: ["カーソルの位置", "Position of the cursor"],
  planeAt: ["　{zone}系 X={north} Y={east}", "   zone {zone} X={north} Y={east}"],
  zoomIs: ["ズーム {zoom}", "Zoom {zoom}"],
  loading: ["読み込み中…", "Loading…"],
  legend: ["凡例（表示中のレイヤ）", "Layers shown"],
  signs: ["凡例", "Legend"],
  signsOf: ["凡例: {signs}", "Legend: {signs}"],
  comma: ["、", ", "],
  legendEmpty: ["表示中のレイヤはありません", "No layer is shown"],
  legendNothing: ["この範囲に記号はありません", "There is no sign in view"],
  legendFailed: ["凡例を読み込めませんでした", "The legend could not be loaded"],
  printedOn: ["印刷日 {date}", "Printed {date}"],

  dismiss: ["この知らせを閉じる", "Dismiss this notice"],
  tilesFailed: [
    "地図を描けない部分があります。再試行しています。{detail}",
    "Parts of the map could not be drawn; trying again. {detail}",
  ],
  tilesRefused: ["地図を表示できません。{detail}", "The map cannot be shown. {detail}"],
  offline: [
    "サーバーに接続できません。つながり次第、自動で再開します。",
    "The server cannot be reached. The page goes on by itself when it can.",
  ],
  requestFailed: ["サーバーがエラー {status} を返しました。", "The server answered with error {status}."],
  notReadable: ["サーバーの応答を読み取れませんでした。", "The server's answer could not be read."],
  unknownStyle: [
    "地図「{style}」はありません。別の地図を表示します。",
    "There is no map “{style}”; another one is shown.",
  ],
  noStyles: ["表示できる地図がありません。", "There is no map to show."],
};

let current = "ja";

export const languages = ["ja", "en"];
export const language = () => current;

export function setLanguage(code) {
  current = languages.includes(code) ? code : "ja";
  document.documentElement.lang = current;
}

/** The words named `name`, with `{places}` filled from `values`. */
export function text(name, values = {}) {
  const words = texts[name][languages.indexOf(current)];
  return words.replace(/\{(\w+)\}/g, (place, key) => (key in values ? String(values[key]) : place));
}

/** What data says in the chosen language, else in the other one; plain text stays as it is. */
export function choose(words) {
  if (words === null || words === undefined) return "";
  if (typeof words !== "object") return String(words);
  return words[current] ?? words.ja ?? words.en ?? "";
}

/** Fills the words of index.html in the chosen language. */
export function translatePage() {
  const attributes = { text: null, label: "aria-label", placeholder: "placeholder" };
  for (const [kind, attribute] of Object.entries(attributes)) {
    for (const node of document.querySelectorAll(`[data-${kind}]`)) {
      const words = text(node.dataset[kind]);
      if (attribute) node.setAttribute(attribute, words);
      else node.textContent = words;
      if (kind === "label" && node.tagName === "BUTTON") node.title = words;
    }
  }
}
