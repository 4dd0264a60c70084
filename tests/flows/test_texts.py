"""What people read: complete in three languages, neutral on a lock screen, short, and free of words that hurt."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from babel.messages.pofile import read_po

from thangdee.casework.content.wording import (
    BANNED,
    FOREIGN,
    LONGEST_LINE,
    MARKUP,
    SENSITIVE,
    TRACE_SAYS,
    TRACING,
    body_lines,
    first_line,
    has_number,
    is_composed,
    is_label,
    parameters,
    spoken_seconds,
    unknown_buttons,
)

PACKAGE = Path(__file__).resolve().parents[2] / "thangdee"
FLOWS = PACKAGE / "flows"
LANGUAGES = ("lo", "th", "en")

Texts = dict[str, str]


def _catalogue(language: str) -> Texts:
    path = PACKAGE / "locales" / language / "LC_MESSAGES" / "thangdee.po"
    with path.open("rb") as file:
        catalogue = read_po(file, locale=language, abort_invalid=True)
    return {str(message.id): str(message.string) for message in catalogue if message.id and not message.fuzzy}


def _yaml(name: str) -> Any:
    return yaml.safe_load((FLOWS / name).read_text(encoding="utf-8"))


CATALOGUES = {language: _catalogue(language) for language in LANGUAGES}
INTENTS: dict[str, dict[str, str]] = _yaml("intents.yml")["intents"]
ANSWERS = _yaml("answers.yml")
MENU: dict[str, list[str]] = _yaml("menu.yml")["nodes"]
RECORDS: list[dict[str, Any]] = _yaml("records.yml")["records"]
RECORD_KEYS = [record["key"] for record in RECORDS]

# Intents which the conversation itself answers: with chat.*, consent.*, delete.* texts instead of an answer.
CONVERSATION = {
    "talk_to_human", "change_language", "greet", "goodbye", "thanks", "affirm", "deny", "out_of_scope",
}  # fmt: skip
CRISIS = {name for name, intent in INTENTS.items() if intent["risk"] == "immediate"}
INFORMATIONAL = set(INTENTS) - CONVERSATION - CRISIS

# Appended to another message, or shown to staff: never the first line of anything.
FRAGMENTS = (
    "crisis.duty_on", "crisis.duty_off", "crisis.numbers", "numbers.", "chat.offer_person", "person.planned", "time.",
    "staff.", "buttons.", "topic.", "hidden.button.", "help.line.", "help.tail.", "help.word.", "help.card",
    "referral.ask", "referral.changes", "referral.field.", "referral.helper", "referral.is_", "referral.known",
    "referral.line.", "referral.nobody", "referral.others", "referral.own_yes", "referral.person", "referral.received.",
    "referral.summary.", "referral.tell_no_family", "referral.unfit.", "referral.whom",
    "field.", "enquiry.ask.", "enquiry.changes", "enquiry.code.", "enquiry.field.", "enquiry.summary.", "enquiry.word.",
    "enquiry.line", "matter.line.", "matter.word.", "court.line.", "court.word.", "complaints.line.", "complaints.word.",
    "enquiry.always", "enquiry.for_you", "enquiry.letter_for_whom", "enquiry.visits_where", "enquiry.letter.", "enquiry.line.", "enquiry.shelter.",
)  # fmt: skip
# On pages for staff, behind the sign-in: no lock screen shows them.
STAFF_PAGES = (
    "account.", "alarm.", "audit.", "break_glass.", "colleagues.", "confirm.", "console.", "content.", "desk.",
    "directory.", "duty.", "health.", "held.", "complaints.page.", "court.page.", "lessons.", "letter.", "live.", "media.", "notices.", "passkey.", "passphrase.",
    "enquiries.", "enquiry.proof.", "match.reason.", "providers.", "provider.", "queue.", "referrals.", "release.", "roles.", "room.",
    "shelter.", "sign_in.", "talk.", "team.", "welcome.",
)  # fmt: skip
# Both scripts belong there: the language buttons and the phrasebook.
MIXED_SCRIPT = ("chat.ask_language", "hidden.page.", "buttons.language_")

in_every_language = pytest.mark.parametrize("language", LANGUAGES)


def _sent(language: str) -> Texts:
    """The texts that can be the beginning of a message."""
    return {
        key: text
        for key, text in CATALOGUES[language].items()
        if not key.startswith(FRAGMENTS + STAFF_PAGES) and not is_label(key)
    }


def _answers(language: str) -> Texts:
    return {name: CATALOGUES[language][f"answers.{name}"] for name in INFORMATIONAL}


@in_every_language
def test_catalogue_has_every_key_and_no_empty_text(language: str) -> None:
    texts = CATALOGUES[language]

    assert set(texts) == set(CATALOGUES["en"])
    assert [key for key, text in texts.items() if not text.strip()] == []


@in_every_language
def test_parameters_are_the_same_in_every_language(language: str) -> None:
    different = [
        key for key, text in CATALOGUES[language].items() if parameters(text) != parameters(CATALOGUES["en"][key])
    ]

    assert different == []


@in_every_language
def test_every_intent_has_its_text(language: str) -> None:
    texts = CATALOGUES[language]

    assert {name for name in INFORMATIONAL if f"answers.{name}" not in texts} == set()
    assert {name for name in CRISIS if f"crisis.{name}" not in texts} == set()
    assert {key for key in texts if key.startswith("answers.")} == {f"answers.{name}" for name in INFORMATIONAL}


@in_every_language
def test_no_markup(language: str) -> None:
    marked = [key for key, text in CATALOGUES[language].items() if MARKUP.search(text)]

    assert marked == []


# --- kind -------------------------------------------------------------------------------------------------


@in_every_language
def test_banned_words(language: str) -> None:
    found = [
        (key, word) for key, text in CATALOGUES[language].items() for word in BANNED[language] if word in text.lower()
    ]

    assert found == []


@in_every_language
def test_first_lines_are_neutral(language: str) -> None:
    found = [
        (key, word)
        for key, text in _sent(language).items()
        for word in SENSITIVE[language]
        if word in first_line(text).lower()
    ]

    assert found == []
    assert [key for key, text in _sent(language).items() if len(first_line(text)) > 60] == []


@in_every_language
def test_first_line_of_an_answer_or_card_does_not_tell_its_topic(language: str) -> None:
    openings = {first_line(text) for text in _answers(language).values()}
    cards = {first_line(CATALOGUES[language][f"crisis.{name}"]) for name in CRISIS}

    assert len(openings) <= 3
    assert len(cards) == 1


@in_every_language
@pytest.mark.parametrize("intent", TRACING)
def test_every_trace_text_says_free_never_pay(language: str, intent: str) -> None:
    text = CATALOGUES[language][f"answers.{intent}"].replace(" ", "").lower()

    assert [words for words in TRACE_SAYS[language] if words not in text] == []


# What the chat says about looking for somebody, beside the answers: all of R18 in each.
TRACE_MESSAGES = ("first", "always", "receipt", "day_3", "day_14", "day_30", "same_for_all", "closed")
# Steps on the way: they follow `enquiry.first`, or stand above `enquiry.always` in one message.
WITHOUT_R18 = (
    "begin", "changes", "child", "close_ask", "close_which", "finder", "for_you", "half_way", "help", "keep_first",
    "knock", "letter", "line", "message", "not_kept", "not_now", "nothing_told", "offices", "shelter", "start_again",
    "summary", "too_long", "visits", "ask", "code", "field", "word", "proof",
)  # fmt: skip


@in_every_language
def test_every_message_about_tracing_says_free_never_pay(language: str) -> None:
    texts = {key: said.replace(" ", "").lower() for key, said in CATALOGUES[language].items()}

    silent = {name for name in TRACE_MESSAGES for said in TRACE_SAYS[language] if said not in texts[f"enquiry.{name}"]}
    assert silent == set()
    names = {key.split(".")[1].split("_in_")[0] for key in texts if key.startswith("enquiry.")}
    known = {*TRACE_MESSAGES, *WITHOUT_R18}
    assert {one for one in names if one not in known and one.split("_")[0] not in known} == set()


@in_every_language
def test_texts_name_the_hide_button_by_its_label(language: str) -> None:
    texts = CATALOGUES[language]
    naming = ("crisis.danger_now", "answers.privacy_question", "answers.delete_my_data", "delete.done")

    assert [key for key in naming if f'"{texts["buttons.hide"]}"' not in texts[key]] == []


@in_every_language
def test_quoted_buttons_exist(language: str) -> None:
    found = {key: unknown_buttons(text, language) for key, text in CATALOGUES[language].items()}

    assert {key: names for key, names in found.items() if names} == {}


# --- short and in its own script --------------------------------------------------------------------------


@in_every_language
def test_answers_are_two_to_five_short_lines(language: str) -> None:
    counts = {name: len(body_lines(text)) for name, text in _answers(language).items()}

    assert {name: count for name, count in counts.items() if not 2 <= count <= 5} == {}
    assert [name for name, text in _answers(language).items() if text.split("\n")[1] != ""] == []
    assert [
        (name, len(line))
        for name, text in _answers(language).items()
        for line in body_lines(text)
        if len(line) > LONGEST_LINE[language]
    ] == []


@in_every_language
def test_answers_cards_and_consent_can_be_read_aloud_in_35_seconds(language: str) -> None:
    texts = CATALOGUES[language]
    spoken = [key for key in texts if key.startswith("answers.")] + [f"crisis.{name}" for name in CRISIS]

    seconds = {key: spoken_seconds(texts[key], language) for key in [*spoken, "consent.keep_chat"]}

    assert {key: length for key, length in seconds.items() if length > 35} == {}


@in_every_language
def test_no_letters_of_the_neighbouring_script(language: str) -> None:
    texts = CATALOGUES[language].items()
    found = [key for key, text in texts if FOREIGN[language].search(text) and not key.startswith(MIXED_SCRIPT)]

    assert found == []


@in_every_language
def test_text_is_composed_and_without_invisible_characters(language: str) -> None:
    odd = [key for key, text in CATALOGUES[language].items() if not is_composed(text)]

    assert odd == []


@in_every_language
def test_button_labels_are_short_and_begin_with_a_picture(language: str) -> None:
    labels = {key: text for key, text in CATALOGUES[language].items() if is_label(key)}

    assert {key: len(text) for key, text in labels.items() if len(text) > 24} == {}
    pictures = {"So", "Sm"}  # Unicode's kinds of symbol: emoji and flags are of the first, the plus sign of the second.
    assert [key for key, text in labels.items() if unicodedata.category(text[0]) not in pictures] == []


# --- metadata and figures ---------------------------------------------------------------------------------


def _metadata() -> dict[str, dict[str, Any]]:
    return ANSWERS["answers"] | ANSWERS["crisis"]


def test_every_answer_and_crisis_card_has_metadata() -> None:
    assert set(ANSWERS["answers"]) == INFORMATIONAL
    assert set(ANSWERS["crisis"]) == CRISIS


@pytest.mark.parametrize("name", sorted(INFORMATIONAL | CRISIS))
def test_metadata_is_complete(name: str) -> None:
    entry = _metadata()[name]

    assert set(entry) == {
        "sources", "law", "rules", "written_on", "review_by", "reviewed_by", "next", "records", "staff_note",
    }  # fmt: skip
    assert entry["sources"] or entry["law"] or entry["rules"]
    assert set(entry["sources"]) <= set(ANSWERS["sources"])
    assert all(re.fullmatch(r"R\d+b?", rule) for rule in entry["rules"])
    assert isinstance(entry["written_on"], date)
    assert isinstance(entry["review_by"], date)
    assert entry["written_on"] < entry["review_by"]
    assert set(entry["reviewed_by"]) == set(LANGUAGES)
    assert set(entry["records"]) <= set(RECORD_KEYS)


@pytest.mark.parametrize("name", sorted(INFORMATIONAL))
def test_what_next_leads_to_another_topic(name: str) -> None:
    following = ANSWERS["answers"][name]["next"]

    assert following in INFORMATIONAL
    assert following != name
    assert f"topic.{following}" in CATALOGUES["lo"]


def test_records_are_complete_named_once_and_have_their_line() -> None:
    fields = {"key", "country", "purpose", "kind", "value", "sample", "source", "checked_on", "review_by", "crisis"}

    assert [record["key"] for record in RECORDS if set(record) != fields] == []
    assert len(RECORD_KEYS) == len(set(RECORD_KEYS))
    assert {record["country"] for record in RECORDS} == {"th", "la"}
    assert {record["kind"] for record in RECORDS} == {"phone", "fee", "wage"}
    lines = {key.removeprefix("numbers.") for key in CATALOGUES["en"] if key.startswith("numbers.")}
    assert lines - {"unavailable"} == set(RECORD_KEYS)
    assert all(parameters(CATALOGUES["en"][f"numbers.{key}"]) == {"value"} for key in RECORD_KEYS)


def test_no_figure_is_delivered_as_verified() -> None:
    verified = [r["key"] for r in RECORDS if r["value"] or r["source"] or r["checked_on"] or r["review_by"]]

    assert verified == []
    assert [record["key"] for record in RECORDS if "ຕົວຢ່າງ" not in record["sample"]] == []


def test_crisis_numbers_of_both_countries_must_be_verified() -> None:
    required = {(record["country"], record["purpose"]) for record in RECORDS if record["crisis"]}

    assert {("th", "police"), ("th", "ambulance"), ("la", "police"), ("la", "ambulance")} <= required


@in_every_language
def test_no_phone_number_or_amount_stands_in_a_text(language: str) -> None:
    found = [key for key, text in CATALOGUES[language].items() if has_number(text)]

    assert found == []


# --- menu -------------------------------------------------------------------------------------------------


def _leaves(node: str = "root", depth: int = 1) -> list[tuple[str, int]]:
    """Every leaf with the number of presses that lead to it."""
    found: list[tuple[str, int]] = []
    for child in MENU[node]:
        found += _leaves(child, depth + 1) if child in MENU else [(child, depth)]
    return found


def test_every_intent_is_reachable_from_the_menu() -> None:
    wanted = INFORMATIONAL | {"talk_to_human", "change_language"}

    assert {name for name, _ in _leaves()} == wanted
    assert len(_leaves()) == len(wanted)


def test_menu_has_at_most_three_choices_and_four_levels() -> None:
    assert {node: children for node, children in MENU.items() if not 2 <= len(children) <= 3} == {}
    assert max(depth for _, depth in _leaves()) <= 4
    assert set(MENU) == {"root"} | {child for children in MENU.values() for child in children if child in MENU}


@in_every_language
def test_every_menu_entry_has_its_texts(language: str) -> None:
    texts = CATALOGUES[language]

    assert [node for node in MENU if f"menu.{node}.title" not in texts] == []
    assert [node for node in MENU if node != "root" and f"menu.{node}" not in texts] == []
    assert [name for name in [leaf for leaf, _ in _leaves()] + sorted(CRISIS) if f"topic.{name}" not in texts] == []


@in_every_language
def test_labels_on_one_screen_and_topics_differ(language: str) -> None:
    texts = CATALOGUES[language]
    for children in MENU.values():
        labels = [texts[f"menu.{child}" if child in MENU else f"topic.{child}"] for child in children]
        labels.append(texts["buttons.crisis"])

        assert len(labels) == len(set(labels))

    topics = [text for key, text in texts.items() if key.startswith("topic.")]
    assert len(topics) == len(set(topics))


def test_callback_ids_fit_into_telegrams_64_bytes() -> None:
    ids = [f"m:{node}" for node in MENU] + [f"i:{name}" for name in INTENTS]

    assert [one for one in ids if len(one.encode()) > 64] == []
