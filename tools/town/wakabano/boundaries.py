"""Settled boundaries of public ground, their stakes, and the control points they hang on."""

import numpy as np
import shapely
from shapely import LineString, Point
from shapely.ops import substring

from . import declare as d
from . import formats
from .network import lines_of
from .places import dms, lonlat, plane, stream, tokyo_plane
from .streetpoints import any_date

CASES, POINTS, TOKYO_CASES, UNPLACED_SHARE = 360, 1750, 22, 0.18
SYSTEMS = d.codes(_1="公共(JGD2011)|public (JGD2011)", _2="公共(JGD2000)|public (JGD2000)", _3="公共(旧)|public (Tokyo datum)", _4="任意|local")
FAMILY = "佐藤 鈴木 高橋 渡辺 小川 石井 大野 中村 加瀬 越川 平野 鵜澤 齋藤 宮内".split()


class Case:
    pass


def edge_chains(town, rng):
    """Runs of road edge in D and E and beside widened roads, with the route they lie on."""
    boundary = lines_of(shapely.line_merge(town.surface.polygon.boundary.intersection(town.city.buffer(-30))))
    out = []
    for line in boundary:
        at = rng.uniform(0, 40)
        while at + 12 < line.length:
            length = float(np.clip(rng.lognormal(3.4, 0.6), 8, 138))
            if at + length > line.length:
                break
            part = substring(line, at, at + length)
            middle = part.interpolate(0.5, normalized=True)
            s = town.graph.sections[town.section_at(middle.coords[0])]
            good = s.street.area in "DE" and s.street.area or s.street.rank in "2K" and rng.random() < 0.5
            if good and s.street.rank != "P":
                out.append((part, s))
            at += length + rng.uniform(20, 160)
    return out


def make_cases(town):
    if hasattr(town, "cases"):
        return town.cases
    rng = stream("boundary cases")
    chains = edge_chains(town, rng)
    chosen = [chains[i] for i in sorted(rng.choice(len(chains), CASES, replace=False))]
    placed = CASES - round(CASES * UNPLACED_SHARE)
    kinds = np.array(["4"] * (CASES - placed) + ["3"] * 68 + ["2"] * 79 + ["1"] * (placed - 147))
    rng.shuffle(kinds)
    # The points of all placed cases are brought to the ledger's count.
    counts = {}
    for i, kind in enumerate(kinds):
        if kind != "4":
            counts[i] = int(np.clip(2 + rng.poisson(3.9), 2, 12))
    while sum(counts.values()) != POINTS:
        i = int(rng.choice(list(counts)))
        step = 1 if sum(counts.values()) < POINTS else -1
        counts[i] = int(np.clip(counts[i] + step, 2, 12))
    cases = []
    serial = {}
    old = [i for i, k in enumerate(kinds) if k == "3"][:TOKYO_CASES]
    for i, (line, s) in enumerate(chosen):
        c = Case()
        c.system = str(kinds[i])
        c.tokyo = i in old
        year = int({"1": rng.integers(2012, 2026), "2": rng.integers(2002, 2012), "3": rng.integers(1972, 2002), "4": rng.integers(1968, 1995)}[c.system])
        serial[year] = serial.get(year, 0) + 1
        name, first = ("R", 2018) if year > 2018 else ("H", 1988) if year > 1988 else ("S", 1925)
        c.number = f"{name}{year - first:02d}-{serial[year] * 3 + int(rng.integers(0, 3)):04d}"
        c.year, c.section, c.points = year, s, []
        if c.system != "4":
            spots = np.array([line.interpolate(t, normalized=True).coords[0] for t in np.linspace(0, 1, counts[i])])
            side = np.gradient(spots, axis=0)
            side = np.column_stack([-side[:, 1], side[:, 0]]) / np.maximum(np.hypot(*side.T), 1e-9)[:, None]
            c.points = spots + side * np.clip(rng.normal(0.15, 0.18, (len(spots), 1)), -0.6, 0.6)
        c.line = line
        cases.append(c)
    seen = set()
    for c in cases:
        while c.number in seen:
            c.number = f"{c.number[:4]}{int(c.number[4:]) + 1:04d}"
        seen.add(c.number)
    cases.sort(key=lambda c: ("SHR".index(c.number[0]), c.number))
    town.cases = cases
    return cases


