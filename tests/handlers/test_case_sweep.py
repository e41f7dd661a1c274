"""What the sweep that runs every second costs: it grows with what is due, not with what waits."""

from datetime import timedelta

from sqlalchemy import event

from bot.db import Database
from bot.sweeping import sweep_through
from handlers.case_sweep import CASES
from tests.people import NOW, Cast
from tests.stage import Stage


def statements(db: Database, minutes: float) -> int:
    """How many statements one sweep takes."""
    seen: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    sweep_through(db.run_now, CASES, now=NOW + timedelta(minutes=minutes))
    event.remove(db.engine, "before_cursor_execute", note)
    return len(seen)


async def test_cases_that_only_wait_cost_the_sweep_nothing(sqlite_db: Database, cast: Cast) -> None:
    async with Stage(sqlite_db) as stage:
        idle = statements(sqlite_db, 1)
        for number in range(12):
            said = await stage.says(cast.guard, f"somebody shouts {number}")
            said = await stage.presses(cast.guard, said.button("Insult"))
            await stage.presses(cast.guard, said.button("Submit"))
        assert statements(sqlite_db, 1) == idle
        await stage.says(cast.doctor, "/sos")
        assert statements(sqlite_db, 0.5) == idle
        assert statements(sqlite_db, 2) > idle
