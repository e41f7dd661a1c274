"""The database: one writer that groups units of work on SQLite, a transaction each on PostgreSQL."""

import asyncio
import queue
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, make_url

T = TypeVar("T")
Unit = Callable[[Connection], T]
_GROUP = 256
"""Units in one commit at most: a bound on how long the last one waits for its answer."""
_POSTGRES_WORKERS = 4
_FAREWELL = 2.0
"""Seconds the writer has to finish when the bot stops."""


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


@dataclass(frozen=True, kw_only=True, slots=True)
class _Job:
    unit: Unit[Any]
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Any]


_Outcome = tuple[_Job, Any, Exception | None]


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
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._writer: threading.Thread | None = None
        self._pool: ThreadPoolExecutor | None = None

    @property
    def grouped(self) -> bool:
        """Whether units share commits (SQLite)."""
        return self.engine.dialect.name == "sqlite"

    def run_now(self, unit: Unit[T]) -> T:
        """Run one unit in this thread: for the command line."""
        with self.engine.begin() as conn:
            return unit(conn)

    async def run(self, unit: Unit[T]) -> T:
        """Run one unit in a worker; returns after the commit, raises what the unit or commit raised."""
        loop = asyncio.get_running_loop()
        if not self.grouped:
            self._pool = self._pool or ThreadPoolExecutor(_POSTGRES_WORKERS, "database")
            return await loop.run_in_executor(self._pool, self.run_now, unit)
        if self._writer is None:
            self._writer = threading.Thread(target=self._write, name="database", daemon=True)
            self._writer.start()
        future: asyncio.Future[T] = loop.create_future()
        self._jobs.put(_Job(unit=unit, loop=loop, future=future))
        return await future

    def close(self) -> None:
        """Finish what was handed in and let go of the database."""
        if self._writer:
            self._jobs.put(None)
            # Behind somebody else's lock it would outlast the stop; what it has not committed is not there.
            self._writer.join(_FAREWELL)
            self._writer = None
        if self._pool:
            self._pool.shutdown()
            self._pool = None
        self.engine.dispose()

    def _write(self) -> None:
        while jobs := self._take():
            outcomes = self._commit_group(jobs)
            with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                jobs[0].loop.call_soon_threadsafe(_resolve, outcomes)

    def _take(self) -> list[_Job]:
        first = self._jobs.get()
        if first is None:
            return []
        jobs = [first]
        while len(jobs) < _GROUP and not self._jobs.empty():
            job = self._jobs.get()
            if job is None:
                self._jobs.put(None)
                break
            jobs.append(job)
        return jobs

    def _commit_group(self, jobs: list[_Job]) -> list[_Outcome]:
        try:
            with self.engine.begin() as conn:
                return [_attempt(conn, job) for job in jobs]
        except Exception as error:  # no commit: nobody in this group may be told that it worked
            return [(job, None, error) for job in jobs]


def _attempt(conn: Connection, job: _Job) -> _Outcome:
    raw: Any = conn.connection.driver_connection
    raw.execute("SAVEPOINT unit")
    try:
        outcome: _Outcome = (job, job.unit(conn), None)
    except Exception as error:  # the unit's own affair: undone alone, the group goes on
        raw.execute("ROLLBACK TO unit")
        outcome = (job, None, error)
    raw.execute("RELEASE unit")
    return outcome
