"""Places of Laos and Thailand: found from any script, with neighbours and distances."""

from thangdee.referral_directory.places.finding import Found, find
from thangdee.referral_directory.places.gazetteer import (
    all_places,
    by_code,
    districts_of,
    is_within,
    province_of,
    provinces,
)
from thangdee.referral_directory.places.mention import Mention
from thangdee.referral_directory.places.mentions import places_in
from thangdee.referral_directory.places.near import (
    Crossing,
    crossings,
    distance_km,
    nearest_district,
    neighbours,
    point_of,
)
from thangdee.referral_directory.places.outlines import drawing_height, on_drawing, province_outlines
from thangdee.referral_directory.places.place import Country, Kind, Place, Point
from thangdee.referral_directory.places.villages import Village, VillageError, find_village, read_villages

__all__ = [
    "Country",
    "Crossing",
    "Found",
    "Kind",
    "Mention",
    "Place",
    "Point",
    "Village",
    "VillageError",
    "all_places",
    "by_code",
    "crossings",
    "distance_km",
    "districts_of",
    "drawing_height",
    "find",
    "find_village",
    "is_within",
    "nearest_district",
    "neighbours",
    "on_drawing",
    "places_in",
    "point_of",
    "province_of",
    "province_outlines",
    "provinces",
    "read_villages",
]
