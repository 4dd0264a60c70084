"""Places: every name of every place is found, whoever types it."""

import time
from pathlib import Path

import pytest
import yaml

from thangdee.core.script import skeleton
from thangdee.referral_directory.places import (
    Kind,
    all_places,
    by_code,
    districts_of,
    find,
    is_within,
    places_in,
    province_of,
    provinces,
)
from thangdee.referral_directory.places.spelling import by_ear, has_lao_or_thai, key

HERE = Path(__file__).parent
SPELLINGS = [
    (text, code)
    for code, texts in yaml.safe_load((HERE / "place_spellings.yml").read_text(encoding="utf-8")).items()
    for text in texts
]
SENTENCES = [
    text
    for texts in yaml.safe_load((HERE / "everyday_sentences.yml").read_text(encoding="utf-8")).values()
    for text in texts
]
MESSAGES = yaml.safe_load((HERE / "place_messages.yml").read_text(encoding="utf-8"))
LANGUAGES = ("lo", "th", "en")


def codes(found):
    return [one.place.code for one in found]


def test_the_tables_hold_every_province_and_district():
    assert len(provinces("LA")) == 18
    assert len(provinces("TH")) == 77
    assert sum(len(districts_of(one.code)) for one in provinces("LA")) == 148
    assert sum(len(districts_of(one.code)) for one in provinces("TH")) == 928


def test_every_place_has_a_name_in_each_language_in_its_script():
    for place in all_places():
        for language, low, high in (("lo", "\u0e80", "\u0eff"), ("th", "\u0e00", "\u0e7f"), ("en", "'", "z")):
            name = place.names[language]
            assert name == name.strip()
            assert name
            assert all(low <= char <= high for char in name if char not in " -"), (place.code, name)


def test_provinces_and_lao_districts_have_points():
    for place in all_places():
        has_point = place.kind is Kind.PROVINCE or (place.kind is Kind.DISTRICT and place.country == "LA")
        assert (place.point is not None) == has_point, place.code


def test_a_code_and_the_parents_agree():
    for place in all_places():
        assert by_code(place.code) is place
        assert place.parent is None or by_code(place.parent).country == place.country
    assert province_of("LA1601").code == "LA-CH"
    assert province_of("TH-30").code == "TH-30"
    assert province_of("LA") is None
    assert is_within("LA1601", "LA-CH")
    assert is_within("LA1601", "LA")
    assert not is_within("LA1601", "LA-SV")


