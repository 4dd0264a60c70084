"""The form in which staff write down what the person tells them: her own answers, each of which she may leave out."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.datastructures import FormData

from thangdee.casework.referrals import deeds, facts
from thangdee.casework.referrals.facts import Fact, Value
from thangdee.casework.referrals.field_words import CHOICES, PLACES, SEVERAL
from thangdee.casework.referrals.model import SENSITIVE, Field, Matter, MatterState, Said, Speed
from thangdee.core.vault import Vault
from thangdee.referral_directory.places import Kind, by_code, province_of
from thangdee.referral_directory.places.finding import find

LONGEST_ANSWER = 2000
# What is written in words, alone or beside a choice.
IN_WORDS = frozenset({Field.CALL_NAME, Field.PHONE, Field.VISIT_WISH, Field.OWN_WORDS, *SENSITIVE})


def read_form(form: FormData) -> dict[Field, Value]:
    """Return the answers of a form; what was left empty is missing. Unknown codes are left out."""
    found: dict[Field, Value] = {}
    for field in Field:
        if field in PLACES:
            continue
        value = _value(field, form)
        if value:
            found[field] = value
    return found


def read_place(form: FormData) -> dict[Field, Value] | None:
    """Return province and district as they were written; None where that is surely no one place: nothing is guessed."""
    written = str(form.get("place", "")).strip()[:80]
    if not written:
        return {}
    first = next(iter(find(written)), None)
    if first is None or not first.is_sure or first.place.kind is Kind.COUNTRY:
        return None
    province = province_of(first.place)
    said: dict[Field, Value] = {Field.PROVINCE: {"code": province.code}} if province else {}
    return said | ({Field.DISTRICT: {"code": first.place.code}} if first.place != province else {})


async def save(
    connection: AsyncConnection, vault: Vault, whole: Matter, form: FormData, staff_id: str, now: datetime
) -> str:
    """Write down what changed; return the code of what is to be said.

    Each answer is the person's own, told to one of us. A recording of hers stays unless words take its place. Where the
    place is none that we know, the old one stays; so does what changed since the form was opened: she may be writing.
    """
    said = {one.field: one for one in await facts.facts_of(connection, vault, whole.id) if one.said_by is Said.PERSON}
    place = {one: said[one].value for one in PLACES if one in said}
    is_same_place = str(form.get("place", "")).strip() == str(form.get("place_was", "")).strip()
    new_place = place if is_same_place else read_place(form)
    wanted = read_form(form) | (place if new_place is None else new_place)
    newer = {field for field, one in said.items() if one.at.isoformat() > str(form.get("seen_at", ""))}
    for field in [one for one in Field if one not in newer]:
        await _save_one(connection, vault, whole.id, field, said.get(field), wanted.get(field), form, now)
    before = {field: one.value for field, one in said.items()}
    after = wanted | {one: before[one] for one in newer}
    await _save_open(connection, vault, whole, before, after, staff_id, now)
    if newer:
        return "changed_meanwhile"
    return "filled" if new_place is not None else "unknown_place"


async def _save_one(
    connection: AsyncConnection,
    vault: Vault,
    matter_id: str,
    field: Field,
    before: Fact | None,
    wanted: Value | None,
    form: FormData,
    now: datetime,
) -> None:
    if wanted is None and (before is None or _fits_form(field, before.value)):
        await facts.forget(connection, matter_id, field)
        return
    has_own_yes = form.get(f"yes_{field}") == "yes"
    is_over = before is not None and before.own_yes_at is not None and not has_own_yes
    if wanted is not None and (before is None or before.value != wanted):
        await facts.note(connection, vault, matter_id, field, wanted, Said.PERSON, now)
    elif before is not None and is_over:  # a yes that was taken back: written down anew, without one
        await facts.note(connection, vault, matter_id, field, before.value, Said.PERSON, now)
    if field in SENSITIVE and has_own_yes:
        await facts.agree(connection, matter_id, field, now)
    await facts.strike(connection, matter_id, field, is_struck=form.get(f"strike_{field}") == "yes")


async def _save_open(
    connection: AsyncConnection,
    vault: Vault,
    whole: Matter,
    before: Mapping[Field, Value],
    wanted: Mapping[Field, Value],
    staff_id: str,
    now: datetime,
) -> None:
    """Keep what the search needs: need, urgency, place; and an age that was said anew, which may shut the gate (R8).

    An age that nobody changed here changes nothing: the matter may count her as a child for another reason.
    """
    code = {field: str(value["code"]) for field, value in wanted.items() if "code" in value}
    changed: dict[str, object] = {
        "need": code.get(Field.NEED),
        "speed": Speed(code.get(Field.URGENCY, Speed.ORDINARY)),
        "place": code.get(Field.DISTRICT) or code.get(Field.PROVINCE),
    }
    age = code.get(Field.AGE_BAND)
    is_new_age = age != before.get(Field.AGE_BAND, {}).get("code")
    if whole.state is MatterState.DRAFT:
        new = {"age_band": age} if is_new_age else {}
        await deeds.change_draft(connection, whole.id, now, **changed, **new, is_for_other=False)
        return
    await deeds.change_draft(connection, whole.id, now, **changed)
    if is_new_age and age != whole.age_band:
        await deeds.learn_age(connection, vault, whole.chat_id, age, actor=staff_id, now=now)


def _fits_form(field: Field, value: Value) -> bool:
    """Tell whether the form shows all of an answer; a recording, or words where it offers choices, it does not."""
    codes = value.get("codes") or ([value["code"]] if "code" in value else [])
    is_shown = field in PLACES or all(one in CHOICES.get(field, ()) for one in codes)
    return is_shown and "media" not in value and ("text" not in value or field in IN_WORDS)


def _value(field: Field, form: FormData) -> Value | None:
    allowed = CHOICES.get(field, ())
    chosen = [str(one) for one in form.getlist(field) if one in allowed]
    value: Value = {}
    if chosen and field in SEVERAL:
        value["codes"] = chosen
    elif chosen:
        value["code"] = chosen[0]
    key = f"{field}_text" if allowed else field
    words = str(form.get(key, "")).replace("\r\n", "\n").replace("\0", "").strip()[:LONGEST_ANSWER]
    if words and field in IN_WORDS:
        value["text"] = words
    return value or None


def place_written(said: Mapping[Field, Fact], language: str) -> str:
    """Return the place as the form shows it, so that it is found again when it comes back."""
    for field in (Field.DISTRICT, Field.PROVINCE):
        place = by_code(str(said[field].value.get("code", ""))) if field in said else None
        if place is not None:
            return place.full_name(language)
    return ""
