"""Several people at the same moment, on a database whose transactions really run side by side."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import text

from bot.db import Database
from models.invite import create_invite
from tests.handlers.sweeping import at, sweep
from tests.people import NOW, Cast, Person
from tests.postgres import held
from tests.stage import Stage

WORKERS = 4
"""How many transactions of one process run side by side."""


@pytest.fixture
async def stage(postgres_db: Database, cast: Cast) -> AsyncIterator[Stage]:
    async with Stage(postgres_db) as stage:
        yield stage


def rows(db: Database, query: str) -> list[Any]:
    """What the database holds."""
    return db.run_now(lambda conn: list(conn.execute(text(query)).scalars()))


async def test_a_code_for_one_lets_one_in(stage: Stage, cast: Cast) -> None:
    hospital_id = cast.hospital("QP01").id
    code = stage.db.run_now(
        lambda conn: create_invite(
            conn, hospital_id=hospital_id, role="guard", department_id=None, now=NOW
        )
    )
    strangers = [Person(id=0, user_id=n, role="", name="x", hospital="") for n in range(901, 909)]
    with held(stage.db, "SELECT * FROM invite FOR UPDATE") as meet:
        tried = [asyncio.create_task(stage.says(each, f"/start {code}")) for each in strangers]
        await asyncio.to_thread(meet, WORKERS)
    said = await asyncio.gather(*tried)
    joined = rows(stage.db, "SELECT telegram_id FROM member WHERE telegram_id > 900")
    assert len(joined) == 1
    welcomed = [item for each in said for item in each.out if "Welcome" in str(item.payload)]
    assert [item.chat_id for item in welcomed] == joined
    refused = [text for each in said for text in each.texts if "not valid" in text]
    assert len(refused) == len(strangers) - 1


async def test_a_paper_filed_by_two_is_filed_once(stage: Stage, cast: Cast) -> None:
    stage.at(at("2026-07-09 10:00"))
    sweep(stage.db, stage.now)
    people = (cast.officer, cast.admin)
    submits = [await up_to_the_card(stage, person) for person in people]
    pressed = zip(people, submits, strict=True)
    said = await asyncio.gather(*(stage.presses(person, data) for person, data in pressed))
    assert len(rows(stage.db, "SELECT id FROM filing")) == 1
    told = [text.splitlines()[0] for each in said for text in each.texts]
    assert sorted(told) == [
        "This one was filed or settled meanwhile, nothing was changed.",
        "✅ Filed: 2026 First-half anti-crime summary",
    ]
    assert rows(stage.db, "SELECT id FROM draft") == []


async def up_to_the_card(stage: Stage, person: Person) -> str:
    """Everything but the last press; its data."""
    said = await stage.says(person, "/file")
    await stage.presses(person, said.button("2026 First-half anti-crime"))
    said = await stage.says(person, "2026-031")
    said = await stage.presses(person, said.button("Skip"))
    said = await stage.presses(person, said.button("Now"))
    return said.button("Submit")


async def test_reports_submitted_at_once_have_numbers_without_gaps(
    stage: Stage, cast: Cast
) -> None:
    people = list(cast["QP01"].values())
    for _ in range(3):
        submits = [await report(stage, person) for person in people]
        pressed = zip(people, submits, strict=True)
        await asyncio.gather(*(stage.presses(person, data) for person, data in pressed))
    numbers = rows(stage.db, "SELECT number FROM incident ORDER BY number")
    assert numbers == [f"QP01-2026-{n:04d}" for n in range(1, 13)]


async def report(stage: Stage, person: Person) -> str:
    """A report up to its card; the data of the last press."""
    said = await stage.says(person, "/report")
    await stage.presses(person, said.button("Theft"))
    said = await stage.says(person, "a phone is gone")
    return said.button("Submit")
