"""Updates that cannot be read: whoever sent one hears so once; whatever is wrong with it, nothing else suffers."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import select

from bot.db import Database
from bot.incoming import read_raw
from models.inbox import INBOX, store_updates
from tests.people import NOW, Cast
from tests.stage import Stage

USELESS = "I cannot use this kind of message"


@pytest.fixture
async def stage(db: Database) -> AsyncIterator[Stage]:
    """The product."""
    async with Stage(db) as stage:
        yield stage


def raw(user_id: int, *, chat: dict[str, Any] | None = None) -> dict[str, Any]:
    """A message of a kind that nobody knows yet."""
    who = {"id": user_id, "is_bot": False, "first_name": "Li", "language_code": "en"}
    place = chat or {"id": user_id, "type": "private"}
    message = {"message_id": 7, "date": 1, "chat": place, "from": who, "sticker": {"new": True}}
    return {"update_id": 900, "message": message}


async def hand_in(stage: Stage, update: dict[str, Any]) -> list[str]:
    """What an update that PTB could not parse brings; twice, as a process that died would hand it in."""
    row = {"update_id": 900, "chat_id": 1, "payload": "{}", "state": "new", "received_at": NOW}
    stage.db.run_now(lambda conn: store_updates(conn, [row]))
    await stage.desk.answer_raw(update)
    said = stage.bag.empty().texts
    await stage.desk.answer_raw(update)
    assert stage.bag.empty().texts == [], "once"
    state = stage.db.run_now(lambda conn: conn.execute(select(INBOX.c.state)).scalar_one())
    assert state == "done"
    return said


async def test_a_member_hears_that_this_kind_of_message_is_of_no_use(
    stage: Stage, cast: Cast
) -> None:
    (said,) = await hand_in(stage, raw(cast.guard.user_id))
    assert USELESS in said


async def test_a_stranger_hears_what_strangers_hear(stage: Stage) -> None:
    (said,) = await hand_in(stage, raw(4711))
    assert USELESS not in said


async def test_a_press_is_answered_too(stage: Stage, cast: Cast) -> None:
    who = raw(cast.guard.user_id)["message"]["from"]
    update = {"update_id": 900, "callback_query": {"id": "5", "from": who, "message": {"chat": 3}}}
    (said,) = await hand_in(stage, update)
    assert "nothing was filed by it" in said


@pytest.mark.parametrize(
    "chat", [{"id": -5, "type": "group"}, {"id": -6, "type": "supergroup"}, {"id": -7}]
)
async def test_in_a_group_nobody_is_answered(
    stage: Stage, cast: Cast, chat: dict[str, Any]
) -> None:
    assert await hand_in(stage, raw(cast.guard.user_id, chat=chat)) == []


@pytest.mark.parametrize(
    "update",
    [
        {},
        {"message": None},
        {"message": "text"},
        {"message": {"from": None}},
        {"message": {"from": {"id": "1"}}},
        {"message": {"from": {"id": 1}, "chat": {"id": None, "type": "private"}}},
        {"callback_query": []},
        {"callback_query": {"from": 1}},
        {"poll": {"id": "1"}},
    ],
)
def test_whatever_is_wrong_with_it_nothing_breaks(update: dict[str, Any]) -> None:
    assert read_raw({"update_id": 1, **update}) is None
