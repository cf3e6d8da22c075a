"""The tax office's lots (地番図), one 大字 also as registry map XML, and the buildings."""

from collections import defaultdict
from xml.sax.saxutils import escape

import numpy as np
import shapely
from shapely import Polygon

from . import declare as d
from . import formats
from .places import EAST0, NORTH0, plane, stream

TARGET_PARCELS = 17200
REGISTRY_SECTION = "高畑"
KINDS = {"house": "宅地", "shop": "宅地", "flats": "宅地", "works": "宅地", "store": "宅地", "parking": "雑種地", "empty": "宅地", "field": "畑", "paddy": "田", "wood": "山林", "park": "公園", "school": "学校用地", "site": "宅地",
         "shrine": "境内地", "grave": "墓地", "pond": "用悪水路"}
BUILDING_USES = {401: "業務施設|offices", 402: "商業施設|shops", 411: "住宅|house", 412: "共同住宅|flats", 413: "店舗併用住宅|shop with dwelling", 421: "官公庁施設|public office", 422: "文教厚生施設|education and welfare",
                 431: "運輸倉庫施設|transport and storage", 441: "工場|factory", 451: "農林漁業用施設|farm building", 461: "不明|unknown"}
STRUCTURES = {601: "木造|wood", 602: "鉄骨鉄筋コンクリート造|steel-reinforced concrete", 603: "鉄筋コンクリート造|reinforced concrete", 604: "鉄骨造|steel", 605: "軽量鉄骨造|light steel", 611: "不明|unknown"}
FLAT_NAMES = ["コーポ", "ハイツ", "メゾン", "サンハイツ", "グリーンハイツ", "パレス", "若葉荘", "ドミール", "シャトー", "レジデンス"]
SHOP_NAMES = ["青果店", "薬局", "理容室", "クリーニング", "食堂", "書店", "電器", "酒店", "鮮魚店", "米穀店", "歯科医院", "自転車店", "金物店", "生花店", "ベーカリー", "そば店"]
FAMILY = "若葉 佐藤 鈴木 高橋 渡辺 小川 石井 大野 中村 加瀬 越川 平野 鵜澤 齋藤 宮内 伊藤 山本 林 清水 森".split()


def write_buildings(town, folder):
    rng = stream("building ledger")
    items = sorted(town.buildings.items, key=lambda b: (-round(b.polygon.centroid.y / 100), b.polygon.centroid.x, b.polygon.centroid.y))
    named = sum(1 for b in items if b.name)
    shapes, rows = [], []
    # 620 names: public buildings first, then flats, then shops as far as they go.
    order = [b for b in items if not b.name and b.use == "412"] + [b for b in items if not b.name and b.use in ("402", "413") and b.lot.area == "A"]
    order += [b for b in items if not b.name and b.use in ("431", "441") and b.polygon.area > 400]
    for b in order[: 620 - named]:
        family = str(rng.choice(FAMILY))
        if b.use == "412":
            b.name = f"{rng.choice(FLAT_NAMES)}{town.district_at(b.polygon.centroid.coords[0]).town if rng.random() < 0.5 else family}{rng.choice(['', '', 'Ａ棟', 'Ⅱ', '第一'])}"
        elif b.use in ("431", "441"):
            b.name = f"{family}{rng.choice(['製作所', '物流㈱', '工業㈱', '倉庫', '精機'])}"
        else:
            b.name = f"{family}{rng.choice(SHOP_NAMES)}"
    for n, b in enumerate(items, 1):
        year = {"B": 1981, "C": 2007, "A": 1984, "D": 1999, "E": 1983}.get(b.lot.area, 1994)
        made = int(np.clip(rng.normal(year, 9), 1955, 2025))
        shapes.append(b.polygon)
        b.number = f"B{n:06d}"
        rows.append([b.number, b.kind, b.use, b.name, b.floors, b.structure, round(b.polygon.area, 1), f"{made}{int(rng.integers(1, 13)):02d}", f"{int(rng.integers(1, 900))}-{int(rng.integers(1, 20))}" if b.use in ("411", "413") else None])
    fields = [("建物ID", "C", 7, 0), ("種別", "C", 1, 0), ("用途", "C", 3, 0), ("名称", "C", 36, 0), ("階数", "N", 2, 0), ("構造", "C", 3, 0), ("建築面積", "N", 7, 1), ("取得年月", "C", 6, 0), ("家屋番号", "C", 7, 0)]
    formats.write_shapefile(folder / "buildings", "polygon", shapes, fields, rows, plane, 6677)
    d.declare(
        folder, "建物", "Buildings", "都市計画", "都市計画課", "polygon", {"files": ["buildings.shp"], "encoding": "CP932", "crs": "EPSG:6677"}, "建物ID", "名称",
        [d.text("建物ID", "Building ID", pattern="B[0-9]{6}"), d.text("種別", "Kind", codes=d.codes(_1="普通建物|ordinary", _2="堅ろう建物|solid", _3="普通無壁舎|open shed", _4="堅ろう無壁舎|solid, without walls")),
         d.text("用途", "Use", "staff", codes=d.meanings(BUILDING_USES)), d.text("名称", "Name"), d.integer("階数", "Floors", "staff"), d.text("構造", "Structure", "staff", codes=d.meanings(STRUCTURES)),
         d.real("建築面積", "Building area", "staff", unit="㎡"), d.text("取得年月", "Surveyed in"), d.text("家屋番号", "House number", "restricted")],
    )


