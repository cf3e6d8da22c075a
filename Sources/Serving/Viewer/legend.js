// What the signs mean: the server's picture of the legend for the zoom and the layers shown, asked for
// only while its part of the panel is open.

import { element, memory } from "./dom.js";
import { address } from "./server.js";
import { layersOn, state } from "./state.js";
import { language, text } from "./texts.js";

export class LegendPart {
  #zoom = null;

  constructor() {
    const fold = element("legend-fold");
    fold.addEventListener("click", () => {
      const isOpen = fold.getAttribute("aria-expanded") !== "true";
      memory.set("legend", isOpen ? "open" : "folded");
      this.#open(isOpen);
    });
    const picture = element("legend-picture");
    // The picture has as many pixels as the screen: its size on the page is theirs.
    picture.addEventListener("load", () => {
      picture.width = picture.naturalWidth / this.#scale;
      picture.hidden = false;
      element("legend-state").hidden = true;
    });
    picture.addEventListener("error", () => this.#say("legendFailed"));
    this.#open(memory.get("legend") === "open");
  }

  /** Shows the legend of the map as it is now, at `zoom`. */
  refresh(zoom) {
    this.#zoom = zoom;
    if (element("legend-body").hidden || !state.style) return;
    const on = layersOn();
    const picture = element("legend-picture");
    if (on.length === 0) {
      picture.removeAttribute("src");
      this.#say("legendEmpty");
      return;
    }
    const query = new URLSearchParams({
      zoom: Math.round(zoom),
      layers: on.join(","),
      lang: language(),
      scale: this.#scale,
    });
    const wanted = address(`/styles/${encodeURIComponent(state.style)}/legend.png?${query}`);
    picture.alt = text("signs");
    if (picture.src !== wanted) picture.src = wanted;
  }

  get #scale() {
    return window.devicePixelRatio > 1 ? 2 : 1;
  }

  #open(isOpen) {
    element("legend-fold").setAttribute("aria-expanded", String(isOpen));
    element("legend-body").hidden = !isOpen;
    if (isOpen && this.#zoom !== null) this.refresh(this.#zoom);
  }

  #say(words) {
    element("legend-picture").hidden = true;
    element("legend-state").hidden = false;
    element("legend-state").textContent = text(words);
  }
}
