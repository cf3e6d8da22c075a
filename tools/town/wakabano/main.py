"""Writes the whole demonstration town: every layer's declaration and source files, and machizu.json."""

import shutil
import sys
import time
from pathlib import Path

from . import areas, base, boundaries, facilities, formats, hazards, parcels, roadledger, sewers, streetpoints
from .town import Town

# Order matters where one ledger uses what another has numbered.
STEPS = [
    ("districts", areas.write_districts), ("associations", areas.write_associations), ("parks", base.write_parks), ("zoning", areas.write_zoning),
    ("landuse", base.write_landuse), ("water", base.write_water), ("railways", base.write_railways), ("city_boundary", base.write_city_boundary),
    ("road_sections", roadledger.write_sections), ("road_routes", roadledger.write_routes), ("road_edges", roadledger.write_edges),
    ("road_widths", roadledger.write_widths), ("road_sheets", roadledger.write_sheets), ("garbage_points", streetpoints.write_garbage),
    ("curve_mirrors", streetpoints.write_mirrors), ("security_lights", streetpoints.write_lights), ("public_facilities", facilities.write_facilities),
    ("emergency_sites", facilities.write_emergency_sites), ("buildings", parcels.write_buildings), ("parcels", parcels.write_parcels),
    ("boundary_lines", boundaries.write_lines), ("boundary_points", boundaries.write_points), ("control_points", boundaries.write_control_points),
    ("disaster_points", hazards.write_points), ("disaster_areas", hazards.write_areas),
]


def write_workspace(root):
    formats.write_json(root / "machizu.json", {
        "town": {"name": {"ja": "若葉野市", "en": "Wakabano City"}, "code": "129992"},
        "language": "ja", "boundary": "city_boundary", "fonts": ["IPAexGothic"], "paths": {}, "limits": {},
    })


def run(root):
    started = time.monotonic()
    layers = root / "Layers"

    def fresh(name):
        folder = layers / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder

    town = Town()
    base.make_ponds(town)
    for name, write in STEPS:
        write(town, fresh(name))
    sewers.write(town, fresh("sewer_pipes"), fresh("sewer_manholes"))
    write_workspace(root)
    size = sum(f.stat().st_size for f in layers.rglob("*") if f.is_file())
    print(f"{len(STEPS) + 2} layers, {size / 1e6:.1f} MB, {time.monotonic() - started:.0f} s", file=sys.stderr)


def main():
    here = Path(__file__).resolve().parents[3]
    run(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else here)
