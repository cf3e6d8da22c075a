// The one search box: coordinates at once, and every searchable layer of the server as typing
// pauses.

import { parseCoordinates } from "./coordinates.js";
import { announce, debounced, element, icon, make } from "./dom.js";
import { collection, inParallel, isAbort, items } from "./server.js";
import { layerTitle, planeZone, state } from "./state.js";
import { text } from "./texts.js";
import { folded, isEmpty, labelOf } from "./values.js";

const perLayer = 5;

export class Search {
  #act;
  #box = element("search-box");
  #drop = element("search-drop");
  #list = element("search-results");
  #status = element("search-state");
  #request = null;
  #options = [];
  #active = -1;
  #typed = debounced(250, () => this.#run());

  /** `act` has chooseFeature(layer, feature) and choosePlace(latitude, longitude). */
  constructor(act) {
    this.#act = act;
    const box = this.#box;
    box.addEventListener("input", (event) => {
      element("clear-search").hidden = box.value === "";
      // Kana on their way to kanji are not yet what is meant.
      if (!event.isComposing) this.#typed();
    });
    box.addEventListener("compositionend", () => this.#typed());
    box.addEventListener("focus", () => this.#reopen());
    box.addEventListener("click", () => this.#reopen());
    box.addEventListener("keydown", (event) => this.#key(event));
    element("search").addEventListener("submit", (event) => event.preventDefault());
    element("clear-search").addEventListener("click", () => {
      this.clear();
      box.focus();
    });
    document.addEventListener("pointerdown", (event) => {
      if (!element("search").contains(event.target)) this.#close();
    });
    element("search").addEventListener("focusout", (event) => {
      if (event.relatedTarget && !element("search").contains(event.relatedTarget)) this.#close();
    });
  }

  clear() {
    this.#cancel();
    this.#box.value = "";
    element("clear-search").hidden = true;
    this.#list.replaceChildren();
    this.#options = [];
    this.#close();
  }

  #cancel() {
    this.#typed.cancel();
    this.#request?.abort();
    this.#request = null;
  }

  async #run() {
    this.#cancel();
    const words = this.#box.value.trim();
    // One Latin letter or digit would match nearly every row.
    if (words === "" || /^[\x20-\x7e]$/.test(words)) {
      this.#list.replaceChildren();
      this.#options = [];
      this.#close();
      return;
    }
    const request = new AbortController();
    this.#request = request;
    const place = parseCoordinates(words, planeZone());
    const searchable = state.tiles?.machizu?.search ?? [];
    const groups = [];
    const failures = [];
    let done = 0;
    this.#show(words, place, groups);
    try {
      await inParallel(searchable, async (layer) => {
        if (request.signal.aborted) return;
        try {
          const group = await found(layer, words, request.signal);
          if (group) groups.push({ ...group, place: searchable.indexOf(layer) });
        } catch (error) {
          if (isAbort(error)) throw error;
          failures.push(error.message);
        }
        if (request.signal.aborted) return;
        done += 1;
        this.#status.textContent = text("searching", { done, all: searchable.length });
        this.#show(words, place, groups);
      });
    } catch (error) {
      if (isAbort(error)) return;
      throw error;
    }
    if (request.signal.aborted) return;
    this.#conclude(groups, failures, place);
  }

  #conclude(groups, failures, place) {
    const count = groups.reduce((sum, { features }) => sum + features.length, 0);
    const words = [text("foundNone")];
    if (count > 0) words[0] = text("found", { count, layers: groups.length });
    else if (place) words[0] = text("coordinates");
    if (failures.length > 0) {
      words.push(text("searchFailed", { count: failures.length, detail: failures[0] }));
    }
    this.#status.textContent = words.join(" ");
    announce(this.#status.textContent);
  }

  #show(words, place, groups) {
    const chosen = this.#options[this.#active]?.id;
    this.#options = [];
    const nodes = place ? [this.#placeGroup(place)] : [];
    const order = [...groups].sort((a, b) => b.exact - a.exact || a.place - b.place);
    for (const group of order) nodes.push(this.#featureGroup(group, words));
    this.#list.replaceChildren(...nodes);
    this.#activate(this.#options.findIndex(({ id }) => id === chosen), false);
    if (document.activeElement === this.#box) this.#open();
  }

  #placeGroup({ latitude, longitude }) {
    const option = this.#option("place", () => this.#act.choosePlace(latitude, longitude), [
      make("span", { className: "name" }, text("goToCoordinates")),
      make("span", { className: "number" }, `${latitude.toFixed(6)}, ${longitude.toFixed(6)}`),
    ]);
    return this.#groupNode("place", [icon("target"), text("coordinates")], [option]);
  }

  #featureGroup({ layer, title, features, schema, more }, words) {
    const options = features.map((feature) => {
      const label = labelOf(feature, schema);
      const where = matchElsewhere(feature, schema, label, words);
      return this.#option(`${layer}/${feature.id}`, () => this.#act.chooseFeature(layer, feature), [
        make("span", { className: "name" }, label),
        label !== String(feature.id) && make("span", { className: "number" }, String(feature.id)),
        where ? make("span", { className: "match" }, where) : null,
      ]);
    });
    const heading = [title, more ? make("span", { className: "more" }, text("moreInLayer")) : null];
    return this.#groupNode(layer, heading, options);
  }

  #groupNode(name, heading, options) {
    const id = `results-${name}`;
    return make(
      "div",
      { role: "group", "aria-labelledby": id },
      make("div", { className: "result-head", id, role: "presentation" }, heading),
      options,
    );
  }

  #option(name, choose, parts) {
    const node = make(
      "div",
      { role: "option", id: `result-${name}`, className: "result", "aria-selected": "false" },
      parts,
    );
    node.addEventListener("click", () => this.#choose(choose));
    this.#options.push({ id: node.id, node, choose });
    return node;
  }

  #choose(choose) {
    this.#cancel();
    this.#close();
    choose();
  }

  #key(event) {
    // Enter and Esc belong to the input method while it converts.
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && this.#options.length > 0) {
      event.preventDefault();
      this.#open();
      const count = this.#options.length;
      // From no option, down leads to the first and up to the last.
      const from = this.#active < 0 && step < 0 ? 0 : this.#active;
      this.#activate((from + step + count) % count);
    } else if (event.key === "Enter") {
      event.preventDefault();
      const option = this.#options[Math.max(0, this.#active)];
      if (!this.#drop.hidden && option) this.#choose(option.choose);
      else this.#run();
    } else if (event.key === "Escape") {
      event.stopPropagation();
      event.preventDefault();
      if (this.#drop.hidden) this.clear();
      else this.#close();
    }
  }

  #activate(index, scroll = true) {
    this.#options[this.#active]?.node.setAttribute("aria-selected", "false");
    this.#active = index;
    const option = this.#options[index];
    if (!option) {
      this.#box.removeAttribute("aria-activedescendant");
      return;
    }
    option.node.setAttribute("aria-selected", "true");
    this.#box.setAttribute("aria-activedescendant", option.id);
    if (scroll) option.node.scrollIntoView({ block: "nearest" });
  }

  #reopen() {
    if (this.#options.length > 0) this.#open();
  }

  #open() {
    this.#drop.hidden = false;
    this.#box.setAttribute("aria-expanded", "true");
  }

  #close() {
    this.#drop.hidden = true;
    this.#box.setAttribute("aria-expanded", "false");
    this.#activate(-1);
  }
}

