"""Self-checks at the same moment, on a database whose transactions really run side by side."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import text

from bot.db import Database
from tests.handlers.checking import SelfChecks
from tests.people import Cast
from tests.postgres import held
from tests.stage import Stage

pytestmark = pytest.mark.usefixtures("english")
LOCKED = "SELECT * FROM self_check FOR UPDATE"


@pytest.fixture
async def stage(postgres_db: Database, cast: Cast) -> AsyncIterator[Stage]:
    async with Stage(postgres_db) as stage:
        yield stage


def rows(db: Database, query: str) -> list[Any]:
    return db.run_now(lambda conn: list(conn.execute(text(query)).scalars()))


async def test_two_who_submit_at_once_keep_one_answer_to_each_question(
    stage: Stage, cast: Cast
) -> None:
    checks = SelfChecks(stage)
    people = (cast.officer, cast.admin)
    cards = [await checks.answer(each, await checks.begin(each)) for each in people]
    pressed = [(each, card.button("Submit")) for each, card in zip(people, cards, strict=True)]
    with held(stage.db, LOCKED) as meet:
        tasks = [asyncio.create_task(stage.presses(*each)) for each in pressed]
        await asyncio.to_thread(meet, 2)
    said = await asyncio.gather(*tasks)
    questions = rows(stage.db, "SELECT question FROM check_answer")
    assert len(questions) == len(set(questions)) == 20
    assert len(set(rows(stage.db, "SELECT submitted_by FROM check_section"))) == 1
    everything = "".join(each.everything for each in said)
    assert everything.count("kept as theirs") == 1
    assert not rows(stage.db, "SELECT 1 FROM inbox WHERE state = 'bad'")


async def test_two_who_reopen_at_once_make_versions_in_turn(stage: Stage, cast: Cast) -> None:
    checks = SelfChecks(stage)
    await checks.finish(cast.officer)
    for section in "12":
        await stage.presses(cast.admin, f"check:{section}:accept")
    await stage.presses(cast.officer, "check:1:reopen")
    await stage.presses(cast.admin, "check:2:reopen")
    with held(stage.db, LOCKED) as meet:
        tasks = [asyncio.create_task(stage.says(each, "x")) for each in (cast.officer, cast.admin)]
        await asyncio.to_thread(meet, 2)
    await asyncio.gather(*tasks)
    assert not rows(stage.db, "SELECT 1 FROM inbox WHERE state = 'bad'")
    newest = "check_id = (SELECT max(id) FROM self_check)"
    again = f"SELECT section FROM check_section WHERE {newest} AND state = 'open' ORDER BY section"
    assert rows(stage.db, again) == ["1", "2"]
    assert rows(stage.db, "SELECT reopened_from FROM self_check ORDER BY id") == [None, 1, 2]
