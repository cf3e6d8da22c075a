// The search box: names and addresses of search.js, which is read when somebody first turns to the box.
// Plain script: machizuFind(page) sets it up.
"use strict";

window.machizuFind = ({ source, text, choose, language, show }) => {
  const element = (id) => document.getElementById(id);
  const [box, list, state] = ["words", "found", "found-state"].map(element);
  const most = 30;
  let data = null;
  let fold = null;
  let loading = null;
  let found = [];
  let active = -1;

  /** Reads search.js once; a failure is told, and the next word tries again. */
  function load() {
    loading ??= new Promise((resolve) => {
      const script = document.createElement("script");
      script.src = source;
      script.onload = () => {
        data = window.machizuSearch ?? null;
        fold = data && window.machizuFold(data);
        if (data === null) loading = null;
        resolve(data !== null);
      };
      script.onerror = () => {
        script.remove();
        loading = null;
        resolve(false);
      };
      document.head.append(script);
    });
    return loading;
  }

  /**
   * Entries that have every word: those whose name begins with the first before others, short names first,
   * and of one name those with an address.
   */
  function matches(words) {
    const terms = words.split(/[\s\u3000]+/).map((word) => fold(word)).filter(Boolean);
    if (terms.length === 0) return [];
    const hits = [];
    for (const entry of data.entries) {
      const folded = entry[4];
      if (!terms.every((term) => folded.includes(term))) continue;
      const [name] = folded.split("\n", 1);
      const rank = name.startsWith(terms[0]) ? 0 : name.includes(terms[0]) ? 1 : 2;
      hits.push([rank, name.length, entry]);
    }
    hits.sort((a, b) => a[0] - b[0] || a[1] - b[1] || (a[2][3] === "") - (b[2][3] === ""));
    return hits.map(([, , entry]) => entry);
  }

  const nameOf = ([, name, english]) => (language() === "en" && english) || name;
  const noteOf = ([layer, , , address]) =>
    [choose(data.layers[layer]), address].filter(Boolean).join(" ・ ");

  function part(name, content, className) {
    const node = document.createElement(name);
    node.textContent = content;
    if (className) node.className = className;
    return node;
  }

  function option(entry, index) {
    const node = document.createElement("li");
    node.id = `found-${index}`;
    node.setAttribute("role", "option");
    node.setAttribute("aria-selected", "false");
    node.append(part("b", nameOf(entry)), part("span", noteOf(entry), "note"));
    // The box keeps the focus, or the list would close before the click comes.
    node.addEventListener("pointerdown", (event) => event.preventDefault());
    node.addEventListener("click", () => take(index));
    return node;
  }

  function say(words) {
    state.textContent = words;
    state.hidden = words === "";
  }

  function close() {
    found = [];
    active = -1;
    list.hidden = true;
    list.replaceChildren();
    say("");
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  }

  function mark(index) {
    active = index;
    [...list.children].forEach((node, place) => {
      node.setAttribute("aria-selected", String(place === index));
      if (place === index) node.scrollIntoView({ block: "nearest" });
    });
    if (index >= 0) box.setAttribute("aria-activedescendant", `found-${index}`);
    else box.removeAttribute("aria-activedescendant");
  }

  function take(index) {
    const entry = found[index];
    if (!entry) return;
    box.value = nameOf(entry);
    close();
    show({ name: nameOf(entry), note: noteOf(entry), longitude: entry[5], latitude: entry[6] });
  }

  async function look() {
    const words = box.value;
    if (words.trim() === "") {
      close();
      return;
    }
    if (data === null) say(text("searchLoading"));
    const isThere = await load();
    // Typed on meanwhile: the later word has its own answer.
    if (words !== box.value || document.activeElement !== box) return;
    close();
    if (!isThere) {
      say(text("searchFailed"));
      return;
    }
    const all = matches(words);
    found = all.slice(0, most);
    list.replaceChildren(...found.map(option));
    list.hidden = found.length === 0;
    box.setAttribute("aria-expanded", String(found.length > 0));
    if (all.length === 0) say(text("nothingFound"));
    else say(text(all.length > most ? "foundMore" : "foundAll", { count: all.length, most }));
  }

  let timer = 0;
  box.addEventListener("input", ({ isComposing }) => {
    clearTimeout(timer);
    // What is being converted is no word yet; its end comes as an input of its own.
    if (!isComposing) timer = setTimeout(look, 120);
  });
  box.addEventListener("compositionend", () => {
    clearTimeout(timer);
    timer = setTimeout(look, 120);
  });
  box.addEventListener("focus", load);
  box.addEventListener("blur", close);
  box.addEventListener("keydown", async (event) => {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && found.length > 0) {
      event.preventDefault();
      mark((active + step + found.length) % found.length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      clearTimeout(timer);
      if (found.length === 0) await look();
      take(Math.max(active, 0));
    } else if (event.key === "Escape" && (found.length > 0 || !state.hidden)) {
      event.stopPropagation();
      close();
    }
  });

  element("find").hidden = false;
  return {
    /** The words of the page in its language. */
    write() {
      box.placeholder = text("searchHint");
      box.setAttribute("aria-label", text("search"));
      list.setAttribute("aria-label", text("searchResults"));
      close();
    },
  };
};
