"""What the OpenAPI document says beyond parameters: shapes of answers, as the official document of HSDS says them."""

from typing import Any

TITLE = "Thangdee directory"
SUMMARY = "Who helps people who go from Laos to Thailand to work, and their families: services, read-only, HSDS 3."
DESCRIPTION = """\
Clients of HSDS 3 read this directory as it is. Good to know:

- **Only what was checked in the last 90 days is here.** A service, a phone, a schedule, an address, a cost and a place
  each have a check of their own; what is older is left out until somebody has checked it again.
- **What could endanger a person is not here**: where shelters are, contacts of persons, who checked or changed a
  record. A location of which only id and type are given is such a place, or was not checked.
- What HSDS has no field for (needs, gender, age bands, languages, texts in Lao and Thai) is said by attributes; see
  `/taxonomies` and `/taxonomy_terms`.
- Places are asked for by `place`, or by `lat`, `lon` and `distance`; postcodes are not used in these records.
- Answers carry an ETag, the same for the whole directory until it changes.
"""
LICENCE = {"name": "Apache-2.0 (the program; ask who runs it about the records)", "identifier": "Apache-2.0"}
PROFILE = "https://github.com/openreferral/specification/blob/3.0/docs/hsds/overview.md"
_SCHEMAS = "https://raw.githubusercontent.com/openreferral/specification/3.0/schema"
_PAGE = {
    "total_items": ("integer", "The total number of entities (e.g. services, organizations) returned"),
    "total_pages": ("integer", "Count of total pages."),
    "page_number": ("integer", "The number of the current page"),
    "size": ("integer", "The number of entities in the current page."),
    "first_page": ("boolean", "A Boolean value indicating if this is the first page"),
    "last_page": ("boolean", "A Boolean value indicating if this is the last page"),
    "empty": ("boolean", "A Boolean value indicating if there is an empty result set"),
}
_ABOUT = {
    "version": {"type": "string", "description": "HSDS version of this API."},
    "profile": {
        "type": "string",
        "format": "uri",
        "description": "URL of the information on the HSDS profile of this API.",
    },
    "openapi_url": {
        "type": "string",
        "format": "uri",
        "description": "URL of the openapi JSON file which defines this API.",
    },
}

Answers = dict[int | str, dict[str, Any]]


def about() -> Answers:
    """Return the answers of `/`."""
    return _answers({"type": "object", "properties": _ABOUT}, "Information about this API.")


def one_of(schema: str) -> Answers:
    """Return the answers of `/things/{id}`. `schema`: file of the official schema."""
    found = _answers({"$ref": f"{_SCHEMAS}/{schema}.json"}, "The record with all related data that is published.")
    return found | {404: {"description": "No such record is published."}}


def page_of(schema: str) -> Answers:
    """Return the answers of `/things`."""
    contents = {"contents": {"type": "array", "items": {"$ref": f"{_SCHEMAS}/{schema}.json"}}}
    page = {name: {"type": kind, "description": said} for name, (kind, said) in _PAGE.items()}
    return _answers({"type": "object", "properties": page | contents}, "A page of the list.")


def _answers(schema: dict[str, Any], description: str) -> Answers:
    return {
        200: {"description": description, "content": {"application/json": {"schema": schema}}},
        304: {"description": "Nothing has changed since the ETag that was sent."},
        503: {"description": "The database does not answer; try again."},
    }
