// The panel: its two tabs, and whether it is folded away.

import { element, memory } from "./dom.js";
import { text } from "./texts.js";

const tabs = ["layers", "ledger"];

export class Panel {
  #folded = false;
  // A panel that was folded by hand and opened for a ledger entry folds again when the entry is
  // closed.
  #openedForLedger = false;

  /** A panel that nobody has opened or folded yet starts folded where `narrow`. */
  constructor(narrow) {
    element("fold-panel").addEventListener("click", () => {
      this.#openedForLedger = false;
      this.#fold(!this.#folded);
      memory.set("panel", this.#folded ? "folded" : "open");
    });
    for (const name of tabs) {
      const tab = element(`${name}-tab`);
      tab.addEventListener("click", () => this.show(name));
      tab.addEventListener("keydown", (event) => this.#tabKey(event, name));
    }
    this.#fold((memory.get("panel") ?? (narrow ? "folded" : "open")) === "folded");
  }

  /** Brings `name` ("layers" or "ledger") to the front. */
  show(name) {
    for (const other of tabs) {
      const chosen = other === name;
      const tab = element(`${other}-tab`);
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
      element(`${other}-pane`).hidden = !chosen;
    }
  }

  openLedger() {
    this.show("ledger");
    if (this.#folded) {
      this.#openedForLedger = true;
      this.#fold(false);
    }
  }

  closeLedger() {
    this.show("layers");
    if (this.#openedForLedger) this.#fold(true);
    this.#openedForLedger = false;
  }

  /** Writes the words that change with the language. */
  translate() {
    const words = text(this.#folded ? "unfoldPanel" : "foldPanel");
    element("fold-panel").title = words;
    element("fold-panel").setAttribute("aria-label", words);
  }

  #fold(folded) {
    this.#folded = folded;
    element("page").classList.toggle("folded", folded);
    element("fold-panel").setAttribute("aria-expanded", String(!folded));
    this.translate();
  }

  #tabKey(event, name) {
    const step = { ArrowRight: 1, ArrowLeft: -1, Home: -tabs.length, End: tabs.length }[event.key];
    if (!step) return;
    event.preventDefault();
    const place = Math.abs(step) === 1
      ? (tabs.indexOf(name) + step + tabs.length) % tabs.length
      : step < 0 ? 0 : tabs.length - 1;
    this.show(tabs[place]);
    element(`${tabs[place]}-tab`).focus();
  }
}
