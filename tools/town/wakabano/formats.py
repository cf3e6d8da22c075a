"""Writers of the file formats in which the departments hand in their ledgers."""

import json
import sqlite3
import struct
import zlib

import numpy as np
import shapely

ESRI_PRJ = {
    2451: 'PROJCS["JGD_2000_Japan_Zone_9",GEOGCS["GCS_JGD_2000",DATUM["D_JGD_2000",SPHEROID["GRS_1980",6378137.0,298.257222101]],'
    'PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],PARAMETER["False_Easting",0.0],'
    'PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",139.833333333333],PARAMETER["Scale_Factor",0.9999],'
    'PARAMETER["Latitude_Of_Origin",36.0],UNIT["Meter",1.0]]',
    4326: 'GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],'
    'PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]',
}
ESRI_PRJ[6677] = ESRI_PRJ[2451].replace("JGD_2000", "JGD_2011")
ESRI_PRJ[30169] = (
    ESRI_PRJ[2451].replace("JGD_2000_Japan_Zone_9", "Japan_Zone_9").replace("GCS_JGD_2000", "GCS_Tokyo")
    .replace("D_JGD_2000", "D_Tokyo").replace('"GRS_1980",6378137.0,298.257222101', '"Bessel_1841",6377397.155,299.1528128')
)
FIXED_DATE = (126, 4, 1)  # 2026-04-01 in a DBF header


def write_text(path, text, encoding="utf-8", newline="\n"):
    path.write_bytes(text.replace("\n", newline).encode(encoding))


def write_json(path, value):
    """Indented JSON that keeps short arrays and objects on one line, so that people can read it."""

    def render(item, indent):
        flat = json.dumps(item, ensure_ascii=False)
        if not isinstance(item, (dict, list)) or len(flat) + indent <= 110:
            return flat
        pad = " " * (indent + 2)
        if isinstance(item, dict):
            inner = [f"{pad}{json.dumps(k, ensure_ascii=False)}: {render(v, indent + 2)}" for k, v in item.items()]
            return "{\n" + ",\n".join(inner) + "\n" + " " * indent + "}"
        return "[\n" + ",\n".join(pad + render(v, indent + 2) for v in item) + "\n" + " " * indent + "]"

    write_text(path, render(value, 0) + "\n")


def csv_text(header, rows, remark=None):
    def cell(value):
        text = "" if value is None else str(value)
        return '"' + text.replace('"', '""') + '"' if any(c in text for c in ',"\n\r') else text

    lines = [",".join(cell(v) for v in row) for row in [header, *rows]]
    if remark:
        lines.insert(1, remark)
    return "\n".join(lines) + "\n"


def write_csv(path, header, rows, encoding="utf-8", newline="\r\n", remark=None):
    """`encoding` may be `utf-8-sig` for a byte-order mark; `remark` is a line under the header."""
    write_text(path, csv_text(header, rows, remark), encoding, newline)


def cut_name(name, encoding):
    """A column name as a DBF keeps it: ten bytes, never half a character in the header."""
    return name.encode(encoding)[:10].decode(encoding, errors="ignore")


class Raw(bytes):
    """Bytes that go into a DBF cell as they are (for values cut inside a character)."""


def _dbf(fields, rows, encoding, ldid):
    record = 1 + sum(f[2] for f in fields)
    out = bytearray(struct.pack("<4BIHH20x", 3, *FIXED_DATE, len(rows), 33 + 32 * len(fields), record))
    out[29] = ldid
    for name, kind, width, decimals in fields:
        raw = cut_name(name, encoding).encode(encoding)
        out += raw.ljust(11, b"\0") + kind.encode() + b"\0" * 4 + bytes([width, decimals]) + b"\0" * 14
    out += b"\r"
    for row in rows:
        out += b" "
        for (name, kind, width, decimals), value in zip(fields, row, strict=True):
            if isinstance(value, Raw):
                cell = bytes(value).ljust(width)
            elif value is None:
                cell = b" " * width
            elif kind == "N":
                cell = (f"{value:.{decimals}f}" if decimals else str(int(value))).encode().rjust(width)
            elif kind == "L":
                cell = b"T" if value else b"F"
            else:
                cell = str(value).replace("-", "").encode() if kind == "D" else str(value).encode(encoding)
                cell = cell.ljust(width)
            if len(cell) != width:
                raise ValueError(f"column {name}: {value!r} does not fit into {width} bytes")
            out += cell
    return bytes(out + b"\x1a")


def rings_of(polygon):
    """Rings as a shapefile wants them: exteriors clockwise, holes the other way."""
    parts = []
    for part in shapely.get_parts(polygon):
        parts.append(np.asarray(shapely.orient_polygons(part, exterior_cw=True).exterior.coords)[:, :2])
        for hole in part.interiors:
            ring = np.asarray(hole.coords)[:, :2]
            parts.append(ring if shapely.is_ccw(shapely.LinearRing(ring)) else ring[::-1])
    return parts


def _parts(geometry, kind):
    if kind == "polygon":
        return geometry if isinstance(geometry, list) else rings_of(geometry)
    return [np.asarray(line.coords)[:, :2] for line in shapely.get_parts(geometry)]