def lot_numbers(town, point, count):
    if not hasattr(town, "parcel_tree"):
        town.parcel_tree = shapely.STRtree([p.polygon for p in town.parcels])
    hits = town.parcel_tree.query(Point(point).buffer(14))
    best = sorted((p for p in (town.parcels[i] for i in hits) if p.lot is not None), key=lambda p: p.polygon.distance(Point(point)))[:count]
    return [f"{p.district.name}{p.number}" for p in best]


def write_lines(town, folder):
    rng = stream("boundary ledger")
    groups = {"boundary_lines": (6677, plane, []), "boundary_lines_旧測地系": (30169, tokyo_plane, [])}
    for c in make_cases(town):
        middle = c.line.interpolate(0.5, normalized=True).coords[0]
        lots = lot_numbers(town, middle, 4)
        state = str(rng.choice(["1", "2", "3", "4"], p=[0.88, 0.06, 0.04, 0.02]))
        asked, met, settled = (any_date(rng, c.year, c.year) for _ in range(3))
        asked, met, settled = sorted((asked, met, settled))
        row = [c.number, str(rng.choice(["1", "2", "3", "4"], p=[0.72, 0.1, 0.14, 0.04])), asked, met if state != "4" else None, settled if state == "1" else None, state, f"若道管第{int(rng.integers(10, 900))}号", ";".join(f"{c.number}_{k}.{'pdf' if c.year > 2005 else 'tif'}" for k in range(1, int(rng.integers(1, 5)) + 1)),
               int(rng.choice([250, 500])), f"{c.year}{int(rng.integers(1, 13)):02d}", c.system, ",".join(lots[:2]) or None, ",".join(lots[2:]) or None, c.section.ledger["route"], round(LineString(c.points).length, 2) if len(c.points) else None,
               f"{rng.choice(FAMILY)}　{rng.choice(list('茂清弘実進勇'))}", f"{rng.choice(FAMILY)}、{rng.choice(FAMILY)}", f"土地家屋調査士 {rng.choice(FAMILY)}", "1", None, None, any_date(rng, 2016, 2026), f"職員{int(rng.integers(1, 40)):02d}"]
        target = groups["boundary_lines_旧測地系" if c.tokyo else "boundary_lines"][2]
        target.append((LineString(c.points) if len(c.points) else None, row))
    fields = [("確定番号", "C", 8, 0), ("区分", "C", 1, 0), ("申請年月日", "D", 8, 0), ("立会年月日", "D", 8, 0), ("確定年月日", "D", 8, 0), ("手続", "C", 1, 0), ("文書番号", "C", 18, 0), ("文書", "C", 60, 0), ("図面縮尺", "N", 4, 0), ("測量年月", "C", 6, 0), ("座標系", "C", 1, 0), ("所在地番", "C", 48, 0),
              ("隣接地番", "C", 48, 0), ("路線番号", "C", 5, 0), ("延長", "N", 6, 2), ("申請者", "C", 16, 0), ("立会人", "C", 24, 0), ("調査士", "C", 30, 0), ("状態", "C", 1, 0), ("備考", "C", 10, 0), ("写真", "C", 10, 0), ("更新日", "D", 8, 0), ("更新者", "C", 6, 0)]
    files = []
    for name, (crs, project, items) in groups.items():
        formats.write_shapefile(folder / name, "line", [g for g, _ in items], fields, [r for _, r in items], project, crs)
        files.append({"glob": f"{name}.shp", "crs": f"EPSG:{crs}", "encoding": "CP932"})
    d.declare(
        folder, "境界確定 線", "Settled boundaries: lines", "道路", "道路管理課", "line", {"files": files}, "確定番号", "確定番号",
        [d.text("確定番号", "Case", pattern="[SHR][0-9]{2}-[0-9]{4}"), d.text("区分", "Kind", codes=d.codes(_1="官民(道路)|public and private (road)", _2="官民(水路)|public and private (water)", _3="法定外(里道・水路)|non-statutory path or ditch", _4="官官|public and public")), d.date("申請年月日", "Applied on"), d.date("立会年月日", "Met on site on"), d.date("確定年月日", "Settled on"),
         d.text("手続", "Procedure", codes=d.codes(_1="確定|settled", _2="協議中|under talks", _3="不調|failed", _4="取下げ|withdrawn")), d.text("文書番号", "Document number"), d.text("文書", "Documents"), d.integer("図面縮尺", "Scale"), d.text("測量年月", "Surveyed in"), d.text("座標系", "Coordinates", codes=SYSTEMS),
         d.text("所在地番", "Lots"), d.text("隣接地番", "Neighbouring lots"), d.text("路線番号", "Route"), d.real("延長", "Length", unit="m"), d.text("申請者", "Applicant", "restricted"), d.text("立会人", "Present on site", "restricted"), d.text("土地家屋調査士", "Surveyor", "restricted", source=["土地家屋調査士", "調査士"]), *d.common()],
        audience="staff", relates={"路線番号": "road_routes"},
    )


