// The features in view as a table: the picture again for those who cannot see it, and for those who
// count.

import { announce, debounced, element, iconButton, make } from "./dom.js";
import { valueCell } from "./ledger.js";
import { collection, isAbort, items } from "./server.js";
import { drawsAt, layers, state } from "./state.js";
import { choose, text } from "./texts.js";
import { dateWords, fieldTitle } from "./values.js";

const most = 200;

export class FeatureList {
  #act;
  #map;
  #node = element("list");
  #layer = null;
  #request = null;
  #later = debounced(300, () => this.#load());

  /** `act` has select(layer, feature). */
  constructor(map, act) {
    this.#map = map;
    this.#act = act;
    map.on("moveend", () => {
      if (this.isOpen) this.#later();
    });
    element("open-list").addEventListener("click", () => {
      if (this.isOpen) this.close();
      else this.open();
    });
  }

  get isOpen() {
    return !this.#node.hidden;
  }

  /**
   * Opens the list of `layer`, else of the open entry's, the one listed last, or the topmost that
   * is drawn.
   */
  open(layer = null) {
    const shown = layers().filter(({ id }) => state.on.has(id));
    const drawn = shown.filter((entry) => drawsAt(entry, this.#map.getZoom()));
    const topmost = drawn.at(-1) ?? shown.at(-1) ?? layers().at(-1);
    const kept = layers().some(({ id }) => id === this.#layer) ? this.#layer : null;
    const ofEntry = layers().find(({ id }) => id === state.selected?.layer)?.id;
    this.#layer = layer ?? ofEntry ?? kept ?? topmost?.id ?? null;
    if (!this.#layer) return;
    this.#node.hidden = false;
    element("page").classList.add("listing");
    element("open-list").setAttribute("aria-expanded", "true");
    this.#frame();
    this.#load();
    element("list-layer").focus();
  }

  close() {
    if (!this.isOpen) return;
    const hadFocus = this.#node.contains(document.activeElement);
    this.#request?.abort();
    this.#node.hidden = true;
    element("page").classList.remove("listing");
    element("open-list").setAttribute("aria-expanded", "false");
    if (hadFocus) element("open-list").focus();
  }

  /** Writes the list anew: style or language changed. */
  render() {
    if (!this.isOpen) return;
    if (!layers().some(({ id }) => id === this.#layer)) this.#layer = layers().at(-1)?.id ?? null;
    this.#frame();
    this.#load();
  }

  /** Marks the row of the open ledger entry. */
  mark() {
    const key = state.selected?.layer === this.#layer ? state.selected.key : null;
    for (const row of this.#node.querySelectorAll("tbody tr")) {
      row.classList.toggle("current", row.dataset.key === key);
    }
  }

  #frame() {
    const option = ({ id, title }) => new Option(choose(title) || id, id);
    const choices = [...layers()].reverse().map(option);
    const select = make("select", { id: "list-layer" }, choices);
    select.value = this.#layer;
    select.addEventListener("change", () => {
      this.#layer = select.value;
      this.#load();
    });
    this.#node.replaceChildren(
      make(
        "div",
        { className: "list-head" },
        make("h2", {}, text("listTitle")),
        make("label", { for: "list-layer", className: "hidden-text" }, text("listLayer")),
        select,
        make("span", { id: "list-state" }),
        make("span", { className: "spacer" }),
        make("span", { id: "list-record", className: "muted" }),
        iconButton("close", text("close"), () => this.close()),
      ),
      make("div", {
        id: "list-rows",
        className: "list-rows",
        tabIndex: 0,
        role: "region",
        "aria-label": text("listTitle"),
      }),
    );
  }

  async #load() {
    this.#later.cancel();
    this.#request?.abort();
    if (!this.#layer) return;
    const request = new AbortController();
    this.#request = request;
    try {
      const bbox = this.#map.getBounds().toBBoxString();
      const [record, answer] = await Promise.all([
        collection(this.#layer),
        items(this.#layer, { bbox, limit: most + 1 }, request.signal),
      ]);
      if (!request.signal.aborted) this.#fill(record.machizu ?? {}, answer);
    } catch (error) {
      if (!isAbort(error)) {
        element("list-rows").replaceChildren();
        element("list-state").textContent = error.message;
      }
    }
  }

  #fill(schema, { features = [], numberMatched }) {
    const rows = features.slice(0, most);
    const count = numberMatched ?? features.length;
    const name = rows.length === 0 ? "listNone" : count > most ? "listFirst" : "listCount";
    const words = text(name, { count: rows.length });
    element("list-state").textContent = words;
    const updated = schema.updated ? dateWords(String(schema.updated)) : "";
    const record = [choose(schema.department), updated].filter((part) => part !== "");
    element("list-record").textContent = record.join("　");
    announce(words);
    const place = element("list-rows");
    const { scrollTop, scrollLeft } = place;
    place.replaceChildren(...(rows.length > 0 ? [this.#table(schema, rows)] : []));
    place.scrollTo(scrollLeft, scrollTop);
    this.mark();
  }

  #table(schema, rows) {
    // A one-column key stands in the first column already.
    const key = schema.key?.length === 1 ? schema.key[0] : null;
    const fields = (schema.fields ?? []).filter(({ name }) => name !== key);
    const keyTitle = schema.fields?.find(({ name }) => name === key);
    const first = keyTitle ? fieldTitle(keyTitle) : text("key");
    const heads = [first, ...fields.map((field) => fieldTitle(field, true))];
    return make(
      "table",
      {},
      make("caption", { className: "hidden-text" }, text("listTitle")),
      make("thead", {}, make("tr", {}, heads.map((title) => make("th", { scope: "col" }, title)))),
      make("tbody", {}, rows.map((feature) => this.#row(feature, fields))),
    );
  }

  #row(feature, fields) {
    const layer = this.#layer;
    const onclick = () => this.#act.select(layer, feature);
    const properties = { type: "button", className: "link", onclick };
    const open = make("button", properties, String(feature.id));
    const values = feature.properties ?? {};
    const cells = fields.map((field) => valueCell(field, values[field.name], { withUnit: false }));
    const row = make("tr", {}, make("th", { scope: "row" }, open), cells);
    row.dataset.key = String(feature.id);
    return row;
  }
}
