"""Why a service fits and why another does not, in words for staff."""

from thangdee.console.directory.view import place_name, term_names
from thangdee.core import words
from thangdee.referral_directory.wanted import Reason

# In which of our lists the value of a reason stands; "place": codes of places, "plain": a number or a day.
_VALUES = {
    "only_for": "gender", "only_ages": "age", "speaks": "spoken", "other_languages": "spoken",
    "instead": "need", "nothing_for_need": "need", "other_country": "place", "nothing_here": "place", "km": "plain",
    "about_km": "plain", "assured": "plain", "stale": "plain", "never_checked": "plain", "free_places": "plain",
    "same_district": "place", "same_province": "place", "neighbouring_province": "place", "other_province": "place",
    "in_country": "place",
}  # fmt: skip


def reason_words(reason: Reason, language: str) -> str:
    """Return a reason in words, with what it names; the code where there are none, so that nothing is hidden."""
    key = f"referrals.why.{reason.code}"
    said = words.text(key, language) if words.has(key) else reason.code
    named = _value(reason, language)
    return f"{said}: {named}" if named else said


def _value(reason: Reason, language: str) -> str:
    kind = _VALUES.get(reason.code)
    if not reason.value or kind is None:
        return ""
    if kind == "plain":
        return reason.value
    if kind == "place":
        return ", ".join(place_name(one, language) for one in reason.value.split(","))
    return ", ".join(term_names(kind, reason.value.split(","), language))
