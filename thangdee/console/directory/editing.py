"""The form of an entry: filling it, showing the cards it would make, saving."""

from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.datastructures import FormData

from thangdee.casework.staff.roles import Permission
from thangdee.casework.staff.sessions import SignedIn
from thangdee.console.access import Viewer, needs
from thangdee.console.directory.card import Card, card_of
from thangdee.console.directory.desk import Desk, gone, to_entry
from thangdee.console.directory.edit import LONGEST, Writer, Wrong, typed, write, wrongs
from thangdee.console.directory.entry import (
    CHOICES,
    NEW,
    PARTS,
    TEXTS,
    Entry,
    Fields,
    filled,
    fingerprint,
    read_entry,
)
from thangdee.console.directory.history import Change, history
from thangdee.console.directory.view import Standing, place_name
from thangdee.console.shared import language_of_page
from thangdee.core.words import LANGUAGES, text
from thangdee.referral_directory.checks import WrongRecordError
from thangdee.referral_directory.model import Listing
from thangdee.referral_directory.opening import DAYS
from thangdee.referral_directory.places import by_code, districts_of, provinces
from thangdee.referral_directory.snapshot import load_snapshot
from thangdee.referral_directory.taxonomy import names_of, term


@dataclass(frozen=True)
class _Draft:
    """What was typed, what is wrong with it, and how it would look."""

    entry: Entry
    before: Fields
    after: Fields
    wrong: list[Wrong] = field(default_factory=list)
    cards: list[Card] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    notice: str = ""
    is_preview: bool = False


def add_editing(app: FastAPI, desk: Desk) -> None:
    """Add the routes to the desk."""

    @app.get("/directory/entries/{entry}/edit")
    @needs(Permission.EDIT_DIRECTORY)
    async def edit(request: Request, entry: str) -> Response:
        """The form."""
        async with desk.console.database.read() as connection:
            read = await read_entry(connection, entry)
        if read is None:
            return gone(request, desk)
        before = filled(read, desk.today)
        return _form(request, desk, _Draft(read, before, before))

    @app.post("/directory/entries/{entry}/preview")
    @needs(Permission.EDIT_DIRECTORY)
    async def preview(request: Request, viewer: Viewer, entry: str) -> Response:
        """The form again, with the cards it would make; nothing is written."""
        return await _preview(request, desk, viewer, entry, await request.form())

    @app.post("/directory/entries/{entry}/save")
    @needs(Permission.EDIT_DIRECTORY)
    async def save(request: Request, viewer: Viewer, entry: str) -> Response:
        """Write what was changed."""
        return await _save(request, desk, viewer, entry, await request.form())


async def _preview(request: Request, desk: Desk, viewer: SignedIn, listing_id: str, form: FormData) -> Response:
    # The very code that saves, undone: so the cards cannot show anything else than what would be shown.
    async with desk.console.database.write() as connection:
        draft = await _draft(desk, connection, listing_id, form)
        if draft is None:
            return gone(request, desk)
        if not draft.wrong and not draft.notice:
            trial = await connection.begin_nested()
            draft = await _tried(desk, connection, viewer, draft, language_of_page(request))
            if trial.is_active:
                await trial.rollback()
    return _form(request, desk, draft)


async def _save(request: Request, desk: Desk, viewer: SignedIn, listing_id: str, form: FormData) -> Response:
    try:
        async with desk.console.database.write() as connection:
            draft = await _draft(desk, connection, listing_id, form)
            if draft is not None and not draft.wrong and not draft.notice:
                writer = Writer(connection, draft.entry, viewer.staff_id, desk.console.clock.now())
                await write(writer, draft.before, draft.after)
                await desk.record(connection, viewer, "directory:edit", listing_id)
    except WrongRecordError as error:
        refused = [Wrong(one.field, one.problem) for one in error.faults]
        draft = _Draft(draft.entry, draft.before, draft.after, refused) if draft else None
    if draft is None:
        return gone(request, desk)
    if draft.wrong or draft.notice:
        return _form(request, desk, draft)
    return to_entry(request, listing_id, "saved")


async def _draft(desk: Desk, connection: AsyncConnection, listing_id: str, form: FormData) -> _Draft | None:
    """Return what was typed; with a notice where somebody else changed the entry since the form was shown."""
    entry = await read_entry(connection, listing_id)
    if entry is None:
        return None
    before = filled(entry, desk.today)
    after = typed(lambda name: _text(form, name), lambda name: [str(one) for one in form.getlist(name)], before)
    is_same = _text(form, "seen") == fingerprint(before)
    return _Draft(entry, before, after, wrongs(before, after), notice="" if is_same else "meanwhile")


async def _tried(desk: Desk, connection: AsyncConnection, viewer: SignedIn, draft: _Draft, language: str) -> _Draft:
    old = draft.entry.listing
    known_ids = {one.id for one in await history(connection, old, language)}
    try:
        await write(
            Writer(connection, draft.entry, viewer.staff_id, desk.console.clock.now()), draft.before, draft.after
        )
    except WrongRecordError as error:
        return _Draft(draft.entry, draft.before, draft.after, [Wrong(one.field, one.problem) for one in error.faults])
    listing = (await load_snapshot(connection)).by_id[old.id]
    told = (*await history(connection, old, language), *await history(connection, listing, language))
    new = {one.id: one for one in told if one.id not in known_ids}
    return _Draft(
        draft.entry, draft.before, draft.after,
        cards=_cards(desk, listing, language), changes=list(new.values()), is_preview=True,
    )  # fmt: skip


def _cards(desk: Desk, listing: Listing, language: str) -> list[Card]:
    return [card_of(desk.chat_card, listing, language, one, desk.today) for one in LANGUAGES]


def _form(request: Request, desk: Desk, draft: _Draft) -> Response:
    listing, language = draft.entry.listing, language_of_page(request)
    parts = {table: [*draft.entry.parts[table], NEW] for table in PARTS}
    return desk.page(
        request, "edit", draft.notice, listing=listing, fields=draft.after, seen=fingerprint(draft.before),
        parts_of=parts,
        wrong={one.field: one.key for one in draft.wrong}, cards=draft.cards, changes=draft.changes,
        is_preview=draft.is_preview, texts=TEXTS, longest=LONGEST, days=DAYS, standings=list(Standing),
        choices={name: names_of(name) for name in CHOICES}, term_names=_names(language),
        day_names={day: text(f"directory.day.{day}", language) for day in DAYS}, places=_places(listing, language),
    )  # fmt: skip


def _places(listing: Listing, language: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return provinces with their districts to choose from; of Thailand provinces, and the district that stands."""
    groups = [
        (one.full_name(language), [(place.code, place.full_name(language)) for place in (one, *districts_of(one.code))])
        for one in provinces("LA")
    ]
    thailand = by_code("TH")
    groups.append(
        (
            thailand.name(language) if thailand else "TH",
            [(one.code, one.full_name(language)) for one in provinces("TH")],
        )
    )
    stands = listing.site.place if listing.site else None
    if stands and all(stands != code for _, places in groups for code, _ in places):
        groups.insert(0, ("", [(stands, place_name(stands, language))]))
    return groups


def _text(form: FormData, name: str) -> str | None:
    value: Any = form.get(name)
    return value if isinstance(value, str) else None


def _names(language: str) -> dict[str, dict[str, str]]:
    return {
        taxonomy: {name: term(taxonomy, name).names[language] for name in names_of(taxonomy)} for taxonomy in CHOICES
    }
