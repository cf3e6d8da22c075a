"""Where the town lies, and the conversions from the plan's own metres to the systems of its files.

Everything inside the generator is in plan metres: east and north of the south-west corner of the
town's rectangle. The writers ask this module for the coordinates a file needs.
"""

import math

import numpy as np

EAST0, NORTH0 = 96000.0, -79200.0
WIDTH, HEIGHT = 6400.0, 4800.0
SEED = 20260401

GRS80 = (6378137.0, 1 / 298.257222101)
BESSEL = (6377397.155, 1 / 299.1528128)
# Plane zone IX: 36 N, 139°50′ E, scale 0.9999.
ORIGIN_LAT, ORIGIN_LON, SCALE = math.radians(36.0), math.radians(139 + 50 / 60), 0.9999
# Geocentric shift from the Tokyo datum to JGD2000 (m), as PROJ applies it where no grid is at hand.
TOKYO_SHIFT = np.array([-146.414, 507.337, 680.507])


def stream(name):
    """A random generator of its own for every part, so that one part's change leaves the others."""
    return np.random.default_rng([SEED, *name.encode("utf-8")])


def plane(points):
    """Plan metres to plane zone IX as (east, north), rounded to the millimetre."""
    return np.round(np.asarray(points, float)[..., :2] + (EAST0, NORTH0), 3)


def _series(ellipsoid):
    a, f = ellipsoid
    n = f / (2 - f)
    alpha = [
        n / 2 - 2 * n**2 / 3 + 5 * n**3 / 16 + 41 * n**4 / 180,
        13 * n**2 / 48 - 3 * n**3 / 5 + 557 * n**4 / 1440,
        61 * n**3 / 240 - 103 * n**4 / 140,
        49561 * n**4 / 161280,
    ]
    beta = [
        n / 2 - 2 * n**2 / 3 + 37 * n**3 / 96 - n**4 / 360,
        n**2 / 48 + n**3 / 15 - 437 * n**4 / 1440,
        17 * n**3 / 480 - 37 * n**4 / 840,
        4397 * n**4 / 161280,
    ]
    radius = a / (1 + n) * (1 + n**2 / 4 + n**4 / 64)
    return alpha, beta, radius, 2 * math.sqrt(n) / (1 + n)


def _isometric(lat, e):
    return np.sinh(np.arctanh(np.sin(lat)) - e * np.arctanh(e * np.sin(lat)))


def geographic_to_plane(lonlat, ellipsoid=GRS80):
    """Longitude and latitude in degrees to (east, north) of zone IX (Krüger series, below 0.1 mm)."""
    lon, lat = np.radians(np.asarray(lonlat, float)).T
    alpha, _, radius, e = _series(ellipsoid)

    def curvilinear(lat, dlon):
        t = _isometric(lat, e)
        xi, eta = np.arctan2(t, np.cos(dlon)), np.arctanh(np.sin(dlon) / np.sqrt(1 + t * t))
        x = xi + sum(c * np.sin(2 * j * xi) * np.cosh(2 * j * eta) for j, c in enumerate(alpha, 1))
        y = eta + sum(c * np.cos(2 * j * xi) * np.sinh(2 * j * eta) for j, c in enumerate(alpha, 1))
        return x, y

    x, y = curvilinear(lat, lon - ORIGIN_LON)
    x0, _ = curvilinear(np.float64(ORIGIN_LAT), np.float64(0))
    return np.stack([SCALE * radius * y, SCALE * radius * (x - x0)], axis=-1)


def plane_to_geographic(eastnorth, ellipsoid=GRS80):
    """(east, north) of zone IX to longitude and latitude in degrees."""
    east, north = np.asarray(eastnorth, float)[..., 0], np.asarray(eastnorth, float)[..., 1]
    alpha, beta, radius, e = _series(ellipsoid)
    t0 = _isometric(np.float64(ORIGIN_LAT), e)
    xi0 = np.arctan(t0)
    origin = xi0 + sum(c * np.sin(2 * j * xi0) for j, c in enumerate(alpha, 1))
    xi, eta = north / (SCALE * radius) + origin, east / (SCALE * radius)
    x = xi - sum(c * np.sin(2 * j * xi) * np.cosh(2 * j * eta) for j, c in enumerate(beta, 1))
    y = eta - sum(c * np.cos(2 * j * xi) * np.sinh(2 * j * eta) for j, c in enumerate(beta, 1))
    tau_conformal = np.sin(x) / np.hypot(np.sinh(y), np.cos(x))
    lat = np.arctan(tau_conformal)
    for _ in range(6):
        lat = lat + (tau_conformal - _isometric(lat, e)) * np.cos(lat) ** 2 * (
            np.cos(np.arctan(tau_conformal)) / np.cos(lat)
        )
    lon = ORIGIN_LON + np.arctan2(np.sinh(y), np.cos(x))
    return np.degrees(np.stack([lon, lat], axis=-1))


def lonlat(points, decimals=8):
    """Plan metres to JGD2011 longitude and latitude; eight decimals are a millimetre."""
    return np.round(plane_to_geographic(plane(points)), decimals)


def tokyo_plane(points):
    """Plan metres to zone IX of the Tokyo datum (EPSG:30169), rounded to the millimetre."""
    lon, lat = np.radians(plane_to_geographic(plane(points))).T
    a, f = GRS80
    e2 = f * (2 - f)
    prime = a / np.sqrt(1 - e2 * np.sin(lat) ** 2)
    xyz = np.stack(
        [prime * np.cos(lat) * np.cos(lon), prime * np.cos(lat) * np.sin(lon), prime * (1 - e2) * np.sin(lat)],
        axis=-1,
    ) - TOKYO_SHIFT
    a, f = BESSEL
    e2 = f * (2 - f)
    x, y, z = xyz.T
    p = np.hypot(x, y)
    lat = np.arctan2(z, p * (1 - e2))
    for _ in range(8):
        prime = a / np.sqrt(1 - e2 * np.sin(lat) ** 2)
        lat = np.arctan2(z + e2 * prime * np.sin(lat), p)
    degrees = np.degrees(np.stack([np.arctan2(y, x), lat], axis=-1))
    return np.round(geographic_to_plane(degrees, BESSEL), 3)


def dms(value, decimals=5):
    """Decimal degrees as `35-17-12.34567`, the way survey lists write them."""
    total = round(value * 3600, decimals)
    degrees, rest = divmod(total, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{int(degrees)}-{int(minutes):02d}-{seconds:0{3 + decimals}.{decimals}f}"


# Level-500 sheets of the national base map series: 400 m east by 300 m north.
SHEET_EAST, SHEET_NORTH = 400.0, 300.0


def sheet_number(point):
    """Number of the level-500 sheet that holds a plan point, for example `09MG4480`."""
    east = point[0] + EAST0 + 160000
    south = 300000 - (point[1] + NORTH0)
    letters = chr(65 + int(south // 30000)) + chr(65 + int(east // 40000))
    south, east = south % 30000, east % 40000
    middle = f"{int(south // 3000)}{int(east // 4000)}"
    south, east = south % 3000, east % 4000
    return f"09{letters}{middle}{int(south // 300)}{int(east // 400)}"
