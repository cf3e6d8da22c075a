"""What stands at the street: garbage points, curve mirrors, security lights."""

from collections import defaultdict

import numpy as np
import shapely
from shapely import LineString, Point, STRtree
from shapely.ops import nearest_points

from . import declare as d
from . import formats
from .places import dms, lonlat, plane, stream


def association_at(town, point):
    hits = [i for i in town.association_tree.query(Point(point), predicate="intersects")]
    return town.associations[min(hits)][0] if hits else None


def any_date(rng, low, high):
    return f"{int(rng.integers(low, high + 1))}-{int(rng.integers(1, 13)):02d}-{int(rng.integers(1, 29)):02d}"


def era(date):
    """ISO to `R5.4.1`."""
    year, month, day = (int(part) for part in date.split("-"))
    for name, first, since in (("R", 2018, "2019-05-01"), ("H", 1988, "1989-01-08"), ("S", 1925, "1926-12-25")):
        if date >= since:
            return f"{name}{year - first}.{month}.{day}"
    return date


def spaced(candidates, count, gaps):
    """Take candidates in order, keeping the gap of each one's area; the gap shrinks until `count` are found."""
    scale = 1.0
    while True:
        taken, points = [], np.empty((0, 2))
        for candidate in candidates:
            gap = gaps[candidate["area"]] * scale
            if len(points) and np.min(np.hypot(*(points - candidate["at"]).T)) < gap:
                continue
            taken.append(candidate)
            points = np.vstack([points, candidate["at"]])
            if len(taken) == count:
                return taken
        scale *= 0.96


def garbage_candidates(town):
    """Block corners, lane mouths, park corners, entrances of flats: always just behind the road edge."""
    rng = stream("garbage places")
    out = []
    for building in town.buildings.items:
        if building.homes >= 10 and building.use == "412":
            near = town.graph.sections[town.section_at(building.polygon.centroid.coords[0])]
            at = near.line.project(building.polygon.centroid)
            side = 1 if side_of(near.line, building.polygon.centroid) > 0 else -1
            spot, _, _ = town.edge_spot(near, at, side, 0.75)
            if spot is not None and building.polygon.distance(Point(spot)) > 0.3:
                out.append({"at": spot, "area": building.lot.area, "kind": "4", "order": 0})
    for corner, size, node, first, second in town.surface.corners:
        section = town.graph.sections[first]
        other = town.graph.sections[second]
        if section.street.rank == "F" and other.street.rank == "F":
            continue
        area = section.street.area or other.street.area or "G"
        if area in "FG" and not any(town.lots.lots[i].use == "house" for i in town.lot_tree.query(Point(corner).buffer(45))):
            continue
        for s in (section, other):
            at = s.line.project(Point(corner))
            reach = size + 2.2
            at = at + reach if at < s.length / 2 else at - reach
            side = 1 if side_of(s.line, Point(corner)) > 0 else -1
            spot, _, _ = town.edge_spot(s, at, side, float(rng.uniform(0.5, 0.9)))
            if spot is not None and s.street.rank not in "NK":
                lot = town.lot_at(spot, 4)
                kind = "3" if lot is not None and lot.use == "park" else "2" if rng.random() < 0.42 else "1"
                out.append({"at": spot, "area": area, "kind": kind, "order": 1})
                break
    for s in town.graph.sections:
        if s.street.area in ("E", "B") and s.length > 70:
            for at in (s.length * 0.5,):
                spot, _, _ = town.edge_spot(s, at, 1 if rng.random() < 0.5 else -1, 0.7)
                if spot is not None:
                    out.append({"at": spot, "area": s.street.area, "kind": "2", "order": 2})
    buildings = STRtree([b.polygon for b in town.buildings.items])
    good = []
    for c in out:
        point = Point(c["at"])
        if len(buildings.query(point, predicate="dwithin", distance=0.25)) or not town.city.contains(point):
            continue
        lot = town.lot_at(c["at"], 40)
        if lot is None or lot.area == "F":
            continue
        houses = [i for i in buildings.query(point, predicate="dwithin", distance=55)]
        if len(houses) >= (3 if lot.area in "EG" else 6):
            good.append(c)
    order = rng.permutation(len(good))
    return sorted((good[i] for i in order), key=lambda c: c["order"])


