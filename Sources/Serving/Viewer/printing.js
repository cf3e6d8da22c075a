// A sheet of paper: the map at the size of an A4 page on its side, and the layers that it shows.

import { element, make } from "./dom.js";
import { geometryIcon } from "./layerpanel.js";
import { drawsAt, layers, state } from "./state.js";
import { choose, text } from "./texts.js";
import { dateWords } from "./values.js";

/** `map` is redrawn at the page's size before printing and at the window's afterwards. */
export function preparePrinting(map) {
  window.addEventListener("beforeprint", () => enter(map));
  window.addEventListener("afterprint", () => leave(map));
  element("print").addEventListener("click", async () => {
    enter(map);
    await tilesHaveCome();
    window.print();
    leave(map);
  });
}

function enter(map) {
  document.documentElement.classList.add("printing");
  const style = state.styles.find(({ id }) => id === state.style);
  element("print-title").textContent = `${document.title}　${choose(style?.title)}`;
  element("print-date").textContent = text("printedOn", { date: dateWords(localDate()) });
  const shown = layers().filter((layer) => state.on.has(layer.id) && drawsAt(layer, map.getZoom()));
  element("print-legend").replaceChildren(
    ...shown
      .reverse()
      .map((layer) => make("li", {}, geometryIcon(layer), choose(layer.title) || layer.id)),
  );
  map.invalidateSize({ animate: false });
}

function leave(map) {
  document.documentElement.classList.remove("printing");
  map.invalidateSize({ animate: false });
}

// The tiles that the page needs beyond the window's; after five seconds the sheet is printed as it
// is.
async function tilesHaveCome() {
  for (let wait = 0; wait < 50; wait += 1) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    if (element("loading").hidden) return;
  }
}

function localDate() {
  const now = new Date();
  const two = (number) => String(number).padStart(2, "0");
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}