/** The first features of `layer` that hold `words`, or null. */
async function found(layer, words, signal) {
  const answer = await items(layer, { q: words, limit: perLayer }, signal);
  const { features = [], numberMatched } = answer;
  if (features.length === 0) return null;
  const schema = (await collection(layer)).machizu ?? {};
  const all = numberMatched ?? (features.length === perLayer ? Infinity : features.length);
  const title = await layerTitle(layer);
  return ranked({ layer, title, features, schema, more: all > features.length }, words);
}

// A group with a feature named or numbered exactly as typed goes first, and that feature first in
// it.
function ranked(group, words) {
  const wanted = folded(words);
  const isExact = (feature) =>
    folded(feature.id) === wanted || folded(labelOf(feature, group.schema)) === wanted;
  const exact = group.features.filter(isExact);
  const others = group.features.filter((feature) => !isExact(feature));
  return { ...group, exact: exact.length > 0, features: [...exact, ...others] };
}

// Where neither the name nor the number holds the words, the column that does.
function matchElsewhere(feature, schema, label, words) {
  const wanted = folded(words);
  if (folded(label).includes(wanted) || folded(feature.id).includes(wanted)) return null;
  for (const field of schema.fields ?? []) {
    const value = feature.properties?.[field.name];
    if (!isEmpty(value) && folded(value).includes(wanted)) return `${field.name}: ${value}`;
  }
  return null;
}
