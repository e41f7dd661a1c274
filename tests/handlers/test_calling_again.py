"""Help is called for again: at every state of the alarm, phones sound, and the answer says truly whose."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.db import Database
from bot.messages import Priority
from tests.handlers.alarming import (
    NUMBER,
    colleague,
    deliver,
    queued_texts,
    read_case,
    rung,
    sign_off,
    sign_on,
)
from tests.handlers.sweeping import sweep
from tests.people import NOW, Cast, Person
from tests.said import Said, first_line
from tests.stage import Stage


@pytest.fixture
async def stage(db: Database) -> AsyncIterator[Stage]:
    async with Stage(db) as stage:
        yield stage


async def called(stage: Stage, cast: Cast, *on_duty: Person) -> None:
    """An alarm of the doctor's that has reached whoever is on duty."""
    sign_on(stage, *(on_duty or (cast.guard,)))
    await stage.says(cast.doctor, "/sos")
    deliver(stage)


async def later(stage: Stage, **step: float) -> None:
    stage.at(stage.now + timedelta(**step))


def newest_own(stage: Stage, cast: Cast) -> str:
    """What the caller's newest card was last owed."""
    return queued_texts(stage, cast.doctor)[-1]


async def test_a_press_within_ten_seconds_rings_the_same_people(stage: Stage, cast: Cast) -> None:
    await called(stage, cast)
    await later(stage, seconds=9)
    said = await stage.says(cast.doctor, "/sos")
    assert rung(said) == {cast.guard.user_id}
    assert "calls for help again!" in said.of(Priority.ALARM).text
    assert said.to(cast.doctor.user_id).texts[-2].startswith("🆘 Calling 1 person.")


async def test_a_later_press_calls_the_next_of_the_chain(stage: Stage, cast: Cast) -> None:
    await called(stage, cast)
    await later(stage, seconds=11)
    assert rung(await stage.says(cast.doctor, "/sos")) == {cast.officer.user_id}
    count = text("SELECT count(*) FROM incident")
    assert stage.db.run_now(lambda conn: conn.execute(count).scalar()) == 1


async def test_when_the_chain_is_exhausted_a_press_calls_all_again(
    stage: Stage, cast: Cast
) -> None:
    await called(stage, cast)
    everybody = {cast.guard.user_id, cast.officer.user_id, cast.admin.user_id}
    for _press in range(9):
        await later(stage, seconds=30)
        said = await stage.says(cast.doctor, "/sos")
        deliver(stage)
    assert read_case(stage).step == len(read_case(stage).chain)  # type: ignore[attr-defined]
    await later(stage, seconds=30)
    said = await stage.says(cast.doctor, "/sos")
    assert rung(said) == everybody


async def test_while_somebody_comes_they_and_everybody_on_duty_are_rung(
    stage: Stage, cast: Cast
) -> None:
    other = colleague(stage, cast, "guard", 190)
    await called(stage, cast, cast.guard, other)
    await stage.presses(cast.guard, f"act:coming:{NUMBER}")
    deliver(stage)
    await later(stage, minutes=3)
    said = await stage.says(cast.doctor, "/sos")
    assert rung(said) == {cast.guard.user_id, other.user_id}
    assert "QP01 guard is on the way" in said.to(cast.doctor.user_id).text


async def test_who_comes_and_has_gone_off_duty_is_no_help_and_all_are_called_anew(
    stage: Stage, cast: Cast
) -> None:
    other = colleague(stage, cast, "guard", 190)
    await called(stage, cast, cast.guard, other)
    await stage.presses(cast.guard, f"act:coming:{NUMBER}")
    await later(stage, minutes=3)
    sign_off(stage, cast.guard)
    said = await stage.says(cast.doctor, "/sos")
    # Who had said that they come is asked once more, on duty or not.
    assert rung(said) == {other.user_id, cast.guard.user_id}
    assert read_case(stage).state == "reopened"  # type: ignore[attr-defined]
    assert "on the way" not in said.to(cast.doctor.user_id).text
    sweep(stage.db, stage.now + timedelta(minutes=1))
    assert [t for t in queued_texts(stage, cast.officer) if "call no. 2" in t]


