"""A house whose bot runs, and what may stand in the way of any bot."""

import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.acceptance.house import TOKEN, House


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A house whose bot runs; in the end nothing of it may have been a traceback or the token."""
    async with House(tmp_path) as house:
        await house.start()
        yield house
        check_stderr(house.stderr)


def check_stderr(written: str) -> None:
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
