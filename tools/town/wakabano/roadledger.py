"""The road ledger: routes, sections, edges, widths and the level-500 sheets."""

from collections import defaultdict

import numpy as np
import shapely
from shapely import LineString, Point
from shapely.ops import substring

from . import declare as d
from . import formats
from .network import lines_of
from .places import HEIGHT, SHEET_EAST, SHEET_NORTH, plane, sheet_number, stream

TARGET_ROUTES, TARGET_SECTIONS, TARGET_EDGES, TARGET_WIDTHS, TARGET_SHEETS = 560, 2050, 5200, 3400, 214
AREA_CODE = {"A": 11, "B": 12, "C": 13, "D": 14, "E": 15, "F": 16, "G": 17}
NICKNAMES = ("さくら通り いちょう通り けやき通り 学校通り 図書館通り 病院通り 工場通り 神社通り 桜並木通り 緑道 若葉通り 公園通り 本町通り 仲町通り 横町通り 大手通り 新町通り 陣屋通り 蔵通り 銀座通り "
             "梅の木通り つつじ通り 富士見通り 谷津道 農免道路 大門坂 根古屋坂 弁天通り 八幡道 鎮守通り 水辺通り").split()


class Route:
    def __init__(self, number, name, rank, nickname=None):
        self.number, self.name, self.rank, self.nickname = number, name, rank, nickname
        self.sections = []


def straight_on(graph, section, node, free, rank, width):
    """The section that continues most nearly straight at a node, if the bend is below 45°."""
    here = section.coords if section.b == node else section.coords[::-1]
    heading = here[-1] - here[max(-3, -len(here))]
    best = None
    for angle, v, number in graph.arms(node):
        other = graph.sections[number]
        if id(other) not in free or other is section or other.street.rank != rank:
            continue
        turn = np.dot(v, heading) / max(np.hypot(*heading), 1e-9)
        if turn > 0.7 and abs(other.width - width) < 2.6 and (best is None or turn > best[0]):
            best = (turn, number)
    return None if best is None else best[1]


def city_routes(graph, limit):
    """Chains of city sections that run straight on, none longer than `limit` sections."""
    free = {id(s): i for i, s in enumerate(graph.sections) if s.street.rank in "3F"}
    order = sorted(free.values(), key=lambda i: (-graph.sections[i].length, i))
    chains = []
    for i in order:
        s = graph.sections[i]
        if id(s) not in free:
            continue
        del free[id(s)]
        chain = [(s, True)]
        for forward in (True, False):
            node, current = (s.b, s) if forward else (s.a, s)
            while len(chain) < limit:
                number = straight_on(graph, current, node, free, s.street.rank, s.width)
                if number is None:
                    break
                current = graph.sections[number]
                del free[id(current)]
                same = current.a == node
                node = current.b if same else current.a
                if forward:
                    chain.append((current, same))
                else:
                    chain.insert(0, (current, not same))
        chains.append(chain)
    return chains