async def test_a_press_after_control_opens_the_case_as_loud_as_a_new_one(
    stage: Stage, cast: Cast
) -> None:
    await called(stage, cast)
    for verb in ("coming", "here", "calm"):
        await stage.presses(cast.guard, f"act:{verb}:{NUMBER}")
    deliver(stage)
    await later(stage, minutes=5)
    said = await stage.says(cast.doctor, "/sos")
    assert rung(said) == {cast.guard.user_id}
    assert read_case(stage).state == "reopened"  # type: ignore[attr-defined]
    assert "Nobody has answered yet" in said.to(cast.guard.user_id).text
    sweep(stage.db, stage.now + timedelta(minutes=1))
    assert queued_texts(stage, cast.officer)


async def test_the_answer_names_those_reached_once_the_sends_have_settled(
    stage: Stage, cast: Cast
) -> None:
    other = colleague(stage, cast, "guard", 190)
    sign_on(stage, cast.guard, other)
    said = await stage.says(cast.doctor, "/sos")
    assert first_line(said.to(cast.doctor.user_id)) == f"🆘 Calling 2 people. {NUMBER}"
    deliver(stage, refused_by=other)
    sweep(stage.db, stage.now)
    assert f"🆘 Reached: 1 security guard. {NUMBER}" in newest_own(stage, cast)


async def test_a_call_that_reached_nobody_goes_on_at_once_and_says_so_in_the_end(
    stage: Stage, cast: Cast
) -> None:
    sign_on(stage, cast.guard)
    await stage.says(cast.doctor, "/sos")
    deliver(stage, refused_by=cast.guard)
    sweep(stage.db, stage.now)
    assert "Calling 1 person." in newest_own(stage, cast)
    deliver(stage, refused_by=cast.officer)
    sweep(stage.db, stage.now)
    deliver(stage, refused_by=cast.admin)
    sweep(stage.db, stage.now)
    assert "⚠️ Nobody could be reached!" in newest_own(stage, cast)


async def test_what_stands_behind_the_command_is_said_to_those_who_come(
    stage: Stage, cast: Cast
) -> None:
    sign_on(stage, cast.guard)
    said = await stage.says(cast.doctor, "/sos room 3, a man with a knife")
    assert "room 3, a man with a knife" in said.to(cast.guard.user_id).text
    await later(stage, seconds=20)
    said = await stage.says(cast.doctor, "/sos he is back")
    assert "he is back" in said.to(cast.officer.user_id).text


async def test_a_copy_that_a_newer_one_replaces_points_to_it_and_is_left_alone(
    stage: Stage, cast: Cast
) -> None:
    await called(stage, cast)
    await later(stage, seconds=5)
    said = await stage.says(cast.doctor, "/sos")
    guard = [item.payload["text"] for item in said.to(cast.guard.user_id).out]
    assert f"🆘 {NUMBER}: called again, see below." in guard
    deliver(stage)
    said = await stage.presses(cast.guard, f"act:coming:{NUMBER}")
    edits = [item for item in said.to(cast.guard.user_id).out if item.method == "editMessageText"]
    assert len(edits) == 1


# -- words ---------------------------------------------------------------------------------------


async def controlled(stage: Stage, cast: Cast) -> None:
    await called(stage, cast)
    for verb in ("coming", "here", "calm"):
        await stage.presses(cast.guard, f"act:{verb}:{NUMBER}")
    deliver(stage)
    await later(stage, minutes=5)


async def test_words_after_control_are_news_to_all_copies(stage: Stage, cast: Cast) -> None:
    await controlled(stage, cast)
    said = await stage.says(cast.doctor, "the glass is everywhere")
    for reader in (cast.guard, cast.officer, cast.admin):
        sent = [m for m in said.to(reader.user_id).out if m.method == "sendMessage"]
        assert "the glass is everywhere" in sent[0].payload["text"]
        assert not sent[0].payload.get("disable_notification")
    assert read_case(stage).state == "controlled"  # type: ignore[attr-defined]


