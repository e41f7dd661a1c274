"""Who may do what: every command and button of the registry, for every role, one's own hospital and another."""

from collections.abc import AsyncIterator, Iterator

import pytest
from sqlalchemy import text

from bot.db import Database
from handlers import build_registry
from models.people import ROLES, remove_member
from tests.handlers.world import SECRETS, World, furnish, snapshot
from tests.people import NOW, Cast, Person, enlist, move_to_own_district
from tests.said import Said
from tests.stage import Stage

# How it speaks, and for whom, hardly depends on the engine: on PostgreSQL by night.
pytestmark = pytest.mark.postgres_nightly

REFUSAL = "This is not part of your role. /help lists what you can do."
STRANGER = "It works by invitation: please ask your administrator for a link."
FAULT = "That did not work"

EVERYBODY = " ".join(ROLES)
REPORTERS = "guard doctor head officer admin leader"
DUTY = "officer admin"
FILERS = "head officer admin leader"
SHIFTS = "guard doctor head officer"
READERS = "officer admin leader district auditor"
COMMANDS = {
    "duty": SHIFTS,
    "sos": REPORTERS,
    "report": REPORTERS,
    "threat": REPORTERS,
    "selfcheck": DUTY,
    "file": f"{FILERS} district",
    "score": READERS,
    "mine": EVERYBODY,
    "tasks": EVERYBODY,
    "admin": "admin",
    "language": EVERYBODY,
    "privacy": EVERYBODY,
    "cancel": EVERYBODY,
    "help": EVERYBODY,
    "start": EVERYBODY,
}
PRESSES = {
    "duty": SHIFTS,
    "mine": EVERYBODY,
    "act": REPORTERS,
    "cry": REPORTERS,
    "case": EVERYBODY,
    **dict.fromkeys(("stamp", "harm", "amend"), REPORTERS),
    **dict.fromkeys(("move", "upward", "handover"), DUTY),
    **dict.fromkeys(("flag", "identity"), "admin"),
    "draft": EVERYBODY,
    **dict.fromkeys(("add", "correct", "ask"), REPORTERS),
    "answer": EVERYBODY,
    "show": DUTY,
    "threat": DUTY,
    "escort": "guard",
    "threat_step": DUTY,
    **dict.fromkeys(("file", "filed", "pass", "waiver", "backlog"), FILERS),
    **dict.fromkeys(("waive", "filings", "zero"), DUTY),
    **dict.fromkeys(("waived", "owed"), "officer admin leader"),
    "papers": "admin",
    **dict.fromkeys(("district", "review"), "district"),
    "calendar": "head officer admin",
    "quiet": EVERYBODY,
    "repair": DUTY,
    **dict.fromkeys(("score", "sheet", "ruling", "check"), READERS),
    **dict.fromkeys(("admin", "chain", "police_phone", "room", "rubric"), "admin"),
    "tasks": EVERYBODY,
    "enter": "guard doctor head officer admin",
    "entry": REPORTERS,
    "register": DUTY,
    "point": DUTY,
    "lang": EVERYBODY,
}
FORMS = {
    "post": SHIFTS,
    "report": REPORTERS,
    "note": REPORTERS,
    **dict.fromkeys(("addition", "correct", "ask"), REPORTERS),
    "answer": EVERYBODY,
    "threat": REPORTERS,
    **dict.fromkeys(("stamp", "police", "injury", "classify"), REPORTERS),
    **dict.fromkeys(("amend", "findings", "close", "reopen", "false_alarm", "merge"), DUTY),
    **dict.fromkeys(("upward", "handover"), DUTY),
    **dict.fromkeys(("flag", "identity"), "admin"),
    "threat_renew": DUTY,
    "threat_end": DUTY,
    "threat_level": DUTY,
    **dict.fromkeys(("selfcheck", "check_assign", "check_reopen"), DUTY),
    "check_return": "officer admin leader",
    "inspection": "admin district",
    **dict.fromkeys(("file", "pass", "waiver", "backlog"), FILERS),
    **dict.fromkeys(("waive", "refile"), DUTY),
    **dict.fromkeys(
        ("review_return", "learnt", "proof", "finding", "bulletin", "average"), "district"
    ),
    "paper_rule": "admin",
    "quiet": EVERYBODY,
    "invite": "admin",
    "facts": "admin",
    "removal": "admin",
    **dict.fromkeys(("chain", "police_phone", "ruling"), "admin"),
    "hazard": "guard doctor head officer admin",
    "fault": "guard doctor head officer admin",
    "complaint": "doctor head officer admin",
    "dispute": "doctor head officer admin",
    "seizure": "guard officer admin",
    **dict.fromkeys(("check", "clue", "drill", "training", "meeting", "asset", "point"), DUTY),
    "entry_step": REPORTERS,
}
"""The matrix, written down a second time: what is registered has to be meant."""
ODD = ("", "0", "-1", "²", "٣", "9" * 30, "\0", "x" * 50, "1:2:3", "QP01-2026-0001'", "%", "2026:9")


