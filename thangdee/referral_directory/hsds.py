"""Open Referral HSDS 3, said once: tables, CSV files, nested JSON and checks are all made from this page.

A test compares it with the official schemas of 3.0, field by field; what 3.1 added is marked.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

VERSION = "3.1"


class Kind(StrEnum):
    """What a field may hold. Dates and times stay text, so that what came in goes out unchanged."""

    TEXT = "text"
    NUMBER = "number"
    UUID = "uuid"
    URI = "uri"
    EMAIL = "email"
    DATE = "date"
    TIME = "time"
    MOMENT = "moment"


@dataclass(frozen=True)
class Field:
    """One field of a record: a column, a CSV column, a JSON property.

    `in_json`, `in_tables`: it must be there in nested JSON, in CSV files. `links_to`: the table its id belongs to.
    """

    name: str
    kind: Kind
    in_json: bool
    in_tables: bool
    since_31: bool
    links_to: str | None
    one_of: tuple[str, ...]


@dataclass(frozen=True)
class Record:
    """One table of HSDS. `lists`: property -> table of the records nested in it; `objects`: the same, a single one."""

    name: str
    file: str
    fields: tuple[Field, ...]
    lists: dict[str, str]
    objects: dict[str, str]
    since_31: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all fields, in the order of the specification."""
        return tuple(field.name for field in self.fields)


# One field a word: name, `:kind` or `(one,of,these)`, `>table` it links to, `!` required, `+` required in tables,
# `*` new in 3.1. An id links to itself by being there; it is always required.
_FIELDS = {
    "organization": "name! alternate_name description! email:email website:uri tax_status tax_id"
    " year_incorporated:number legal_status logo uri:uri parent_organization_id>organization",
    "program": "organization_id>organization+ name! alternate_name description!",
    "service": "organization_id>organization+ program_id>program name! alternate_name description url:uri email:email"
    " status(active,inactive,defunct,temporarily_closed)! interpretation_services application_process"
    " fees_description wait_time fees accreditations eligibility_description minimum_age:number maximum_age:number"
    " assured_date:date assurer_email:email licenses alert last_modified:moment",
    "attribute": "link_id:uuid+ taxonomy_term_id>taxonomy_term+ link_type link_entity+ value label*",
    "service_at_location": "service_id>service+ location_id>location+ description",
    "location": "location_type(physical,postal,virtual)! url:uri organization_id>organization name alternate_name"
    " description transportation latitude:number longitude:number external_identifier external_identifier_type",
    "phone": "location_id>location service_id>service organization_id>organization contact_id>contact"
    " service_at_location_id>service_at_location number! extension:number type description",
    "contact": "organization_id>organization service_id>service service_at_location_id>service_at_location"
    " location_id>location name title department email:email",
    "address": "location_id>location attention address_1! address_2 city! region state_province! postal_code! country!"
    " address_type(physical,postal,virtual)!",
    "schedule": "service_id>service location_id>location service_at_location_id>service_at_location valid_from:date"
    " valid_to:date dtstart:date timezone:number until:date count:number wkst(MO,TU,WE,TH,FR,SA,SU)"
    " freq(WEEKLY,MONTHLY) interval:number byday byweekno bymonthday byyearday description opens_at:time"
    " closes_at:time schedule_link:uri attending_type notes",
    "funding": "organization_id>organization service_id>service source",
    "service_area": "service_id>service service_at_location_id>service_at_location* name description extent"
    " extent_type uri",
    "required_document": "service_id>service document uri:uri",
    "language": "service_id>service location_id>location phone_id>phone name code note",
    "accessibility": "location_id>location description details url:uri",
    "taxonomy_term": "code name! description! parent_id>taxonomy_term taxonomy language taxonomy_id>taxonomy"
    " term_uri:uri",
    "metadata": "resource_id:uuid+ resource_type+ last_action_date:date! last_action_type! field_name!"
    " previous_value! replacement_value! updated_by!",
    "meta_table_description": "name language character_set",
    "cost_option": "service_id>service+ valid_from:date valid_to:date option currency amount:number amount_description",
    "organization_identifier": "organization_id>organization+ identifier_scheme identifier_type! identifier!",
    "taxonomy": "name! description! uri:uri version",
    "unit": "name! scheme identifier uri:uri",
    "service_capacity": "service_id>service+ unit_id>unit+ available:number! maximum:number description"
    " updated:moment!",
    "url": "label url:uri! organization_id>organization service_id>service",
}
_FILES = {
    "service_at_location": "service_at_location.csv",
    "address": "addresses.csv",
    "accessibility": "accessibility.csv",
    "funding": "funding.csv",
    "metadata": "metadata.csv",
    "taxonomy": "taxonomies.csv",
    "service_capacity": "service_capacity.csv",
    "url": "url.csv",
}
_LISTS = {
    "organization": "funding contacts phones locations programs organization_identifiers additional_websites",
    "service": "phones schedules service_areas service_at_locations languages funding cost_options required_documents"
    " contacts additional_urls capacities",
    "service_at_location": "service_areas contacts phones schedules",
    "location": "languages addresses contacts accessibility phones schedules",
    "contact": "phones",
    "phone": "languages",
}
_OBJECTS = {
    "service": {"organization": "organization", "program": "program"},
    "service_at_location": {"location": "location"},
    "attribute": {"taxonomy_term": "taxonomy_term"},
    "taxonomy_term": {"taxonomy_detail": "taxonomy"},
    "service_capacity": {"unit": "unit"},
}
_LISTED = {
    "additional_websites": "url",
    "additional_urls": "url",
    "capacities": "service_capacity",
    "addresses": "address",
    "funding": "funding",
    "accessibility": "accessibility",
}
_WITHOUT_ATTRIBUTES = {"attribute", "metadata", "taxonomy", "taxonomy_term", "service_capacity"}
_WITHOUT_METADATA = {"metadata", "service_capacity"}
_NEW = {"unit", "service_capacity", "url"}
_FIELD = re.compile(r"(\w+)(?::(\w+))?(?:\(([\w,]+)\))?(?:>(\w+))?([!+*]*)$")


def _field(word: str) -> Field:
    found = _FIELD.match(word)
    if found is None:
        raise ValueError(f"not a field: {word}")
    name, kind, choices, link, marks = found.groups()
    one_of = tuple(one.replace("_", " ") for one in (choices or "").split(",") if one)
    what = Kind.UUID if link else Kind(kind or "text")
    return Field(name, what, "!" in marks, bool({"!", "+"} & set(marks)), "*" in marks, link, one_of)


def _record(name: str, words: str) -> Record:
    lists = {one: _LISTED.get(one, one.removesuffix("s")) for one in _LISTS.get(name, "").split()}
    if name not in _WITHOUT_ATTRIBUTES:
        lists["attributes"] = "attribute"
    if name not in _WITHOUT_METADATA:
        lists["metadata"] = "metadata"
    fields = (_field("id:uuid!"), *map(_field, words.split()))
    return Record(name, _FILES.get(name, f"{name}s.csv"), fields, lists, _OBJECTS.get(name, {}), name in _NEW)


RECORDS: dict[str, Record] = {name: _record(name, words) for name, words in _FIELDS.items()}
BY_FILE: dict[str, Record] = {record.file: record for record in RECORDS.values()}
