"""/sos and its card: who is called, who comes, and that every copy agrees."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import Connection, text

from bot.db import Database
from bot.messages import Priority
from models.case import list_steps
from models.people import mark_reachable
from models.response import list_responses
from tests.handlers.alarming import NUMBER, colleague, deliver, read_case, sign_on
from tests.handlers.sweeping import sweep
from tests.people import NOW, Cast
from tests.said import first_line
from tests.stage import Stage


@pytest.fixture
async def stage(db: Database) -> AsyncIterator[Stage]:
    async with Stage(db) as stage:
        yield stage
        bad = db.run_now(lambda c: c.execute(text("SELECT * FROM inbox WHERE state = 'bad'")).all())
        assert bad == [], "nothing a person can send is a fault"


def queued(stage: Stage) -> Counter[int]:
    """Unsent sendMessage calls of the alarm's chain by reader."""
    query = text("SELECT chat_id FROM outbox WHERE topic = 'chain:1' AND state = 'queued'")
    return Counter(stage.db.run_now(lambda conn: list(conn.execute(query).scalars())))


async def test_an_alarm_calls_those_on_duty_and_tells_the_office_quietly(
    stage: Stage, cast: Cast
) -> None:
    sign_on(stage, cast.guard, post="gate 2")
    said = await stage.says(cast.doctor, "/sos")
    guard = said.to(cast.guard.user_id)
    assert [item.priority for item in guard.out] == [Priority.ALARM]
    lines = guard.text.splitlines()
    assert lines[0].startswith("🆘 ER needs help!")
    assert "QP01 doctor · duty doctor · ER" in lines[1]
    assert NUMBER in guard.text
    assert "Nobody has answered yet" in guard.text
    for label in ("I'm coming", "I'm there", "110 called"):
        assert guard.button(label).endswith(NUMBER)
    assert not [label for label in guard.buttons if label in ("Under control", "False alarm")]
    for person in (cast.officer, cast.admin):
        quiet = said.to(person.user_id).out
        assert [item.payload.get("disable_notification") for item in quiet] == [True]
    own = said.to(cast.doctor.user_id)
    assert own.text.splitlines()[0] == f"🆘 Calling 1 person. {NUMBER}"
    assert "Dial 110" in own.text


async def test_the_post_of_the_shift_is_on_the_alarm(stage: Stage, cast: Cast) -> None:
    sign_on(stage, cast.doctor, post="room 3")
    sign_on(stage, cast.guard)
    said = await stage.says(cast.doctor, "/sos")
    assert "room 3" in said.to(cast.guard.user_id).text


async def test_with_nobody_on_duty_the_chain_starts_one_step_up(stage: Stage, cast: Cast) -> None:
    said = await stage.says(cast.doctor, "/sos")
    assert not said.to(cast.guard.user_id).out
    officer = said.to(cast.officer.user_id)
    assert [item.priority for item in officer.out] == [Priority.ALARM]
    assert first_line(said.to(cast.doctor.user_id)) == f"🆘 Calling 1 person. {NUMBER}"


async def test_an_alarm_that_can_reach_nobody_says_so(stage: Stage, cast: Cast) -> None:
    def block(conn: Connection) -> None:
        for person in (cast.officer, cast.admin, cast.guard):
            mark_reachable(conn, person.user_id, since=NOW)

    stage.db.run_now(block)
    said = await stage.says(cast.doctor, "/sos")
    assert said.readers == {cast.doctor.user_id}
    assert first_line(said).startswith("⚠️ Nobody could be reached! Dial 110 now")
    assert read_case(stage).state == "new"  # type: ignore[attr-defined]


async def test_two_come_at_once_one_leads_and_every_copy_agrees(stage: Stage, cast: Cast) -> None:
    other = colleague(stage, cast, "guard", 190)
    sign_on(stage, cast.guard, other)
    await stage.says(cast.doctor, "/sos")
    deliver(stage)
    await stage.presses(cast.guard, f"act:coming:{NUMBER}")
    said = await stage.presses(other, f"act:coming:{NUMBER}")
    texts = {
        item.chat_id: item.payload["text"] for item in said.out if item.method == "editMessageText"
    }
    colleagues = {p.user_id for p in (cast.guard, other, cast.officer, cast.admin)}
    assert set(texts) == colleagues | {cast.doctor.user_id}
    assert len({texts[chat] for chat in colleagues}) == 1
    assert "QP01 guard is on the way (leads)\nQP01 guard is on the way" in texts[190]
    responses = stage.db.run_now(lambda conn: list_responses(conn, 1))
    assert [row.member_id for row in responses] == [cast.guard.id, other.id]
    assert read_case(stage).lead_id == cast.guard.id  # type: ignore[attr-defined]
    again = await stage.presses(other, f"act:coming:{NUMBER}")
    assert again.toasts
    assert not again.texts


