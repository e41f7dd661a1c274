"""The daily digest: to administrators only, once a day at eight, and only when something happened."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, update

from bot.db import Database
from bot.messages import Priority
from models.case import open_case, set_case
from models.incident import insert_incident
from models.people import MEMBER, remove_member
from tests.handlers.sweeping import at, owed, sweep
from tests.people import Cast

# How it speaks, and for whom, hardly depends on the engine: on PostgreSQL by night.
pytestmark = pytest.mark.postgres_nightly


def happens(db: Database, cast: Cast, when: datetime, *, n: int = 1, **changed: str) -> None:
    """An incident reported by the guard of QP01."""
    values = {"category": "theft", "severity": "general", **changed}
    hospital_id = cast.hospital("QP01").id

    def file(conn: Connection) -> None:
        incident_id = insert_incident(
            conn,
            number=f"QP01-2026-{n:04d}",
            kind="report",
            confidential=False,
            hospital_id=hospital_id,
            reporter_id=cast.guard.id,
            reporter_role="guard",
            draft_id=n,
            place="ER",
            description="somebody took a phone",
            occurred_at=when,
            discovered_at=when,
            reported_at=when,
            **values,
        )
        open_case(
            conn,
            incident_id=incident_id,
            hospital_id=hospital_id,
            chain=[],
            changed_at=when,
            next_at=when + timedelta(days=999),
            **values,
        )

    db.run_now(file)


def digests(db: Database) -> list[tuple[int, str]]:
    """What was owed as digests."""
    return owed(db, Priority.DIGEST)


def test_it_tells_administrators_what_was_new(db: Database, cast: Cast) -> None:
    happens(db, cast, at("2026-03-16 21:42"))
    happens(db, cast, at("2026-03-16 22:00"), n=2)
    happens(db, cast, at("2026-03-17 02:00"), n=3, category="fire", severity="major")
    sweep(db, at("2026-03-17 08:00"))
    assert [reader for reader, _text in digests(db)] == [cast.admin.user_id]
    assert digests(db)[0][1].splitlines() == [
        "Daily digest: 3 new incidents",
        "Theft 2, Fire 1",
        "major 1, minor 2",
    ]


def test_it_counts_what_holds_now_not_what_was_filed(db: Database, cast: Cast) -> None:
    for n in range(1, 5):
        happens(db, cast, at("2026-03-16 21:42"), n=n)

    def change(conn: Connection) -> None:
        set_case(conn, 1, category="fire", severity="major")
        set_case(conn, 2, state="false_alarm")
        set_case(conn, 3, state="merged", merged_into=1)

    db.run_now(change)
    sweep(db, at("2026-03-17 08:00"))
    assert digests(db)[0][1].splitlines() == [
        "Daily digest: 2 new incidents",
        "Fire 1, Theft 1",
        "major 1, minor 1",
    ]


def test_before_eight_there_is_none(db: Database, cast: Cast) -> None:
    happens(db, cast, at("2026-03-16 21:42"))
    sweep(db, at("2026-03-17 07:59"))
    assert digests(db) == []


def test_a_quiet_day_has_none(db: Database, cast: Cast) -> None:
    happens(db, cast, at("2026-03-16 21:42"))
    for day in (17, 18, 19):
        sweep(db, at(f"2026-03-{day} 08:01"))
    assert len(digests(db)) == 1


def test_run_often_it_comes_once_a_day(db: Database, cast: Cast) -> None:
    happens(db, cast, at("2026-03-17 07:00"))
    for hour in (8, 9, 12, 23):
        sweep(db, at(f"2026-03-17 {hour:02d}:00"))
    happens(db, cast, at("2026-03-17 23:30"), n=2)
    sweep(db, at("2026-03-17 23:59"))
    assert len(digests(db)) == 1
    sweep(db, at("2026-03-18 08:00"))
    assert len(digests(db)) == 2
    assert "1 new incident" in digests(db)[1][1], "what came after the last one is in the next"


def test_nothing_between_two_digests_is_left_out(db: Database, cast: Cast) -> None:
    moments = ["2026-03-17 07:59:59", "2026-03-17 08:00:00", "2026-03-18 07:59:59"]
    for n, moment in enumerate(moments, start=1):
        happens(db, cast, at(moment), n=n)
    sweep(db, at("2026-03-17 08:00"))
    sweep(db, at("2026-03-18 08:00"))
    assert [text.splitlines()[0] for _reader, text in digests(db)] == [
        "Daily digest: 1 new incident",
        "Daily digest: 2 new incidents",
    ]


def test_after_a_downtime_one_tells_it_all(db: Database, cast: Cast) -> None:
    for n in range(1, 4):
        happens(db, cast, at(f"2026-03-{16 + n} 12:00"), n=n)
    sweep(db, at("2026-03-25 11:00"))
    assert len(digests(db)) == 1
    assert "3 new incidents" in digests(db)[0][1]


def test_a_look_ahead_takes_nothing_from_the_days_between(db: Database, cast: Cast) -> None:
    """``sweep --at`` next year must not silence the digests of this one."""
    sweep(db, at("2027-03-01 12:00"))
    before = len(digests(db))
    happens(db, cast, at("2026-03-17 12:00"))
    sweep(db, at("2026-03-18 08:00"))
    assert len(digests(db)) == before + 1
    assert "1 new incident" in digests(db)[-1][1]


def test_it_says_what_waits_and_what_a_miss_costs(db: Database, cast: Cast) -> None:
    happens(db, cast, at("2026-06-25 12:00"))
    sweep(db, at("2026-06-26 09:01"))
    said = dict(digests(db))[cast.admin.user_id]
    assert said.splitlines()[0] == "Daily digest: 1 new incident"
    assert "Waiting to be filed: 2" in said
    assert "· 2026 First-half anti-crime summary (14 days left)" in said
    assert "Missed for 2026 so far: 0." in said


def test_what_waits_is_no_news_of_its_own(db: Database, cast: Cast) -> None:
    sweep(db, at("2026-06-26 09:01"))
    assert digests(db) == [], "it has reminders of its own"


def test_it_says_what_is_newly_missed(db: Database, cast: Cast) -> None:
    sweep(db, at("2026-07-17 08:00"))
    sweep(db, at("2026-07-18 08:00"))
    said = [text for reader, text in digests(db) if reader == cast.admin.user_id][-1]
    assert "Newly missed: 2026 First-half anti-crime summary" in said
    assert "Missed for 2026 so far: 2." in said
    sweep(db, at("2026-07-19 08:00"))
    assert [text for reader, text in digests(db) if reader == cast.admin.user_id][-1] == said


def test_one_hospitals_incidents_are_no_news_in_another(db: Database, cast: Cast) -> None:
    happens(db, cast, at("2026-03-16 21:42"))
    sweep(db, at("2026-03-17 08:00"))
    assert cast["QP02"]["admin"].user_id not in dict(digests(db))


@pytest.mark.parametrize("gone", ["removed", "blocked"])
def test_who_is_gone_gets_none(db: Database, cast: Cast, gone: str) -> None:
    happens(db, cast, at("2026-03-16 21:42"))
    when = at("2026-03-16 22:00")
    if gone == "removed":
        db.run_now(lambda conn: remove_member(conn, cast.admin.id, now=when))
    else:
        blocked = update(MEMBER).where(MEMBER.c.id == cast.admin.id).values(unreachable_at=when)
        db.run_now(lambda conn: conn.execute(blocked))
    sweep(db, at("2026-03-17 08:00"))
    assert digests(db) == []


def test_sweeps_at_once_owe_one(postgres_db: Database, cast: Cast) -> None:
    happens(postgres_db, cast, at("2026-03-16 21:42"))
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: sweep(postgres_db, at("2026-03-17 08:00")), range(4)))
    assert len(digests(postgres_db)) == 1