def side_of(line, point):
    at = line.project(point)
    p, q = line.interpolate(max(at - 0.5, 0)), line.interpolate(min(at + 0.5, line.length))
    return (q.x - p.x) * (point.y - p.y) - (q.y - p.y) * (point.x - p.x)


def write_garbage(town, folder):
    rng = stream("garbage ledger")
    chosen = spaced(garbage_candidates(town), 540, {"A": 78, "B": 88, "C": 80, "D": 78, "E": 150, "G": 160, "F": 500})
    by_district = defaultdict(list)
    for c in chosen:
        by_district[town.district_at(c["at"]).code].append(c)
    days = [("月・木", "第2水", "火"), ("火・金", "第1・3水", "木"), ("月・木", "第4水", "金"), ("火・金", "第2・4月", "水"), ("水・土", "第1月", "火"), ("水・土", "第3金", "木")]
    numbers = {x.code: n for n, x in enumerate(town.districts.items, 1)}
    names = {x.code: x.name for x in town.districts.items}
    rows, town.garbage = [], []
    for code in sorted(by_district):
        members = sorted(by_district[code], key=lambda c: (-round(c["at"][1] / 60), c["at"][0]))
        burn, other, plastic = days[numbers[code] % len(days)]
        course = "ABCDEF"[numbers[code] % 6]
        for serial, c in enumerate(members, 1):
            founded = int(np.clip(rng.choice([rng.normal(1978, 3), rng.normal(2004, 3), rng.uniform(1975, 2026)], p=[0.42, 0.28, 0.3]), 1975, 2025))
            opened = any_date(rng, founded, founded)
            state = "3" if rng.random() < 0.04 else "2" if rng.random() < 0.0104 else "1"
            closed = any_date(rng, max(2012, founded + 1), 2026) if state == "3" else None
            form = "9" if state == "3" else str(rng.choice(["1", "2", "3", "4", "9"], p=[0.5, 0.22, 0.12, 0.1, 0.06]))
            homes = int(np.clip(round(rng.lognormal(np.log(24), 0.32)), 12, 60))
            east, north = plane(c["at"])
            district = names[code]
            style = rng.random()
            written = opened if style < 0.8 else era(opened) if style < 0.93 else opened.replace("-", "") if style < 0.97 else str(45017 + int(rng.integers(0, 700)))
            asked = any_date(rng, founded, founded) if rng.random() < 0.6 else None
            rows.append([f"{numbers[code]:02d}-{serial:03d}", f"{district}第{serial}集積所", f"千葉県若葉野市{district}{int(rng.integers(1, 30))}番地先", code, association_at(town, c["at"]),
                         burn, other, f"第{1 + serial % 2}・{3 + serial % 2}{'水木金'[numbers[code] % 3]}", plastic, c["kind"], form, homes, f"{course}-{1 + serial // 9}", 1 + serial % 9, written, closed, asked,
                         f"{rng.choice(list('佐鈴高渡伊小石宮大平中'))}{rng.choice(['藤', '木', '橋', '辺', '川', '井', '野'])}　{rng.choice(['一郎', '幸子', '和夫', '茂', '清', '恵子'])}", f"0470-00-{int(rng.integers(0, 10000)):04d}",
                         f"{north:.3f}", f"{east:.3f}", state, None, f"GP{numbers[code]:02d}{serial:03d}.jpg" if rng.random() < 0.3 else None, any_date(rng, 2019, 2026), f"職員{int(rng.integers(1, 40)):02d}"])
            town.garbage.append((rows[-1][0], c["at"]))
    dirty_garbage(rows, rng)
    header = ["管理番号", "名称", "所在地_連結表記", "町字ID", "自治会番号", "可燃", "不燃", "資源", "プラ", "設置区分", "形態", "利用世帯数", "収集コース", "収集順", "設置日", "廃止日", "申請年月日", "管理者氏名", "管理者電話",
              "X座標", "Y座標", "状態", "備考", "写真", "更新日", "更新者"]
    formats.write_csv(folder / "garbage_points.csv", header, rows, "cp932")
    d.declare(
        folder, "ごみ集積所", "Garbage collection points", "環境", "環境政策課", "point",
        {"files": ["garbage_points.csv"], "encoding": "CP932", "crs": "EPSG:6677", "columns": {"north": "X座標", "east": "Y座標"}}, "管理番号", "名称",
        [d.text("管理番号", "Number", pattern="[0-9]{2}-[0-9]{3}"), d.text("名称", "Name"), d.text("所在地_連結表記", "Address in one line"), d.text("町字ID", "District code", pad=7), d.text("自治会番号", "Association number"),
         d.text("可燃", "Burnable"), d.text("不燃", "Non-burnable"), d.text("資源", "Recyclables"), d.text("プラ", "Plastics"),
         d.text("設置区分", "Site", "staff", codes=d.codes(_1="道路上|on the road", _2="私有地|private ground", _3="公園・公共用地|park or public ground", _4="共同住宅敷地内|on the ground of flats")),
         d.text("形態", "Form", "staff", codes=d.codes(_1="ネット|net", _2="折りたたみ式かご|folding basket", _3="金属ボックス|metal box", _4="ブロック囲い|block walls", _9="なし|none")),
         d.integer("利用世帯数", "Households", "staff", unit="件"), d.text("収集コース", "Course", "staff"), d.integer("収集順", "Order on the course", "staff"),
         d.date("設置日", "Set up on", "staff", source=["設置日", "設置年月日"]), d.date("廃止日", "Closed on", "staff"), d.date("申請年月日", "Applied on", "staff"),
         d.text("管理者氏名", "Keeper", "restricted"), d.text("管理者電話", "Keeper's telephone", "restricted"), *d.common()],
        time={"from": "設置日", "to": "廃止日"}, relates={"町字ID": "districts", "自治会番号": "associations"}, public_where="状態 <> '3'",
    )


