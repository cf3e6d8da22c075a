// The page: it holds the state, hears what people do, and tells the parts to show it.

import * as L from "./leaflet/leaflet.esm.min.js";
import { announce, debounced, element, memory } from "./dom.js";
import { Highlight } from "./highlight.js";
import { LayerPanel } from "./layerpanel.js";
import { Ledger } from "./ledger.js";
import { LegendPart } from "./legend.js";
import { FeatureList } from "./list.js";
import { nearestFirst } from "./nearest.js";
import * as notices from "./notices.js";
import { Panel } from "./panel.js";
import * as permalink from "./permalink.js";
import { isZone, toPlane } from "./plane.js";
import { preparePrinting } from "./printing.js";
import { Search } from "./search.js";
import * as server from "./server.js";
import { chosenLayers, drawsAt, layerOf, layers, layersOn } from "./state.js";
import { planeZone, state, switchAsAtFirst } from "./state.js";
import { choose, language, languages, setLanguage, text, translatePage } from "./texts.js";
import { ServedTiles } from "./tiles.js";

// Fading costs a virtual desktop more than it gives.
const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
const map = L.map("map", {
  attributionControl: false,
  zoomControl: false,
  fadeAnimation: false,
  zoomAnimation: !still,
  inertia: !still,
});
// What counts as near a click: half a symbol with a mouse, a finger's tip without one.
const reach = window.matchMedia("(pointer: coarse)").matches ? 14 : 8;

const isNarrow = window.matchMedia("(max-width: 700px)");

const panel = new Panel(isNarrow.matches);
const tiles = new ServedTiles(map, (busy) => (element("loading").hidden = !busy));
const highlight = new Highlight(map);
const layerPanel = new LayerPanel({
  change: switchLayers,
  asAtFirst: () => {
    switchAsAtFirst();
    showLayers();
  },
  zoomTo: ({ minzoom = 0, maxzoom }) => map.setZoom(map.getZoom() < minzoom ? minzoom : maxzoom),
  list: (id) => list.open(id),
});
const legend = new LegendPart(map);
const ledger = new Ledger({
  select: (layer, feature) => select(layer, feature, { focus: true }),
  goTo: (feature) => highlight.goTo(feature, closestFor(state.selected?.layer)),
  link: () => new URL(hash(), window.location.href).href,
  close: deselect,
});
const list = new FeatureList(map, {
  select: (layer, feature) => {
    ledger.setHits([]);
    // A phone has room for the list or for the entry.
    if (isNarrow.matches) list.close();
    select(layer, feature, { focus: isNarrow.matches });
  },
});
const search = new Search({
  chooseFeature: (layer, feature) => {
    ledger.setHits([]);
    highlight.goTo(feature, closestFor(layer));
    select(layer, feature, { focus: true });
  },
  choosePlace: (latitude, longitude) => {
    deselect();
    const geometry = { type: "Point", coordinates: [longitude, latitude] };
    const place = { type: "Feature", properties: {}, geometry };
    highlight.goTo(place, 17);
    highlight.show(place);
    element("map").focus();
  },
});

// ---- Start, styles and language

let started = false;

async function start() {
  const wanted = permalink.parse(window.location.hash);
  const isPlain = window.location.hash.length < 2;
  speak(wanted.language ?? (isPlain ? memory.get("language") : null) ?? "ja");
  try {
    const answer = await server.styles();
    state.styles = answer.styles ?? [];
    if (state.styles.length === 0) {
      notices.show("page", text("noStyles"));
      return;
    }
    await useStyle(known(wanted.style) ?? known(answer.default) ?? state.styles[0].id);
  } catch (problem) {
    notices.show("page", problem.message);
    await server.serverIsBack();
    notices.takeBack("page");
    return start();
  }
  if (wanted.style && wanted.style !== state.style) {
    notices.show("style", text("unknownStyle", { style: wanted.style }), 10);
  }
  if (wanted.layers) state.on = new Set(wanted.layers.filter((id) => layerOf(id)));
  if (wanted.view) map.setView([wanted.view.latitude, wanted.view.longitude], wanted.view.zoom);
  else showWholeTown();
  L.control.scale({ imperial: false, maxWidth: 140, position: "bottomleft" }).addTo(map);
  started = true;
  showLayers();
  if (wanted.feature) await openFeature(wanted.feature, { jump: !wanted.view });
}

const known = (id) => (state.styles.some((style) => style.id === id) ? id : null);

async function useStyle(id) {
  const entry = state.styles.find((style) => style.id === id);
  const answer = await server.tileJSON(entry.tilejson ?? `/tiles/${encodeURIComponent(id)}.json`);
  const kept = state.style === null ? null : state.on;
  state.style = id;
  state.tiles = answer;
  switchAsAtFirst();
  // A layer that a person switched on stays on in the other map, where that has it.
  if (kept) for (const layer of layers()) if (kept.has(layer.id)) state.on.add(layer.id);
  map.setMinZoom(answer.minzoom ?? 0);
  map.setMaxZoom(answer.maxzoom ?? 20);
  writePage();
}

