"""Stamps: each with its own time, corrected with the old one kept; the police number; the reminder of O3."""

from datetime import timedelta

import pytest

from bot.sweeping import sweep_through
from handlers.police_sweep import POLICE_CALLS
from models.house_rule import POLICE_AFTER, set_rule
from models.people import mark_reachable
from tests.handlers.casing import FIRST, Casework
from tests.handlers.sweeping import owed, sweep
from tests.people import NOW, Cast
from tests.said import first_line

COLUMNS = {
    "police": ("called_police_at", "police_called"),
    "arrived": ("arrived_at", "on_scene"),
    "controlled": ("controlled_at", "controlled"),
    "scene": ("scene_kept_at", "scene_kept"),
}


@pytest.mark.parametrize("stamp", COLUMNS)
async def test_a_stamp_is_two_presses_and_its_time_is_now(work: Casework, stamp: str) -> None:
    await work.report()
    work.at(5)
    said = await work.press(f"stamp:{stamp}:{FIRST}")
    assert "just now (21:47)" in said.text
    said = await work.press(said.button("Note it"))
    assert first_line(said).startswith(f"✅ Noted for {FIRST}: ")
    assert said.button("Case") == f"case:{FIRST}"
    column, kind = COLUMNS[stamp]
    assert getattr(work.row(), column) == NOW + timedelta(minutes=5)
    assert len(work.steps(kind)) == 1


async def test_the_time_is_changed_before_and_corrected_afterwards(
    work: Casework, cast: Cast
) -> None:
    await work.report()
    work.at(30)
    changed = ("[Change time]", "[10 minutes ago]", "[Note it]")
    await work.answer(f"stamp:police:{FIRST}", *changed)
    assert work.row().called_police_at == NOW + timedelta(minutes=20)
    await work.answer(f"stamp:police:{FIRST}", "[Change time]", "21:50", "[Note it]", by=cast.admin)
    assert work.row().called_police_at == NOW + timedelta(minutes=8)
    first, second = work.steps("police_called")
    assert "old" not in first.data
    assert second.data["old"] == (NOW + timedelta(minutes=20)).isoformat()
    assert second.member == "QP01 admin"


async def test_a_stamp_before_the_event_is_refused_and_nothing_is_lost(work: Casework) -> None:
    await work.report()
    work.at(30)
    said = await work.answer(f"stamp:arrived:{FIRST}", "[Change time]", "21:10", "[Note it]")
    assert first_line(said) == (
        "That is before it happened (today 21:42). Please correct one of the two times."
    )
    assert work.row().state == "new"
    said = await work.press(said.button("Change time"))
    await work.stage.says(work.cast.officer, "22:00")
    draft = said.button("Keep").split(":")[1]
    await work.press(f"f:{draft}:card:submit")
    assert work.row().arrived_at == NOW + timedelta(minutes=18)


async def test_arrival_and_control_move_the_case_and_never_back(work: Casework, cast: Cast) -> None:
    await work.report()
    await work.answer(f"stamp:controlled:{FIRST}", "[Note it]")
    assert work.row().state == "controlled"
    assert work.row().lead_id == cast.officer.id
    await work.answer(f"stamp:arrived:{FIRST}", "[Note it]")
    assert work.row().state == "controlled"
    assert work.row().arrived_at == NOW
    assert [step.kind for step in work.steps()][-2:] == ["controlled", "arrived"]


async def test_an_officer_who_notes_an_arrival_is_not_there_but_somebody_called_is(
    work: Casework, cast: Cast
) -> None:
    await work.alarm()
    leader = work.colleague("leader", 190)
    await work.call_again()
    await work.answer(f"stamp:arrived:{FIRST}", "[Note it]")
    assert work.read("SELECT member_id FROM response") == []
    await work.answer(f"stamp:arrived:{FIRST}", "[Note it]", by=leader)
    assert work.read("SELECT member_id FROM response WHERE on_scene_at IS NOT NULL") == [
        (leader.id,)
    ]


async def test_a_closed_case_takes_no_stamp_any_more(work: Casework) -> None:
    await work.report()
    said = await work.press(f"stamp:scene:{FIRST}")
    pending = said.button("Note it")
    await work.close(FIRST)
    for data in (pending, f"stamp:scene:{FIRST}"):
        said = await work.press(data)
        assert said.toasts == [f"{FIRST} is already: closed. Nothing was changed."]
    assert work.row().scene_kept_at is None


