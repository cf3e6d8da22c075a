"""From centre lines to ground: widths along the way, corner cuts, the road surface, and the blocks it leaves."""

import numpy as np
import shapely
from shapely import LineString, Point, Polygon

from .places import stream


def densify(coords, step):
    line = LineString(coords)
    extra = shapely.get_coordinates(shapely.segmentize(line, step))
    return extra


def normals(coords):
    """Unit vectors to the left at every vertex."""
    d = np.gradient(coords, axis=0) if len(coords) > 2 else np.repeat(np.diff(coords, axis=0), 2, axis=0)
    d /= np.maximum(np.hypot(*d.T), 1e-9)[:, None]
    return np.column_stack([-d[:, 1], d[:, 0]])


def give_widths(graph):
    """Left and right half widths at every vertex; in the old parts they change along the way."""
    rng = stream("widths")
    for s in graph.sections:
        strict = s.street.area in "BC" and s.street.rank not in "NK"
        s.coords = densify(s.coords, 60 if strict else 24)
        count = len(s.coords)
        scatter = 0.025 if s.street.area == "C" else 0.06 if strict else 0.12 if s.street.rank in "NK12" else 0.18
        if s.street.area in ("D", "E") and s.street.rank == "3" and rng.random() < 0.35:
            s.width = float(np.clip(s.width + rng.choice([-0.9, -0.5, 0.5, 0.9]), 1.8, 6.0))
        half = s.width / 2
        drift = np.cumsum(rng.normal(0, scatter / 2, (2, count)), axis=1)
        drift = np.clip(drift - drift.mean(axis=1, keepdims=True), -0.4, 0.4)
        s.left, s.right = half + drift[0], half + drift[1]


def surface_of(section):
    """Ground of one section, flat at both ends."""
    n = normals(section.coords)
    left = section.coords + n * section.left[:, None]
    right = section.coords - n * section.right[:, None]
    quads = [Polygon([left[i], left[i + 1], right[i + 1], right[i]]) for i in range(len(left) - 1)]
    joints = [Point(section.coords[i]).buffer(min(section.left[i], section.right[i]), 4) for i in range(1, len(left) - 1)]
    return shapely.union_all([q if q.is_valid else q.convex_hull for q in quads] + joints)


def corner_cuts(graph, rng):
    """Triangles of 2–3 m on the corners of small crossings, as the law asks of new streets."""
    cuts, corners = [], []
    for node, point in enumerate(graph.nodes):
        arms = graph.arms(node)
        if len(arms) < 3:
            continue
        for i, (angle, u, first) in enumerate(arms):
            next_angle, v, second = arms[(i + 1) % len(arms)]
            opening = (next_angle - angle) % (2 * np.pi)
            if not 0.7 < opening < 2.45:
                continue
            one, two = graph.sections[first], graph.sections[second]
            h1, h2 = one.width / 2, two.width / 2
            corner = point + (h2 * u + h1 * v) / np.sin(opening)
            size = rng.choice([2.0, 2.5, 3.0])
            small = min(one.width, two.width)
            if max(one.width, two.width) > 15:
                size = 5.0
            if one.street.rank == "F" or two.street.rank == "F":
                size = 1.5
            elif small < 3.0 or (one.street.area == "E" and rng.random() < 0.5):
                size = 1.0
            corners.append((corner, size, node, first, second))
            if min(one.length, two.length) > 12:
                cuts.append(Polygon([corner - 0.3 * (u + v), corner + u * size, corner + v * size]))
    return cuts, corners


class Surface:
    """The carriageways and pavements together as one polygon, and what each section adds to it."""

    def __init__(self, graph, ground):
        rng = stream("corners")
        self.pieces = [surface_of(s) for s in graph.sections]
        discs = []
        for node, point in enumerate(graph.nodes):
            widths = sorted((graph.sections[n].width for n in graph.at[node]), reverse=True)
            if len(widths) >= 2:
                discs.append(Point(point).buffer(widths[1] / 2 - 0.05, 6))
        cuts, self.corners = corner_cuts(graph, rng)
        cuts = [c for c in cuts if c.is_valid and c.area < 60]
        self.polygon = shapely.union_all(self.pieces + discs + cuts, grid_size=0.001)
        self.polygon = self.polygon.buffer(0.25, join_style="mitre").buffer(-0.25, join_style="mitre")
        self.parts = list(shapely.get_parts(self.polygon))

    def blocks(self, ground):
        """The ground between roads, river, brooks and railway, cut at the city's edge."""
        rail = ground.railway.buffer(8.5)
        brooks = shapely.union_all([line.buffer(1.6, cap_style="flat") for line in ground.brooks.values()])
        free = ground.city.difference(shapely.union_all([self.polygon, ground.river, rail, brooks]))
        return [b for b in shapely.get_parts(free) if b.area > 12]
