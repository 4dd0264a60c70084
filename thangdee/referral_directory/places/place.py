"""What a place is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

Country = Literal["LA", "TH"]
Point = tuple[float, float]


class Kind(StrEnum):
    """How large a place is."""

    COUNTRY = "country"
    PROVINCE = "province"
    DISTRICT = "district"


@dataclass(frozen=True, slots=True)
class Place:
    """A country, a province or a district of Laos or Thailand.

    ``code`` is "LA" or "TH", the ISO 3166-2 code of a province ("LA-SV", "TH-30"), or the official four digits of a
    district after its country ("LA1301", "TH3001"). ``names`` has "lo", "th" and "en", without the word for province
    or district. ``point`` is latitude and longitude in degrees; countries and Thai districts have none.
    """

    code: str
    kind: Kind
    country: Country
    parent: str | None
    names: Mapping[str, str] = field(hash=False, compare=False)
    aliases: tuple[str, ...] = field(default=(), hash=False, compare=False)
    point: Point | None = field(default=None, compare=False)

    def name(self, language: str) -> str:
        """Return the bare name; in a language without one, the English name."""
        return self.names.get(language) or self.names["en"]

    def full_name(self, language: str) -> str:
        """Return the name with its kind, as on a letter: ແຂວງສະຫວັນນະເຂດ, อำเภอแม่สาย, Pakse District."""
        name = self.name(language)
        before, after = _TITLES.get((self._title(), language), ("", ""))
        if any(word in name for word in _TITLED) or (before and name.startswith(before)):
            return name
        return f"{before}{name}{after}"

    def _title(self) -> str:
        if self.kind is Kind.COUNTRY:
            return "country"
        in_bangkok = self.code.startswith(("TH10", "TH-10"))
        return f"{self.country} {'Bangkok ' if in_bangkok else ''}{self.kind}"


# Names that already say what they are.
_TITLED = ("ນະຄອນຫຼວງວຽງຈັນ", "ແຂວງ", "นครหลวงเวียงจันทน์", "แขวง", "Capital", "Province")
_TITLES = {
    ("LA province", "lo"): ("ແຂວງ", ""),
    ("LA province", "th"): ("แขวง", ""),
    ("LA province", "en"): ("", " Province"),
    ("LA district", "lo"): ("ເມືອງ", ""),
    ("LA district", "th"): ("เมือง", ""),
    ("LA district", "en"): ("", " District"),
    ("TH province", "lo"): ("ຈັງຫວັດ", ""),
    ("TH province", "th"): ("จังหวัด", ""),
    ("TH province", "en"): ("", " Province"),
    ("TH district", "lo"): ("ອຳເພີ", ""),
    ("TH district", "th"): ("อำเภอ", ""),
    ("TH district", "en"): ("", " District"),
    ("TH Bangkok district", "lo"): ("ເຂດ", ""),
    ("TH Bangkok district", "th"): ("เขต", ""),
    ("TH Bangkok district", "en"): ("", " District"),
}
