"""Buildings on their lots: houses to the north with the garden south, shops at the street, sheds, schools."""

from dataclasses import dataclass, field

import numpy as np
import shapely
import shapely.affinity
from shapely import Polygon

from .places import stream


@dataclass
class Building:
    polygon: Polygon
    use: str
    kind: str
    floors: int
    structure: str
    lot: object
    name: str = None
    homes: int = 0
    record: dict = field(default_factory=dict)


def footprint(width, depth, rng, notch):
    """A rectangle around the origin, or one with a corner taken out (L), or two (Z)."""
    w, d = width / 2, depth / 2
    points = [(-w, -d), (w, -d), (w, d), (-w, d)]
    if notch and width > 6 and depth > 6:
        a, b = width * rng.uniform(0.2, 0.4), depth * rng.uniform(0.15, 0.35)
        corner = rng.integers(0, 4)
        shapes = [
            [(-w + a, -d), (w, -d), (w, d), (-w, d), (-w, -d + b), (-w + a, -d + b)],
            [(-w, -d), (w - a, -d), (w - a, -d + b), (w, -d + b), (w, d), (-w, d)],
            [(-w, -d), (w, -d), (w, d - b), (w - a, d - b), (w - a, d), (-w, d)],
            [(-w, -d), (w, -d), (w, d), (-w + a, d), (-w + a, d - b), (-w, d - b)],
        ]
        points = shapes[corner]
        if rng.random() < 0.3 and corner == 0:
            points = [(-w + a, -d), (w, -d), (w, d - b), (w - a, d - b), (w - a, d), (-w, d), (-w, -d + b), (-w + a, -d + b)]
    return points


def place(inner, angle, points, north_bias, rng, tries=9):
    """Put a footprint into a polygon, as far north as the bias says; None where it does not fit."""
    turn = np.radians(angle + rng.uniform(-1.5, 1.5))
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    shape = np.array(points) @ rotation.T
    x0, y0, x1, y1 = inner.bounds
    low, high = shape.min(axis=0), shape.max(axis=0)
    room_x, room_y = (x1 - high[0]) - (x0 - low[0]), (y1 - high[1]) - (y0 - low[1])
    if room_x < 0 or room_y < 0:
        return None
    for k in range(tries):
        bias = np.clip(north_bias + (k % 3) * -0.18 + rng.uniform(-0.06, 0.06), 0, 1)
        across = 0.5 + rng.uniform(-0.12, 0.12) * (1 + k)
        centre = np.array([x0 - low[0] + room_x * np.clip(across, 0, 1), y0 - low[1] + room_y * bias])
        polygon = Polygon(shape + centre)
        if inner.contains(polygon):
            return polygon
    return None


def square_angle(angle):
    """The lot's angle turned by quarter turns until its first axis runs nearest to east."""
    return (angle + 45) % 90 - 45