def dirty_garbage(rows, rng):
    """Keys that Excel read as dates (3) and doubled keys (2); places lost (4), at 0,0 (2), swapped (1); odd characters (9), ditto marks (7)."""
    spots = iter(rng.permutation(np.arange(30, 520, 6)))
    for month, day in ((4, 12), (3, 5), (11, 2)):
        rows[next(spots)][0] = f"{month}月{day}日"
    for _ in range(2):
        i = next(spots)
        rows[i][0] = rows[i - 1][0]
    for _ in range(4):
        i = next(spots)
        rows[i][19] = rows[i][20] = None
    for _ in range(2):
        i = next(spots)
        rows[i][19] = rows[i][20] = "0"
    i = next(spots)
    rows[i][19], rows[i][20] = rows[i][20], rows[i][19]
    endings = ["（～2丁目境）", "①", "（㈱若葉不動産前）", "（髙木宅前）", "（宮﨑宅前）", "Ⅲ", "②", "（㈱ミドリ社宅）", "（～川尻橋）"]
    for ending in endings:
        rows[next(spots)][1] += ending
    for mark in ("〃", "同上", "〃", "〃", "同上", "〃", "〃"):
        rows[next(spots)][4] = mark


def is_signal(town, node):
    """Two roads of 9 m or more meet under signals."""
    widths = sorted((town.graph.sections[n].width for n in town.graph.at[node]), reverse=True)
    return len(widths) >= 3 and widths[1] >= 9 and town.graph.sections[town.graph.at[node][0]].street.area != "F"


MIRROR_SHARE = {"1": 120, "2": 176, "3": 82, "4": 43, "5": 9}


