"""What is done to a bot from outside, and what may be seen of it there."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from tests.acceptance.house import TOKEN, House


def check_stderr(written: str) -> None:
    """Expected failures are lines without a traceback; the token is never written."""
    assert "Traceback" not in written, written[-5000:]
    assert TOKEN not in written
    assert TOKEN.partition(":")[2] not in written


@contextmanager
def locked(house: House) -> Iterator[None]:
    """Nobody else can write the database."""
    other = sqlite3.connect(house.database, isolation_level=None, timeout=10)
    try:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")
    finally:
        other.close()