async def test_levels_come_after_one_three_and_ten_minutes_each_once(
    stage: Stage, cast: Cast
) -> None:
    sign_on(stage, cast.guard)
    leader = colleague(stage, cast, "leader", 191)
    head = colleague(stage, cast, "head", 192)
    await stage.says(cast.doctor, "/sos")
    reached = []
    for seconds in (59, 60, 61, 179, 180, 599, 600, 601):
        before = queued(stage)
        sweep(stage.db, NOW + timedelta(seconds=seconds))
        sweep(stage.db, NOW + timedelta(seconds=seconds))
        reached.append(set(queued(stage) - before))
    office = {cast.officer.user_id, head.user_id}
    managers = {cast.admin.user_id, leader.user_id}
    everybody = office | managers | {cast.guard.user_id}
    nobody: set[int] = set()
    assert reached == [nobody, office, nobody, nobody, managers, nobody, everybody, nobody]
    assert queued(stage)[cast.guard.user_id] == 2


async def test_an_answer_stops_the_chain_and_what_is_queued_for_it(
    stage: Stage, cast: Cast
) -> None:
    sign_on(stage, cast.guard)
    await stage.says(cast.doctor, "/sos")
    sweep(stage.db, NOW + timedelta(minutes=1))
    assert queued(stage)[cast.officer.user_id] == 1
    stage.at(NOW + timedelta(minutes=2))
    await stage.presses(cast.guard, f"act:coming:{NUMBER}")
    assert not queued(stage)
    sweep(stage.db, NOW + timedelta(minutes=16))
    assert not queued(stage)


async def test_who_cannot_be_reached_counts_as_failed_and_the_chain_moves_on_at_once(
    stage: Stage, cast: Cast
) -> None:
    sign_on(stage, cast.guard)
    await stage.says(cast.doctor, "/sos")
    sweep(stage.db, NOW + timedelta(seconds=5))
    assert cast.officer.user_id not in queued(stage)
    stage.db.run_now(lambda conn: mark_reachable(conn, cast.guard.user_id, since=NOW))
    sweep(stage.db, NOW + timedelta(seconds=6))
    assert queued(stage)[cast.officer.user_id] == 1


async def test_who_writes_again_is_called_again_by_an_alarm_that_nobody_took(
    stage: Stage, cast: Cast
) -> None:
    """One refusal put the guard out of reach; a word of theirs proves it outdated."""
    sign_on(stage, cast.guard)
    stage.db.run_now(lambda conn: mark_reachable(conn, cast.guard.user_id, since=NOW))
    await stage.says(cast.doctor, "/sos")
    assert cast.guard.user_id not in queued(stage)
    await stage.says(cast.guard, "hello")
    before = queued(stage)[cast.guard.user_id]
    for minutes in range(1, 20):
        sweep(stage.db, NOW + timedelta(minutes=minutes))
    assert queued(stage)[cast.guard.user_id] > before


async def test_a_false_alarm_within_a_minute_stops_everything_and_is_kept(
    stage: Stage, cast: Cast
) -> None:
    sign_on(stage, cast.guard)
    await stage.says(cast.doctor, "/sos")
    await stage.presses(cast.guard, f"act:coming:{NUMBER}")
    stage.at(NOW + timedelta(seconds=40))
    said = await stage.presses(cast.doctor, f"act:false:{NUMBER}")
    assert "you can turn back" in said.to(cast.guard.user_id).text
    assert "all clear" in said.to(cast.officer.user_id).text
    for minutes in (1, 3, 10, 60 * 24 * 3):
        sweep(stage.db, NOW + timedelta(minutes=minutes))
    assert not queued(stage)
    kinds = [row.kind for row in stage.db.run_now(lambda conn: list_steps(conn, 1))]
    assert kinds[-1] == "false_alarm"