class Buildings:
    def __init__(self, ground, lots, surface):
        self.items, self.ground = [], ground
        self.road = surface.polygon
        rng = stream("buildings")
        for number, lot in enumerate(lots.lots):
            rng = stream(f"building {lot.block} {lot.polygon.centroid.x:.1f} {lot.polygon.centroid.y:.1f}")
            getattr(self, "on_" + lot.use, lambda *_: None)(lot, rng)

    def put(self, polygon, lot, use, kind, floors, structure, name=None, homes=0):
        self.items.append(Building(polygon, use, kind, floors, structure, lot, name, homes))
        return polygon

    def settle(self, target):
        """Bring the count to the ledger's: sheds are added to roomy lots, or the last of them left out."""
        rng = stream("sheds")
        tree = shapely.STRtree([item.polygon for item in self.items])
        gone = set()
        for i, j in sorted(zip(*tree.query([item.polygon for item in self.items], predicate="intersects"))):
            if i < j and i not in gone and j not in gone:
                gone.add(int(min(i, j, key=lambda k: self.items[k].polygon.area)))
        shapely.prepare(self.road)
        self.items = [item for k, item in enumerate(self.items) if k not in gone and not self.road.intersects(item.polygon)]
        with_house = {}
        for item in self.items:
            if item.use == "411" and item.lot.area in "BCDG":
                with_house[id(item.lot)] = item
        order = list(with_house.values())
        sheds_at = {id(item.lot) for item in self.items if item.use != "411"}
        for k in rng.permutation(len(order)):
            if len(self.items) >= target:
                break
            if id(order[k].lot) not in sheds_at:
                self.shed(order[k].lot, order[k].polygon, rng, 1, 4, 9)
        spare = [i for i, item in enumerate(self.items) if item.use == "461"]
        drop = set(spare[len(spare) - max(0, len(self.items) - target):])
        self.items = [item for i, item in enumerate(self.items) if i not in drop]

    def fit(self, lot, rng, width, depth, setback, bias, notch=0.55, smallest=0.55):
        """Try the wanted size, then smaller ones, inside the lot less its setback."""
        inner = lot.polygon.buffer(-setback, join_style="mitre")
        if inner.is_empty:
            return None
        inner = max(shapely.get_parts(inner), key=lambda p: p.area)
        angle = square_angle(lot.angle)
        turned = shapely.affinity.rotate(inner, -angle, origin=(0, 0))
        x0, y0, x1, y1 = turned.bounds
        scale = 1.0
        while scale >= smallest:
            w, d = min(width * scale, x1 - x0), min(depth * scale, y1 - y0)
            if w < 2.2 or d < 2.2:
                return None
            polygon = place(inner, angle, footprint(w * 0.985, d * 0.985, rng, rng.random() < notch), bias, rng)
            if polygon is not None:
                return polygon
            scale -= 0.09
        return None

    def on_house(self, lot, rng):
        if lot.area == "E":
            return self.farmstead(lot, rng)
        area = lot.polygon.area
        if area > 420:
            return self.farmstead(lot, rng) if rng.random() < 0.8 else None
        width, depth = {"B": (9.6, 8.8), "C": (7.6, 11.8), "D": (8.2, 9.6), "A": (7.2, 12.0)}.get(lot.area, (9, 8))
        width, depth = width * rng.uniform(0.88, 1.14), depth * rng.uniform(0.88, 1.12)
        setback = rng.uniform(0.6, 1.1) if lot.area != "A" else 0.55
        house = self.fit(lot, rng, width, depth, setback, rng.uniform(0.86, 1.0))
        if house is None or house.area < 22:
            return None
        wood = rng.random() < 0.84
        floors = 2 if rng.random() < 0.83 else 1 if rng.random() < 0.7 else 3
        self.put(house, lot, "411", "1" if rng.random() < 0.975 else "2", floors, "601" if wood else rng.choice(["604", "605", "603"], p=[0.25, 0.65, 0.1]), homes=1)
        if area > 150 and rng.random() < 0.34:
            self.shed(lot, house, rng, 1)
        return None

    def shed(self, lot, house, rng, count, low=6, high=18, kind=None):
        for _ in range(count):
            size = rng.uniform(low, high)
            width = np.sqrt(size * rng.uniform(0.8, 1.6))
            free = lot.polygon.buffer(-0.7).difference(house.buffer(1.2))
            parts = [p for p in shapely.get_parts(free) if p.geom_type == "Polygon" and p.area > size * 1.4]
            if not parts:
                return
            part = max(parts, key=lambda p: p.area)
            polygon = place(part, square_angle(lot.angle), footprint(width, size / width, rng, False), rng.choice([0.05, 0.1, 0.9]), rng, 12)
            if polygon is not None:
                self.put(polygon, lot, "461", kind or str(rng.choice(["1", "3", "4"], p=[0.73, 0.21, 0.06])), 1, "601" if rng.random() < 0.4 else "605")
                house = house.union(polygon)

    def farmstead(self, lot, rng):
        house = self.fit(lot, rng, rng.uniform(12, 17), rng.uniform(8, 10.5), 2.0, rng.uniform(0.7, 0.85), 0.75)
        if house is None:
            return None
        self.put(house, lot, "411", "1", 2 if rng.random() < 0.7 else 1, "601", homes=1)
        if rng.random() < 0.75:
            self.shed(lot, house, rng, int(rng.integers(1, 3)), 16, 55, "1")
            if self.items[-1].use == "461":
                self.items[-1].use = "451"
        return None

    def on_shop(self, lot, rng):
        area = lot.polygon.area
        if lot.site is not None:
            mall = self.fit(lot, rng, 110, 62, 8, 0.8, 0.9, 0.3)
            if mall is not None:
                self.put(mall, lot, "402", "2", 3, "604", lot.site.name)
            return
        if lot.area == "A":
            shop = lot.polygon.buffer(-0.5, join_style="mitre")
            if shop.is_empty or shop.geom_type != "Polygon":
                return
            # A shop covers its lot but for a yard at the back or the side.
            x0, y0, x1, y1 = shop.bounds
            if shop.area > 90:
                body = self.fit(lot, rng, 40, 40, 0.5, 0.5, 0.35, 0.2)
                shop = body if body is not None else shop
            floors = int(rng.choice([2, 2, 3, 3, 4, 5, 6], p=[0.3, 0.15, 0.2, 0.1, 0.12, 0.08, 0.05]))
            strong = floors >= 4 or rng.random() < 0.12
            self.put(shop, lot, "402" if rng.random() < 0.55 else "413", "2" if strong else "1", floors, rng.choice(["603", "604", "602"]) if strong else rng.choice(["604", "601"]), homes=0 if rng.random() < 0.5 else 1)
            return
        side = np.sqrt(area)
        shop = self.fit(lot, rng, side * rng.uniform(0.55, 0.75), side * rng.uniform(0.4, 0.55), 3.0, 0.85, 0.3, 0.4)
        if shop is not None:
            self.put(shop, lot, "402", "2" if area > 2500 and rng.random() < 0.4 else "1", 1 if rng.random() < 0.7 else 2, "604")

    def on_flats(self, lot, rng):
        area = lot.polygon.area
        if area > 900:
            width, depth = min(60, area / 26), rng.uniform(11, 14)
            floors, kind, structure = int(rng.integers(4, 8)), "2", "603"
        else:
            width, depth = rng.uniform(10, 22), rng.uniform(8.5, 12)
            floors = int(rng.choice([2, 2, 3, 3, 4, 5]))
            kind, structure = ("2", "603") if floors >= 4 else ("1", rng.choice(["604", "605", "601"]))
        block = self.fit(lot, rng, width, depth, 0.9, 0.9, 0.3, 0.35)
        if block is None:
            return
        homes = max(4, int(block.area * floors / 62))
        self.put(block, lot, "412", kind, floors, structure, homes=homes)
        rest = lot.polygon.buffer(-1.5)
        while area > 900:
            # More slabs as long as the sun reaches them.
            rest = rest.difference(block.buffer(13))
            parts = [p for p in shapely.get_parts(rest) if p.geom_type == "Polygon" and p.area > 500]
            if not parts:
                return
            part = max(parts, key=lambda p: p.area)
            block = None
            for long in (min(48, width), min(30, width * 0.7), 20):
                block = place(part, square_angle(lot.angle), footprint(long, depth, rng, False), 0.9, rng, 14)
                if block is not None:
                    break
            if block is None:
                return
            self.put(block, lot, "412", kind, floors, structure, homes=max(4, int(block.area * floors / 62)))

    def on_works(self, lot, rng):
        area = lot.polygon.area
        big = lot.area == "F"
        count = int(rng.integers(1, 4)) if area > 6000 else 1
        rest = lot.polygon.buffer(-(7 if big else 2.5), join_style="mitre")
        for k in range(count):
            parts = [p for p in shapely.get_parts(rest) if p.geom_type == "Polygon" and p.area > 150]
            if not parts:
                return
            part = max(parts, key=lambda p: p.area)
            x0, y0, x1, y1 = part.bounds
            share = 0.85 if count == 1 else 0.62
            size = np.clip(part.area * rng.uniform(0.3, 0.5), 120, 8800)
            width = min((x1 - x0) * share, np.sqrt(size * rng.uniform(1.1, 1.9)))
            for scale in (1, 0.85, 0.7, 0.55, 0.4):
                hall = place(part, square_angle(lot.angle), footprint(width * scale, size / width * scale, rng, rng.random() < 0.3), rng.uniform(0.2, 0.9), rng, 10)
                if hall is not None:
                    break
            if hall is None:
                return
            self.put(hall, lot, rng.choice(["441", "431"], p=[0.6, 0.4]) if big else rng.choice(["431", "402", "441"]), "2" if hall.area > 3000 else "1", 1 if rng.random() < 0.7 else 2, "604")
            rest = rest.difference(hall.buffer(9))
        if big and rng.random() < 0.6:
            self.shed(lot, self.items[-1].polygon.buffer(6), rng, 2, 40, 160, "4" if rng.random() < 0.3 else "3")

    def on_parking(self, lot, rng):
        if lot.polygon.area > 120 and rng.random() < 0.18:
            roof = self.fit(lot, rng, rng.uniform(9, 14), 5.2, 1.0, 0.9, 0, 0.6)
            if roof is not None:
                self.put(roof, lot, "461", "3", 1, "604")

    def on_field(self, lot, rng):
        if lot.polygon.area > 900 and rng.random() < 0.035:
            house = self.fit(lot, rng, 6.0, rng.uniform(18, 40), 2.5, rng.random(), 0, 0.5)
            if house is not None:
                self.put(house, lot, "451", "3", 1, "605")

    def on_park(self, lot, rng):
        if lot.polygon.area > 900 and rng.random() < 0.5:
            hut = self.fit(lot, rng, 5, 4, 4, 0.9, 0)
            if hut is not None:
                self.put(hut, lot, "461", "3" if rng.random() < 0.5 else "1", 1, "603")

    def on_shrine(self, lot, rng):
        hall = self.fit(lot, rng, 11, 13, 6, 0.8, 0.9)
        if hall is not None:
            self.put(hall, lot, "422", "1", 1, "601", lot.site.name if lot.site else None)
            self.shed(lot, hall, rng, 2, 14, 60, "1")

    def on_school(self, lot, rng):
        """Two wings of 10 m in an L or コ to the north, a gymnasium beside, the ground to the south."""
        polygon = lot.polygon
        if polygon.area < 4000:
            return
        inner = polygon.buffer(-7, join_style="mitre")
        inner = max(shapely.get_parts(inner), key=lambda p: p.area)
        angle = square_angle(lot.angle)
        turned = shapely.affinity.rotate(inner, -angle, origin=(0, 0))
        x0, y0, x1, y1 = turned.bounds
        width, height = x1 - x0, y1 - y0
        for scale in (1.0, 0.9, 0.8, 0.7, 0.6, 0.5):
            w = min(width * 0.72, 95) * scale
            d = min(height * 0.5, 46) * scale
            wing = 10.5
            if w < 34 or d < 20:
                continue
            if rng.random() < 0.5:
                points = [(0, d), (w, d), (w, d - wing), (wing, d - wing), (wing, 0), (0, 0)]
            else:
                points = [(0, d), (w, d), (w, d * 0.35), (w - wing, d * 0.35), (w - wing, d - wing), (wing, d - wing), (wing, 0), (0, 0)]
            points = np.array(points) - (w / 2, d / 2)
            body = place(inner, angle, points, 1.0, rng, 18)
            if body is not None:
                break
        else:
            body = self.fit(lot, rng, width * 0.8, 12, 7, 0.95, 0, 0.3)
        if body is None:
            return
        floors = int(rng.choice([3, 3, 4]))
        self.put(body, lot, "422", "2", floors, "603", lot.site.name)
        rest = inner.difference(body.buffer(5))
        parts = [p for p in shapely.get_parts(rest) if p.area > 700]
        for w, d in ((36, 26), (28, 22), (24, 18)):
            for part in sorted(parts, key=lambda p: p.area):
                gyms = (place(part, angle, footprint(w, d, rng, False), bias, rng, 24) for bias in (0.95, 0.7, 0.45, 0.2))
                gym = next((g for g in gyms if g is not None), None)
                if gym is not None:
                    self.put(gym, lot, "422", "2", 1, "604", lot.site.name + "体育館")
                    self.shed(lot, body.union(gym), rng, 1, 20, 60, "1")
                    return

    def on_site(self, lot, rng):
        site = lot.site
        area = lot.polygon.area
        if area < 500:
            return
        size = {"市役所": (62, 26, 6), "病院": (64, 34, 5), "図書館": (38, 26, 2), "警察署": (32, 20, 3), "消防署": (34, 22, 2), "体育館": (54, 44, 1),
                "清掃センター": (60, 40, 3), "浄化センター": (44, 22, 2), "駅": (12, 56, 2)}.get(site.kind, (30, 20, 2))
        hall = self.fit(lot, rng, size[0], size[1], 3.0 if site.kind != "駅" else 0.6, 0.8, 0.6, 0.35)
        if hall is None:
            return
        self.put(hall, lot, "421" if site.kind in ("市役所", "警察署", "消防署") else "422", "2", size[2], "603", site.name)
        if site.kind == "浄化センター":
            rest = lot.polygon.buffer(-6).difference(hall.buffer(6))
            for k in range(7):
                part = max(shapely.get_parts(rest), key=lambda p: p.area)
                tank = place(part, square_angle(lot.angle), [(13 * np.cos(t), 13 * np.sin(t)) for t in np.linspace(0, 2 * np.pi, 20, endpoint=False)], rng.choice([0.1, 0.5, 0.9]), rng, 16)
                if tank is None:
                    break
                self.put(tank, lot, "422", "4", 1, "603")
                rest = rest.difference(tank.buffer(5))
        else:
            self.shed(lot, hall, rng, 2, 20, 120, "1")