def mirror_candidates(town):
    rng = stream("mirror places")
    graph = town.graph
    out = defaultdict(list)
    for node in range(len(graph.nodes)):
        arms = graph.arms(node)
        if len(arms) < 3 or is_signal(town, node):
            continue
        widths = [graph.sections[n].width for _, _, n in arms]
        minor = int(np.argmin(widths))
        if widths[minor] >= 6.0 and not (town.graph.sections[arms[0][2]].street.area == "C" and rng.random() < 0.5):
            continue
        if all(graph.sections[n].street.rank == "F" for _, _, n in arms):
            continue
        angle, u, number = arms[minor]
        # The mirror stands across from the minor road and faces down it.
        for turn in (0.45, -0.45, 0.7, -0.7):
            away = -np.array([u[0] * np.cos(turn) - u[1] * np.sin(turn), u[0] * np.sin(turn) + u[1] * np.cos(turn)])
            ray = LineString([graph.nodes[node], graph.nodes[node] + away * 32])
            gone = ray.difference(town.surface.polygon)
            parts = [p for p in shapely.get_parts(gone) if p.geom_type == "LineString" and p.length > 1.6]
            if not parts:
                continue
            first = min(parts, key=lambda p: p.distance(Point(graph.nodes[node])))
            near = np.asarray(first.coords[0])
            spot = near + away * 0.5
            for step in (0.5, 0.8, 1.1, 1.6):
                spot = near + away * step
                if town.surface.polygon.distance(Point(spot)) >= 0.5:
                    break
            reach = np.hypot(*(spot - graph.nodes[node]))
            if reach > 22 or town.surface.polygon.distance(Point(spot)) > 0.9:
                continue
            private = any(graph.sections[n].street.rank == "P" for _, _, n in arms)
            kind = "4" if private else "1" if len(arms) >= 4 else "2"
            target = graph.nodes[node] + u * 14
            out[kind].append({"at": spot, "kind": kind, "look": target - spot, "section": number, "second": graph.nodes[node] + arms[minor - 1][1] * 16 - spot})
            break
    for number, s in enumerate(graph.sections):
        if s.street.rank in "NK" or s.length < 30:
            continue
        line = s.line
        for at in np.arange(12, s.length - 10, 6):
            p, q, r = (np.asarray(line.interpolate(at + e).coords[0]) for e in (-9, 0, 9))
            a, b = q - p, r - q
            bend = np.arctan2(a[0] * b[1] - a[1] * b[0], np.dot(a, b))
            if abs(bend) > 9 / 20 and np.hypot(*(r - p)) > 4:
                outside = -np.sign(bend)
                spot, along, normal = town.edge_spot(s, at, outside, 0.6)
                if spot is not None:
                    out["3"].append({"at": spot, "kind": "3", "look": p - spot, "section": number, "second": r - spot})
                break
    rail = town.ground.railway
    for number, s in enumerate(graph.sections):
        if s.street.number in ("K0045", "K0068") and s.line.intersects(rail.buffer(30)):
            hit = s.line.project(nearest_points(s.line, rail)[0])
            for at in (hit - 16, hit + 16, hit - 21, hit + 21):
                if 2 < at < s.length - 2:
                    for side in (1, -1):
                        spot, along, normal = town.edge_spot(s, at, side, 0.6)
                        if spot is not None:
                            out["5"].append({"at": spot, "kind": "5", "look": along * np.sign(hit - at), "section": number, "second": -along})
    return out


