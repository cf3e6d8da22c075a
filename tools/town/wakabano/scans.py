"""Scanned ledger sheets: two-level pictures of the old drawings, slightly turned, with stamps and corrections."""

import math

import numpy as np
import shapely

from . import formats
from .places import EAST0, NORTH0

DPI = 200
WIDE, HIGH = 6500, 4960  # 80 × 60 cm at 200 dpi, with the scanner's margins
PIXEL = 500 * 0.0254 / DPI  # metres of ground in one pixel at scale 1:500

# A stroke font for numbers, on a 4 × 6 grid, for handwriting and measured widths.
STROKES = {
    "0": [[(0, 0), (3, 0), (3, 6), (0, 6), (0, 0)]], "1": [[(1, 5), (2, 6), (2, 0)]], "2": [[(0, 5), (1, 6), (3, 6), (3, 4), (0, 0), (3, 0)]],
    "3": [[(0, 6), (3, 6), (1, 3), (3, 2), (2, 0), (0, 0)]], "4": [[(2, 0), (2, 6), (0, 2), (3, 2)]], "5": [[(3, 6), (0, 6), (0, 3), (2, 3), (3, 2), (2, 0), (0, 0)]],
    "6": [[(3, 6), (0, 3), (0, 0), (3, 0), (3, 3), (0, 3)]], "7": [[(0, 6), (3, 6), (1, 0)]], "8": [[(0, 0), (3, 0), (0, 6), (3, 6), (0, 0)]], "9": [[(0, 0), (3, 3), (3, 6), (0, 6), (0, 3), (3, 3)]],
    ".": [[(1, 0), (1, 0.6)]], "-": [[(0, 3), (3, 3)]], "(": [[(2, 6), (1, 4), (1, 2), (2, 0)]], ")": [[(1, 6), (2, 4), (2, 2), (1, 0)]],
    "M": [[(0, 0), (0, 6), (1.5, 2), (3, 6), (3, 0)]], "G": [[(3, 5), (1, 6), (0, 4), (0, 1), (2, 0), (3, 2), (2, 2)]], "P": [[(0, 0), (0, 6), (3, 6), (3, 3), (0, 3)]],
    "N": [[(0, 0), (0, 6), (3, 0), (3, 6)]], "K": [[(0, 0), (0, 6)], [(3, 6), (0, 3), (3, 0)]],
}


class Paper:
    def __init__(self):
        self.black = np.zeros((HIGH, WIDE), bool)

    def stroke(self, points, thick=2):
        points = np.asarray(points, float)
        for a, b in zip(points[:-1], points[1:]):
            count = max(2, int(np.hypot(*(b - a))) + 1)
            x = np.round(np.linspace(a[0], b[0], count)).astype(int)
            y = np.round(np.linspace(a[1], b[1], count)).astype(int)
            for dx in range(thick):
                for dy in range(thick):
                    u, v = x + dx, y + dy
                    inside = (u >= 0) & (u < WIDE) & (v >= 0) & (v < HIGH)
                    self.black[v[inside], u[inside]] = True

    def write(self, text, at, size, angle=0.0, thick=2):
        unit = size / 6
        c, s = math.cos(angle), math.sin(angle)
        for k, letter in enumerate(text):
            for line in STROKES.get(letter, []):
                points = [((x + k * 4.6) * unit, y * unit) for x, y in line]
                self.stroke([(at[0] + x * c - y * s, at[1] - x * s - y * c) for x, y in points], thick)


def draw_scan(town, folder, number, box, rng):
    """Draws one sheet, writes PNG and world file, and returns the picture's size in pixels."""
    folder.mkdir(parents=True, exist_ok=True)
    x0, y0, x1, y1 = box.bounds
    turn = math.radians(float(rng.uniform(0.1, 0.6)) * (1 if rng.random() < 0.5 else -1))
    margin = np.array([55.0, 95.0])
    c, s = math.cos(turn), math.sin(turn)

    def pixel(points):
        local = (np.asarray(points)[:, :2] - (x0, y1)) / PIXEL
        column, row = local[:, 0] + margin[0], -local[:, 1] + margin[1]
        return np.column_stack([column * c - row * s, column * s + row * c])

    paper = Paper()
    frame = shapely.box(x0, y0, x1, y1)

    def ink(shape, thick):
        shape = shape.intersection(frame)
        for part in shapely.get_parts(shape):
            if part.geom_type == "LineString":
                paper.stroke(pixel(part.coords), thick)

    ink(frame.boundary.buffer(0.01).boundary, 4)
    paper.stroke(pixel(np.asarray(frame.exterior.coords)), 4)
    ink(town.surface.polygon.boundary, 3)
    for building in town.buildings.items:
        if building.polygon.intersects(frame):
            ink(building.polygon.boundary, 1)
    for section in town.graph.sections:
        if not section.line.intersects(frame):
            continue
        part = section.line.intersection(frame)
        for piece in shapely.get_parts(part):
            if piece.geom_type != "LineString" or piece.length < 20:
                continue
            for at in np.arange(12, piece.length - 6, 38):
                p = np.asarray(piece.interpolate(at).coords[0])
                q = np.asarray(piece.interpolate(at + 1).coords[0])
                n = np.array([-(q - p)[1], (q - p)[0]]) * section.width / 2
                paper.stroke(pixel([p - n, p + n]), 1)
                where = pixel([p])[0]
                paper.write(f"{section.width + rng.normal(0, 0.06):.2f}", where + (6, -4), 24, math.atan2(q[1] - p[1], q[0] - p[0]), 1)
    for at in np.arange(0, 401, 100):
        for up in np.arange(0, 301, 100):
            cross = pixel([(x0 + at - 2, y0 + up), (x0 + at + 2, y0 + up), (x0 + at, y0 + up - 2), (x0 + at, y0 + up + 2)])
            paper.stroke(cross[:2], 2)
            paper.stroke(cross[2:], 2)
    paper.write("09MG" + number[4:], (180, 72), 54, turn, 4)
    # The surveyor's stamp and a handwritten correction or two.
    middle = pixel([(x1 - 22, y0 + 16)])[0]
    for radius in (92, 84):
        angle = np.linspace(0, 2 * np.pi, 90)
        paper.stroke(np.column_stack([middle[0] + radius * np.cos(angle), middle[1] + radius * np.sin(angle)]), 3)
    paper.write("14.3.28", middle + (-66, 12), 28, 0.1, 2)
    for _ in range(3):
        spot = pixel([(x0 + rng.uniform(40, 340), y0 + rng.uniform(40, 250))])[0]
        wave = np.linspace(0, 170, 40)
        paper.stroke(np.column_stack([spot[0] + wave, spot[1] + 7 * np.sin(wave / 9) + rng.normal(0, 1.2, 40)]), 3)
        paper.write(f"{rng.uniform(3.6, 9):.2f}", spot + (10, -24), 46, rng.uniform(-0.15, 0.15), 4)
    specks = rng.integers(0, (WIDE, HIGH), (420, 2))
    paper.black[specks[:, 1], specks[:, 0]] = True
    formats.write_bilevel_png(folder / f"{number}.png", paper.black, DPI)
    # World file: the centre of the top left pixel, and the turn of the paper on the scanner.
    a, b = PIXEL * c, PIXEL * s
    column, row = -margin
    east, north = EAST0 + x0 + column * PIXEL, NORTH0 + y1 - row * PIXEL
    lines = [a, b, b, -a, east, north]
    formats.write_text(folder / f"{number}.pgw", "".join(f"{v:.10f}\n" for v in lines))
    return WIDE, HIGH
