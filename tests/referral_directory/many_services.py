"""A made-up directory of any size, as the tables of HSDS: every record is a sample."""

from typing import Any

from thangdee.referral_directory.taxonomy import names_of, stable_id, term

_PLACES = ("LA-VT", "LA-SV", "LA-CH", "LA-LP", "LA-SL", "TH-10", "TH-30", "TH-65", "TH-43", "TH-49")
_SAID = {
    "need": (1, 2), "gender": (1, 1), "age": (2, 2), "returnee": (1, 1), "spoken": (2, 3), "stay": (1, 1),
    "family": (0, 1), "referral": (1, 2), "visit": (0, 2),
}  # fmt: skip


def many_services(services: int, locations: int) -> dict[str, list[dict[str, Any]]]:
    """Tables with a phone, a schedule, an area and about ten attributes for each service."""
    kinds = names_of("kind")
    organisations = max(1, services // 20)
    tables: dict[str, list[dict[str, Any]]] = {
        "organization": [
            {"id": stable_id(f"sample o{n}"), "name": f"Sample organisation {n}", "description": "A sample"}
            for n in range(organisations)
        ],
        "location": [_location(n) for n in range(locations)],
        "address": [_address(n) for n in range(locations)],
    }
    for name in ("service", "service_at_location", "phone", "schedule", "service_area", "attribute"):
        tables[name] = []
    for n in range(organisations):
        tables["attribute"].append(_attribute(f"sample o{n}", "organization", "kind", kinds[n % len(kinds)]))
    for n in range(services):
        _add_service(tables, n, organisations, locations)
    return tables


def _add_service(tables: dict[str, list[dict[str, Any]]], n: int, organisations: int, locations: int) -> None:
    name, service = f"sample s{n}", stable_id(f"sample s{n}")
    said = {"id": service, "organization_id": stable_id(f"sample o{n % organisations}"), "name": f"Sample service {n}"}
    tables["service"].append(said | {"description": "A sample", "status": "active", "assured_date": "2026-11-01"})
    at = {"id": stable_id(f"{name} at"), "service_id": service, "location_id": stable_id(f"sample l{n % locations}")}
    tables["service_at_location"].append(at)
    tables["phone"].append({"id": stable_id(f"{name} phone"), "service_id": service, "number": f"sample {n}"})
    hours = {"freq": "WEEKLY", "byday": "MO,TU,WE,TH,FR", "opens_at": "08:00", "closes_at": "16:00"}
    tables["schedule"].append({"id": stable_id(f"{name} hours"), "service_id": service} | hours)
    area = {"extent_type": "text", "extent": _PLACES[n % len(_PLACES)]}
    tables["service_area"].append({"id": stable_id(f"{name} area"), "service_id": service} | area)
    for taxonomy, (least, most) in _SAID.items():
        names = names_of(taxonomy)
        for k in range(least + (n % 3 == 0) * (most - least)):
            tables["attribute"].append(_attribute(name, "service", taxonomy, names[(n + k) % len(names)]))


def _attribute(of: str, table: str, taxonomy: str, name: str) -> dict[str, Any]:
    ids = {"id": stable_id(f"{of} {taxonomy} {name}"), "link_id": stable_id(of), "link_entity": table}
    return ids | {"taxonomy_term_id": term(taxonomy, name).id}


def _location(n: int) -> dict[str, Any]:
    place = {"external_identifier": _PLACES[n % len(_PLACES)], "external_identifier_type": "thangdee-place"}
    point = {"latitude": 14 + n % 80 / 10, "longitude": 100 + n % 70 / 10}
    return {"id": stable_id(f"sample l{n}"), "name": f"Sample place {n}", "location_type": "physical"} | place | point


def _address(n: int) -> dict[str, Any]:
    said = {"address_1": f"Sample road {n}", "city": "Sample", "state_province": "Sample", "postal_code": "00000"}
    ids = {"id": stable_id(f"sample l{n} address"), "location_id": stable_id(f"sample l{n}")}
    return ids | said | {"country": "LA", "address_type": "physical"}
