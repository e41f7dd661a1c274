"""/duty: who is on, posts, handing over, and shifts that nobody ended."""

import ast
import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.db import Database
from bot.messages import Priority
from bot.registry import Swept
from bot.sweeping import sweep_through
from handlers.duty_sweep import DUTIES
from models.duty import on_duty_now, open_duty
from models.people import mark_reachable, remove_member
from tests.people import NOW, Cast, Person, enlist
from tests.postgres import held
from tests.said import Said
from tests.stage import Stage

# How it speaks, and for whom, hardly depends on the engine: on PostgreSQL by night.
pytestmark = pytest.mark.postgres_nightly


@pytest.fixture
async def stage(db: Database) -> AsyncIterator[Stage]:
    async with Stage(db) as stage:
        yield stage
        bad = db.run_now(lambda c: c.execute(text("SELECT * FROM inbox WHERE state = 'bad'")).all())
        assert bad == [], "nothing a person can send is a fault"


@pytest.fixture
def second(db: Database, cast: Cast) -> Person:
    hospital = cast.hospital("QP01")
    return db.run_now(lambda conn: enlist(conn, hospital, "guard", user_id=190))


def on_now(stage: Stage) -> list[tuple[int, str | None]]:
    rows = stage.db.run_now(lambda conn: on_duty_now(conn, 1))
    return [(row.member_id, row.post) for row in rows]


async def sign_on(stage: Stage, person: Person, post: str | None = None) -> None:
    said = await stage.says(person, "/duty")
    said = await stage.presses(person, said.button("Sign on"))
    if post:
        await stage.presses(person, said.button("Name my post"))
        await stage.says(person, post)


async def test_signing_on_naming_a_post_and_signing_off(stage: Stage, cast: Cast) -> None:
    said = await stage.says(cast.guard, "/duty")
    assert said.text.startswith("You are off duty")
    said = await stage.presses(cast.guard, said.button("Sign on"))
    assert "alarms call you" in said.text
    await stage.presses(cast.guard, said.button("Name my post"))
    said = await stage.says(cast.guard, "gate 2")
    assert said.text.startswith("You are on duty at gate 2")
    assert on_now(stage) == [(cast.guard.id, "gate 2")]
    again = await stage.presses(cast.guard, "duty:on")
    assert again.toasts == ["You are on duty already."]
    said = await stage.presses(cast.guard, "duty:off")
    assert said.text == (
        "⚠️ You are off duty, and nobody else is on: alarms now go to the safety office.\nNo open cases."
    )
    assert on_now(stage) == []
    again = await stage.presses(cast.guard, "duty:off")
    assert again.toasts == ["You are off duty already."]


async def test_the_open_cases_are_shown_and_who_else_is_on(
    stage: Stage, cast: Cast, second: Person
) -> None:
    await sign_on(stage, cast.guard, "gate 2")
    await sign_on(stage, second)
    await stage.says(cast.doctor, "/sos")
    said = await stage.says(second, "/duty")
    assert "Also on duty: QP01 guard (gate 2)" in said.text
    assert "1 open case:\nQP01-2026-0001 Call for help" in said.text
    said = await stage.presses(second, "duty:off")
    assert said.text.startswith("✅ You are off duty.")


async def test_handing_over_moves_the_shift_with_its_post(
    stage: Stage, cast: Cast, second: Person
) -> None:
    await sign_on(stage, cast.guard, "gate 2")
    await stage.says(cast.doctor, "/sos")
    said = await stage.presses(cast.guard, "duty:hand")
    assert list(said.buttons.values()) == [f"duty:to:{second.id}", f"duty:to:{cast.doctor.id}"]
    said = await stage.presses(cast.guard, f"duty:to:{second.id}")
    offer = said.to(second.user_id)
    assert "QP01-2026-0001" in offer.text
    assert on_now(stage) == [(cast.guard.id, "gate 2")]
    take = offer.button("Take over")
    foreign = await stage.presses(cast.doctor, take)
    assert foreign.toasts
    said = await stage.presses(second, take)
    assert "off duty" in said.to(cast.guard.user_id).text
    assert on_now(stage) == [(second.id, "gate 2")]
    again = await stage.presses(second, take)
    assert again.toasts
    assert on_now(stage) == [(second.id, "gate 2")]


async def test_an_alarm_calls_those_on_duty_and_not_the_one_who_raised_it(
    stage: Stage, cast: Cast, second: Person
) -> None:
    await sign_on(stage, cast.guard, "gate 2")
    await sign_on(stage, second)
    said = await stage.says(cast.guard, "/sos")
    assert said.of(Priority.ALARM).readers == {second.user_id}
    assert "gate 2" in said.to(second.user_id).text