async def test_words_of_danger_after_control_open_the_case_again(stage: Stage, cast: Cast) -> None:
    await controlled(stage, cast)
    said = await stage.says(cast.doctor, "又打起来了，有刀")
    assert rung(said) == {cast.guard.user_id}
    assert "又打起来了，有刀" in said.to(cast.guard.user_id).text
    assert read_case(stage).state == "reopened"  # type: ignore[attr-defined]


async def test_what_a_responder_writes_reaches_the_caller_and_those_who_come(
    stage: Stage, cast: Cast
) -> None:
    other = colleague(stage, cast, "guard", 190)
    await called(stage, cast, cast.guard, other)
    await stage.presses(cast.guard, f"act:coming:{NUMBER}")
    await stage.presses(other, f"act:coming:{NUMBER}")
    said = await stage.says(cast.guard, "which floor?")
    expected = f"🆘 {NUMBER} · QP01 guard (security guard): which floor?"
    assert expected in said.to(cast.doctor.user_id).texts
    assert expected in said.to(other.user_id).texts
    assert said.to(cast.guard.user_id).texts[-1].startswith("Passed on to")


async def test_a_reply_to_a_card_belongs_to_its_case(stage: Stage, cast: Cast) -> None:
    await called(stage, cast)
    card = "SELECT o.message_id FROM card c JOIN outbox o ON o.id = c.outbox_id WHERE c.chat_id = :chat"
    asked = {"chat": cast.officer.user_id}
    shown = stage.db.run_now(lambda conn: conn.execute(text(card), asked).scalar_one())
    answered = {"message_id": shown, "date": 1, "chat": {"id": 1, "type": "private"}}
    said = await stage.sends(
        cast.officer, {"text": "police are on the way", "reply_to_message": answered}
    )
    assert "police are on the way" in said.to(cast.doctor.user_id).text
    assert "police are on the way" in said.to(cast.guard.user_id).text


async def test_when_those_who_come_are_gone_words_reach_whoever_the_chain_would_call(
    stage: Stage, cast: Cast
) -> None:
    await called(stage, cast)
    await stage.presses(cast.guard, f"act:coming:{NUMBER}")
    deliver(stage, refused_by=cast.guard)
    said = await stage.says(cast.doctor, "hurry")
    assert "hurry" in said.to(cast.officer.user_id).text


# -- false alarms ----------------------------------------------------------------------------------


async def test_a_false_alarm_stands_apart_and_only_for_whoever_may_press_it(
    stage: Stage, cast: Cast
) -> None:
    await called(stage, cast)
    said = await stage.presses(cast.guard, f"act:here:{NUMBER}")
    rows = keyboard(said.to(cast.guard.user_id))
    assert rows[-1] == ["False alarm"]
    assert ["Under control"] in rows
    assert "I'm coming" not in said.to(cast.guard.user_id).buttons


def keyboard(said: Said) -> list[list[str]]:
    marked = [item for item in said.out if "reply_markup" in item.payload][-1]
    rows = json.loads(marked.payload["reply_markup"])["inline_keyboard"]
    return [[cell["text"] for cell in row] for row in rows]


async def test_within_a_minute_taking_it_back_restores_exactly_what_stood(
    stage: Stage, cast: Cast
) -> None:
    await called(stage, cast)
    await stage.presses(cast.guard, f"act:here:{NUMBER}")
    deliver(stage)
    before = read_case(stage)
    await later(stage, minutes=2)
    said = await stage.presses(cast.doctor, f"act:false:{NUMBER}")
    assert "you can turn back" in said.to(cast.guard.user_id).text
    await later(stage, seconds=40)
    said = await stage.presses(cast.doctor, f"act:again:{NUMBER}")
    after = read_case(stage)
    for name in ("state", "lead_id", "step", "arrived_at"):
        assert getattr(after, name) == getattr(before, name)
    assert rung(said) == {cast.guard.user_id}
    assert "QP01 guard is there, 21:42" in said.to(cast.guard.user_id).text
    assert "Nobody has answered yet" not in said.text


