"""Areas: districts, neighbourhood associations, zoning, and the base map's ground."""

from collections import defaultdict

import numpy as np
import shapely
from shapely import LineString, Point, Polygon, STRtree

from . import declare as d
from . import formats
from .places import plane, stream

NUMERALS = ["", "一", "二", "三", "四", "五"]
# town, reading, English, quarter its faces are taken from, a point in each 丁目
TOWNS = [
    ("本町", "ホンチョウ", "Honcho", "A", [(2660, 2790), (2870, 2800), (3060, 2830)]),
    ("駅前", "エキマエ", "Ekimae", "A", [(2700, 3200), (3000, 3200)]),
    ("緑が丘", "ミドリガオカ", "Midorigaoka", "B", [(1330, 3060), (1830, 3060), (1390, 3400), (1840, 3400), (1650, 3700)]),
    ("中央", "チュウオウ", "Chuo", "C", [(3480, 2850), (3990, 2870), (3480, 3120), (3990, 3130)]),
    ("東", "ヒガシ", "Higashi", "C", [(3480, 3360), (3990, 3370)]),
    ("南台", "ミナミダイ", "Minamidai", "D", [(2330, 1390), (2760, 1330), (2500, 940), (3230, 1150)]),
    ("桜台", "サクラダイ", "Sakuradai", "G", [(2950, 3650), (3560, 3600)]),
    ("若葉台", "ワカバダイ", "Wakabadai", "G", [(1330, 4100), (1950, 4150)]),
]
VILLAGE_SECTIONS = [
    ("根古屋", "ネゴヤ", "Negoya", (1180, 1600)), ("大門", "ダイモン", "Daimon", (4420, 1580)), ("川尻", "カワジリ", "Kawajiri", (5650, 1450)),
    ("上之郷", "カミノゴウ", "Kaminogo", (5400, 3850)), ("堀之内", "ホリノウチ", "Horinouchi", (3950, 4050)), ("谷津", "ヤツ", "Yatsu", (2300, 3500)),
    ("宮下", "ミヤシタ", "Miyashita", (2700, 2330)), ("西谷", "ニシヤツ", "Nishiyatsu", (600, 3000)), ("若葉新田", "ワカバシンデン", "Wakaba-shinden", (5300, 2750)),
    ("高畑", "タカハタ", "Takahata", (3450, 520)), ("台畑", "ダイバタ", "Daibata", (4450, 850)), ("萱場", "カヤバ", "Kayaba", (5400, 750)),
    ("長峰", "ナガミネ", "Nagamine", (950, 900)), ("内野", "ウチノ", "Uchino", (1950, 600)),
]


# How far a village's land reaches: more than 0.8 is less.
WEIGHTS = {"若葉新田": 1.16, "宮下": 1.02, "西谷": 0.86, "根古屋": 0.88, "大門": 0.84, "川尻": 0.7, "萱場": 0.72, "谷津": 0.7, "内野": 0.74}


class District:
    def __init__(self, code, name, town, chome, reading, english, point, quarter):
        self.code, self.name, self.town, self.chome = code, name, town, chome
        self.reading, self.english, self.point, self.quarter = reading, english, point, quarter
        self.polygon, self.homes, self.people = None, 0, 0


def district_list():
    out = []
    for number, (town, reading, english, quarter, points) in enumerate(TOWNS, 1):
        for chome, point in enumerate(points, 1):
            name = f"{town}{NUMERALS[chome]}丁目"
            out.append(District(f"{number:04d}{chome:03d}", name, town, chome, f"{reading}{chome}チョウメ", f"{english} {chome}-chome", point, quarter))
    for number, (name, reading, english, point) in enumerate(VILLAGE_SECTIONS, len(TOWNS) + 1):
        out.append(District(f"{number:04d}000", name, name, None, reading, english, point, "G"))
    return out


