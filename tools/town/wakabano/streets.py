"""The street plan: main roads by hand, then every quarter by its own manner, then farm roads."""

from dataclasses import dataclass

import numpy as np
import shapely
import shapely.affinity
from shapely import LineString, Point, Polygon

from . import ground as land
from .network import Graph, Plan, lines_of
from .places import stream


def wander(coords, rng, amount, step=30.0):
    """Bend a line by smooth noise across its direction; its ends stay."""
    line = LineString(coords)
    count = max(3, int(line.length / step) + 1)
    t = np.linspace(0, 1, count)
    points = shapely.get_coordinates(shapely.line_interpolate_point(line, t, normalized=True))
    across = np.gradient(points, axis=0)[:, ::-1] * (-1, 1)
    across /= np.maximum(np.hypot(*across.T), 1e-9)[:, None]
    noise = sum(rng.normal() * np.sin(np.pi * k * t) / k**0.6 for k in range(1, 6))
    return LineString(points + across * (noise * amount)[:, None])


def grid(polygon, angle, across, along, rng, stagger=0.0, skip=0.0, bend=0.0):
    """Long streets `across` metres apart, short ones `along` apart; `stagger` makes T junctions.

    Returns (long lines, short lines), clipped to the polygon; angle in degrees from east.
    """
    centre = np.asarray(polygon.centroid.coords[0])
    turn = np.radians(angle)
    axes = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    local = (np.asarray(polygon.exterior.coords) - centre) @ axes.T
    (u0, v0), (u1, v1) = local.min(axis=0), local.max(axis=0)

    def world(u, v):
        u, v = np.broadcast_arrays(np.asarray(u, float), np.asarray(v, float))
        bent = v + bend * np.sin((u - u0) / (u1 - u0) * np.pi)
        return np.column_stack([u, bent]) @ axes + centre

    rows = np.arange(v0 - across * rng.uniform(0.2, 0.8), v1 + across, across)
    columns = np.arange(u0 - along * rng.uniform(0.2, 0.8), u1 + along, along)
    long_lines = [LineString(world(np.arange(u0 - 20, u1 + 40, 24.0), v)) for v in rows]
    short_lines = []
    for low, high in zip(rows[:-1], rows[1:]):
        shift = rng.uniform(-0.5, 0.5) * stagger * along
        for u in columns:
            if rng.random() >= skip:
                short_lines.append(LineString(world(u + shift, np.array([low, high]))))
    clip = lambda lines: [part for line in lines for part in lines_of(line.intersection(polygon))]
    if not stagger:
        merged = shapely.line_merge(shapely.union_all(short_lines))
        short_lines = lines_of(merged)
    return clip(long_lines), clip(short_lines)


def scatter(polygon, spacing, rng, tries=4000):
    """Random points in a polygon, none nearer to another than `spacing`."""
    x0, y0, x1, y1 = polygon.bounds
    shapely.prepare(polygon)
    points = np.empty((0, 2))
    for candidate in rng.uniform((x0, y0), (x1, y1), (tries, 2)):
        if len(points) and np.min(np.hypot(*(points - candidate).T)) < spacing:
            continue
        if polygon.contains(Point(candidate)):
            points = np.vstack([points, candidate])
    return points


def lanes(points, rng, loops, bend):
    """A winding web: the minimum spanning tree of the points and a share of the next shortest links."""
    triangles = shapely.delaunay_triangles(shapely.MultiPoint(points), only_edges=True)
    number = {tuple(p): i for i, p in enumerate(points)}
    edges = sorted({tuple(sorted((number[a], number[b]))) for line in lines_of(triangles) for a, b in zip(line.coords[:-1], line.coords[1:])})
    length = lambda e: float(np.hypot(*(points[e[0]] - points[e[1]])))
    parent = list(range(len(points)))

    def root(i):
        while parent[i] != i:
            i = parent[i]
        return i

    chosen, spare = [], []
    for e in sorted(edges, key=length):
        if root(e[0]) != root(e[1]):
            parent[root(e[0])] = root(e[1])
            chosen.append(e)
        else:
            spare.append(e)
    # A link is worth having only if no third point lies between its ends (Gabriel's rule).
    def open_link(e):
        middle, radius = (points[e[0]] + points[e[1]]) / 2, length(e) / 2
        return np.sum(np.hypot(*(points - middle).T) < radius * 0.98) == 0

    chosen += [e for e in spare if open_link(e) and rng.random() < loops]
    return [wander([points[a], points[b]], rng, bend, step=11) for a, b in chosen]