async def test_the_same_role_comes_first_and_long_lists_have_pages(
    stage: Stage, cast: Cast
) -> None:
    hospital = cast.hospital("QP01")
    guards = stage.db.run_now(
        lambda conn: [enlist(conn, hospital, "guard", user_id=500 + n) for n in range(9)]
    )
    await sign_on(stage, cast.guard)
    said = await stage.presses(cast.guard, "duty:hand")
    assert offered(said) == [guard.id for guard in guards[:8]]
    said = await stage.presses(cast.guard, said.button("More"))
    assert offered(said) == [guards[8].id, cast.doctor.id]
    assert said.button("To the first") == "duty:hand"
    beyond = await stage.presses(cast.guard, "duty:hand:99")
    assert offered(beyond) == [guard.id for guard in guards[:8]]


def offered(said: Said) -> list[int]:
    """Whom a list of colleagues names, in its order."""
    rows = said.out[0].payload["reply_markup"].split('"duty:to:')[1:]
    return [int(row.partition('"')[0]) for row in rows]


async def test_who_cannot_be_reached_is_not_offered_a_shift(stage: Stage, cast: Cast) -> None:
    stage.db.run_now(lambda conn: mark_reachable(conn, cast.doctor.user_id, since=NOW))
    await sign_on(stage, cast.guard)
    said = await stage.presses(cast.guard, "duty:hand")
    assert said.toasts == ["There is nobody to hand over to. You can sign off instead."]
    said = await stage.presses(cast.guard, f"duty:to:{cast.doctor.id}")
    assert "not possible any more" in said.toasts[0]


async def test_who_takes_over_while_on_duty_goes_to_the_new_post(
    stage: Stage, cast: Cast, second: Person
) -> None:
    await sign_on(stage, cast.guard, "gate 2")
    await sign_on(stage, second, "gate 1")
    said = await stage.presses(cast.guard, f"duty:to:{second.id}")
    said = await stage.presses(second, said.to(second.user_id).button("Take over"))
    assert [len(said.to(p.user_id).texts) for p in (cast.guard, second)] == [1, 1]
    assert on_now(stage) == [(second.id, "gate 2")]


async def test_a_new_offer_takes_the_place_of_the_former_one(
    stage: Stage, cast: Cast, second: Person
) -> None:
    await sign_on(stage, cast.guard)
    first = await stage.presses(cast.guard, f"duty:to:{second.id}")
    said = await stage.presses(cast.guard, f"duty:to:{cast.doctor.id}")
    assert (await stage.presses(second, first.to(second.user_id).button("Take over"))).toasts
    await stage.presses(cast.doctor, said.to(cast.doctor.user_id).button("Take over"))
    assert on_now(stage) == [(cast.doctor.id, None)]


async def test_taking_over_and_signing_off_at_once_leave_one_way_it_went(
    postgres_db: Database, cast: Cast
) -> None:
    hospital = cast.hospital("QP01")
    colleague = postgres_db.run_now(lambda conn: enlist(conn, hospital, "guard", user_id=190))
    async with Stage(postgres_db) as stage:
        await sign_on(stage, cast.guard, "gate 2")
        said = await stage.presses(cast.guard, f"duty:to:{colleague.id}")
        take = said.to(colleague.user_id).button("Take over")
        with held(postgres_db, "SELECT * FROM duty FOR UPDATE") as meet:
            tried = [
                asyncio.create_task(stage.presses(colleague, take)),
                asyncio.create_task(stage.presses(cast.guard, "duty:off")),
            ]
            await asyncio.to_thread(meet, 2)
        both = Said([item for each in await asyncio.gather(*tried) for item in each.out])
        if on_now(stage):
            assert on_now(stage) == [(colleague.id, "gate 2")]
            assert both.toasts == ["You are off duty already."]
        else:
            assert "not possible any more" in both.toasts[0]
        query = text("SELECT count(*) FROM duty WHERE ended_at IS NOT NULL")
        assert stage.db.run_now(lambda conn: conn.execute(query).scalar_one()) == 1


async def test_an_offer_lapses_and_ends_with_the_shift(
    stage: Stage, cast: Cast, second: Person
) -> None:
    await sign_on(stage, cast.guard)
    said = await stage.presses(cast.guard, f"duty:to:{second.id}")
    take = said.to(second.user_id).button("Take over")
    stage.at(NOW + timedelta(hours=2, seconds=1))
    assert (await stage.presses(second, take)).toasts
    await stage.presses(cast.guard, f"duty:to:{second.id}")
    await stage.presses(cast.guard, "duty:off")
    assert (await stage.presses(second, take)).toasts
    assert on_now(stage) == []


