"""Who can be written to: whoever is heard from, whatever Telegram refused before that."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import select
from telegram.error import Forbidden

from bot.db import Database
from bot.ledger import Ledger
from models.people import MEMBER, mark_reachable, remove_member
from tests.bot.wire import Wire, letter, rows, sending, states, until, write
from tests.people import NOW, Cast, Person
from tests.stage import Stage

BLOCKED = Forbidden("bot was blocked by the user")


@pytest.fixture
async def stage(db: Database, cast: Cast) -> AsyncIterator[Stage]:
    """The product, whose guard once refused a message."""
    db.run_now(lambda conn: mark_reachable(conn, cast.guard.user_id, since=NOW))
    async with Stage(db) as stage:
        yield stage


def unreachable_at(db: Database, person: Person) -> Any:
    """Since when somebody counts as out of reach."""
    query = select(MEMBER.c.unreachable_at).where(MEMBER.c.id == person.id)
    return db.run_now(lambda conn: conn.execute(query).scalar())


def raw(person: Person, **content: Any) -> dict[str, Any]:
    """A message of somebody's, as Telegram hands it over."""
    who = {"id": person.user_id, "is_bot": False, "first_name": person.name}
    chat = {"id": person.user_id, "type": "private", "first_name": person.name}
    return {"message_id": 7, "date": int(NOW.timestamp()), "chat": chat, "from": who, **content}


def membership(person: Person, status: str) -> dict[str, Any]:
    """That a person has let the bot in, or shut it out."""
    bot = {"user": {"id": 1, "is_bot": True, "first_name": "W"}}
    change = {"old_chat_member": {**bot, "status": "left"}}
    change |= {"new_chat_member": {**bot, "status": status, "until_date": 0}}
    return {"my_chat_member": {**raw(person), **change}}


async def test_whatever_comes_from_somebody_shows_that_they_can_be_reached(
    stage: Stage, cast: Cast
) -> None:
    guard = cast.guard
    for update in (
        {"message": raw(guard, text="hello")},
        {
            "message": raw(
                guard, text="/help", entities=[{"type": "bot_command", "offset": 0, "length": 5}]
            )
        },
        {"message": raw(guard, dice={"emoji": "🎲", "value": 3})},
        {"edited_message": raw(guard, text="hello again", edit_date=int(NOW.timestamp()))},
        {
            "callback_query": {
                "id": "1",
                "chat_instance": "1",
                "from": raw(guard)["from"],
                "message": raw(guard, text="x"),
                "data": "mine:",
            }
        },
        membership(guard, "member"),
    ):
        stage.db.run_now(lambda conn: mark_reachable(conn, guard.user_id, since=NOW))
        await stage.feed(update)
        assert unreachable_at(stage.db, guard) is None, update


async def test_who_blocks_the_bot_is_out_of_reach_from_then_on(stage: Stage, cast: Cast) -> None:
    await stage.says(cast.guard, "hello")
    await stage.feed(membership(cast.guard, "kicked"))
    assert unreachable_at(stage.db, cast.guard) == NOW


async def test_who_was_removed_and_writes_stays_what_they_were(stage: Stage, cast: Cast) -> None:
    stage.db.run_now(lambda conn: remove_member(conn, cast.guard.id, now=NOW))
    await stage.says(cast.guard, "hello")
    assert unreachable_at(stage.db, cast.guard) == NOW


# -- what was refused before, and is written down after ------------------------------------------


async def test_a_refusal_that_comes_after_their_message_does_not_put_them_out(
    sqlite_db: Database, cast: Cast
) -> None:
    """It was sent before they wrote, and answered after that: it is tried once more, and arrives."""
    wire = Wire()
    wire.hold = asyncio.Event()
    wire.refuse_once(BLOCKED)
    async with sending(sqlite_db, wire) as outbox, Stage(sqlite_db) as stage:
        stage.desk.heard_from = outbox.hear
        outbox.push(write(sqlite_db, [letter("call", chat_id=cast.guard.user_id)]))
        await until(lambda: wire.calls)
        await stage.says(cast.guard, "hello")
        wire.hold.set()
        await until(lambda: states(sqlite_db)[0] == "sent")
    assert unreachable_at(sqlite_db, cast.guard) is None
    assert "call" in wire.texts


async def test_a_refusal_that_waits_to_be_written_down_is_dropped_where_they_are_heard_from(
    db: Database, cast: Cast
) -> None:
    ledger = Ledger(db=db, now=lambda: NOW)
    poked: list[bool] = []
    ledger.on_news = lambda: poked.append(True)
    for person in (cast.guard, cast.officer):
        ledger.lose(person.user_id)
    ledger.hear(cast.guard.user_id)
    await ledger.flush()
    assert unreachable_at(db, cast.guard) is None
    assert unreachable_at(db, cast.officer) == NOW
    assert poked == [True]


async def test_a_refusal_that_is_being_written_down_is_dropped_as_well(
    db: Database, cast: Cast
) -> None:
    ledger, run = Ledger(db=db, now=lambda: NOW), db.run

    async def overtaken(unit: Any, **options: Any) -> Any:
        ledger.hear(cast.guard.user_id)
        return await run(unit, **options)

    db.run = overtaken  # type: ignore[method-assign]
    ledger.lose(cast.guard.user_id)
    await ledger.flush()
    assert unreachable_at(db, cast.guard) is None


async def test_a_group_that_is_heard_from_is_not_given_up(db: Database) -> None:
    ledger = Ledger(db=db, now=lambda: NOW)
    left: list[int] = []
    ledger.on_chat_left = lambda _conn, chat_id, _now: left.append(chat_id)
    for chat_id in (-5, -6):
        ledger.lose(chat_id)
    ledger.move(-7, -8)
    ledger.hear(-5)
    ledger.hear(-7)
    moved: list[tuple[int, int]] = []
    ledger.on_chat_moved = lambda _conn, old, new: moved.append((old, new))
    await ledger.flush()
    assert (left, moved) == ([-6], [(-7, -8)])


async def test_who_is_refused_after_all_is_out_of_reach(db: Database, cast: Cast) -> None:
    wire = Wire()
    async with sending(db, wire) as outbox, Stage(db) as stage:
        stage.desk.heard_from = outbox.hear
        await stage.says(cast.guard, "hello")
        wire.refuse_once(BLOCKED)
        outbox.push(write(db, [letter("call", chat_id=cast.guard.user_id)]))
        await until(lambda: unreachable_at(db, cast.guard))
    assert rows(db)[-1].state == "dead"