def main_roads(plan, ground):
    for number, name, rank, width, points in land.MAIN_ROADS:
        line = LineString(land.smooth(points)).simplify(0.25)
        plan.lay(line, rank, width, "", number, name)


def new_town(plan, polygon):
    """B: cells between the collectors, each with its own grid, T junctions and foot paths."""
    rng = stream("new town")
    ring = LineString(land.smooth(polygon.exterior.coords[:-1], closed=True))
    plan.lay_fitted([ring], "3", 6.0, "B", 20)
    cells = [c for c in shapely.get_parts(shapely.polygonize([shapely.union_all([s.line for s in plan.streets])])) if c.area < 6e5]
    cells = sorted((c for c in cells if c.representative_point().within(polygon.buffer(15))), key=lambda c: (c.centroid.y, c.centroid.x))
    for cell in cells:
        angle = rng.choice([-14, -6, 3, 9, 16]) + rng.uniform(-2, 2)
        long_lines, short_lines = grid(cell, angle, 54, 150, rng, stagger=0.9, bend=rng.uniform(-14, 14))
        plan.lay_fitted(long_lines, "3", lambda _: float(rng.choice([4.5, 5.0, 6.0, 6.0])), "B", 26, shortest=40)
        walk = lambda line: 2.7 if rng.random() < 0.14 else float(rng.choice([4.5, 4.5, 5.0, 6.0]))
        plan.lay_fitted(short_lines, "3", walk, "B", 19, reach=34, shortest=10)


def lay_together(plan, area, clearance, reach, *batches):
    """Fit several batches against what is laid, and only then lay them, so that they may cross each other."""
    fitted = [(plan.fit(lines, clearance, reach=reach), width) for lines, width in batches]
    for lines, width in fitted:
        for line in lines:
            plan.lay(line, "3", width() if callable(width) else width, area)


def strict_grid(plan, polygon):
    """C: rows between the two collectors of the readjustment plan, columns every 116 m, all 6 m wide."""
    tilt = np.array([[0.99939, 0.03493], [-0.03493, 0.99939]])
    origin = np.array([3740.0, 3000.0])
    line = lambda points: LineString(np.array(points) @ tilt + origin)
    rows = [line([(-497, v), (497, v)]) for v in (-288, -231, -173, -115, -57.5, 61, 122, 183.5, 297, 350, 403, 456)]
    columns = [line([(u, -288), (u, 456)]) for u in (-497, -376, -254, -128, 116, 234, 356, 497)]
    lay_together(plan, "C", 18, 30, (rows, 6.0), (columns, 6.0))


def old_centre(plan, polygon):
    """A: a grid that has been bent by centuries; widths change from street to street."""
    rng = stream("old centre")
    edge = LineString(land.smooth([(3128, 2618), (3152, 2800), (3166, 3000), (3168, 3200), (3172, 3425), (2900, 3440), (2580, 3420)]))
    plan.lay_fitted([edge], "3", 6.0, "A", 20, reach=40)
    long_lines, short_lines = grid(polygon, 3.0, 76, 82, rng, bend=16)
    wide = lambda: float(rng.choice([4.0, 4.5, 5.0, 6.0, 6.0, 8.0]))
    rows = [wander(line.coords, rng, 3.2, 36) for line in long_lines]
    columns = [wander(line.coords, rng, 2.6, 36) for line in short_lines]
    lay_together(plan, "A", 24, 46, (rows, wide), (columns, wide))


def station_square(plan):
    x, y = 3132, 3012
    ring = LineString([(x - 8, y - 34), (x + 22, y - 34), (x + 26, y - 28), (x + 26, y + 28), (x + 22, y + 34), (x - 8, y + 34), (x - 14, y + 28), (x - 14, y - 28), (x - 8, y - 34)])
    plan.lay(ring, "3", 8.0, "A", name="駅前広場")


def sprawl(plan, polygon):
    """D: old winding lanes; the private lanes come later, when the blocks between are known."""
    rng = stream("sprawl")
    width = lambda: float(rng.choice([3.6, 4.0, 4.0, 4.5, 4.5, 5.0, 6.0]))
    long_lines, short_lines = grid(polygon, 8, 112, 128, rng, stagger=0.7, skip=0.1, bend=24)
    rows = [wander(line.coords, rng, 7.5, 40) for line in long_lines]
    plan.lay_fitted(rows, "3", lambda _: width(), "D", 30, reach=60, shortest=50)
    columns = [wander(line.coords, rng, 5, 24) for line in short_lines]
    plan.lay_fitted(columns, "3", lambda _: width(), "D", 24, reach=52, shortest=20)


