// What the signs on show mean: the server's picture of the legend for the zoom, the layers and the area
// that the map shows, asked for only while its part of the panel is open.

import { debounced, element, make, memory } from "./dom.js";
import { address, isAbort, legend, serverIsBack } from "./server.js";
import { layersOn, state } from "./state.js";
import { choose, language, text } from "./texts.js";

// A hand that still drags the map is not answered, and an answer within this time changes nothing before
// it is there.
const calm = 350;
const late = 600;

export class LegendPart {
  #map;
  #asking = null;
  /** What the picture on the page was drawn from. */
  #shown = null;

  constructor(map) {
    this.#map = map;
    const fold = element("legend-fold");
    fold.addEventListener("click", () => {
      const isOpen = fold.getAttribute("aria-expanded") !== "true";
      memory.set("legend", isOpen ? "open" : "folded");
      this.#open(isOpen);
    });
    this.refresh = debounced(calm, () => this.#refresh());
    map.on("moveend", this.refresh);
    this.#open(memory.get("legend") === "open");
  }

  /** Asks for the legend of what the map shows now. */
  async #refresh() {
    this.#asking?.abort();
    if (element("legend-body").hidden || !state.style) return;
    const { signal } = (this.#asking = new AbortController());
    const on = layersOn();
    if (on.length === 0) {
      this.#say("legendEmpty");
      return;
    }
    const query = { zoom: Math.round(this.#map.getZoom()), layers: on.join(","), bbox: this.#area() };
    const style = state.style;
    const slow = setTimeout(() => this.#wait(true), late);
    try {
      const list = (await legend(style, query, signal)).legend ?? [];
      if (list.length === 0) {
        this.#say("legendNothing");
        return;
      }
      // The same signs at another place are the same picture.
      const drawing = { lang: language(), scale: this.#scale };
      const signs = JSON.stringify([style, query.zoom, query.layers, drawing, list]);
      if (signs !== this.#shown) {
        const route = `/styles/${encodeURIComponent(style)}/legend.png`;
        await this.#draw(address(`${route}?${new URLSearchParams({ ...query, ...drawing })}`), list, signal);
        this.#shown = signs;
      }
    } catch (problem) {
      if (isAbort(problem) || signal.aborted) return;
      // The signs of another place would be wrong here.
      this.#say("legendFailed");
      if (problem.status === 0) serverIsBack().then(() => this.refresh());
    } finally {
      clearTimeout(slow);
      if (!signal.aborted) this.#wait(false);
    }
  }

  /** Puts a picture in the place of the former once it is there as a whole. */
  async #draw(source, list, signal) {
    const titles = list.flatMap(({ title, items }) =>
      items.length > 1 || Object.keys(items[0].properties).length > 0 ? [title, ...items.map((item) => item.title)] : items.map((item) => item.title),
    );
    const picture = make("img", {
      id: "legend-picture",
      src: source,
      alt: text("signsOf", { signs: titles.map(choose).join(text("comma")) }),
    });
    await picture.decode();
    signal.throwIfAborted();
    // The picture has as many pixels as the screen: its size on the page is theirs.
    picture.width = picture.naturalWidth / this.#scale;
    element("legend-picture").replaceWith(picture);
    element("legend-state").hidden = true;
  }

  /** West, south, east and north of the window, on the earth. */
  #area() {
    const bounds = this.#map.getBounds();
    const within = (value, most) => Math.max(-most, Math.min(most, value)).toFixed(6);
    return [
      within(bounds.getWest(), 180), within(bounds.getSouth(), 85),
      within(bounds.getEast(), 180), within(bounds.getNorth(), 85),
    ].join();
  }

  get #scale() {
    return window.devicePixelRatio > 1 ? 2 : 1;
  }

  #open(isOpen) {
    element("legend-fold").setAttribute("aria-expanded", String(isOpen));
    element("legend-body").hidden = !isOpen;
    if (isOpen) this.#refresh();
    else this.#asking?.abort();
  }

  /** Marks the legend as one of before, for people who wait. */
  #wait(isWaiting) {
    element("legend-body").classList.toggle("waiting", isWaiting);
    element("legend-body").setAttribute("aria-busy", String(isWaiting));
  }

  #say(words) {
    this.#shown = null;
    element("legend-picture").hidden = true;
    element("legend-state").hidden = false;
    element("legend-state").textContent = text(words);
  }
}
