"""The base map: city boundary, land use, water, railway, parks, as GeoJSON."""

from collections import defaultdict

import numpy as np
import shapely
from shapely import LineString, Point
from shapely.ops import nearest_points, substring

from . import declare as d
from . import formats
from .ground import STATION, VALLEYS
from .network import lines_of
from .places import lonlat, stream


def coarse(points):
    """Seven decimals are a centimetre, enough for a base map."""
    return lonlat(points, 7)


def write_city_boundary(town, folder):
    features = [(town.ground.boundary, {"市コード": "129992-1", "名称": "若葉野市", "区分": "1", "面積": round(town.ground.boundary.area / 1e6, 3)}),
                (town.ground.exclave, {"市コード": "129992-2", "名称": "若葉野市", "区分": "2", "面積": round(town.ground.exclave.area / 1e6, 3)})]
    formats.write_geojson(folder / "city_boundary.geojson", "city_boundary", features, coarse)
    d.declare(
        folder, "行政界", "City boundary", "基本", "情報推進課", "polygon", {"files": ["city_boundary.geojson"], "crs": "EPSG:6668"}, "市コード", "名称",
        [d.text("市コード", "Part code", pattern="[0-9]{6}-[0-9]"), d.text("名称", "Name"), d.text("区分", "Part", codes=d.codes(_1="本体|main part", _2="飛地|exclave")), d.real("面積", "Area", unit="km²")],
    )


LAND_CLASSES = {"1": "市街地|built-up", "2": "樹林|woods", "3": "畑|fields", "4": "田|paddies"}


def write_landuse(town, folder):
    city, river = town.ground.city, town.ground.river
    kinds = defaultdict(list)
    for lot in town.lots.lots:
        if lot.area in "ABCDF" or lot.use in ("house", "shop", "works", "flats", "school", "site", "parking"):
            kinds["1" if lot.use not in ("field", "paddy", "wood") else {"field": "3", "paddy": "4", "wood": "2"}[lot.use]].append(lot.polygon)
        else:
            kinds[{"wood": "2", "paddy": "4", "shrine": "2", "pond": "4"}.get(lot.use, "3")].append(lot.polygon)
    close = lambda shapes, out, back: shapely.union_all([s.buffer(out, quad_segs=1, join_style="mitre") for s in shapes]).buffer(-back, join_style="mitre")
    built = close(kinds["1"], 9, 8.5).intersection(city).difference(river)
    wood = close(kinds["2"], 3, 2.8).intersection(city).difference(shapely.union(built, river))
    paddy = close(kinds["4"], 3, 2.8).intersection(city).difference(shapely.union_all([built, wood, river]))
    field = city.difference(shapely.union_all([built, wood, paddy, river]))
    pieces = []
    for code, shape in (("1", built), ("2", wood), ("3", field), ("4", paddy)):
        shape = shapely.set_precision(shape.simplify(0.7), 0.01)
        for district in town.districts.items:
            for part in shapely.get_parts(shape.intersection(district.polygon)):
                if part.geom_type == "Polygon" and part.area > 30:
                    pieces.append((part.area, code, part))
    pieces.sort(key=lambda p: -p[0])
    pieces = sorted(pieces[:340], key=lambda p: (p[1], p[2].bounds))
    features = [(part, {"土地利用ID": f"L{n:04d}", "種別": code, "面積": round(area)}) for n, (area, code, part) in enumerate(pieces, 1)]
    formats.write_geojson(folder / "landuse.geojson", "landuse", features, lambda p: lonlat(p, 6))
    d.declare(
        folder, "土地利用", "Land use", "基本", "都市計画課", "polygon", {"files": ["landuse.geojson"], "crs": "EPSG:6668"}, "土地利用ID", "種別",
        [d.text("土地利用ID", "Land use ID", pattern="L[0-9]{4}"), d.text("種別", "Class", codes=d.meanings(LAND_CLASSES)), d.real("面積", "Area", unit="㎡")],
    )


def write_water(town, folder):
    rng = stream("water")
    rectangle = town.ground.rectangle
    items = [("1", "若葉川", town.ground.river.intersection(rectangle))]
    for lot in town.lots.lots:
        if lot.use == "pond":
            items.append(("3", lot.record.get("name"), lot.record["pond"]))
    blocked = shapely.union_all([town.ground.river])
    for name, line in town.ground.brooks.items():
        shown = name if name in ("谷津川", "大門川") else None
        visible = line.intersection(rectangle).difference(blocked)
        parts = lines_of(visible)
        for part in parts:
            if name in ("谷津川", "大門川"):
                near = nearest_points(town.ground.river, Point(part.coords[-1]))[0]
                part = LineString([*part.coords, near.coords[0]])
            items.append(("2", shown, part))
    roads = town.surface.polygon
    # Paddy ditches fill the count: straight lines between the fields of the river plain.
    paddies = [lot for lot in town.lots.lots if lot.use == "paddy" and lot.polygon.area > 2200]
    ditches = []
    for k in rng.permutation(len(paddies)):
        if len(items) + len(ditches) >= 60:
            break
        box = paddies[k].polygon.minimum_rotated_rectangle
        ring = np.asarray(box.exterior.coords)
        sides = sorted(range(2), key=lambda i: np.hypot(*(ring[i + 1] - ring[i])))
        a, b = ring[sides[1]], ring[sides[1] + 1]
        along = (b - a) / np.hypot(*(b - a))
        ditch = LineString([a - along * 90, b + along * 140]).intersection(town.ground.floor.buffer(-10)).difference(shapely.union(roads, town.ground.river.buffer(14)))
        parts = lines_of(ditch)
        best = max(parts, key=lambda p: p.length, default=None)
        if best is not None and town.city.contains(best) and best.length > 90 and all(best.distance(other) > 45 for other in ditches):
            ditches.append(best)
    items += [("2", None, ditch) for ditch in ditches]
    features = [(shape, {"水部ID": f"W{n:03d}", "種別": kind, "名称": name}) for n, (kind, name, shape) in enumerate(items, 1)]
    formats.write_geojson(folder / "water.geojson", "water", features, coarse)
    d.declare(
        folder, "水部", "Water", "基本", "都市計画課", "any", {"files": ["water.geojson"], "crs": "EPSG:6668"}, "水部ID", "名称",
        [d.text("水部ID", "Water ID", pattern="W[0-9]{3}"), d.text("種別", "Class", codes=d.codes(_1="川|river", _2="小川|brook", _3="池|pond")), d.text("名称", "Name")],
    )


