"""Writes a workspace of many lots in one layer: million.py FOLDER COUNT.

The lots stand in blocks of ten by ten with a road of six metres between them, on the ground around
139.8° E, 36.0° N, as newline-delimited GeoJSON in degrees. The same folder is written every time.
"""

import json
import sys
from math import cos, radians
from pathlib import Path

USES = ["宅地", "田", "畑", "山林", "雑種地", "公衆用道路", "水路", "公園"]
METRE_NORTH = 1 / 110_950
METRE_EAST = 1 / (111_320 * cos(radians(36.0)))
WIDTH, DEPTH, ROAD = 16.0, 20.0, 6.0


class Noise:
    """The same numbers on every machine."""

    def __init__(self):
        self.state = 1

    def __call__(self, below):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 33) % below


def main(folder, count):
    layer = folder / "Layers" / "lots"
    layer.mkdir(parents=True, exist_ok=True)
    (folder / "machizu.json").write_text(
        json.dumps(
            {
                "town": {"name": {"ja": "百万筆市", "en": "Million City"}, "code": "999999"},
                "language": "ja",
                "fonts": ["IPAexGothic"],
            },
            ensure_ascii=False,
        )
    )
    declaration = {
        "title": {"ja": "地番図", "en": "Lots"},
        "audience": "public",
        "geometry": "polygon",
        "source": {"files": ["lots.ndjson"], "crs": "EPSG:6668"},
        "key": "筆",
        "label": "地番",
        "fields": [
            {"name": "筆", "type": "text"},
            {"name": "地番", "type": "text"},
            {"name": "町", "type": "text"},
            {"name": "地目", "type": "text"},
            {"name": "地積", "type": "real", "unit": "m²"},
            {"name": "登記日", "type": "date"},
        ],
    }
    (layer / "layer.json").write_text(json.dumps(declaration, ensure_ascii=False))
    noise = Noise()
    side = 1
    while side * side < count:
        side += 1
    with open(layer / "lots.ndjson", "w", encoding="utf-8") as out:
        for number in range(count):
            column, row = number % side, number // side
            west = column * WIDTH + column // 10 * ROAD
            south = row * DEPTH + row // 10 * ROAD
            corners = []
            for east, north in ((0, 0), (WIDTH, 0), (WIDTH, DEPTH), (0, DEPTH)):
                x = 139.8 + (west + east) * METRE_EAST
                y = 36.0 + (south + north) * METRE_NORTH
                corners.append(f"[{x:.8f},{y:.8f}]")
            town = row // 50 * 100 + column // 50
            area = 300 + noise(4000) / 100
            day = f"{1960 + noise(60)}-{1 + noise(12):02}-{1 + noise(28):02}"
            out.write(
                '{"type":"Feature","properties":{'
                f'"筆":"{number:07}","地番":"{1 + noise(3000)}-{1 + noise(40)}","町":"{town}丁目",'
                f'"地目":"{USES[noise(8)]}","地積":{area:.2f},"登記日":"{day}"'
                '},"geometry":{"type":"Polygon","coordinates":[['
                + ",".join([*corners, corners[0]])
                + "]]}}\n"
            )


main(Path(sys.argv[1]), int(sys.argv[2]))
