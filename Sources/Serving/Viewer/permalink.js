// The state of the page as the hash of its address:
// #zoom/latitude/longitude&style=…&layers=a,b&feature=layer/key&lang=…

/** What a hash says; whatever it does not say, or says wrongly, is null. */
export function parse(hash) {
  const said = { view: null, style: null, layers: null, feature: null, language: null };
  for (const part of hash.replace(/^#/, "").split("&")) {
    const cut = part.indexOf("=");
    if (cut < 0) {
      said.view ??= parseView(part);
      continue;
    }
    const value = part.slice(cut + 1);
    switch (part.slice(0, cut)) {
      case "style": said.style = decoded(value) || null; break;
      case "layers": said.layers = value === "" ? [] : value.split(",").map(decoded); break;
      case "feature": said.feature = parseFeature(value); break;
      case "lang": said.language = value === "en" || value === "ja" ? value : null; break;
    }
  }
  return said;
}

/** The hash of a state; `layers` null means what is shown at first, an empty list means none. */
export function format({ view, style, layers, feature, language }) {
  const parts = [];
  if (view) {
    // A pixel of zoom 20 is 0.15 m; 10⁻⁵ degrees are 1 m.
    const digits = view.zoom >= 18 ? 6 : 5;
    parts.push(`${view.zoom}/${view.latitude.toFixed(digits)}/${view.longitude.toFixed(digits)}`);
  }
  if (style) parts.push(`style=${encodeURIComponent(style)}`);
  if (layers) parts.push(`layers=${layers.map(encodeURIComponent).join(",")}`);
  if (feature) {
    parts.push(`feature=${encodeURIComponent(feature.layer)}/${encodeURIComponent(feature.key)}`);
  }
  if (language) parts.push(`lang=${language}`);
  return `#${parts.join("&")}`;
}

function parseView(words) {
  const numbers = words.split("/");
  if (numbers.length !== 3 || numbers.includes("")) return null;
  const [zoom, latitude, longitude] = numbers.map(Number);
  const known = Number.isInteger(zoom) && Math.abs(latitude) <= 85.06 && Math.abs(longitude) <= 180;
  return known ? { zoom, latitude, longitude } : null;
}

// The key may hold slashes of its own, written as they are or as %2F.
function parseFeature(words) {
  const cut = words.indexOf("/");
  if (cut < 1 || cut === words.length - 1) return null;
  return { layer: decoded(words.slice(0, cut)), key: decoded(words.slice(cut + 1)) };
}

function decoded(words) {
  try {
    return decodeURIComponent(words);
  } catch {
    return words;
  }
}
