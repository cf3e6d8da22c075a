"""Sewers: a tree of pipes that runs down to the treatment plant, and storm drains to the river."""

import copy
import heapq
from collections import defaultdict

import numpy as np
import shapely
from shapely import LineString, Point
from shapely.ops import nearest_points

from . import declare as d
from . import formats
from .network import Section, Street
from .places import plane, stream
from .streetpoints import side_of

TARGET_PIPES, TARGET_MANHOLES, FOUL_SHARE = 2700, 2680, 0.71
SIZES = [150, 200, 250, 300, 350, 400, 500, 600, 800]
PLANT = (5760, 1790)


class Manhole:
    def __init__(self, at, ground, storm):
        self.at, self.ground, self.storm = at, ground, storm
        self.number, self.invert, self.pipes = None, None, []


class Pipe:
    def __init__(self, up, down, storm, trunk=None):
        self.up, self.down, self.storm, self.trunk = up, down, storm, trunk
        self.size, self.top, self.bottom, self.load = 200, 0.0, 0.0, 0


def along_section(section, forward, offset, longest):
    """Places of the manholes along a section: its bends, and at most `longest` metres apart."""
    line = section.line if forward else LineString(section.coords[::-1])
    bends = np.asarray(line.simplify(1.1).coords)
    spots = [bends[0]]
    for a, b in zip(bends[:-1], bends[1:]):
        count = max(1, int(np.ceil(np.hypot(*(b - a)) / longest)))
        spots += [a + (b - a) * k / count for k in range(1, count + 1)]
    spots = np.array(spots)
    keep = [0]
    for i in range(1, len(spots) - 1):
        if np.hypot(*(spots[i] - spots[keep[-1]])) > 9 and np.hypot(*(spots[i] - spots[-1])) > 9:
            keep.append(i)
    keep.append(len(spots) - 1)
    spots = spots[keep]
    direction = np.gradient(spots, axis=0) if len(spots) > 2 else np.repeat(np.diff(spots, axis=0), 2, axis=0)
    direction /= np.maximum(np.hypot(*direction.T), 1e-9)[:, None]
    return spots + np.column_stack([-direction[:, 1], direction[:, 0]]) * offset


def tree_sections(town, graph, root):
    """Sections with their downstream end, leaves first; a metre of climb costs as much as 260 m of pipe."""
    height = town.ground.street_height(graph.nodes)

    def cost(section, upper, lower):
        if section.street.rank == "F" and section.width < 3.5:
            return None
        along = town.ground.street_height(section.coords)
        top = max(0.0, float(along.max()) - height[upper] - 2.5) + max(0.0, height[lower] - height[upper])
        return section.length + 260 * top

    reached = graph.downstream(root, cost)
    order = sorted((n for n in reached if reached[n][1] is not None), key=lambda n: (-reached[n][0], n))
    return [(reached[n][1], n, reached[n][2]) for n in order]


def build_network(town, graph, branches, storm, offset, longest):
    """Manholes at the nodes and bends of the branches; pipes between them, downstream."""
    manholes, pipes, at_node = [], [], {}

    def manhole(point, node=None):
        if node is not None and node in at_node:
            return at_node[node]
        m = Manhole(np.asarray(point), float(town.ground.street_height(point)[0]), storm)
        manholes.append(m)
        if node is not None:
            at_node[node] = m
        return m

    for number, upper, lower in branches:
        s = graph.sections[number]
        forward = s.a == upper
        spots = along_section(s, forward, offset, longest)
        previous = manhole(spots[0], upper)
        for k, spot in enumerate(spots[1:], 1):
            current = manhole(spot, lower if k == len(spots) - 1 else None)
            if np.hypot(*(current.at - previous.at)) > 76:
                middle = manhole((current.at + previous.at) / 2)
                pipes.append(Pipe(previous, middle, storm, s.street.name or None))
                previous = middle
            pipes.append(Pipe(previous, current, storm, s.street.name or None))
            previous = current
    return manholes, pipes, at_node


