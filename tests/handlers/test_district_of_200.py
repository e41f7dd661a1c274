"""A district of 200 hospitals: the league table and asking all that are late, each under a second of work."""

import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta
from time import perf_counter

import pytest

from bot.db import Database
from bot.messages import Priority
from handlers.district import scores
from handlers.scoring import standing
from models.people import list_hospitals
from tests.handlers.county import HOSPITALS, found_county
from tests.handlers.sweeping import at
from tests.said import Said
from tests.stage import Stage

JULY_20 = at("2026-07-20 09:00")
SECOND = 1.0
"""What an issue of ours allows for each; the best of three is taken, as others work on the machine."""


async def best_of_three(name: str, act: Callable[[int], Awaitable[Said]]) -> Said:
    """The last answer; fails where not one of three took under a second."""
    took = []
    for turn in range(3):
        began = perf_counter()
        said = await act(turn)
        took.append(perf_counter() - began)
    sys.stderr.write(f"{name}: best {min(took):.2f} s, worst {max(took):.2f} s\n")
    assert min(took) < SECOND
    return said


@pytest.mark.postgres_nightly
async def test_table_and_reminders_take_under_a_second_each(db: Database) -> None:
    commissioner = found_county(db, now=JULY_20)
    async with Stage(db) as stage:
        stage.at(JULY_20)

        async def table(_turn: int) -> Said:
            scores._score.cache_clear()
            return await stage.presses(commissioner, "district:t:2026:0")

        said = await best_of_three("league table", table)
        assert f"2026年{HOSPITALS}家医院" in said.text
        assert len(said.text.splitlines()) == 12

        async def urge(turn: int) -> Said:
            stage.at(JULY_20 + timedelta(days=turn))
            return await stage.presses(commissioner, "district:urge")

        said = await best_of_three("asking all", urge)
        assert len(said.of(Priority.REMINDER).out) == 2 * HOSPITALS

        async def overview(_turn: int) -> Said:
            return await stage.says(commissioner, "/file")

        said = await best_of_three("overview", overview)
        assert said.text.startswith(f"📌 {HOSPITALS}家医院")

        async def file(_turn: int) -> Said:
            scores._score.cache_clear()
            return await stage.presses(commissioner, "district:t:2026:xlsx")

        said = await best_of_three("table as a file", file)
        assert any(item.method == "sendDocument" for item in said.out)
        for data in ("district:t:2026:19", "district:o:33", "district:h:1"):
            said = await stage.presses(commissioner, data)
            assert len(said.text.splitlines()) <= 12, data
    _same_as_one_by_one(db)


def _same_as_one_by_one(db: Database) -> None:
    """The scores read together are those that each hospital sees of itself."""

    def compare(conn: object) -> None:
        hospitals = list_hospitals(conn)  # type: ignore[arg-type]
        found = scores.scores_of(conn, hospitals, 1, 2026, JULY_20)  # type: ignore[arg-type]
        for each in hospitals[:: HOSPITALS // 20]:
            assert found[each.id] == standing(conn, each, 2026, JULY_20).card.score, each.code  # type: ignore[arg-type]

    db.run_now(compare)