def make_routes(town):
    graph = town.graph
    routes, named = {}, defaultdict(list)
    for s in graph.sections:
        if s.street.number:
            named[s.street.number].append(s)
    for number, members in named.items():
        street = members[0].street
        major = street.rank in "NK"
        route = Route(number, street.name if major else f"市道{number}号線", street.rank, None if major else street.name)
        # Along the route from west to east, or from north to south.
        whole = shapely.union_all([s.line for s in members])
        x0, y0, x1, y1 = whole.bounds
        east = x1 - x0 > y1 - y0
        measure = lambda c: c[0] if east else -c[1]
        members.sort(key=lambda s: measure((s.coords[0] + s.coords[-1]) / 2))
        for s in members:
            forward = measure(s.coords[-1]) >= measure(s.coords[0])
            route.sections.append((s, forward))
        routes[number] = route
    for number in [n for n, r in routes.items() if r.rank in "12" and len(r.sections) > 14]:
        route = routes[number]
        parts = int(np.ceil(len(route.sections) / 14))
        size = int(np.ceil(len(route.sections) / parts))
        for k in range(1, parts):
            later = f"{number[:3]}{50 + 10 * k + int(number[3:]) % 10:02d}"
            while later in routes:
                later = f"{int(later) + 1:05d}"
            extra = Route(later, f"市道{later}号線", route.rank, route.nickname)
            extra.sections = route.sections[k * size: (k + 1) * size]
            routes[later] = extra
        route.sections = route.sections[:size]
    private = [s for s in graph.sections if s.street.rank == "P"]
    private.sort(key=lambda s: (-s.coords[0][1], s.coords[0][0]))
    lanes = defaultdict(list)
    for s in private:
        lanes[id(s.street)].append(s)
    for n, members in enumerate(lanes.values(), 1):
        route = Route(f"P{n:04d}", f"私道{n}号", "P")
        route.sections = [(s, True) for s in members]
        routes[route.number] = route
    wanted = TARGET_ROUTES - len(routes)
    limit = 14
    while True:
        chains = city_routes(graph, limit)
        if len(chains) >= wanted or limit == 1:
            break
        limit -= 1
    chains.sort(key=lambda chain: -len(chain))
    # Exactly the wanted number: the shortest chains are appended to neighbours, or long ones are halved.
    while len(chains) > wanted:
        last = chains.pop()
        ends = {n for s, _ in last for n in (s.a, s.b)}
        host = next((c for c in reversed(chains) if len(c) + len(last) <= 14 and ends & {n for s, _ in c for n in (s.a, s.b)}), None)
        if host is None:
            host = min(chains, key=lambda c: (len(c) + len(last) > 14, c[0][0].line.distance(last[0][0].line)))
        host.extend(last)
    while len(chains) < wanted:
        longest = max(chains, key=len)
        half = len(longest) // 2
        chains.append(longest[half:])
        del longest[half:]
    counters = defaultdict(int)
    chains.sort(key=lambda chain: (-round(chain[0][0].coords[0][1], -2), chain[0][0].coords[0][0]))
    nicknames = list(NICKNAMES)[: max(0, 42 - sum(1 for r in routes.values() if r.nickname))]
    rng = stream("nicknames")
    chosen = set(sorted(range(len(chains)), key=lambda i: -sum(s.length * s.width for s, _ in chains[i]))[: len(nicknames) + 60])
    for i, chain in enumerate(chains):
        area = AREA_CODE.get(chain[0][0].street.area or "G", 17)
        counters[area] += 1
        number = f"{area}{counters[area]:03d}"
        route = Route(number, f"市道{area}-{counters[area]:03d}号線", chain[0][0].street.rank)
        route.sections = chain
        if i in chosen and nicknames and rng.random() < 0.6 and chain[0][0].street.area in "ABCDF":
            route.nickname = nicknames.pop(0)
        routes[number] = route
    return routes


KINDS = d.codes(_1="国道|national road", _2="県道|prefectural road", _3="市道|city road", _4="法定外|non-statutory", _5="私道|private")
GRADES = d.codes(_1="1級|grade 1", _2="2級|grade 2", _3="その他|other")
KIND_OF = {"N": "1", "K": "2", "P": "5"}
LAWS = {"1-1": "道路法|Road Act", "1-2": "開発|development", "1-3": "既存|existing", "1-5": "位置指定|designated position", "2": "二項道路|paragraph 2 road",
        "43": "通路|passage", "0": "法外|outside the law", "9": "調査中|under survey"}


def place_name(town, point, rng):
    district = town.district_at(point)
    return f"{district.name}{int(rng.integers(1, 420))}番{int(rng.integers(1, 30))}地先"


def number_sections(town, routes):
    """Ledger rows of all sections, with the 重用 doubles that bring the count to the ledger's."""
    rng = stream("sections")
    rows = []
    farm = stream("farm roads in the ledger")
    for route in routes.values():
        route.kind = KIND_OF.get(route.rank, "3")
        if route.rank == "F" and farm.random() < 0.45:
            route.kind = "4"
        route.grade = route.rank if route.rank in "12" else "3"
        step = 10
        for s, forward in route.sections:
            coords = s.coords if forward else s.coords[::-1]
            rows.append([route, step, coords, s, False])
            s.ledger.setdefault("route", route.number)
            s.ledger.setdefault("key", f"{route.number}/{step:03d}")
            step += 10
    doubles = TARGET_SECTIONS - len(rows)
    higher = [r for r in rows if r[3].street.rank in "NK12"]
    lower = [route for route in routes.values() if route.rank in "3F" and route.kind == "3"]
    ends = defaultdict(list)
    for route in lower:
        for s, _ in route.sections:
            ends[s.a].append(route)
            ends[s.b].append(route)
    picked = 0
    for i in rng.permutation(len(higher)):
        if picked >= doubles:
            break
        _, _, coords, s, _ = higher[i]
        hosts = [r for r in ends[s.a] + ends[s.b] if len(r.sections) + getattr(r, "extra", 0) < 14]
        if not hosts:
            continue
        host = hosts[0]
        host.extra = getattr(host, "extra", 0) + 1
        rows.append([host, 10 * (len(host.sections) + host.extra), coords, s, True])
        picked += 1
    rows.sort(key=lambda r: (r[0].number, r[1]))
    return rows