def size_pipes(pipes):
    """Loads add up downstream, so that no pipe is smaller than one above it."""
    into = defaultdict(list)
    for p in pipes:
        into[id(p.down)].append(p)
    done = {}

    def load(pipe):
        stack = [pipe]
        while stack:
            p = stack[-1]
            waiting = [q for q in into[id(p.up)] if id(q) not in done]
            if waiting:
                stack += waiting
                continue
            done[id(p)] = 1 + sum(done[id(q)] for q in into[id(p.up)])
            stack.pop()
        return done[id(pipe)]

    for p in pipes:
        p.load = load(p)
        steps = [14, 60, 130, 230, 380, 620, 1000, 1500] if not p.storm else [1, 3, 8, 16, 30, 50, 90, 160]
        index = int(np.searchsorted(steps, p.load, side="right"))
        p.size = SIZES[min(index, 8)] if not p.storm else SIZES[min(index + 2, 8)]


def lay_levels(pipes, rng):
    """Inverts from the outfall upward: gentle trunks, 1.2 to 30 ‰, drops at side pipes and on slopes, cover 1.0 to 5.8 m.

    The manholes' ground follows the pipes where the streets were cut or banked for them.
    """
    outgoing = {}
    for p in sorted(pipes, key=lambda p: -p.load):
        length = float(np.hypot(*(p.down.at - p.up.at)))
        bore = p.size / 1000
        least = (0.0012 if p.size >= 300 else 0.0024) * length
        below = outgoing.get(id(p.down))
        base = below.top + 0.02 if below is not None else p.down.ground - (2.0 if p.storm else 5.2) - bore
        shallow = p.down.ground - rng.uniform(1.3, 2.6) - bore
        side = below is not None and p.load < 0.5 * below.load
        steep = p.up.ground - 4.6 - bore - base - 0.0299 * length
        drop = float(np.clip(max(shallow - base if side else 0.0, steep), 0, 3.6))
        p.bottom = round(min(base + drop, max(base, p.down.ground - 1.05 - bore)), 3)
        wanted = float(np.clip(p.bottom + 1.3 * least, p.up.ground - 4.7 - bore, max(p.up.ground - 1.35 - bore, p.up.ground - 4.7 - bore)))
        p.top = round(p.bottom + float(np.clip(wanted - p.bottom, least, 0.0299 * length)), 3)
        p.up.ground = float(np.clip(p.up.ground, p.top + bore + 1.02, p.top + bore + 5.7))
        outgoing.setdefault(id(p.up), p)


def with_rail_crossings(town):
    """The street graph with pipes jacked under the railway where streets end on both sides of it."""
    graph = copy.copy(town.graph)
    graph.sections = list(graph.sections)
    rail = town.ground.railway
    ends = sorted(n for n in graph.at if len(graph.at[n]) == 1 and rail.distance(Point(graph.nodes[n])) < 20)
    side = {n: side_of(rail, Point(graph.nodes[n])) > 0 for n in ends}
    street = Street(None, "3", 4.0, "D")
    for i, a in enumerate(ends):
        for b in ends[i + 1:]:
            if side[a] != side[b] and np.hypot(*(np.subtract(graph.nodes[a], graph.nodes[b]))) < 45:
                graph.sections.append(Section(a, b, np.array([graph.nodes[a], graph.nodes[b]]), street, 4.0))
    graph.index()
    return graph


def make(town):
    graph = with_rail_crossings(town)
    nodes = np.array(graph.nodes)
    streets = [n for n in graph.at if any(graph.sections[i].street.rank != "F" for i in graph.at[n])]
    root = int(min(streets, key=lambda n: np.hypot(*(nodes[n] - PLANT))))
    quarter = [s.street.area if s.street.area in ("A", "B", "C", "D", "E", "F") else town.lots.quarter_of(s.line.buffer(10)) for s in graph.sections]
    sewered = {i for i, (s, q) in enumerate(zip(graph.sections, quarter)) if q in "ABCD" and s.street.rank != "F" and s.width >= 2.5}
    branches = tree_sections(town, graph, root)
    parent = {upper: (number, lower) for number, upper, lower in branches}
    wanted = set()
    for i in sorted(sewered):
        for node in (graph.sections[i].a, graph.sections[i].b):
            while node in parent and node not in wanted:
                wanted.add(node)
                node = parent[node][1]
    foul = [(number, upper, lower) for number, upper, lower in branches if upper in wanted]
    target = round(TARGET_PIPES * FOUL_SHARE)
    for longest in np.arange(74.0, 34.0, -1.0):
        manholes, pipes, _ = build_network(town, graph, foul, False, 0.7, longest)
        if len(pipes) >= target:
            break
    while len(pipes) > target:
        # Leaves farthest out are left unsewered.
        fed = {id(p.down) for p in pipes}
        leaves = [p for p in pipes if id(p.up) not in fed]
        leaf = max(leaves, key=lambda p: np.hypot(*(p.up.at - PLANT)))
        pipes.remove(leaf)
        manholes.remove(leaf.up)
    storm_manholes, storm_pipes = storm(town, graph, sewered, TARGET_PIPES - len(pipes))
    return manholes, pipes, storm_manholes, storm_pipes


