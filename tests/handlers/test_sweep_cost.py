"""The sweep of deadlines costs what is due, not what is stored: the same work beside little and beside much."""

import shutil
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event, func, insert, select, text, update

from bot.db import Database
from bot.sweeping import sweep_through
from handlers.deadlines import DEADLINES
from models.base import insert_row
from models.deadlines import ADMIN, Step, freeze
from models.obligation import NOTICE, OBLIGATION
from models.outbox import OUTBOX
from models.people import DISTRICT, HOSPITAL, MEMBER
from tests.postgres import Postgres

NOW = datetime(2026, 3, 16, 2, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
CODES = ("O4H", "O5", "O8", "O10", "O13", "O1")
A_YEAR = 200
"""Papers that a hospital owes in a year."""
Fresh = Callable[[], Database]


@pytest.fixture(params=["sqlite", "postgresql"])
def fresh(request: pytest.FixtureRequest, migrated_sqlite: Path, tmp_path: Path) -> Iterator[Fresh]:
    """Makes migrated databases of one engine; all are gone after the test, a million rows are large."""
    opened: list[Database] = []

    def make() -> Database:
        if request.param == "sqlite":
            copy = shutil.copy(migrated_sqlite, tmp_path / f"{len(opened)}.db")
            opened.append(Database(f"sqlite:///{copy}"))
        else:
            server: Postgres = request.getfixturevalue("postgres")
            name = request.getfixturevalue("migrated_postgres")
            opened.append(Database(server.fresh(like=name)))
        return opened[-1]

    yield make
    for db in opened:
        db.close()
        url = db.engine.url
        if request.param == "sqlite":
            Path(url.database or "").unlink()
        else:
            request.getfixturevalue("postgres").drop(f"@/{url.database}?")


def fill(db: Database, *, hospitals: int, copies: int, years: int, due: int) -> Database:
    """So many hospitals and as many copies of each with so many years behind them; the first ones have work due."""
    db.run_now(lambda conn: _found(conn, hospitals * copies))
    sweep_through(db.run_now, DEADLINES, now=NOW - DAY)
    db.run_now(lambda conn: _bring_history(conn, hospitals, copies, years))
    sweep_through(db.run_now, DEADLINES, now=NOW)
    db.run_now(lambda conn: _bring_work(conn, hospitals, due // hospitals))
    if not db.grouped:
        # Which its own housekeeping would do a minute later, in the middle of the measurement.
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
            conn.execute(text("VACUUM ANALYZE"))
    return db


def _found(conn: Connection, number: int) -> None:
    district = insert_row(conn, DISTRICT, name="青浦区")
    ids = range(1, number + 1)
    hospitals = [
        {
            "id": each,
            "district_id": district,
            "code": f"H{each}",
            "name": f"Hospital {each}",
            "level": 3,
            "timezone": "Asia/Shanghai",
            "created_at": NOW - DAY,
        }
        for each in ids
    ]
    conn.execute(insert(HOSPITAL), hospitals)
    people = [
        {
            "telegram_id": 10 * each + place,
            "hospital_id": each,
            "role": role,
            "display_name": role,
            "locale": "en",
            "locale_chosen": True,
            "joined_at": NOW - DAY,
        }
        for each in ids
        for place, role in enumerate(("officer", "admin"))
    ]
    conn.execute(insert(MEMBER), people)


def _paper(hospital: int, code: str, subject: str, day: date, **values: Any) -> dict[str, Any]:
    due = datetime(day.year, day.month, day.day, tzinfo=UTC) + 10 * DAY
    steps = [Step(f"d{n}", due - n * DAY, ADMIN) for n in (7, 3, 1, 0)]
    return {
        "hospital_id": hospital,
        "code": code,
        "subject": subject,
        "period_start": day,
        "period_end": day,
        "opens_at": due - 7 * DAY,
        "due_at": due,
        "missed_at": due + 7 * DAY,
        "steps": freeze([*steps, Step("missed", due + 9 * DAY, ADMIN)]),
        "state": "on_time",
        "created_at": due - 30 * DAY,
        "submitted_at": None,
        "next_at": None,
        **values,
    }


def _ahead(row: dict[str, Any], day: date) -> dict[str, Any]:
    later = _paper(row["hospital_id"], row["code"], row["subject"], day, state="scheduled")
    return {**later, "next_at": later["opens_at"]}


def _bring_history(conn: Connection, hospitals: int, copies: int, years: int) -> None:
    """Most were filed, some missed, some are still ahead; then all of it once more for each copy."""
    for hospital in range(1, hospitals + 1):
        rows = []
        for number in range(years * A_YEAR):
            year, place = divmod(number, A_YEAR)
            day = date(2025 - year, 1, 1) + timedelta(days=place)
            row = _paper(hospital, CODES[number % len(CODES)], f"h{place % 4}", day)
            if number % 10 == 0:
                row |= {"state": "missed"}
            elif number % 10 == 1 and year == 0:
                row = _ahead(row, NOW.date() + (20 + place) * DAY)
            else:
                row |= {"submitted_at": row["due_at"] - HOUR}
            rows.append(row)
        conn.execute(insert(OBLIGATION), rows)
    columns = [each for each in OBLIGATION.c if each.name not in ("id", "hospital_id")]
    for copy in range(1, copies):
        shifted = (OBLIGATION.c.hospital_id + copy * hospitals).label("hospital_id")
        source = select(shifted, *columns).where(
            OBLIGATION.c.subject.like("h%"), OBLIGATION.c.hospital_id <= hospitals
        )
        names = ["hospital_id", *(each.name for each in columns)]
        conn.execute(insert(OBLIGATION).from_select(names, source))


def _bring_work(conn: Connection, hospitals: int, each: int) -> None:
    day = NOW.date()
    values = {"state": "open", "opens_at": NOW - DAY, "next_at": NOW}
    values["steps"] = freeze([Step("d3", NOW - HOUR, ADMIN), Step("d1", NOW + 2 * DAY, ADMIN)])
    rows = [
        _paper(hospital, CODES[number % len(CODES)], f"due{number}", day, **values)
        for hospital in range(1, hospitals + 1)
        for number in range(each)
    ]
    conn.execute(insert(OBLIGATION), rows)


class Measured:
    """A database with the best time of its sweeps and how many statements the last one took."""

    def __init__(self, db: Database, due: int) -> None:
        self.db, self.due = db, due
        self.best, self.statements = float("inf"), 0
        first = select(func.max(OBLIGATION.c.id) - due + 1)
        work = OBLIGATION.c.id >= db.run_now(lambda conn: conn.execute(first).scalar_one())
        # By number: a search through everything before each sweep would be measured in it.
        self._again = update(OBLIGATION).where(work).values(next_at=NOW, state="open")
        event.listen(db.engine, "before_cursor_execute", self._count)

    def _count(self, *_call: object) -> None:
        self.statements += 1

    def stored(self) -> int:
        """How many papers there are."""
        count = select(func.count()).select_from(OBLIGATION)
        return int(self.db.run_now(lambda conn: conn.execute(count).scalar_one()))

    def sweep(self) -> None:
        """Run one with the same work due as every time before, its commit included."""
        self.db.run_now(self._rewind)
        self.statements = 0
        started = time.perf_counter()
        counts, out = sweep_through(self.db.run_now, DEADLINES, now=NOW)
        self.best = min(self.best, time.perf_counter() - started)
        assert counts["reminded"] == 2 * self.due  # the officer and the administrator of each
        assert len(out) == len({each.chat_id for each in out})

    def _rewind(self, conn: Connection) -> None:
        conn.execute(NOTICE.delete())
        conn.execute(OUTBOX.delete())
        conn.execute(self._again)


def measure(few: Measured, many: Measured, rounds: int) -> str:
    """Sweep both in turn, so that a busy machine slows both; what came out, in words."""
    for _ in range(rounds):
        for each in (few, many):
            each.sweep()
    return (
        f"{few.due} due among {few.stored():,} and {many.stored():,}: "
        f"{few.best:.3f} s and {many.best:.3f} s, ratio {many.best / few.best:.2f}, "
        f"{few.statements} and {many.statements} statements"
    )


def test_a_sweep_costs_what_is_due(fresh: Fresh) -> None:
    few = Measured(fill(fresh(), hospitals=10, copies=1, years=1, due=200), 200)
    many = Measured(fill(fresh(), hospitals=10, copies=4, years=5, due=200), 200)
    said = measure(few, many, rounds=3)
    assert few.statements == many.statements, said
    assert many.best < 2 * few.best, said
    assert few.stored() < 3_000, said
    assert many.stored() > 40_000, said


def test_nothing_that_a_sweep_asks_reads_through_all_papers(sqlite_db: Database) -> None:
    fill(sqlite_db, hospitals=2, copies=1, years=1, due=40)
    asked: dict[str, Any] = {}

    def note(_conn: object, _cursor: object, said: str, values: Any, *_rest: object) -> None:
        asked[said] = values

    event.listen(sqlite_db.engine, "before_cursor_execute", note)
    sweep_through(sqlite_db.run_now, DEADLINES, now=NOW)
    event.remove(sqlite_db.engine, "before_cursor_execute", note)
    plans = {said: _plan(sqlite_db, said, values) for said, values in asked.items()}
    about = {said: plan for said, plan in plans.items() if "obligation" in plan}
    assert len(about) >= 5
    assert {said: plan for said, plan in about.items() if "SCAN obligation" in plan} == {}


def _plan(db: Database, said: str, values: Any) -> str:
    """How SQLite would go about a statement."""
    values = values[0] if isinstance(values, list) else values
    with db.engine.connect() as conn:
        rows = conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {said}", values)
        return "; ".join(row[3] for row in rows)


@pytest.mark.nightly
@pytest.mark.timeout(900)
def test_a_thousand_due_among_a_million_cost_what_they_cost_among_ten_thousand(
    fresh: Fresh, capsys: pytest.CaptureFixture[str]
) -> None:
    few = Measured(fill(fresh(), hospitals=50, copies=1, years=1, due=1_000), 1_000)
    many = Measured(fill(fresh(), hospitals=50, copies=10, years=10, due=1_000), 1_000)
    said = measure(few, many, rounds=7)
    with capsys.disabled():
        print(f"\n{few.db.engine.dialect.name}: {said}")  # noqa: T201 - for whoever runs the campaign
    assert few.statements == many.statements, said
    assert many.best < 1.3 * few.best, said
    assert many.stored() > 1_000_000, said