async def test_only_the_caller_the_scene_and_the_office_may_call_it_off(
    stage: Stage, cast: Cast
) -> None:
    sign_on(stage, cast.guard)
    await stage.says(cast.doctor, "/sos")
    said = await stage.presses(cast.guard, f"act:false:{NUMBER}")
    assert said.toasts
    assert read_case(stage).state == "new"  # type: ignore[attr-defined]
    await stage.presses(cast.guard, f"act:here:{NUMBER}")
    await stage.presses(cast.guard, f"act:false:{NUMBER}")
    assert read_case(stage).state == "false_alarm"  # type: ignore[attr-defined]


async def test_who_was_not_called_can_do_nothing(stage: Stage, cast: Cast) -> None:
    sign_on(stage, cast.guard)
    outsider = colleague(stage, cast, "guard", 193)
    await stage.says(cast.doctor, "/sos")
    for verb in ("coming", "here", "calm", "false", "police", "again", "odd", ""):
        said = await stage.presses(outsider, f"act:{verb}:{NUMBER}")
        assert said.toasts, verb
        assert not said.texts, verb
    assert read_case(stage).state == "new"  # type: ignore[attr-defined]


@pytest.mark.parametrize("verb", ["coming", "here", "calm", "police"])
async def test_an_alarm_that_is_over_takes_no_more_presses(
    stage: Stage, cast: Cast, verb: str
) -> None:
    sign_on(stage, cast.guard)
    await stage.says(cast.doctor, "/sos")
    await stage.presses(cast.officer, f"act:false:{NUMBER}")
    said = await stage.presses(cast.guard, f"act:{verb}:{NUMBER}")
    assert "already: false alarm" in said.toasts[0]
    assert read_case(stage).state == "false_alarm"  # type: ignore[attr-defined]


async def test_what_is_sent_afterwards_reaches_those_who_come_masked(
    stage: Stage, cast: Cast
) -> None:
    sign_on(stage, cast.guard)
    await stage.says(cast.doctor, "/sos")
    await stage.presses(cast.guard, f"act:coming:{NUMBER}")
    said = await stage.says(cast.doctor, "he has a knife, call 13812345678")
    told = [m for m in said.to(cast.guard.user_id).out if m.method == "sendMessage"]
    assert "he has a knife" in told[0].payload["text"]
    assert "13812345678" not in said.everything
    assert "he has a knife" in said.to(cast.officer.user_id).text
    assert said.to(cast.doctor.user_id).texts[-1] == "Passed on to 1 security guard."
    photo = {"photo": [{"file_id": "p", "file_unique_id": "p", "width": 1, "height": 1}]}
    said = await stage.sends(cast.doctor, photo)
    assert [m.method for m in said.to(cast.guard.user_id).out if m.method == "sendPhoto"]
    query = text("SELECT subject FROM evidence")
    assert stage.db.run_now(lambda conn: list(conn.execute(query).scalars())) == ["addition"]


async def test_a_case_without_a_next_step_alarms_the_administrators_once(
    stage: Stage, cast: Cast
) -> None:
    sign_on(stage, cast.guard)
    await stage.says(cast.doctor, "/sos")
    await stage.presses(cast.guard, f"act:coming:{NUMBER}")
    lose = text("UPDATE case_file SET next_at = NULL")
    stage.db.run_now(lambda conn: conn.execute(lose))
    later = NOW + timedelta(minutes=2)
    assert sweep(stage.db, later)["stuck"] == 1
    assert sweep(stage.db, later)["stuck"] == 0
    assert read_case(stage).next_at is not None  # type: ignore[attr-defined]


async def test_a_case_that_stands_still_is_asked_after_once_an_interval(
    stage: Stage, cast: Cast
) -> None:
    sign_on(stage, cast.guard)
    await stage.says(cast.doctor, "/sos")
    await stage.presses(cast.guard, f"act:coming:{NUMBER}")
    assert sweep(stage.db, NOW + timedelta(minutes=14))["asked"] == 0
    assert sweep(stage.db, NOW + timedelta(minutes=15))["asked"] == 1
    assert sweep(stage.db, NOW + timedelta(minutes=15))["asked"] == 0
    assert sweep(stage.db, NOW + timedelta(minutes=30))["asked"] == 1
