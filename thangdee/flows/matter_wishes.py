"""Wishes for a visit that nobody notices: changed at any time, told only with her yes."""

from thangdee.casework.referrals import facts
from thangdee.casework.referrals.field_words import CHOICES
from thangdee.casework.referrals.model import Field, Matter, MatterState, Said
from thangdee.core import words
from thangdee.flows.deciding import Proposal
from thangdee.flows.matter_status import show_status
from thangdee.flows.matter_words import STATUS, line, open_ones
from thangdee.flows.menu import CRISIS
from thangdee.flows.outward import Outward
from thangdee.flows.reply import Button, Part, Reply

_WISHES = CHOICES[Field.VISIT_WISH]
_A_SCREEN = 2


async def show_wishes(outward: Outward, value: str) -> Proposal | None:
    """Show what she wishes, two to a screen; each press adds a wish or takes it out."""
    matter_id, _, rest = value.partition(":")
    matter = next(iter(await open_ones(outward, matter_id)), None)
    if matter is None or matter.is_for_other:
        return await show_status(outward)
    if rest in _WISHES:
        await _toggle(outward, matter, rest)
    page = _WISHES.index(rest) // _A_SCREEN if rest in _WISHES else int(rest == "more")
    await _say_wishes(outward, matter, page)
    return None


async def _say_wishes(outward: Outward, matter: Matter, page: int) -> None:
    chosen = await _chosen(outward, matter)
    said = [words.text(f"field.{Field.VISIT_WISH}.{one}", outward.language) for one in _WISHES if one in chosen]
    now = line("wishes", said=", ".join(said)) if said else line("no_wishes")
    kept = () if matter.state is MatterState.DRAFT else (line("wishes_with_next_yes"),)
    buttons = tuple(
        Button(
            "buttons.matter_wish_out" if one in chosen else "buttons.matter_wish_in",
            f"u:v:{matter.id}:{one}",
            {"wish": words.text(f"field.{Field.VISIT_WISH}.{one}", outward.language)},
        )
        for one in _WISHES[page * _A_SCREEN : (page + 1) * _A_SCREEN]
    )
    more = (Button("buttons.matter_more", f"u:v:{matter.id}:more"),) if page == 0 else (STATUS,)
    await outward.say(Reply((Part("matter.wishes"), now, *kept), (*buttons, *more, CRISIS)))


async def _toggle(outward: Outward, matter: Matter, wish: str) -> None:
    chosen = await _chosen(outward, matter)
    codes = [one for one in _WISHES if (one in chosen) is not (one == wish)]
    if codes:
        value = {"codes": codes}
        await facts.note(
            outward.connection, outward.vault, matter.id, Field.VISIT_WISH, value, Said.PERSON, outward.now
        )
    else:
        await facts.forget(outward.connection, matter.id, Field.VISIT_WISH)


async def _chosen(outward: Outward, matter: Matter) -> frozenset[str]:
    told = await facts.facts_of(outward.connection, outward.vault, matter.id)
    values = [one.value for one in told if (one.field, one.said_by) == (Field.VISIT_WISH, Said.PERSON)]
    return frozenset(code for one in values for code in (*one.get("codes", ()), one.get("code")) if code)
