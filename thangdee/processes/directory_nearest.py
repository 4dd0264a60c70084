"""`thangdee directory nearest`: the services that fit, best first, and why; with --staff also why not."""

import argparse
import json
import sys
from datetime import datetime, time
from typing import Any

from thangdee.core.time_words import LOCAL_TIME
from thangdee.processes.wiring import Installation
from thangdee.referral_directory.model import text_in
from thangdee.referral_directory.nearest import (
    POLICE_REPORT,
    AgeBand,
    Gender,
    Match,
    Outcome,
    Returnee,
    Wanted,
    nearest,
)
from thangdee.referral_directory.places import by_code, find
from thangdee.referral_directory.snapshot import load_snapshot
from thangdee.referral_directory.taxonomy import names_of

_UNCLEAR = 2
_LAST_YEARS = {11: AgeBand.UNDER_12, 17: AgeBand.FROM_12_TO_17, 59: AgeBand.FROM_18_TO_59}
Place = str | tuple[float, float]


def add_nearest(deeds: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `nearest` to the deeds of `thangdee directory`."""
    near = deeds.add_parser("nearest", help="the services that fit a person, ranked, and why")
    near.add_argument("--need", required=True, choices=(*names_of("need"), POLICE_REPORT), metavar="NEED",
                      help=", ".join((*names_of("need"), POLICE_REPORT)))  # fmt: skip
    near.add_argument("--place", required=True, help="a name in any script, a code (LA-SV, LA1301, TH), or LAT,LON")
    near.add_argument("--gender", type=Gender, choices=list(Gender), default=Gender.UNKNOWN)
    near.add_argument("--age", type=_age, default=AgeBand.UNKNOWN, help="years, or " + ", ".join(AgeBand))
    near.add_argument("--language", choices=names_of("spoken"))
    near.add_argument("--returnee", type=Returnee, choices=list(Returnee), default=Returnee.UNKNOWN)
    near.add_argument("--urgent", action="store_true")
    near.add_argument("--with-children", action="store_true")
    near.add_argument("--couple", action="store_true")
    near.add_argument("--day-only", action="store_true", help="no place to stay")
    near.add_argument("--at", type=time.fromisoformat, help="local time, e.g. 23:30; now, if left out")
    near.add_argument("--limit", type=int, default=3)
    near.add_argument("--staff", action="store_true", help="also what is stale, and the first reason against the rest")
    near.add_argument("--json", action="store_true", help="one JSON object")


async def run_nearest(installation: Installation, chosen: argparse.Namespace) -> int:
    """Search and print; 2 where the place may be several or none."""
    place = _place(chosen.place)
    if place is None:
        return _UNCLEAR
    async with installation.database.read() as connection:
        directory = await load_snapshot(connection)
    now = installation.clock.now().astimezone(LOCAL_TIME)
    at = chosen.at or _clock_time(now)
    wanted = _wanted(chosen, place)
    outcome = nearest(directory, wanted, now.date(), at=at, limit=chosen.limit, for_staff=chosen.staff)
    if chosen.json:
        print(json.dumps(_as_json(outcome), ensure_ascii=False))
    else:
        _show(outcome)
    return 0


def _wanted(chosen: argparse.Namespace, place: Place) -> Wanted:
    return Wanted(
        need=chosen.need,
        place=place,
        gender=chosen.gender,
        age_band=chosen.age,
        language=chosen.language,
        urgent=chosen.urgent,
        with_children=chosen.with_children,
        couple=chosen.couple,
        returnee=chosen.returnee,
        residential_ok=not chosen.day_only,
    )


def _age(text: str) -> AgeBand:
    if not text.isdecimal():
        return AgeBand(text)
    return next((band for last, band in _LAST_YEARS.items() if int(text) <= last), AgeBand.FROM_60)


def _place(text: str) -> Place | None:
    if by_code(text):
        return text
    if point := _point(text):
        return point
    found = find(text)
    if found and found[0].is_sure:
        return found[0].place.code
    print("Which place?" if found else "No such place.", file=sys.stderr)
    for one in found:
        print(f"  {one.place.code}  {one.place.full_name('en')}", file=sys.stderr)
    return None


def _point(text: str) -> tuple[float, float] | None:
    latitude, _, longitude = text.partition(",")
    try:
        return float(latitude), float(longitude)
    except ValueError:  # a name
        return None


def _clock_time(now: datetime) -> time:
    return now.time().replace(second=0, microsecond=0)


def _as_json(outcome: Outcome) -> dict[str, Any]:
    return {
        "scope": outcome.scope,
        "place": outcome.place,
        "missing": str(outcome.missing) if outcome.missing else None,
        "asks": list(outcome.asks),
        "services": [_match_as_json(one) for one in outcome.matches],
        "rejected": [{"id": one.listing.id, "reason": str(one.reason)} for one in outcome.rejected],
    }


def _match_as_json(match: Match) -> dict[str, Any]:
    return {
        "id": match.listing.id,
        "service": match.listing.service_id,
        "name": text_in(match.listing.names, "en"),
        "organisation": text_in(match.listing.organisation.names, "en"),
        "km": match.km,
        "reasons": [str(reason) for reason in match.reasons],
        "phones": [phone.number for phone in match.phones],
        "sample": match.listing.is_sample,
    }


def _show(outcome: Outcome) -> None:
    missing = f", missing here: {outcome.missing}" if outcome.missing else ""
    print(f"{outcome.scope} (from {outcome.place or 'no place'}{missing})")
    for rank, one in enumerate(outcome.matches, start=1):
        told = _match_as_json(one)
        print(f"{rank}. {told['name']} - {told['organisation']}  [{one.listing.id}]")
        print(f"   {' '.join(told['reasons'])}")
    if not outcome.matches:
        print("Nothing fits: a person must help.")
    if outcome.asks:
        print(f"Would let in more, if known: {', '.join(outcome.asks)}")
    for refused in outcome.rejected:
        print(f"-  {text_in(refused.listing.names, 'en')}  [{refused.listing.id}]: {refused.reason}")
