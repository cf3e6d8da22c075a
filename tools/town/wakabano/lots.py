"""Lots: blocks cut into rows, slices and strips, each quarter in its own manner."""

from dataclasses import dataclass, field

import numpy as np
import shapely
import shapely.affinity
from shapely import LineString, Point, Polygon

from . import ground as land
from .places import stream


@dataclass
class Lot:
    """`use`: house, shop, flats, works, store, parking, empty, field, paddy, wood, park, school, site, shrine, grave."""

    polygon: Polygon
    use: str
    area: str
    block: int
    angle: float = 0.0
    site: object = None
    record: dict = field(default_factory=dict)


def long_angle(polygon):
    """Direction (degrees) of the longer side of the smallest rectangle around a polygon."""
    ring = np.asarray(polygon.minimum_rotated_rectangle.exterior.coords)
    sides = np.diff(ring[:3], axis=0)
    side = sides[int(np.argmax(np.hypot(*sides.T)))]
    return float(np.degrees(np.arctan2(side[1], side[0])))


def polygons(geometry, least=0.5):
    return [p for p in shapely.get_parts(geometry) if p.geom_type == "Polygon" and p.area > least]


def join(a, b):
    """Union of two neighbours; their common side may differ by rounding, hence the hair's breadth."""
    return shapely.union(a.buffer(0.003, join_style="mitre"), b.buffer(0.003, join_style="mitre")).buffer(-0.003, join_style="mitre")


def absorb(pieces, least, least_width=0.0):
    """Give pieces that are too small to the neighbour with the longest common side."""
    pieces = list(pieces)
    while True:
        order = sorted(range(len(pieces)), key=lambda i: pieces[i].area)
        for i in order:
            piece = pieces[i]
            small = piece.area < least
            thin = least_width and piece.area < 6 * least and 4 * piece.area / piece.length < 1.6 * least_width
            if not (small or thin):
                continue
            grown = piece.buffer(0.02)
            shares = [(grown.intersection(other).area if j != i else 0.0, j) for j, other in enumerate(pieces)]
            share, j = max(shares, default=(0.0, -1))
            if share > 0.01:
                union = join(pieces[j], piece)
                if union.geom_type == "Polygon":
                    pieces[j] = union
                    pieces.pop(i)
                    break
        else:
            return pieces


def clip(polygon, u0, v0, u1, v1):
    """The parts of a polygon in a rectangle; the fast clip fails on some rings or lets them touch themselves."""
    try:
        # The fast clip loses holes, so it serves only polygons without.
        cut = shapely.intersection(polygon, shapely.box(u0, v0, u1, v1)) if polygon.interiors else shapely.clip_by_rect(polygon, u0, v0, u1, v1)
        parts = polygons(cut)
    except shapely.GEOSException:
        parts = polygons(shapely.intersection(polygon, shapely.box(u0, v0, u1, v1), grid_size=0.001))
    return [q for p in parts for q in ([p] if p.is_valid else polygons(p.buffer(0)))]


def slices(polygon, frontage, rng, spread=0.14, least=40.0):
    """Cut a row across its length into lots of about `frontage` metres."""
    u0, v0, u1, v1 = polygon.bounds
    count = max(1, int(round((u1 - u0) / frontage)))
    steps = 1 + rng.uniform(-spread, spread, count)
    cuts = u0 + np.concatenate([[0], np.cumsum(steps) / steps.sum()]) * (u1 - u0)
    out = []
    for a, b in zip(cuts[:-1], cuts[1:]):
        out += clip(polygon, a, v0 - 1, b, v1 + 1)
    return out


def in_frame(polygon, angle, cut):
    """Run `cut` with the polygon turned so that `angle` lies along the first axis."""
    origin = polygon.centroid
    turned = shapely.affinity.rotate(polygon, -angle, origin=origin)
    return [shapely.affinity.rotate(piece, angle, origin=origin) for piece in cut(turned)]


