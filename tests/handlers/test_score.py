"""Item 4.5 from papers in the database: what was filed when, what was missed, and what that costs."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest

from bot.db import Database
from handlers import office
from tests.handlers.sweeping import at, first_lines, states, sweep
from tests.people import Cast
from tests.said import Said
from tests.stage import Stage

SUMMARIES = (
    ("2026 First-half anti-crime", "2026-07-09 16:00"),
    ("2026 First-half Safe Hospital", "2026-07-09 16:05"),
    ("2026 Annual anti-crime", "2027-01-07 10:00"),
    ("2026 Annual Safe Hospital", "2027-01-07 10:05"),
)
"""The four summaries of 2026 in the order they fall due, and a time at which each is early enough."""
OVER = at("2027-02-01 09:00")
pytestmark = pytest.mark.usefixtures("english")


@pytest.fixture
async def stage(db: Database, cast: Cast) -> AsyncIterator[Stage]:
    async with Stage(db) as stage:
        yield stage


async def file(stage: Stage, cast: Cast, paper: str, now: datetime, *, when: str = "Now") -> Said:
    """The officer records a filing: the paper, its number, no copy, and when it was filed."""
    officer = cast.officer
    sweep(stage.db, now)
    said = await stage.at(now).says(officer, "/file")
    await stage.presses(officer, said.button(paper))
    said = await stage.says(officer, "2026-031")
    said = await stage.presses(officer, said.button("Skip"))
    if when == "Now":
        said = await stage.presses(officer, said.button("Now"))
    else:
        said = await stage.says(officer, when)
    return await stage.presses(officer, said.button("Submit"))


def item(db: Database, moment: datetime = OVER, *, year: int = 2026) -> dict[str, Any]:
    """Item 4.5 as the command line prints it."""
    card = score(db, moment, year=year)
    return next(i for s in card["sections"] for i in s["items"] if i["id"] == "4.5")


def score(db: Database, moment: datetime, *, year: int = 2026) -> dict[str, Any]:
    """The whole score as the command line prints it."""
    return db.run_now(lambda conn: office.score(conn, "QP01", year, moment))


def paper_states(db: Database, moment: datetime) -> list[str]:
    """The states of the papers as the command line lists them, as of a time."""
    rows = db.run_now(lambda conn: office.obligations(conn, "QP01", moment))
    return [row["state"] for row in rows]


@pytest.mark.parametrize(
    ("missed", "low", "high"), [(0, 2, 2), (1, 1.5, 2), (2, 1, 1), (3, 0, 0), (4, 0, 0)]
)
async def test_the_ladder(stage: Stage, cast: Cast, missed: int, low: float, high: float) -> None:
    for paper, now in SUMMARIES[missed:]:
        await file(stage, cast, paper, at(now))
    sweep(stage.db, OVER)
    assert [state for *_name, state in states(stage.db)].count("missed") == missed
    found = item(stage.db)
    assert (found["score"]["min"], found["score"]["max"]) == (low, high)
    named = [reason for reason in found["reasons"] if "summary" in reason]
    assert len(named) == missed, "each missed report is named"
    assert ("A3" in score(stage.db, OVER)["open"]) == (missed == 1)


async def test_a_fresh_years_score_is_a_range_and_4_5_is_not(stage: Stage, cast: Cast) -> None:
    now = at("2026-03-16 21:42")
    assert item(stage.db, now)["score"] == {"min": 2, "max": 2}
    total = score(stage.db, now)["total"]
    assert total["min"] < total["max"]


async def test_late_is_not_missed_and_costs_nothing(stage: Stage, cast: Cast) -> None:
    said = await file(stage, cast, "2026 First-half anti-crime", at("2026-07-15 10:00"))
    assert "After the due time, so it counts as late, not as missed." in said.text
    now = at("2026-07-30 09:00")
    sweep(stage.db, now)
    assert sorted(paper_states(stage.db, now)) == ["late", "missed"]
    assert item(stage.db, now)["score"] == {"min": 1.5, "max": 2}


async def test_the_last_second_of_the_day_due_is_in_time(stage: Stage, cast: Cast) -> None:
    said = await file(stage, cast, "2026 First-half anti-crime", at("2026-07-10 23:59:59"))
    assert "On time." in said.text
    said = await file(stage, cast, "2026 First-half Safe Hospital", at("2026-07-11 00:00:00"))
    assert "late" in said.text


async def test_a_filing_entered_later_counts_from_its_own_date(stage: Stage, cast: Cast) -> None:
    now = at("2026-07-30 09:00")
    sweep(stage.db, now)
    assert item(stage.db, now)["score"] == {"min": 1, "max": 1}
    said = await file(stage, cast, "2026 First-half anti-crime", now, when="2026-07-09 16:30")
    assert "(entered later)" in said.text
    assert "On time." in said.text
    assert item(stage.db, now)["score"] == {"min": 1.5, "max": 2}
    said = await file(stage, cast, "2026 First-half Safe Hospital", now, when="2026-07-15 08:00")
    assert "counts as late" in said.text
    assert item(stage.db, now)["score"] == {"min": 2, "max": 2}
    assert paper_states(stage.db, now) == ["on_time", "late"]


async def test_a_filing_after_it_was_missed_is_kept_and_changes_nothing(
    stage: Stage, cast: Cast
) -> None:
    now = at("2026-07-30 09:00")
    said = await file(stage, cast, "2026 First-half anti-crime", now)
    assert "stays missed" in said.text
    rows = stage.db.run_now(lambda conn: office.obligations(conn, "QP01", now))
    filed = next(row for row in rows if row["subject"] == "anti_crime")
    assert (filed["state"], filed["submitted_at"]) == ("missed", "2026-07-30T09:00:00+08:00")
    assert item(stage.db, now)["score"] == {"min": 1, "max": 1}


async def test_a_filing_made_early_is_in_time_and_nobody_is_reminded(
    stage: Stage, cast: Cast
) -> None:
    for paper, _now in SUMMARIES[:2]:
        await file(stage, cast, paper, at("2026-05-04 10:00"))
    for moment in ("2026-07-09 09:00", "2026-07-12 09:00", "2026-07-30 09:00"):
        sweep(stage.db, at(moment))
    assert first_lines(stage.db, cast.officer.user_id) == []
    assert [state for *_name, state in states(stage.db)] == ["on_time", "on_time"]


async def test_a_second_filing_is_not_taken(stage: Stage, cast: Cast) -> None:
    now = at("2026-07-09 10:00")
    await file(stage, cast, "2026 First-half anti-crime", now)
    said = await stage.says(cast.admin, "/file")
    assert not [label for label in said.buttons if "2026 First-half anti-crime" in label]


async def test_looking_back_shows_what_was_known_then_and_writes_nothing(
    stage: Stage, cast: Cast
) -> None:
    await file(stage, cast, "2026 First-half anti-crime", at("2026-07-15 10:00"))
    sweep(stage.db, OVER)
    before = states(stage.db)
    assert paper_states(stage.db, at("2026-07-12 10:00")) == ["overdue", "overdue"]
    assert paper_states(stage.db, at("2026-07-16 10:00")) == ["late", "overdue"]
    assert paper_states(stage.db, at("2026-03-01 10:00")) == []
    assert states(stage.db) == before


async def test_looking_ahead_shows_what_will_be_missed_and_writes_nothing(
    stage: Stage, cast: Cast
) -> None:
    assert paper_states(stage.db, OVER) == ["missed"] * 4
    assert item(stage.db, OVER)["score"] == {"min": 0, "max": 0}
    assert states(stage.db) == []


# -- what an incident owes -----------------------------------------------------------------------


async def dispute(stage: Stage, cast: Cast, now: datetime) -> Said:
    """A dispute is reported, which the rule wants filed within 24 hours."""
    guard = cast.guard
    said = await stage.at(now).says(guard, "/report")
    said = await stage.presses(guard, said.button("Medical dispute"))
    said = await stage.says(guard, "the family wants an explanation")
    return await stage.presses(guard, said.button("Submit"))


async def test_an_incident_not_filed_in_its_24_hours_is_a_miss(stage: Stage, cast: Cast) -> None:
    await dispute(stage, cast, at("2026-03-16 21:42"))
    sweep(stage.db, at("2026-03-17 21:42:00"))
    assert states(stage.db) == [("O1", "QP01-2026-0001", "open")]
    sweep(stage.db, at("2026-03-17 21:42:01"))
    assert states(stage.db) == [("O1", "QP01-2026-0001", "missed")]
    now = at("2026-03-18 09:00")
    assert item(stage.db, now)["score"] == {"min": 1.5, "max": 2}
    assert "QP01-2026-0001" in str(item(stage.db, now)["reasons"])
    rows = stage.db.run_now(lambda conn: office.incidents(conn, "QP01", now))
    assert [row["late"] for row in rows] == [True]


async def test_an_incident_of_the_last_night_counts_in_its_own_year(
    stage: Stage, cast: Cast
) -> None:
    await dispute(stage, cast, at("2026-12-31 23:30"))
    sweep(stage.db, at("2027-01-02 09:00"))
    now = at("2027-01-05 09:00")
    assert len([r for r in item(stage.db, now)["reasons"] if "-0001" in r]) == 1
    assert item(stage.db, now, year=2027)["score"] == {"min": 2, "max": 2}


async def test_what_need_not_be_filed_is_no_miss(stage: Stage, cast: Cast) -> None:
    said = await dispute(stage, cast, at("2026-03-16 21:42"))
    card = said.to(cast.officer.user_id)
    await stage.presses(cast.officer, card.button("Not reportable"))
    said = await stage.says(cast.officer, "settled at once, no dispute")
    assert said.texts[-1] == "Kept: QP01-2026-0001 need not be filed. The deadline is closed."
    now = at("2026-03-20 09:00")
    assert sweep(stage.db, now)["missed"] == 0
    assert states(stage.db) == [("O1", "QP01-2026-0001", "waived")]
    assert item(stage.db, now)["score"] == {"min": 2, "max": 2}


async def test_a_filing_cannot_be_older_than_its_incident(stage: Stage, cast: Cast) -> None:
    await dispute(stage, cast, at("2026-03-16 21:42"))
    now = at("2026-03-17 10:00")
    said = await file(stage, cast, "QP01-2026-0001", now, when="2026-03-15 10:00")
    assert said.text.startswith("That is before the incident was discovered.")
    assert states(stage.db)[0][2] == "open"