async def test_what_the_police_gave_is_kept_with_what_stood_there(work: Casework) -> None:
    await work.report()
    said = await work.answer(f"stamp:details:{FIRST}", "110-4711", "[Skip]")
    assert "110-4711" in first_line(said)
    await work.answer(f"stamp:details:{FIRST}", "[Skip]", "Yingpu station, 012345")
    row = work.row()
    assert (row.police_number, row.police_unit) == ("110-4711", "Yingpu station, 012345")
    assert work.steps("police_noted")[1].data["old_number"] == "110-4711"
    said = await work.answer(f"stamp:details:{FIRST}", "[Skip]", "[Skip]")
    assert first_line(said) == f"Nothing was changed on {FIRST}."
    assert len(work.steps("police_noted")) == 2
    assert "110-4711 · Yingpu station, 012345" in (await work.press(f"case:{FIRST}")).text


@pytest.mark.parametrize("data", ["stamp:odd", "stamp:police", "stamp:", "stamp:state"])
async def test_forged_stamps_are_answered(work: Casework, data: str) -> None:
    await work.report()
    for number in (FIRST, "QP02-2026-0001", ""):
        said = await work.press(f"{data}:{number}", by=work.cast["QP02"]["officer"])
        assert said.toasts
        assert not said.texts
    assert len(work.steps()) == 1


async def test_a_guard_who_was_not_called_sets_no_stamp(work: Casework, cast: Cast) -> None:
    await work.report()
    for stamp in (*COLUMNS, "details"):
        said = await work.press(f"stamp:{stamp}:{FIRST}", by=cast.guard)
        assert said.toasts == ["This case is not yours to change; the safety office can help."]


# -- O3 ------------------------------------------------------------------------------------------


def reminders(work: Casework) -> list[tuple[int, str]]:
    """Who was reminded to call the police."""
    return [
        (who, text) for who, text in owed(work.stage.db) if "No police call" in text.splitlines()[0]
    ]


def remind(work: Casework, minutes: float) -> int:
    """Run the sweep so many minutes after the beginning."""
    moment = NOW + timedelta(minutes=minutes)
    return sweep_through(work.stage.db.run_now, POLICE_CALLS, now=moment)[0]["police_reminded"]


async def test_ten_minutes_without_a_police_call_are_brought_up_once(
    work: Casework, cast: Cast
) -> None:
    await work.report()
    sweep(work.stage.db, NOW + timedelta(minutes=9, seconds=59))
    assert reminders(work) == []
    for minutes in (10, 10, 11, 60):
        sweep(work.stage.db, NOW + timedelta(minutes=minutes))
    ((reader, text),) = reminders(work)
    assert reader == cast.officer.user_id
    assert FIRST in text
    assert text.splitlines()[-1] == "(after 10 minutes: our default, can be changed)"
    assert len(work.steps("police_reminded")) == 1


async def test_who_leads_is_reminded_too_and_the_administrator_where_there_is_no_officer(
    work: Casework, cast: Cast
) -> None:
    await work.report()
    await work.press(f"case:{FIRST}:take", by=cast.admin)
    sweep(work.stage.db, NOW + timedelta(minutes=10))
    assert {reader for reader, _text in reminders(work)} == {
        cast.officer.user_id,
        cast.admin.user_id,
    }
    await work.report()
    work.stage.db.run_now(lambda conn: mark_reachable(conn, cast.officer.user_id, since=NOW))
    sweep(work.stage.db, NOW + timedelta(minutes=20))
    assert [who for who, text in reminders(work) if "0002" in text] == [cast.admin.user_id]


@pytest.mark.parametrize("ended", ["called", "false alarm", "other", "closed"])
async def test_whoever_called_or_has_no_violent_case_is_not_reminded(
    work: Casework, ended: str
) -> None:
    await work.report("Theft" if ended == "other" else "Staff attacked")
    if ended == "called":
        await work.answer(f"stamp:police:{FIRST}", "[Note it]")
    elif ended == "false alarm":
        await work.answer(f"move:false:{FIRST}", "a film was shot")
    elif ended == "closed":
        await work.close(FIRST)
    assert remind(work, 30) == 0


async def test_several_are_one_message_and_a_hospital_may_set_its_own_time(
    work: Casework, cast: Cast
) -> None:
    first, second = await work.report(), await work.report()
    work.stage.db.run_now(
        lambda conn: set_rule(conn, 1, POLICE_AFTER, 3, by=cast.admin.id, now=NOW)
    )
    assert remind(work, 2) == 0
    moment = NOW + timedelta(minutes=3)
    counts, (message,) = sweep_through(work.stage.db.run_now, POLICE_CALLS, now=moment)
    assert counts["police_reminded"] == 2
    text = message.payload["text"]
    assert first in text
    assert second in text
    assert "our default" not in text


async def test_an_alarm_counts_from_its_beginning_once_it_was_violence(work: Casework) -> None:
    await work.alarm()
    assert remind(work, 60) == 0
    await work.answer(f"amend:category:{FIRST}", "[Staff attacked]", "[Skip]", "[Submit]")
    assert remind(work, 61) == 1
