"""Organisations as receivers: which can be reached and how, who works there, what they were sent and how it went."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import FastAPI, Form, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.providers import channels, members, notices, organisations
from thangdee.casework.providers.addresses import Kind
from thangdee.casework.providers.organisations import COUNTRIES, Provider, UnfitHoursError
from thangdee.casework.staff import accounts, invitations
from thangdee.casework.staff.roles import Permission, Role
from thangdee.casework.staff.sessions import SignedIn
from thangdee.console.access import Viewer, needs
from thangdee.console.confirming import is_fresh
from thangdee.console.directory.view import codes_of
from thangdee.console.health import named
from thangdee.console.shared import Console, go_to, language_of_page
from thangdee.core import audit
from thangdee.core.script import fold, skeleton
from thangdee.core.time_words import LOCAL_TIME
from thangdee.referral_directory.model import Organisation, text_in
from thangdee.referral_directory.snapshot import load_snapshot

PATH = "/providers"
_MOST_SHOWN = 100
_SHORT = 16
_HOUR = 60
# Sent by us; of these at least one checked, or staff have to call.
_SENT = frozenset({Kind.GROUP, Kind.MAIL, Kind.WEBHOOK})


@dataclass(frozen=True)
class Office:
    """One organisation of the directory. `country`: of its first place."""

    organisation: Organisation
    country: str
    is_sample: bool

    def name(self, language: str) -> str:
        """Return its name."""
        return text_in(self.organisation.names, language)


@dataclass(frozen=True)
class Row:
    """One line of the list."""

    id: str
    name: str
    kinds: list[Kind]
    is_by_hand: bool
    people: int
    is_sample: bool


@dataclass(frozen=True)
class Desk:
    """What the pages of receivers share. `has_mail`: a mail server is set."""

    console: Console
    has_mail: bool

    async def office(self, connection: AsyncConnection, organisation_id: str) -> Office | None:
        """Return an organisation of the directory, None if there is none."""
        return (await offices(connection)).get(organisation_id)

    async def show(
        self,
        request: Request,
        viewer: SignedIn,
        organisation_id: str,
        *,
        notice: str = "",
        secret: str = "",
        opened: tuple[str, str] | None = None,
        link: str = "",
        invited: str = "",
    ) -> Response:
        """Return the page of one organisation. `opened`: a way and its address, for who asked to see it."""
        async with self.console.database.read() as connection:
            office = await self.office(connection, organisation_id)
            if office is None:
                return go_to(request, PATH, notice="providers.notice.no_such")
            seen = await self._look(connection, office, viewer)
        return self.console.page(
            request, "providers/one.html", notice=notice, has_mail=self.has_mail, secret=secret, opened=opened,
            link=link, invited=invited, is_fresh=is_fresh(self.console, viewer), **seen,
        )  # fmt: skip

    async def _look(self, connection: AsyncConnection, office: Office, viewer: SignedIn) -> dict[str, Any]:
        key = office.organisation.id
        ways, people = await channels.of(connection, key), await members.people_of(connection, key)
        everybody = {one.id: one for one in await accounts.all_staff(connection)}
        others = [one for one in everybody.values() if is_theirs_only(one) and one.id not in people]
        sent = await notices.newest(connection, key)
        return {
            "office": office, "name": office.name(viewer.language), "works": await _works(connection, office),
            "ways": ways, "all_kinds": list(Kind), "countries": COUNTRIES, "zone": LOCAL_TIME,
            "names_of_staff": {one.id: one.name for one in everybody.values()},
            "people": [everybody[one] for one in people if one in everybody], "others": others,
            "invited_until": await invitations.open_ones(connection, self.console.clock.now()),
            "sent": sent, "whys": {one.error_code: named("why", one.error_code, viewer.language) for one in sent},
            "reaches": any(one.is_live and one.kind in _SENT for one in ways), "now": self.console.clock.now(),
        }  # fmt: skip

    async def record(
        self, connection: AsyncConnection, viewer: SignedIn, action: str, subject: str, **facts: audit.Fact
    ) -> None:
        """Write a deed down."""
        await audit.record(
            connection, self.console.vault.keyring, actor=viewer.staff_id, action=action, subject=subject,
            now=self.console.clock.now(), **facts,
        )  # fmt: skip


def is_theirs_only(account: accounts.Account) -> bool:
    """Tell whether an account is one of a receiver and nothing else: only those are handled here."""
    return account.ended_at is None and account.roles == frozenset({Role.PROVIDER})


async def offices(connection: AsyncConnection) -> dict[str, Office]:
    """Return the organisations of the directory that give a service."""
    found: dict[str, Office] = {}
    for one in (await load_snapshot(connection)).listings:
        if one.organisation.id and one.organisation.id not in found:
            country = next((code[:2] for code in sorted(codes_of(one)) if code[:2] in COUNTRIES), COUNTRIES[0])
            found[one.organisation.id] = Office(one.organisation, country, one.is_sample)
    return found


def add_pages(app: FastAPI, desk: Desk) -> None:
    """Add the list, the page of one organisation, and its language and hours."""
    _add_list(app, desk)
    _add_hours(app, desk)


def _add_list(app: FastAPI, desk: Desk) -> None:
    @app.get(PATH)
    @needs(Permission.MANAGE_PROVIDERS)
    async def listed(request: Request, q: str = "", only: str = "", notice: str = "") -> Response:
        async with desk.console.database.read() as connection:
            rows = await _rows(connection, language_of_page(request))
        wanted = [skeleton(word) for word in fold(q[:200]).split()]
        found = [one for one in rows if all(word in skeleton(one.name) for word in wanted)]
        without = [one for one in found if not one.kinds]
        shown = without if only == "none" else found
        return desk.console.page(
            request, "providers/list.html", notice=notice, rows=shown[:_MOST_SHOWN], total=len(shown), q=q[:200],
            only=only, without=len(without), has_mail=desk.has_mail,
        )  # fmt: skip

    @app.get(f"{PATH}/{{organisation}}")
    @needs(Permission.MANAGE_PROVIDERS)
    async def one(request: Request, viewer: Viewer, organisation: str, notice: str = "") -> Response:
        return await desk.show(request, viewer, organisation, notice=notice)


async def _rows(connection: AsyncConnection, language: str) -> list[Row]:
    known, live, people = (
        await offices(connection),
        await channels.all_live(connection),
        await members.counts(connection),
    )
    rows = [
        Row(
            key, office.name(language), sorted(live.get(key, ())), _SENT.isdisjoint(live.get(key, ())),
            people.get(key, 0), office.is_sample,
        )
        for key, office in known.items()
    ]  # fmt: skip
    return sorted(rows, key=lambda one: (bool(one.kinds), one.name, one.id))


def _add_hours(app: FastAPI, desk: Desk) -> None:
    @app.post(f"{PATH}/{{organisation}}/hours")
    @needs(Permission.MANAGE_PROVIDERS)
    async def hours(
        request: Request,
        viewer: Viewer,
        organisation: str,
        language: Annotated[str, Form(max_length=2)] = "",
        country: Annotated[str, Form(max_length=2)] = "",
        days: Annotated[list[str], Form(max_length=7)] = [],  # noqa: B006 - FastAPI copies it
        opens: Annotated[str, Form(max_length=_SHORT)] = "",
        closes: Annotated[str, Form(max_length=_SHORT)] = "",
    ) -> Response:
        """Write down in which language they are written to, and when they work."""
        wanted = Provider(
            organisation, language, country, "".join(sorted({one[:1] for one in days})), _minutes(opens),
            _minutes(closes),
        )  # fmt: skip
        try:
            async with desk.console.database.write() as connection:
                if await desk.office(connection, organisation) is None:
                    return go_to(request, PATH, notice="providers.notice.no_such")
                await organisations.save(connection, desk.console.vault, wanted, desk.console.clock.now())
                await desk.record(connection, viewer, "provider:hours", organisation)
        except UnfitHoursError as error:
            return go_to(request, f"{PATH}/{organisation}", notice=f"providers.notice.{error.code}")
        return go_to(request, f"{PATH}/{organisation}", notice="providers.notice.saved")


def _minutes(clock: str) -> int:
    """Return the minute of the day; what is no time of day is refused later."""
    hour, _, minute = clock.partition(":")
    if not (hour.isdecimal() and minute[:2].isdecimal() and int(minute[:2]) < _HOUR):
        return -1
    return int(hour) * _HOUR + int(minute[:2])


async def _works(connection: AsyncConnection, office: Office) -> dict[str, Any]:
    works = await organisations.of(connection, office.organisation.id, office.country)
    return vars(works) | {"opens": _clock(works.opens), "closes": _clock(works.closes)}


def _clock(minutes: int) -> str:
    return f"{minutes // _HOUR:02}:{minutes % _HOUR:02}"