def test_full_names_say_the_kind_once():
    assert by_code("LA-SV").full_name("lo") == "ແຂວງສະຫວັນນະເຂດ"
    assert by_code("LA-VT").full_name("lo") == "ນະຄອນຫຼວງວຽງຈັນ"
    assert by_code("LA-VI").full_name("lo") == "ແຂວງວຽງຈັນ"
    assert by_code("LA-VI").full_name("en") == "Vientiane Province"
    assert by_code("LA1601").full_name("lo") == "ເມືອງປາກເຊ"
    assert by_code("TH-43").full_name("th") == "จังหวัดหนองคาย"
    assert by_code("TH-10").full_name("th") == "กรุงเทพมหานคร"
    assert by_code("TH1047").full_name("th") == "เขตบางนา"
    assert by_code("TH5001").full_name("th") == "อำเภอเมืองเชียงใหม่"
    assert by_code("TH").full_name("en") == "Thailand"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_province_is_found_by_its_name(language):
    for place in (*provinces("LA"), *provinces("TH")):
        found = find(place.names[language], country=place.country)
        assert codes(found)[0] == place.code, place.names[language]
        assert place.code in codes(find(place.full_name(language))), place.full_name(language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_lao_district_is_found_by_its_name(language):
    for province in provinces("LA"):
        for place in districts_of(province.code):
            name = place.full_name(language)
            found = [one for one in find(name, country="LA") if one.score >= 0.98]
            assert place.code in codes(found), name
            assert len(found) <= 2, (name, codes(found))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_thai_district_is_found_by_its_name(language):
    # So many are named alike (Chaloem Phra Kiat five times) that its province may be needed as well.
    for province in provinces("TH"):
        for place in districts_of(province.code):
            assert place.code in codes(find(place.names[language], country="TH")), place.names[language]


@pytest.mark.parametrize(("text", "code"), SPELLINGS)
def test_a_place_is_found_as_people_type_it(text, code):
    found = find(text)
    assert found, text
    assert found[0].place.code == code, [(one.place.code, one.score) for one in found]


def test_every_spelling_in_the_tables_leads_to_its_place():
    lost = [
        (text, place.code)
        for place in all_places()
        for text in place.aliases
        if place.code not in codes(find(text, country=place.country))
    ]
    assert lost == []


def test_the_letters_of_a_name_are_those_of_the_shared_fold():
    for place in all_places():
        for text in (*place.names.values(), *place.aliases):
            if has_lao_or_thai(text):
                assert key(text) == skeleton(text).replace(" ", ""), text


def test_there_are_many_spellings_and_sentences():
    assert len(SPELLINGS) >= 150
    assert len(SENTENCES) >= 100
    assert len(set(SENTENCES)) == len(SENTENCES)


def test_a_bare_vientiane_is_the_capital_and_said_to_be_open():
    for text in ("ວຽງຈັນ", "เวียงจันทน์", "vientiane"):
        found = find(text)
        assert codes(found)[:2] == ["LA-VT", "LA-VI"]
        assert not any(one.is_sure for one in found)
        (mention,) = places_in(text)
        assert (mention.place.code, [one.code for one in mention.others]) == ("LA-VT", ["LA-VI"])
        assert not mention.is_sure


def test_the_kind_tells_the_two_vientianes_apart():
    assert find("ນະຄອນຫຼວງວຽງຈັນ")[0].is_sure
    assert codes(find("ແຂວງວຽງຈັນ"))[0] == "LA-VI"
    assert find("ແຂວງວຽງຈັນ")[0].is_sure


def test_a_name_that_two_districts_bear_is_not_sure():
    found = find("ໂພນທອງ", country="LA")
    assert {"LA0612", "LA1606"} == set(codes(found)[:2])
    assert not found[0].is_sure


def test_a_name_of_a_province_and_its_own_district_is_sure():
    found = find("ຈຳປາສັກ")
    assert found[0].place.code == "LA-CH"
    assert found[0].is_sure
    assert codes(find("ເມືອງຈຳປາສັກ"))[0] == "LA1607"


def test_nothing_is_sure_in_what_is_no_place():
    for text in (
        "",
        "?",
        "ບໍ່ຮູ້",
        "asdfgh",
        "ไม่ทราบค่ะ",
        "5",
        "ບ້ານ",
        "ใช่",
        "mai",
        "home",
        "may",
        "ຄຳ",
        "ເງິນ",
        "เลย",
        "pass hai",
        "x" * 5000,
    ):
        assert not any(one.is_sure for one in find(text)), text


def test_a_name_with_its_kind_is_sure():
    for text in ("ເມືອງເງິນ", "จังหวัดเลย", "แขวงพงสาลี", "อำเภอฝาง", "ປາກເຊ", "ໄທ", "savan"):
        assert find(text)[0].is_sure, text


def test_only_the_asked_country_is_searched():
    assert {one.place.country for one in find("ໂພນທອງ", country="TH")} == {"TH"}


@pytest.mark.parametrize("sentence", SENTENCES)
def test_no_place_is_read_into_an_everyday_sentence(sentence):
    assert codes(places_in(sentence)) == []


@pytest.mark.parametrize("message", MESSAGES, ids=lambda one: one["text"])
def test_places_are_found_in_a_message(message):
    assert codes(places_in(message["text"])) == message["places"]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda one: one["text"])
def test_a_mention_points_at_the_words_as_typed(message):
    for mention in places_in(message["text"]):
        words = message["text"][mention.start : mention.end]
        assert words == words.strip()
        known = (*mention.place.names.values(), *mention.place.aliases)
        assert key(words) in {key(one) for one in known} | {""}
        assert key(words) or by_ear(words) in {by_ear(one) for one in known}


@pytest.mark.parametrize(
    "unit", ["ຂ້ອຍຢູ່ບາງກອກ ນາຍຈ້າງບໍ່ໃຫ້ເງິນ ", "pai het viek yu songkha kap nong ", "ປ", "a ", "เ", "ng"]
)
def test_a_long_message_takes_no_longer_than_its_length(unit):
    places_in("ວຽງຈັນ")
    text = (unit * 4096)[:4096]
    started = time.process_time()
    places_in(text)
    # 20 ms on a quiet machine; the bound here only catches what grows with the square.
    assert time.process_time() - started < 0.25
