"""Those who answer an alarm: several at once, too late, out of reach; and what the one who called sends meanwhile."""

from collections.abc import AsyncIterator
from pathlib import Path
from time import monotonic

import pytest

from bot.sandbox.botapi import ShownMessage
from models.case import set_case
from tests.acceptance.nights import Night, falling
from tests.acceptance.people import Person
from tests.acceptance.reporters import NUMBER
from tests.acceptance.ward import eventually

ROUNDS = 20
AT_ONCE = 3.0
"""Seconds within which the next ones are called when nobody of those called can be reached."""


@pytest.fixture
async def night(tmp_path: Path, database_url: str) -> AsyncIterator[Night]:
    """On each engine in turn: what depends on who is quicker."""
    async with falling(tmp_path, database_url) as night:
        yield night


@pytest.fixture
async def sqlite_night(tmp_path: Path, sqlite_url: str) -> AsyncIterator[Night]:
    """What does not depend on the engine."""
    async with falling(tmp_path, sqlite_url) as night:
        yield night


# -- at once -------------------------------------------------------------------------------------


async def test_two_press_at_once_one_leads_and_every_copy_agrees(night: Night) -> None:
    leaders = set()
    for turn in range(ROUNDS):
        number = await night.alarm()
        for person in sorted(night.colleagues[:2], key=lambda p: p.user_id, reverse=turn % 2 == 1):
            night.press(person, "coming", number)
        await night.settled()
        assert night.coming(number) == [night.guard.user_id, night.other.user_id]
        lead = night.case(number)["lead"]
        assert lead == night.quickest(number)
        leaders.add(lead)
        standing = night.standing(number).splitlines()
        on_the_way = [
            night.ward.say("{name} is on the way", name=person.name)
            + (night.ward.say(" (leads)") if person.user_id == lead else "")
            for person in (night.guard, night.other)
        ]
        assert sorted(standing[-2:]) == sorted(on_the_way)
        assert night.card(night.doctor, number).text.splitlines()[2:-1] == standing[-2:]
        assert night.steps(number) == ["called", "acknowledged", "coming"]
        night.press(night.officer, "false", number)
        await night.settled()
    assert leaders == {night.guard.user_id, night.other.user_id}


async def test_the_same_card_pressed_twice_at_once_counts_once(night: Night) -> None:
    number = await night.alarm()
    for _press in range(2):
        night.press(night.guard, "coming", number)
    await night.settled()
    assert night.coming(number) == [night.guard.user_id]
    assert night.steps(number) == ["called", "acknowledged"]
    assert night.notes(night.guard) == [
        night.ward.say("You are on this case already. Press the next button when you are there.")
    ]
    coming = night.ward.say("{name} is on the way", name=night.guard.name)
    assert night.standing(number).splitlines()[-1] == coming


async def test_called_off_by_one_while_another_sets_out(night: Night) -> None:
    turn_back = night.ward.say("{number}: false alarm, you can turn back.", number="")
    for turn in range(ROUNDS):
        number = await night.alarm()
        said = [(night.officer if turn % 4 < 2 else night.doctor, "false"), (night.guard, "coming")]
        for person, verb in said if turn % 2 else reversed(said):
            night.press(person, verb, number)
        await night.settled()
        assert night.case(number)["state"] == "false_alarm"
        assert night.case(number)["next_at"] is None
        standing = night.standing(number)
        assert night.ward.say("False alarm, all clear. Nobody needs to come.") in standing
        own = night.ward.say("False alarm, called off: {number}.", number=number)
        assert night.card(night.doctor, number).text.splitlines()[0] == own
        turned_back = any(number in m.text and turn_back in m.text for m in night.guard.shown)
        refused = any(number in note for note in night.notes(night.guard))
        came = night.steps(number) == ["called", "acknowledged", "false_alarm"]
        assert came or night.steps(number) == ["called", "false_alarm"]
        assert (turned_back, refused) == (came, not came)
        assert night.coming(number) == ([night.guard.user_id] if came else [])


# -- too late ------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["false_alarm", "closed"])
async def test_a_press_on_a_case_that_was_settled_meanwhile_says_so_and_changes_nothing(
    sqlite_night: Night, state: str
) -> None:
    night = sqlite_night
    number = await night.alarm()
    card = night.card(night.guard, number)
    incident_id = night.case(number)["incident_id"]
    night.ward.desk.run_now(lambda conn: set_case(conn, incident_id, state=state, next_at=None))
    for verb in ("coming", "here", "calm", "police"):
        night.ward.api.press(night.guard.user_id, card.message_id, f"act:{verb}:{number}")
    await night.settled()
    assert [number in note for note in night.notes(night.guard)] == [True] * 4
    assert night.steps(number) == ["called"]
    assert night.case(number)["state"] == state
    assert night.coming(number) == []
    assert night.card(night.guard, number).version == card.version


