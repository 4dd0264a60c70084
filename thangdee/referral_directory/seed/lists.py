"""The lists beside this module, read: providers, the Thai shelters, one office per province or district, samples."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from thangdee.referral_directory.places import Place, districts_of, provinces
from thangdee.referral_directory.seed.draft import Draft, organisation_id

_FOLDER = Path(__file__).parent
_LANGUAGES = ("lo", "th", "en")
_OFFICES_SOURCE = "VFI19"
_SAMPLE = {"en": "{} (sample)", "lo": "{} (ຕົວຢ່າງ)", "th": "{} (ตัวอย่าง)"}
_SAMPLE_PHONE = "000 {} (ຕົວຢ່າງ · ตัวอย่าง · sample)"

Said = dict[str, Any]


@cache
def listed_records() -> Draft:
    """Return what the sources name. Nobody has checked it."""
    draft = Draft()
    for provider in _read("providers.yml")["providers"]:
        draft.add_provider(provider)
    for shelter in _thai_shelters():
        draft.add_provider(shelter)
    for office in _read("offices.yml")["offices"]:
        for place in _places(office["every"]):
            draft.add_service(organisation_id(office["organisation"]), _office(office, place))
    return draft


@cache
def sample_records() -> Draft:
    """Return the made-up services of the demo; each name, description and number says so."""
    draft = Draft()
    for provider in _read("sample/services.yml")["providers"]:
        services = [_sample(one) for one in provider["services"]]
        draft.add_provider(_sample(provider) | {"services": services})
    return draft


def _thai_shelters() -> Iterator[Said]:
    listed = _read("thai_shelters.yml")
    for shelter in listed["shelters"]:
        said = listed["shared"] | listed["for"][shelter["for"]] | shelter | {"genders": [shelter["for"]]}
        organisation = {name: said[name] for name in ("id", "kind", "source", "name", "description")}
        yield organisation | {"services": [said]}


def _office(office: Said, place: Place) -> Said:
    name = {language: office["name"][language].format(place=place.full_name(language)) for language in _LANGUAGES}
    made = {"id": f"{office['id']} {place.code}", "name": name, "place": place.code, "areas": [place.code]}
    return office | made | {"source": _OFFICES_SOURCE, "mark": ["placeholder"]}


def _places(kind: str) -> Iterator[Place]:
    for province in provinces("LA"):
        yield from (province,) if kind == "province" else districts_of(province.code)


def _sample(said: Said) -> Said:
    texts = {what: _marked(said[what]) for what in ("name", "description")}
    phone = {"phone": _SAMPLE_PHONE.format(said["phone"])} if "phone" in said else {}
    return said | texts | phone | {"mark": ["sample"]}


def _marked(texts: Mapping[str, str]) -> dict[str, str]:
    return {language: _SAMPLE[language].format(text) for language, text in texts.items()}


def _read(name: str) -> Said:
    content: Said = yaml.safe_load((_FOLDER / name).read_text(encoding="utf-8"))
    return content
