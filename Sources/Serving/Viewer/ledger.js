// The pane of ledger entries: what lies at a place, and one entry as a table.

import { announce, element, icon, iconButton, make } from "./dom.js";
import { collection } from "./server.js";
import { layerTitle } from "./state.js";
import { choose, text } from "./texts.js";
import { dateWords, describe, fieldTitle, isEmpty, labelOf } from "./values.js";

export class Ledger {
  #act;
  #pane = element("ledger-pane");
  #hits = [];
  #entry = null;
  #turn = 0;

  /** `act` has select(layer, feature), goTo(feature), link() and close(). */
  constructor(act) {
    this.#act = act;
  }

  /** Says how to open an entry. */
  showHint() {
    this.#hits = [];
    this.#entry = null;
    return this.render();
  }

  /** What was found at a place, nearest first; one hit needs no list. */
  setHits(hits) {
    this.#hits = hits.length > 1 ? hits : [];
  }

  showEntry(layer, feature) {
    this.#entry = { layer, feature };
    // Should the schema not come, no other entry may stand beside the new highlight.
    this.#pane.replaceChildren(make("p", { className: "hint-text" }, text("loading")));
    return this.render({ read: true });
  }

  /** Writes the pane anew: its state, language or schema changed. */
  async render({ read = false } = {}) {
    const turn = (this.#turn += 1);
    if (!this.#entry) {
      this.#pane.replaceChildren(
        make("p", { className: "hint-text" }, text("ledgerHint")),
        make("p", { className: "hint-text muted" }, text("ledgerKeyHint")),
      );
      return;
    }
    const { layer, feature } = this.#entry;
    const record = await collection(layer);
    const title = await layerTitle(layer);
    const hits = await this.#hitNodes();
    // A newer entry was asked for while this one's schema was on its way.
    if (turn !== this.#turn) return;
    const schema = record.machizu ?? {};
    const label = labelOf(feature, schema);
    this.#pane.replaceChildren(
      ...(hits ? [hits] : []),
      make(
        "article",
        { "aria-labelledby": "entry-title" },
        make(
          "div",
          { className: "entry-head" },
          make("p", { className: "entry-layer" }, title),
          make("h2", { id: "entry-title", tabIndex: -1 }, label),
          iconButton("close", text("close"), () => this.#act.close(), "square quiet"),
        ),
        this.#buttons(feature),
        feature.geometry ? null : make("p", { className: "hint-text" }, text("noPlace")),
        entryTable(schema, feature, `${title} ${label}`),
        recordFooter(schema),
      ),
    );
    this.#pane.scrollTop = 0;
    if (read) announce(text("opened", { layer: title, label }));
  }

  focusEntry() {
    element("entry-title")?.focus();
  }

  #buttons(feature) {
    const button = (name, sign, onclick) =>
      make("button", { type: "button", onclick }, icon(sign), text(name));
    return make(
      "div",
      { className: "button-row" },
      feature.geometry ? button("goTo", "target", () => this.#act.goTo(feature)) : null,
      button("copyLink", "link", () => copy(this.#act.link())),
    );
  }

  async #hitNodes() {
    if (this.#hits.length === 0) return null;
    const open = this.#entry;
    const rows = this.#hits.map(async ({ layer, feature }) => {
      const schema = (await collection(layer)).machizu ?? {};
      const isOpen = layer === open.layer && String(feature.id) === String(open.feature.id);
      const properties = {
        type: "button",
        "aria-current": isOpen ? "true" : null,
        onclick: () => this.#act.select(layer, feature),
      };
      return make(
        "li",
        {},
        make(
          "button",
          properties,
          make("span", { className: "name" }, labelOf(feature, schema)),
          make("span", { className: "number" }, await layerTitle(layer)),
        ),
      );
    });
    return make(
      "nav",
      { className: "hits", "aria-labelledby": "hits-title" },
      make("h2", { id: "hits-title" }, text("hitsHere", { count: this.#hits.length })),
      make("ul", {}, await Promise.all(rows)),
    );
  }
}

function entryTable(schema, feature, caption) {
  const declared = schema.fields ?? [];
  const names = new Set(declared.map(({ name }) => name));
  const others = Object.keys(feature.properties ?? {}).filter((name) => !names.has(name));
  const fields = [...declared, ...others.map((name) => ({ name, type: "text" }))];
  return make(
    "table",
    { className: "entry" },
    make("caption", { className: "hidden-text" }, caption),
    make(
      "thead",
      { className: "hidden-text" },
      make(
        "tr",
        {},
        ["column", "value"].map((name) => make("th", { scope: "col" }, text(name))),
      ),
    ),
    make(
      "tbody",
      {},
      fields.map((field) =>
        make(
          "tr",
          {},
          make("th", { scope: "row" }, fieldTitle(field)),
          valueCell(field, feature.properties?.[field.name]),
        ),
      ),
    ),
  );
}

/** A table cell with a value as people read it. */
export function valueCell(field, value, options) {
  const { words, link } = describe(field, value, options);
  // An era in brackets stays in one piece where a narrow cell breaks the line.
  const [, date, era] = /^(\d\S*)(（.+）)$/.exec(words) ?? [];
  const content = link
    ? make("a", { href: link, target: "_blank", rel: "noopener noreferrer" }, words)
    : era ? [date, make("span", { className: "aside" }, era)] : words;
  return make("td", { className: isEmpty(value) ? "empty" : "" }, content);
}

function recordFooter(schema) {
  const entries = [
    ["department", choose(schema.department)],
    ["updated", schema.updated ? dateWords(String(schema.updated)) : ""],
    ["source", choose(schema.attribution)],
    ["licence", choose(schema.licence)],
  ].filter(([, words]) => words !== "");
  return make(
    "dl",
    { className: "record" },
    entries.flatMap(([name, words]) => [make("dt", {}, text(name)), make("dd", {}, words)]),
  );
}

async function copy(words) {
  announce(text((await copied(words)) ? "linkCopied" : "linkNotCopied"));
}

// The clipboard interface exists only on https and loopback; an intranet address has the older
// command.
async function copied(words) {
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(words);
      return true;
    } catch {
      // Refused by the browser: try the command.
    }
  }
  const field = make("textarea", { value: words, className: "hidden-text" });
  const before = document.activeElement;
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  before?.focus();
  return done;
}
