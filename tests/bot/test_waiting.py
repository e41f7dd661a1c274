"""Whose turn it is at the database: an alarm's before all, a sweep's last, and nobody's never."""

import asyncio
import threading
from typing import Any

import pytest
from sqlalchemy import Connection

from bot.db import Database
from bot.waiting import Job, Urgency, Waiting
from handlers import build_registry


class Order:
    """Units that note in which order they ran, and in which transaction; the writer is held until they all wait."""

    def __init__(self, db: Database) -> None:
        self.db, self.ran = db, list[str]()
        self.commits: list[list[str]] = []
        self._gate, self._entered = threading.Event(), threading.Event()

    def _hold(self, _conn: Connection) -> None:
        self._entered.set()
        assert self._gate.wait(10)

    def _note(self, conn: Connection, name: str) -> None:
        self.ran.append(name)
        if self.commits and conn is self._conn:
            self.commits[-1].append(name)
        else:
            self.commits.append([name])
        self._conn = conn

    async def run(self, *units: tuple[str, Urgency]) -> None:
        """Hand in units while the writer is busy, then let it go on."""
        holding = asyncio.create_task(self.db.run(self._hold))
        assert await asyncio.to_thread(self._entered.wait, 10)
        tasks = []
        for name, urgency in units:
            unit: Any = lambda conn, n=name: self._note(conn, n)  # noqa: E731
            tasks.append(asyncio.create_task(self.db.run(unit, urgency=urgency)))
            await asyncio.sleep(0)
        self._gate.set()
        await asyncio.gather(holding, *tasks)


async def test_what_an_alarm_waits_for_goes_before_all_and_a_sweep_after_all(
    sqlite_db: Database,
) -> None:
    order = Order(sqlite_db)
    await order.run(
        ("sweep", Urgency.SWEEP),
        ("first", Urgency.UPDATE),
        ("second", Urgency.UPDATE),
        ("tick", Urgency.TICK),
        ("alarm", Urgency.ALARM),
    )
    assert order.ran == ["alarm", "tick", "first", "second", "sweep"]


async def test_nobody_shares_a_commit_with_a_slice_of_a_sweep(sqlite_db: Database) -> None:
    order = Order(sqlite_db)
    units = [("a", Urgency.UPDATE), ("b", Urgency.UPDATE)]
    sweeps = [("x", Urgency.SWEEP), ("y", Urgency.SWEEP), ("t", Urgency.TICK)]
    await order.run(*sweeps, *units)
    assert order.commits == [["t"], ["a", "b"], ["x"], ["y"]]


async def test_an_alarm_passes_units_of_a_group_that_have_not_begun(sqlite_db: Database) -> None:
    loop, ran = asyncio.get_running_loop(), list[str]()
    alarm: list[asyncio.Future[None]] = []
    called = threading.Event()

    def call() -> None:
        alarm.append(
            asyncio.ensure_future(
                sqlite_db.run(lambda _c: ran.append("alarm"), urgency=Urgency.ALARM)
            )
        )
        loop.call_soon(called.set)

    def first(_conn: Connection) -> None:
        ran.append("first")
        loop.call_soon_threadsafe(call)
        assert called.wait(10)

    others = [sqlite_db.run(lambda _c, n=n: ran.append(f"{n}")) for n in range(5)]  # type: ignore[misc]
    await asyncio.gather(sqlite_db.run(first), *others)
    await asyncio.gather(*alarm)
    assert ran[:2] == ["first", "alarm"]
    assert sorted(ran[2:]) == ["0", "1", "2", "3", "4"]


def job(urgency: Urgency) -> Job:
    """A unit that is never run."""
    nobody: Any = None
    return Job(unit=lambda _conn: None, urgency=urgency, loop=nobody, future=nobody)


def test_a_sweep_waits_for_a_rush_and_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    waiting, sweep, now = Waiting(), job(Urgency.SWEEP), 100.0
    monkeypatch.setattr("bot.waiting.time.monotonic", lambda: now)
    waiting.put(sweep)
    served = []
    for _ in range(20):
        waiting.put(job(Urgency.UPDATE))
        now += 0.1
        served += [each for _due, _serial, each in waiting.take(1)]
    assert served.index(sweep) == pytest.approx(11, abs=1)


def test_an_update_waits_for_a_tick_and_not_for_every_next_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A locked database takes seconds to refuse each: two sweeps in turn would keep an update out for ever."""
    waiting, update, now = Waiting(), job(Urgency.UPDATE), 100.0
    monkeypatch.setattr("bot.waiting.time.monotonic", lambda: now)
    waiting.put(job(Urgency.TICK))
    waiting.put(update)
    served = []
    for _ in range(3):
        waiting.put(job(Urgency.TICK))
        served += [each for _due, _serial, each in waiting.take(1)]
        now += 5
    assert served.index(update) == 2


def test_what_was_put_back_keeps_its_place() -> None:
    waiting = Waiting()
    jobs = [job(Urgency.UPDATE) for _ in range(5)]
    for each in jobs:
        waiting.put(each)
    entries = waiting.take(4)
    waiting.put_back(entries[1:])
    assert [each for _due, _serial, each in waiting.take(9)] == jobs[1:]
    waiting.close()
    assert waiting.take(9) == []


async def test_on_postgresql_too_the_alarm_goes_first(postgres_db: Database) -> None:
    gates = threading.Barrier(5, timeout=10)
    held = [asyncio.create_task(postgres_db.run(lambda _c: gates.wait())) for _ in range(4)]
    await asyncio.sleep(0.2)
    ran: list[str] = []
    names = [(f"{n}", Urgency.UPDATE) for n in range(50)] + [("alarm", Urgency.ALARM)]
    tasks = [
        asyncio.create_task(postgres_db.run(lambda _c, n=name: ran.append(n), urgency=urgency))  # type: ignore[misc]
        for name, urgency in names
    ]
    await asyncio.sleep(0.05)
    await asyncio.to_thread(gates.wait)
    await asyncio.gather(*held, *tasks)
    # Taken first; four work side by side, and whose connection is slower comes a round later.
    assert "alarm" in ran[:8]


# -- what is urgent ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "data", "urgent"),
    [
        ("/sos", "", True),
        ("/sos@w_bot now", "", True),
        ("🆘 Call for help", "", True),
        ("🆘 一键求助", "", True),
        ("", "act:coming:QP01-2026-0001", True),
        ("/report", "", False),
        ("/", "", False),
        ("/ sos", "", True),
        ("／sos", "", True),
        ("/求助", "", True),
        ("救命", "", True),
        ("", "cry:help:1", True),
        ("hello", "", False),
        ("", "f:1:category:theft", False),
        ("", "", False),
    ],
)
def test_the_registry_says_what_is_urgent(text: str, data: str, urgent: bool) -> None:
    assert build_registry().is_urgent(text, data) is urgent