def village(plan, name, polygon):
    rng = stream("village " + name)
    points = scatter(polygon, 86, rng)
    width = lambda _: float(rng.choice([1.8, 2.7, 2.7, 3.6, 3.6, 4.0, 4.0, 4.0, 4.5, 5.0], p=[0.08, 0.1, 0.1, 0.06, 0.06, 0.16, 0.14, 0.1, 0.12, 0.08]))
    plan.lay_fitted(lanes(points, rng, 0.4, 4.2), "3", width, "E", 15, reach=60, shortest=14)


def estate(plan, polygon):
    rng = stream("estate")
    plan.lay_fitted([LineString(polygon.exterior)], "3", 12.0, "F", 34, reach=80)
    long_lines, short_lines = grid(polygon, -1.5, 205, 260, rng)
    plan.lay_fitted(long_lines, "3", 12.0, "F", 60, reach=120)
    plan.lay_fitted(short_lines, "3", 12.0, "F", 70, reach=140)


def farm_roads(plan, ground, taken):
    """G: levee roads, a road along each side of every valley floor, links across it, a loose web on the plateau."""
    rng = stream("farm roads")
    river_zone = ground.river.buffer(12)
    for levee in ground.levees:
        plan.lay_fitted(lines_of(levee.intersection(ground.rectangle)), "3", 4.5, "G", 16, reach=26, shortest=60)
    avoid = shapely.union_all([taken, river_zone])
    edge = ground.floor.buffer(-9).boundary.simplify(1.5)
    foot = [part for part in lines_of(shapely.line_merge(edge.difference(avoid)))]
    foot = [part for line in foot for part in lines_of(line.difference(shapely.union_all([shapely.box(x, 0, x + 430, 4800) for x in range(120, 6400, 900)])))]
    plan.lay_fitted(foot, "F", 3.0, "G", 20, reach=42, shortest=70)
    cross = []
    for x in np.arange(120, 6300, 560):
        x += rng.uniform(-30, 30)
        cross += [LineString([(x, 1400), (x + rng.uniform(-20, 20), 2700)])]
    plain = [part for line in cross for part in lines_of(line.intersection(ground.floor.buffer(-6)).difference(river_zone)) if part.length > 60]
    plan.lay_fitted(plain, "F", 3.0, "G", 32, reach=60, shortest=40)
    for _, points, mouth, _ in land.VALLEYS:
        axis = LineString(points)
        for at in np.arange(260, axis.length - 60, 1400):
            at += rng.uniform(-40, 40)
            p, q = (np.asarray(axis.interpolate(at + d).coords[0]) for d in (-2, 2))
            normal = (q - p)[::-1] * (-1, 1) / np.hypot(*(q - p))
            middle = (p + q) / 2
            line = LineString([middle - normal * (mouth + 130), middle + normal * (mouth + 130)])
            plan.lay_fitted([wander(line.coords, rng, 6, 40)], "F", 3.0, "G", 26, reach=90, shortest=40, within=shapely.difference(ground.rectangle, avoid))
    plateau = ground.rectangle.difference(shapely.union_all([ground.floor.buffer(24), taken, ground.railway.buffer(40)]))
    points = scatter(plateau, 600, rng, 9000)
    web = [line for line in lanes(points, rng, 0.35, 12.0) if line.length < 900]
    wide = lambda _: float(rng.choice([2.7, 3.0, 3.6, 4.0, 4.0]))
    open_land = ground.rectangle.difference(shapely.union_all([taken, river_zone, ground.railway.buffer(26)]))
    plan.lay_fitted(web, "F", wide, "G", 30, reach=110, shortest=90, within=open_land)


def first_plan(ground):
    plan = Plan()
    main_roads(plan, ground)
    station_square(plan)
    new_town(plan, ground.quarters["B"])
    strict_grid(plan, ground.quarters["C"])
    old_centre(plan, ground.quarters["A"])
    estate(plan, ground.quarters["F"])
    sprawl(plan, ground.quarters["D"])
    for name, polygon in ground.villages:
        village(plan, name, polygon)
    taken = shapely.union_all([*ground.quarters.values(), *(v for _, v in ground.villages)])
    farm_roads(plan, ground, taken)
    return plan


