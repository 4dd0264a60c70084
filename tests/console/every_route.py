"""For each route of the console: what to try it with, or why nothing is written down there (R31)."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from fastapi.routing import APIRoute

from tests.console import court_worlds, matter_worlds, provider_worlds, receiver_worlds
from tests.console import route_worlds as worlds
from tests.console.route_worlds import FIGURE, REASON, TEXT, Given, World
from thangdee.casework.staff.roles import Role

Prepare = Callable[[World], Awaitable[Given]]


@dataclass(frozen=True)
class Deed:
    """What a route is tried with. What `prepare` returns fills gaps of the path and adds to the form.

    `in_crisis`: is done even where the audit takes nothing, and written down later (R31).
    """

    role: Role | None
    prepare: Prepare | None = None
    form: Given = field(default_factory=dict)
    in_crisis: bool = False


def name_of(route: APIRoute) -> str:
    """Method and path."""
    [method] = route.methods - {"HEAD"}
    return f"{method} {route.path}"


# --- each deed, and each look at what belongs to a person -----------------------------------------------------

_EDITOR, _ADMINISTRATOR, _TALKER = Role.DIRECTORY_EDITOR, Role.ADMINISTRATOR, Role.COUNSELLOR
_TEXT, _FIGURE, _CHAT = "POST /content/text/{key}", "POST /content/figures/{key}", "POST /chats/{chat}"
_ENTRY = "POST /directory/entries/{entry}"
_THEIRS, _RECEIVER = "/inbox/{referral}", Role.PROVIDER
_MATTER, _COMPLAINT = "/referrals/{matter}", "/complaints/{complaint}"
_OFFICE = "POST /providers/{organisation}"
_WAY = f"{_OFFICE}/ways/{{way}}"

DEEDS: dict[str, Deed] = {
    # Signing in and out goes on without the audit, else nobody could come to answer a cry for help.
    "POST /sign-in": Deed(None, worlds.all_to_sign_in, in_crisis=True),
    "POST /demo-sign-in": Deed(None, form={"who": "tracer"}, in_crisis=True),
    "POST /sign-out": Deed(_TALKER, in_crisis=True),
    "POST /welcome/{token}/code": Deed(None, worlds.invitation),
    "POST /account": Deed(_TALKER, form={"shown_name": "Somebody else", "language": "th"}),
    "POST /account/passphrase": Deed(_TALKER, worlds.passphrase),
    "POST /account/sessions/end": Deed(_TALKER),
    "POST /account/confirm": Deed(_TALKER, worlds.totp),
    "POST /account/passkeys/remove": Deed(_TALKER, worlds.own_passkey),
    "POST /staff": Deed(_ADMINISTRATOR, form={"name": "somebody", "roles": ["tracer"], "language": "th"}),
    "POST /staff/invite": Deed(_ADMINISTRATOR, worlds.colleague),
    "POST /staff/roles": Deed(_ADMINISTRATOR, worlds.colleague, {"roles": ["auditor"]}),
    "POST /staff/end": Deed(_ADMINISTRATOR, worlds.colleague),
    "POST /duty/start": Deed(_TALKER, form={"hours": "8"}),
    "POST /duty/end": Deed(_TALKER),
    "POST /duty/plan": Deed(
        _ADMINISTRATOR, worlds.to_be_planned, {"since": "08:00", "until": "12:00", "rank": "first", "weeks": "1"}
    ),
    "POST /duty/copy": Deed(_ADMINISTRATOR, worlds.planned),
    "POST /duty/remove": Deed(_ADMINISTRATOR, worlds.planned),
    f"{_TEXT}/edit": Deed(_EDITOR, worlds.typed),
    f"{_TEXT}/publish": Deed(_EDITOR, worlds.proposed),
    f"{_TEXT}/read": Deed(_EDITOR, worlds.proposed),
    f"{_TEXT}/send-back": Deed(_EDITOR, worlds.proposed),
    f"{_TEXT}/drop": Deed(_EDITOR, worlds.proposed),
    f"{_TEXT}/withdraw": Deed(_EDITOR, worlds.live),
    f"{_TEXT}/withdraw/confirm": Deed(_EDITOR, worlds.to_withdraw),
    f"{_TEXT}/withdraw/keep": Deed(_EDITOR, worlds.to_withdraw),
    f"{_FIGURE}/enter": Deed(_EDITOR, form={"key": FIGURE, "value": "000 01", "source": "made up", "checked": "yes"}),
    f"{_FIGURE}/confirm": Deed(_EDITOR, worlds.number),
    f"{_FIGURE}/refuse": Deed(_EDITOR, worlds.number),
    f"{_TEXT}/recording/publish": Deed(_EDITOR, worlds.recording),
    f"{_TEXT}/recording/take-back": Deed(_EDITOR, worlds.recording),
    "POST /content/wishes": Deed(_EDITOR, form={"wanted": "something made up"}),
    "POST /content/wishes/{wish_id}/done": Deed(_EDITOR, worlds.wish),
    "GET /content/not-understood": Deed(_EDITOR),
    f"{_CHAT}/take": Deed(_TALKER, worlds.high_alert),
    f"{_CHAT}/take [of somebody crying for help]": Deed(_TALKER, worlds.crying, in_crisis=True),
    f"{_CHAT}/take-from": Deed(Role.SUPERVISOR, worlds.chat_of_a_colleague),
    f"{_CHAT}/reply": Deed(_TALKER, worlds.my_chat),
    f"{_CHAT}/reply [to somebody crying for help]": Deed(_TALKER, worlds.my_crying_chat, in_crisis=True),
    f"{_CHAT}/canned": Deed(_TALKER, worlds.my_chat, {"key": "canned.i_am_here"}),
    f"{_CHAT}/vetted": Deed(_TALKER, worlds.my_chat, {"key": TEXT}),
    f"{_CHAT}/card": Deed(_TALKER, worlds.a_public_service),
    f"{_CHAT}/retry": Deed(_TALKER, worlds.a_failed_message),
    f"{_CHAT}/withdraw": Deed(_TALKER, worlds.my_held_reply),
    f"{_CHAT}/note": Deed(_TALKER, worlds.my_chat),
    f"{_CHAT}/consent": Deed(_TALKER, worlds.my_chat, {"purpose": "keep_chat", "answer": "yes"}),
    f"{_CHAT}/transfer": Deed(_TALKER, worlds.my_chat, {"summary": "made up"}),
    f"{_CHAT}/ask-in": Deed(_TALKER, worlds.colleague_for_my_chat),
    f"{_CHAT}/see-out": Deed(_TALKER, worlds.a_colleague_in_my_chat),
    f"{_CHAT}/leave": Deed(_TALKER, worlds.asked_in_myself),
    f"{_CHAT}/back": Deed(_TALKER, worlds.my_chat),
    f"{_CHAT}/close": Deed(_TALKER, worlds.my_chat),
    "GET /chats/{chat}": Deed(_TALKER, worlds.my_chat),
    "GET /parts/chats/{chat}": Deed(_TALKER, worlds.my_chat),
    "GET /parts/chats/{chat} [of somebody crying for help]": Deed(_TALKER, worlds.my_crying_chat, in_crisis=True),
    "GET /parts/chats/{chat}/facts": Deed(_TALKER, worlds.my_chat),
    f"{_CHAT}/correct": Deed(_TALKER, worlds.a_line, {"intent": "greet"}),
    f"{_CHAT}/ask-learning": Deed(_TALKER, worlds.a_line_not_asked_about),
    "GET /lessons": Deed(_TALKER, worlds.an_example),
    "POST /lessons/propose": Deed(_TALKER, worlds.a_corrected_line),
    "POST /lessons/approve": Deed(_TALKER, worlds.an_example),
    "POST /lessons/refuse": Deed(_TALKER, worlds.an_example),
    f"{_ENTRY}/check": Deed(_EDITOR, worlds.an_entry, {"how": "phone"}),
    f"{_ENTRY}/save": Deed(_EDITOR, worlds.a_filled_entry),
    f"{_ENTRY}/secret": Deed(Role.SUPERVISOR, worlds.an_entry),
    "POST /directory/handled": Deed(_EDITOR, worlds.an_entry),
    f"{_OFFICE}/hours": Deed(
        Role.SUPERVISOR,
        receiver_worlds.an_office,
        {"language": "th", "country": "TH", "days": ["1", "2"], "opens": "09:00", "closes": "17:00"},
    ),
    f"{_OFFICE}/ways": Deed(
        Role.SUPERVISOR, receiver_worlds.an_office, {"kind": "e_mail", "address": "desk@office.test"}
    ),
    f"{_WAY}/check": Deed(Role.SUPERVISOR, receiver_worlds.a_way_of_a_colleague),
    f"{_WAY}/test": Deed(Role.SUPERVISOR, receiver_worlds.a_way_of_a_colleague),
    f"{_WAY}/code": Deed(Role.SUPERVISOR, receiver_worlds.a_tested_way),
    f"{_WAY}/show": Deed(Role.SUPERVISOR, receiver_worlds.a_way_of_a_colleague),
    f"{_WAY}/remove": Deed(Role.SUPERVISOR, receiver_worlds.a_way_of_a_colleague),
    f"{_OFFICE}/people": Deed(Role.SUPERVISOR, receiver_worlds.an_office, {"name": "somsy", "language": "lo"}),
    f"{_OFFICE}/people/invite": Deed(Role.SUPERVISOR, receiver_worlds.a_person_of_theirs),
    f"{_OFFICE}/people/add": Deed(Role.SUPERVISOR, receiver_worlds.somebody_of_another_office),
    f"{_OFFICE}/people/remove": Deed(Role.SUPERVISOR, receiver_worlds.a_person_of_theirs),
    "GET /held/{held}": Deed(Role.SUPERVISOR, worlds.a_colleagues_held_reply),
    "POST /held/{held}": Deed(Role.SUPERVISOR, worlds.a_colleagues_held_reply, {"decision": "approve"}),
    "POST /team/dead-letters/retry": Deed(Role.SUPERVISOR, worlds.a_dead_letter),
    "POST /team/dead-letters/give-up": Deed(Role.SUPERVISOR, worlds.a_dead_letter),
    "POST /break-glass": Deed(_TALKER, worlds.two_to_be_told, {"reason": REASON}),
    "POST /break-glass/{opening}/end": Deed(_TALKER, worlds.opening),
    "GET /break-glass/{opening}": Deed(_TALKER, worlds.opening),
    "GET /audit/break-glass/{opening}": Deed(Role.AUDITOR, worlds.opening),
    "GET /audit": Deed(Role.AUDITOR),
    f"GET {_THEIRS}": Deed(_RECEIVER, provider_worlds.offered),
    f"GET {_THEIRS}/part": Deed(_RECEIVER, provider_worlds.taken_on),
    f"GET {_THEIRS}/media/{{media_id}}": Deed(_RECEIVER, provider_worlds.recording),
    f"POST {_THEIRS}/accept": Deed(_RECEIVER, provider_worlds.offered),
    f"POST {_THEIRS}/decline": Deed(_RECEIVER, provider_worlds.offered, {"reason": "full"}),
    f"POST {_THEIRS}/contacted": Deed(_RECEIVER, provider_worlds.taken_on, {"how": "phone"}),
    f"POST {_THEIRS}/again": Deed(_RECEIVER, provider_worlds.taken_on),
    f"POST {_THEIRS}/give-back": Deed(_RECEIVER, provider_worlds.taken_on, {"reason": "other"}),
    f"POST {_THEIRS}/helped": Deed(_RECEIVER, provider_worlds.in_contact),
    f"POST {_THEIRS}/close": Deed(_RECEIVER, provider_worlds.helped, {"outcome": "got_it"}),
    f"POST {_THEIRS}/ask": Deed(_RECEIVER, provider_worlds.offered, {"code": "which_day"}),
    f"POST {_THEIRS}/ask [the hotline]": Deed(_RECEIVER, provider_worlds.taken_on, {"code": "words", "words": "?"}),
    "POST /r/{token}": Deed(_RECEIVER, provider_worlds.link),
    "POST /referrals/begin": Deed(_TALKER, matter_worlds.my_kept_chat),
    f"GET {_MATTER}": Deed(_TALKER, matter_worlds.mine),
    f"POST {_MATTER}/take": Deed(_TALKER, matter_worlds.nobodys),
    f"POST {_MATTER}/hand": Deed(_TALKER, matter_worlds.to_hand_over),
    f"GET {_MATTER}/fill": Deed(_TALKER, matter_worlds.my_draft),
    f"POST {_MATTER}/fill": Deed(_TALKER, matter_worlds.my_draft),
    f"GET {_MATTER}/whom": Deed(_TALKER, matter_worlds.my_draft),
    f"POST {_MATTER}/propose": Deed(_TALKER, matter_worlds.my_draft),
    f"POST {_MATTER}/read-out": Deed(_TALKER, matter_worlds.my_draft),
    f"POST {_MATTER}/yes": Deed(_TALKER, matter_worlds.read_out),
    f"POST {_MATTER}/note": Deed(_TALKER, matter_worlds.mine),
    f"POST {_MATTER}/report": Deed(_TALKER, matter_worlds.mine, {"to": "police"}),
    f"POST {_MATTER}/answer": Deed(_TALKER, matter_worlds.asked_by_a_receiver),
    f"POST {_MATTER}/second-contact": Deed(_TALKER, matter_worlds.silent),
    f"POST {_MATTER}/close": Deed(_TALKER, matter_worlds.given_back),
    # Who takes a yes back waits for no audit.
    f"POST {_MATTER}/take-back": Deed(_TALKER, matter_worlds.mine, in_crisis=True),
    f"POST {_MATTER}/decide": Deed(_TALKER, matter_worlds.of_a_child),
    f"POST {_MATTER}/guardians": Deed(_TALKER, matter_worlds.of_a_child),
    f"POST {_MATTER}/guardians/{{relative}}": Deed(_TALKER, matter_worlds.with_a_relative),
    f"GET {_MATTER}/call/{{referral}}": Deed(_TALKER, matter_worlds.mine),
    f"POST {_MATTER}/call/{{referral}}": Deed(_TALKER, matter_worlds.mine, {"result": "not_reached"}),
    f"POST {_MATTER}/letter/{{referral}}": Deed(_TALKER, matter_worlds.taken_on),
    f"POST {_MATTER}/court": Deed(_TALKER, court_worlds.a_case),
    f"POST {_MATTER}/court/money": Deed(_TALKER, court_worlds.a_case),
    f"POST {_MATTER}/court/strike": Deed(_TALKER, court_worlds.a_payment),
    f"POST {_MATTER}/court/told": Deed(_TALKER, court_worlds.a_case),
    f"POST {_MATTER}/court/close": Deed(_TALKER, court_worlds.a_told_case),
    f"POST {_MATTER}/court/pressure": Deed(_TALKER, court_worlds.a_pressure),
    f"GET {_COMPLAINT}": Deed(Role.SUPERVISOR, court_worlds.a_complaint),
    f"POST {_COMPLAINT}/take": Deed(Role.SUPERVISOR, court_worlds.a_complaint),
    f"POST {_COMPLAINT}/note": Deed(Role.SUPERVISOR, court_worlds.a_complaint),
    f"POST {_COMPLAINT}/shut-out": Deed(Role.SUPERVISOR, court_worlds.a_complaint),
    f"POST {_COMPLAINT}/answer": Deed(Role.SUPERVISOR, court_worlds.my_complaint),
    f"POST {_COMPLAINT}/close": Deed(Role.SUPERVISOR, court_worlds.an_answered_complaint),
}

# Nothing of a person is shown or changed there, or another test shows that it is written down.
NOT_AUDITED: dict[str, str] = {
    "GET /sign-in": "a form",
    "GET /welcome/{token}": "a form",
    "GET /welcome/{token}/code": "for who holds the link",
    "GET /welcome/{token}/code.svg": "for who holds the link",
    "POST /welcome/{token}": "half of enrolling; the other half is written down",
    "GET /account": "one's own",
    "GET /account/confirm": "a form",
    "POST /account/confirm/options": "a challenge; the answer to it is written down",
    "POST /account/passkeys/options": "a challenge; the answer to it is written down",
    "POST /passkey/sign-in/options": "a challenge; the answer to it is written down",
    "POST /passkey/sign-in": "needs a passkey: tests/console/test_enrolment_browser.py",
    "POST /account/passkeys": "needs a passkey: tests/console/test_enrolment_browser.py",
    "GET /staff": "colleagues",
    "GET /duty": "colleagues",
    "GET /alarms": "codes and urgencies",
    "POST /here": "keeps one's own session open",
    "GET /notices": "one's own; codes",
    "GET /notices/count": "one's own; codes",
    "POST /notices/seen": "one's own",
    "GET /break-glass": "codes and colleagues",
    "GET /audit/break-glass": "codes and colleagues",
    "POST /chats/{chat}/typing": "nothing is said or read, every few seconds",
    "GET /chats/{chat}/choices": "public texts",
    "GET /chats/{chat}/near": "public texts",
    "GET /": "codes and colleagues",
    "GET /parts/queue": "codes and colleagues",
    "GET /events": "hints that something changed",
    "GET /inbox": "codes and times",
    "GET /inbox/{referral}/events": "hints that something changed",
    "GET /r/{token}": "the same page for every link",
    "GET /directory": "who helps",
    "GET /directory/due": "who helps",
    "GET /directory/map": "who helps",
    "GET /directory/entries/{entry}": "who helps",
    "GET /directory/entries/{entry}/edit": "who helps",
    "GET /directory/entries/{entry}/history": "who helps, colleagues",
    "POST /directory/entries/{entry}/preview": "nothing is kept",
    "GET /held": "codes and colleagues",
    "GET /referrals": "codes, states and times",
    "GET /complaints": "codes, states and times",
    "GET /parts/referrals": "codes, states and times",
    "GET /chats/{chat}/referrals": "codes and states",
    "GET /providers": "organisations, kinds of ways, counts",
    "GET /providers/{organisation}": "no address is shown; that is a deed",
    "GET /team": "counts, codes and colleagues",
    "GET /parts/team": "counts, codes and colleagues",
    "GET /health-page": "counts",
    "GET /parts/health": "counts",
    "GET /content": "public texts",
    "GET /content/work": "public texts",
    "GET /content/figures": "public",
    "GET /content/figures/{key}": "public",
    "GET /content/text/{key}": "public texts",
    "GET /content/text/{key}/edit": "public texts",
    "POST /content/text/{key}/preview": "nothing is kept",
    "POST /content/text/{key}/recording": "needs a file: tests/console/test_content_pages.py",
    "GET /content/recordings/{recording_id}": "for everybody's ears",
    "GET /media/{media_id}": "needs a file: tests/console/test_media_routes.py",
    "GET /media/{media_id}/covered": "needs a file: tests/console/test_media_routes.py",
}