class Parcel:
    def __init__(self, polygon, kind, number=None, lot=None):
        self.polygon, self.kind, self.number, self.lot = polygon, kind, number, lot
        self.district = None
        self.sub = "0000"


def road_parcels(town, count):
    """The road surface shared out to sections, neighbours on one route joined until `count` are left."""
    surface = town.surface.polygon
    cells = []
    order = sorted(range(len(town.graph.sections)), key=lambda i: -town.graph.sections[i].width)
    tree = shapely.STRtree([p.buffer(4.5, join_style="mitre") for p in town.surface.pieces])
    reach = [p.buffer(4.5, join_style="mitre") for p in town.surface.pieces]
    rank = {i: k for k, i in enumerate(order)}
    for i in order:
        if not len(np.atleast_1d(reach[i])):
            continue
        wider = [reach[j] for j in tree.query(reach[i], predicate="intersects") if rank[int(j)] < rank[i]]
        cell = reach[i].difference(shapely.union_all(wider)) if wider else reach[i]
        part = cell.intersection(surface)
        shape = shapely.union_all([p for p in shapely.get_parts(part) if p.geom_type == "Polygon" and p.area > 1.5])
        cells.append((i, shape))
    groups = defaultdict(list)
    for i, shape in sorted(cells, key=lambda c: c[0]):
        if not shape.is_empty:
            groups[town.graph.sections[i].ledger["route"]].append(shape)
    lists = {route: [[s] for s in shapes] for route, shapes in groups.items()}
    total = sum(len(v) for v in lists.values())
    merged = True
    while total > count and merged:
        merged = False
        for route in sorted(lists, key=lambda r: -len(lists[r])):
            if total <= count:
                break
            members = lists[route]
            if len(members) > 1:
                k = min(range(len(members) - 1), key=lambda k: len(members[k]) + len(members[k + 1]))
                members[k] += members.pop(k + 1)
                total -= 1
                merged = True
    return [shapely.union_all(shapes, grid_size=0.001) for route in sorted(lists) for shapes in lists[route]]


def make(town):
    rng = stream("parcels")
    parcels = [Parcel(lot.polygon.simplify(0.02), KINDS[lot.use], lot=lot) for lot in town.lots.lots if lot.polygon.area > 0.5]
    river = town.ground.river.intersection(town.ground.city)
    water = [p for x in town.districts.items for p in shapely.get_parts(river.intersection(x.polygon)) if p.geom_type == "Polygon" and p.area > 20]
    for line in town.ground.brooks.values():
        strip = line.buffer(1.6, cap_style="flat").intersection(town.ground.city).difference(shapely.union(town.surface.polygon, river))
        water += [p for p in shapely.get_parts(strip) if p.geom_type == "Polygon" and p.area > 20]
    track = town.ground.railway.buffer(8.5).intersection(town.ground.city).difference(shapely.union(town.surface.polygon, river))
    rail = [p for x in town.districts.items for p in shapely.get_parts(track.intersection(x.polygon)) if p.geom_type == "Polygon" and p.area > 20]
    roads = road_parcels(town, TARGET_PARCELS - len(parcels) - len(water) - len(rail) - 3)
    parcels += [Parcel(r, "雑種地") for r in rail]
    parcels += [Parcel(w, "用悪水路") for w in water] + [Parcel(r, "公衆用道路") for r in roads]
    # Slivers that old surveys left between two lots.
    homes = [p for p in parcels if p.lot is not None and p.lot.area == "E" and p.kind == "宅地"]
    for k in rng.choice(len(homes), 3, replace=False):
        ring = np.asarray(homes[k].polygon.exterior.coords)
        a, b = ring[0], ring[1]
        along = (b - a) / np.hypot(*(b - a))
        sliver = Polygon([a, a + along * 2.1, a + along * 2.1 + [-along[1] * 0.03, along[0] * 0.03]])
        parcels.append(Parcel(sliver, "宅地", lot=homes[k].lot))
    for p in parcels:
        p.polygon = shapely.set_precision(p.polygon if p.polygon.is_valid else p.polygon.buffer(0), 0.001)
    number(town, parcels, rng)
    shift_old_edges(parcels, rng)
    return parcels


