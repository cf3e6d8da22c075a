// The tiles of the server on the map: a new picture replaces the old one when it is complete, and
// tiles that fail are told and asked for again.

import * as L from "./leaflet/leaflet.esm.min.js";
import * as notices from "./notices.js";
import { address, get, serverIsBack } from "./server.js";
import { text } from "./texts.js";

// The highest zoom that the server draws at double scale.
const highestDoubleZoom = 19;

const ServedTileLayer = L.TileLayer.extend({
  getTileUrl({ x, y, z }) {
    const scale = window.devicePixelRatio > 1 && z <= highestDoubleZoom ? "@2x" : "";
    const place = this._url.replace("{z}", z).replace("{x}", x).replace("{y}", `${y}${scale}`);
    return place + this.options.query;
  },
});

export class ServedTiles {
  #map;
  #onLoading;
  #shown = null;
  #leaving = null;
  #address = "";
  #order = 1;
  #troubles = new Troubles();

  /** `onLoading` is told true while tiles are awaited and false when all have come. */
  constructor(map, onLoading) {
    this.#map = map;
    this.#onLoading = onLoading;
  }

  /**
   * Shows the style of `tileJSON` with `query` (`?layers=…`), or nothing where `tileJSON` is null.
   */
  show(tileJSON, query) {
    const now = tileJSON ? address(tileJSON.tiles[0]) + query : "";
    if (now === this.#address) return;
    this.#address = now;
    this.#drop(this.#leaving);
    this.#leaving = this.#shown;
    this.#shown = null;
    notices.takeBack("tiles");
    if (!tileJSON) {
      this.#dropLeaving();
      this.#onLoading(false);
      return;
    }
    const [west, south, east, north] = tileJSON.bounds ?? [-180, -85, 180, 85];
    const layer = new ServedTileLayer(address(tileJSON.tiles[0]), {
      query,
      minZoom: tileJSON.minzoom,
      maxZoom: tileJSON.maxzoom,
      bounds: [[south, west], [north, east]],
      zIndex: (this.#order += 1),
      keepBuffer: 1,
    });
    layer.on("loading", () => this.#onLoading(true));
    layer.on("load", () => {
      this.#onLoading(false);
      if (layer === this.#shown) this.#dropLeaving();
    });
    layer.on("tileerror", ({ tile, coords }) => this.#troubles.add(tile, layer.getTileUrl(coords)));
    layer.on("tileload tileunload", ({ tile }) => this.#troubles.end(tile));
    this.#shown = layer.addTo(this.#map);
  }

  #dropLeaving() {
    this.#drop(this.#leaving);
    this.#leaving = null;
  }

  #drop(layer) {
    // Not off() for all: the layer listens to itself for its own removal.
    layer?.off("loading load");
    layer?.remove();
  }
}

// An <img> does not say why it failed, so the first of several failing tiles is asked for once more
// by fetch.
class Troubles {
  #attempts = new Map();
  #timers = new Map();
  #diagnosis = null;

  async add(tile, url) {
    const attempt = (this.#attempts.get(tile) ?? 0) + 1;
    this.#attempts.set(tile, attempt);
    this.#diagnosis ??= this.#diagnose(url);
    const problem = await this.#diagnosis;
    if (!this.#attempts.has(tile)) return;
    const again = () => (tile.src = url);
    const pause = Math.min(15, 2 ** (attempt - 1));
    if (problem === null) {
      this.#timers.set(tile, setTimeout(again, pause * 500));
    } else if (problem.status === 0) {
      notices.show("tiles", text("offline"));
      await serverIsBack();
      if (this.#attempts.has(tile)) again();
    } else if (problem.status >= 500 || problem.status === 429) {
      notices.show("tiles", text("tilesFailed", { detail: problem.message }));
      const seconds = Math.max(problem.retryAfter ?? 0, pause);
      this.#timers.set(tile, setTimeout(again, seconds * 1000));
    } else {
      // Outside the pyramid there is nothing to tell; anything else will not mend itself.
      if (problem.status !== 404) {
        notices.show("tiles", text("tilesRefused", { detail: problem.message }));
      }
      this.end(tile);
    }
  }

  end(tile) {
    clearTimeout(this.#timers.get(tile));
    this.#timers.delete(tile);
    if (this.#attempts.delete(tile) && this.#attempts.size === 0) notices.takeBack("tiles");
  }

  async #diagnose(url) {
    try {
      await get(url);
      return null;
    } catch (problem) {
      return problem;
    } finally {
      // Tiles that fail within the same second fail for the same reason.
      setTimeout(() => (this.#diagnosis = null), 1000);
    }
  }
}