async def test_an_alarm_taken_back_goes_on_with_the_minutes_it_had_left(
    stage: Stage, cast: Cast
) -> None:
    await called(stage, cast)
    stage.at(NOW + timedelta(seconds=50))
    await stage.presses(cast.doctor, f"act:false:{NUMBER}")
    stage.at(NOW + timedelta(seconds=80))
    said = await stage.presses(cast.doctor, f"act:again:{NUMBER}")
    assert rung(said) == {cast.guard.user_id}
    sweep(stage.db, NOW + timedelta(seconds=89))
    assert not [t for t in queued_texts(stage, cast.officer) if "call no. 2" in t]
    sweep(stage.db, NOW + timedelta(seconds=90))
    assert [t for t in queued_texts(stage, cast.officer) if "Nobody has answered yet" in t]


async def test_later_than_a_minute_the_chain_begins_anew(stage: Stage, cast: Cast) -> None:
    await called(stage, cast)
    await stage.presses(cast.doctor, f"act:false:{NUMBER}")
    await later(stage, minutes=5)
    said = await stage.presses(cast.doctor, f"act:again:{NUMBER}")
    assert rung(said) == {cast.guard.user_id}
    assert read_case(stage).step == 1  # type: ignore[attr-defined]
    sweep(stage.db, stage.now + timedelta(minutes=1))
    assert [t for t in queued_texts(stage, cast.officer) if "call no. 2" in t]


async def test_only_who_has_the_button_reads_how_to_take_a_false_alarm_back(
    stage: Stage, cast: Cast
) -> None:
    sign_on(stage, cast.guard)
    await stage.says(cast.doctor, "/sos")
    deliver(stage)
    said = await stage.presses(cast.doctor, f"act:false:{NUMBER}")
    assert "Pressed by mistake?" in said.to(cast.officer.user_id).text
    assert "Pressed by mistake?" in said.to(cast.doctor.user_id).text
    assert "Nobody needs to come" in said.to(cast.guard.user_id).text
    assert "Pressed by mistake?" not in said.to(cast.guard.user_id).text


async def test_who_deals_with_a_report_writes_on_about_other_things(
    stage: Stage, cast: Cast
) -> None:
    """Only who runs to an alarm talks to it by what they write; to a report by an answer to its card."""
    said = await stage.says(cast.guard, "/report")
    await stage.presses(cast.guard, said.button("Theft"))
    said = await stage.says(cast.guard, "a wallet is gone")
    await stage.presses(cast.guard, said.button("Submit"))
    await stage.presses(cast.officer, f"case:{NUMBER}:take")
    said = await stage.says(cast.officer, "3号楼消防通道堵了")
    assert not said.to(cast.guard.user_id).out
    assert "File this?" in said.text


async def test_a_copy_below_one_that_arrived_though_taken_back_points_to_it_too(
    stage: Stage, cast: Cast
) -> None:
    await called(stage, cast)
    await later(stage, seconds=5)
    await stage.says(cast.doctor, "/sos")
    await stage.presses(
        cast.guard, f"act:coming:{NUMBER}"
    )  # takes back the newer copy, which has left already
    arrived = text("UPDATE outbox SET state = 'sent', message_id = 9 WHERE state = 'revoked'")
    stage.db.run_now(lambda conn: conn.execute(arrived))
    deliver(stage)
    below = f"🆘 {NUMBER}: called again, see below."
    said = await stage.presses(cast.guard, f"act:here:{NUMBER}")
    assert said.to(cast.guard.user_id).texts.count(below) == 1
    deliver(stage)
    said = await stage.presses(cast.guard, f"act:calm:{NUMBER}")
    assert below not in said.to(cast.guard.user_id).texts, "told once"
