// The layers by group with their switches; what is drawn on top stands on top.

import { element, icon, iconButton, make } from "./dom.js";
import { drawsAt, layers, state } from "./state.js";
import { choose, text } from "./texts.js";

/** Point, line, area or several: what a layer is drawn as. */
export function geometryIcon({ geometry }) {
  return icon(["point", "line", "polygon"].includes(geometry) ? geometry : "several");
}

export class LayerPanel {
  #act;
  #rows = new Map();
  #groups = [];
  #folded = new Set();

  /** `act` has change(ids, on), zoomTo(layer), list(id) and asAtFirst(). */
  constructor(act) {
    this.#act = act;
    element("all-on").addEventListener("click", () => act.change(this.#all(), true));
    element("all-off").addEventListener("click", () => act.change(this.#all(), false));
    element("as-at-first").addEventListener("click", () => act.asAtFirst());
  }

  /** Builds the list anew for the style and language. */
  build() {
    this.#rows.clear();
    const byGroup = new Map();
    for (const layer of [...layers()].reverse()) {
      const name = layer.group?.ja ?? choose(layer.group);
      if (!byGroup.has(name)) byGroup.set(name, []);
      byGroup.get(name).push(layer);
    }
    this.#groups = [...byGroup].map(([name, members], index) => this.#group(name, members, index));
    element("groups").replaceChildren(...this.#groups.map(({ node }) => node));
  }

  /** Shows which layers are on and which the zoom leaves out. */
  refresh(zoom) {
    for (const [id, { layer, row, box, hint }] of this.#rows) {
      box.checked = state.on.has(id);
      const away = !drawsAt(layer, zoom);
      row.classList.toggle("away", away);
      hint.hidden = !away;
      hint.textContent = text(zoom < (layer.minzoom ?? 0) ? "zoomInToSee" : "zoomOutToSee");
    }
    for (const { box, count, members } of this.#groups) {
      const on = members.filter(({ id }) => state.on.has(id)).length;
      box.checked = on === members.length;
      box.indeterminate = on > 0 && on < members.length;
      count.textContent = `${on}/${members.length}`;
    }
  }

  #all() {
    return layers().map(({ id }) => id);
  }

  #group(name, members, index) {
    const title = choose(members[0].group) || text("otherGroup");
    const body = make(
      "ul",
      { id: `group-${index}`, hidden: this.#folded.has(name) },
      members.map((layer) => this.#row(layer)),
    );
    const box = make("input", {
      type: "checkbox",
      "aria-label": text("groupSwitch", { group: title }),
      onchange: () => this.#act.change(members.map(({ id }) => id), box.checked),
    });
    const count = make("span", { className: "count" });
    const fold = make(
      "button",
      {
        type: "button",
        className: "fold",
        "aria-expanded": String(!body.hidden),
        "aria-controls": body.id,
        onclick: () => {
          body.hidden = !body.hidden;
          fold.setAttribute("aria-expanded", String(!body.hidden));
          if (body.hidden) this.#folded.add(name);
          else this.#folded.delete(name);
        },
      },
      make("span", { className: "group-title" }, title),
      count,
      icon("fold"),
    );
    const head = make("div", { className: "group-head" }, box, make("h2", {}, fold));
    return { node: make("div", { className: "group" }, head, body), box, count, members };
  }

  #row(layer) {
    const title = choose(layer.title) || layer.id;
    const box = make("input", {
      type: "checkbox",
      onchange: () => this.#act.change([layer.id], box.checked),
    });
    const [min, max] = [layer.minzoom ?? 0, layer.maxzoom ?? ""];
    const range = text("zoomRange", { layer: title, min, max });
    const hint = make("button", {
      type: "button",
      className: "hint",
      title: range,
      "aria-label": range,
      onclick: () => this.#act.zoomTo(layer),
    });
    const words = text("listOf", { layer: title });
    const list = iconButton("list", words, () => this.#act.list(layer.id), "square quiet");
    const label = make("label", {}, box, geometryIcon(layer), make("span", {}, title));
    const row = make("li", {}, label, hint, list);
    this.#rows.set(layer.id, { layer, row, box, hint });
    return row;
  }
}
