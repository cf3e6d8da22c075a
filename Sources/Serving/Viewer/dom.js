// Elements are made here and nowhere from markup: data only ever becomes a text node or an
// attribute.

/**
 * A new element. `properties` are DOM properties; names with a hyphen and `role` are attributes,
 * functions named `on…` are listeners. Children are nodes or text; null and false are left out.
 */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (isAttribute(name)) element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children.flat().filter((child) => child !== null && child !== false));
  return element;
}

const isAttribute = (name) => name.includes("-") || name === "role" || name === "for";

const svgNamespace = "http://www.w3.org/2000/svg";

/** One of the symbols of index.html; it says nothing to a screen reader. */
export function icon(name) {
  const drawing = document.createElementNS(svgNamespace, "svg");
  drawing.setAttribute("class", `icon icon-${name}`);
  drawing.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(svgNamespace, "use");
  use.setAttribute("href", `#icon-${name}`);
  drawing.append(use);
  return drawing;
}

/** A square button with a symbol; `words` name it for screen readers and as a hint. */
export function iconButton(sign, words, onclick, className = "square") {
  return make(
    "button",
    { type: "button", className, title: words, "aria-label": words, onclick },
    icon(sign),
  );
}

export const element = (id) => document.getElementById(id);

/** Reads `message` aloud in a screen reader without showing it. */
export function announce(message) {
  element("announcements").textContent = message;
}

/** Calls `work` once, `milliseconds` after the last call. */
export function debounced(milliseconds, work) {
  let timer = 0;
  const call = (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => work(...values), milliseconds);
  };
  call.cancel = () => clearTimeout(timer);
  return call;
}

/** A setting kept in this browser; where storage is forbidden nothing is kept. */
export const memory = {
  get(name) {
    try {
      return localStorage.getItem(`machizu.${name}`);
    } catch {
      return null;
    }
  },
  set(name, value) {
    try {
      localStorage.setItem(`machizu.${name}`, value);
    } catch {
      // A locked-down browser: the setting lives as long as the page.
    }
  },
};
