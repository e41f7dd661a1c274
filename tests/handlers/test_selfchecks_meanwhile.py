"""A self-check where something changed meanwhile: versions, owners, colleagues, years, repairs, evidence."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text, update

from bot.db import Database
from models.people import MEMBER
from models.selfcheck import answers_at
from tests.handlers.checking import SelfChecks
from tests.people import NOW, Cast, Person, enlist
from tests.stage import Stage

pytestmark = pytest.mark.usefixtures("english")

LATER = NOW + timedelta(hours=1)
NEXT_YEAR = NOW.replace(year=NOW.year + 1)
PHOTO = {
    "photo": [{"file_id": "p1", "file_unique_id": "up1", "width": 9, "height": 9, "file_size": 9}]
}


@pytest.fixture
def checks(stage: Stage) -> SelfChecks:
    return SelfChecks(stage)


@pytest.fixture
def colleague(stage: Stage, cast: Cast) -> Person:
    """A second officer."""
    hospital = cast.hospital("QP01")
    person = stage.db.run_now(lambda conn: enlist(conn, hospital, "officer", user_id=777))
    named = update(MEMBER).where(MEMBER.c.id == person.id).values(display_name="Second")
    stage.db.run_now(lambda conn: conn.execute(named))
    return replace(person, name="Second")


def rows(db: Database, query: str) -> list[Any]:
    return db.run_now(lambda conn: list(conn.execute(text(query))))


async def share(stage: Stage, checks: SelfChecks, cast: Cast, colleague: Person) -> None:
    """1 to 4 are the officer's, 5 is the colleague's."""
    await checks.begin(cast.admin)
    await stage.says(cast.admin, "/cancel")
    for section in "1234":
        await checks.assign(cast.admin, section, cast.officer.name)
    await checks.assign(cast.admin, "5", colleague.name)


async def test_a_check_that_a_colleague_with_a_faster_clock_began_is_there(
    stage: Stage, cast: Cast, checks: SelfChecks, colleague: Person
) -> None:
    await stage.at(NOW + timedelta(seconds=1)).says(cast.officer, "/selfcheck")
    assert "1/20 1.1" in (await stage.at(NOW).says(colleague, "/selfcheck")).text
    assert len(rows(stage.db, "SELECT 1 FROM self_check")) == 1


async def test_what_is_submitted_after_a_reopening_counts_in_the_new_version(
    stage: Stage, cast: Cast, checks: SelfChecks, colleague: Person
) -> None:
    await share(stage, checks, cast, colleague)
    theirs = await checks.answer(colleague, await checks.begin(colleague))
    await checks.finish(cast.officer)
    await stage.presses(cast.admin, "check:1:accept")
    await stage.presses(cast.officer, "check:1:reopen")
    await stage.at(LATER).says(cast.officer, "a new leader")
    await checks.submit(colleague, theirs)
    kept = rows(stage.db, "SELECT check_id, question FROM check_answer WHERE question LIKE '5.%'")
    assert [row.check_id for row in kept] == [2, 2], "the old version stays as it was"
    states = rows(stage.db, "SELECT check_id, state FROM check_section WHERE section = '5'")
    assert {row.check_id: row.state for row in states} == {1: "open", 2: "submitted"}


async def test_a_section_given_away_meanwhile_is_not_submitted_by_another(
    stage: Stage, cast: Cast, checks: SelfChecks, colleague: Person
) -> None:
    mine = await checks.answer(cast.officer, await checks.begin(cast.officer))
    await checks.assign(cast.admin, "5", colleague.name)
    said = await stage.at(LATER).presses(cast.officer, mine.button("Submit"))
    assert "your answers there were not taken: 5 Second" in said.text
    (row,) = rows(stage.db, "SELECT state, submitted_by FROM check_section WHERE section = '5'")
    assert (row.state, row.submitted_by) == ("open", None)
    assert not rows(stage.db, "SELECT 1 FROM check_answer WHERE question LIKE '5.%'")


async def test_the_score_of_an_earlier_moment_was_not_reviewed_yet(
    stage: Stage, cast: Cast, checks: SelfChecks
) -> None:
    await checks.finish(cast.officer)
    stage.at(NOW + timedelta(days=2))
    for section in "12345":
        await stage.presses(cast.admin, f"check:{section}:accept")
    hospital = cast.hospital("QP01").id

    def reviewed(days: int) -> bool:
        at = NOW + timedelta(days=days)
        found = stage.db.run_now(lambda conn: answers_at(conn, hospital, 2026, at=at))
        return found is not None and found.reviewed

    assert [reviewed(1), reviewed(2)] == [False, True]


async def test_everybody_who_answered_is_told_that_it_is_reviewed(
    stage: Stage, cast: Cast, checks: SelfChecks, colleague: Person
) -> None:
    await share(stage, checks, cast, colleague)
    await checks.finish(cast.officer)
    await checks.finish(colleague)
    for section in "1234":
        said = await stage.presses(cast.admin, f"check:{section}:accept")
        assert "accepted the last section" not in said.everything
    said = await stage.presses(cast.admin, "check:5:accept")
    told = [each.chat_id for each in said.out if "accepted the last section" in str(each.payload)]
    assert sorted(told) == sorted([cast.officer.user_id, colleague.user_id])


async def test_what_proved_an_answer_stays_with_it_when_it_is_kept(
    stage: Stage, cast: Cast, checks: SelfChecks
) -> None:
    said = await checks.begin(cast.officer)
    said = await stage.presses(cast.officer, said.button("Top leader"))
    await stage.sends(cast.officer, PHOTO)
    said = await stage.says(cast.officer, "QP01-H2026-0009")
    said = await stage.presses(cast.officer, said.button("Met"))
    await checks.submit(cast.officer, await checks.answer(cast.officer, said))
    await stage.presses(cast.admin, "check:1:return")
    await stage.says(cast.admin, "please look again")
    said = await stage.at(LATER).presses(cast.officer, "check:1:answer")
    said = await stage.presses(cast.officer, said.button("Keep as it was"))
    assert "2 taken along" in said.text
    said = await stage.presses(cast.officer, said.button("Keep as it was"))
    await checks.submit(cast.officer, await checks.answer(cast.officer, said))
    shown = await stage.presses(cast.admin, "check:1")
    assert "1.2.a Met · 📎 1 files · QP01-H2026-0009" in shown.text


async def test_what_falls_short_again_after_its_repair_was_closed_is_offered_again(
    stage: Stage, cast: Cast, checks: SelfChecks
) -> None:
    await checks.finish(cast.officer, l1_2_a="Not met")
    await stage.presses(cast.officer, "repair:1:1.2.a")
    said = await stage.says(cast.officer, "the office")
    await stage.presses(cast.officer, said.button("Submit"))
    stage.db.run_now(lambda conn: conn.execute(text("UPDATE entry SET state = 'closed'")))
    same = await stage.presses(cast.officer, "check:repairs")
    assert "Repair 1.2.a" not in same.buttons, "this check's own repair is done"
    stage.at(NEXT_YEAR)
    await checks.finish(cast.officer, l1_2_a="Not met")
    assert "Repair 1.2.a" in (await stage.presses(cast.officer, "check:repairs")).buttons


async def test_the_next_year_says_what_fell_short_and_that_nobody_repaired_it(
    stage: Stage, cast: Cast, checks: SelfChecks
) -> None:
    await checks.finish(cast.officer, l1_2_a="Not met")
    said = await stage.at(NEXT_YEAR).says(cast.officer, "/selfcheck")
    said = await stage.presses(cast.officer, said.button("Top leader"))
    assert "Last year: Not met\nNo repair was entered for it." in said.text
    said = await stage.presses(cast.officer, said.button("Met"))
    assert "Last year" not in said.text


async def test_points_are_read_as_a_chinese_keyboard_writes_them(
    stage: Stage, cast: Cast, checks: SelfChecks
) -> None:
    await checks.finish(cast.officer)
    await stage.presses(cast.admin, "check:inspected")
    said = await stage.says(cast.admin, "4.2\uff1d8.5\uff0c4.5\uff1d2")
    assert "Kept: 2 items" in said.text


async def test_the_command_sent_twice_still_takes_what_is_typed_next(
    stage: Stage, cast: Cast, checks: SelfChecks
) -> None:
    await checks.begin(cast.officer)
    await checks.begin(cast.officer)
    assert "1 taken along" in (await stage.says(cast.officer, "see folder 3")).text