class Districts:
    """38 districts made of the faces between roads, river, brooks and railway, so that edges are shared."""

    def __init__(self, ground, graph, buildings):
        self.items = district_list()
        lines = [s.line for s in graph.sections] + [ground.river_line, ground.railway, *ground.brooks.values()]
        lines += [LineString(part.exterior) for part in (ground.boundary, ground.exclave)]
        noded = shapely.union_all(lines, grid_size=0.001)
        faces = [f for f in shapely.get_parts(shapely.polygonize([noded])) if ground.city.contains(f.representative_point())]
        faces.sort(key=lambda f: f.bounds)
        owner = [self.first_owner(f, ground) for f in faces]
        self.tidy(faces, owner, ground)
        groups = defaultdict(list)
        for face, who in zip(faces, owner):
            groups[who].append(face)
        for number, district in enumerate(self.items):
            district.polygon = shapely.union_all(groups[number])
        self.tree = STRtree([x.polygon for x in self.items])
        for building in buildings.items:
            if building.homes:
                self.at(building.polygon.centroid.coords[0]).homes += building.homes
        rng = stream("people")
        for district in self.items:
            district.homes = max(district.homes, 26)
        scale = 13400 / sum(x.homes for x in self.items)
        for district in self.items:
            district.homes = round(district.homes * scale)
            district.people = max(62, round(district.homes * rng.uniform(2.1, 2.5)))
        self.items[0].homes += 13400 - sum(x.homes for x in self.items)
        self.items[0].people += 31000 - sum(x.people for x in self.items)

    def first_owner(self, face, ground):
        inside = {name: face.intersection(q).area for name, q in ground.quarters.items() if name in "ABCD"}
        quarter = max(inside, key=inside.get)
        if inside[quarter] < 0.5 * face.area:
            quarter = "G"
        centre = face.representative_point()
        candidates = [(Point(x.point).distance(centre) * (WEIGHTS.get(x.name, 0.8) if x.chome is None else 1.15), i) for i, x in enumerate(self.items) if x.quarter == quarter]
        return min(candidates)[1]

    def tidy(self, faces, owner, ground):
        """Pieces cut off from their district go to a neighbour; only the exclave may stay apart."""
        tree = STRtree(faces)
        touching = defaultdict(dict)
        for i, face in enumerate(faces):
            for j in tree.query(face, predicate="intersects"):
                if j > i:
                    shared = face.intersection(faces[j]).length
                    if shared > 0.5:
                        touching[i][j] = touching[j][i] = shared
        home = next(i for i, x in enumerate(self.items) if x.name == "上之郷")
        for i, face in enumerate(faces):
            if ground.exclave.contains(face.representative_point()):
                owner[i] = home
        for _ in range(6):
            changed = False
            for who in range(len(self.items)):
                members = [i for i in range(len(faces)) if owner[i] == who and not ground.exclave.contains(faces[i].representative_point())]
                parts, seen = [], set()
                for start in members:
                    if start in seen:
                        continue
                    part, queue = [], [start]
                    seen.add(start)
                    while queue:
                        i = queue.pop()
                        part.append(i)
                        for j in touching[i]:
                            if owner[j] == who and j not in seen:
                                seen.add(j)
                                queue.append(j)
                    parts.append(part)
                parts.sort(key=lambda part: -sum(faces[i].area for i in part))
                for part in parts[1:]:
                    shares = defaultdict(float)
                    for i in part:
                        for j, shared in touching[i].items():
                            if owner[j] != who:
                                shares[owner[j]] += shared
                    if shares:
                        best = max(sorted(shares), key=lambda k: shares[k])
                        for i in part:
                            owner[i] = best
                        changed = True
            if not changed:
                break

    def at(self, point):
        return self.items[int(self.tree.nearest(Point(point)))]


