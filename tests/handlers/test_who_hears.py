"""Who hears of what: guards on duty, heads, leaders; never whom a record is about, nor who would know its reporter."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest
from sqlalchemy import Connection

from bot.db import Database
from bot.messages import Priority
from bot.sweeping import sweep_through
from handlers.case_sweep import CASES
from handlers.escalation import audience
from handlers.police_sweep import POLICE_CALLS
from models.base import insert_row
from models.case import case_by_id, open_case
from models.category import CATEGORIES, SEVERITIES
from models.chain import steps_for
from models.duty import begin_duty
from models.incident import insert_incident
from models.people import MEMBER, ensure_department, mark_reachable
from models.room import bind_room
from tests.handlers.casing import FIRST, Casework
from tests.people import NOW, SET_UP, Cast, Person
from tests.said import Said
from tests.stage import Stage

ROOM = -1001


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    """What does not depend on the engine is tried on SQLite only; the tables have tests of their own on both."""
    return sqlite_db


@pytest.fixture
async def stage(db: Database) -> AsyncIterator[Stage]:
    async with Stage(db) as stage:
        yield stage


@pytest.fixture
def work(stage: Stage, cast: Cast) -> Casework:
    return Casework(stage, cast)


# -- everybody against everything ------------------------------------------------------------------


VIOLENT = ("violence_staff", "violence_patient", "restraint", "mob")
CONDUCT = ("gang", "industry_chaos", "bribery", "fraud")


@dataclass(frozen=True, kw_only=True)
class Somebody:
    """A member as the oracle knows them."""

    id: int
    role: str
    ward: str | None
    name: str
    on_duty: bool


@dataclass(frozen=True, kw_only=True)
class Told:
    """A record, and by hand which ward's head is concerned; ``None`` stands for the reporter's own."""

    place: str
    words: str
    concerned: str | None
    if_confidential: str | None


TOLD = (
    Told(place="ER, room 3", words="Wang Min was there", concerned="ER", if_confidential="ER"),
    Told(place="car park", words="it is quiet", concerned=None, if_confidential=None),
    Told(place="五病区门口", words="ER", concerned="五病区", if_confidential="五病区"),
    Told(place="car park", words="Qian Hai, by the ER", concerned="ER", if_confidential=None),
)


def settle(conn: Connection, hospital_id: int) -> list[Somebody]:
    """One of every role in two wards and in none; those of the ER are on duty where they can be."""
    found = []
    roles = ("guard", "doctor", "head", "officer", "admin", "leader")
    for place, (ward, role) in enumerate(product(("ER", "五病区", None), roles)):
        names = {("五病区", "officer"): "Wang Min", (None, "leader"): "Qian Hai"}
        name = names.get((str(ward) if ward else None, role), f"name{place}")  # type: ignore[arg-type]
        member_id = insert_row(
            conn,
            MEMBER,
            telegram_id=9000 + place,
            hospital_id=hospital_id,
            department_id=ensure_department(conn, hospital_id, ward) if ward else None,
            role=role,
            display_name=name,
            locale="en",
            joined_at=SET_UP,
        )
        on = ward == "ER" and role in ("guard", "doctor", "head", "officer")
        if on:
            begin_duty(conn, hospital_id=hospital_id, member_id=member_id, post=None, now=NOW)
        found.append(Somebody(id=member_id, role=role, ward=ward, name=name, on_duty=on))
    return found


def file(conn: Connection, hospital_id: int, number: int, **filed: Any) -> Any:
    """An incident and its case, as opening one writes them."""
    reporter: Somebody = filed.pop("reporter")
    kind = {"category": filed.pop("category"), "severity": filed.pop("severity")}
    ward = ensure_department(conn, hospital_id, reporter.ward) if reporter.ward else None
    incident_id = insert_incident(
        conn,
        number=f"X-{number}",
        kind="report",
        hospital_id=hospital_id,
        department_id=ward,
        reporter_id=reporter.id,
        reporter_role=reporter.role,
        occurred_at=NOW,
        discovered_at=NOW,
        reported_at=NOW,
        **kind,
        **filed,
    )
    open_case(
        conn,
        incident_id=incident_id,
        hospital_id=hospital_id,
        chain=[],
        next_at=NOW,
        changed_at=NOW,
        **kind,
    )
    return case_by_id(conn, incident_id)


def should_hear(
    one: Somebody, reporter: Somebody, told: Told, *, category: str, severity: str, secret: bool
) -> bool:
    """The rule once more, person by person."""
    if one.id == reporter.id:
        return False
    conduct = category in CONDUCT
    if conduct and one.role not in ("officer", "admin", "leader"):
        return False
    if (conduct or secret) and one.name in told.words:
        return False
    if one.role == "head" and secret and one.ward == reporter.ward:
        return False
    if one.role in ("officer", "admin"):
        return True
    grave = severity in ("major", "extreme")
    if one.role == "leader":
        return grave
    if one.on_duty and (grave or category in VIOLENT):
        return True
    concerned = (told.if_confidential if secret else told.concerned) or reporter.ward
    return one.role == "head" and one.ward is not None and one.ward == concerned


def test_who_is_told_at_once_is_what_the_rule_says_for_everybody_and_everything(
    db: Database, cast: Cast
) -> None:
    hospital_id = cast.hospital("QP02").id

    def work(conn: Connection) -> None:
        conn.execute(MEMBER.delete().where(MEMBER.c.hospital_id == hospital_id))
        everybody = settle(conn, hospital_id)
        reporters = [one for one in everybody if one.role in ("guard", "doctor", "officer")]
        kinds = product(CATEGORIES, SEVERITIES, (False, True), TOLD)
        for number, (category, severity, secret, told) in enumerate(kinds):
            reporter = reporters[number % len(reporters)]
            filed = {"category": category.code, "severity": severity}
            case = file(
                conn,
                hospital_id,
                number,
                reporter=reporter,
                confidential=secret,
                place=told.place,
                description=told.words,
                **filed,
            )
            step = steps_for(conn, hospital_id, alarm=False, **filed)[0]
            heard = {actor.id for actor in audience(conn, case, step)}
            expected = {
                one.id
                for one in everybody
                if should_hear(one, reporter, told, secret=secret, **filed)
            }
            assert heard == expected, (filed, secret, told, reporter)

    db.run_now(work)


# -- guards, heads, leaders ------------------------------------------------------------------------


@pytest.fixture
async def on_duty(stage: Stage, work: Casework) -> Person:
    """A guard who is on duty, while the one who reports is not."""
    guard = work.colleague("guard", 190)
    await stage.presses(guard, "duty:on")
    return guard


async def file_as(
    stage: Stage, work: Casework, category: str, words: str, *, confidential: bool = False
) -> Said:
    """File it through the form; what everybody gets."""
    doctor = work.cast.doctor
    said = await stage.says(doctor, "/report")
    if category not in said.buttons:
        said = await stage.presses(doctor, said.button("More"))
    said = await stage.presses(doctor, said.button(category))
    said = await stage.says(doctor, words)
    if confidential:
        said = await stage.presses(doctor, said.button("name shown"))
        said = await stage.presses(doctor, said.button("Confidential"))
    return await stage.presses(doctor, said.button("Submit"))


async def test_an_attack_reaches_the_guards_on_duty_at_once(
    stage: Stage, work: Casework, on_duty: Person
) -> None:
    said = await file_as(stage, work, "Staff attacked", "two men hit a nurse")
    assert "two men hit a nurse" in said.to(on_duty.user_id).text
    assert not said.to(work.cast.guard.user_id).out, "who is off duty has no part in it"
    assert "1 security guard" in said.to(work.cast.doctor.user_id).text


async def test_an_everyday_matter_leaves_the_guards_alone(
    stage: Stage, work: Casework, on_duty: Person
) -> None:
    said = await file_as(stage, work, "Theft", "a purse is gone")
    assert on_duty.user_id not in said.readers


async def test_the_head_of_the_ward_where_it_is_hears_of_everything_there(
    stage: Stage, work: Casework
) -> None:
    here, there = work.colleague("head", 191), work.colleague("head", 192, ward="Ward 5")
    said = await file_as(stage, work, "Theft", "a purse is gone")
    assert {here.user_id, there.user_id} & said.readers == {here.user_id}
    said = await file_as(stage, work, "Theft", "a purse is gone in Ward 5")
    assert {here.user_id, there.user_id} & said.readers == {there.user_id}


async def test_the_leader_hears_of_what_is_major_at_once_also_where_it_becomes_so(
    stage: Stage, work: Casework, on_duty: Person
) -> None:
    leader = work.colleague("leader", 193)
    said = await file_as(stage, work, "Fire", "smoke in the kitchen")
    assert {leader.user_id, on_duty.user_id} <= said.readers
    number = await work.report("Theft")
    await work.press(f"case:{number}:take")
    said = await work.answer(
        f"amend:severity:{number}", "[major]", "the safe with the opiates", "[Submit]"
    )
    assert {leader.user_id, on_duty.user_id} <= said.readers
    assert "Now told as well: " in said.to(work.cast.officer.user_id).text


async def test_a_report_that_turns_out_an_attack_reaches_the_guards_once(
    stage: Stage, work: Casework, on_duty: Person
) -> None:
    number = await work.report("Theft")
    said = await work.answer(
        f"amend:category:{number}", "[Staff attacked]", "he hit her for it", "[Submit]"
    )
    assert on_duty.user_id in said.readers
    said = await work.answer(f"amend:place:{number}", "the gate", "was unclear", "[Submit]")
    new = [item for item in said.to(on_duty.user_id).out if item.method == "sendMessage"]
    assert new == [], "who has the card already reads the change there"


# -- confidential ----------------------------------------------------------------------------------


async def test_guards_can_come_to_a_confidential_attack_and_read_nothing_of_its_reporter(
    stage: Stage, work: Casework, on_duty: Person
) -> None:
    said = await file_as(
        stage,
        work,
        "Staff attacked",
        "QP01 doctor here, two men hit a nurse",
        confidential=True,
    )
    card = said.to(on_duty.user_id).text
    assert "Staff attacked" in card
    assert "ER" in card
    assert "(the reporter) here, two men hit a nurse" in card
    for person in (on_duty, work.cast.officer, work.cast.admin):
        assert "QP01 doctor" not in said.to(person.user_id).everything
    shown = await work.press(f"show:{FIRST}")
    assert "QP01 doctor" not in shown.everything
    screen = await work.press(f"case:{FIRST}", by=on_duty)
    assert "QP01 doctor" not in screen.everything


async def test_a_confidential_report_never_goes_to_the_head_of_its_reporters_ward(
    stage: Stage, work: Casework
) -> None:
    own = work.colleague("head", 191)
    await stage.presses(own, "duty:on")
    said = await file_as(stage, work, "Staff attacked", "here in the ER", confidential=True)
    assert own.user_id not in said.readers


# -- conduct of staff ------------------------------------------------------------------------------


async def test_a_bribe_is_heard_of_by_the_office_and_never_by_whom_it_names(
    stage: Stage, work: Casework, on_duty: Person
) -> None:
    cast, head = work.cast, work.colleague("head", 191)
    other = work.colleague("officer", 194)
    stage.db.run_now(lambda conn: rename(conn, other, "赵芳"))
    said = await file_as(stage, work, "Bribery", "赵芳主任收了病人的红包")
    assert said.readers & set(map(user, (cast.officer, cast.admin, other, head, on_duty))) == set(
        map(user, (cast.officer, cast.admin))
    )


async def test_who_was_named_first_hears_nothing_once_the_name_is_corrected_away(
    stage: Stage, work: Casework
) -> None:
    cast, other = work.cast, work.colleague("officer", 194)
    stage.db.run_now(lambda conn: rename(conn, other, "赵芳"))
    await file_as(stage, work, "Bribery", "赵芳主任收了病人的红包")
    for words in ("Correct it", "account", "科里有人收了红包"):
        await stage.says(cast.doctor, words)
    said = await stage.says(cast.doctor, "Submit")
    assert "account corrected" in said.to(cast.doctor.user_id).text
    assert cast.officer.user_id in said.readers
    assert other.user_id not in said.readers
    said = await stage.presses(other, "show:QP01-2026-0001")
    assert "赵芳" not in said.everything


def user(person: Person) -> int:
    """Their account."""
    return person.user_id


def rename(conn: Connection, person: Person, name: str) -> None:
    """Show somebody under another name."""
    conn.execute(MEMBER.update().where(MEMBER.c.id == person.id).values(display_name=name))


@pytest.fixture
async def blamed(stage: Stage, work: Casework) -> Person:
    """An administrator whom a bribery report names; it is the first record."""
    person = work.colleague("admin", 195)
    stage.db.run_now(lambda conn: rename(conn, person, "钱明"))
    await file_as(stage, work, "Bribery", "钱明收了供应商的钱", confidential=True)
    return person


@pytest.mark.parametrize(
    "button",
    [
        "case:{0}",
        "case:{0}:log",
        "show:{0}",
        "identity:{0}",
        "move:investigate:{0}",
        "harm:list:{0}",
    ],
)
async def test_whom_it_names_reads_nothing_of_it_by_any_button(
    work: Casework, blamed: Person, button: str
) -> None:
    said = await work.press(button.format(FIRST), by=blamed)
    assert said.texts == []
    assert said.toasts
    assert "供应商" not in said.everything
    assert "QP01 doctor" not in said.everything


async def test_nor_does_it_stand_in_any_list_or_reminder_of_theirs(
    stage: Stage, work: Casework, blamed: Person
) -> None:
    assert FIRST not in (await stage.says(blamed, "/tasks")).everything
    assert FIRST in (await stage.says(work.cast.admin, "/tasks")).everything
    await work.report("Theft")
    await work.report("Theft")
    said = await work.press("move:merge:QP01-2026-0002", by=blamed)
    assert "QP01-2026-0003" in said.everything
    assert FIRST not in said.everything
    await stage.says(blamed, "/cancel")
    said = await stage.presses(work.cast.doctor, f"add:{FIRST}")
    said = await stage.says(work.cast.doctor, "he took it in cash")
    assert work.cast.officer.user_id in said.readers
    assert blamed.user_id not in said.readers
    for hours in (24, 48, 72):
        work.at(hours * 60 + 600)
        out = sweep_through(stage.db.run_now, CASES, now=stage.now)[1]
        assert FIRST not in Said(out).to(blamed.user_id).everything


async def test_whom_an_addition_names_is_called_by_no_later_step(
    stage: Stage, work: Casework
) -> None:
    leader = work.colleague("leader", 193)
    stage.db.run_now(lambda conn: rename(conn, leader, "孙伟"))
    await file_as(stage, work, "Bribery", "有人收了红包")
    await stage.presses(work.cast.doctor, f"add:{FIRST}")
    await stage.says(work.cast.doctor, "是孙伟院长")
    work.at(36 * 60)
    out = sweep_through(stage.db.run_now, CASES, now=stage.now)[1]
    assert Said(out).readers == {work.cast.officer.user_id, work.cast.admin.user_id}


async def test_where_everybody_of_the_office_is_named_the_leader_hears_at_once(
    stage: Stage, work: Casework
) -> None:
    leader, cast = work.colleague("leader", 193), work.cast
    said = await file_as(stage, work, "Bribery", "QP01 officer and QP01 admin took money")
    assert said.readers == {leader.user_id, cast.doctor.user_id}
    assert "1 leader" in said.to(cast.doctor.user_id).text


async def test_where_nobody_may_hear_the_reporter_is_told_so(stage: Stage, work: Casework) -> None:
    said = await file_as(stage, work, "Bribery", "QP01 officer and QP01 admin took money")
    assert said.readers == {work.cast.doctor.user_id}
    assert "Nobody here could be notified" in said.text


async def test_the_operations_room_is_not_told_of_conduct_and_forgets_what_became_it(
    stage: Stage, work: Casework
) -> None:
    stage.db.run_now(lambda conn: bind(conn, work.cast))
    said = await file_as(stage, work, "Bribery", "有人收了红包")
    assert ROOM not in said.readers
    number = await work.report("Theft")
    said = await work.answer(
        f"amend:category:{number}", "[More]", "[Bribery]", "it was a present", "[Submit]"
    )
    assert "Bribery" not in said.to(ROOM).everything
    assert "For the safety office only" in said.to(ROOM).text


async def test_a_card_that_somebody_holds_says_nothing_of_conduct(
    stage: Stage, work: Casework, on_duty: Person
) -> None:
    await file_as(stage, work, "Staff attacked", "two men hit a nurse")
    said = await work.answer(
        f"amend:category:{FIRST}", "[More]", "[Bribery]", "it was staged for money", "[Submit]"
    )
    assert on_duty.user_id not in said.readers
    said = await work.press(f"case:{FIRST}", by=on_duty)
    assert said.texts == []


def bind(conn: Connection, cast: Cast) -> None:
    """QP01 has an operations room."""
    bind_room(
        conn,
        hospital_id=cast.hospital("QP01").id,
        chat_id=ROOM,
        title="room",
        topics=False,
        locale="en",
        bound_by=cast.admin.id,
        bound_at=NOW,
    )


async def test_a_missing_police_call_is_not_brought_up_to_whom_a_confidential_report_names(
    stage: Stage, work: Casework
) -> None:
    await file_as(stage, work, "Patient attacked", "QP01 officer hit a patient", confidential=True)
    work.at(30)
    out = sweep_through(stage.db.run_now, POLICE_CALLS, now=stage.now)[1]
    assert work.cast.officer.user_id not in Said(out).readers


async def test_who_blocked_the_bot_is_not_counted_as_told(
    stage: Stage, work: Casework, on_duty: Person
) -> None:
    stage.db.run_now(lambda conn: mark_reachable(conn, on_duty.user_id, since=NOW))
    said = await file_as(stage, work, "Staff attacked", "two men hit a nurse")
    assert on_duty.user_id not in said.readers
    assert said.of(Priority.NOTICE).readers == {
        work.cast.officer.user_id,
        work.cast.admin.user_id,
    }
