"""The sender when Telegram refuses: wait, try again, give up, send anew; and nothing is lost in a storm."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import select
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TelegramError

from bot.db import Database
from bot.messages import Outgoing, Priority, message
from models.people import MEMBER
from tests.bot.wire import Wire, letter, rows, sending, states, until, write
from tests.people import Cast


async def test_a_chat_that_is_to_wait_waits_and_everybody_else_is_written_to_meanwhile(
    sqlite_db: Database,
) -> None:
    wire = Wire()
    wire.refuse_once(RetryAfter(1))
    async with sending(sqlite_db, wire) as outbox:
        outbox.push(write(sqlite_db, [letter("first", chat_id=1)]))
        await until(lambda: wire.calls)
        await asyncio.sleep(0.05)
        others = [letter(f"{n}", chat_id=n, priority=Priority(n % 5)) for n in range(2, 20)]
        same = letter("same", chat_id=1, priority=Priority.ALARM)
        outbox.push(write(sqlite_db, [*others, same]))
        await until(lambda: len(wire.texts) == 18, timeout=0.6)
        assert not {"first", "same"} & set(wire.texts), "what was refused is not tried early"
        await until(lambda: len(wire.texts) == 20)
    held = [at for at, _method, payload in wire.calls if payload["chat_id"] == 1]
    assert held[1] - held[0] >= 1
    assert wire.texts[-2:] == ["same", "first"], "in the chat itself the alarm comes first"
    assert states(sqlite_db) == ["sent"] * 20


@pytest.mark.parametrize(("refused", "stops"), [(2, False), (3, True)])
async def test_alarms_wait_only_where_several_chats_were_refused_at_once(
    sqlite_db: Database, refused: int, stops: bool
) -> None:
    wire = Wire()
    wire.refuse_once(*[RetryAfter(1) for _ in range(refused)])
    async with sending(sqlite_db, wire) as outbox:
        outbox.push(write(sqlite_db, [letter(f"{n}", chat_id=n) for n in range(1, refused + 1)]))
        await until(lambda: len(wire.calls) == refused)
        await asyncio.sleep(0.05)
        outbox.push(write(sqlite_db, [letter("alarm", chat_id=99, priority=Priority.ALARM)]))
        await asyncio.sleep(0.4)
        assert wire.texts == ([] if stops else ["alarm"])
        await until(lambda: len(wire.texts) == refused + 1)


async def test_after_a_storm_of_refusals_nothing_is_lost_or_out_of_order(
    sqlite_db: Database,
) -> None:
    wire, refused = Wire(), 0

    def storm(_method: str, _payload: dict[str, Any]) -> TelegramError | None:
        nonlocal refused
        refused += 1
        if refused <= 60:
            return RetryAfter(0) if refused % 2 else NetworkError("reset")
        return None

    wire.refuse = storm
    letters = [letter(f"{n}", chat_id=n % 40) for n in range(400)]
    async with sending(sqlite_db, wire) as outbox:
        outbox.push(write(sqlite_db, letters))
        await until(lambda: set(states(sqlite_db)) == {"sent"}, timeout=15)
    assert sorted(map(int, wire.texts)) == list(range(400))
    for chat in range(40):
        heard = [int(p["text"]) for p in wire.delivered if p["chat_id"] == chat]
        assert heard == sorted(heard)


async def test_who_blocked_the_bot_is_noted_and_the_message_is_given_up(
    db: Database, cast: Cast
) -> None:
    wire = Wire()
    wire.refuse_once(Forbidden("bot was blocked by the user"))
    async with sending(db, wire) as outbox:
        outbox.push(write(db, [letter("a", chat_id=cast.officer.user_id)]))
        await until(lambda: states(db) == ["dead"])
        query = select(MEMBER.c.unreachable_at).where(MEMBER.c.id == cast.officer.id)
        await until(lambda: db.run_now(lambda conn: conn.execute(query).scalar()))
    assert "blocked" in rows(db)[0].error


async def test_what_telegram_will_never_take_is_given_up_and_the_next_goes_on(
    sqlite_db: Database,
) -> None:
    wire = Wire()
    wire.refuse_once(BadRequest("message is too long"))
    async with sending(sqlite_db, wire) as outbox:
        outbox.push(write(sqlite_db, [letter("bad"), letter("good")]))
        await until(lambda: states(sqlite_db) == ["dead", "sent"])
    assert wire.texts == ["good"]


def edit(text: str) -> Outgoing:
    """A message put in the place of an older one."""
    payload = {"message_id": 7, **message(101, text)}
    return Outgoing(chat_id=101, method="editMessageText", payload=payload)


@pytest.mark.parametrize("why", ["Message to edit not found", "Message can't be edited"])
async def test_what_can_no_longer_be_edited_is_sent_anew(sqlite_db: Database, why: str) -> None:
    wire = Wire()
    wire.refuse_once(BadRequest(why))
    async with sending(sqlite_db, wire) as outbox:
        outbox.push(write(sqlite_db, [edit("new text"), letter("after")]))
        await until(lambda: states(sqlite_db) == ["sent", "sent"])
    assert [method for _at, method, _payload in wire.calls] == [
        "editMessageText",
        "sendMessage",
        "sendMessage",
    ]
    assert wire.texts == ["new text", "after"]
    assert "message_id" not in wire.delivered[0]


async def test_an_edit_that_changes_nothing_is_done(sqlite_db: Database) -> None:
    wire = Wire()
    wire.refuse_once(BadRequest("Message is not modified: specified new message content ..."))
    async with sending(sqlite_db, wire) as outbox:
        outbox.push(write(sqlite_db, [edit("same")]))
        await until(lambda: states(sqlite_db) == ["sent"])
    assert len(wire.calls) == 1


async def test_a_fault_in_one_message_does_not_silence_its_chat(sqlite_db: Database) -> None:
    wire = Wire()

    def stumble(_method: str, payload: dict[str, Any]) -> TelegramError | None:
        if payload["text"] == "bad":
            raise ValueError("not an error of Telegram's")
        return None

    wire.refuse = stumble
    async with sending(sqlite_db, wire) as outbox:
        outbox.push(write(sqlite_db, [letter("bad"), letter("good")]))
        await asyncio.sleep(0.3)
    assert wire.texts == ["good"]
