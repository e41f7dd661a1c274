"""A stage for the tests of cases, which nobody's fault may end on, and somebody to play them."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from bot.db import Database
from tests.handlers.casing import Casework
from tests.people import Cast
from tests.stage import Stage


@pytest.fixture
async def stage(sqlite_db: Database) -> AsyncIterator[Stage]:
    """The product on SQLite; what does not depend on the engine is tried there only."""
    async with Stage(sqlite_db) as stage:
        yield stage
        bad = text("SELECT * FROM inbox WHERE state = 'bad'")
        assert sqlite_db.run_now(lambda conn: conn.execute(bad).all()) == []


@pytest.fixture
def work(stage: Stage, cast: Cast) -> Casework:
    """Cases played on the stage."""
    return Casework(stage, cast)