@pytest.mark.parametrize(
    "argument", ["to:0", "to:3", "to:999", "take:1", "take:x", "stay:1", "stay:x", "odd", ""]
)
async def test_odd_buttons_change_nothing(stage: Stage, cast: Cast, argument: str) -> None:
    await sign_on(stage, cast.guard)
    before = on_now(stage)
    said = await stage.presses(cast["QP02"]["guard"], f"duty:{argument}")
    assert said.toasts
    assert on_now(stage) == before


def sweep(stage: Stage, hours: float) -> Swept:
    """What the schedule does so many hours after the beginning."""
    moment = NOW + timedelta(hours=hours)
    counts, out = sweep_through(stage.db.run_now, DUTIES, now=moment)
    return Swept(counts=counts, out=out)


async def test_a_forgotten_shift_is_ended_once_with_a_notice(stage: Stage, cast: Cast) -> None:
    await sign_on(stage, cast.guard, "gate 2")

    def run(hours: float) -> tuple[int, int]:
        swept = sweep(stage, hours)
        return swept.counts["shifts_ended"], len(swept.out)

    assert run(11.9) == (0, 0)
    assert run(12) == (1, 1)
    assert run(12) == (0, 0)
    assert on_now(stage) == []


async def test_two_schedules_at_once_end_a_forgotten_shift_once(
    postgres_db: Database, cast: Cast
) -> None:
    async with Stage(postgres_db) as stage:
        await sign_on(stage, cast.guard)
        with held(postgres_db, "SELECT * FROM duty FOR UPDATE") as meet:
            tried = [asyncio.create_task(asyncio.to_thread(sweep, stage, 12)) for _ in range(2)]
            await asyncio.to_thread(meet, 2)
        swept = await asyncio.gather(*tried)
        assert sorted(len(each.out) for each in swept) == [0, 1]
        assert sorted(each.counts["shifts_ended"] for each in swept) == [0, 1]


async def test_who_is_still_there_goes_on_at_the_same_post(stage: Stage, cast: Cast) -> None:
    await sign_on(stage, cast.guard, "gate 2")
    stay = Said(sweep(stage, 12).out).button("Stay on")
    foreign = await stage.presses(cast.doctor, stay)
    assert "no longer in use" in foreign.toasts[0]
    stage.at(NOW + timedelta(hours=12, minutes=3))
    said = await stage.presses(cast.guard, stay)
    assert said.text.startswith("✅ You are on duty")
    assert on_now(stage) == [(cast.guard.id, "gate 2")]
    again = await stage.presses(cast.guard, stay)
    assert again.toasts == ["You are on duty already."]
    assert on_now(stage) == [(cast.guard.id, "gate 2")]


async def test_the_shift_of_somebody_who_left_is_ended(stage: Stage, cast: Cast) -> None:
    await sign_on(stage, cast.guard)
    await sign_on(stage, cast.doctor)
    stage.db.run_now(lambda conn: remove_member(conn, cast.guard.id, now=NOW))
    change = text("UPDATE member SET role = 'auditor' WHERE id = :id")
    stage.db.run_now(lambda conn: conn.execute(change, {"id": cast.doctor.id}))
    assert [sweep(stage, 0).counts["shifts_left"] for _ in range(2)] == [2, 0]
    for person in (cast.guard, cast.doctor):
        assert stage.db.run_now(lambda conn, p=person: open_duty(conn, p.id)) is None  # type: ignore[misc]
    query = text("SELECT ended_by FROM duty")
    ended = stage.db.run_now(lambda conn: list(conn.execute(query).scalars()))
    assert ended == ["left", "left"]


async def test_the_administrator_sees_who_is_on_duty_and_removing_one_ends_the_shift(
    stage: Stage, cast: Cast
) -> None:
    await sign_on(stage, cast.guard)
    listed = (await stage.presses(cast.admin, "admin:list")).text.splitlines()
    assert listed[0] == "Members: 4, on duty now: 1"
    on_duty = [line for line in listed[1:] if line.endswith("on duty")]
    assert on_duty == ["QP01 guard · security guard · ER · on duty"]
    said = await stage.presses(cast.admin, "admin:remove")
    said = await stage.presses(cast.admin, said.button("QP01 guard"))
    await stage.presses(cast.admin, said.button("Remove"))
    query = text("SELECT ended_by FROM duty WHERE ended_at IS NOT NULL")
    assert stage.db.run_now(lambda conn: list(conn.execute(query).scalars())) == ["left"]