def write_shapefile(stem, kind, geometries, fields, rows, project, crs, encoding="cp932", cpg=None, ldid=0):
    """`fields` are (name, C|N|D|L, width, decimals); `project` turns plan metres into the file's own.

    A polygon may also be a list of rings, which is written as it stands (for rings out of order).
    """
    code = {"point": 1, "line": 3, "polygon": 5}[kind]
    main, index, boxes = bytearray(), bytearray(), []
    for number, geometry in enumerate(geometries, 1):
        if geometry is None:
            content = struct.pack("<i", 0)
        elif kind == "point":
            point = project(np.asarray(geometry, float))
            boxes.append([*point, *point])
            content = struct.pack("<i2d", code, *point)
        else:
            parts = [project(part) for part in _parts(geometry, kind)]
            points = np.concatenate(parts)
            box = [*points.min(axis=0), *points.max(axis=0)]
            boxes.append(box)
            starts = np.cumsum([0] + [len(p) for p in parts[:-1]])
            content = struct.pack(f"<i4d2i{len(parts)}i", code, *box, len(parts), len(points), *starts)
            content += points.astype("<f8").tobytes()
        index += struct.pack(">2i", 50 + len(main) // 2, len(content) // 2)
        main += struct.pack(">2i", number, len(content) // 2) + content
    box = np.array(boxes)
    extent = [*box[:, :2].min(axis=0), *box[:, 2:].max(axis=0)]

    def header(length):
        return struct.pack(">7i", 9994, 0, 0, 0, 0, 0, (100 + length) // 2) + struct.pack("<2i8d", 1000, code, *extent, 0, 0, 0, 0)

    stem.with_suffix(".shp").write_bytes(header(len(main)) + main)
    stem.with_suffix(".shx").write_bytes(header(len(index)) + index)
    stem.with_suffix(".dbf").write_bytes(_dbf(fields, rows, encoding, ldid))
    stem.with_suffix(".prj").write_bytes(ESRI_PRJ[crs].encode())
    if cpg:
        stem.with_suffix(".cpg").write_bytes(cpg.encode())


def write_geojson(path, name, features, project):
    """`features` are (geometry, properties); one feature a line keeps differences readable."""
    lines = []
    for geometry, properties in features:
        shape = None
        if geometry is not None:
            shape = json.loads(shapely.to_geojson(shapely.transform(geometry, project)))
        lines.append(json.dumps({"type": "Feature", "properties": properties, "geometry": shape}, ensure_ascii=False, separators=(",", ":")))
    write_text(path, f'{{"type":"FeatureCollection","name":"{name}","features":[\n' + ",\n".join(lines) + "\n]}\n")


def write_gpkg(path, table, columns, rows, project, identifier):
    """A GeoPackage of one point table in EPSG:6677; `columns` are (name, SQL type), rows start with the place."""
    path.unlink(missing_ok=True)
    db = sqlite3.connect(path)
    db.executescript(
        """PRAGMA page_size=4096; PRAGMA application_id=1196444487; PRAGMA user_version=10300;
        CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER PRIMARY KEY, organization TEXT NOT NULL,
          organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
        CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE,
          description TEXT DEFAULT '', last_change DATETIME NOT NULL, min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
          CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
        CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL,
          srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL, CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
          CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
          CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));"""
    )
    wkt = (
        'PROJCS["JGD2011 / Japan Plane Rectangular CS IX",GEOGCS["JGD2011",DATUM["Japanese_Geodetic_Datum_2011",SPHEROID["GRS 1980",6378137,298.257222101]],'
        'PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],PARAMETER["latitude_of_origin",36],'
        'PARAMETER["central_meridian",139.833333333333],PARAMETER["scale_factor",0.9999],PARAMETER["false_easting",0],PARAMETER["false_northing",0],'
        'UNIT["metre",1],AUTHORITY["EPSG","6677"]]'
    )
    wgs = 'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433],AUTHORITY["EPSG","4326"]]'
    db.executemany(
        "INSERT INTO gpkg_spatial_ref_sys VALUES (?,?,?,?,?,NULL)",
        [
            ("Undefined cartesian SRS", -1, "NONE", -1, "undefined"),
            ("Undefined geographic SRS", 0, "NONE", 0, "undefined"),
            ("WGS 84", 4326, "EPSG", 4326, wgs),
            ("JGD2011 / Japan Plane Rectangular CS IX", 6677, "EPSG", 6677, wkt),
        ],
    )
    quoted = ", ".join(f'"{name}" {kind}' for name, kind in columns)
    db.execute(f'CREATE TABLE "{table}" (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, geom POINT, {quoted})')
    places = [project(np.asarray(r[0], float)) for r in rows if r[0] is not None]
    low, high = np.min(places, axis=0), np.max(places, axis=0)
    db.execute(
        "INSERT INTO gpkg_contents VALUES (?, 'features', ?, '', '2026-04-01T00:00:00.000Z', ?, ?, ?, ?, 6677)",
        (table, identifier, *map(float, low), *map(float, high)),
    )
    db.execute("INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', 'POINT', 6677, 0, 0)", (table,))
    marks = ",".join("?" * (len(columns) + 1))
    names = ",".join(f'"{name}"' for name, _ in columns)
    for place, *values in rows:
        blob = None
        if place is not None:
            blob = b"GP\0\x01" + struct.pack("<i", 6677) + struct.pack("<BI2d", 1, 1, *project(np.asarray(place, float)))
        db.execute(f'INSERT INTO "{table}" (geom,{names}) VALUES ({marks})', (blob, *values))
    db.commit()
    db.execute("VACUUM")
    db.close()


def write_bilevel_png(path, black, dpi):
    """`black` is a boolean array, row 0 on top; one bit a pixel, white paper."""
    height, width = black.shape
    packed = np.packbits(~black, axis=1)
    raw = np.zeros((height, packed.shape[1] + 1), np.uint8)
    raw[:, 1:] = packed

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    metre = round(dpi / 0.0254)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">2I5B", width, height, 1, 0, 0, 0, 0))
        + chunk(b"pHYs", struct.pack(">2IB", metre, metre, 1))
        + chunk(b"IDAT", zlib.compress(raw.tobytes(), 9))
        + chunk(b"IEND", b"")
    )