def row_lots(block, angle, frontage, depth, rng, spread=0.14, least=45.0, middle_whole=False):
    """Two rows back to back; where the block is deeper, the middle is cut from its short sides or left whole."""

    def cut(p):
        u0, v0, u1, v1 = p.bounds
        height = v1 - v0
        if height < 1.5 * depth:
            bands = [(u0, v0, u1, v1, True)]
        elif height < 2.75 * depth:
            middle = (v0 + v1) / 2 + rng.uniform(-0.05, 0.05) * height
            bands = [(u0, v0, u1, middle, True), (u0, middle, u1, v1, True)]
        else:
            half = (u0 + u1) / 2
            bands = [(u0, v0, u1, v0 + depth, True), (u0, v1 - depth, u1, v1, True)]
            if middle_whole:
                bands += [(u0, v0 + depth, u1, v1 - depth, None)]
            else:
                bands += [(u0, v0 + depth, half, v1 - depth, False), (half, v0 + depth, u1, v1 - depth, False)]
        pieces = []
        for a, b, c, d, across in bands:
            for part in clip(p, a, b, c, d):
                if across is None:
                    pieces.append(part)
                elif across:
                    pieces += slices(part, frontage, rng, spread)
                else:
                    turned = shapely.affinity.rotate(part, -90, origin=(0, 0))
                    pieces += [shapely.affinity.rotate(s, 90, origin=(0, 0)) for s in slices(turned, frontage, rng, spread)]
        return absorb(pieces, least, least_width=4.0)

    return in_frame(block, angle, cut)


def halves(polygon, target, rng, skew=4.0):
    """Cut again and again across the longer side until the pieces are near the target area."""
    if polygon.area < target * rng.uniform(0.85, 1.6):
        return [polygon]
    angle = long_angle(polygon) + rng.uniform(-skew, skew)

    def cut(p):
        u0, v0, u1, v1 = p.bounds
        middle = u0 + (u1 - u0) * rng.uniform(0.42, 0.58)
        return clip(p, u0 - 1, v0 - 1, middle, v1 + 1) + clip(p, middle, v0 - 1, u1 + 1, v1 + 1)

    pieces = in_frame(polygon, angle, cut)
    if len(pieces) < 2:
        return [polygon]
    return [q for piece in pieces for q in halves(piece, target, rng, skew)]


def strips(polygon, angle, width, length, rng, least):
    """Fields in rows: strips `width` by `length`, the rows shifted against each other."""

    def cut(p):
        u0, v0, u1, v1 = p.bounds
        pieces = []
        v = v0 - rng.uniform(0, length)
        while v < v1:
            step = length * rng.uniform(0.82, 1.18)
            row = clip(p, u0 - 1, v, u1 + 1, v + step)
            u = u0 - rng.uniform(0, width)
            cuts = []
            while u < u1:
                cuts.append(u)
                u += width * rng.choice([0.7, 0.85, 1.0, 1.0, 1.2, 1.6])
            cuts.append(u)
            for part in row:
                low, _, high, _ = part.bounds
                for a, b in zip(cuts[:-1], cuts[1:]):
                    if b > low and a < high:
                        pieces += clip(part, a, v, b, v + step)
            v += step
        return pieces

    return absorb_fast(in_frame(polygon, angle, cut), least)


def absorb_fast(pieces, least):
    """As `absorb`, one pass with a tree, for hundreds of pieces."""
    tree = shapely.STRtree(pieces)
    owner = list(range(len(pieces)))

    def root(i):
        while owner[i] != i:
            i = owner[i]
        return i

    current = list(pieces)
    for i in sorted(range(len(pieces)), key=lambda i: pieces[i].area):
        me = root(i)
        if me != i or current[i].area >= least:
            continue
        grown = current[i].buffer(0.02)
        best = (0.01, None)
        for j in sorted(tree.query(grown)):
            other = root(j)
            if other != i:
                share = grown.intersection(current[other]).area
                if share > best[0]:
                    best = (share, other)
        if best[1] is not None:
            union = join(current[best[1]], current[i])
            if union.geom_type == "Polygon":
                current[best[1]] = union
                owner[i] = best[1]
    return [current[i] for i in range(len(pieces)) if owner[i] == i]


def flag_lots(polygon, angle, road, rng):
    """A deep lot becomes two: one at the street, one behind it with a pole of 2.5 m (旗竿地)."""

    def cut(p):
        turned_road = shapely.affinity.rotate(road, -angle, origin=polygon.centroid)
        u0, v0, u1, v1 = p.bounds
        if (v1 - v0) < (u1 - u0):
            return [p]
        south = clip(p, u0, v0, u1, v0 + 2)
        front_low = bool(south) and turned_road.distance(south[0]) < 1.5
        depth, pole = (v1 - v0) * rng.uniform(0.46, 0.52), 2.5
        side = u0 + pole if rng.random() < 0.5 else u1 - pole
        low, high = (v0, v0 + depth) if front_low else (v1 - depth, v1)
        front = clip(p, side, low, u1, high) if side < (u0 + u1) / 2 else clip(p, u0, low, side, high)
        if len(front) != 1:
            return [p]
        back = p.difference(front[0])
        return [front[0], back] if back.geom_type == "Polygon" else [p]

    return in_frame(polygon, angle, cut)


