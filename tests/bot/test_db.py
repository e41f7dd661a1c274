"""Units of work: all or nothing, answered only after their commit, nothing lost between them."""

import asyncio
import threading
from collections.abc import Callable

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from bot.db import Database
from models.number import SERIES

AT_ONCE = 500


def set_up(db: Database) -> None:
    """A table to count in; without a key, so that a unit can do what it likes."""

    def make(conn: Connection) -> None:
        conn.execute(text("CREATE TABLE tally (name TEXT UNIQUE, n INTEGER)"))
        conn.execute(text("INSERT INTO tally VALUES ('a', 0)"))

    db.run_now(make)


def names(db: Database) -> set[str]:
    """What another connection sees."""
    query = text("SELECT name FROM tally")
    return set(db.run_now(lambda conn: list(conn.execute(query).scalars())))


def write(name: str) -> Callable[[Connection], str]:
    """A unit that leaves a row."""

    def unit(conn: Connection) -> str:
        conn.execute(text("INSERT INTO tally VALUES (:name, 0)"), {"name": name})
        return name

    return unit


def write_and_fail(name: str) -> Callable[[Connection], str]:
    """A unit that leaves a row and then finds that it must not."""

    def unit(conn: Connection) -> str:
        write(name)(conn)
        raise LookupError(name)

    return unit


async def test_a_unit_returns_what_it_made_and_leaves_it(db: Database) -> None:
    set_up(db)
    assert await db.run(write("b")) == "b"
    assert names(db) == {"a", "b"}


async def test_a_failing_unit_undoes_only_itself(db: Database) -> None:
    set_up(db)
    units = [write("b"), write_and_fail("c"), write("a"), write("d")]
    results = await asyncio.gather(*map(db.run, units), return_exceptions=True)
    assert results[0] == "b"
    assert isinstance(results[1], LookupError)
    assert isinstance(results[2], IntegrityError)
    assert results[3] == "d"
    assert names(db) == {"a", "b", "d"}


async def test_every_one_of_500_increments_at_once_counts(db: Database) -> None:
    set_up(db)

    def raise_by_one(conn: Connection) -> int:
        lock = "" if db.grouped else " FOR UPDATE"
        found: int = conn.execute(text("SELECT n FROM tally" + lock)).scalar_one()
        conn.execute(text("UPDATE tally SET n = :n"), {"n": found + 1})
        return found + 1

    seen = await asyncio.gather(*(db.run(raise_by_one) for _ in range(AT_ONCE)))
    assert sorted(seen) == list(range(1, AT_ONCE + 1))


class Gate:
    """A unit that waits inside the writer until it is opened: what comes meanwhile forms one group."""

    def __init__(self) -> None:
        self.entered, self.open = threading.Event(), threading.Event()

    def __call__(self, _conn: Connection) -> None:
        self.entered.set()
        assert self.open.wait(10)


async def entered(gate: Gate) -> None:
    """Wait until the writer stands in the gate."""
    assert await asyncio.to_thread(gate.entered.wait, 10)


async def test_nobody_is_answered_before_the_commit_of_the_group(sqlite_db: Database) -> None:
    set_up(sqlite_db)
    first, second = Gate(), Gate()
    before = asyncio.create_task(sqlite_db.run(first))
    await entered(first)
    written = asyncio.create_task(sqlite_db.run(write("b")))
    after = asyncio.create_task(sqlite_db.run(second))
    await asyncio.sleep(0)
    first.open.set()
    await entered(second)
    await before
    await asyncio.sleep(0.05)
    assert not written.done(), "answered while its group was still being written"
    second.open.set()
    assert await written == "b"
    await after
    assert names(sqlite_db) == {"a", "b"}


def break_the_commit(conn: Connection) -> None:
    """A unit that only the COMMIT refuses: a department of a hospital that does not exist."""
    conn.execute(text("PRAGMA defer_foreign_keys = ON"))
    conn.execute(text("INSERT INTO department (hospital_id, name) VALUES (999, 'ER')"))


async def test_a_commit_that_fails_fails_everybody_in_it(sqlite_db: Database) -> None:
    set_up(sqlite_db)
    gate = Gate()
    before = asyncio.create_task(sqlite_db.run(gate))
    await entered(gate)
    units = [write("b"), break_the_commit, write("c")]
    group = [asyncio.create_task(sqlite_db.run(unit)) for unit in units]
    await asyncio.sleep(0)
    gate.open.set()
    results = await asyncio.gather(*group, return_exceptions=True)
    await before
    assert all(isinstance(result, IntegrityError) for result in results), results
    assert names(sqlite_db) == {"a"}
    assert await sqlite_db.run(write("d")) == "d", "the writer must go on"


async def test_on_postgresql_units_run_side_by_side(postgres_db: Database) -> None:
    set_up(postgres_db)
    gate = Gate()
    waiting = asyncio.create_task(postgres_db.run(gate))
    await entered(gate)
    assert await postgres_db.run(write("b")) == "b"
    assert not waiting.done()
    gate.open.set()
    await waiting


async def test_closing_finishes_what_was_handed_in(sqlite_db: Database) -> None:
    set_up(sqlite_db)
    handed_in = [asyncio.create_task(sqlite_db.run(write(f"n{i}"))) for i in range(20)]
    await asyncio.sleep(0)
    await asyncio.to_thread(sqlite_db.close)
    await asyncio.gather(*handed_in)
    assert len(names(sqlite_db)) == 21


def test_sqlite_is_durable_and_holds_references(sqlite_db: Database) -> None:
    def pragma(name: str) -> object:
        return sqlite_db.run_now(lambda conn: conn.execute(text(f"PRAGMA {name}")).scalar())

    assert pragma("journal_mode") == "wal"
    assert pragma("synchronous") == 2, "FULL: what was answered survives a power cut"
    assert pragma("foreign_keys") == 1
    with pytest.raises(IntegrityError):
        sqlite_db.run_now(
            lambda conn: conn.execute(SERIES.insert().values(hospital_id=9, year=1, last=1))
        )


def test_run_now_undoes_a_unit_that_fails(db: Database) -> None:
    set_up(db)
    with pytest.raises(LookupError):
        db.run_now(write_and_fail("b"))
    assert names(db) == {"a"}