def surface_kind(route, width, rng):
    if route.rank in "NK12":
        return "1"
    return str(rng.choice(["1", "2", "3", "4"], p=[0.30, 0.05, 0.35, 0.30] if route.rank == "F" else [0.91, 0.03, 0.05, 0.01]))


def sheets_of(line):
    return sorted({sheet_number(p) for p in shapely.get_coordinates(shapely.segmentize(line, 40))})


def write_sections(town, folder):
    rng = stream("section ledger")
    town.routes = make_routes(town)
    rows = number_sections(town, town.routes)
    river, rail = town.ground.river, town.ground.railway
    shapes, table = [], []
    bridges = {"K0021": "若葉大橋", "00107": "宮下橋", "K0112": "東若葉橋", "00203": "根古屋橋", "00204": "川尻橋"}
    for route, step, coords, s, double in rows:
        line = LineString(coords)
        width = round(s.width + float(np.mean(s.left + s.right) - s.width) * 0.5, 2)
        walks = (3.5, 3.5) if route.rank == "N" else (2.5, 2.5) if s.width >= 14 else (2.0, 0) if s.width >= 9 else (1.5, 0) if s.width >= 7.5 and rng.random() < 0.5 else (0, 0)
        carriage = round(max(width - sum(walks) - (0.8 if width > 3.5 else 0.2), 1.5), 2)
        paved = s.ledger.setdefault("surface", surface_kind(route, width, rng))
        improved = "1" if width >= 4 and (route.rank in "NK12" or s.street.area in "ABCF" or rng.random() < 0.72) else "2"
        state = "4" if s.ledger.get("unopened") else str(rng.choice(["1", "2", "3"], p=[0.975, 0.015, 0.01]))
        if route.rank in "3" and not double and rng.random() < 0.008:
            state = "4"
        cars = "2" if width < 2.2 else "1"
        oneway = "0"
        if route.rank == "3" and s.street.area in "AB" and 3.5 < width < 6.5 and rng.random() < 0.07:
            oneway = str(rng.choice(["1", "2"]))
        if route.rank in "NK12":
            law = "1-1"
        elif route.rank == "P":
            law = str(rng.choice(["1-5", "43"], p=[0.9, 0.1]))
        elif route.rank == "F":
            law = str(rng.choice(["0", "1-1", "9"], p=[0.75, 0.2, 0.05]))
        elif width < 4:
            law = str(rng.choice(["2", "43", "0", "9"], p=[0.82, 0.05, 0.09, 0.04]))
        else:
            law = "1-2" if s.street.area == "B" and rng.random() < 0.7 else str(rng.choice(["1-1", "1-3", "9"], p=[0.9, 0.08, 0.02]))
        bridge = None
        if line.intersects(river) and route.rank in "NK12":
            bridge = bridges.get(s.street.number, "無名橋")
        elif s.street.number == "N0099" and line.intersects(rail):
            bridge = "若葉野跨線橋"
        elif any(line.crosses(b) for b in town.ground.brooks.values()) and route.rank in "NK12":
            bridge = f"{town.district_at(coords[len(coords) // 2]).town}橋"
        row = [route.number, f"{step:03d}", route.name, route.grade, route.kind, round(line.length, 1), width, carriage, walks[0] or None, walks[1] or None,
               4 if route.rank == "N" else 2 if carriage >= 5.4 else 1, paved, improved, state, cars, oneway, law, ",".join(sheets_of(line)[:3]), bridge,
               int(rng.poisson(1.2)) if s.street.area in "ABC" else None, int(rng.integers(1996, 2026)) if rng.random() < 0.5 else None, route.nickname]
        # The ledger rounds the metres; the sums of the routes are taken from these rows.
        s.ledger.update(width=width, bridge=bridge)
        route.__dict__.setdefault("rows", []).append((row, double, s))
        shapes.append(line)
        table.append(row)
    town.section_rows = rows
    for row, (route, *_rest) in zip(table, rows):
        row[3] = route.grade
    dirty_sections(shapes, table, rng)
    fields = [("路線番号", "C", 5, 0), ("区間番号", "C", 3, 0), ("路線名", "C", 30, 0), ("級別", "C", 1, 0), ("種別", "C", 1, 0), ("延長", "N", 6, 1), ("幅員", "N", 5, 2),
              ("車道幅員", "N", 5, 2), ("歩道左", "N", 4, 1), ("歩道右", "N", 4, 1), ("車線数", "N", 1, 0), ("路面", "C", 1, 0), ("改良", "C", 1, 0), ("現況", "C", 1, 0),
              ("自動車交通", "C", 1, 0), ("一方通行", "C", 1, 0), ("建基法種別", "C", 3, 0), ("図郭番号", "C", 26, 0), ("橋名", "C", 16, 0), ("占用件数", "N", 3, 0), ("修繕年度", "N", 4, 0), ("愛称", "C", 20, 0)]
    formats.write_shapefile(folder / "road_sections", "line", shapes, fields, table, plane, 6677)
    d.declare(
        folder, "道路台帳 区間", "Road ledger: sections", "道路", "道路管理課", "line", {"files": ["road_sections.shp"], "encoding": "CP932", "crs": "EPSG:6677"},
        ["路線番号", "区間番号"], "路線名",
        [d.text("路線番号", "Route", pattern="[0-9]{5}|[NKP][0-9]{4}", pad=5), d.text("区間番号", "Section", pattern="[0-9]{3}"), d.text("路線名", "Route name"),
         d.text("級別", "Grade", codes=GRADES), d.text("種別", "Kind", codes=KINDS), d.real("延長", "Length", unit="m"), d.real("幅員", "Width", unit="m"),
         d.real("車道幅員", "Carriageway width", unit="m"), d.real("歩道左", "Pavement left", unit="m"), d.real("歩道右", "Pavement right", unit="m"), d.integer("車線数", "Lanes"),
         d.text("路面", "Surface", codes=d.codes(_1="アスファルト|asphalt", _2="コンクリート|concrete", _3="簡易舗装|light paving", _4="砂利|gravel")),
         d.text("改良", "Improved", codes=d.codes(_1="改良済|improved", _2="未改良|not improved")),
         d.text("現況", "Status", codes=d.codes(_1="現道|current", _2="旧道|old road", _3="新道|new road", _4="未供用|not open")),
         d.text("自動車交通", "Motor traffic", source=["自動車交通", "自動車交"], codes=d.codes(_1="可|possible", _2="不能|impossible")),
         d.text("一方通行", "One way", codes=d.codes(_0="なし|no", _1="順|forward", _2="逆|backward")),
         d.text("建基法種別", "Building code class", source=["建基法種別", "建基法種"], codes=d.meanings(LAWS)), d.text("図郭番号", "Sheets"), d.text("橋名", "Bridge"),
         d.integer("占用件数", "Occupancies", "staff", unit="件"), d.integer("修繕年度", "Repaired in fiscal year", "staff"), d.text("愛称", "Popular name")],
        relates={"路線番号": "road_routes"},
    )


