"""A self-check by several people: whose it is, evidence, review by somebody else, versions, repairs, inspectors."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text, update

from bot.db import Database
from handlers import office
from handlers.roles import DUTY
from models.people import MEMBER, list_actors
from models.selfcheck import SECTION, newest_check
from tests.handlers.checking import SelfChecks
from tests.handlers.sweeping import owed, sweep
from tests.people import NOW, Cast, Person, enlist
from tests.stage import Stage

pytestmark = pytest.mark.usefixtures("english")


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
    return db.run_now(lambda conn: conn.execute(text(query)).all())


def states(db: Database) -> dict[str, str]:
    """The sections of the newest version."""
    newest = "(SELECT max(id) FROM self_check)"
    found = rows(db, f"SELECT section, state FROM check_section WHERE check_id = {newest}")
    return {row.section: row.state for row in found}


def total(db: Database) -> dict[str, Any]:
    card = db.run_now(lambda conn: office.score(conn, "QP01", NOW.year, NOW + timedelta(days=1)))
    return dict(card["total"])


async def test_a_lone_officer_answers_everything_in_one_sitting(
    stage: Stage, cast: Cast, checks: SelfChecks
) -> None:
    said = await checks.finish(cast.officer)
    assert "Self-check submitted" in said.text
    assert set(states(stage.db).values()) == {"submitted"}
    # 3.1.3 is 9 of 10, 4.3.1 is 1.5 of 2; A1 may cost something where the lines add up to 12.
    assert total(stage.db) == {"min": 98.5, "max": 98.5}
    again = await checks.begin(cast.officer)
    assert "to be reviewed" in again.text, "with nothing left to answer, how it stands"


async def test_sections_go_to_those_they_are_assigned_to(
    stage: Stage, cast: Cast, checks: SelfChecks, colleague: Person
) -> None:
    await checks.begin(cast.admin)
    await stage.says(cast.admin, "/cancel")
    for section in ("1", "2", "3"):
        said = await checks.assign(cast.admin, section, cast.officer.name)
        assert f"section {section}: please answer it by" in said.everything
    for section in ("4", "5"):
        await checks.assign(cast.admin, section, colleague.name)
    first = await checks.begin(cast.officer)
    assert "1/10 1.1" in first.text
    second = await checks.begin(colleague)
    assert "1/10 4.1.1" in second.text
    await checks.submit(colleague, await checks.answer(colleague, second))
    assert states(stage.db) == {
        **dict.fromkeys("123", "open"),
        **dict.fromkeys("45", "submitted"),
    }
    refused = await stage.presses(colleague, "check:1:answer")
    assert refused.toasts == [f"This section is with {cast.officer.name}. Assign it first."]


async def test_what_a_colleague_answered_meanwhile_is_not_written_over(
    stage: Stage, cast: Cast, checks: SelfChecks, colleague: Person
) -> None:
    mine = await checks.answer(cast.officer, await checks.begin(cast.officer), l1_2_a="Not met")
    await stage.at(NOW + timedelta(minutes=5)).says(colleague, "/selfcheck")
    theirs = await checks.answer(colleague, await checks.begin(colleague))
    await checks.submit(colleague, theirs)
    said = await stage.at(NOW + timedelta(minutes=9)).presses(cast.officer, mine.button("Submit"))
    assert f"1.2.a {colleague.name}" in said.text
    kept = rows(stage.db, "SELECT value, member_id FROM check_answer WHERE question = '1.2.a'")
    assert [(row.value.strip('"'), row.member_id) for row in kept] == [("yes", colleague.id)]


async def test_evidence_is_taken_along_with_the_answer(
    stage: Stage, cast: Cast, checks: SelfChecks
) -> None:
    said = await checks.begin(cast.officer)
    said = await stage.presses(cast.officer, said.button("Top leader"))
    said = await stage.sends(cast.officer, PHOTO)
    assert "📎 1 taken along" in said.text
    said = await stage.says(cast.officer, "QP01-H2026-0009")
    assert "📎 2 taken along" in said.text
    assert "1.2.a" in said.text, "the question stays open"
    said = await stage.presses(cast.officer, said.button("Met"))
    await checks.submit(cast.officer, await checks.answer(cast.officer, said))
    (answer,) = rows(stage.db, "SELECT id, why FROM check_answer WHERE question = '1.2.a'")
    assert answer.why == "QP01-H2026-0009"
    query = f"SELECT 1 FROM evidence WHERE subject = 'check_answer' AND subject_id = {answer.id}"
    assert len(rows(stage.db, query)) == 1


async def test_one_sentence_stands_for_all_that_has_no_evidence(
    stage: Stage, cast: Cast, checks: SelfChecks
) -> None:
    said = await checks.begin(cast.officer)
    for _step in range(40):
        if "Without evidence" in said.text:
            break
        said = await checks._one(cast.officer, said, {})
    said = await stage.says(cast.officer, "all papers lie in the office")
    await checks.submit(cast.officer, said)
    why = {r.question: r.why for r in rows(stage.db, "SELECT question, why FROM check_answer")}
    assert why["1.2.a"] == "all papers lie in the office"
    assert why["5.2.1"] is None, "a figure from the district needs no reason"


async def test_nobody_reviews_their_own_section(
    stage: Stage, cast: Cast, checks: SelfChecks
) -> None:
    await checks.finish(cast.officer)
    own = await stage.presses(cast.officer, "check:1")
    assert "Accept" not in own.buttons
    refused = await stage.presses(cast.officer, "check:1:accept")
    assert refused.toasts == ["You answered this section yourself, or it was reviewed meanwhile."]
    for section in "12345":
        said = await stage.presses(cast.admin, f"check:{section}:accept")
        assert "Accepted" in said.text
    assert "accepted the last section" in said.everything
    assert set(states(stage.db).values()) == {"accepted"}
    assert "not reviewed" not in (await stage.says(cast.admin, "/score")).text


async def test_a_returned_section_comes_back_with_the_comment_and_its_answers(
    stage: Stage, cast: Cast, checks: SelfChecks
) -> None:
    await checks.finish(cast.officer)
    await stage.presses(cast.admin, "check:5:return")
    said = await stage.says(cast.admin, "add the survey")
    assert "add the survey" in said.everything
    assert states(stage.db)["5"] == "returned"
    again = await stage.presses(cast.officer, "check:5:answer")
    assert "1/2 5.1.1" in again.text
    assert "Answered before: Met" in again.text
    await checks.submit(cast.officer, await checks.answer(cast.officer, again, l5_1_1="Not met"))
    assert states(stage.db)["5"] == "submitted"
    values = rows(stage.db, "SELECT value FROM check_answer WHERE question = '5.1.1' ORDER BY id")
    assert [row.value.strip('"') for row in values] == ["yes", "no"], "nothing is written over"


async def test_reopening_makes_the_next_version_and_keeps_the_old_one(
    stage: Stage, cast: Cast, checks: SelfChecks
) -> None:
    await checks.finish(cast.officer)
    early = await stage.presses(cast.officer, "check:1:reopen")
    assert early.toasts == ["Only a reviewed section can be reopened."]
    for section in "12345":
        await stage.presses(cast.admin, f"check:{section}:accept")
    before = total(stage.db)
    await stage.presses(cast.officer, "check:1:reopen")
    said = await stage.at(NOW + timedelta(hours=1)).says(cast.officer, "a new leader")
    assert "version 2" in said.text
    assert states(stage.db) == {"1": "open", **dict.fromkeys("2345", "accepted")}
    assert total(stage.db) == before, "everything is carried over"
    first = await checks.begin(cast.officer)
    card = await checks.answer(cast.officer, first, l1_1="Somebody else")
    await checks.submit(cast.officer, card)
    assert total(stage.db)["max"] == before["max"] - 5
    compared = await stage.presses(cast.officer, "check:compare")
    assert "the version before" in compared.text
    assert "1.1 Leadership 5 · before 10" in compared.text
    query = "SELECT count(*) AS n FROM check_answer WHERE check_id = 1"
    assert rows(stage.db, query)[0].n == 20


async def test_what_falls_short_becomes_a_repair_that_the_next_check_shows(
    stage: Stage, cast: Cast, checks: SelfChecks
) -> None:
    said = await checks.finish(cast.officer, l1_2_a="Not met")
    assert "Repair 1.2.a" in said.buttons
    (check,) = rows(stage.db, "SELECT id FROM self_check")
    said = await stage.presses(cast.officer, f"repair:{check.id}:1.2.a")
    said = await stage.says(cast.officer, "the office")
    assert "Self-check 1.2.a" in said.text
    said = await stage.presses(cast.officer, said.button("Submit"))
    assert "Filed as QP01-H2026-0001" in said.text
    shown = await stage.presses(cast.officer, "check:repairs")
    assert "1.2.a → QP01-H2026-0001" in shown.text
    assert f"repair:{check.id}:1.2.a" not in shown.buttons.values(), "it is under way"
    await stage.presses(cast.admin, "check:1:return")
    await stage.says(cast.admin, "is it put right?")
    said = await stage.presses(cast.officer, "check:1:answer")
    said = await stage.presses(cast.officer, said.button("Top leader"))
    assert "To be put right: QP01-H2026-0001" in said.text


async def test_inspectors_points_stand_beside_ones_own(
    stage: Stage, cast: Cast, checks: SelfChecks
) -> None:
    await checks.finish(cast.officer)
    for bad in ("4.2", "9.9=1", "4.5=3", "4.2=8 and more"):
        await stage.presses(cast.admin, "check:inspected")
        said = await stage.says(cast.admin, bad)
        assert "Kept" not in said.text
        await stage.says(cast.admin, "/cancel")
    await stage.presses(cast.admin, "check:inspected")
    said = await stage.says(cast.admin, "4.2=8.5, 4.5=2")
    assert "Kept: 2 items" in said.text
    compared = await stage.presses(cast.admin, "check:compare")
    assert "inspectors 8.5" in compared.text
    assert "4.5" not in compared.text.partition("\n")[2], "what agrees is not named"
    refused = await stage.presses(cast.officer, "check:inspected")
    assert refused.toasts == ["Only an administrator enters what the inspectors gave."]


async def test_a_reminder_a_day_until_it_is_answered(
    stage: Stage, cast: Cast, checks: SelfChecks
) -> None:
    await checks.begin(cast.admin)
    await stage.says(cast.admin, "/cancel")
    await checks.assign(cast.admin, "4", cast.officer.name)
    due = rows(stage.db, "SELECT due_on FROM check_section WHERE section = '4'")[0].due_on
    day = NOW.replace(hour=2, minute=0)
    told = []
    for days in range(20):
        counts = sweep(stage.db, day + timedelta(days=days))
        assert sweep(stage.db, day + timedelta(days=days))["check_reminders"] == 0
        told.append(counts["check_reminders"])
    assert str(due) == "2026-03-30"
    assert [n for n, count in enumerate(told) if count] == [11, 13, 14, 15, 16, 17, 18, 19]
    assert all("1 section" in said for _to, said in owed(stage.db) if "Self-check" in said)


async def test_a_section_is_in_the_tasks_of_whoever_has_it_to_answer_or_to_review(
    stage: Stage, cast: Cast, checks: SelfChecks
) -> None:
    await checks.begin(cast.admin)
    await stage.says(cast.admin, "/cancel")
    await checks.assign(cast.admin, "4", cast.officer.name)
    assert "Self-check, section 4" in (await stage.says(cast.officer, "/tasks")).text
    stage.db.run_now(
        lambda conn: conn.execute(
            update(SECTION)
            .where(SECTION.c.section == "4")
            .values(state="submitted", submitted_by=cast.officer.id)
        )
    )
    assert "review section 4" in (await stage.says(cast.admin, "/tasks")).text
    assert "section 4" not in (await stage.says(cast.officer, "/tasks")).text


async def test_a_check_goes_on_with_the_table_it_began_with(
    stage: Stage, cast: Cast, checks: SelfChecks
) -> None:
    said = await checks.begin(cast.officer)
    choose = await stage.presses(cast.admin, "rubric:")
    label = next(each for each in choose.buttons if "County" in each)
    choose = await stage.presses(cast.admin, choose.buttons[label])
    await stage.presses(cast.admin, choose.button("Change it"))
    done = await checks.submit(cast.officer, await checks.answer(cast.officer, said))
    assert "answers another scorecard" in done.text
    card = stage.db.run_now(lambda conn: office.score(conn, "QP01", NOW.year, NOW))
    assert card["rubric"] == "county-style"


async def test_everybody_of_the_office_can_be_given_a_section(stage: Stage, cast: Cast) -> None:
    people = stage.db.run_now(lambda conn: list_actors(conn, cast.hospital("QP01").id, DUTY))
    assert {each.role for each in people} == DUTY
    assert (
        stage.db.run_now(lambda c: newest_check(c, cast.hospital("QP01").id, 2026, at=NOW)) is None
    )
