"""A planar road graph: lines are laid one upon the other, then noded, then read as junctions and sections."""

import heapq
from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np
import shapely
from shapely import LineString, Point, STRtree
from shapely.ops import substring

SNAP = 2.5


@dataclass
class Street:
    """One laid line: `rank` N, K, 1, 2, 3 (other city road), F (farm road), P (private lane), W (walkway)."""

    line: LineString
    rank: str
    width: float
    area: str
    number: str = ""
    name: str = ""


@dataclass
class Section:
    """A piece of road from junction to junction; `coords` run from node `a` to node `b`."""

    a: int
    b: int
    coords: np.ndarray
    street: Street
    width: float = 0.0
    left: np.ndarray = None
    right: np.ndarray = None
    ledger: dict = field(default_factory=dict)

    @property
    def line(self):
        return LineString(self.coords)

    @property
    def length(self):
        return float(np.hypot(*np.diff(self.coords, axis=0).T).sum())


def lines_of(geometry):
    return [part for part in shapely.get_parts(geometry) if part.geom_type == "LineString" and part.length > 0]


def _reach(point, direction, existing, distance):
    """Where a ray from `point` first meets one of the lines, or None."""
    ray = LineString([point, point + direction * distance])
    hits = shapely.intersection(existing, ray)
    best = None
    for hit in np.atleast_1d(hits):
        if hit.is_empty:
            continue
        for part in shapely.get_parts(hit):
            coords = np.asarray(part.coords)
            for c in coords:
                d = np.hypot(*(c - point))
                if best is None or d < best[0]:
                    best = (d, c)
    # A little beyond the line, so that noding cannot miss it by a rounding error.
    return None if best is None else best[1] + direction * 0.3


class Plan:
    """The streets laid so far, in order of importance."""

    def __init__(self):
        self.streets = []

    def lay(self, line, rank, width, area, number="", name=""):
        self.streets.append(Street(line, rank, width, area, number, name))

    def fit(self, lines, clearance, reach=None, shortest=22.0, dead_ends=True, within=None):
        """Trim candidate lines where they run too near to laid ones, then join their ends to these.

        Returns the fitted lines; ends that meet nothing within `reach` stay dead ends, or are dropped.
        """
        laid = [s.line for s in self.streets]
        tree, reach = STRtree(laid), reach or clearance * 1.7
        result = []
        for line in lines:
            near = [laid[i] for i in sorted(tree.query(line.buffer(clearance + 2)))]
            rest = line.difference(shapely.union_all([n.buffer(clearance, quad_segs=3) for n in near])) if near else line
            if within is not None:
                rest = rest.intersection(within)
            for part in lines_of(shapely.line_merge(rest) if rest.geom_type == "MultiLineString" else rest):
                if part.length < shortest:
                    continue
                coords = np.asarray(part.coords)[:, :2]
                around = [laid[i] for i in sorted(tree.query(part.buffer(reach + 2)))]
                ends = []
                for end, before in ((coords[0], coords[1]), (coords[-1], coords[-2])):
                    direction = (end - before) / max(np.hypot(*(end - before)), 1e-9)
                    hit = _reach(end, direction, around, reach) if around else None
                    ends.append(hit)
                if not dead_ends and (ends[0] is None or ends[1] is None):
                    continue
                if ends[0] is not None:
                    coords = np.vstack([ends[0], coords])
                if ends[1] is not None:
                    coords = np.vstack([coords, ends[1]])
                result.append(LineString(coords))
        return result

    def lay_fitted(self, lines, rank, width, area, clearance, **options):
        """`width` may be a number or a function of the line."""
        for line in self.fit(lines, clearance, **options):
            self.lay(line, rank, width(line) if callable(width) else width, area)


def _cut(line, params):
    """Split a line at distances along it."""
    cuts = sorted({0.0, *params, line.length})
    return [substring(line, a, b) for a, b in zip(cuts[:-1], cuts[1:]) if b - a > 1e-6]


