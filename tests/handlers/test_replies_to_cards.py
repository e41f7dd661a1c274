"""A reply to a card joins its case only while that is still theirs to hear of, and names no hidden reporter."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import select, text

from bot.db import Database
from models.outbox import OUTBOX
from models.people import remove_member
from tests.handlers.alarming import deliver, sign_on
from tests.people import Cast, Person, enlist
from tests.said import Said
from tests.stage import Stage


@pytest.fixture
async def stage(db: Database) -> AsyncIterator[Stage]:
    async with Stage(db) as stage:
        yield stage


async def replies(stage: Stage, person: Person, words: str) -> Said:
    """Answer the newest message in one's chat."""
    newest = select(OUTBOX.c.message_id).where(OUTBOX.c.chat_id == person.user_id)
    newest = newest.order_by(OUTBOX.c.id.desc()).limit(1)
    shown = stage.db.run_now(lambda conn: conn.execute(newest).scalar())
    chat = {"id": person.user_id, "type": "private"}
    before = {"message_id": shown, "date": 1, "chat": chat}
    return await stage.sends(person, {"text": words, "reply_to_message": before})


def additions(stage: Stage) -> list[Any]:
    query = text("SELECT words FROM addition")
    return stage.db.run_now(lambda conn: list(conn.execute(query).scalars()))


async def test_a_card_of_a_former_hospital_takes_nothing(stage: Stage, cast: Cast) -> None:
    sign_on(stage, cast.guard)
    await stage.says(cast.doctor, "/sos")
    deliver(stage)

    def changes(conn: Any) -> Person:
        remove_member(conn, cast.guard.id, now=stage.now)
        return enlist(conn, cast.hospital("QP02"), "guard", user_id=cast.guard.user_id)

    there = stage.db.run_now(changes)
    said = await replies(stage, there, "消防通道堵了")
    assert additions(stage) == []
    assert said.readers == {there.user_id}
    assert "duty doctor" not in said.text


async def test_who_reported_in_confidence_is_not_told_by_role(stage: Stage, cast: Cast) -> None:
    said = await stage.says(cast.doctor, "/report")
    said = await stage.presses(cast.doctor, said.button("Staff attacked"))
    said = await stage.says(cast.doctor, "家属打了护士一巴掌")
    said = await stage.presses(cast.doctor, said.button("name shown"))
    said = await stage.presses(cast.doctor, said.button("Confidential"))
    await stage.presses(cast.doctor, said.button("Submit"))
    deliver(stage)
    said = await replies(stage, cast.officer, "监控已经调出来了")
    answer = said.to(cast.officer.user_id).texts[-1]
    assert answer == "Passed on to a confidential reporter, 1 administrator."
    assert said.to(cast.doctor.user_id).texts


@pytest.mark.parametrize("words", ["救命", "/sos", "🆘 一键求助"])
async def test_a_stranger_who_calls_for_help_hears_first_that_nobody_comes(
    stage: Stage, words: str
) -> None:
    nobody = Person(id=0, user_id=7777, role="", name="", hospital="")
    said = await stage.says(nobody, words)
    assert said.texts[-1].startswith("I do not know you here and cannot call anybody")
    assert "by invitation" in said.texts[-1]
    assert "110" not in (await stage.says(nobody, "你好")).text
