// What the page shows now. Changed by viewer.js alone; the other modules read it.

import { collection } from "./server.js";
import { choose } from "./texts.js";

export const state = {
  /** The list of `/styles`. */
  styles: [],
  /** The id of the style shown. */
  style: null,
  /** Its TileJSON. */
  tiles: null,
  /** Ids of the layers that are switched on. */
  on: new Set(),
  /** The ledger entry that is open: {layer, key}, or null. */
  selected: null,
};

/** The layers of the style in paint order, bottom first. */
export const layers = () => state.tiles?.machizu?.layers ?? [];

export const layerOf = (id) => layers().find((layer) => layer.id === id) ?? null;

/** Ids of layers that are switched on, in the style's order. */
export const layersOn = () => layers().filter(({ id }) => state.on.has(id)).map(({ id }) => id);

const shownAtFirst = () => layers().filter(({ visible }) => visible).map(({ id }) => id);

/** The layers to name in requests and links, or null where they are those shown at first. */
export function chosenLayers() {
  const now = layersOn();
  return now.join() === shownAtFirst().join() ? null : now;
}

export const switchAsAtFirst = () => (state.on = new Set(shownAtFirst()));

export const drawsAt = ({ minzoom = 0, maxzoom = 99 }, zoom) => zoom >= minzoom && zoom <= maxzoom;

/**
 * The title of a layer; one that the style does not draw (a ledger without places) is asked of its
 * collection.
 */
export async function layerTitle(id) {
  const layer = layerOf(id);
  return choose(layer ? layer.title : (await collection(id)).title) || id;
}

/** The plane rectangular zone of the town where the server states it, else null. */
export const planeZone = () => state.tiles?.machizu?.town?.zone ?? null;