def write_mirrors(town, folder):
    rng = stream("mirror ledger")
    pools = mirror_candidates(town)
    chosen, missing = [], 0
    for kind, share in MIRROR_SHARE.items():
        pool = pools[kind]
        order = rng.permutation(len(pool))
        got, points = [], np.empty((0, 2))
        for i in order:
            c = pool[i]
            if (len(points) and np.min(np.hypot(*(points - c["at"]).T)) < 4) or not town.city.contains(Point(c["at"])):
                continue
            got.append(c)
            points = np.vstack([points, c["at"]])
            if len(got) == share:
                break
        missing += share - len(got)
        chosen += got
    spare = [c for kind in "213" for c in pools[kind] if all(c is not x for x in chosen)]
    for i in rng.permutation(len(spare))[:missing]:
        chosen.append(spare[i])
    chosen.sort(key=lambda c: (-round(c["at"][1] / 250), c["at"][0]))
    points, rows = [], []
    bearing = lambda v: round(float(np.degrees(np.arctan2(v[0], v[1])) % 360), 1)
    for n, c in enumerate(chosen, 1):
        s = town.graph.sections[c["section"]]
        double = rng.random() < 0.12
        shape = "1" if rng.random() < 0.86 else "2"
        size = str(rng.choice(["φ800", "φ600", "φ1000"], p=[0.83, 0.12, 0.05])) if shape == "1" else str(rng.choice(["450×600", "600×800"]))
        district = town.district_at(c["at"])
        year = int(np.clip(rng.normal(2001, 11), 1974, 2025))
        post = str(rng.choice(["1", "2", "3"], p=[0.78, 0.19, 0.03]))
        points.append(c["at"])
        state = "3" if rng.random() < 0.02 else "1"
        rows.append([f"CM{n:05d}", f"{district.name}{int(rng.integers(1, 400))}番地先", district.code, s.ledger["route"], c["kind"], 2 if double else 1, shape, size, bearing(c["look"]), bearing(c["second"]) if double else None,
                     str(rng.choice(["アクリル", "ステンレス", "ポリカーボネート"], p=[0.55, 0.33, 0.12])), post, 89.1 if double or size == "φ1000" else 76.3, f"{rng.uniform(2.5, 3.6):.1f}", year,
                     str(rng.choice(["1", "2", "3"], p=[0.8, 0.17, 0.03])), any_date(rng, 2019, 2025), str(rng.choice(["Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ"], p=[0.62, 0.27, 0.10, 0.01])),
                     f"要{int(rng.integers(18, 31))}-{int(rng.integers(1, 300)):03d}" if rng.random() < 0.4 else None, f"共{int(rng.integers(1000, 9999))}" if post == "2" else None, state,
                     str(rng.choice(["樹木剪定要", "支柱さび", "鏡面曇り"])) if rng.random() < 0.07 else None, f"CM{n:05d}.jpg" if rng.random() < 0.3 else None, any_date(rng, 2020, 2026), f"職員{int(rng.integers(1, 40)):02d}"])
    order = list(rng.permutation(len(rows)))
    for _ in range(3):
        text = "隣接地所有者と協議済み、支柱移設は次年度"
        rows[order.pop()][21] = formats.Raw(text.encode("cp932")[:29])
    for _ in range(18):
        rows[order.pop()][8] = 999
    for _ in range(4):
        i = order.pop()
        rows[i][13] += "m"
    fields = [("管理番号", "C", 7, 0), ("設置場所", "C", 40, 0), ("町字ID", "C", 7, 0), ("路線番号", "C", 5, 0), ("箇所区分", "C", 1, 0), ("面数", "N", 1, 0), ("形状", "C", 1, 0), ("寸法", "C", 8, 0), ("方位1", "N", 5, 1), ("方位2", "N", 5, 1),
              ("材質", "C", 16, 0), ("支柱種別", "C", 1, 0), ("支柱径", "N", 5, 1), ("高さ", "C", 5, 0), ("設置年度", "N", 4, 0), ("設置者", "C", 1, 0), ("点検日", "D", 8, 0), ("健全度", "C", 2, 0), ("要望番号", "C", 8, 0), ("共架許可番号", "C", 8, 0),
              ("状態", "C", 1, 0), ("備考", "C", 29, 0), ("写真", "C", 11, 0), ("更新日", "D", 8, 0), ("更新者", "C", 6, 0)]
    # Before 2011 and after differ by the earthquake's shift, which is left out: the file only says its system.
    formats.write_shapefile(folder / "curve_mirrors", "point", points, fields, rows, plane, 2451)
    town.mirrors = points
    d.declare(
        folder, "カーブミラー", "Curve mirrors", "道路", "道路管理課", "point", {"files": ["curve_mirrors.shp"], "encoding": "auto", "crs": "EPSG:2451"}, "管理番号", "設置場所",
        [d.text("管理番号", "Number", pattern="CM[0-9]{5}"), d.text("設置場所", "Place"), d.text("町字ID", "District code"), d.text("路線番号", "Route"),
         d.text("箇所区分", "Situation", codes=d.codes(_1="十字路|crossroads", _2="丁字路|T junction", _3="カーブ|bend", _4="私道出口|private lane", _5="踏切|level crossing")), d.integer("面数", "Mirrors"),
         d.text("形状", "Shape", codes=d.codes(_1="丸形|round", _2="角形|rectangular")), d.text("寸法", "Size"), d.real("方位1", "Faces, first", unit="度"), d.real("方位2", "Faces, second", unit="度"),
         d.text("材質", "Material", "staff", codes=d.codes(アクリル="アクリル|acrylic", ステンレス="ステンレス|stainless steel", ポリカーボネート="ポリカーボネート|polycarbonate")),
         d.text("支柱種別", "Post", "staff", codes=d.codes(_1="単独柱|own post", _2="電柱共架|on a utility pole", _3="壁付|on a wall")), d.real("支柱径", "Post diameter", "staff", unit="mm"), d.real("高さ", "Height", "staff", unit="m"),
         d.integer("設置年度", "Set up in fiscal year", "staff"), d.text("設置者", "Set up by", "staff", codes=d.codes(_1="市|city", _2="開発者帰属|handed over by developer", _3="寄附|gift")), d.date("点検日", "Inspected on", "staff"),
         d.text("健全度", "Condition", "staff", codes=d.meanings({"Ⅰ": "Ⅰ 健全|I sound", "Ⅱ": "Ⅱ 経過観察|II to be watched", "Ⅲ": "Ⅲ 早期措置|III early measures", "Ⅳ": "Ⅳ 緊急措置|IV urgent measures"})), d.text("要望番号", "Request", "staff"),
         d.text("共架許可番号", "Pole permit", "staff", source=["共架許可番号", "共架許可番"]), *d.common()],
        relates={"町字ID": "districts", "路線番号": "road_routes"}, public_where="状態 <> '3'",
    )