async def test_who_did_what_to_a_shift_is_written_down(
    stage: Stage, cast: Cast, second: Person
) -> None:
    await sign_on(stage, cast.guard)
    said = await stage.presses(cast.guard, f"duty:to:{second.id}")
    await stage.presses(second, said.to(second.user_id).button("Take over"))
    await stage.presses(second, "duty:off")
    query = text(
        "SELECT action, subject, member_id FROM audit WHERE action LIKE 'duty.%' ORDER BY id"
    )
    noted = stage.db.run_now(lambda conn: [tuple(row) for row in conn.execute(query)])
    guard, other = cast.guard.id, second.id
    assert noted == [
        ("duty.begun", str(guard), guard),
        ("duty.begun", str(other), other),
        ("duty.handed_over", str(guard), other),
        ("duty.ended", str(other), other),
    ]


# -- the post is offered, not asked ------------------------------------------------------------------


CRY = "急诊3诊室有人打护士,快来人"


async def test_what_is_written_after_signing_on_is_no_post(stage: Stage, cast: Cast) -> None:
    await sign_on(stage, cast.guard)
    said = await stage.says(cast.guard, CRY)
    assert on_now(stage) == [(cast.guard.id, None)]
    assert "You are on duty at" not in said.text
    said = await stage.says(cast.guard, "/sos")
    assert said.to(cast.officer.user_id).of(Priority.ALARM).text.startswith("🆘 ER needs help!")


async def test_no_sentence_becomes_a_post_and_the_question_stays(stage: Stage, cast: Cast) -> None:
    await sign_on(stage, cast.guard)
    await stage.presses(cast.guard, "duty:post")
    for said in (CRY, "快来", "x" * 31, "gate, quick!", "急诊有人持刀"):
        answer = await stage.says(cast.guard, said)
        assert "That is no post" in answer.text, said
    assert on_now(stage) == [(cast.guard.id, None)]
    await stage.says(cast.guard, "急诊门口")
    assert on_now(stage) == [(cast.guard.id, "急诊门口")]


async def test_posts_of_the_hospital_are_offered_and_taken_with_one_press(
    stage: Stage, cast: Cast, second: Person
) -> None:
    await sign_on(stage, second, "gate 1")
    await stage.presses(second, "duty:post")
    await stage.says(second, "gate 2")
    await stage.presses(second, "duty:off")
    await sign_on(stage, second, "gate 3")
    said = await stage.presses(cast.guard, "duty:on")
    assert list(said.buttons)[:2] == ["gate 3", "gate 2"]
    assert "Which post?" in said.text
    said = await stage.presses(cast.guard, said.button("gate 2"))
    assert said.text.startswith("You are on duty at gate 2")
    assert (cast.guard.id, "gate 2") in on_now(stage)


async def test_another_hospitals_posts_are_neither_offered_nor_taken(
    stage: Stage, cast: Cast
) -> None:
    await sign_on(stage, cast.guard, "gate 2")
    stranger = cast["QP02"]["guard"]
    said = await stage.presses(stranger, "duty:on")
    assert "gate 2" not in said.everything
    said = await stage.presses(stranger, "duty:at:1")
    assert said.toasts
    assert (stranger.id, "gate 2") not in on_now(stage)


async def test_who_went_off_meanwhile_takes_no_post(stage: Stage, cast: Cast) -> None:
    await sign_on(stage, cast.guard, "gate 2")
    await stage.presses(cast.guard, "duty:off")
    assert (await stage.presses(cast.guard, "duty:at:1")).toasts == ["You are off duty already."]


_DEEDS = ("begin_shift", "record", "move", "audit.note", "turn.keep_files")


def test_nothing_is_asked_by_what_has_just_been_done() -> None:
    """An act that is complete begins no question: the next message may be a cry for help."""
    begun = {
        (path.name, function.name)
        for path in (Path(__file__).parents[2] / "handlers").rglob("*.py")
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(function, ast.FunctionDef)
        and calls(function, "turn.talks.begin")
        and (function.name.startswith("complete") or calls(function, *_DEEDS))
    }
    # The commission's two forms are one: nothing is filed between them.
    assert begun == {("learning.py", "complete_learnt")}


def calls(function: ast.FunctionDef, *names: str) -> bool:
    """Whether a function calls one of these itself."""
    called = [node.func for node in ast.walk(function) if isinstance(node, ast.Call)]
    return any(ast.unparse(each) in names for each in called)