def limits(plan, ground):
    """Cut the streets where the ground forbids them: the railway, the river, the city's edge."""
    rail = ground.railway.buffer(11)
    crossing = {"N0099", "K0045", "K0068", "00102"}
    kept = []
    for s in plan.streets:
        line = s.line
        if s.number not in crossing:
            line = line.difference(rail)
        if s.rank not in "NK12" or s.number == "00201":
            line = line.difference(ground.river.buffer(3))
        for part in lines_of(line.intersection(ground.city)):
            kept.append(type(s)(part, s.rank, s.width, s.area, s.number, s.name))
    plan.streets = kept


@dataclass
class Site:
    """Ground set aside for one public purpose; `polygon` is bounded by centre lines until the surface is known."""

    kind: str
    name: str
    polygon: Polygon


# kind, name, a point in it, least area (m²): whole blocks are joined until the area is reached
TOWN_SITES = [
    ("小学校", "緑が丘小学校", (1330, 3130), 15000), ("小学校", "緑が丘東小学校", (1960, 3110), 14000),
    ("小学校", "中央小学校", (3960, 2830), 13000), ("小学校", "本町小学校", (2740, 2800), 12000), ("小学校", "南台小学校", (2420, 1320), 12000),
    ("中学校", "若葉中学校", (1770, 3560), 17000), ("中学校", "東中学校", (3480, 3390), 15000), ("中学校", "南中学校", (3230, 950), 15000),
    ("市役所", "若葉野市役所", (2935, 3110), 5000), ("病院", "若葉野市立病院", (4120, 3350), 9000), ("病院", "南台病院", (2680, 1010), 5000),
    ("公園", "中央公園", (4000, 3130), 11000), ("公園", "緑が丘公園", (1420, 3420), 11000), ("公園", "若葉公園", (3610, 2830), 5000),
    ("図書館", "若葉野市立図書館", (2830, 3200), 3500), ("警察署", "若葉野警察署", (2640, 3160), 3000), ("消防署", "若葉野消防署", (3350, 2760), 3000),
    ("体育館", "市民体育館", (3340, 3140), 6000), ("商業", "若葉野ショッピングセンター", (3620, 3100), 12000), ("公園", "本町公園", (2800, 2920), 3000),
]
# kind, name, centre, size (m), degrees: cut out of open land
OPEN_SITES = [
    ("広場", "駅前広場", (3139, 3012), (30, 60), 0), ("駅", "若葉野駅", (3170, 3012), (20, 90), 0),
    ("高校", "若葉野高等学校", (2950, 3660), (190, 160), 2), ("運動場", "若葉野総合運動公園", (3560, 3585), (250, 150), -3),
    ("浄化センター", "若葉野浄化センター", (5830, 1830), (210, 130), 6), ("清掃センター", "若葉野清掃センター", (5650, 3430), (120, 90), 4),
    ("運動場", "若葉川河川敷運動場", (3560, 1985), (240, 70), 20), ("墓地", "若葉野霊園", (900, 700), (150, 120), 12),
    ("公園", "宮下緑地", (3050, 2490), (160, 60), -3), ("公園", "谷津ふれあい公園", (2210, 3480), (44, 150), -6),
    ("公園", "大門緑地", (1840, 1250), (60, 150), 6), ("公園", "若葉川水辺公園", (2700, 2235), (150, 42), -12),
    ("公園", "川尻水辺公園", (5320, 2030), (160, 50), 3), ("公園", "台下自然公園", (3690, 1320), (80, 190), -5),
    ("境内", "若葉神社", (2250, 2570), (70, 90), 0), ("境内", "大門寺", (4200, 1650), (80, 80), 10), ("境内", "根古屋八幡神社", (1390, 1740), (60, 80), 15),
    ("境内", "川尻稲荷神社", (5480, 1610), (50, 60), -8), ("境内", "上之郷諏訪神社", (5150, 3900), (60, 70), 5), ("境内", "堀之内熊野神社", (4140, 4060), (60, 70), -4),
    ("境内", "宝泉寺", (1010, 1640), (70, 70), 0), ("境内", "南台浅間神社", (3560, 1420), (50, 60), 0), ("境内", "西谷弁財天", (800, 3080), (40, 40), 0),
]