def write_districts(town, folder):
    rows = []
    for x in town.districts.items:
        modern = x.chome is not None and x.quarter in "ABC"
        since = {"A": "1966-07-01", "B": "1979-11-01", "C": "2004-10-16"}.get(x.quarter) if modern else None
        rows.append([x.code, x.name, x.town, x.chome, x.reading, x.english, modern, since, round(x.polygon.area / 1e6, 4), x.people, x.homes, "2026-04-01"])
    fields = [("町字ID", "C", 7, 0), ("名称", "C", 36, 0), ("町名", "C", 18, 0), ("丁目", "N", 2, 0), ("名称_カナ", "C", 60, 0), ("名称_英字", "C", 32, 0),
              ("住居表示", "L", 1, 0), ("実施日", "D", 8, 0), ("面積", "N", 8, 4), ("人口", "N", 6, 0), ("世帯数", "N", 6, 0), ("基準日", "D", 8, 0)]
    formats.write_shapefile(folder / "districts", "polygon", [x.polygon for x in town.districts.items], fields, rows, plane, 6677, "utf-8", cpg="UTF-8")
    d.declare(
        folder, "町丁目界", "Districts", "基本", "情報推進課", "polygon", {"files": ["districts.shp"], "encoding": "UTF-8", "crs": "EPSG:6677"}, "町字ID", "名称",
        [d.text("町字ID", "District code", pattern="[0-9]{7}"), d.text("名称", "Name"), d.text("町名", "Town"), d.integer("丁目", "Chome"),
         d.text("名称_カナ", "Reading", source=["名称_カナ", "名称_カ"]), d.text("名称_英字", "Name in English", source=["名称_英字", "名称_英"]),
         d.boolean("住居表示", "Residential addressing", source=["住居表示", "住居表"]), d.date("実施日", "Addressing since"), d.real("面積", "Area", unit="km²"),
         d.integer("人口", "Population", unit="人"), d.integer("世帯数", "Households", unit="件"), d.date("基準日", "Reference date")],
    )


def members_by_association(town, count):
    """Built lots grouped around `count` centres, whatever the districts say."""
    rng = stream("associations")
    chosen = [lot for lot in town.lots.lots if lot.use in ("house", "shop", "flats", "parking", "empty", "park", "school", "site", "shrine") or (lot.area == "E")]
    centres = np.array([[lot.polygon.centroid.x, lot.polygon.centroid.y] for lot in chosen])
    seeds = [centres[int(rng.integers(len(centres)))]]
    for _ in range(count - 1):
        gap = np.min([np.sum((centres - s) ** 2, axis=1) for s in seeds], axis=0) ** 0.75
        seeds.append(centres[int(rng.choice(len(centres), p=gap / gap.sum()))])
    seeds = np.array(seeds)
    for _ in range(12):
        label = np.argmin(((centres[:, None] - seeds[None]) ** 2).sum(axis=2), axis=1)
        seeds = np.array([centres[label == k].mean(axis=0) if np.any(label == k) else seeds[k] for k in range(count)])
    order = np.lexsort((np.round(seeds[:, 0] / 10), -np.round(seeds[:, 1] / 400)))
    return chosen, label, seeds, order


