// The server's routes, and its refusals as one error type.

import { text } from "./texts.js";

// The page may stand behind a prefix (a reverse proxy, one town of many): routes that the server
// names from its root are taken from the folder above this script.
const root = new URL("..", import.meta.url).href;

/** The full address of a route such as `/styles`; the `{z}` of a template stays as it is. */
export function address(route) {
  return /^https?:\/\//.test(route) ? route : root + route.replace(/^\//, "");
}

/** A request that was refused or could not be made; `message` is for people. */
export class ServerProblem extends Error {
  /** The HTTP status, 0 where no answer came. */
  status;
  /** Seconds that the server asks to wait, or null. */
  retryAfter;

  constructor(message, status, retryAfter = null) {
    super(message);
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

export const isAbort = (error) => error?.name === "AbortError";

/**
 * The answer to a GET, or a ServerProblem that holds the `detail` of the server's problem document.
 */
export async function get(route, signal, accept = "*/*") {
  let response;
  try {
    response = await fetch(address(route), { signal, headers: { Accept: accept } });
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new ServerProblem(text("offline"), 0);
  }
  if (response.ok) return response;
  let problem = null;
  try {
    problem = await response.json();
  } catch (error) {
    if (isAbort(error)) throw error;
  }
  const { status } = response;
  const words = problem?.detail ?? problem?.title ?? text("requestFailed", { status });
  const seconds = Number.parseInt(response.headers.get("Retry-After") ?? "", 10);
  throw new ServerProblem(String(words), status, Number.isFinite(seconds) ? seconds : null);
}

async function getJSON(route, signal) {
  const response = await get(route, signal, "application/geo+json, application/json, */*;q=0.1");
  try {
    return await response.json();
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new ServerProblem(text("notReadable"), response.status);
  }
}

export const styles = () => getJSON("/styles");
export const tileJSON = (route) => getJSON(route);

/** The signs of a style; `parameters` as the route has them (zoom, bbox, layers). */
export function legend(style, parameters, signal) {
  const query = new URLSearchParams(parameters);
  return getJSON(`/styles/${encodeURIComponent(style)}/legend.json?${query}`, signal);
}

const collections = new Map();

/** The schema and record of a layer; asked for once. */
export function collection(layer) {
  if (!collections.has(layer)) {
    const answer = getJSON(`/ogc/collections/${encodeURIComponent(layer)}`);
    collections.set(layer, answer);
    answer.catch(() => collections.delete(layer));
  }
  return collections.get(layer);
}

/** Features of a layer; `parameters` as the route has them (bbox, q, limit). */
export function items(layer, parameters, signal) {
  const query = new URLSearchParams(parameters);
  return getJSON(`/ogc/collections/${encodeURIComponent(layer)}/items?${query}`, signal);
}

export function feature(layer, key, signal) {
  const place = `${encodeURIComponent(layer)}/items/${encodeURIComponent(key)}`;
  return getJSON(`/ogc/collections/${place}`, signal);
}

/**
 * Does `work` for each entry, at most four at a time, so that one person does not fill the server's
 * queue.
 */
export async function inParallel(entries, work) {
  const queue = entries.values();
  const worker = async () => {
    for (const entry of queue) await work(entry);
  };
  await Promise.all(Array.from({ length: 4 }, worker));
}

let recovery = null;

/** Resolves when `/healthz` answers again. */
export function serverIsBack() {
  recovery ??= (async () => {
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, 3000));
      try {
        await get("/healthz");
        recovery = null;
        return;
      } catch {
        // Still away: ask again.
      }
    }
  })();
  return recovery;
}