def number(town, parcels, rng):
    """Lot numbers: blocks count up through each 大字 or 丁目, branches within the block; roads and water apart."""
    by_district = defaultdict(list)
    for p in parcels:
        p.district = town.district_at(p.polygon.representative_point().coords[0])
        by_district[p.district.code].append(p)
    for code in sorted(by_district):
        members = by_district[code]
        members.sort(key=lambda p: (-round(p.polygon.centroid.y / 90), p.polygon.centroid.x, p.polygon.centroid.y))
        serial, roads, water = 0, 0, 0
        blocks = {}
        for p in members:
            if p.kind == "公衆用道路":
                roads += 1
                p.number = f"道-{100 + roads}"
            elif p.kind == "用悪水路" and p.lot is None:
                water += 1
                p.number = f"水-{10 + water}"
            else:
                rural = p.lot is None or p.lot.area in "EG"
                home = (p.lot.block if p.lot is not None else -1, round(p.polygon.centroid.y / 90) if rural else 0)
                if home not in blocks or (rural and rng.random() < 0.55):
                    serial += 1
                    blocks[home] = [serial, 0]
                blocks[home][1] += 1
                main, branch = blocks[home]
                p.number = f"{main}-{branch}" if branch > 1 or rng.random() < 0.6 else f"{main}"
            p.sub = f"{1 + int(p.polygon.centroid.x // 450) % 9:04d}" if p.district.chome is None else "0000"
    # Unsettled: lots that share a key with the neighbour they could not be parted from.
    fields = [p for p in parcels if p.lot is not None and p.lot.area in "EG" and p.kind in ("畑", "宅地")]
    made = 0
    for k in rng.permutation(len(fields)):
        p = fields[k]
        if made == 7:
            break
        if "+" in p.number:
            continue
        near = (q for q in fields if q is not p and q.district is p.district and "+" not in q.number)
        other = min(near, key=lambda q: q.polygon.distance(p.polygon) + 0.001 * q.polygon.centroid.distance(p.polygon.centroid), default=None)
        if other is None:
            continue
        p.number = other.number = "+".join(sorted([p.number, other.number]))
        other.sub = p.sub
        made += 1


SUB_NAMES = ["", "台", "宮前", "谷ツ", "前原", "向台", "花輪", "稲荷下", "中道", "新田"]


def shift_old_edges(parcels, rng):
    """Gaps and overlaps of up to 0.4 m along old 字 edges: eight lots moved as the paper shrank."""
    old = [p for p in parcels if p.lot is not None and p.lot.area == "G" and p.kind in ("畑", "田", "山林")]
    for k in rng.choice(len(old), 8, replace=False):
        angle = rng.uniform(0, 2 * np.pi)
        old[k].polygon = shapely.transform(old[k].polygon, lambda c: c + 0.4 * rng.uniform(0.5, 1) * np.array([np.cos(angle), np.sin(angle)]))


def accuracy(parcel, rng):
    area = parcel.lot.area if parcel.lot is not None else None
    if area in ("B", "C"):
        return "甲二", "測量成果"
    if area in ("A", "D", "F"):
        return str(rng.choice(["甲二", "甲三", "乙一"], p=[0.3, 0.45, 0.25])), "測量成果" if rng.random() < 0.6 else "図上測量"
    return str(rng.choice(["乙一", "乙二", "乙三"])), "図上測量"


