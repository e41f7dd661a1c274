"""The sweep of deadlines: each thing once, however often, late or side by side it runs; on both engines."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.db import Database
from models.people import HOSPITAL, MEMBER
from tests.handlers.sweeping import at, first_lines, owed, papers, states, sweep, whole_database
from tests.people import Cast

DUTY = {103, 104}
"""The officer and the administrator of QP01."""
TOPICS = ("anti_crime", "safe_hospital")


# -- a year --------------------------------------------------------------------------------------


def test_a_year_with_nothing_filed_misses_every_summary(db: Database, cast: Cast) -> None:
    day = at("2026-02-02 09:00")
    while day < at("2027-02-01"):
        if day.month in (6, 7, 12, 1):  # in the others nothing is owed
            sweep(db, day)
        day += timedelta(days=1)
    assert states(db) == [(code, topic, "missed") for code in ("O4H", "O4Y") for topic in TOPICS]
    heard = first_lines(db, 103)
    assert Counter(heard) == {
        "📌 2 papers still to file": 9,
        "📌 2 papers overdue": 10,
        "📌 2 papers counted as missed": 2,
    }, (
        "for both topics together; of the annual ones two reminders fall on the Friday before the day due; "
        "overdue each of five working days"
    )


def test_the_reminders_come_14_7_3_1_and_0_days_before(db: Database, cast: Cast) -> None:
    days = []
    day = at("2026-06-20 09:00")
    while day < at("2026-07-11"):
        before = len(owed(db))
        sweep(db, day)
        if len(owed(db)) > before:
            days.append(f"{day:%m-%d}")
        day += timedelta(days=1)
    assert days == ["06-26", "07-03", "07-07", "07-09", "07-10"]


def test_a_reminder_says_what_by_when_and_what_a_miss_costs(db: Database, cast: Cast) -> None:
    sweep(db, at("2026-07-07 09:00"))
    (reader, said), (other, _said) = owed(db)
    assert (reader, other) == (103, 203), "three days before it is the officers' and nobody else's"
    lines = said.splitlines()
    assert lines[0] == "📌 2 papers still to file"
    assert lines[1:3] == [
        "· 2026 First-half anti-crime summary (Fri, Jul 10 24:00, 3 days left)",
        "· 2026 First-half Safe Hospital summary (Fri, Jul 10 24:00, 3 days left)",
    ]
    assert lines[3] == "Missed for 2026 so far: 0."


def test_becoming_overdue_and_being_missed_are_told_once(db: Database, cast: Cast) -> None:
    sweep(db, at("2026-07-10 23:59:58"))
    assert {state for _c, _s, state in states(db)} == {"open"}
    sweep(db, at("2026-07-11 00:00:00"))
    assert {state for _c, _s, state in states(db)} == {"overdue"}
    sweep(db, at("2026-07-17 23:59:58"))
    assert {state for _c, _s, state in states(db)} == {"overdue"}
    sweep(db, at("2026-07-18 00:00:00"))
    assert {state for _c, _s, state in states(db)} == {"missed"}
    sweep(db, at("2026-08-18 00:00:00"))
    assert first_lines(db, 103) == [
        "📌 2 papers still to file",
        "📌 2 papers overdue",
        "📌 2 papers counted as missed",
    ]
    assert first_lines(db, 104) == first_lines(db, 103)[:2], "the miss is in the digest"


# -- once, late, twice ---------------------------------------------------------------------------

MOMENTS = ("2026-06-26 09:00", "2026-07-09 12:00", "2026-07-13 08:00", "2026-07-30 08:00")


@pytest.mark.parametrize("moment", MOMENTS)
def test_run_twice_it_changes_nothing(db: Database, cast: Cast, moment: str) -> None:
    sweep(db, at(moment))
    before = whole_database(db)
    assert sweep(db, at(moment)) == {}
    assert whole_database(db) == before


def test_a_clock_set_ahead_and_right_again_costs_nothing_and_tells_nothing_twice(
    db: Database, cast: Cast
) -> None:
    sweep(db, at("2026-07-09 09:00"))
    sweep(db, at("2027-07-09 09:00"))
    assert {row.state for row in papers(db) if row.period_end.year == 2026} == {"missed"}
    heard = first_lines(db, 103)
    sweep(db, at("2026-07-09 09:01"))
    assert {row.state for row in papers(db)} == {"open"}
    sweep(db, at("2026-07-10 09:00"))
    assert first_lines(db, 103) == heard, "what was told at the wrong time is not told again"
    sweep(db, at("2026-07-30 09:00"))
    assert {row.state for row in papers(db)} == {"missed"}


def test_after_a_downtime_a_pile_of_reminders_is_one(db: Database, cast: Cast) -> None:
    sweep(db, at("2026-06-20 09:00"))
    sweep(db, at("2026-07-09 18:00"))
    assert first_lines(db, 103) == ["📌 2 papers still to file"]
    sweep(db, at("2026-07-10 09:00"))
    assert len(first_lines(db, 103)) == 2, "and the next one comes at its own time"


def test_what_fell_wholly_into_a_downtime_is_missed_and_said_once(db: Database, cast: Cast) -> None:
    sweep(db, at("2026-09-01 09:00"))
    assert {state for _c, _s, state in states(db)} == {"missed"}
    assert first_lines(db, 103) == ["📌 2 papers counted as missed"]


def test_what_was_due_before_the_hospital_was_set_up_is_never_owed(
    db: Database, cast: Cast
) -> None:
    late = update(HOSPITAL).where(HOSPITAL.c.code == "QP01")
    db.run_now(lambda conn: conn.execute(late.values(created_at=at("2026-07-11 08:00"))))
    sweep(db, at("2026-07-30 09:00"))
    assert papers(db) == []
    assert len(papers(db, "QP02")) == 2


# -- who is told ---------------------------------------------------------------------------------


def test_only_the_hospitals_own_officers_and_administrators_are_told(
    db: Database, cast: Cast
) -> None:
    other = update(HOSPITAL).where(HOSPITAL.c.code == "QP02")
    db.run_now(lambda conn: conn.execute(other.values(created_at=at("2026-08-01 00:00"))))
    for moment in (*MOMENTS, "2026-07-10 09:00"):
        sweep(db, at(moment))
    sweep(db, at("2026-12-31 09:00"))
    sweep(db, at("2027-01-12 09:00"))
    assert {reader for reader, _text in owed(db) if reader < 200} == DUTY


def test_who_cannot_be_reached_or_was_removed_is_not_written_to(db: Database, cast: Cast) -> None:
    gone = update(MEMBER).where(MEMBER.c.id == cast.officer.id)
    db.run_now(lambda conn: conn.execute(gone.values(unreachable_at=at("2026-06-01 00:00"))))
    removed = update(MEMBER).where(MEMBER.c.id == cast["QP02"]["admin"].id)
    db.run_now(lambda conn: conn.execute(removed.values(removed_at=at("2026-06-01 00:00"))))
    sweep(db, at("2026-07-09 09:00"))
    assert {reader for reader, _text in owed(db)} == {104, 203}


def test_each_reads_it_in_their_own_language(db: Database, cast: Cast) -> None:
    chinese = update(MEMBER).where(MEMBER.c.id == cast.admin.id)
    db.run_now(lambda conn: conn.execute(chinese.values(locale="zh_Hans")))
    sweep(db, at("2026-07-10 09:00"))
    said = dict(owed(db))
    assert "First-half" in said[103]
    assert "上半年" in said[104]


# -- side by side --------------------------------------------------------------------------------


def test_sweeps_that_run_at_once_do_each_thing_once(postgres_db: Database, cast: Cast) -> None:
    moments = [at(moment) for moment in MOMENTS]
    for moment in moments:
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda _, m=moment: sweep(postgres_db, m), range(4)))  # type: ignore[misc]
    assert len(papers(postgres_db)) == 2
    assert first_lines(postgres_db, 103) == [
        "📌 2 papers still to file",
        "📌 2 papers still to file",
        "📌 2 papers counted as missed",
    ]
