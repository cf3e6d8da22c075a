"""The finished town as one object, with the look-ups that every ledger needs."""

import numpy as np
import shapely
from shapely import Point, STRtree

from . import buildings, ground, lots, roads, streets
from .areas import Districts
from .places import stream

TARGET_BUILDINGS = 11900


class Town:
    def __init__(self):
        self.ground = ground.build()
        self.graph, self.sites, estates = streets.build(self.ground)
        roads.give_widths(self.graph)
        self.surface = roads.Surface(self.graph, self.ground)
        self.lots = lots.Lots(self.ground, self.graph, self.surface, self.sites, estates)
        self.buildings = buildings.Buildings(self.ground, self.lots, self.surface)
        self.buildings.settle(TARGET_BUILDINGS)
        self.districts = Districts(self.ground, self.graph, self.buildings)
        self.section_tree = STRtree([s.line for s in self.graph.sections])
        self.lot_tree = STRtree([lot.polygon for lot in self.lots.lots])
        shapely.prepare(self.surface.polygon)
        self.city = self.ground.city
        shapely.prepare(self.city)

    def district_at(self, point):
        return self.districts.at(point)

    def section_at(self, point):
        """Index of the nearest section."""
        return int(self.section_tree.nearest(Point(point)))

    def lot_at(self, point, reach=30):
        """The lot that holds a point, or the nearest one within reach."""
        hits = self.lot_tree.query(Point(point).buffer(reach))
        best = min(hits, key=lambda i: (self.lots.lots[i].polygon.distance(Point(point)), i), default=None)
        return None if best is None else self.lots.lots[best]

    def edge_spot(self, section, at, side, behind):
        """A point `behind` metres outside the road edge, `at` metres along a section; side +1 is left."""
        line = section.line
        p, q = (np.asarray(line.interpolate(np.clip(at + d, 0, line.length)).coords[0]) for d in (-0.6, 0.6))
        along = (q - p) / max(np.hypot(*(q - p)), 1e-9)
        normal = np.array([-along[1], along[0]]) * side
        base = (p + q) / 2
        half = section.width / 2
        for extra in (0, 0.3, 0.6, 1.0, 1.5, 2.2):
            spot = base + normal * (half + behind + extra)
            gap = self.surface.polygon.distance(Point(spot))
            if gap >= behind * 0.8:
                return spot, along, normal
        return None, along, normal

    def rng(self, name):
        return stream(name)