def write_points(town, folder):
    rng = stream("boundary stakes")
    rows, tokyo = [], []
    cases = make_cases(town)
    exchanged = next(c for c in cases if len(c.points) == 8 and not c.tokyo)
    for c in cases:
        prefix = str(rng.choice(["K-", "P", "T-"]))
        project = tokyo_plane if c.tokyo else plane
        for n, point in enumerate(c.points, 1):
            east, north = project(point)
            x, y = (east, north) if c is exchanged else (north, east)
            (tokyo if c.tokyo else rows).append([c.number, f"{prefix}{n}", str(rng.choice(["コンクリート杭", "金属標", "金属鋲", "プラスチック杭", "刻印", "計算点"], p=[0.36, 0.2, 0.16, 0.14, 0.04, 0.1])), f"{x:.3f}", f"{y:.3f}", str(rng.choice(["1", "2", "3", "9"], p=[0.74, 0.11, 0.05, 0.1])),
                                                 "1", None, None, any_date(rng, 2016, 2026), f"職員{int(rng.integers(1, 40)):02d}"])
    header = ["確定番号", "点名", "標識", "X座標", "Y座標", "現況", "状態", "備考", "写真", "更新日", "更新者"]
    formats.write_csv(folder / "boundary_points.csv", header, rows, "cp932")
    formats.write_csv(folder / "boundary_points_旧測地系.csv", header, tokyo, "cp932")
    stake = {"コンクリート杭": "concrete stake", "金属標": "metal plate", "金属鋲": "metal rivet", "プラスチック杭": "plastic stake", "刻印": "carved mark", "計算点": "computed point"}
    d.declare(
        folder, "境界確定 点", "Settled boundaries: points", "道路", "道路管理課", "point",
        {"files": [{"glob": "boundary_points.csv", "crs": "EPSG:6677", "encoding": "CP932"}, {"glob": "boundary_points_旧測地系.csv", "crs": "EPSG:30169", "encoding": "CP932"}], "columns": {"north": "X座標", "east": "Y座標"}}, ["確定番号", "点名"], "点名",
        [d.text("確定番号", "Case", pattern="[SHR][0-9]{2}-[0-9]{4}"), d.text("点名", "Point"), d.text("標識", "Mark", codes=d.meanings({k: f"{k}|{v}" for k, v in stake.items()})), d.real("X座標", "X (north)", unit="m"), d.real("Y座標", "Y (east)", unit="m"),
         d.text("現況", "Condition", codes=d.codes(_1="正常|sound", _2="亡失|lost", _3="傾斜|leaning", _9="未確認|not checked")), *d.common()],
        audience="staff", relates={"確定番号": "boundary_lines"},
    )


CONTROL = {"1": ("電子基準点|GNSS station", 1), "2": ("三角点|triangulation point", 4), "3": ("水準点|bench mark", 6), "4": ("1級基準点|grade 1 control point", 3), "5": ("2級基準点|grade 2 control point", 18), "6": ("3級基準点|grade 3 control point", 68),
           "7": ("4級基準点|grade 4 control point", 0), "8": ("街区三角点|urban triangulation point", 6), "9": ("街区多角点|urban traverse point", 118), "10": ("地籍図根点|cadastral control point", 6)}