class Lots:
    """All lots of the town, made block by block."""

    def __init__(self, ground, graph, surface, sites, estates):
        self.ground, self.graph, self.surface, self.sites = ground, graph, surface, sites
        self.road = surface.polygon
        shapely.prepare(self.road)
        self.lots = []
        self.blocks = sorted(surface.blocks(ground), key=lambda b: (round(b.centroid.y), round(b.centroid.x)))
        self.villages = shapely.union_all([v for _, v in ground.villages])
        self.slope, self.floor = ground.slope, ground.floor
        shapely.prepare(self.floor)
        shapely.prepare(self.slope)
        self.estate_lots, self.estate_ground = self.small_estates(estates)
        self.roadside_lots, self.roadside_ground = self.roadside()
        woods = stream("woods")
        self.wood_waves = [(woods.uniform(0, 6.28), woods.uniform(180, 420), woods.uniform(0, 6.28)) for _ in range(7)]
        for number, block in enumerate(self.blocks):
            self.fill(number, block)
        self.greenway()

    def add(self, polygon, use, area, block, angle=None, site=None):
        for part in polygons(polygon if polygon.is_valid else polygon.buffer(0), 3.0):
            self.lots.append(Lot(part, use, area, block, long_angle(part) if angle is None else angle, site))

    def quarter_of(self, block):
        best, share = "G", 0.5
        for name, polygon in self.ground.quarters.items():
            inside = block.intersection(polygon).area / block.area
            if inside > share:
                best, share = name, inside
        return best

    def small_estates(self, estates):
        """Lots along the private lanes: rows of 9–11 m on both sides and one or two at the end."""
        rng = stream("small estates")
        lots, grounds = [], []
        from .streets import PRIVATE_DEPTH

        for front, inward, length, width in estates:
            side = np.array([-inward[1], inward[0]])
            corner = lambda u, v: front + inward * u + side * v
            half = width / 2
            count = max(3, int(length // 9.6))
            cuts = np.linspace(0.8, length, count + 1)
            made = []
            for sign in (1, -1):
                for a, b in zip(cuts[:-1], cuts[1:]):
                    made.append(Polygon([corner(a, sign * half), corner(b, sign * half), corner(b, sign * (half + PRIVATE_DEPTH)), corner(a, sign * (half + PRIVATE_DEPTH))]))
            end = PRIVATE_DEPTH + half
            for low, high in ((-end, 0), (0, end)):
                made.append(Polygon([corner(length, low), corner(length, high), corner(length + 9, high), corner(length + 9, low)]))
            angle = float(np.degrees(np.arctan2(inward[1], inward[0])))
            for polygon in made:
                use = "house" if rng.random() < 0.95 else "empty"
                lots.append((polygon.difference(self.road), use, angle))
            grounds.append(shapely.union_all(made).buffer(0.02, join_style="mitre"))
        return lots, shapely.union_all(grounds)

    def roadside(self):
        """Shops and yards along the bypass, single houses along the prefectural roads."""
        rng = stream("roadside")
        quarters = shapely.union_all([*self.ground.quarters.values(), self.villages, *(s.polygon for s in self.sites)])
        lots, grounds = [], []
        for s in self.graph.sections:
            rank = s.street.rank
            if rank not in "NK2" or s.length < 40:
                continue
            depth, frontage, share = {"N": (42, 44, 0.55), "K": (26, 20, 0.30), "2": (24, 19, 0.22)}[rank]
            line = s.line
            for sign in (1, -1):
                side = shapely.offset_curve(line, sign * s.width / 2)
                far = shapely.offset_curve(line, sign * (s.width / 2 + depth))
                if side.geom_type != "LineString" or far.geom_type != "LineString" or far.is_empty:
                    continue
                count = int(side.length // frontage)
                bright = rng.random() < 0.7
                for k in range(count):
                    if not bright or rng.random() > share:
                        continue
                    a, b = k / count, (k + 1) / count
                    p = [side.interpolate(t, normalized=True) for t in (a, b)] + [far.interpolate(t, normalized=True) for t in (b, a)]
                    quad = Polygon(p).buffer(0)
                    if quad.area < 0.6 * depth * frontage or quad.intersects(self.floor) or quad.intersects(quarters):
                        continue
                    if rank != "N" and quad.intersects(self.slope.buffer(-25)):
                        continue
                    rest = quad.difference(self.road)
                    if rest.geom_type != "Polygon" or any(rest.distance(g) < 0.5 and rest.intersection(g).area > 1 for g in grounds[-40:]):
                        continue
                    use = "shop" if rank == "N" and rng.random() < 0.62 else "works" if rank == "N" else "house"
                    lots.append((rest, use, None))
                    grounds.append(rest)
        clean = []
        for i, (polygon, use, angle) in enumerate(lots):
            others = shapely.union_all([g for g in grounds[max(0, i - 400):i] if g.intersects(polygon)])
            polygon = polygon.difference(others) if not others.is_empty else polygon
            clean += [(p, use, angle) for p in polygons(polygon, 150)]
        return clean, shapely.union_all([p for p, _, _ in clean])

    def is_wood(self, point):
        x, y = point
        value = sum(np.sin(np.cos(a) * x / r + np.sin(a) * y / r + b) for a, r, b in self.wood_waves)
        return value > 0.9

    def fill(self, number, block):
        quarter = self.quarter_of(block)
        for site in self.sites:
            shared = block.intersection(site.polygon)
            if shared.area < 30:
                continue
            use = {"公園": "park", "運動場": "park", "境内": "shrine", "墓地": "grave", "商業": "shop", "広場": "parking", "駅": "site"}.get(site.kind, "school" if site.kind in ("小学校", "中学校", "高校") else "site")
            if shared.area > 0.8 * block.area:
                self.add(block, use, quarter, number, site=site)
                return
            self.add(shared, use, quarter, number, site=site)
            block = block.difference(site.polygon)
        for lots, taken in ((self.estate_lots, self.estate_ground), (self.roadside_lots, self.roadside_ground)):
            if not block.intersects(taken):
                continue
            for polygon, use, angle in lots:
                inside = polygons(polygon.intersection(block), 20) if polygon.intersects(block) else []
                for p in inside:
                    self.add(p, use, "D" if taken is self.estate_ground else quarter, number, angle)
            block = block.difference(taken)
        for part in polygons(block, 15):
            getattr(self, "quarter_" + quarter)(number, part)

    def open_land(self, number, polygon):
        rng = stream(f"open land {number} {polygon.area:.0f}")
        centre = polygon.centroid
        for part in polygons(polygon.intersection(self.floor), 60):
            angle = self.valley_angle(part.centroid) + 90
            for piece in strips(part, angle, 33, 104, rng, 1000) if part.area > 1500 else [part]:
                self.add(piece, "paddy", "G", number)
        rest = polygon.difference(self.floor)
        for part in polygons(rest.intersection(self.slope), 60):
            angle = self.valley_angle(part.centroid)
            for piece in strips(part, angle + 90, 70, 110, rng, 2200) if part.area > 3500 else [part]:
                self.add(piece, "wood", "G", number)
        base = 12 * np.sin(centre.x / 700) + 10 * np.cos(centre.y / 600) + rng.choice([0, 90])
        for part in polygons(rest.difference(self.slope), 60):
            for piece in strips(part, base, 30, 118, rng, 1100) if part.area > 2500 else [part]:
                c = piece.centroid
                wood = self.is_wood((c.x, c.y)) and not self.near_town(c)
                station = c.distance(Point(land.STATION)) < 340 and abs(c.x - 3215) < 60
                self.add(piece, "parking" if station else "wood" if wood else "field", "G", number)

    def near_town(self, point):
        return any(q.distance(point) < 60 for q in self.ground.quarters.values())

    def valley_angle(self, point):
        """Direction of the nearest valley or of the river."""
        lines = [self.ground.river_line] + [LineString(v[1]) for v in land.VALLEYS]
        reach = [0.55 if k == 0 else 1.0 for k in range(len(lines))]
        line = min(zip(lines, reach), key=lambda item: item[0].distance(point) * item[1])[0]
        at = line.project(point)
        p, q = (line.interpolate(at + d) for d in (-30, 30))
        return float(np.degrees(np.arctan2(q.y - p.y, q.x - p.x)))

    def town_lot(self, polygon, area, number, angle, rng, empty, parking):
        road_side = self.road.distance(polygon) < 0.6
        use = "house"
        if not road_side:
            use = "empty"
        elif rng.random() < parking:
            use = "parking"
        elif rng.random() < empty:
            use = "empty"
        self.add(polygon, use, area, number, angle)

    def quarter_A(self, number, block):
        rng = stream(f"A{number}")
        if block.area < 90:
            return self.add(block, "empty", "A", number)
        angle = long_angle(block)
        centre = block.centroid
        main = centre.distance(Point(land.STATION)) < 420
        for piece in row_lots(block, angle, rng.uniform(8.2, 10.5) if main else rng.uniform(9.5, 12), 23, rng, 0.25, 60):
            draw = rng.random()
            use = "shop" if draw < (0.5 if main else 0.2) else "flats" if draw < 0.56 else "parking" if draw > 0.92 else "house"
            self.add(piece, use, "A", number, angle)

    def quarter_B(self, number, block):
        rng = stream(f"B{number}")
        if block.area < 120:
            return self.add(block, "park" if block.area > 60 else "empty", "B", number)
        angle = long_angle(block)
        if 900 < block.area < 1700 and rng.random() < 0.35:
            return self.add(block, "park", "B", number, angle)
        for piece in row_lots(block, angle, rng.uniform(9.4, 10.4), 21.5, rng, 0.05, 100, middle_whole=True):
            if piece.area > 700:
                # The corporation's estates of the 1970s: slabs of flats in a row.
                self.add(piece, "flats" if piece.area > 1100 else "park", "B", number, angle)
                continue
            self.town_lot(piece, "B", number, angle, rng, 0.03, 0.02)

    def quarter_C(self, number, block):
        rng = stream(f"C{number}")
        if block.area < 120:
            return self.add(block, "empty", "C", number)
        angle = long_angle(block)
        big = rng.random()
        if big < 0.07 and block.area > 2500:
            return [self.add(p, "flats", "C", number, angle) for p in row_lots(block, angle, 44, 60, rng, 0.1, 400)]
        park, rest = (None, block)
        if big > 0.90 and block.area > 3000:
            half = in_frame(block, angle, lambda p: clip(p, p.bounds[0], p.bounds[1], p.bounds[0] + 34, p.bounds[3]))
            park = half[0]
            rest = max(polygons(block.difference(park)), key=lambda p: p.area)
            self.add(park, "park", "C", number, angle)
        for piece in row_lots(rest, angle, rng.uniform(7.4, 8.6), 24, rng, 0.1, 90):
            if rng.random() < 0.05:
                self.add(piece, "flats", "C", number, angle)
            else:
                self.town_lot(piece, "C", number, angle, rng, 0.09, 0.06)

    def quarter_D(self, number, block):
        rng = stream(f"D{number} {block.area:.0f}")
        if block.area < 60:
            return self.add(block, "empty", "D", number)
        for chunk in halves(block, 2600, rng):
            built = self.road.distance(chunk) < 0.5 and rng.random() < 0.74
            if not built:
                for piece in halves(chunk, 1100, rng):
                    self.add(piece, "field", "D", number)
                continue
            angle = long_angle(chunk)
            inner = []
            for piece in row_lots(chunk, angle, rng.uniform(9.5, 12.5), 15, rng, 0.2, 70):
                if self.road.distance(piece) > 0.6:
                    inner.append(piece.buffer(0.003, join_style="mitre"))
                    continue
                deep = flag_lots(piece, angle, self.road, rng) if piece.area > 215 and rng.random() < 0.7 else [piece]
                for p in deep:
                    self.town_lot(p, "D", number, angle, rng, 0.08, 0.05)
            for rest in polygons(shapely.union_all(inner).buffer(-0.003, join_style="mitre")) if inner else []:
                self.add(rest, "field" if rest.area > 400 else "empty", "D", number)

    def quarter_E(self, number, block):
        self.quarter_G(number, block)

    def quarter_F(self, number, block):
        rng = stream(f"F{number}")
        for piece in halves(block, rng.choice([6000, 9000, 16000]), rng, 1.0):
            self.add(piece, "works" if piece.area > 1200 else "parking", "F", number)

    def quarter_G(self, number, block):
        inside = block.intersection(self.villages)
        if inside.area < 150:
            return self.open_land(number, block)
        rng = stream(f"E{number} {block.area:.0f}")
        for part in polygons(inside, 40):
            for piece in halves(part, 900, rng, 9.0):
                if piece.area < 60:
                    self.add(piece, "wood", "E", number)
                    continue
                near = self.road.distance(piece) < 1.0 and not piece.intersects(self.floor)
                draw = rng.random()
                use = "house" if near and piece.area > 260 and draw < 0.82 else "wood" if draw < 0.5 else "field"
                self.add(piece, use, "E", number)
        for part in polygons(block.difference(self.villages), 40):
            self.open_land(number, part)

    def greenway(self):
        """Small left-over lots beside foot paths turn into green, so that the new town has its green net."""
        walks = [s.line for s in self.graph.sections if s.street.area == "B" and s.width < 3.2]
        if not walks:
            return
        net = shapely.union_all([w.buffer(3) for w in walks])
        for lot in self.lots:
            if lot.area == "B" and lot.use == "house" and lot.polygon.area < 150 and lot.polygon.intersects(net):
                lot.use = "park"
