// How near features lie to a place on the screen, in pixels.

/**
 * The features within `tolerance` pixels of `point`: points before lines before areas, the nearest
 * first; of areas that hold the point the smallest first, as the largest is the one a person means
 * least.
 *
 * @param project from a position [longitude, latitude] to a point {x, y} in pixels
 */
export function nearestFirst(hits, point, project, tolerance) {
  return hits
    .map((hit) => ({ hit, ...measure(hit.feature.geometry, point, project) }))
    .filter(({ distance }) => distance <= tolerance)
    .sort((a, b) => a.dimension - b.dimension || a.distance - b.distance || a.area - b.area)
    .map(({ hit }) => hit);
}

const far = { dimension: 3, distance: Infinity, area: 0 };

function measure(geometry, point, project) {
  if (!geometry) return far;
  const { type, coordinates } = geometry;
  const path = (positions) => positions.map(project);
  const parts = (single) =>
    nearest(coordinates.map((c) => measure({ type: single, coordinates: c }, point, project)));
  switch (type) {
    case "Point": return { dimension: 0, distance: between(project(coordinates), point), area: 0 };
    case "MultiPoint": return parts("Point");
    case "LineString": return { dimension: 1, distance: toPath(path(coordinates), point), area: 0 };
    case "MultiLineString": return parts("LineString");
    case "Polygon": return polygon(coordinates.map(path), point);
    case "MultiPolygon": return parts("Polygon");
    case "GeometryCollection":
      return nearest((geometry.geometries ?? []).map((part) => measure(part, point, project)));
    default: return far;
  }
}

function nearest(measures) {
  return measures.reduce((best, next) => (next.distance < best.distance ? next : best), far);
}

const between = (a, b) => Math.hypot(a.x - b.x, a.y - b.y);

function toPath(points, point) {
  let best = points.length === 1 ? between(points[0], point) : Infinity;
  for (let i = 1; i < points.length; i += 1) {
    best = Math.min(best, toSegment(points[i - 1], points[i], point));
  }
  return best;
}

function toSegment(a, b, point) {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const square = dx * dx + dy * dy;
  const along = square === 0 ? 0 : ((point.x - a.x) * dx + (point.y - a.y) * dy) / square;
  const t = Math.min(1, Math.max(0, along));
  return Math.hypot(point.x - a.x - t * dx, point.y - a.y - t * dy);
}

function polygon(rings, point) {
  const inside = rings.filter((ring) => holds(ring, point)).length % 2 === 1;
  const distance = inside ? 0 : Math.min(...rings.map((ring) => toPath(ring, point)));
  return { dimension: 2, distance, area: rings.length > 0 ? Math.abs(signedArea(rings[0])) : 0 };
}

function holds(ring, point) {
  let inside = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
    const [a, b] = [ring[i], ring[j]];
    if (a.y > point.y === b.y > point.y) continue;
    if (point.x < ((b.x - a.x) * (point.y - a.y)) / (b.y - a.y) + a.x) inside = !inside;
  }
  return inside;
}

function signedArea(ring) {
  let sum = 0;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
    sum += (ring[j].x + ring[i].x) * (ring[j].y - ring[i].y);
  }
  return sum / 2;
}