def light_beads(town):
    """Lights route by route: one side, even spacing carried over from section to section."""
    rng = stream("light places")
    out = []
    order = sorted(town.routes.values(), key=lambda r: r.number)
    for route in order:
        spacing = None
        carry = None
        side = 1 if rng.random() < 0.5 else -1
        for s, forward in route.sections:
            area = s.street.area or town.lots.quarter_of(s.line.buffer(12))
            if area == "F":
                continue
            lit = area in "ABCDE" or (s.street.rank in "NK12" and rng.random() < 0.9) or s.ledger.get("school")
            if not lit or s.width < 1.9:
                carry = None
                continue
            spacing = rng.uniform(60, 72) if area in "EG" else rng.uniform(35.5, 41) if spacing is None or spacing > 50 else spacing
            # In step with the travelled direction, so that the side stays the same for the eye.
            at = spacing * rng.uniform(0.3, 0.6) if carry is None else carry
            while at < s.length - 2:
                real = at if forward else s.length - at
                spot, along, normal = town.edge_spot(s, real, side if forward else -side, 0.4)
                if spot is not None:
                    out.append((route.number, spot, s, area))
                at += spacing
            carry = max(at - s.length, 3)
    return out


def school_routes(town):
    """Farm roads that children walk: lamps stand alone along them."""
    schools = [s.polygon.centroid for s in town.sites if s.kind in ("小学校", "中学校", "高校")]
    for s in town.graph.sections:
        if s.street.rank == "F":
            middle = s.line.interpolate(0.5, normalized=True)
            s.ledger["school"] = min(middle.distance(p) for p in schools) < 520