def storm(town, graph, sewered, count):
    """Drains of A, B, C and part of D: short trees that end in the river or a brook without a manhole."""
    nodes = np.array(graph.nodes)
    water = shapely.union_all([town.ground.river, *town.ground.brooks.values()])
    allowed = {id(graph.sections[i]) for i in sewered if graph.sections[i].width >= 4 and graph.sections[i].street.rank != "P"}
    near = [n for n in graph.at if any(id(graph.sections[i]) in allowed for i in graph.at[n])]
    outlets = sorted(near, key=lambda n: (water.distance(Point(nodes[n])), n))
    roots = []
    for n in outlets:
        if all(np.hypot(*(nodes[n] - nodes[r])) > 210 for r in roots):
            roots.append(n)
        if len(roots) == 21:
            break
    height = town.ground.street_height(graph.nodes)
    owner, order = {}, []
    queue = [(0.0, r, r, None) for r in roots]
    heapq.heapify(queue)
    while queue:
        distance, node, root, via = heapq.heappop(queue)
        if node in owner:
            continue
        owner[node] = root
        if via is not None:
            order.append((distance, via[0], node, via[1]))
        for i in graph.at[node]:
            s = graph.sections[i]
            if id(s) not in allowed:
                continue
            other = s.b if s.a == node else s.a
            if other not in owner:
                heapq.heappush(queue, (distance + s.length + 4 * max(0, height[node] - height[other]), other, root, (i, node)))
    order.sort()
    total, chosen = len(roots), []
    for distance, number, upper, lower in order:
        pieces = len(along_section(graph.sections[number], True, -0.8, 60)) - 1
        chosen.append((number, upper, lower))
        total += pieces
        if total >= count + 30:
            break
    manholes, pipes, at_node = build_network(town, graph, chosen[::-1], True, -0.8, 60)
    for r in roots:
        if r not in at_node:
            continue
        m = at_node[r]
        spot = np.asarray(nearest_points(water, Point(m.at))[0].coords[0])
        gap, steps = spot - m.at, max(1, int(np.ceil(np.hypot(*(spot - m.at)) / 58)))
        start = m
        for k in range(1, steps + 1):
            at = m.at + gap * k / steps
            after = Manhole(at, float(town.ground.street_height(at)[0]), True)
            if k == steps:
                after.number = ""
            else:
                manholes.append(after)
            pipes.append(Pipe(start, after, True))
            start = after
    while len(pipes) > count:
        fed = {id(p.down) for p in pipes}
        leaf = next(p for p in pipes if id(p.up) not in fed and p.down.number != "")
        pipes.remove(leaf)
        manholes.remove(leaf.up)
    return manholes, pipes