async def test_nothing_of_the_chain_arrives_after_an_answer(sqlite_night: Night) -> None:
    night = sqlite_night
    number = await night.alarm()
    before = len(night.officer.shown)
    night.ward.api.fail_next(
        "sendMessage",
        status=500,
        description="Internal Server Error",
        times=3,
        chat_id=night.officer.user_id,
    )
    night.ward.clock.forward(seconds=61)
    chain = "SELECT state FROM outbox WHERE topic IS NOT NULL ORDER BY id DESC"
    await eventually(lambda: night.ward.rows(chain)[0]["state"] == "queued")
    night.press(night.guard, "coming", number)
    await eventually(lambda: night.case(number)["state"] == "acknowledged")
    await night.settled()
    assert night.ward.rows(chain)[0]["state"] == "revoked"
    await night.officer.sees_nothing(within=4)  # well over the third try's delay
    assert len(night.officer.shown) == before
    night.ward.clock.forward(minutes=12)
    await night.officer.sees_nothing(within=1.5)
    assert night.steps(number) == ["called", "called", "acknowledged"]


# -- out of reach --------------------------------------------------------------------------------


async def test_the_chain_moves_on_at_once_when_nobody_called_can_be_reached(
    sqlite_night: Night,
) -> None:
    night = sqlite_night
    for person in (night.guard, night.other):
        night.ward.api.people[person.user_id].blocked = True
    began = monotonic()
    await night.doctor.says("/sos")
    await eventually(lambda: _was_called(night.officer), timeout=AT_ONCE)
    print(f"called the next ones after {monotonic() - began:.2f} s")  # noqa: T201
    await night.doctor.sees(night.ward.say("Nobody has answered yet; this is call no. {n}", n=2))
    assert not _was_called(night.admin)


async def test_the_chain_moves_on_at_once_when_the_last_one_called_goes_away(
    sqlite_night: Night,
) -> None:
    night = sqlite_night
    night.ward.api.people[night.other.user_id].blocked = True
    await night.doctor.says("/sos")
    await eventually(lambda: _was_called(night.guard))
    await night.officer.sees_nothing(within=1.5)  # one of those called can still come
    assert not _was_called(night.officer)
    began = monotonic()
    night.ward.api.block(night.guard.user_id)
    await eventually(lambda: _was_called(night.officer), timeout=AT_ONCE)
    print(f"called the next ones after {monotonic() - began:.2f} s")  # noqa: T201


def _was_called(person: Person) -> bool:
    """Whether somebody was called, which makes a sound, and not only told."""
    return any(NUMBER.search(shown.text) and not shown.silent for shown in person.shown)


# -- what the one who called sends ---------------------------------------------------------------


async def test_those_who_come_see_the_caller_move_until_they_stop(sqlite_night: Night) -> None:
    night = sqlite_night
    number = await night.alarm()
    night.press(night.guard, "coming", number)
    await night.settled()
    await night.doctor.sends_live_location(31.1500, 121.1100)
    await eventually(lambda: _pin(night.guard) == ((31.15, 121.11), True))
    night.doctor.moves(31.1501, 121.1102)
    await eventually(lambda: _pin(night.guard) == ((31.1501, 121.1102), True))
    night.press(night.other, "coming", number)
    await eventually(lambda: _pin(night.other) == ((31.1501, 121.1102), True))
    night.doctor.moves(31.1502, 121.1103)
    for person in (night.guard, night.other):
        await eventually(lambda p=person: _pin(p) == ((31.1502, 121.1103), True))  # type: ignore[misc]
    night.doctor.stops_moving()
    for person in (night.guard, night.other):
        await eventually(lambda p=person: _pin(p) == ((31.1502, 121.1103), False))  # type: ignore[misc]
    await night.settled()
    assert _pin(night.officer) is None
    assert night.steps(number)[-1] == "location_stopped"
    assert [len(_pins(p)) for p in (night.guard, night.other)] == [1, 1]


def _pins(person: Person) -> list[ShownMessage]:
    return [shown for shown in person.shown if shown.kind == "location"]


def _pin(person: Person) -> tuple[tuple[float, float] | None, bool] | None:
    """Where the newest place on somebody's map is, and whether it is live."""
    pins = _pins(person)
    return (pins[-1].place, pins[-1].live) if pins else None


async def test_a_video_of_40_mb_gets_a_sentence_and_the_alarm_goes_on(sqlite_night: Night) -> None:
    night = sqlite_night
    number = await night.alarm()
    since = night.doctor.version()
    night.ward.api.send_video(night.doctor.user_id, b"mp4", claimed_size=40 * 1024 * 1024)
    shown = await night.doctor.message_after(since, "sent a video", 10)
    assert shown.text == night.ward.say(
        "This file is too big to pass on: at most {most} MB. The alarm goes on; send a shorter one or a photo.",
        most=20,
    )
    await night.doctor.says("他有刀")
    night.press(night.guard, "coming", number)
    await night.settled()
    assert "他有刀" in night.standing(number)
    assert night.case(number)["state"] == "acknowledged"
    assert not any(shown.kind == "video" for shown in night.guard.shown)
