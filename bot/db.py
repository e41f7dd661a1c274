"""The database: one writer that groups units of work on SQLite, a transaction each on PostgreSQL."""

import asyncio
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, make_url

from bot.waiting import Job, Urgency, Waiting

T = TypeVar("T")
Unit = Callable[[Connection], T]
_GROUP, _GROUP_SECONDS = 256, 0.05
"""Units in one commit at most, and how long they may take: a bound on how long each waits for its answer."""
_POSTGRES_WORKERS = 4
_FAREWELL = 2.0
"""Seconds the workers have to finish when the bot stops."""


def make_engine(url: str) -> Engine:
    """An engine for ``sqlite:///...`` or ``postgresql://...`` with the settings the product relies on."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        return create_engine(parsed.set(drivername="postgresql+psycopg"), pool_pre_ping=True)
    if parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        parsed,
        connect_args={"isolation_level": None, "check_same_thread": False, "timeout": 5},
    )
    event.listen(engine, "connect", _set_pragmas)
    # Not by listening to "begin": one listener makes every statement ask for listeners, 10 us each.
    engine.dialect.do_begin = _begin_immediate  # type: ignore[assignment]
    return engine


def _set_pragmas(connection: Any, _record: object) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_immediate(connection: Any) -> None:
    # A deferred BEGIN lets two readers both decide to write, and one of them lose its change.
    connection.execute("BEGIN IMMEDIATE")


_Outcome = tuple[Job, Any, Exception | None]


def _resolve(outcomes: list[_Outcome]) -> None:
    for job, value, error in outcomes:
        if job.future.done():
            continue
        if error is None:
            job.future.set_result(value)
        else:
            job.future.set_exception(error)


class Database:
    """Runs units of work: each all or nothing, answered only after its COMMIT."""

    def __init__(self, url: str) -> None:
        self.engine = make_engine(url)
        self._waiting = Waiting()
        self._workers: list[threading.Thread] = []

    @property
    def grouped(self) -> bool:
        """Whether units share commits (SQLite)."""
        return self.engine.dialect.name == "sqlite"

    def run_now(self, unit: Unit[T]) -> T:
        """Run one unit in this thread: for the command line."""
        with self.engine.begin() as conn:
            return unit(conn)

    async def run(self, unit: Unit[T], *, urgency: Urgency = Urgency.UPDATE) -> T:
        """Run one unit in a worker, the most urgent first; returns after the commit, raises what either raised."""
        if not self._workers:
            self._workers = self._hire()
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._waiting.put(Job(unit=unit, urgency=urgency, loop=loop, future=future))
        return await future

    def close(self) -> None:
        """Finish what was handed in and let go of the database."""
        self._waiting.close()
        # Behind somebody else's lock they would outlast the stop; what they have not committed is not there.
        end = time.monotonic() + _FAREWELL
        for worker in self._workers:
            worker.join(max(0.0, end - time.monotonic()))
        self._workers, self._waiting = [], Waiting()
        self.engine.dispose()

    def _hire(self) -> list[threading.Thread]:
        """One writer on SQLite, where another could only wait for it; several on PostgreSQL."""
        number = 1 if self.grouped else _POSTGRES_WORKERS
        hired = [
            threading.Thread(target=self._work, args=(self._waiting,), name="database", daemon=True)
            for _ in range(number)
        ]
        for worker in hired:
            worker.start()
        return hired

    def _work(self, waiting: Waiting) -> None:
        while entries := waiting.take(_GROUP if self.grouped else 1):
            jobs = [job for _due, _serial, job in entries]
            outcomes = (
                self._commit_group(jobs, waiting) if self.grouped else [self._commit(jobs[0])]
            )
            waiting.put_back(entries[len(outcomes) :])
            with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                jobs[0].loop.call_soon_threadsafe(_resolve, outcomes)

    def _commit(self, job: Job) -> _Outcome:
        try:
            return job, self.run_now(job.unit), None
        except Exception as error:  # whoever waits for it is told
            return job, None, error

    def _commit_group(self, jobs: list[Job], waiting: Waiting) -> list[_Outcome]:
        """Run units in one transaction; those it has no time for, or that an alarm is to pass, are left out."""
        outcomes: list[_Outcome] = []
        end = time.monotonic() + _GROUP_SECONDS
        try:
            with self.engine.begin() as conn:
                for job in jobs:
                    outcomes.append(_attempt(conn, job))
                    if time.monotonic() > end or waiting.pressing(job):
                        break
        except Exception as error:  # no commit: nobody in this group may be told that it worked
            return [(job, None, error) for job in jobs[: len(outcomes) or len(jobs)]]
        return outcomes


def _attempt(conn: Connection, job: Job) -> _Outcome:
    raw: Any = conn.connection.driver_connection
    raw.execute("SAVEPOINT unit")
    try:
        outcome: _Outcome = (job, job.unit(conn), None)
    except Exception as error:  # the unit's own affair: undone alone, the group goes on
        raw.execute("ROLLBACK TO unit")
        outcome = (job, None, error)
    raw.execute("RELEASE unit")
    return outcome
