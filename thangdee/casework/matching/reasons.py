"""The reasons that a candidate may come with, and the keys of their texts."""

from thangdee.casework.matching.evidence import NAME_FIELDS

_NAME_GRADES = ("same_sound", "near", "alike", "little_alike", "differs")
_FIELDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    *((field, _NAME_GRADES) for field in NAME_FIELDS),
    ("crossed", ("same_sound", "near", "alike")),
    ("whole_name", ("same_sound", "near", "alike")),
    ("names", ("swapped",)),
    ("village", ("same_sound", "near", "alike", "former_name", "differs")),
    ("district", ("same", "neighbour", "differs")),
    ("province", ("same", "former", "mixed_up", "differs")),
    ("birth_year", ("same", "1_off", "2_off", "3_off", "4_off", "far_off", "differs")),
    ("sex", ("same", "differs")),
    ("time", ("after", "long_after", "year_before", "before_in_doubt", "before")),
)

REASONS = frozenset(f"{field}:{grade}" for field, grades in _FIELDS for grade in grades)


def reason_key(reason: str) -> str:
    """The key of a reason's text: "sex:same" is match.reason.sex.same."""
    return f"match.reason.{reason.replace(':', '.')}"
