"""/start with a code: joining, one's own link tapped again, another role, and who is told that no alarm calls them."""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from bot.db import Database
from models.invite import create_invite
from models.people import ensure_department, remove_member
from tests.people import NOW, Cast, Person
from tests.stage import Stage

# How it speaks, and for whom, hardly depends on the engine: on PostgreSQL by night.
pytestmark = pytest.mark.postgres_nightly

NEWCOMER = Person(id=0, user_id=7070, role="", name="newcomer", hospital="")
OFF_DUTY = "You are not on duty yet: alarms do not call you."
HERE = "You are in QP01 hospital already; nothing was used up."


@pytest.fixture
async def stage(db: Database) -> AsyncIterator[Stage]:
    async with Stage(db) as stage:
        yield stage


@pytest.fixture
def make(stage: Stage, cast: Cast) -> Callable[..., str]:
    """A new invite of QP01; its code."""

    def make(role: str = "guard", code: str = "QP01", ward: str = "", **options: Any) -> str:
        hospital_id = cast.hospital(code).id

        def unit(conn: Any) -> str:
            department = ensure_department(conn, hospital_id, ward) if ward else None
            values = {"department_id": department, "now": NOW, **options}
            return create_invite(conn, hospital_id=hospital_id, role=role, **values)

        return stage.db.run_now(unit)

    return make


def rows(stage: Stage, query: str) -> list[tuple[Any, ...]]:
    """Read the database."""
    return [tuple(row) for row in stage.db.run_now(lambda conn: conn.execute(text(query)).all())]


def uses(stage: Stage) -> list[int]:
    """How many uses each invite has left."""
    return [row[0] for row in rows(stage, "SELECT uses_left FROM invite ORDER BY id")]


def tries(stage: Stage) -> int:
    """How many wrong tries are counted."""
    return sum(row[0] for row in rows(stage, "SELECT wrong FROM code_attempt"))


# -- off duty --------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["guard", "doctor", "head", "officer"])
async def test_who_can_be_on_duty_hears_on_joining_that_no_alarm_calls_them(
    stage: Stage, make: Callable[..., str], role: str
) -> None:
    said = await stage.says(NEWCOMER, f"/start {make(role)}")
    assert said.texts[-1].startswith("Welcome, newcomer.\nQP01 hospital")
    assert said.texts[-1].endswith(OFF_DUTY)
    assert "keyboard" in said.out[0].payload["reply_markup"], "the home buttons are there as well"
    said = await stage.presses(NEWCOMER, said.button("Sign on"))
    assert said.text.startswith("✅ You are on duty")
    assert OFF_DUTY not in (await stage.says(NEWCOMER, "/start")).text


@pytest.mark.parametrize("role", ["admin", "leader", "auditor", "district"])
async def test_who_never_is_on_duty_hears_nothing_of_it(
    stage: Stage, make: Callable[..., str], role: str
) -> None:
    assert len((await stage.says(NEWCOMER, f"/start {make(role)}")).texts) == 1


async def test_who_becomes_a_guard_hears_it_and_who_is_on_duty_does_not(
    stage: Stage, make: Callable[..., str], cast: Cast
) -> None:
    said = await stage.says(cast.admin, f"/start {make('guard')}")
    assert OFF_DUTY in said.text
    await stage.presses(cast.doctor, "duty:on")
    said = await stage.says(cast.doctor, f"/start {make('guard')}")
    assert OFF_DUTY not in said.text


async def test_it_is_said_again_only_to_whoever_has_never_been_on_duty(
    stage: Stage, cast: Cast
) -> None:
    assert OFF_DUTY in (await stage.says(cast.guard, "/start")).text
    await stage.presses(cast.guard, "duty:on")
    await stage.presses(cast.guard, "duty:off")
    assert OFF_DUTY not in (await stage.says(cast.guard, "/start")).text


# -- one's own link --------------------------------------------------------------------------------


