// Small notices over the map; each has a name, so that a newer one takes its place.

import { element, iconButton, make } from "./dom.js";
import { text } from "./texts.js";

const shown = new Map();

/** Shows `message` until it is dismissed, taken back, or `seconds` have passed. */
export function show(name, message, seconds = null) {
  const old = shown.get(name);
  if (old?.message === message) return;
  takeBack(name);
  const note = make(
    "div",
    { className: "notice" },
    make("span", { textContent: message }),
    iconButton("close", text("dismiss"), () => takeBack(name)),
  );
  element("notices").append(note);
  const timer = seconds === null ? 0 : setTimeout(() => takeBack(name), seconds * 1000);
  shown.set(name, { note, message, timer });
}

export function takeBack(name) {
  const old = shown.get(name);
  if (!old) return;
  clearTimeout(old.timer);
  old.note.remove();
  shown.delete(name);
}