class Graph:
    """Sections and nodes made from a plan's streets."""

    def __init__(self, streets):
        self.nodes = []
        self.sections = []
        self._node(streets)
        self._join()
        self.index()

    def _node(self, streets):
        lines = [s.line for s in streets]
        tree = STRtree(lines)
        cuts = defaultdict(list)
        for i, line in enumerate(lines):
            for j in sorted(tree.query(line.buffer(SNAP))):
                if j == i:
                    continue
                if j > i:
                    for part in shapely.get_parts(shapely.intersection(line, lines[j])):
                        if part.is_empty:
                            continue
                        for c in (part.coords[0], part.coords[-1]):
                            cuts[i].append(line.project(Point(c)))
                            cuts[j].append(lines[j].project(Point(c)))
                for end in (lines[j].coords[0], lines[j].coords[-1]):
                    if line.distance(Point(end)) < SNAP:
                        cuts[i].append(line.project(Point(end)))
        pieces = []
        for i, street in enumerate(streets):
            params = []
            for d in sorted(cuts[i]):
                if d < 1.0 or d > street.line.length - 1.0:
                    continue
                if not params or d - params[-1] > 1.0:
                    params.append(d)
            pieces += [(p, street) for p in _cut(street.line, params)]
        ends = np.array([c for p, _ in pieces for c in (p.coords[0], p.coords[-1])])[:, :2]
        labels = self._cluster(ends)
        for number, (piece, street) in enumerate(pieces):
            a, b = labels[2 * number], labels[2 * number + 1]
            coords = np.asarray(piece.coords)[:, :2].copy()
            coords[0], coords[-1] = self.nodes[a], self.nodes[b]
            length = np.hypot(*np.diff(coords, axis=0).T).sum()
            if a == b and length < 25:
                continue
            self.sections.append(Section(a, b, coords, street, street.width))
        seen, unique = set(), []
        for s in self.sections:
            middle = np.asarray(s.line.interpolate(0.5, normalized=True).coords[0])
            name = (min(s.a, s.b), max(s.a, s.b), *np.round(middle / 4).astype(int))
            if name not in seen:
                seen.add(name)
                unique.append(s)
        self.sections = unique

    def _cluster(self, ends):
        tree = STRtree(shapely.points(ends))
        left, right = tree.query(shapely.points(ends), predicate="dwithin", distance=SNAP)
        parent = list(range(len(ends)))

        def root(i):
            while parent[i] != i:
                parent[i] = parent[parent[i]]
                i = parent[i]
            return i

        for i, j in sorted(zip(left.tolist(), right.tolist())):
            parent[max(root(i), root(j))] = min(root(i), root(j))
        groups = defaultdict(list)
        for i in range(len(ends)):
            groups[root(i)].append(i)
        labels = [0] * len(ends)
        for members in groups.values():
            for m in members:
                labels[m] = len(self.nodes)
            # The most important street comes first in the plan, so its point stands for the junction.
            self.nodes.append(ends[members[0]])
        return labels

    def _join(self):
        """Make one section of two where a node has only these and they belong to one street."""
        at = defaultdict(list)
        for s in self.sections:
            at[s.a].append(s)
            at[s.b].append(s)
        dead = set()
        for node in range(len(self.nodes)):
            pair = [s for s in at[node] if id(s) not in dead]
            if len(pair) != 2 or pair[0] is pair[1] or pair[0].street is not pair[1].street:
                continue
            first, second = pair
            if first.a == first.b or second.a == second.b:
                continue
            if first.a == node and second.b == node:
                first, second = second, first
            head = first.coords if first.b == node else first.coords[::-1]
            tail = second.coords if second.a == node else second.coords[::-1]
            a = first.a if first.b == node else first.b
            b = second.b if second.a == node else second.a
            joined = Section(a, b, np.vstack([head, tail[1:]]), first.street, first.width)
            dead |= {id(first), id(second)}
            self.sections.append(joined)
            at[a].append(joined)
            at[b].append(joined)
        self.sections = [s for s in self.sections if id(s) not in dead]

    def index(self):
        self.at = defaultdict(list)
        for number, s in enumerate(self.sections):
            self.at[s.a].append(number)
            self.at[s.b].append(number)

    def keep(self, wanted):
        """Drop sections, and with them the junctions they made."""
        self.sections = [s for s in self.sections if wanted(s)]
        self._join()
        self.index()

    def prune(self, shortest, ranks="123F"):
        """Drop stubs: dead ends too short to be anything but a drawing error."""
        while True:
            self.index()
            stubs = {
                id(s)
                for s in self.sections
                if s.length < shortest and (len(self.at[s.a]) == 1 or len(self.at[s.b]) == 1) and s.street.rank in ranks
            }
            if not stubs:
                break
            self.keep(lambda s: id(s) not in stubs)

    def contract(self, shortest):
        """Join two junctions that lie nearer than `shortest` along a section, as a survey would."""
        while True:
            short = next((s for s in self.sections if s.length < shortest and s.a != s.b), None)
            if short is None:
                break
            keep, gone = short.a, short.b
            rest = []
            for s in self.sections:
                if s is short:
                    continue
                if s.a == gone:
                    s.a = keep
                    s.coords[0] = self.nodes[keep]
                if s.b == gone:
                    s.b = keep
                    s.coords[-1] = self.nodes[keep]
                if s.a != s.b or s.length > 25:
                    rest.append(s)
            self.sections = rest
        self._join()
        self.index()

    def split_long(self, longest):
        """Cut sections longer than the ledger allows into equal parts."""
        out = []
        for s in self.sections:
            count = int(np.ceil(s.length / longest))
            line, a = s.line, s.a
            for k in range(count):
                part = substring(line, k / count, (k + 1) / count, normalized=True) if count > 1 else line
                coords = np.asarray(part.coords)[:, :2].copy()
                b = s.b
                if k < count - 1:
                    b = len(self.nodes)
                    self.nodes.append(coords[-1])
                out.append(Section(a, b, coords, s.street, s.width))
                a = b
        self.sections = out
        self.index()

    def arms(self, node):
        """Outgoing unit directions of the sections at a node, sorted anticlockwise."""
        out = []
        for number in self.at[node]:
            s = self.sections[number]
            for end, coords in ((s.a, s.coords), (s.b, s.coords[::-1])):
                if end != node:
                    continue
                far = coords[-1]
                for c in coords[1:]:
                    if np.hypot(*(c - coords[0])) > 4:
                        far = c
                        break
                v = far - coords[0]
                out.append((float(np.arctan2(v[1], v[0])), v / max(np.hypot(*v), 1e-9), number))
        return sorted(out, key=lambda arm: arm[0])

    def downstream(self, start, cost):
        """Shortest-path tree to one node: (distance, next section, next node) for every node reached."""
        best = {start: (0.0, None, None)}
        queue = [(0.0, start)]
        while queue:
            distance, node = heapq.heappop(queue)
            if distance > best[node][0]:
                continue
            for number in self.at[node]:
                s = self.sections[number]
                other = s.b if s.a == node else s.a
                step = cost(s, other, node)
                if step is not None and distance + step < best.get(other, (1e18,))[0]:
                    best[other] = (distance + step, number, node)
                    heapq.heappush(queue, (distance + step, other))
        return best