def write_associations(town, folder):
    rng = stream("association ledger")
    chosen, label, seeds, order = members_by_association(town, 46)
    shapes, used = [], []
    for rank, k in enumerate(order):
        mine = [lot for lot, who in zip(chosen, label) if who == k]
        shape = shapely.union_all([lot.polygon.buffer(6.5, quad_segs=2) for lot in mine]).buffer(10, quad_segs=2).buffer(-13, quad_segs=2)
        parts = sorted((p for p in shapely.get_parts(shape) if p.area > 400), key=lambda p: -p.area)
        shape = shapely.MultiPolygon([Polygon(p.exterior) for p in parts if p is parts[0] or p.distance(parts[0]) < 60])
        shape = shapely.intersection(shapely.union_all(list(shape.geoms)), town.city)
        for other in used:
            if other.intersects(shape):
                shape = shape.difference(other)
        parts = sorted((p for p in shapely.get_parts(shape) if p.geom_type == "Polygon" and p.area > 300), key=lambda p: -p.area)
        shape = parts[0]
        used.append(shape)
        shapes.append(shape)
    shapes = [s.simplify(0.6) for s in shapes]
    # Sown irregularities: three overlaps, two uncovered areas, one association in two parts.
    for k in (4, 17, 31):
        near = min((j for j in range(46) if j != k), key=lambda j: shapes[j].distance(shapes[k]))
        shapes[k] = shapes[k].union(shapes[near].intersection(shapes[k].buffer(38))).buffer(0)
        shapes[k] = max(shapely.get_parts(shapes[k]), key=lambda p: p.area)
    for k in (9, 26):
        hole = shapes[k].representative_point().buffer(34, 5)
        shapes[k] = shapes[k].difference(hole)
    shapes[38] = shapely.MultiPolygon([shapes[38], Point(np.asarray(shapes[38].centroid.coords[0]) + (560, 210)).buffer(62, 6)]).buffer(0)
    unions = ["駅前地区連合会", "緑が丘地区連合会", "中央地区連合会", "南台地区連合会", "東部地区連合会", "西部地区連合会"]
    homes = np.bincount([label[i] for i, lot in enumerate(chosen) if lot.use in ("house", "flats", "shop")], minlength=46)
    rows, town.associations = [], []
    surnames = "佐藤 鈴木 高橋 渡辺 伊藤 小川 石井 宮崎 大野 林 中村 加瀬 越川 平野 鵜澤 齋藤 髙木".split()
    seen = defaultdict(int)
    for rank, k in enumerate(order):
        point = shapes[rank].representative_point()
        base = town.district_at(point.coords[0]).name
        seen[base] += 1
        name = f"{base}自治会" if seen[base] == 1 else f"{base}第{seen[base]}自治会"
        if rank == 12:
            name = "緑が丘第６自治会"
        elif rank == 20:
            name = "緑が丘第6町会"
        number = f"J-{rank + 1:03d}"
        group = {"A": 0, "B": 1, "C": 2, "D": 3}.get(town.lots.quarter_of(point.buffer(3)), 4 if point.x > 3200 else 5)
        rows.append([number, name, unions[group], int(homes[k] * rng.uniform(0.52, 0.86)) + 9, f"{rng.choice(surnames)}　{rng.choice(list('茂清弘実進勇昇誠正博'))}"])
        town.associations.append((number, name, shapes[rank]))
    town.association_tree = STRtree([s for _, _, s in town.associations])
    fields = [("自治会番号", "C", 5, 0), ("名称", "C", 36, 0), ("連合会", "C", 18, 0), ("加入世帯数", "N", 5, 0), ("会長", "C", 20, 0)]
    formats.write_shapefile(folder / "associations", "polygon", shapes, fields, rows, plane, 6677)
    d.declare(
        folder, "自治会界", "Neighbourhood associations", "基本", "市民協働課", "polygon", {"files": ["associations.shp"], "encoding": "CP932", "crs": "EPSG:6677"},
        "自治会番号", "名称",
        [d.text("自治会番号", "Association number", pattern="J-[0-9]{3}"), d.text("名称", "Name"), d.text("連合会", "Federation"),
         d.integer("加入世帯数", "Member households", "staff", unit="件"), d.text("会長", "Chair", "restricted")],
    )


# code: name, short name, coverage %, floor-area %, height m, least lot m², English
ZONES = {
    1: ("第一種低層住居専用地域", "一低専", 50, 100, 10, 165, "Category 1 low-rise residential"),
    2: ("第二種低層住居専用地域", "二低専", 50, 100, 10, 165, "Category 2 low-rise residential"),
    3: ("第一種中高層住居専用地域", "一中高", 60, 200, None, None, "Category 1 mid/high-rise residential"),
    4: ("第二種中高層住居専用地域", "二中高", 60, 200, None, None, "Category 2 mid/high-rise residential"),
    5: ("第一種住居地域", "一住", 60, 200, None, None, "Category 1 residential"),
    6: ("第二種住居地域", "二住", 60, 200, None, None, "Category 2 residential"),
    7: ("準住居地域", "準住", 60, 200, None, None, "Quasi-residential"),
    8: ("近隣商業地域", "近商", 80, 200, None, None, "Neighbourhood commercial"),
    9: ("商業地域", "商業", 80, 400, None, None, "Commercial"),
    10: ("準工業地域", "準工", 60, 200, None, None, "Quasi-industrial"),
    11: ("工業地域", "工業", 60, 200, None, None, "Industrial"),
    12: ("工業専用地域", "工専", 60, 200, None, None, "Exclusively industrial"),
    21: ("田園住居地域", "田園", 50, 100, 10, 165, "Rural residential"),
}


def zone_of(face, town, near_main):
    quarter = town.lots.quarter_of(face)
    centre = face.representative_point()
    district = town.district_at(centre.coords[0])
    station = Point(3186, 3010).distance(centre)
    if quarter == "A" or (quarter == "C" and station < 330):
        return 9 if station < 300 else 8 if station < 520 else 5
    if quarter == "B":
        return 1 if not near_main else 3 if district.chome in (1, 2) else 2
    if quarter == "C":
        return {1: 5, 2: 3, 3: 4, 4: 6}.get(district.chome, 5) if district.town == "中央" else 3
    if quarter == "D":
        return {1: 5, 2: 6, 3: 1, 4: 3}[district.chome or 1]
    if quarter == "F":
        return 12 if centre.x > 5310 else 11
    return {"桜台": 21 if district.chome == 2 else 1, "若葉新田": 10, "若葉台": 1, "谷津": 21, "宮下": 10}.get(district.town)


