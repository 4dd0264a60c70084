"""`thangdee staff`: the first administrator, and what must be done when nobody can sign in."""

import argparse
import sys

from thangdee.casework.staff import accounts, invitations, passkeys, staffing
from thangdee.casework.staff.accounts import Account, NameTakenError, UnfitNameError
from thangdee.casework.staff.roles import Role
from thangdee.casework.staff.staffing import LastAdministratorError, NewColleague, NoRoleError, RolesApartError
from thangdee.console.staff_pages import link_of
from thangdee.core import audit
from thangdee.core.settings import Settings
from thangdee.core.words import LANGUAGES
from thangdee.processes.wiring import Installation, open_installation

_WRONG = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the deeds of the command."""
    deeds = parser.add_subparsers(dest="deed", required=True, metavar="DEED")
    add = deeds.add_parser("add", help="make an account and print its link, which works once within 72 hours")
    add.add_argument("name", metavar="NAME", help="what they type to sign in: one word")
    add.add_argument("--role", action="append", choices=tuple(Role), required=True, help="may be given several times")
    add.add_argument("--language", choices=LANGUAGES, default="lo", help="of their pages")
    add.add_argument("--shown", default="", help="what colleagues read, if not NAME")
    deeds.add_parser("list", help="who has an account, in which roles")
    invite = deeds.add_parser("invite", help="print a new link: a lost phone, a forgotten passphrase")
    invite.add_argument("name", metavar="NAME")
    invite.add_argument("--lost", action="store_true", help="the phone is in others' hands: close the old way in now")
    end = deeds.add_parser("end", help="end an account for good")
    end.add_argument("name", metavar="NAME")


async def command(chosen: argparse.Namespace, settings: Settings) -> int:
    """Run one deed; 1, and nothing is changed, where it cannot be done."""
    installation = open_installation(settings)
    try:
        match chosen.deed:
            case "add":
                return await _add(installation, chosen)
            case "list":
                return await _list(installation)
            case "invite":
                return await _invite(installation, chosen.name, is_lost=chosen.lost)
            case _:
                return await _end(installation, chosen.name)
    finally:
        await installation.database.close()


async def _add(installation: Installation, chosen: argparse.Namespace) -> int:
    new = NewColleague(chosen.name, frozenset(map(Role, chosen.role)), chosen.language, chosen.shown)
    try:
        async with installation.database.write() as connection:
            token = await staffing.take_on(
                connection, installation.vault, new, audit.OPERATOR, installation.clock.now()
            )
    except (UnfitNameError, NameTakenError, NoRoleError, RolesApartError) as error:
        return _refuse(f"{error}; no account was made")
    _print_link(installation, chosen.name, token)
    return 0


async def _list(installation: Installation) -> int:
    async with installation.database.read() as connection:
        people = await accounts.all_staff(connection)
        with_passkey = await passkeys.who_has(connection)
        invited = await invitations.open_ones(connection, installation.clock.now())
    for one in people:
        state = _state(one, has_passkey=one.id in with_passkey, is_invited=one.id in invited)
        print(f"{one.sign_in_name:24} {one.language}  {'+'.join(sorted(one.roles)):40} {state}")
    if not people:
        print("Nobody yet: thangdee staff add NAME --role administrator")
    return 0


def _state(account: Account, *, has_passkey: bool, is_invited: bool) -> str:
    if account.ended_at is not None:
        return f"ended {account.ended_at:%Y-%m-%d}"
    states = ["can sign in"] if account.is_enrolled else ["cannot sign in yet"]
    return ", ".join(states + ["passkey"] * has_passkey + ["a link is open"] * is_invited)


async def _invite(installation: Installation, name: str, *, is_lost: bool) -> int:
    async with installation.database.write() as connection:
        account = await accounts.by_name(connection, name)
        if account is None or account.ended_at is not None:
            return _refuse("no account has this name, or it has ended")
        token = await staffing.invite_again(
            connection, installation.vault, account.id, audit.OPERATOR, installation.clock.now(), is_lost=is_lost
        )
    _print_link(installation, account.sign_in_name, token)
    return 0


async def _end(installation: Installation, name: str) -> int:
    try:
        async with installation.database.write() as connection:
            account = await accounts.by_name(connection, name)
            if account is None or account.ended_at is not None:
                return _refuse("no account has this name, or it has ended")
            now = installation.clock.now()
            await staffing.let_go(connection, installation.vault, account.id, audit.OPERATOR, now)
    except LastAdministratorError:
        return _refuse("this is the last administrator: add another one first")
    print(f"Ended: {account.sign_in_name}.")
    return 0


def _print_link(installation: Installation, name: str, token: str) -> None:
    link = link_of(installation.settings.console_origin, "", token)
    print(f"For {name}, once, within 72 hours; whoever opens it gets the account:\n{link}")


def _refuse(sentence: str) -> int:
    print(f"thangdee: {sentence}", file=sys.stderr)
    return _WRONG
