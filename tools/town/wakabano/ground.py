"""The lie of the land: river, branching valleys, slopes, height, the city's outline, railway and main roads.

The town is drawn by hand as a few dozen control points; everything else follows from them.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LineString, Point, Polygon

from .places import HEIGHT, WIDTH, stream

RIVER = [(-200, 2080), (300, 2120), (800, 1960), (1300, 2060), (1850, 2230), (2400, 2160), (2900, 2000), (3400, 2080),
         (3900, 2260), (4400, 2180), (4900, 1950), (5400, 1900), (5900, 2020), (6600, 1960)]
# name, control points from the mouth upward, half width of the floor at the mouth and at the head (m)
VALLEYS = [
    ("谷津川", [(2230, 2300), (2360, 2700), (2310, 3100), (2420, 3550), (2330, 4000), (2450, 4420)], 70, 34),
    ("西谷", [(700, 2150), (620, 2600), (700, 3050), (560, 3500), (660, 3950)], 85, 30),
    ("東谷", [(4430, 2300), (4480, 2700), (4600, 3100), (4450, 3500), (4600, 3900), (4480, 4300)], 80, 32),
    ("東谷支", [(4480, 3420), (4850, 3760), (5150, 3960)], 40, 24),
    ("北谷", [(560, 3500), (850, 3760), (960, 4120)], 34, 22),
    ("川尻谷", [(6020, 2150), (5960, 2600), (6040, 3050)], 60, 28),
    ("大門川", [(1700, 2150), (1750, 1750), (1600, 1350), (1700, 900), (1550, 500), (1620, 150)], 90, 40),
    ("大門川支", [(1600, 1350), (1250, 1120), (1020, 820)], 42, 24),
    ("台下", [(3750, 2150), (3790, 1750), (3900, 1350), (3800, 950), (3960, 560)], 80, 34),
    ("台下支", [(3900, 1350), (4280, 1120), (4460, 820)], 44, 24),
    ("萱場", [(5150, 1850), (5260, 1400), (5150, 1000), (5310, 600)], 75, 30),
    ("西下", [(620, 2000), (660, 1600), (510, 1200), (620, 760)], 70, 30),
]
BROOKS = ("谷津川", "大門川")
SLOPE = 62.0
BOUNDARY = [(180, 1180), (90, 1900), (150, 2700), (60, 3300), (240, 3950), (760, 4370), (1300, 4250), (1800, 4440), (2420, 4560),
            (2960, 4380), (3480, 4560), (4100, 4480), (4700, 4400), (5250, 4330), (5680, 4080), (5900, 3560), (6230, 3160), (6180, 2560),
            (6320, 2000), (6200, 1500), (6060, 900), (5550, 520), (4900, 380), (4300, 500), (3700, 300), (3100, 420), (2500, 260),
            (1900, 200), (1350, 480), (760, 560)]
EXCLAVE = [(6050, 4150), (6210, 4120), (6290, 4260), (6250, 4400), (6100, 4420), (6020, 4300)]

RAILWAY = [(3440, 5000), (3300, 4350), (3215, 3700), (3190, 3000), (3150, 2600), (3060, 2100), (2965, 1600), (2955, 1100), (3040, 500), (3110, -200)]
STATION = (3186, 3010)

# number, name, class, width (m), control points; classes: N national, K prefectural, 1, 2, 3 city roads
MAIN_ROADS = [
    ("N0099", "国道99号", "N", 22.0, [(-100, 2850), (700, 2760), (1500, 2700), (2350, 2640), (3000, 2610), (3700, 2650), (4450, 2620), (5200, 2570), (5900, 2600), (6500, 2520)]),
    ("K0021", "県道21号若葉野停車場線", "K", 14.0, [(2760, 4900), (2720, 4200), (2640, 3750), (2570, 3400), (2545, 3050), (2520, 2640), (2480, 2300), (2430, 2020), (2300, 1800), (2100, 1500), (2060, 1100), (2010, 600), (1950, -100)]),
    ("K0045", "県道45号緑が丘川尻線", "K", 11.0, [(-100, 3690), (500, 3850), (1000, 3985), (1700, 4000), (2340, 3930), (2670, 3900), (3230, 3880), (3750, 3720), (4330, 3640), (4990, 3560), (5600, 3520), (6500, 3660)]),
    ("K0068", "県道68号南部線", "K", 10.0, [(-100, 1420), (520, 1330), (1100, 1380), (1650, 1290), (2065, 1190), (2500, 1130), (2955, 1085), (3450, 1150), (3860, 1180), (4400, 1330), (5190, 1250), (5700, 1180), (6500, 1250)]),
    ("K0112", "県道112号東部線", "K", 12.0, [(4760, 4900), (4750, 4300), (4800, 3650), (4830, 3200), (4810, 2600), (4730, 2050), (4650, 1700), (4720, 1300), (4800, 900), (4850, 300), (4800, -100)]),
    ("00101", "駅前通り", "1", 20.0, [(2545, 3020), (2850, 3030), (3125, 3012)]),
    ("00102", "中央通り", "1", 16.0, [(2562, 3300), (2850, 3275), (3060, 3262), (3198, 3240), (3290, 3229.2), (3500, 3236.6), (3740, 3245), (4000, 3254.1), (4230, 3262.1), (4580, 3250), (4832, 3210)]),
    ("00103", "緑が丘中央通り", "1", 12.0, [(1500, 2700), (1560, 3000), (1640, 3350), (1600, 3700), (1690, 4000)]),
    ("00104", "市役所通り", "1", 12.0, [(2950, 2611), (2900, 2850), (2885, 3150), (2910, 3420)]),
    ("00105", "東口通り", "1", 16.0, [(3240, 2982.5), (3500, 2991.6), (3740, 3000), (4000, 3009.1), (4232, 3017.2)]),
    ("00106", "工業団地通り", "1", 14.0, [(5300, 2568), (5320, 2950), (5290, 3280), (5340, 3530)]),
    ("00107", "宮下橋通り", "1", 10.0, [(2950, 2611), (2790, 2330), (2690, 2080), (2690, 1800), (2600, 1500), (2560, 1122)]),
    ("00201", "谷津線", "2", 7.5, [(1620, 3265), (2150, 3300), (2570, 3400)]),
    ("00202", "東中央通り", "2", 9.0, [(3752, 2652), (3740, 3000), (3731.4, 3245), (3724, 3457), (3745, 3722)]),
    ("00203", "根古屋線", "2", 7.0, [(1180, 2722), (1130, 2400), (1150, 1990), (1190, 1700), (1100, 1380)]),
    ("00204", "川尻線", "2", 7.0, [(5640, 2580), (5600, 2200), (5610, 1950), (5680, 1600), (5700, 1180)]),
    ("00205", "南台環状線", "2", 8.0, [(2100, 1500), (2600, 1500), (2990, 1470)]),
    ("00206", "緑が丘環状線", "2", 9.0, [(1548, 2900), (1280, 2980), (1190, 3250), (1260, 3560), (1610, 3640), (1960, 3600), (2060, 3300), (1990, 2990), (1535, 2902)]),
    ("00207", "北部線", "2", 6.5, [(3232, 3880), (3700, 4040), (4200, 4080), (4752, 4200)]),
    ("00208", "駅西線", "2", 8.0, [(3010, 2612), (3060, 2800), (3075, 3015), (3070, 3265), (3090, 3420)]),
    ("00209", "内野線", "2", 6.0, [(4720, 1300), (4350, 1560), (4080, 1640)]),
    ("00210", "長峰線", "2", 6.0, [(1100, 1380), (1120, 900), (1060, 500), (1020, 300)]),
    ("00211", "高畑線", "2", 6.0, [(3450, 1150), (3420, 700), (3380, 250)]),
    ("00212", "上之郷線", "2", 6.5, [(1000, 3985), (1100, 4180), (1350, 4400)]),
]

QUARTERS = {
    "A": [(2545, 2650), (3135, 2625), (3160, 3000), (3160, 3400), (2900, 3430), (2575, 3410)],
    "B": [(1110, 2880), (1500, 2800), (2080, 2800), (2150, 3150), (2150, 3640), (2010, 3740), (1270, 3770), (1090, 3540), (1070, 3200)],
    "C": [(3258, 2698), (4252, 2733), (4226, 3474), (3232, 3439)],
    "D": [(2140, 1580), (2500, 1640), (2960, 1620), (3420, 1540), (3500, 1120), (3440, 800), (2950, 740), (2350, 760), (2090, 860)],
    "F": [(4880, 2690), (5820, 2660), (5860, 3100), (5560, 3340), (5040, 3350), (4890, 3250)],
}
VILLAGES = [
    ("根古屋", (1180, 1600), 330, 225),
    ("大門", (4450, 1580), 330, 230),
    ("川尻", (5650, 1430), 320, 225),
    ("上之郷", (5420, 3800), 330, 215),
    ("堀之内", (3860, 3960), 330, 220),
]


def smooth(points, closed=False, step=12.0):
    """Catmull-Rom through the control points, sampled about every `step` metres."""
    p = np.asarray(points, float)
    if closed:
        p = np.vstack([p[-1], p, p[0], p[1]])
    else:
        p = np.vstack([2 * p[0] - p[1], p, 2 * p[-1] - p[-2]])
    out = []
    for a, b, c, d in zip(p[:-3], p[1:-2], p[2:-1], p[3:]):
        count = max(2, int(np.hypot(*(c - b)) / step))
        t = np.linspace(0, 1, count, endpoint=False)[:, None]
        out.append(0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3))
    out.append(p[-2][None])
    return np.vstack(out)


def roughen(ring, rng, amount):
    """Push the points of a ring about by smooth noise, so that it looks walked rather than drawn."""
    count = len(ring)
    noise = np.zeros((count, 2))
    for wave in (3, 5, 9, 17, 31, 57):
        phase = rng.uniform(0, 2 * np.pi, 2)
        angle = 2 * np.pi * wave * np.arange(count)[:, None] / count + phase
        noise += np.sin(angle) * amount / wave**0.8
    return ring + noise


def ribbon(line, half_widths):
    """Polygon of varying width along a line of points."""
    circles = [Point(p).buffer(w, 12) for p, w in zip(line, half_widths)]
    hulls = [shapely.union(a, b).convex_hull for a, b in zip(circles[:-1], circles[1:])]
    return shapely.union_all(hulls)


@dataclass
class Ground:
    rectangle: Polygon
    boundary: Polygon
    exclave: Polygon
    river: Polygon
    river_line: LineString
    levees: list
    floor: Polygon
    slope: Polygon
    brooks: dict
    railway: LineString
    quarters: dict
    villages: list

    @property
    def city(self):
        return shapely.union(self.boundary, self.exclave)

    def height(self, points):
        """Metres above the sea (T.P.): 12 m to 8 m on the floors, 25–32 m on the plateau."""
        points = np.atleast_2d(np.asarray(points, float))[:, :2]
        x, y = points.T
        distance = shapely.distance(self.floor, shapely.points(points))
        low = 12.2 - 4.2 * np.clip(x / WIDTH, 0, 1) + 0.0012 * np.abs(y - 2080)
        high = 28.4 + 2.2 * np.sin(x / 830 + 0.4) * np.cos(y / 940) - 1.4 * (x - 3200) / 3200
        t = np.clip(distance / SLOPE, 0, 1)
        return low + (high - low) * t * t * (3 - 2 * t)

    def street_height(self, points):
        """Height of a street's surface: where it climbs a slope it is cut and banked to about 7 %."""
        points = np.atleast_2d(np.asarray(points, float))[:, :2]
        x, y = points.T
        distance = shapely.distance(self.floor, shapely.points(points))
        low = 12.2 - 4.2 * np.clip(x / WIDTH, 0, 1) + 0.0012 * np.abs(y - 2080)
        high = 28.4 + 1.2 * np.sin(x / 830 + 0.4) * np.cos(y / 940) - 1.4 * (x - 3200) / 3200
        return low + (high - low) * np.clip(distance / 250, 0, 1)


