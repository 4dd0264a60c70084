"""The 18 Lao provinces as shapes for a plain map."""

from functools import cache
from math import cos, radians

from thangdee.referral_directory.places.near import Ring, lao_outlines

WIDTH = 1000.0


@cache
def province_outlines() -> dict[str, tuple[Ring, ...]]:
    """Return rings of (x, y) by province code, in a drawing 1000 wide with y downwards (see `drawing_height`).

    Longitudes are shortened by the cosine of the middle latitude, so that the country has its usual shape.
    """
    return {
        code: tuple(tuple(on_drawing(lat, lon) for lon, lat in ring) for ring in rings)
        for code, rings in lao_outlines().items()
    }


def drawing_height() -> float:
    """Return the height of the drawing that `province_outlines` fills."""
    return max(y for rings in province_outlines().values() for ring in rings for _, y in ring)


def on_drawing(lat: float, lon: float) -> tuple[float, float]:
    """Return where a point in degrees lies on the drawing."""
    west, north, scale_x, scale_y = _frame()
    return round((lon - west) * scale_x, 1), round((north - lat) * scale_y, 1)


@cache
def _frame() -> tuple[float, float, float, float]:
    points = [point for rings in lao_outlines().values() for ring in rings for point in ring]
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    scale_x = WIDTH / (east - west)
    return west, north, scale_x, scale_x / cos(radians((south + north) / 2))