def write(town, pipe_folder, manhole_folder):
    rng = stream("sewer ledger")
    foul_m, foul_p, storm_m, storm_p = make(town)
    size_pipes(foul_p + storm_p)
    lay_levels(foul_p, rng)
    lay_levels(storm_p, rng)
    manholes, pipes = foul_m + storm_m, foul_p + storm_p
    for p in pipes:
        p.up.pipes.append(p)
        p.down.pipes.append(p)
    # Overflow links: from a foul manhole to a lower one across the street corner.
    balance_counts(manholes, pipes, foul_p, storm_p)
    zone = lambda point: {"A": 1, "B": 2, "C": 3, "D": 4}.get(town.lots.quarter_of(Point(point).buffer(12)), 5)
    serial = defaultdict(int)
    for m in sorted(manholes, key=lambda m: (zone(m.at), m.storm, -round(m.at[1] / 200), m.at[0])):
        z = zone(m.at)
        serial[z] += 1
        m.number = f"{z:02d}-{serial[z]:04d}"
    names = {1: "駅前処理分区", 2: "緑が丘処理分区", 3: "中央処理分区", 4: "南台処理分区", 5: "若葉川幹線処理分区"}
    serial = defaultdict(int)
    rows, shapes = [], []
    pumped = sorted((p for p in pipes if not p.storm and p.load > 25 and np.hypot(*(p.down.at - p.up.at)) > 30), key=lambda p: p.up.ground - p.down.ground)[:3]
    year_of = {1: 1974, 2: 1977, 3: 2003, 4: 1994, 5: 1979}
    for p in sorted(pipes, key=lambda p: p.up.number):
        z = int(p.up.number[:2])
        serial[z] += 1
        year = year_of[z] + int(rng.integers(0, 9))
        line = LineString([p.up.at, p.down.at])
        length = round(line.length, 2)
        if p in pumped:
            p.top, p.bottom = round(p.up.ground - 5.2, 3), round(p.down.ground - 1.6, 3)
        size = p.size
        kind = "DIP" if p in pumped else str(rng.choice(["VU", "VP", "PRP"], p=[0.8, 0.1, 0.1])) if size <= 350 and not (p.storm and year < 1990) else "HP" if year >= 1976 else "CP"
        box = p.storm and size >= 800 and rng.random() < 0.6
        slope = round((p.top - p.bottom) / max(length, 0.1) * 1000, 1)
        trunk = "若葉川幹線" if p.load > 380 and not p.storm else "緑が丘幹線" if p.load > 230 and z == 2 else "南台幹線" if p.load > 130 and z == 4 else None
        renewed = str(rng.choice(["反転工法", "製管工法"])) if year < 1982 and rng.random() < 0.06 else None
        rows.append([f"{z:02d}-{serial[z]:04d}", p.up.number, p.down.number or None, names[z], trunk, "2" if p.storm else "1", "2" if box else "1", size, 1.0 if box else None, 0.8 if box else None, "BOX" if box else kind,
                     length, slope, p.top, p.bottom, round(p.up.ground - p.top - size / 1000, 2), round(p.down.ground - p.bottom - size / 1000, 2), year, f"{year % 100:02d}-{int(rng.integers(1, 60)):03d}", renewed,
                     int(rng.integers(2014, 2026)) if rng.random() < 0.35 else None, str(rng.choice(["Ⅰ", "Ⅱ", "Ⅲ"], p=[0.04, 0.16, 0.8])) if rng.random() < 0.35 else None,
                     "1", None, None, f"{int(rng.integers(2015, 2026))}-0{int(rng.integers(1, 10))}-1{int(rng.integers(0, 10))}", f"職員{int(rng.integers(1, 40)):02d}"])
        shapes.append(line)
    dirty_pipes(rows, shapes, rng)
    fields = [("管渠番号", "C", 7, 0), ("上流人孔", "C", 7, 0), ("下流人孔", "C", 7, 0), ("処理分区", "C", 20, 0), ("幹線名", "C", 10, 0), ("排除方式", "C", 1, 0), ("断面", "C", 1, 0), ("呼び径", "N", 4, 0), ("幅", "N", 4, 2), ("高", "N", 4, 2), ("管種", "C", 3, 0),
              ("延長", "N", 5, 2), ("勾配", "N", 6, 1), ("上流管底高", "N", 8, 3), ("下流管底高", "N", 8, 3), ("土被り上", "N", 6, 2), ("土被り下", "N", 6, 2), ("布設年度", "N", 4, 0), ("工事番号", "C", 6, 0), ("更生工法", "C", 8, 0), ("点検年度", "N", 4, 0), ("緊急度", "C", 2, 0),
              ("状態", "C", 1, 0), ("備考", "C", 20, 0), ("写真", "C", 10, 0), ("更新日", "D", 8, 0), ("更新者", "C", 6, 0)]
    formats.write_shapefile(pipe_folder / "sewer_pipes", "line", shapes, fields, rows, plane, 6677)
    urgency = d.meanings({"Ⅰ": "Ⅰ 速やかに措置|I act at once", "Ⅱ": "Ⅱ 5年以内|II within five years", "Ⅲ": "Ⅲ 5年以上|III after five years"})
    d.declare(
        pipe_folder, "下水道 管渠", "Sewer pipes", "下水道", "下水道課", "line", {"files": ["sewer_pipes.shp"], "encoding": "CP932", "crs": "EPSG:6677"}, "管渠番号", "管渠番号",
        [d.text("管渠番号", "Pipe number", pattern="[0-9]{2}-[0-9]{4}"), d.text("上流人孔", "Upper manhole"), d.text("下流人孔", "Lower manhole"), d.text("処理分区", "Treatment district"), d.text("幹線名", "Trunk"),
         d.text("排除方式", "System", codes=d.codes(_1="汚水|foul", _2="雨水|storm", _3="合流|combined")), d.text("断面", "Section", codes=d.codes(_1="円形|round", _2="矩形|box", _3="馬蹄|horseshoe")), d.integer("呼び径", "Nominal diameter", unit="mm"),
         d.real("幅", "Width", unit="m"), d.real("高", "Height", unit="m"),
         d.text("管種", "Pipe", codes=d.codes(VU="塩ビ薄肉|thin PVC", VP="塩ビ厚肉|thick PVC", HP="ヒューム管|reinforced concrete", PRP="リブ付塩ビ|ribbed PVC", CP="陶管|clay", DIP="ダクタイル鋳鉄|ductile iron", BOX="函渠|box culvert")),
         d.real("延長", "Length", unit="m"), d.real("勾配", "Gradient", unit="‰"), d.real("上流管底高", "Upper invert", unit="m", source=["上流管底高", "上流管底"]), d.real("下流管底高", "Lower invert", unit="m", source=["下流管底高", "下流管底"]),
         d.real("土被り上", "Cover above", unit="m"), d.real("土被り下", "Cover below", unit="m"), d.integer("布設年度", "Laid in fiscal year", "staff"), d.text("工事番号", "Contract", "staff"), d.text("更生工法", "Renewal", "staff"),
         d.integer("点検年度", "Inspected in fiscal year", "staff"), d.text("緊急度", "Urgency", "staff", codes=urgency), *d.common()],
        relates={"上流人孔": "sewer_manholes", "下流人孔": "sewer_manholes"},
    )
    rows = []
    ordered = sorted(manholes, key=lambda m: m.number)
    for m in ordered:
        biggest = max((p.size for p in m.pipes), default=200)
        kind = "9" if biggest >= 800 and rng.random() < 0.2 else "3" if biggest >= 600 else "2" if biggest >= 400 else "1" if biggest >= 250 or rng.random() < 0.5 else "0" if rng.random() < 0.4 else "8"
        low = min([p.top for p in m.pipes if p.up is m] + [p.bottom for p in m.pipes if p.down is m], default=m.ground - 1.4)
        z = int(m.number[:2])
        year = year_of[z] + int(rng.integers(0, 9))
        rows.append([m.number, "2" if m.storm else "1", kind, round(m.ground, 3), round(m.ground - low + (0.15 if m.storm else 0.02), 2), str(rng.choice(["T-14", "T-25"], p=[0.6, 0.4])), int(rng.integers(2005, 2026)) if rng.random() < 0.4 else year, year,
                     "1", None, None, f"{int(rng.integers(2015, 2026))}-0{int(rng.integers(1, 10))}-1{int(rng.integers(0, 10))}", f"職員{int(rng.integers(1, 40)):02d}"])
    fields = [("人孔番号", "C", 7, 0), ("排除方式", "C", 1, 0), ("種別", "C", 1, 0), ("地盤高", "N", 7, 3), ("深さ", "N", 5, 2), ("蓋", "C", 4, 0), ("蓋年度", "N", 4, 0), ("設置年度", "N", 4, 0), ("状態", "C", 1, 0), ("備考", "C", 10, 0), ("写真", "C", 10, 0), ("更新日", "D", 8, 0), ("更新者", "C", 6, 0)]
    formats.write_shapefile(manhole_folder / "sewer_manholes", "point", [m.at for m in ordered], fields, rows, plane, 6677)
    d.declare(
        manhole_folder, "下水道 マンホール", "Sewer manholes", "下水道", "下水道課", "point", {"files": ["sewer_manholes.shp"], "encoding": "CP932", "crs": "EPSG:6677"}, "人孔番号", "人孔番号",
        [d.text("人孔番号", "Manhole number", pattern="[0-9]{2}-[0-9]{4}"), d.text("排除方式", "System", codes=d.codes(_1="汚水|foul", _2="雨水|storm", _3="合流|combined")),
         d.text("種別", "Kind", codes=d.codes(_0="0号(750)|no. 0 (750)", _1="1号(900)|no. 1 (900)", _2="2号(1200)|no. 2 (1200)", _3="3号(1500)|no. 3 (1500)", _8="小口径(300)|small (300)", _9="特殊|special")),
         d.real("地盤高", "Ground height", unit="m"), d.real("深さ", "Depth", unit="m"), d.text("蓋", "Cover", codes=d.meanings({"T-14": "T-14|T-14", "T-25": "T-25|T-25"})), d.integer("蓋年度", "Cover of fiscal year", "staff"), d.integer("設置年度", "Built in fiscal year", "staff"), *d.common()],
    )
    return len(foul_p), len(storm_p), len(manholes)


