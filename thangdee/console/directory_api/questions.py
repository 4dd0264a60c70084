"""What may be asked of a list, with the names that HSDS gives, and how a wrong question is answered."""

from datetime import UTC, datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from thangdee.console.directory_api.finding import Filter, Point
from thangdee.referral_directory.places import by_code, find, point_of

PER_PAGE = 50
MOST_PER_PAGE = 500
_MOST_PAGES = 1_000_000
_AROUND_KM = 50.0
_FARTHEST_KM = 20_100.0
_METRES = 1000

Id = Annotated[str, Field(min_length=1, max_length=200)]
_MOST_PLACES = 4


class Page(BaseModel):
    """Which part of a list. An unknown parameter is refused: a filter that is misspelt must not find everything."""

    model_config = ConfigDict(extra="forbid")

    search: str = Field(
        "", max_length=200, description="Full text search, in any language of the record; all words must be there."
    )
    page: int = Field(1, ge=1, le=_MOST_PAGES, description="Page number of the paginated result; the first is 1.")
    per_page: int | None = Field(
        None,
        ge=1,
        le=MOST_PER_PAGE,
        description=f"Number of results requested in a single page; {PER_PAGE} if it is not said.",
    )
    format: Literal["json"] = Field("json", description="Format of the answer: `json` only.")

    def filter(self) -> Filter:
        """Return what the records must be."""
        return Filter(search=self.search)


class OrganizationsAsked(Page):
    """A question about organisations."""

    full: bool = Field(False, description="Return fully nested organizations.")
    full_service: bool = Field(
        False, description="Return fully nested organizations whose services hold all there is to them."
    )


class TermsAsked(Page):
    """A question about taxonomy terms."""

    taxonomy_id: Id | None = Field(None, description="Only terms of this taxonomy.")
    top_only: bool = Field(False, description="Only terms that stand under no other term.")
    parent_id: Id | None = Field(None, description="Only terms that have this term as their parent.")


class PlacesAsked(Page):
    """A question about services at locations. Near is told by `lat` and `lon` (or `long`), or by `place`."""

    full: bool = Field(False, description="Return them fully nested, with all related data.")
    taxonomy_term_id: list[Id] = Field(
        default=[],
        max_length=20,
        description="Only services with this taxonomy term, by id or code; said several times: with all of them. "
        "What is said at a location wins over the service, and that over the organization.",
    )
    taxonomy_id: Id | None = Field(None, description="Only services with any term of this taxonomy.")
    organization_id: Id | None = Field(None, description="Only services that this organization provides.")
    modified_after: datetime | None = Field(
        None, description="Only what was modified on or after this datetime (UTC if no offset is given)."
    )
    place: str | None = Field(
        None,
        min_length=1,
        max_length=80,
        description="Only services that are in this place, or serve it or a part of it: a code (`LA-SV`, `LA1301`, "
        "`TH-30`, `LA`) or a name in Lao, Thai or Latin letters that is sure to mean one place.",
    )
    lat: float | None = Field(None, ge=-90, le=90, description="Latitude of a point, in degrees; nearest first.")
    lon: float | None = Field(None, ge=-180, le=180, description="Longitude of the point, in degrees.")
    long: float | None = Field(None, ge=-180, le=180, description="The same as `lon`.")
    distance: float | None = Field(
        None,
        gt=0,
        le=_FARTHEST_KM,
        description="Only services that are given within so many kilometres of the point, or of the middle of "
        f"`place`; {_AROUND_KM:.0f} if only a point is given.",
    )
    proximity: float | None = Field(
        None, gt=0, le=_FARTHEST_KM * _METRES, description="The same as `distance`, in meters."
    )

    @field_validator("place")
    @classmethod
    def _as_code(cls, text: str | None) -> str | None:
        return None if text is None else _code_of(text)

    @field_validator("modified_after")
    @classmethod
    def _with_zone(cls, moment: datetime | None) -> datetime | None:
        return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if self.lon is not None and self.long is not None:
            raise ValueError("say lon or long, not both")
        if (self.lat is None) != (self.lon is None and self.long is None):
            raise ValueError("lat and lon belong together")
        if self.distance is not None and self.proximity is not None:
            raise ValueError("say distance (kilometres) or proximity (meters), not both")
        is_far = self.distance is not None or self.proximity is not None
        if is_far and self.lat is None and (self.place is None or point_of(self.place) is None):
            raise ValueError("distance needs lat and lon, or a place smaller than a country")
        return self

    def filter(self) -> Filter:
        """Return what the records must be; with `distance` a place is a middle, else an area."""
        near, kilometres = self._near(), self.distance
        if self.proximity is not None:
            kilometres = self.proximity / _METRES
        is_middle = self.lat is None and near is not None
        return Filter(
            search=self.search,
            terms=tuple(self.taxonomy_term_id),
            taxonomy=self.taxonomy_id,
            organization=self.organization_id,
            modified_after=self.modified_after,
            place=None if is_middle else self.place,
            near=near,
            within_km=_AROUND_KM if kilometres is None else kilometres,
        )

    def _near(self) -> Point | None:
        longitude = self.long if self.lon is None else self.lon
        if self.lat is not None and longitude is not None:
            return self.lat, longitude
        if self.place is not None and (self.distance is not None or self.proximity is not None):
            return point_of(self.place)
        return None


class ServicesAsked(PlacesAsked):
    """A question about services."""

    minimal: bool = Field(
        False,
        description="Return just `id` and `modified_date` of each service, all of them on one page unless per_page is "
        "given.",
    )


def _code_of(text: str) -> str:
    """Return the code of a place. Raises ValueError, with the codes it may mean, where that is not sure."""
    if place := by_code(text.strip().upper()):
        return place.code
    found = find(text)
    if found and found[0].is_sure:
        return found[0].place.code
    codes = ", ".join(f"{one.place.code} ({one.place.name('en')})" for one in found[:_MOST_PLACES])
    raise ValueError(f"may mean several places, use a code: {codes}" if codes else "no such place is known")