def build():
    rng = stream("ground")
    rectangle = shapely.box(0, 0, WIDTH, HEIGHT)
    outline = Polygon(roughen(smooth(BOUNDARY, closed=True, step=22)[:-1], rng, 26)).buffer(-62)
    boundary = shapely.intersection(outline.simplify(2.5).buffer(0), shapely.box(40, 120, WIDTH - 30, HEIGHT - 40))
    exclave = Polygon(roughen(smooth(EXCLAVE, closed=True, step=16)[:-1], rng, 5)).simplify(1).buffer(0)

    line = smooth(RIVER, step=25)
    along = np.linspace(0, 1, len(line))
    bank = 9.5 + 5.0 * along + 0.9 * np.sin(along * 37) + 0.7 * np.sin(along * 71 + 1)
    river = ribbon(line, bank).simplify(0.5)
    river_line = LineString(line)
    flood_plain = ribbon(line, 235 + 40 * np.sin(along * 17 + 0.5) + 26 * np.sin(along * 41) + 30 * along)
    floors, brooks = [flood_plain], {}
    for name, points, mouth, head in VALLEYS:
        axis = smooth(points, step=22)
        t = np.linspace(0, 1, len(axis))
        wobble = 1 + 0.16 * np.sin(t * 23 + len(points)) + 0.1 * np.sin(t * 51)
        floors.append(ribbon(axis, (mouth + (head - mouth) * t) * wobble))
        stop = len(axis) if name in BROOKS else int(len(axis) * 0.82)
        brooks[name] = LineString(axis[:stop][::-1] + np.column_stack([6 * np.sin(np.arange(stop) / 3.1), 5 * np.cos(np.arange(stop) / 2.3)]))
    floor = shapely.union_all(floors).buffer(18).buffer(-18).simplify(1.0)
    slope = floor.buffer(SLOPE, 8).difference(floor).simplify(1.2)
    levee_offset = 19.0
    levees = [shapely.offset_curve(river_line, side * (levee_offset + 5), join_style="round").simplify(0.6) for side in (1, -1)]

    quarters = {name: Polygon(points) for name, points in QUARTERS.items()}
    villages = []
    for name, (x, y), half_x, half_y in VILLAGES:
        angle = np.linspace(0, 2 * np.pi, 60, endpoint=False)
        ring = np.column_stack([x + half_x * np.cos(angle), y + half_y * np.sin(angle)])
        villages.append((name, Polygon(roughen(ring, rng, 26)).buffer(0)))
    railway = LineString(smooth(RAILWAY, step=30))
    return Ground(rectangle, boundary, exclave, river, river_line, levees, floor, slope, brooks, railway, quarters, villages)