def dirty_sections(shapes, table, rng):
    """Repeated vertices (2), a spike (1), ends that miss (4), route numbers without their zeros (5)."""
    long = [i for i, line in enumerate(shapes) if line.length > 60 and table[i][4] == "3"]
    pick = list(rng.choice(long, 7, replace=False))
    for i in pick[:2]:
        c = list(shapes[i].coords)
        shapes[i] = LineString(c[:2] + [c[1]] + c[2:])
    c = list(shapes[pick[2]].coords)
    middle = len(c) // 2
    shapes[pick[2]] = LineString(c[:middle] + [c[middle], (c[middle][0] + 9.0, c[middle][1] + 14.0), c[middle]] + c[middle + 1:])
    for i, miss in zip(pick[3:7], (0.05, 0.12, 0.25, 0.4)):
        c = [list(p) for p in shapes[i].coords]
        c[-1][0] += miss * 0.8
        c[-1][1] -= miss * 0.6
        shapes[i] = LineString(c)
    graded = [i for i, row in enumerate(table) if row[0].startswith("00")]
    for i in rng.choice(graded, 5, replace=False):
        table[i][0] = table[i][0].lstrip("0")


def write_routes(town, folder):
    """The ledger sheet of every route; each sum is taken from the rounded parts, so that it holds."""
    rng = stream("route ledger")
    rail = town.ground.railway
    header = ("路線番号,路線名,愛称,種別,級別,起点,終点,主要経過地,認定年月日,認定告示番号,区域決定年月日,供用開始年月日,廃止年月日,総延長,重用延長,未供用延長,実延長,改良済延長,未改良延長,"
              "舗装済延長,未舗装延長,最大幅員,最小幅員,平均幅員,道路部面積,敷地面積,最小曲線半径,最急縦断勾配,改良19.5以上,改良13.0以上,改良5.5以上,改良5.5未満,未改良5.5以上,未改良3.5以上,未改良3.5未満,"
              "うち自動車交通不能,橋数,橋延長,トンネル数,鉄道交差数平面,鉄道交差数立体,歩道延長,渡船").split(",")
    out = []
    for number in sorted(town.routes):
        route = town.routes[number]
        tenths = defaultdict(int)
        widths, spans, area = [], [], 0.0
        for row, double, s in route.rows:
            length = round(row[5] * 10)
            tenths["total"] += length
            if double:
                tenths["shared"] += length
                continue
            if row[13] == "4":
                tenths["closed"] += length
                continue
            tenths["real"] += length
            better = row[12] == "1"
            tenths["improved" if better else "rough"] += length
            tenths["paved" if row[11] != "4" else "gravel"] += length
            width = row[6]
            if better:
                tenths["i19" if width >= 19.5 else "i13" if width >= 13 else "i5" if width >= 5.5 else "i0"] += length
            else:
                tenths["r5" if width >= 5.5 else "r3" if width >= 3.5 else "r0"] += length
                if row[14] == "2":
                    tenths["nocar"] += length
            if row[8]:
                tenths["walk"] += length
            widths += [round(float(w), 2) for w in (s.left + s.right)]
            area += row[5] * width
            if row[18]:
                crossing = s.line.intersection(town.ground.river).length
                spans.append(round(crossing + 6, 1) if crossing > 1 else 8.4)
        level = sum(1 for _, double, s in route.rows if not double and s.line.intersects(rail) and number in ("K0045", "K0068")) and 1 or 0
        above = 1 if number in ("N0099", "00102") else 0
        m = lambda name: f"{tenths[name] / 10:.1f}"
        first, last = route.rows[0][2], route.rows[-1][2]
        start = place_name(town, first.coords[0], rng)
        stop = place_name(town, last.coords[-1], rng)
        via = place_name(town, route.rows[len(route.rows) // 2][2].coords[0], rng) if len(route.rows) > 3 else None
        year = {"A": 1958, "B": 1978, "C": 2004, "D": 1985, "E": 1958, "F": 1991}.get(first.street.area, 1962) + int(rng.integers(0, 8))
        city = route.kind == "3"
        when = lambda add: f"{year + add}-{int(rng.integers(1, 13)):02d}-{int(rng.integers(1, 29)):02d}"
        if not widths:
            widths = [round(s.width, 2) for _, _, s in route.rows]
        out.append([number, route.name, route.nickname, route.kind, route.grade, start, stop, via, when(0) if city else None, f"第{int(rng.integers(1, 98))}号" if city else None,
                    when(1) if city else None, when(2) if city else None, None, m("total"), m("shared"), m("closed"), m("real"), m("improved"), m("rough"), m("paved"), m("gravel"),
                    f"{max(widths):.2f}", f"{min(widths):.2f}", f"{sum(widths) / len(widths):.2f}", f"{area:.1f}", f"{area * rng.uniform(1.0, 1.06):.1f}",
                    f"{rng.uniform(9, 300):.0f}" if len(first.coords) > 3 else None, f"{rng.uniform(0.3, 9.5):.1f}", m("i19"), m("i13"), m("i5"), m("i0"), m("r5"), m("r3"), m("r0"), m("nocar"),
                    len(spans), f"{sum(spans):.1f}", 0, level, above, m("walk"), 0])
    formats.write_csv(folder / "road_routes.csv", header, out, "cp932")
    metres = lambda name, english: d.real(name, english, unit="m")
    plain = [d.text("路線番号", "Route", pattern="[0-9]{5}|[NKP][0-9]{4}"), d.text("路線名", "Route name"), d.text("愛称", "Popular name"), d.text("種別", "Kind", codes=KINDS), d.text("級別", "Grade", codes=GRADES),
             d.text("起点", "Start"), d.text("終点", "End"), d.text("主要経過地", "By way of"), d.date("認定年月日", "Recognised on"), d.text("認定告示番号", "Notification"),
             d.date("区域決定年月日", "Area fixed on"), d.date("供用開始年月日", "Opened on"), d.date("廃止年月日", "Abolished on")]
    english = dict(総延長="Total length", 重用延長="Shared length", 未供用延長="Unopened length", 実延長="Real length", 改良済延長="Improved", 未改良延長="Not improved", 舗装済延長="Paved", 未舗装延長="Unpaved",
                   最大幅員="Greatest width", 最小幅員="Least width", 平均幅員="Mean width", 最小曲線半径="Least radius", 橋延長="Bridge length", 歩道延長="Pavement length", 渡船="Ferries",
                   うち自動車交通不能="Of these closed to cars")
    for name in header[13:]:
        if name in ("道路部面積", "敷地面積"):
            plain.append(d.real(name, {"道路部面積": "Road area", "敷地面積": "Site area"}[name], unit="㎡"))
        elif name == "最急縦断勾配":
            plain.append(d.real(name, "Steepest gradient", unit="%"))
        elif name in ("橋数", "トンネル数", "鉄道交差数平面", "鉄道交差数立体"):
            plain.append(d.integer(name, {"橋数": "Bridges", "トンネル数": "Tunnels", "鉄道交差数平面": "Level crossings", "鉄道交差数立体": "Grade-separated rail crossings"}[name]))
        else:
            title = english.get(name) or name.replace("未改良", "Not improved, ").replace("改良", "Improved, ").replace("以上", " m and wider").replace("未満", " m and below")
            plain.append(metres(name, title))
    d.declare(folder, "道路台帳 路線", "Road ledger: routes", "道路", "道路管理課", "none", {"files": ["road_routes.csv"], "encoding": "CP932"}, "路線番号", "路線名", plain)


def curve_at_corners(lines, limit_angle=0.6):
    """Break a line where it bends sharply."""
    out = []
    for line in lines:
        coords = np.asarray(line.coords)
        start = 0
        for i in range(1, len(coords) - 1):
            a, b = coords[i] - coords[i - 1], coords[i + 1] - coords[i]
            bend = abs(np.arctan2(a[0] * b[1] - a[1] * b[0], np.dot(a, b)))
            if bend > limit_angle:
                out.append(coords[start:i + 1])
                start = i
        out.append(coords[start:])
    return [LineString(c) for c in out if len(c) > 1]


def write_edges(town, folder):
    rng = stream("edges")
    boundary = town.surface.polygon.boundary
    inside = boundary.intersection(town.city.buffer(-1))
    fixed = 650
    spans = town.ground.river.buffer(9)
    drawn = lines_of(shapely.line_merge(inside.difference(spans))) + lines_of(shapely.line_merge(inside.intersection(spans)))
    runs = [[p.simplify(0.04) for p in curve_at_corners([line], 0.45) if p.length > 0.4] for line in drawn]
    surplus = sum(len(run) for run in runs) - (TARGET_EDGES - fixed)
    corners = [(k, i) for k, run in enumerate(runs) for i in range(1, len(run) - 1) if run[i].length < 5.2]
    whole = set()
    for n in rng.permutation(len(corners)):
        if surplus <= 0:
            break
        k, i = corners[n]
        # Two pieces fewer where an edge was drawn around its corner in one go.
        if (k, i - 1) not in whole and (k, i + 1) not in whole:
            whole.add((k, i))
            surplus -= 2
    pieces = []
    for k, run in enumerate(runs):
        joined = []
        glue = False
        for i, piece in enumerate(run):
            coords = np.asarray(piece.coords)
            if joined and (glue or (k, i) in whole):
                joined[-1] = np.vstack([joined[-1], coords[1:]])
            else:
                joined.append(coords)
            glue = (k, i) in whole
        pieces += [LineString(c) for c in joined]
    cuts = [p for p in pieces if p.length < 5.2]
    edges = [p for p in pieces if p.length >= 5.2]
    bridge = shapely.union_all([s.line.buffer(s.width) for s in town.graph.sections if s.ledger.get("bridge")]).intersection(town.ground.river.buffer(9))
    rows = [("5" if p.intersects(bridge) and p.intersection(bridge).length > 0.4 * p.length else "1", p) for p in edges]
    rows += [("7", p) for p in cuts]
    wide = [s for s in town.graph.sections if s.street.rank == "N" and s.length > 30]
    for s in wide:
        rows.append(("4", s.line.simplify(0.1)))
    for s in town.graph.sections:
        if s.width >= 9 and s.street.rank in "NK12" and s.length > 25:
            offset = {"N": 3.5}.get(s.street.rank, 2.5 if s.width >= 14 else 2.0)
            for sign in (1, -1) if s.width >= 14 else (1,):
                walk = shapely.offset_curve(substring(s.line, 6, s.length - 6), sign * (s.width / 2 - offset))
                if walk.geom_type == "LineString" and not walk.is_empty:
                    rows.append(("2", walk.simplify(0.1)))
    spare = [s for s in town.graph.sections if s.street.area in "BCD" and 4 <= s.width < 8 and s.length > 40]
    order = rng.permutation(len(spare))
    k = 0
    while len(rows) < TARGET_EDGES - 6 and k < len(order) * 2:
        s = spare[order[k % len(order)]]
        gutter = shapely.offset_curve(substring(s.line, 5, s.length - 5), (s.width / 2 - 0.35) * (1 if k < len(order) else -1))
        k += 1
        if gutter.geom_type == "LineString" and not gutter.is_empty:
            rows.append(("3", gutter.simplify(0.05)))
    steps = [s for s in town.graph.sections if s.street.area == "E" and s.width < 2.8]
    for s in steps[:6]:
        rows.append(("6", substring(s.line, s.length / 2 - 3, s.length / 2 + 3)))
    # Over the count: the shortest corner cuts are drawn as part of the edge elsewhere, so they go.
    while len(rows) > TARGET_EDGES:
        small = [i for i, (kind, p) in enumerate(rows) if kind == "7"] or range(len(rows))
        rows.pop(min(small, key=lambda i: rows[i][1].length))
    rows.sort(key=lambda r: (-round(r[1].centroid.y / 300), r[1].centroid.x))
    table = [[kind, 500 if town.lots.quarter_of(p.buffer(1)) in "ABCDF" else 2500, f"{int(rng.choice([2006, 2014, 2019, 2023]))}{int(rng.integers(1, 13)):02d}"] for kind, p in rows]
    formats.write_shapefile(folder / "road_edges", "line", [p for _, p in rows], [("種別", "C", 1, 0), ("レベル", "N", 4, 0), ("取得年月", "C", 6, 0)], table, plane, 6677)
    d.declare(
        folder, "道路縁", "Road edges", "道路", "道路管理課", "line", {"files": ["road_edges.shp"], "encoding": "CP932", "crs": "EPSG:6677"}, "machizu:content", "種別",
        [d.text("種別", "Class", codes=d.codes(_1="道路縁|road edge", _2="歩道縁|pavement edge", _3="側溝|gutter", _4="分離帯|median", _5="橋|bridge", _6="石段|steps", _7="隅切り|corner cut")),
         d.integer("地図情報レベル", "Map information level", source=["地図情報レベル", "レベル"]), d.text("取得年月", "Surveyed in")],
    )


def write_widths(town, folder):
    rng = stream("width lines")
    marks = []
    for route, step, coords, s, double in town.section_rows:
        if double or s.street.rank == "F" and rng.random() < 0.4:
            continue
        line = LineString(coords)
        gap = rng.uniform(40, 60)
        at = rng.uniform(6, 20)
        while at < line.length - 4:
            marks.append((route, line, s, at))
            at += gap * rng.uniform(0.85, 1.15)
    if len(marks) > TARGET_WIDTHS:
        keep = sorted(rng.choice(len(marks), TARGET_WIDTHS, replace=False))
        marks = [marks[i] for i in keep]
    while len(marks) < TARGET_WIDTHS:
        route, line, s, at = marks[int(rng.integers(len(marks)))]
        other = (at + 23.0) % line.length
        if 3 < other < line.length - 3:
            marks.append((route, line, s, other))
    shapes, rows = [], []
    for route, line, s, at in marks:
        p, q = (np.asarray(line.interpolate(at + e).coords[0]) for e in (-0.5, 0.5))
        normal = np.array([-(q - p)[1], (q - p)[0]]) / max(np.hypot(*(q - p)), 1e-9)
        middle = (p + q) / 2
        share = at / line.length
        index = np.linspace(0, 1, len(s.left))
        half = [float(np.interp(share, index, side)) for side in (s.left, s.right)]
        left, right = middle + normal * half[0], middle - normal * half[1]
        width = round(sum(half) + float(rng.normal(0, 0.03)), 2)
        if rng.random() < 0.006:
            width = round(width + float(rng.choice([-0.9, 0.9, 1.5])), 2)
        carriage = round(max(width - (0.8 if width > 3.6 else 0.3) - (5 if s.width >= 14 else 2 if s.width >= 9 else 0), 1.2), 2)
        shapes.append(LineString([left, right]))
        rows.append([width, carriage, f"{width:.2f}({carriage:.2f})", f"No.{int(at // 20)}+{at % 20:.1f}", route.number, f"{int(rng.choice([2006, 2014, 2019, 2023]))}{int(rng.integers(1, 13)):02d}"])
    fields = [("幅員", "N", 5, 2), ("車道幅員", "N", 5, 2), ("表示", "C", 12, 0), ("測点", "C", 11, 0), ("路線番号", "C", 5, 0), ("測定年月", "C", 6, 0)]
    formats.write_shapefile(folder / "road_widths", "line", shapes, fields, rows, plane, 6677)
    d.declare(
        folder, "幅員", "Road widths", "道路", "道路管理課", "line", {"files": ["road_widths.shp"], "encoding": "CP932", "crs": "EPSG:6677"}, "machizu:content", "表示",
        [d.real("幅員", "Width", unit="m"), d.real("車道幅員", "Carriageway width", unit="m"), d.text("表示", "Label"), d.text("測点", "Station"), d.text("路線番号", "Route"), d.text("測定年月", "Measured in")],
        relates={"路線番号": "road_routes"},
    )


def sheet_boxes(town):
    boxes = []
    for row in range(16):
        for column in range(16):
            x, y = column * SHEET_EAST, HEIGHT - (row + 1) * SHEET_NORTH
            box = shapely.box(x, y, x + SHEET_EAST, y + SHEET_NORTH)
            boxes.append((box.intersection(town.city).area, sheet_number((x + 1, y + SHEET_NORTH - 1)), box))
    boxes.sort(key=lambda b: -b[0])
    return sorted(boxes[:TARGET_SHEETS], key=lambda b: b[1])


def write_sheets(town, folder):
    from .scans import draw_scan

    rng = stream("sheets")
    boxes = sheet_boxes(town)
    wanted = [(2900, 3050), (1700, 3350), (3700, 2850), (2700, 1250)]
    scanned = {next(number for _, number, box in boxes if box.contains(Point(w))): None for w in wanted}
    rows = []
    for n, (_, number, box) in enumerate(boxes, 1):
        routes = sorted({s.ledger["route"] for s in town.graph.sections if s.line.intersects(box)})
        listed = []
        for r in routes:
            if len(",".join([*listed, r])) > 200:
                break
            listed.append(r)
        image = width = height = dpi = None
        if number in scanned:
            image, dpi = f"scans/{number}.png", 200
            width, height = draw_scan(town, folder / "scans", number, box, rng)
        rows.append([number, f"道-{n + 36}", 500, f"{int(rng.integers(1974, 1992))}{int(rng.integers(1, 13)):02d}", int(rng.integers(1998, 2025)) if rng.random() < 0.6 else None, image, width, height, dpi, ",".join(listed) or None])
    fields = [("図郭番号", "C", 8, 0), ("旧図面番号", "C", 8, 0), ("縮尺", "N", 4, 0), ("調製年月", "C", 6, 0), ("修正年度", "N", 4, 0), ("画像", "C", 20, 0), ("画像幅", "N", 5, 0), ("画像高", "N", 5, 0), ("解像度", "N", 4, 0), ("路線一覧", "C", 200, 0)]
    formats.write_shapefile(folder / "road_sheets", "polygon", [b for _, _, b in boxes], fields, rows, plane, 6677)
    d.declare(
        folder, "道路台帳図 図郭", "Road ledger sheets", "道路", "道路管理課", "polygon", {"files": ["road_sheets.shp"], "encoding": "CP932", "crs": "EPSG:6677"}, "図郭番号", "図郭番号",
        [d.text("図郭番号", "Sheet", pattern="09MG[0-9]{4}"), d.text("旧図面番号", "Old sheet number"), d.integer("縮尺", "Scale"), d.text("調製年月", "Made in"), d.integer("修正年度", "Corrected in fiscal year"),
         d.text("画像", "Scan"), d.integer("画像幅", "Scan width", unit="px"), d.integer("画像高", "Scan height", unit="px"), d.integer("解像度", "Resolution", unit="dpi"),
         d.text("路線番号一覧", "Routes on the sheet", source=["路線番号一覧", "路線一覧"])],
    )
