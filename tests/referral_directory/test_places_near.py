"""Distances, neighbours, crossings and the map of places."""

import pytest

from thangdee.referral_directory.places import (
    all_places,
    by_code,
    crossings,
    distance_km,
    districts_of,
    drawing_height,
    nearest_district,
    neighbours,
    on_drawing,
    point_of,
    province_outlines,
    provinces,
)


def codes(places):
    return [place.code for place in places]


@pytest.mark.parametrize(
    ("one", "other", "km"),
    [
        ("LA-VT", "LA-LP", 215),
        ("LA1601", "TH-34", 105),
        ("LA1201", "TH-48", 15),
        ("LA1301", "TH-49", 15),
        ("TH-10", "TH-50", 585),
    ],
)
def test_a_distance_is_that_of_the_map(one, other, km):
    assert distance_km(one, other) == pytest.approx(km, abs=max(10, km * 0.04))
    assert distance_km(one, other) == pytest.approx(distance_km(by_code(other), by_code(one)))


def test_a_thai_district_is_where_its_province_is():
    assert point_of("TH5709") == by_code("TH-57").point
    assert distance_km("TH5709", "TH-57") == 0


def test_a_country_is_at_no_distance():
    assert distance_km("LA", "TH-10") is None


def test_neighbouring_provinces_share_a_border():
    assert set(codes(neighbours("LA-CH"))) == {"LA-SL", "LA-XE", "LA-AT", "TH-34"}
    assert set(codes(neighbours("LA-SV"))) == {"LA-KH", "LA-SL", "TH-49"}
    assert "TH-43" in codes(neighbours("LA-VT"))


def test_neighbours_in_laos_are_mutual():
    for place in provinces("LA"):
        for other in neighbours(place.code):
            if other.country == "LA":
                assert place in neighbours(other.code)


def test_neighbours_across_the_border_are_mutual():
    for place in (*provinces("LA"), *provinces("TH")):
        for other in neighbours(place.code):
            if other.country != place.country:
                assert place in neighbours(other.code), (place.code, other.code)


def test_every_lao_district_has_neighbours_near_it():
    for province in provinces("LA"):
        for place in districts_of(province.code):
            near = [one for one in neighbours(place.code) if one.country == "LA"]
            assert len(near) == 6
            assert place not in near
            distances = [distance_km(place, one) for one in near]
            assert distances == sorted(distances)
            assert distances[-1] < 160, place.code


def test_the_own_country_comes_first():
    countries = [one.country for one in neighbours("TH-43")]
    assert countries == sorted(countries, reverse=True)


@pytest.mark.parametrize(
    ("thai", "lao"),
    [
        ("TH-43", "LA-VT"),
        ("TH-49", "LA-SV"),
        ("TH-48", "LA-KH"),
        ("TH-57", "LA-BK"),
        ("TH-34", "LA-CH"),
        ("TH-55", "LA-XA"),
        ("TH-42", "LA-XA"),
        ("TH-38", "LA-BL"),
    ],
)
def test_the_known_crossings_make_neighbours(thai, lao):
    assert lao in codes(neighbours(thai))
    assert thai in codes(neighbours(lao))
    assert {one.thai for one in crossings(lao)} >= {thai}
    assert any(by_code(one.lao).parent == lao for one in crossings(thai))


def test_a_crossing_belongs_to_its_district():
    assert [one.thai for one in crossings("LA1606")] == ["TH-34"]
    assert crossings("LA1601") == ()


@pytest.mark.parametrize(
    ("lat", "lon", "code"),
    [
        (17.965, 102.61, "LA0101"),
        (15.12, 105.80, "LA1601"),
        (17.87, 102.74, "TH-43"),
        (13.75, 100.50, "TH-10"),
        (16.53, 104.72, "TH-49"),
        (16.57, 104.78, "LA1301"),
        (12.93, 100.88, "TH-20"),
    ],
)
def test_a_shared_location_is_in_the_nearest_district(lat, lon, code):
    assert nearest_district(lat, lon).code == code


def test_every_lao_district_is_nearest_to_its_own_point():
    wrong = []
    for place in all_places():
        if place.point and place.kind == "district":
            found = nearest_district(*place.point)
            if found != place:
                wrong.append((place.code, found.code))
    assert wrong == []


def test_a_place_far_from_both_countries_has_no_district():
    assert nearest_district(48.2, 16.4) is None


def test_the_map_has_every_lao_province_inside_its_frame():
    outlines = province_outlines()
    assert set(outlines) == {one.code for one in provinces("LA")}
    points = [point for rings in outlines.values() for ring in rings for point in ring]
    assert min(x for x, _ in points) == 0
    assert max(x for x, _ in points) == 1000
    assert min(y for _, y in points) == 0
    assert max(y for _, y in points) == drawing_height()
    assert 1000 < drawing_height() < 1400


def test_a_province_capital_lies_within_the_drawing():
    for place in provinces("LA"):
        x, y = on_drawing(*place.point)
        assert 0 <= x <= 1000
        assert 0 <= y <= drawing_height()