def reserve(graph):
    """Join blocks into sites of the wanted area and take away the streets inside them."""
    faces = list(shapely.get_parts(shapely.polygonize([s.line for s in graph.sections])))
    sites, gone = [], []
    used = set()
    for kind, name, point, least in TOWN_SITES:
        free = [i for i in range(len(faces)) if i not in used]
        start = min(free, key=lambda i: (faces[i].distance(Point(point)), faces[i].centroid.distance(Point(point))))
        used.add(start)
        union = faces[start]
        while union.area < least * 1.12:
            best = None
            for i in free:
                if i in used or not faces[i].intersects(union) or faces[i].area > 2.0 * least:
                    continue
                shared = faces[i].intersection(union).length
                if shared < 20:
                    continue
                inside = union.union(faces[i])
                cut = [s for s in graph.sections if s.street.rank in "NK12" and s.line.interpolate(0.5, normalized=True).within(inside.buffer(-1))]
                fit = inside.area / inside.minimum_rotated_rectangle.area * inside.area / inside.length**2
                if not cut and (best is None or fit > best[0]):
                    best = (fit, i, inside)
            if best is None:
                break
            used.add(best[1])
            union = best[2]
        union = Polygon(union.exterior)
        gone.append(union.buffer(-1.5))
        sites.append(Site(kind, name, union))
    inside = shapely.union_all(gone)
    graph.keep(lambda s: not s.line.interpolate(0.5, normalized=True).within(inside))
    return sites


def open_sites(ground):
    sites = []
    for kind, name, (x, y), (w, h), degrees in OPEN_SITES:
        box = shapely.affinity.rotate(shapely.box(x - w / 2, y - h / 2, x + w / 2, y + h / 2), degrees)
        sites.append(Site(kind, name, box))
    return sites


PRIVATE_DEPTH = 12.2


def private_lanes(plan, graph, ground, surface_blocks):
    """Dead-end lanes of 35–60 m into the deep blocks of the sprawl, with lots on both sides."""
    rng = stream("private lanes")
    estates = []
    sections = [s for s in graph.sections if s.street.area == "D" or s.street.rank in "K2"]
    tree = shapely.STRtree([s.line for s in sections])
    for block in surface_blocks:
        if block.area < 3500 or rng.random() < 0.5:
            continue
        shapely.prepare(block)
        taken = []
        for _ in range(70):
            ring = block.exterior
            at = rng.uniform(0, ring.length)
            p, q = (np.asarray(ring.interpolate((at + d) % ring.length).coords[0]) for d in (-1.5, 1.5))
            along = (q - p) / max(np.hypot(*(q - p)), 1e-9)
            inward = np.array([-along[1], along[0]])
            front = (p + q) / 2
            if not block.contains(Point(front + inward * 2)):
                inward = -inward
            length = rng.uniform(34, 56)
            width = float(rng.choice([4.0, 4.0, 4.2, 4.5]))
            side = np.array([-inward[1], inward[0]])
            half = PRIVATE_DEPTH + width / 2
            corner = lambda u, v: front + inward * u + side * v
            box = Polygon([corner(1.2, -half), corner(1.2, half), corner(length + 9, half), corner(length + 9, -half)])
            if not block.contains(box) or any(box.distance(t) < 3 for t in taken):
                continue
            near = sections[tree.nearest(Point(front))]
            root = near.line.interpolate(near.line.project(Point(front)))
            if root.distance(Point(front)) > 9:
                continue
            taken.append(box)
            plan.lay(LineString([np.asarray(root.coords[0]), corner(length, 0)]), "P", width, "D")
            estates.append((front, inward, length, width))
            if len(taken) >= block.area / 9500 + 0.5:
                break
    return estates


def build(ground):
    """The street graph, the sites and the small estates along private lanes."""
    plan = first_plan(ground)
    limits(plan, ground)
    graph = Graph(plan.streets)
    graph.prune(26)
    sites = reserve(graph)
    graph.prune(46)
    graph.prune(210, "F")
    kept = [type(s.street)(s.line, s.street.rank, s.street.width, s.street.area, s.street.number, s.street.name) for s in graph.sections]
    plan.streets = kept
    zone = ground.quarters["D"].buffer(20)
    bands = shapely.union_all([s.line.buffer(s.width / 2 + 0.3) for s in graph.sections] + [ground.railway.buffer(14), ground.floor] + [s.polygon for s in sites])
    blocks = [b for b in shapely.get_parts(zone.difference(bands)) if b.area > 200]
    estates = private_lanes(plan, graph, ground, blocks)
    final = Graph(plan.streets)
    final.contract(6.2)
    final.split_long(405)
    return final, sites + open_sites(ground), estates
