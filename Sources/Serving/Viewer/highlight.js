// The chosen feature over the tiles: a white casing under a strong line, so that it stands out on
// any ground.

import * as L from "./leaflet/leaflet.esm.min.js";

const casing = { color: "#ffffff", weight: 8, opacity: 0.95, fill: false, interactive: false };
const line = {
  color: "#c4005a",
  weight: 4,
  opacity: 1,
  fillColor: "#c4005a",
  fillOpacity: 0.12,
  interactive: false,
};
const radius = 12;

export class Highlight {
  #map;
  #group;

  constructor(map) {
    this.#map = map;
    this.#group = L.featureGroup().addTo(map);
  }

  /** Draws `feature` and nothing else; null draws nothing. */
  show(feature) {
    this.#group.clearLayers();
    if (!feature?.geometry) return;
    for (const style of [casing, line]) {
      L.geoJSON(feature, {
        style,
        interactive: false,
        pointToLayer: (_, place) => L.circleMarker(place, { ...style, radius }),
      }).addTo(this.#group);
    }
  }

  /**
   * Moves the map to `feature`: to a point at no less than `closest`, to anything else so that all
   * is seen.
   */
  goTo(feature, closest) {
    if (!feature?.geometry) return;
    const bounds = L.geoJSON(feature).getBounds();
    if (!bounds.isValid()) return;
    const highest = this.#map.getMaxZoom();
    if (bounds.getNorthEast().equals(bounds.getSouthWest())) {
      const zoom = Math.min(highest, Math.max(this.#map.getZoom(), closest));
      this.#map.setView(bounds.getCenter(), zoom);
    } else {
      this.#map.fitBounds(bounds, { maxZoom: Math.min(highest, 18), padding: [40, 40] });
    }
  }
}