def write_zoning(town, folder):
    graph = town.graph
    lines = [s.line for s in graph.sections] + [town.ground.railway, town.ground.boundary.exterior]
    faces = sorted(shapely.get_parts(shapely.polygonize([shapely.union_all(lines, grid_size=0.001)])), key=lambda f: f.bounds)
    collectors = shapely.union_all([s.line for s in graph.sections if s.street.rank in "12" and s.street.area != "G"])
    quarters = shapely.union_all([town.ground.quarters[q] for q in "ABCDF"])
    dense = []
    for face in faces:
        share = face.intersection(quarters).area / face.area
        code = zone_of(face, town, face.distance(collectors) < 5) if face.area < 120000 else None
        if code and share > 0.5:
            dense.append((code, face))
        elif code and face.area < 150000 and face.distance(quarters) < 320 and not face.intersects(town.ground.river) and face.intersection(town.ground.floor).area < 0.3 * face.area:
            dense.append((code, face))
    # Where the blocks are too deep, the zone reaches 25 m from the road's centre.
    taken = shapely.union_all([face for _, face in dense])
    lanes = shapely.union_all([s.line.buffer(25, quad_segs=3) for s in graph.sections if s.street.area in ("D", "B", "C", "A") and s.street.rank != "P"])
    fringe = lanes.buffer(22).buffer(-22).difference(shapely.union(taken, town.ground.floor))
    for part in shapely.get_parts(fringe):
        for district in town.districts.items:
            inside = part.intersection(district.polygon)
            if inside.area > 3000:
                code = {"南台": {1: 5, 2: 6, 3: 1, 4: 3}.get(district.chome), "桜台": 1, "若葉台": 1}.get(district.town, 1)
                dense += [(code, p) for p in shapely.get_parts(inside) if p.geom_type == "Polygon" and p.area > 2500]
    bypass = shapely.union_all([s.line for s in graph.sections if s.street.rank == "N"])
    strip = bypass.buffer(11 + 25, cap_style="flat").intersection(shapely.box(900, 2000, 5900, 3200)).difference(town.ground.floor)
    groups = defaultdict(list)
    for code, face in dense:
        groups[code, town.district_at(face.representative_point().coords[0]).code].append(face)
    pieces = []
    for (code, _), members in sorted(groups.items()):
        shape = shapely.union_all(members).difference(strip)
        pieces += [[code, p] for p in shapely.get_parts(shape) if p.geom_type == "Polygon" and p.area > 2500]
    cuts = [s.line for s in graph.sections if s.street.rank in "K1" and s.line.intersects(strip)]
    cut_strip = shapely.get_parts(strip.difference(shapely.union_all([c.buffer(0.05) for c in cuts])))
    pieces += [[7, p] for p in cut_strip if p.area > 2500]
    while len(pieces) > 52:
        pieces.sort(key=lambda item: item[1].area)
        for i, (code, piece) in enumerate(pieces):
            partners = [j for j, (other, shape) in enumerate(pieces) if j != i and other == code and shape.distance(piece) < 0.01]
            partners = [j for j in partners if shapely.union(pieces[j][1], piece, grid_size=0.001).geom_type == "Polygon"]
            if partners:
                j = max(partners, key=lambda j: pieces[j][1].intersection(piece).length)
                pieces[j][1] = shapely.union(pieces[j][1], piece, grid_size=0.001)
                pieces.pop(i)
                break
        else:
            pieces.pop(0)
    while len(pieces) < 52:
        big = max(range(len(pieces)), key=lambda i: pieces[i][1].area)
        code, shape = pieces.pop(big)
        x0, y0, x1, y1 = shape.bounds
        wide = x1 - x0 > y1 - y0
        low = shapely.box(x0, y0, (x0 + x1) / 2 if wide else x1, y1 if wide else (y0 + y1) / 2)
        halves = [max(shapely.get_parts(g), key=lambda p: p.area) for g in (shape.intersection(low), shape.difference(low))]
        pieces += [[code, h] for h in halves]
    for item in pieces:
        others = [other for other in pieces if other is not item]
        kept = [h for h in item[1].interiors if any(o[1].intersection(Polygon(h)).area > 1 for o in others)]
        item[1] = Polygon(item[1].exterior, kept)
    # Parks and the temple grounds stay out of the zones: nine holes.
    parks = sorted((lot.polygon for lot in town.lots.lots if lot.use in ("park", "shrine") and lot.polygon.area > 350), key=lambda p: -p.area)
    holes = sum(len(piece.interiors) for _, piece in pieces)
    for park in parks:
        for item in pieces:
            if holes < 9 and item[1].buffer(-1).contains(park):
                item[1] = item[1].difference(park)
                holes += 1
                break
    pieces.sort(key=lambda item: (item[0], -item[1].centroid.y))
    rng = stream("zoning ledger")
    rows = []
    serial = defaultdict(int)
    for n, (code, piece) in enumerate(pieces):
        name, short, cover, floor, high, least, _ = ZONES[code]
        decision = "S45-001" if town.lots.quarter_of(piece) in "AD" else "S53-014" if town.lots.quarter_of(piece) in "BF" else "H16-007"
        serial[decision] += 1
        rows.append([decision, f"{serial[decision]:03d}", code, name, short, str(cover), str(floor), str(high) if high else None, str(least) if least else None,
                     {9: "1", 8: "2"}.get(code, "0"), {"S": "1970-12-28", "H": "2004-10-15"}[decision[0]] if decision != "S53-014" else "1978-03-31",
                     f"若葉野市告示第{int(rng.integers(10, 240))}号"])
    for k in range(9):
        rows[3 + 5 * k][3] = rows[3 + 5 * k][3].replace("第一種", "第1種").replace("第二種", "第2種") if "種" in rows[3 + 5 * k][3] else rows[3 + 5 * k][3]
    folded = [r for r in rows if "第1種" in r[3] or "第2種" in r[3]]
    for r in rows:
        if len(folded) >= 9:
            break
        if r[3].startswith("第") and r not in folded:
            r[3] = r[3].replace("第一種", "第1種").replace("第二種", "第2種")
            folded.append(r)
    for k in (11, 37):
        rows[k][3:10] = [None] * 7
    for k, column in ((6, 5), (19, 6), (28, 5)):
        if rows[k][column]:
            rows[k][column] = rows[k][column].translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    fields = [("決定番号", "C", 7, 0), ("連番", "C", 3, 0), ("用途コード", "N", 2, 0), ("用途地域名", "C", 26, 0), ("略称", "C", 8, 0), ("建蔽率", "C", 6, 0),
              ("容積率", "C", 6, 0), ("高さ制限", "C", 4, 0), ("最低敷地", "C", 4, 0), ("防火", "C", 1, 0), ("決定年月日", "D", 8, 0), ("告示番号", "C", 30, 0)]
    formats.write_shapefile(folder / "zoning", "polygon", [p for _, p in pieces], fields, rows, plane, 6677)
    d.declare(
        folder, "用途地域", "Zoning", "都市計画", "都市計画課", "polygon", {"files": ["zoning.shp"], "encoding": "CP932", "crs": "EPSG:6677"}, ["決定番号", "連番"], "略称",
        [d.text("決定番号", "Decision"), d.text("連番", "Serial"), d.integer("用途コード", "Zone code", codes=d.meanings({k: f"{v[0]}|{v[6]}" for k, v in ZONES.items()})),
         d.text("用途地域名", "Zone"), d.text("略称", "Short name"), d.integer("建蔽率", "Building coverage", unit="%"), d.integer("容積率", "Floor area ratio", unit="%"),
         d.real("高さ制限", "Height limit", unit="m"), d.integer("最低敷地", "Least lot", unit="㎡"), d.text("防火", "Fire zone", codes=d.codes(_1="防火|fire", _2="準防火|quasi-fire", _0="なし|none")),
         d.date("決定年月日", "Decided on"), d.text("告示番号", "Notification")],
        time={"from": "決定年月日"},
    )
    town.zoning_area = sum(p.area for _, p in pieces)