/** Everything that depends on the style or the language. */
function writePage() {
  translatePage();
  panel.translate();
  const machizu = state.tiles?.machizu;
  const town = choose(machizu?.town);
  document.title = town ? text("pageTitle", { town }) : "町図 Machizu";
  element("town").textContent = town ? text("heading", { town }) : document.title;
  const audience = machizu?.audience;
  element("audience").hidden = !audience;
  if (audience) element("audience").textContent = text(audience);
  const other = languages.find((code) => code !== language());
  element("language").textContent = other === "en" ? "English" : "日本語";
  element("language").lang = other;
  element("attribution").textContent = choose(state.tiles?.attribution);
  element("attribution").title = element("attribution").textContent;
  const option = ({ id, title }) => new Option(choose(title) || id, id);
  element("style").replaceChildren(...state.styles.map(option));
  element("style").value = state.style ?? "";
  element("style-row").hidden = state.styles.length < 2;
  layerPanel.build();
  showZoom();
}

function speak(code) {
  setLanguage(code);
  writePage();
  // Before an entry is open this is the hint; after, the entry in the new language.
  run(ledger.render());
}

/** Awaits `work` and tells why it was refused; whether it was done. */
async function run(work) {
  try {
    await work;
    return true;
  } catch (problem) {
    if (!server.isAbort(problem)) notices.show("request", problem.message, 15);
    return false;
  }
}

// ---- Layers and the view

function switchLayers(ids, on) {
  for (const id of ids) {
    if (on) state.on.add(id);
    else state.on.delete(id);
  }
  showLayers();
  announce(text("layersOn", { count: layersOn().length }));
}

function showLayers() {
  const named = chosenLayers();
  const query = new URLSearchParams();
  if (named) query.set("layers", named.join(","));
  if (language() !== (state.tiles.machizu?.language ?? "ja")) query.set("lang", language());
  const written = query.toString().replaceAll("%2C", ",");
  tiles.show(layersOn().length > 0 ? state.tiles : null, written && `?${written}`);
  showZoom();
  writeHash();
}

function showZoom() {
  if (!state.tiles || !started) return;
  const zoom = map.getZoom();
  layerPanel.refresh(zoom);
  legend.refresh();
  element("zoom").textContent = text("zoomIs", { zoom });
  element("zoom-in").disabled = zoom >= map.getMaxZoom();
  element("zoom-out").disabled = zoom <= map.getMinZoom();
}

function showWholeTown() {
  const { center, bounds } = state.tiles;
  if (started && bounds) map.fitBounds([[bounds[1], bounds[0]], [bounds[3], bounds[2]]]);
  else if (center) map.setView([center[1], center[0]], center[2]);
  else if (bounds) map.fitBounds([[bounds[1], bounds[0]], [bounds[3], bounds[2]]]);
  else map.setView([36, 138], 6);
}

/**
 * The zoom at which a point of `layer` is shown: its layer is drawn, and its street can be read.
 */
const closestFor = (layer) => Math.max(17, layerOf(layer)?.minzoom ?? 0);

// ---- Ledger entries

/** Opens the entry of `feature`; `focus` moves a keyboard there. */
async function select(layer, feature, { focus = false } = {}) {
  state.selected = { layer, key: String(feature.id) };
  highlight.show(feature);
  panel.openLedger();
  list.mark();
  writeHash();
  await run(ledger.showEntry(layer, feature));
  if (focus) ledger.focusEntry();
}

function deselect() {
  const hadFocus = element("ledger-pane").contains(document.activeElement);
  state.selected = null;
  highlight.show(null);
  run(ledger.showHint());
  panel.closeLedger();
  list.mark();
  writeHash();
  if (hadFocus) element("map").focus();
}

async function openFeature({ layer, key }, { jump }) {
  await run(
    (async () => {
      const feature = await server.feature(layer, key);
      ledger.setHits([]);
      if (jump) highlight.goTo(feature, closestFor(layer));
      await select(layer, feature);
    })(),
  );
}

let asking = null;