@pytest.fixture
async def stage(db: Database) -> AsyncIterator[Stage]:
    async with Stage(db) as stage:
        yield stage
        bad = db.run_now(lambda c: c.execute(text("SELECT * FROM inbox WHERE state = 'bad'")).all())
        assert bad == [], "nothing a person can send is a fault"


@pytest.fixture
async def world(stage: Stage, cast: Cast) -> World:
    return await furnish(stage, cast)


def everybody(db: Database, cast: Cast, code: str) -> Iterator[Person]:
    """Somebody of every role in a hospital."""
    for number, role in enumerate(ROLES):
        hospital = cast.hospital(code)
        user_id = hospital.id * 1000 + number
        yield cast[code].get(role) or db.run_now(
            lambda conn, r=role, h=hospital, u=user_id: enlist(conn, h, r, user_id=u)  # type: ignore[misc]
        )


def refused(said: Said) -> bool:
    """Whether the whole answer is the refusal."""
    told = said.texts + said.toasts + said.captions
    assert told, "nothing ends in silence"
    assert FAULT not in said.everything
    if REFUSAL in told:
        assert told == [REFUSAL]
        return True
    return False


def test_everything_registered_has_its_row_in_the_matrix() -> None:
    registry = build_registry()
    assert {c.name: c.roles for c in registry.commands} == _sets(COMMANDS)
    assert {p.kind: p.roles for p in registry.presses} == _sets(PRESSES)
    assert {c.name: c.roles for c in registry.conversations} == _sets(FORMS)
    assert [c.name for c in registry.commands if c.strangers] == ["start"]


def _sets(matrix: dict[str, str]) -> dict[str, frozenset[str]]:
    return {name: frozenset(roles.split()) for name, roles in matrix.items()}


async def test_every_command_is_for_its_roles(stage: Stage, cast: Cast) -> None:
    for person in everybody(stage.db, cast, "QP01"):
        for command, roles in COMMANDS.items():
            said = await stage.says(person, f"/{command}")
            assert refused(said) == (person.role not in roles.split()), (person.role, command)


@pytest.mark.postgres_nightly
async def test_every_button_is_for_its_roles(world: World, stage: Stage, cast: Cast) -> None:
    for person in everybody(stage.db, cast, "QP01"):
        for kind, roles in PRESSES.items():
            for argument in (*world.arguments(kind), *ODD[:3]):
                said = await stage.presses(person, f"{kind}:{argument}")
                assert refused(said) == (person.role not in roles.split()), (person.role, kind)


async def test_help_and_menus_name_what_a_role_may_use_and_nothing_else(
    stage: Stage, cast: Cast
) -> None:
    for person in everybody(stage.db, cast, "QP01"):
        said = await stage.says(person, "/help")
        listed = {line.split()[0][1:] for line in said.text.splitlines() if line.startswith("/")}
        assert listed == {name for name, roles in COMMANDS.items() if person.role in roles.split()}


@pytest.mark.parametrize("kind", PRESSES)
async def test_no_odd_button_is_a_fault(stage: Stage, cast: Cast, kind: str) -> None:
    person = next(p for p in everybody(stage.db, cast, "QP01") if p.role in _by_rank(kind))
    for argument in ODD:
        said = await stage.presses(person, f"{kind}:{argument}")
        assert not refused(said)


