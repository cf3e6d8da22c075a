// A map of pictures without a server of its own: what map.js tells, Leaflet shows. Plain scripts, so
// that the page also opens from a disk.
"use strict";

(() => {
  const facts = window.machizuMap;
  const element = (id) => document.getElementById(id);
  const words = {
    legend: ["凡例", "Legend"],
    data: ["データ", "Data"],
    dataTitle: ["公開データ", "Open data"],
    other: ["その他", "Other"],
    count: ["{count}件", "{count} entries"],
    updated: ["{day} 現在", "as of {day}"],
    licence: ["利用条件: {licence}", "Licence: {licence}"],
    noLicence: ["利用条件の記載なし", "No licence is stated"],
    notes: ["このデータについて", "About these data"],
    published: ["{day} 公開", "Published {day}"],
    map: ["地図。矢印キーで移動、＋と−で拡大・縮小", "Map. Arrow keys move it, + and − zoom"],
    zoomIn: ["拡大", "Zoom in"],
    zoomOut: ["縮小", "Zoom out"],
    choice: ["地図", "Map"],
    search: ["名称・住所の検索", "Search names and addresses"],
    searchHint: ["名称・住所", "Name or address"],
    searchResults: ["見つかったもの", "Found"],
    searchLoading: ["検索の準備中…", "Getting ready…"],
    searchFailed: ["検索用のデータを読み込めません。", "The data to search cannot be read."],
    nothingFound: ["見つかりません。", "Nothing is found."],
    foundAll: ["{count}件", "{count} found"],
    foundMore: ["{count}件のうち{most}件", "{most} of {count} found"],
    failed: ["地図の画像を読み込めません。", "Pictures of the map cannot be read."],
    needsServer: [
      "この地図は Web サーバーから開いてください（PMTiles はファイルのままでは読めません）。",
      "Open this map from a web server (PMTiles cannot be read as a plain file).",
    ],
  };
  let language = facts.language;

  const text = (name, values = {}) =>
    words[name][language === "ja" ? 0 : 1].replace(/\{(\w+)\}/g, (_, key) => values[key]);
  const choose = (title) =>
    title == null || typeof title === "string" ? (title ?? "") : (title[language] ?? title.ja);

  // ---- The map

  // One map, or several of one area between which people choose.
  const maps = facts.maps ?? [facts];
  let shown = null;
  let tiles = null;

  const map = L.map("map", { attributionControl: false, zoomControl: false, fadeAnimation: false });
  const zoomControl = L.control.zoom().addTo(map);
  L.control.scale({ imperial: false, maxWidth: 140 }).addTo(map);
  const [west, south, east, north] = facts.bounds;
  const bounds = [[south, west], [north, east]];

  /** Draws one of the maps in the place of the former. */
  function use(wanted) {
    if (wanted === shown) return;
    shown = wanted;
    tiles?.remove();
    const maxZoom = Math.min(wanted.maxzoom + 2, 22);
    const options = {
      minZoom: wanted.minzoom,
      maxZoom,
      // Closer than the closest drawn zoom the pictures are enlarged.
      maxNativeZoom: wanted.maxzoom,
      bounds,
    };
    map.setMinZoom(wanted.minzoom);
    map.setMaxZoom(maxZoom);
    tiles = wanted.archive
      ? window.machizuArchiveLayer(wanted.archive, options)
      : L.tileLayer(wanted.tiles, options);
    tiles.on("tileerror", ({ error }) => {
      const isLocal = window.location.protocol === "file:" && wanted.archive;
      // A tile that is not there is no trouble: areas without anything may have been left out.
      if (!isLocal && (error === undefined || error.isAbsent)) return;
      element("trouble").textContent = text(isLocal ? "needsServer" : "failed");
      element("trouble").hidden = false;
    });
    tiles.on("tileload", () => (element("trouble").hidden = true));
    tiles.addTo(map);
  }

  const place = /^#(\d+)\/(-?\d+\.?\d*)\/(-?\d+\.?\d*)(?:\/([a-z][a-z0-9_-]*))?$/;

  function show() {
    const said = place.exec(window.location.hash);
    use(maps.find(({ id }) => id !== undefined && id === said?.[4]) ?? maps[0]);
    if (said) map.setView([Number(said[2]), Number(said[3])], Number(said[1]));
    else map.fitBounds(bounds);
  }

  function writeHash() {
    const { lat, lng } = map.getCenter();
    const name = shown === maps[0] ? "" : `/${shown.id}`;
    const hash = `#${map.getZoom()}/${lat.toFixed(5)}/${lng.toFixed(5)}${name}`;
    window.history.replaceState(null, "", hash);
  }

  show();
  map.on("moveend", writeHash);
  window.addEventListener("hashchange", () => {
    show();
    write();
  });
  element("choice").addEventListener("change", ({ target }) => {
    use(maps[Number(target.value)]);
    writeHash();
    write();
  });

  // ---- What was searched for

  let mark = null;

  function showPlace({ name, note, longitude, latitude }) {
    mark?.remove();
    const at = [latitude, longitude];
    map.setView(at, Math.max(map.getZoom(), Math.min(17, shown.maxzoom)));
    const words = made("div", [made("b", name), made("span", note, { className: "note" })]);
    mark = L.circleMarker(at, { radius: 14, color: "#b34700", weight: 3, fill: false, interactive: false });
    mark.addTo(map);
    mark.bindPopup(words, { autoPan: false, closeButton: true, offset: [0, -10] }).openPopup();
    mark.on("popupclose", () => mark?.remove());
  }

  const find = facts.search
    ? window.machizuFind({
        source: facts.search,
        text,
        choose,
        language: () => language,
        show: showPlace,
      })
    : null;

  // ---- The words

  function made(name, content, properties = {}) {
    const node = Object.assign(document.createElement(name), properties);
    node.append(...[content].flat());
    return node;
  }

  function entry(layer) {
    const facts = [
      text("count", { count: layer.count }),
      layer.updated && text("updated", { day: layer.updated }),
      layer.attribution,
      layer.licence ? text("licence", { licence: layer.licence }) : text("noLicence"),
    ];
    const links = layer.files.map(({ href, format }) => made("a", format, { href, download: "" }));
    return made("li", [
      made("b", choose(layer.title)),
      " ",
      ...links.flatMap((link) => [link, " "]),
      made("span", facts.filter(Boolean).join(" ・ "), { className: "note" }),
    ]);
  }

  function writeData() {
    const groups = new Map();
    for (const layer of facts.data ?? []) {
      const group = choose(layer.group) || text("other");
      groups.set(group, [...(groups.get(group) ?? []), layer]);
    }
    const parts = [...groups].flatMap(([group, layers]) => [
      made("h2", group),
      made("ul", layers.map(entry)),
    ]);
    if (facts.notes) {
      parts.push(made("p", made("a", text("notes"), { href: facts.notes })));
    }
    element("data").replaceChildren(made("h2", text("dataTitle")), ...parts);
    element("data").setAttribute("aria-label", text("dataTitle"));
  }

  function write() {
    document.documentElement.lang = language;
    const title = choose(shown.title);
    const town = choose(facts.town);
    document.title = [town, title].filter(Boolean).join(" ");
    element("title").textContent = town || title;
    element("subtitle").textContent = town && maps.length === 1 ? title : "";
    element("choice-row").hidden = maps.length === 1;
    element("choice-name").textContent = text("choice");
    element("choice").replaceChildren(
      ...maps.map((entry, index) => new Option(choose(entry.title), String(index))),
    );
    element("choice").value = String(maps.indexOf(shown));
    find?.write();
    element("open-legend").textContent = text("legend");
    element("open-legend").hidden = !shown.legend;
    element("open-data").textContent = text("data");
    element("open-data").hidden = !(facts.data?.length > 0);
    element("language").textContent = language === "ja" ? "English" : "日本語";
    element("language").lang = language === "ja" ? "en" : "ja";
    element("attribution").textContent = shown.attribution ?? "";
    element("published").textContent = facts.published
      ? text("published", { day: facts.published })
      : "";
    element("map").setAttribute("aria-label", text("map"));
    element("legend").setAttribute("aria-label", text("legend"));
    const [zoomIn, zoomOut] = zoomControl.getContainer().querySelectorAll("a");
    for (const [button, name] of [[zoomIn, "zoomIn"], [zoomOut, "zoomOut"]]) {
      button.title = text(name);
      button.setAttribute("aria-label", text(name));
    }
    if (shown.legend) {
      element("legend-picture").alt = text("legend");
      element("legend-picture").src = choose(shown.legend);
    }
    writeData();
  }

  function open(name, isOpen) {
    element(name).hidden = !isOpen;
    element(`open-${name}`).setAttribute("aria-expanded", String(isOpen));
  }

  for (const name of ["legend", "data"]) {
    element(`open-${name}`).addEventListener("click", () => {
      const isOpen = element(name).hidden;
      for (const other of ["legend", "data"]) open(other, other === name && isOpen);
    });
  }
  document.addEventListener("keydown", ({ key }) => {
    if (key === "Escape") for (const name of ["legend", "data"]) open(name, false);
  });
  element("language").addEventListener("click", () => {
    language = language === "ja" ? "en" : "ja";
    write();
  });
  new ResizeObserver(() => map.invalidateSize({ animate: false })).observe(element("map"));
  write();
})();