/** Opens what lies nearest to `point` (pixels of the map) in the layers that can be seen. */
async function openAt(point, { focus = false } = {}) {
  asking?.abort();
  const { signal } = (asking = new AbortController());
  const seen = layers().filter((layer) => state.on.has(layer.id) && drawsAt(layer, map.getZoom()));
  if (seen.length === 0) {
    sayNothing(text("nothingShown"));
    return;
  }
  const low = map.containerPointToLatLng(point.add([-reach, reach]));
  const high = map.containerPointToLatLng(point.add([reach, -reach]));
  const bbox = [low.lng, low.lat, high.lng, high.lat].map((degrees) => degrees.toFixed(8)).join();
  const hits = [];
  const done = await run(
    server.inParallel(seen, async ({ id }) => {
      const { features = [] } = await server.items(id, { bbox, limit: 20 }, signal);
      hits.push(...features.map((feature) => ({ layer: id, feature })));
    }),
  );
  // What could not be read is not the same as nothing.
  if (signal.aborted || (!done && hits.length === 0)) return;
  const project = ([longitude, latitude]) => map.latLngToContainerPoint([latitude, longitude]);
  const ordered = nearestFirst(hits, point, project, reach * Math.SQRT2);
  if (ordered.length === 0) {
    sayNothing(text("nothingHere"));
    return;
  }
  ledger.setHits(ordered);
  await select(ordered[0].layer, ordered[0].feature, { focus });
}

function sayNothing(words) {
  deselect();
  notices.show("click", words, 4);
}

// ---- The address

function hash() {
  const { lat, lng } = map.getCenter();
  return permalink.format({
    view: { zoom: map.getZoom(), latitude: lat, longitude: lng },
    style: state.styles.length > 1 ? state.style : null,
    layers: chosenLayers(),
    feature: state.selected,
    language: language() === "ja" ? null : language(),
  });
}

const replaceHash = debounced(150, () => window.history.replaceState(null, "", hash()));

function writeHash() {
  if (started) replaceHash();
}

async function obeyHash() {
  if (!started) return;
  replaceHash.cancel();
  const said = permalink.parse(window.location.hash);
  if ((said.language ?? "ja") !== language()) speak(said.language ?? "ja");
  const style = known(said.style);
  if (style && style !== state.style) await run(useStyle(style));
  if (said.layers) state.on = new Set(said.layers.filter((id) => layerOf(id)));
  else switchAsAtFirst();
  if (said.view) map.setView([said.view.latitude, said.view.longitude], said.view.zoom);
  showLayers();
  list.render();
  if (!said.feature) {
    if (state.selected) deselect();
    return;
  }
  const { layer, key } = said.feature;
  const isOpen = layer === state.selected?.layer && key === state.selected.key;
  if (!isOpen) await openFeature(said.feature, { jump: !said.view });
}

// ---- What people do

map.on("moveend", writeHash);
map.on("zoomend", showZoom);
map.on("mousemove", ({ latlng }) => showCursor(latlng));
map.on("mouseout", () => (element("cursor").textContent = ""));
// A place reached by keyboard is the centre; it is told as the cursor would be.
map.on("moveend", () => {
  if (element("map").matches(".by-keyboard:focus")) showCursor(map.getCenter());
});

function showCursor({ lat, lng }) {
  // Written so that it can be pasted into the search box.
  let words = `${lat.toFixed(5)}, ${lng.toFixed(5)}`;
  const zone = planeZone();
  if (isZone(zone)) {
    const { north, east } = toPlane(lat, lng, zone);
    words += text("planeAt", { zone, north: north.toFixed(1), east: east.toFixed(1) });
  }
  element("cursor").textContent = words;
}

// A second click within a quarter of a second is a zoom, not a question.
const ask = debounced(220, (point) => openAt(point));
map.on("click", ({ containerPoint }) => ask(containerPoint));
map.on("dblclick", () => ask.cancel());

// Which of the two is in use: the crosshair and the list of keys are for keyboards.
const byKeyboard = (yes) => element("map").classList.toggle("by-keyboard", yes);
document.addEventListener("keydown", () => byKeyboard(true), true);
document.addEventListener("pointerdown", () => byKeyboard(false), true);

element("map").addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.target !== element("map")) return;
  event.preventDefault();
  openAt(map.getSize().divideBy(2), { focus: true });
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.isComposing) return;
  if (element("list").contains(document.activeElement)) list.close();
  else if (state.selected) deselect();
  else list.close();
});

element("zoom-in").addEventListener("click", () => map.zoomIn());
element("zoom-out").addEventListener("click", () => map.zoomOut());
element("whole-town").addEventListener("click", showWholeTown);
element("skip-to-map").addEventListener("click", () => element("map").focus());
element("style").addEventListener("change", async ({ target }) => {
  await run(useStyle(target.value));
  element("style").value = state.style;
  showLayers();
  list.render();
});
element("language").addEventListener("click", () => {
  const next = languages.find((code) => code !== language());
  memory.set("language", next);
  speak(next);
  if (started) showLayers();
  list.render();
  search.clear();
});
window.addEventListener("hashchange", obeyHash);
new ResizeObserver(() => map.invalidateSize({ animate: false })).observe(element("map"));
preparePrinting(map);
start();