async def test_ones_own_link_tapped_ten_times_costs_nothing(
    stage: Stage, make: Callable[..., str]
) -> None:
    code = make()
    await stage.says(NEWCOMER, f"/start {code}")
    for _ in range(10):
        said = await stage.says(NEWCOMER, f"/start {code.lower()}")
        assert said.texts[-1].startswith(HERE)
    assert (uses(stage), tries(stage)) == ([0], 0)
    assert rows(stage, "SELECT role FROM member WHERE telegram_id = 7070") == [("guard",)]
    stage.at(NOW + timedelta(days=3))
    assert (await stage.says(NEWCOMER, f"/start {code}")).texts[-1].startswith(HERE)


async def test_a_link_for_many_is_used_once_by_each(
    stage: Stage, make: Callable[..., str], cast: Cast
) -> None:
    code = make(uses=3)
    for _ in range(3):
        await stage.says(NEWCOMER, f"/start {code}")
        said = await stage.says(cast.guard, f"/start {code}")
        assert said.texts[-1].startswith(HERE), "it would give a guard what a guard is"
    assert (uses(stage), tries(stage)) == ([2], 0)


async def test_while_paused_ones_own_link_still_answers(
    stage: Stage, make: Callable[..., str]
) -> None:
    code = make()
    await stage.says(NEWCOMER, f"/start {code}")
    for number in range(6):
        said = await stage.says(NEWCOMER, f"/start WRONG{number}")
    assert "Too many wrong codes" in said.text
    assert (await stage.says(NEWCOMER, f"/start {code}")).texts[-1].startswith(HERE)


async def test_a_former_link_of_ones_own_does_not_take_the_newer_role_away(
    stage: Stage, make: Callable[..., str]
) -> None:
    code, better = make(uses=5), make("officer")
    await stage.says(NEWCOMER, f"/start {code}")
    said = await stage.says(NEWCOMER, f"/start {better}")
    assert "safety officer" in said.texts[-1]
    said = await stage.says(NEWCOMER, f"/start {code}")
    assert said.texts[-1].startswith(HERE)
    assert "safety officer" in said.texts[-1]
    assert uses(stage) == [4, 0]


async def test_the_same_role_in_another_ward_is_another_place(
    stage: Stage, make: Callable[..., str], cast: Cast
) -> None:
    said = await stage.says(cast.guard, f"/start {make(ward='Ward 5')}")
    assert "Ward 5" in said.texts[-1]
    assert uses(stage) == [0]


async def test_somebody_elses_used_or_old_link_still_counts_as_a_wrong_try(
    stage: Stage, make: Callable[..., str], cast: Cast
) -> None:
    used, old = make(), make(hours=1, uses=2)
    await stage.says(NEWCOMER, f"/start {used}")
    said = await stage.says(cast.guard, f"/start {used}")
    assert "not valid" in said.text
    stage.at(NOW + timedelta(hours=2))
    assert "not valid" in (await stage.says(cast.guard, f"/start {old}")).text
    assert tries(stage) == 2


async def test_who_was_removed_does_not_come_back_by_a_used_link(
    stage: Stage, make: Callable[..., str]
) -> None:
    code = make()
    await stage.says(NEWCOMER, f"/start {code}")
    ((member_id,),) = rows(stage, "SELECT id FROM member WHERE telegram_id = 7070")
    stage.db.run_now(lambda conn: remove_member(conn, member_id, now=NOW))
    assert "not valid" in (await stage.says(NEWCOMER, f"/start {code}")).text


async def test_a_link_used_in_a_former_hospital_says_nothing_of_being_in(
    stage: Stage, make: Callable[..., str]
) -> None:
    code, other = make(uses=2), make(code="QP02")
    await stage.says(NEWCOMER, f"/start {code}")
    ((member_id,),) = rows(stage, "SELECT id FROM member WHERE telegram_id = 7070")
    stage.db.run_now(lambda conn: remove_member(conn, member_id, now=NOW))
    await stage.says(NEWCOMER, f"/start {other}")
    said = await stage.says(NEWCOMER, f"/start {code}")
    assert "for another hospital" in said.text
    assert uses(stage) == [1, 0]