def write_parcels(town, folder):
    rng = stream("parcel ledger")
    parcels = make(town)
    town.parcels = parcels
    parcels.sort(key=lambda p: (p.district.code, p.sub, p.number, p.polygon.bounds))
    seen = set()
    rows, registry = [], []
    for p in parcels:
        base = (p.district.code, p.sub, p.number)
        while base in seen and "+" not in p.number:
            p.number = p.number + "ｲ" if p.number[0] in "道水" else f"{p.number.split('-')[0]}-{int(p.number.split('-')[1]) + 300}" if "-" in p.number else f"{p.number}-2"
            base = (p.district.code, p.sub, p.number)
        seen.add(base)
        grade, source = accuracy(p, rng)
        town_code, chome = p.district.code[1:4], p.district.code[4:]
        sub_name = SUB_NAMES[int(p.sub)] if p.sub != "0000" else None
        unsettled = "+" in p.number
        p.row = [town_code, chome, p.sub, "00", p.district.town, f"{p.district.name[len(p.district.town):]}" or None, sub_name, p.number, grade, source, unsettled, p.kind, round(p.polygon.area, 2 if p.kind == "宅地" else 0)]
        if p.district.name == REGISTRY_SECTION:
            registry.append(p)
        rows.append(p.row)
    fields = [("大字コード", "C", 3, 0), ("丁目コード", "C", 3, 0), ("小字コード", "C", 4, 0), ("予備コード", "C", 2, 0), ("大字名", "C", 8, 0), ("丁目名", "C", 6, 0), ("小字名", "C", 6, 0), ("地番", "C", 15, 0), ("精度区分", "C", 4, 0), ("座標値種別", "C", 8, 0), ("筆界未定", "L", 1, 0), ("地目", "C", 10, 0), ("登記地積", "N", 9, 2)]
    main = [p for p in parcels if p.district.name != REGISTRY_SECTION]
    formats.write_shapefile(folder / "parcels", "polygon", [p.polygon for p in main], fields, [p.row for p in main], plane, 6677)
    write_registry(folder / f"12999-0{registry[0].district.code[1:4]}-1.xml", registry)
    code = lambda *values: d.meanings(dict(values))
    d.declare(
        folder, "筆(地番図)", "Parcels", "税", "課税課", "polygon",
        {"files": [{"glob": "parcels.shp", "crs": "EPSG:6677", "encoding": "CP932"}, {"glob": "12999-*.xml", "crs": "EPSG:6677", "encoding": "UTF-8"}]},
        ["大字コード", "丁目コード", "小字コード", "予備コード", "地番"], "地番",
        [d.text("大字コード", "Section code", pattern="[0-9]{3}"), d.text("丁目コード", "Chome code", pattern="[0-9]{3}"), d.text("小字コード", "Subsection code", pattern="[0-9]{4}"), d.text("予備コード", "Spare code", pattern="[0-9]{2}"),
         d.text("大字名", "Section"), d.text("丁目名", "Chome"), d.text("小字名", "Subsection"), d.text("地番", "Lot number"),
         d.text("精度区分", "Accuracy", codes=d.meanings({g: f"{g}|{e}" for g, e in zip(["甲一", "甲二", "甲三", "乙一", "乙二", "乙三"], ["A1", "A2", "A3", "B1", "B2", "B3"])})),
         d.text("座標値種別", "Kind of coordinates", codes=code(("測量成果", "測量成果|surveyed"), ("図上測量", "図上測量|taken from a map"))), d.boolean("筆界未定", "Unsettled boundary"),
         d.text("地目", "Registered use", "staff", codes=d.meanings({k: f"{k}|{e}" for k, e in zip("宅地 田 畑 山林 原野 雑種地 公衆用道路 用悪水路 公園 学校用地 境内地 墓地".split(), "building land,paddy,field,woods,wild land,miscellaneous,public road,watercourse,park,school ground,temple or shrine ground,graveyard".split(","))})),
         d.real("登記地積", "Registered area", "staff", unit="㎡")],
    )