def balance_counts(manholes, pipes, foul, storm):
    """Links across corners (more pipes) or manholes in the middle of long pipes (more of both) meet the counts."""
    def add_links(count):
        have = {(id(p.up), id(p.down)) for p in pipes}
        # Only where the lower manhole's pipe is as wide, so that no diameter shrinks downstream.
        onward = {id(p.up): p for p in foul}
        points = np.array([m.at for m in manholes])
        made = 0
        for i, m in enumerate(manholes):
            if made == count:
                return
            if m.storm or id(m) not in onward:
                continue
            gap = np.hypot(*(points - m.at).T)
            for j in np.argsort(gap)[1:8]:
                other = manholes[j]
                mine, theirs = onward[id(m)], onward.get(id(other))
                if other.storm or theirs is None or not 6 < gap[j] < 60 or (id(m), id(other)) in have or (id(other), id(m)) in have:
                    continue
                if theirs.load < mine.load or theirs.size < mine.size or other.ground > m.ground + 0.3 or theirs.top > mine.top - 0.1 or mine.load > 60:
                    continue
                link = Pipe(m, other, False)
                link.size, link.load = mine.size, 1
                link.top, link.bottom = round(mine.top + 0.25, 3), round(min(theirs.top + 0.1, mine.top + 0.2), 3)
                pipes.append(link)
                foul.append(link)
                m.pipes.append(link)
                other.pipes.append(link)
                have.add((id(m), id(other)))
                made += 1
                break

    excess = len(pipes) - len(manholes) - (TARGET_PIPES - TARGET_MANHOLES)
    if excess < 0:
        add_links(-excess)
    # Drop storm leaves (a pipe and a manhole each) until the count of pipes holds.
    while len(pipes) > TARGET_PIPES:
        fed = {id(p.down) for p in pipes}
        leaf = next(p for p in reversed(pipes) if p.storm and id(p.up) not in fed and p.down.number != "")
        pipes.remove(leaf)
        storm.remove(leaf)
        manholes.remove(leaf.up)
        leaf.down.pipes.remove(leaf)


def dirty_pipes(rows, shapes, rng):
    """Placeholders 999.99 and 9999.00 (21), manholes named but absent (3), lines drawn upstream (5)."""
    order = list(rng.permutation(len(rows)))
    for k in range(21):
        rows[order.pop()][13 if k % 2 else 15] = 9999.0 if k % 2 else 999.99
    small = [i for i in order if rows[i][7] <= 150]
    for k in range(3):
        i = small[k]
        order.remove(i)
        rows[i][1] = rows[i][1][:3] + f"9{k + 1:03d}"
    for _ in range(5):
        i = order.pop()
        shapes[i] = LineString(shapes[i].coords[::-1])
