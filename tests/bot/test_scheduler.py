"""The clockwork: each sweep in its own rhythm, one that fails stops no other, and an idle one is not heard."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import Connection
from structlog.testing import capture_logs

from bot.db import Database
from bot.registry import Sweep, Swept
from bot.scheduler import Clockwork
from tests.bot.wire import Wire, letter, sending, states, until
from tests.people import NOW


class Counter:
    """A sweep that counts its runs and does what it is told to."""

    def __init__(self, name: str, every: int, does: Callable[[Connection], Swept] | None = None):
        self.runs, self._does = 0, does
        self.sweep = Sweep(name=name, run=lambda conn, _now: self._run(conn), every=every)

    def _run(self, conn: Connection) -> Swept:
        self.runs += 1
        return self._does(conn) if self._does else Swept(counts={"done": 0}, out=[])


def fail(_conn: Connection) -> Swept:
    """What a fault of ours looks like."""
    raise ValueError("a fault of ours")


@asynccontextmanager
async def ticking(db: Database, *counters: Counter) -> AsyncIterator[Clockwork]:
    """A clockwork at work."""
    async with sending(db, Wire()) as outbox:
        sweeps = [each.sweep for each in counters]
        clockwork = Clockwork(db=db, sweeps=sweeps, sender=outbox, now=lambda: NOW)
        clockwork.start()
        yield clockwork
        clockwork.stop()


async def test_each_runs_at_the_start_and_then_in_its_own_rhythm(sqlite_db: Database) -> None:
    fast, slow = Counter("fast", 1), Counter("slow", 60)
    async with ticking(sqlite_db, fast, slow):
        await until(lambda: slow.runs == 1 and fast.runs >= 3, timeout=5)
    assert slow.runs == 1


async def test_an_idle_tick_is_not_logged(sqlite_db: Database) -> None:
    fast = Counter("fast", 1)
    with capture_logs() as logs:
        async with ticking(sqlite_db, fast):
            await until(lambda: fast.runs >= 2, timeout=4)
    assert logs == []


async def test_one_that_fails_stops_no_other_and_is_told_of_once_a_minute(
    sqlite_db: Database,
) -> None:
    bad, good = Counter("bad", 1, fail), Counter("good", 1)
    with capture_logs() as logs:
        async with ticking(sqlite_db, bad, good):
            await until(lambda: bad.runs >= 2 and good.runs >= 2, timeout=4)
    assert [entry["sweep"] for entry in logs] == ["bad"]


async def test_a_poke_runs_the_fast_ones_at_once_and_leaves_the_slow_ones_alone(
    sqlite_db: Database,
) -> None:
    fast, slow = Counter("fast", 30), Counter("slow", 60)
    async with ticking(sqlite_db, fast, slow) as clockwork:
        await until(lambda: (fast.runs, slow.runs) == (1, 1))
        clockwork.poke()
        await until(lambda: fast.runs == 2, timeout=1)
    assert slow.runs == 1


async def test_a_poke_while_it_runs_makes_it_run_once_more(sqlite_db: Database) -> None:
    """The run that is under way may have looked before the change that it is poked for."""
    fast = Counter("fast", 30)
    async with ticking(sqlite_db, fast) as clockwork:
        await until(lambda: fast.runs == 1)
        gate, run = asyncio.Event(), sqlite_db.run

        async def held(unit: Callable[[Connection], object], **how: Any) -> object:
            result = await run(unit, **how)
            await gate.wait()
            return result

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sqlite_db, "run", held)
            clockwork.poke()
            await until(lambda: fast.runs == 2)
            clockwork.poke()
            clockwork.poke()
            gate.set()
            await until(lambda: fast.runs == 3)
            await asyncio.sleep(0.1)
    assert fast.runs == 3, "once more, however often it was poked"


async def test_by_hand_all_run_whatever_their_rhythm(sqlite_db: Database) -> None:
    counters = [Counter("fast", 1), Counter("bad", 1, fail), Counter("slow", 60)]
    async with sending(sqlite_db, Wire()) as outbox:
        sweeps = [each.sweep for each in counters]
        await Clockwork(db=sqlite_db, sweeps=sweeps, sender=outbox, now=lambda: NOW).sweep()
    assert [each.runs for each in counters] == [1, 1, 1]


async def test_what_a_sweep_owes_is_sent(db: Database) -> None:
    def owe(_conn: Connection) -> Swept:
        return Swept(counts={"told": 1}, out=[letter("due")])

    wire = Wire()
    async with sending(db, wire) as outbox:
        clockwork = Clockwork(
            db=db, sweeps=[Counter("owing", 60, owe).sweep], sender=outbox, now=lambda: NOW
        )
        await clockwork.sweep()
        await until(lambda: states(db) == ["sent"])
    assert wire.texts == ["due"]
