"""There is no way to look a resident up: no route, no command, no intent, no query of the console finds one (R20b)."""

import ast
import re
from pathlib import Path

import pytest
import yaml
from fastapi import FastAPI
from fastapi.routing import APIRoute

import thangdee
from tests.console.route_worlds import World
from tests.console.shelter_worlds import CANARY, VILLAGE, entry
from tests.console.signing_in import ORIGIN, client, sign_in
from thangdee.casework.staff.roles import Role
from thangdee.console.directory_api import directory_api
from thangdee.processes.cli import COMMANDS
from thangdee.processes.console import StaffConsole
from thangdee.processes.wiring import Installation

PACKAGE = Path(thangdee.__path__[0])
INTENTS = PACKAGE / "flows" / "intents.yml"
# Who may open the tables of residents; each new one is a decision.
OPEN_RESIDENTS = {
    "casework/outcomes/candidates.py",  # those who were found by a search after the proof (R15)
    "casework/outcomes/family_wanted.py",  # what a resident herself asked
    "casework/outcomes/forgetting.py",  # whose yes lapsed
    "casework/outcomes/given.py",  # whom a family's message is for
    "casework/outcomes/residents.py",  # by code
    "casework/outcomes/shortlist.py",  # those who resemble whom a family described
    "casework/outcomes/tables.py",
    "casework/outcomes/wishes.py",
    "casework/outcomes/wish_store.py",  # whom a tracer asked about, for the officer who asks her
}
# Which commands open the outcomes at all.
COMMANDS_WITH_OUTCOMES = {"console", "demo", "converse"}
ENDS_THE_SESSION = ("/sign-out", "/account/sessions/end", "/demo-sign-in")
# Every look, and every deed about residents and enquiries. Others write down what they are given, and show it.
DEPENDS_ON_NO_NAME = re.compile(r"GET |POST /(shelter|family-wanted|officers|enquiries|releases)")
NOBODY = "Nobodyla"
_NAMES_A_LOOKUP = re.compile(r"resident|register|lookup|look_up|who_is", re.IGNORECASE)


@pytest.fixture
async def world(installation: Installation) -> World:
    """Entries of my shelter; their village is typed by nobody in these tests."""
    made = World(installation)
    await made.enter(Role.SHELTER_OFFICER)
    for _ in range(6):
        await entry(made)
    return made


@pytest.mark.parametrize("role", [None, Role.SHELTER_OFFICER, Role.TRACER, "all of them, of no shelter"])
async def test_no_lookup_anywhere(world: World, role: Role | str | None) -> None:
    app = StaffConsole(world.installation, ORIGIN).app
    cookies = await cookies_of(world, role)
    told = await ask_everything(app, cookies)

    assert len(told) > 150
    assert [path for path, found, _ in told if VILLAGE in found] == []
    # Asked for somebody who is there and for somebody who is nowhere, each of them says the same.
    assert [path for path, found, nobody in told if DEPENDS_ON_NO_NAME.match(path) and found != nobody] == []


async def test_a_lookup_would_be_noticed() -> None:
    app = FastAPI()

    @app.get("/shelter/find")
    async def find(q: str = "") -> str:
        return "one entry" if q == CANARY else "no entry"

    [(path, found, nobody)] = [one for one in await ask_everything(app, {}) if "find" in one[0]]
    assert DEPENDS_ON_NO_NAME.match(path)
    assert found != nobody


async def cookies_of(world: World, role: Role | str | None) -> dict[str, str]:
    if role is Role.SHELTER_OFFICER:
        return world.cookies
    roles = [role] if isinstance(role, Role) else [*Role] if role else []
    return await sign_in(world.installation, *roles) if role else {}


async def test_the_public_directory_knows_no_resident(world: World) -> None:
    app = directory_api(world.installation.database, world.installation.clock)
    app.state.gate = None
    async with client(app) as browser:
        answers = [
            (await browser.get(f"/{path}", params={"search": CANARY, "q": CANARY})).text for path in ("", "services")
        ]

    assert not any(CANARY in answer for answer in answers)


def test_no_command_finds_a_resident() -> None:
    opening = {
        name for name, command in COMMANDS.items()
        if "with_outcomes=True" in (PACKAGE / "processes" / f"{command.module}.py").read_text(encoding="utf-8")
    }  # fmt: skip

    assert [name for name in COMMANDS if _NAMES_A_LOOKUP.search(name)] == []
    assert opening <= COMMANDS_WITH_OUTCOMES | {"audit"}


def test_no_intent_of_the_chat_finds_a_resident() -> None:
    intents = yaml.safe_load(INTENTS.read_text(encoding="utf-8"))["intents"]
    reading = [path for room in ("bot", "flows") for path in imports_of_outcomes(PACKAGE / room)]

    assert [name for name in intents if _NAMES_A_LOOKUP.search(name)] == []
    assert reading == []


def test_only_these_modules_open_the_tables_of_residents() -> None:
    taking = {str(path.relative_to(PACKAGE)): names_of_tables(path) for path in PACKAGE.rglob("*.py")}
    raw = [name for name, _ in taking.items() if name.startswith("console/") and "outcomes." in sql_of(PACKAGE / name)]

    assert {name for name, tables in taking.items() if tables & {"resident", "resident_block"}} <= OPEN_RESIDENTS
    assert [name for name, tables in taking.items() if tables and name.startswith("console/")] == []
    assert raw == []


async def ask_everything(app, cookies) -> list[tuple[str, str, str]]:
    """Each route with the name in the query and in every field: what it says of her, and of somebody who is nowhere."""
    told = []
    async with client(app, cookies) as browser:
        for route in app.routes:
            if not isinstance(route, APIRoute) or route.path in ENDS_THE_SESSION or "event" in route.path:
                continue
            for method in sorted(route.methods - {"HEAD"}):
                answers = [await ask(browser, route, method, name) for name in (CANARY, NOBODY)]
                told.append((f"{method} {route.path}", *answers))
    return told


async def ask(browser, route: APIRoute, method: str, name: str) -> str:
    path = re.sub(r"{(\w+)(:\w+)?}", "1", route.path)
    asked = dict.fromkeys({*fields_of(route), "q", "search", "name", "given_name", "nickname", "code"}, name)
    answer = await browser.request(method, path, **({"params": asked} if method == "GET" else {"data": asked}))
    said = f"{answer.status_code} {answer.headers.get('location', '')} {answer.text}"
    return re.sub(r"[0-9a-f]{32,}", "…", said).replace(name, "somebody")


def fields_of(route: APIRoute) -> set[str]:
    asked = route.dependant
    return {one.alias for one in (*asked.query_params, *asked.body_params)}


def imports_of_outcomes(folder: Path) -> list[str]:
    return [
        str(path) for path in folder.rglob("*.py")
        if re.search(r"casework\.outcomes|casework import .*outcomes", path.read_text(encoding="utf-8"))
    ]  # fmt: skip


def names_of_tables(path: Path) -> set[str]:
    """What a module takes from the tables of the outcomes."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    taken = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return {
        name.name for node in taken if node.module == "thangdee.casework.outcomes.tables" for name in node.names
    }  # fmt: skip


def sql_of(path: Path) -> str:
    """Statements that a module writes out itself."""
    return " ".join(re.findall(r"(?:text|exec_driver_sql)\(([^)]*)", path.read_text(encoding="utf-8")))
