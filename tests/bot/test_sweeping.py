"""A sweep in slices: each a transaction of a moment, resumed where it ended; a crash between two loses nothing."""

import asyncio
import time
from collections.abc import Sequence
from datetime import datetime
from functools import partial

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from bot.db import Database
from bot.registry import Piece, Sweep, Swept
from bot.scheduler import Clockwork
from bot.sweeping import SLICE, run_slice, sweep_through
from models.setting import claim
from tests.bot.wire import Wire, letter, rows, sending, until
from tests.people import NOW


class Clock:
    """A clock that every piece moves on."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def tell(conn: Connection, now: datetime, *, who: int, clock: Clock | None = None) -> Swept:
    """A piece that owes one message, once, and takes a hundredth of a second."""
    if clock:
        clock.now += 0.0101
    if not claim(conn, kind="told", subject=str(who), period="once", at=now):
        return Swept(counts={})
    return Swept(counts={"told": 1}, out=[letter(f"{who}", chat_id=who)])


def telling(number: int, clock: Clock | None = None) -> Sweep:
    """A sweep that tells so many people."""
    rest = [partial(tell, who=who, clock=clock) for who in range(1, number + 1)]
    return Sweep(name="telling", run=lambda _conn, _now: Swept(counts={"told": 0}, rest=rest))


def slices(db: Database, sweep: Sweep, clock: Clock) -> list[Sequence[Piece]]:
    """What was left after each slice."""
    left: Sequence[Piece] = (sweep.run,)
    found = []
    while left:
        unit = partial(run_slice, pieces=left, now=NOW, length=0.05, clock=clock)
        left = db.run_now(unit).left
        found.append(left)
    return found


def test_a_slice_ends_when_its_time_is_over_and_the_next_goes_on_there(db: Database) -> None:
    clock = Clock()
    found = slices(db, telling(12, clock), clock)
    assert [len(left) for left in found] == [7, 2, 0]
    assert [row.chat_id for row in rows(db)] == list(range(1, 13))


def test_a_piece_that_is_longer_than_a_slice_is_not_cut(sqlite_db: Database) -> None:
    clock = Clock()

    def long(conn: Connection, now: datetime) -> Swept:
        clock.now += 10 * SLICE
        return tell(conn, now, who=int(clock.now * 100))

    found = slices(
        sqlite_db, Sweep(name="long", run=lambda _c, _n: Swept(counts={}, rest=[long, long])), clock
    )
    assert [len(left) for left in found] == [1, 0]


def test_what_a_piece_finds_to_do_comes_before_what_was_found_earlier(sqlite_db: Database) -> None:
    def of(name: str, *rest: Piece) -> Piece:
        return lambda _conn, _now: Swept(counts={}, out=[letter(name)], rest=rest)

    sweep = Sweep(name="tree", run=of("0", of("1", of("1a"), of("1b")), of("2")))
    _counts, out = sweep_through(sqlite_db.run_now, sweep, now=NOW)
    assert [item.payload["text"] for item in out] == ["0", "1", "1a", "1b", "2"]


@pytest.mark.parametrize("after", [0, 1, 2])
def test_a_crash_between_two_slices_loses_and_doubles_nothing(db: Database, after: int) -> None:
    clock, sweep = Clock(), telling(12)
    left: Sequence[Piece] = (sweep.run,)
    for _ in range(after):
        left = db.run_now(partial(run_slice, pieces=left, now=NOW, length=0.0, clock=clock)).left
    sweep_through(db.run_now, sweep, now=NOW)
    sweep_through(db.run_now, sweep, now=NOW)
    assert sorted(row.chat_id for row in rows(db)) == list(range(1, 13))


def test_a_slice_that_is_not_committed_has_done_nothing(db: Database) -> None:
    sweep = telling(3)

    def die(conn: Connection) -> None:
        run_slice(conn, (sweep.run,), now=NOW, length=60.0)
        raise KeyError("killed")

    with pytest.raises(KeyError):
        db.run_now(die)
    assert rows(db) == []
    assert sweep_through(db.run_now, sweep, now=NOW)[0] == {"told": 3}


def test_a_fault_in_a_piece_undoes_that_piece_alone_and_is_told(db: Database) -> None:
    def stumble(conn: Connection, now: datetime) -> Swept:
        tell(conn, now, who=99)
        raise ValueError("a fault of ours")

    rest = [partial(tell, who=1), stumble, partial(tell, who=2)]
    sweep = Sweep(name="stumbling", run=lambda _conn, _now: Swept(counts={}, rest=rest))
    done = db.run_now(partial(run_slice, pieces=(sweep.run,), now=NOW, length=60.0))
    assert [str(each) for each in done.faults] == ["a fault of ours"]
    assert [row.chat_id for row in rows(db)] == [1, 2]
    assert db.run_now(lambda conn: claim(conn, kind="told", subject="99", period="once", at=NOW))
    with pytest.raises(ValueError, match="a fault of ours"):
        sweep_through(db.run_now, sweep, now=NOW)


def test_that_the_database_is_not_there_ends_the_slice(sqlite_db: Database) -> None:
    def gone(_conn: Connection, _now: datetime) -> Swept:
        raise OperationalError("SELECT 1", {}, Exception("database is locked"))

    with pytest.raises(OperationalError):
        sqlite_db.run_now(partial(run_slice, pieces=(gone,), now=NOW))


async def test_between_slices_everybody_else_has_their_turn(sqlite_db: Database) -> None:
    """Five seconds of work; the sweep of every second and an update of somebody's wait for a slice of it each."""

    def work(_conn: Connection, _now: datetime) -> Swept:
        time.sleep(0.01)
        return Swept(counts={"worked": 1})

    ticks: list[float] = []

    def tick(_conn: Connection, _now: datetime) -> Swept:
        ticks.append(time.monotonic())
        return Swept(counts={})

    long = Sweep(name="long", run=lambda _c, _n: Swept(counts={}, rest=[work] * 250))
    fast = Sweep(name="fast", run=tick, every=1)
    async with sending(sqlite_db, Wire()) as outbox:
        clockwork = Clockwork(db=sqlite_db, sweeps=[long, fast], sender=outbox, now=lambda: NOW)
        began = time.monotonic()
        clockwork.start()
        waits = []
        for _ in range(20):
            await asyncio.sleep(0.05)
            asked = time.monotonic()
            await sqlite_db.run(lambda _conn: None)
            waits.append(time.monotonic() - asked)
        await until(lambda: len(ticks) >= 3, timeout=5)
        assert time.monotonic() - began < 5
        clockwork.stop()
    assert sorted(waits)[-3] < 0.2, waits
