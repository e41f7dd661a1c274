"""The chain of papers never breaks: whatever is settled before a sweep has seen it open, the next one is stored."""

from datetime import date
from typing import Any

import pytest

from bot.db import Database
from handlers.papers import papers_at, stored_paper, to_file
from models.house_rule import set_rule
from models.obligation import submit, unwaive, waive
from models.paper_plan import PAPER
from models.people import HospitalFacts
from tests.handlers.sweeping import at, papers, sweep
from tests.people import SET_UP, Cast, owe

FEBRUARY, MARCH, APRIL = date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)


@pytest.fixture
def hospital(db: Database, cast: Cast) -> HospitalFacts:
    """QP01 owes the monthly inspection, its paper of February opens on the 25th, and the weekly bulletin."""
    found = cast.hospital("QP01")
    db.run_now(lambda conn: owe(conn, found, "O8"))
    change(db, found, "O11", enabled=True)
    sweep(db, at("2026-02-10 09:00"))
    return found


def change(db: Database, hospital: HospitalFacts, code: str, **values: Any) -> None:
    key = PAPER + code
    db.run_now(lambda conn: set_rule(conn, hospital.id, key, values, by=None, now=SET_UP))


def stored(db: Database, code: str = "O8") -> list[date]:
    return sorted(row.period_end for row in papers(db, ahead=True) if row.code == code)


def row_of(db: Database, hospital: HospitalFacts, key: str, now: str) -> Any:
    return db.run_now(lambda conn: stored_paper(conn, hospital, key, at(now)))


def file(db: Database, hospital: HospitalFacts, key: str, now: str) -> None:
    row = row_of(db, hospital, key, now)
    done = db.run_now(lambda conn: submit(conn, row.id, filed_at=at(now), new="on_time"))
    assert done


def test_filed_in_the_minute_between_its_opening_and_the_sweep(
    db: Database, hospital: HospitalFacts
) -> None:
    file(db, hospital, f"O8||{FEBRUARY}", "2026-02-25 09:00:20")
    sweep(db, at("2026-02-25 09:01"))
    assert stored(db) == [FEBRUARY, MARCH]


def test_waived_early_and_owed_again_just_before_it_opens(
    db: Database, hospital: HospitalFacts, cast: Cast
) -> None:
    row = row_of(db, hospital, f"O8||{FEBRUARY}", "2026-02-20 09:00")
    who, when = cast.admin.id, at("2026-02-20 09:00")
    db.run_now(lambda conn: waive(conn, row.id, now=when, member_id=who, reason="closed"))
    db.run_now(lambda conn: unwaive(conn, row.id, now=at("2026-02-25 08:59:50")))
    sweep(db, at("2026-02-25 09:01"))
    assert stored(db) == [FEBRUARY, MARCH]
    assert [row.state for row in papers(db) if row.code == "O8"] == ["open"]


def test_times_changed_while_a_paper_is_open(db: Database, hospital: HospitalFacts) -> None:
    sweep(db, at("2026-02-25 09:01"))
    later = {"reminders": {"days_before": [1, 0]}}  # by which that of February would be ahead again
    db.run_now(lambda conn: set_rule(conn, hospital.id, PAPER + "O8", later, by=None, now=SET_UP))
    sweep(db, at("2026-02-25 09:02"))
    assert stored(db) == [FEBRUARY, MARCH]
    offered = db.run_now(lambda conn: to_file(conn, hospital, at("2026-02-25 09:03")))
    keys = [each.key for each in offered]
    assert len(keys) == len(set(keys)), "and nothing is offered twice"


def test_of_a_pile_the_last_is_filed_before_the_first_sweep(
    db: Database, hospital: HospitalFacts
) -> None:
    sweep(db, at("2026-03-01 09:00"))
    now = "2026-03-28 16:00"
    sundays = [date(2026, 3, 8), date(2026, 3, 15), date(2026, 3, 22), date(2026, 3, 29)]
    file(db, hospital, f"O11||{sundays[-1]}", now)
    owed = db.run_now(lambda conn: papers_at(conn, hospital, at(now)))
    listed = sorted(each.period_end for each in owed if each.code == "O11")
    assert [each for each in listed if each >= sundays[0]] == sundays
    sweep(db, at(now))
    assert [each for each in stored(db, "O11") if each >= sundays[0]] == [
        *sundays,
        date(2026, 4, 5),
    ]