def write_registry(path, parcels):
    """登記所備付地図 XML in public coordinates: points, curves shared by neighbours, surfaces, lots."""
    points, curves = {}, {}
    point_xml, curve_xml, surface_xml, lot_xml = [], [], [], []

    def point_id(c):
        key = (round(float(c[0]) + EAST0, 3), round(float(c[1]) + NORTH0, 3))
        if key not in points:
            points[key] = f"P{len(points) + 1:09d}"
            point_xml.append(f'<zmn:GM_Point id="{points[key]}"><zmn:GM_Point.position><zmn:DirectPosition><zmn:X>{key[1]:.3f}</zmn:X><zmn:Y>{key[0]:.3f}</zmn:Y></zmn:DirectPosition></zmn:GM_Point.position></zmn:GM_Point>')
        return points[key]

    def curve_id(a, b):
        first, second = point_id(a), point_id(b)
        key = (first, second)
        if key not in curves:
            curves[key] = f"C{len(curves) + 1:09d}"
            columns = "".join(f'<zmn:GM_PointArray.column><zmn:GM_Position.indirect><zmn:GM_PointRef.point idref="{p}"/></zmn:GM_Position.indirect></zmn:GM_PointArray.column>' for p in key)
            name = curves[key]
            curve_xml.append(f'<zmn:GM_Curve id="{name}"><zmn:GM_OrientablePrimitive.orientation>+</zmn:GM_OrientablePrimitive.orientation><zmn:GM_OrientablePrimitive.primitive idref="{name}"/><zmn:GM_Curve.segment><zmn:GM_LineString><zmn:GM_LineString.controlPoint>{columns}</zmn:GM_LineString.controlPoint></zmn:GM_LineString></zmn:GM_Curve.segment></zmn:GM_Curve>')
        return curves[key]

    def ring_xml(ring):
        coords = np.round(np.asarray(ring.coords), 3)
        out = []
        for a, b in zip(coords[:-1], coords[1:]):
            if np.hypot(*(b - a)) > 0.0005:
                out.append(f'<zmn:GM_CompositeCurve.generator idref="{curve_id(a, b)}"/>')
        return "<zmn:GM_Ring>" + "".join(out) + "</zmn:GM_Ring>"

    serial = 0
    for p in parcels:
        # A surface has one exterior; of a road in pieces the largest stands for it.
        part = max(shapely.get_parts(p.polygon), key=lambda q: q.area).simplify(0.02, preserve_topology=True)
        serial += 1
        holes = "".join(f"<zmn:GM_SurfaceBoundary.interior>{ring_xml(h)}</zmn:GM_SurfaceBoundary.interior>" for h in part.interiors)
        surface_xml.append(f'<zmn:GM_Surface id="F{serial:09d}"><zmn:GM_Surface.patch><zmn:GM_Polygon><zmn:GM_Polygon.boundary><zmn:GM_SurfaceBoundary><zmn:GM_SurfaceBoundary.exterior>{ring_xml(part.exterior)}</zmn:GM_SurfaceBoundary.exterior>{holes}</zmn:GM_SurfaceBoundary></zmn:GM_Polygon.boundary></zmn:GM_Polygon></zmn:GM_Surface.patch></zmn:GM_Surface>')
        r = p.row
        sub = f"<小字名>{r[6]}</小字名>" if r[6] else ""
        unsettled = "<筆界未定構成筆><大字コード>{0}</大字コード><丁目コード>{1}</丁目コード><小字コード>{2}</小字コード><予備コード>{3}</予備コード><地番>{4}</地番></筆界未定構成筆>".format(*r[:4], escape(r[7].split("+")[0])) if r[10] else ""
        lot_xml.append(f'<筆 id="H{serial:09d}"><大字コード>{r[0]}</大字コード><丁目コード>{r[1]}</丁目コード><小字コード>{r[2]}</小字コード><予備コード>{r[3]}</予備コード><大字名>{r[4]}</大字名>{sub}<地番>{escape(r[7])}</地番><形状 idref="F{serial:09d}"/><精度区分>{r[8]}</精度区分><座標値種別>{r[9]}</座標値種別>{unsettled}</筆>')
    lines = "".join(f'<筆界線><形状 idref="{c}"/></筆界線>\n' for c in curves.values()) if len(curves) < 400 else ""
    text = ('<?xml version="1.0" encoding="UTF-8"?>\n<地図 xmlns="http://www.moj.go.jp/MINJI/tizuxml" xmlns:zmn="http://www.moj.go.jp/MINJI/tizuzumen" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://www.moj.go.jp/MINJI/tizuxml tizuxml.xsd">\n'
            "<version>ver1.0</version>\n<地図名>若葉野-高畑</地図名>\n<市区町村コード>12999</市区町村コード>\n<市区町村名>若葉野市</市区町村名>\n<座標系>公共座標9系</座標系>\n<測地系判別>測量</測地系判別>\n<空間属性>\n"
            + "\n".join(point_xml + curve_xml + surface_xml) + "\n</空間属性>\n<主題属性>\n" + lines + "\n".join(lot_xml) + "\n</主題属性>\n</地図>\n")
    formats.write_text(path, text)