def _by_rank(kind: str) -> list[str]:
    """The one role that a button is tried for: an administrator's where it is theirs."""
    roles = PRESSES[kind].split()
    return ["admin"] if "admin" in roles else roles[:1]


# -- another hospital ------------------------------------------------------------------------------


@pytest.mark.postgres_nightly
async def test_nothing_of_another_hospital_can_be_read_or_changed(
    world: World, stage: Stage, cast: Cast
) -> None:
    # The commission's people see every hospital of their district: here it is another one.
    stage.db.run_now(lambda conn: move_to_own_district(conn, "QP02"))
    before = snapshot(stage.db, "QP01")
    for person in everybody(stage.db, cast, "QP02"):
        for data in world.every_button():
            said = await stage.presses(person, data)
            assert FAULT not in said.everything, data
            assert not [secret for secret in SECRETS if secret in said.everything], (
                data,
                said.text,
            )
            assert said.readers == {person.user_id}, data
            await stage.says(person, "words that a form of another hospital must not take")
        for command in COMMANDS:
            said = await stage.says(person, f"/{command}")
            assert not [secret for secret in SECRETS if secret in said.everything], command
            await stage.says(person, "/cancel")
    assert snapshot(stage.db, "QP01") == before


async def test_colleagues_cannot_touch_each_others_drafts_or_add_to_their_reports(
    world: World, stage: Stage, cast: Cast
) -> None:
    before = snapshot(stage.db, "QP01")
    for person in (cast.officer, cast.admin):
        theirs = [f"{verb}:{world.incident}" for verb in ("add", "correct", "correct:place")]
        theirs += [f"draft:{world.draft}", f"answer:{world.inquiry}"]
        for data in [*world.draft_buttons(), *theirs]:
            said = await stage.presses(person, data)
            assert said.toasts
            assert said.texts == []
    assert snapshot(stage.db, "QP01") == before


async def test_a_threat_is_read_by_officers_and_administrators_and_each_reading_is_noted(
    world: World, stage: Stage, cast: Cast
) -> None:
    for person in everybody(stage.db, cast, "QP01"):
        said = await stage.presses(person, f"threat:{world.threat}")
        assert ("he keeps a knife" in said.text) == (person.role in ("officer", "admin"))
    query = text("SELECT member_id FROM audit WHERE action = 'threat.read' ORDER BY id")
    readers = stage.db.run_now(lambda conn: list(conn.execute(query).scalars()))
    assert readers == [cast.officer.id, cast.admin.id]


async def test_a_stranger_hears_one_sentence_whatever_they_try(
    world: World, stage: Stage, cast: Cast
) -> None:
    stranger = Person(id=0, user_id=5555, role="", name="nobody", hospital="")
    before = snapshot(stage.db, "QP01")
    tried = [await stage.says(stranger, f"/{command}") for command in COMMANDS]
    tried += [await stage.presses(stranger, data) for data in world.every_button()]
    tried += [await stage.says(stranger, "let me in"), await stage.presses(stranger, "odd")]
    for said in tried:
        told = said.texts + said.toasts
        assert len(told) == 1
        assert told[0].endswith(STRANGER)
    assert snapshot(stage.db, "QP01") == before


async def test_who_was_removed_is_a_stranger_at_once(
    world: World, stage: Stage, cast: Cast
) -> None:
    stage.db.run_now(lambda conn: remove_member(conn, cast.guard.id, now=NOW))
    shown = []
    for data in world.draft_buttons():
        said = await stage.presses(cast.guard, data)
        assert [each.endswith(STRANGER) for each in said.toasts] == [True]
        shown += said.texts
    assert [each.splitlines()[1:] for each in shown] == [["a draft not filed yet"]], (
        "their own, once"
    )


async def test_a_role_taken_away_takes_its_open_form_with_it(stage: Stage, cast: Cast) -> None:
    said = await stage.says(cast.officer, "/selfcheck")
    answer = next(data for data in said.buttons.values() if data.startswith("f:"))
    change = text("UPDATE member SET role = 'guard' WHERE id = :id")
    stage.db.run_now(lambda conn: conn.execute(change, {"id": cast.officer.id}))
    said = await stage.presses(cast.officer, answer)
    assert said.text.startswith("Your role has changed")