def write_lights(town, folder):
    rng = stream("light ledger")
    school_routes(town)
    beads = light_beads(town)
    tree = STRtree([Point(b[1]) for b in beads])
    near = tree.query([Point(b[1]) for b in beads], predicate="dwithin", distance=18)
    drop = set()
    for i, j in zip(*near):
        if i < j and i not in drop:
            drop.add(int(j))
    beads = [b for i, b in enumerate(beads) if i not in drop]
    town.spare_lights = len(beads)
    if len(beads) > 2600:
        # Whole strings are left out, the outer quarters' first, so that no string has gaps.
        strings = defaultdict(list)
        for b in beads:
            strings[b[0]].append(b)
        order = sorted(strings, key=lambda r: (strings[r][0][3] in "ABCD", stream("string" + r).random()))
        while len(beads) - len(strings[order[0]]) >= 2600:
            gone = order.pop(0)
            beads = [b for b in beads if b[0] != gone]
        small = sorted(order, key=lambda r: len(strings[r]))
        while len(beads) > 2600:
            route = next((r for r in small if len(strings[r]) <= len(beads) - 2600), small[0])
            small.remove(route)
            take = strings[route][: len(beads) - 2600]
            beads = [b for b in beads if not any(b is t for t in take)]
    beads.sort(key=lambda b: (b[0],))
    rows = []
    places = lonlat([b[1] for b in beads], 8)
    inspected = "2025-11-"
    for n, ((route, spot, s, area), (lon, lat)) in enumerate(zip(beads, places), 1):
        kind = str(rng.choice(["1", "2", "3", "4"], p=[0.91, 0.06, 0.02, 0.01]))
        power = {"1": int(rng.choice([8, 9, 10, 10, 12, 20])), "2": 20, "3": 80, "4": 70}[kind]
        year = int(np.clip(rng.normal(1996, 10), 1972, 2025))
        led = int(rng.integers(2013, 2017)) if kind == "1" and year < 2013 else year if kind == "1" else None
        owner = str(rng.choice(["1", "2", "3"], p=[0.78, 0.2, 0.02])) if area != "A" else str(rng.choice(["1", "2", "3"], p=[0.7, 0.1, 0.2]))
        district = town.district_at(spot)
        fault = any_date(rng, 2024, 2025) if rng.random() < 0.05 else None
        bracket = str(rng.choice(["1", "2", "3", "4"], p=[0.55, 0.33, 0.1, 0.02]))
        rows.append([f"{n:06d}", district.code, association_at(town, spot), kind, power, bracket, f"{district.town}支 {int(rng.integers(1, 60))} {rng.choice(['左', '右'])} {int(rng.integers(1, 9))}" if bracket in "12" else None, "公衆街路灯A",
                     {8: 10, 9: 10, 10: 10, 12: 20, 20: 20, 80: 100, 70: 100}.get(power, 20), owner, year, led, inspected + f"{int(rng.integers(1, 29)):02d}", fault, None if fault is None or rng.random() < 0.1 else fault[:8] + "28",
                     "03" + "".join(str(x) for x in rng.integers(0, 10, 20)), f"{lon:.8f}", f"{lat:.8f}", "2" if rng.random() < 0.008 else "1", None, None, any_date(rng, 2021, 2026), f"職員{int(rng.integers(1, 40)):02d}"])
    order = list(rng.permutation(len(rows)))
    for _ in range(12):
        i = order.pop()
        rows[i][0] = rows[i][0].lstrip("0")
    for _ in range(5):
        i = order.pop()
        rows[i][16], rows[i][17] = dms(float(rows[i][16]), 3), dms(float(rows[i][17]), 3)
    header = ["灯具番号", "町字ID", "自治会番号", "灯種", "消費電力", "取付", "電柱番号", "契約種別", "契約容量", "所有", "設置年度", "LED化年度", "点検日", "故障受付日", "修繕日", "供給地点番号", "経度", "緯度", "状態", "備考", "写真", "更新日", "更新者"]
    formats.write_csv(folder / "security_lights.csv", header, rows, "utf-8-sig", remark="※令和8年4月1日現在。灯具番号は6桁。,,,,,,,,,,,,,,,,,,,,,,")
    d.declare(
        folder, "防犯灯", "Security lights", "危機管理", "危機管理室", "point",
        {"files": ["security_lights.csv"], "encoding": "UTF-8", "crs": "EPSG:6668", "columns": {"longitude": "経度", "latitude": "緯度"}, "comment": "※"}, "灯具番号", "灯具番号",
        [d.text("灯具番号", "Lamp number", pattern="[0-9]{6}", pad=6), d.text("町字ID", "District code"), d.text("自治会番号", "Association number"),
         d.text("灯種", "Lamp", codes=d.codes(_1="LED|LED", _2="蛍光灯|fluorescent", _3="水銀灯|mercury", _4="ナトリウム灯|sodium")), d.integer("消費電力", "Power", unit="W"),
         d.text("取付", "Mounting", "staff", codes=d.codes(_1="電力柱|power pole", _2="電信柱|telephone pole", _3="単独柱|own pole", _4="壁面|wall")), d.text("電柱番号", "Pole number", "staff"), d.text("契約種別", "Tariff", "staff"),
         d.integer("契約容量", "Contracted power", "staff", unit="VA", codes=d.meanings({v: f"{v}VA|{v} VA" for v in (10, 20, 40, 60, 100)})), d.text("所有", "Owner", "staff", codes=d.codes(_1="市|city", _2="自治会|association", _3="商店会|shopkeepers")),
         d.integer("設置年度", "Set up in fiscal year", "staff"), d.integer("LED化年度", "LED since fiscal year", "staff"), d.date("点検日", "Inspected on", "staff"), d.date("故障受付日", "Fault reported on", "staff"), d.date("修繕日", "Repaired on", "staff"),
         d.text("供給地点番号", "Supply point", "restricted", pattern="[0-9]{22}"), *d.common()],
        relates={"町字ID": "districts", "自治会番号": "associations"}, public_where="状態 <> '3'",
    )