def make_ponds(town):
    """Ponds at the heads of the valleys and on a few paddies; their lots stop being fields."""
    names = ["谷津池", "弁天池", "大門池", "新溜", "下溜", "上溜", "八幡池"]
    count = 0
    for name, points, _, _ in VALLEYS:
        spots = [points[-1], points[-2]] if count < 12 else [points[-1]]
        for spot in spots:
            target = Point(spot)
            near = [lot for lot in town.lots.lots if lot.use in ("paddy", "wood") and lot.polygon.distance(target) < 90 and lot.polygon.area > 900 and town.city.contains(lot.polygon)]
            if not near:
                continue
            lot = min(near, key=lambda x: x.polygon.distance(target))
            inner = lot.polygon.buffer(-4).buffer(-6).buffer(6)
            if inner.is_empty or inner.geom_type != "Polygon" or inner.area < 250:
                continue
            lot.use = "pond"
            lot.record["pond"] = inner.simplify(0.3)
            lot.record["name"] = names[count] if count < len(names) else None
            count += 1
            if count >= 15:
                return


def write_railways(town, folder):
    track = town.ground.railway.intersection(town.ground.rectangle)
    cuts = sorted({0.0, track.length, *np.linspace(0, track.length, 14)[1:-1]})
    features = [(substring(track, a, b), {"鉄道ID": f"R{n:02d}", "種別": "1", "名称": "若葉野線", "駅名": None, "線数": 2}) for n, (a, b) in enumerate(zip(cuts[:-1], cuts[1:]), 1)]
    at = track.project(Point(STATION))
    platform = substring(track, at - 88, at + 88).buffer(7.5, cap_style="flat")
    features.append((platform, {"鉄道ID": "R14", "種別": "2", "名称": "若葉野線", "駅名": "若葉野駅", "線数": None}))
    formats.write_geojson(folder / "railways.geojson", "railways", features, coarse)
    d.declare(
        folder, "鉄道・駅", "Railway and station", "基本", "都市計画課", "any", {"files": ["railways.geojson"], "crs": "EPSG:6668"}, "鉄道ID", "駅名",
        [d.text("鉄道ID", "Railway ID", pattern="R[0-9]{2}"), d.text("種別", "Class", codes=d.codes(_1="線路|track", _2="駅|station")), d.text("名称", "Line"),
         d.text("駅名", "Station"), d.integer("線数", "Tracks")],
    )


def settle_parks(town, count):
    """74 parks and greens: sites first, then small lots that the developers handed over."""
    groups = defaultdict(list)
    for lot in town.lots.lots:
        if lot.use == "park":
            groups[lot.site.name if lot.site is not None else id(lot)].append(lot)
    spare = [lot for lot in town.lots.lots if lot.use == "empty" and lot.area in "BCDA" and lot.polygon.area > 140 and 4 * np.pi * lot.polygon.area / lot.polygon.length**2 > 0.42]
    spare.sort(key=lambda lot: -lot.polygon.area)
    chosen = []
    for lot in spare:
        if len(groups) + len(chosen) >= count:
            break
        if all(lot.polygon.distance(other.polygon) > 90 for other in chosen):
            chosen.append(lot)
    for lot in chosen:
        lot.use = "park"
        groups[id(lot)].append(lot)
    return list(groups.values())


def write_parks(town, folder):
    groups = settle_parks(town, 74)
    rng = stream("parks")
    serial = defaultdict(int)
    features, town.parks = [], []
    for n, members in enumerate(sorted(groups, key=lambda g: -sum(m.polygon.area for m in g)), 1):
        shape = shapely.union_all([m.polygon for m in members])
        site = members[0].site
        district = town.district_at(shape.representative_point().coords[0])
        if site is not None:
            name, kind = site.name, "2" if "緑地" in site.name or "自然" in site.name else "1"
        else:
            serial[district.name] += 1
            thin = 4 * np.pi * shape.area / shape.length**2 < 0.3
            kind = "2" if thin or rng.random() < 0.08 else "1"
            name = f"{district.name}第{serial[district.name]}{'緑地' if kind == '2' else '公園' if shape.area > 400 else '児童遊園'}"
        features.append((shape, {"公園ID": f"G{n:03d}", "名称": name, "種別": kind, "面積": round(shape.area, 1), "開園年度": int(rng.integers(1968, 2021))}))
        town.parks.append((name, shape, shape.area))
    formats.write_geojson(folder / "parks.geojson", "parks", features, coarse)
    d.declare(
        folder, "公園・緑地", "Parks and greens", "基本", "都市計画課", "polygon", {"files": ["parks.geojson"], "crs": "EPSG:6668"}, "公園ID", "名称",
        [d.text("公園ID", "Park ID", pattern="G[0-9]{3}"), d.text("名称", "Name"), d.text("種別", "Class", codes=d.codes(_1="公園|park", _2="緑地・緑道|green or greenway")),
         d.real("面積", "Area", unit="㎡"), d.integer("開園年度", "Opened in fiscal year")],
    )