def write_control_points(town, folder):
    rng = stream("control points")
    rows = []
    city = town.city.buffer(-60)
    x0, y0, x1, y1 = city.bounds
    junctions = [n for n in range(len(town.graph.nodes)) if len(town.graph.at[n]) >= 3]
    built = [n for n in junctions if town.graph.sections[town.graph.at[n][0]].street.area in "ABCD"]
    for kind, (title, count) in CONTROL.items():
        gap = {"1": 0, "2": 1400, "3": 700, "4": 1300, "5": 500, "6": 190, "8": 500, "9": 75, "10": 120}.get(kind, 100)
        made, own = 0, np.empty((0, 2))
        while made < count:
            gap *= 0.9993
            if kind in "123" and kind != "3" or kind in ("4",):
                spot = rng.uniform((x0, y0), (x1, y1))
                if not city.contains(Point(spot)) or town.surface.polygon.distance(Point(spot)) < 3 or town.ground.river.distance(Point(spot)) < 30:
                    continue
            else:
                pool = built if kind in ("8", "9") else junctions
                node = town.graph.nodes[pool[int(rng.integers(len(pool)))]]
                spot = node + rng.uniform(-2.2, 2.2, 2)
                if not city.contains(Point(spot)):
                    continue
            if len(own) and np.min(np.hypot(*(own - spot).T)) < gap:
                continue
            own = np.vstack([own, spot])
            made += 1
            lon, lat = lonlat(spot, 12)
            east, north = plane(spot)
            height = float(town.ground.height(spot)[0])
            title_of_point = {"9": f"{10 + made // 40}A{made % 90 + 1:02d}", "8": f"10C{made:02d}", "10": f"図根{made}", "1": "若葉野", "2": ["上之台", "根古屋台", "高畑", "大門"][(made - 1) % 4], "3": f"第{5100 + made}号"}.get(kind, f"若葉野No.{made}")
            year = {"1": 1996, "2": 1903, "3": 1972}.get(kind, int(rng.integers(2004, 2022)) if kind in ("8", "9") else int(rng.integers(1988, 2025)))
            condition = "1" if kind in "12" else str(rng.choice(["1", "2", "3", "9"], p=[0.71, 0.14, 0.01, 0.14]))
            system = "JGD2024" if rng.random() < 0.1 else "JGD2011" if year > 2011 or rng.random() < 0.7 else "JGD2000"
            mark = "標石" if kind in "123" else str(rng.choice(["金属標", "金属鋲"], p=[0.7, 0.3]))
            rows.append([f"{kind:0>2}{made:04d}", kind, title_of_point, {"2": "三等" if made == 1 else "四等", "3": "一等"}.get(kind), dms(lat), dms(lon), f"{north:.3f}", f"{east:.3f}", f"{height:.3f}", system, mark, condition, any_date(rng, 2015, 2025) if rng.random() < 0.8 else None, year])
    header = ["点番号", "種別", "点名", "等級", "緯度", "経度", "X座標", "Y座標", "標高", "測地系", "標識", "現況", "調査年月日", "設置年度"]
    formats.write_csv(folder / "control_points.csv", header, rows, "cp932")
    d.declare(
        folder, "基準点", "Control points", "道路", "道路管理課", "point",
        {"files": ["control_points.csv"], "encoding": "CP932", "crs": "EPSG:6668", "columns": {"longitude": "経度", "latitude": "緯度"}}, "点番号", "点名",
        [d.text("点番号", "Point number", pattern="[0-9]{6}"), d.text("種別", "Kind", codes=d.meanings({k: v[0] for k, v in CONTROL.items()})), d.text("点名", "Name"), d.text("等級", "Order"), d.text("緯度", "Latitude"), d.text("経度", "Longitude"),
         d.real("X座標", "X (north)", unit="m"), d.real("Y座標", "Y (east)", unit="m"), d.real("標高", "Height", unit="m"), d.text("測地系", "Datum", codes=d.meanings({k: f"{k}|{k}" for k in ("JGD2000", "JGD2011", "JGD2024")})),
         d.text("標識", "Mark", codes=d.codes(標石="標石|stone", 金属標="金属標|metal plate", 金属鋲="金属鋲|metal rivet")), d.text("現況", "Condition", codes=d.codes(_1="正常|sound", _2="亡失|lost", _3="移転|moved", _9="未確認|not checked")), d.date("調査年月日", "Checked on"), d.integer("設置年度", "Set in fiscal year")],
    )
