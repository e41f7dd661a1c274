"""The sender: what is urgent first, at least once, in order within a chat, and nothing lost in a storm."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import Row, select
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TelegramError

from bot.db import Database
from bot.messages import Outgoing, Priority, message
from bot.outbox import Outbox
from bot.owed import store
from models.outbox import OUTBOX
from models.people import MEMBER
from tests.people import NOW, Cast

FAST = 1000
"""A rate at which Telegram's own limits are lifted."""


class Wire:
    """Telegram's side: notes what arrives and when, and refuses as it is told to."""

    def __init__(self) -> None:
        self.calls: list[tuple[float, str, dict[str, Any]]] = []
        self.delivered: list[dict[str, Any]] = []
        self.refuse: Callable[[str, dict[str, Any]], TelegramError | None] = lambda _m, _p: None
        self.hold: asyncio.Event | None = None

    async def __call__(self, method: str, payload: dict[str, Any]) -> Any:
        self.calls.append((time.monotonic(), method, payload))
        if self.hold:
            await self.hold.wait()
        await asyncio.sleep(0)
        error = self.refuse(method, payload)
        if error:
            raise error
        self.delivered.append(payload)
        return {"message_id": len(self.delivered)}

    @property
    def texts(self) -> list[str]:
        """What arrived, in order."""
        return [payload["text"] for payload in self.delivered]

    def refuse_once(self, *errors: TelegramError) -> None:
        """Refuse the next calls with these, one each."""
        left = list(errors)
        self.refuse = lambda _method, _payload: left.pop(0) if left else None


def letter(text: str, *, chat_id: int = 101, priority: Priority = Priority.REPLY) -> Outgoing:
    """A message to be sent."""
    payload = message(chat_id, text)
    return Outgoing(chat_id=chat_id, method="sendMessage", payload=payload, priority=priority)


def write(db: Database, letters: Sequence[Outgoing]) -> list[Outgoing]:
    """Owe messages, as a transaction does."""
    return db.run_now(lambda conn: store(conn, list(letters), now=NOW))


def rows(db: Database) -> list[Row[Any]]:
    """The outbox as it is."""
    return db.run_now(lambda conn: list(conn.execute(select(OUTBOX).order_by(OUTBOX.c.id))))


def states(db: Database) -> list[str]:
    """What became of each message."""
    return [row.state for row in rows(db)]


async def until(condition: Callable[[], object], *, timeout: float = 8) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(timeout):
        while not condition():
            await asyncio.sleep(0.005)


@asynccontextmanager
async def sending(db: Database, wire: Wire, *, rate: int = FAST) -> AsyncIterator[Outbox]:
    """A sender at work."""
    outbox = Outbox(db=db, call=wire, rate=rate, now=lambda: NOW)
    stopping = asyncio.Event()
    work = asyncio.create_task(outbox.run(stopping))
    yield outbox
    stopping.set()
    async with asyncio.timeout(8):
        await work


async def test_what_was_sent_is_marked_and_its_words_are_forgotten(db: Database) -> None:
    wire = Wire()
    async with sending(db, wire) as outbox:
        outbox.push(write(db, [letter("a"), letter("b")]))
        await until(lambda: states(db) == ["sent", "sent"])
    assert wire.texts == ["a", "b"]
    assert [(row.payload, row.message_id, row.sent_at) for row in rows(db)] == [
        (None, 1, NOW),
        (None, 2, NOW),
    ]
    assert outbox.sent == 2


async def test_what_a_dead_process_left_is_sent_at_the_start(db: Database) -> None:
    write(db, [letter("left")])
    wire = Wire()
    async with sending(db, wire):
        await until(lambda: wire.texts == ["left"], timeout=1)
        await until(lambda: states(db) == ["sent"])


async def test_what_another_process_leaves_is_sent_within_two_seconds(db: Database) -> None:
    wire = Wire()
    async with sending(db, wire):
        await asyncio.sleep(0.1)
        write(db, [letter("from the command line")])
        await until(lambda: wire.texts, timeout=2)
        await asyncio.sleep(0.6)
        assert wire.texts == ["from the command line"], "once"


async def test_what_was_handed_in_is_not_taken_again_from_the_database(sqlite_db: Database) -> None:
    wire, db = Wire(), sqlite_db
    wire.hold = asyncio.Event()
    async with sending(db, wire) as outbox:
        letters = write(db, [letter("a")])
        outbox.push(letters)
        outbox.push(letters)
        await asyncio.sleep(1.2)
        wire.hold.set()
        await until(lambda: states(db) == ["sent"])
    assert wire.texts == ["a"]


async def test_a_message_that_is_not_owed_is_sent_and_not_stored(sqlite_db: Database) -> None:
    wire = Wire()
    async with sending(sqlite_db, wire) as outbox:
        outbox.push([letter("passing")])
        await until(lambda: wire.texts == ["passing"])
    assert rows(sqlite_db) == []


async def test_one_chat_hears_everything_in_order_and_one_at_a_time(sqlite_db: Database) -> None:
    wire = Wire()
    texts = [f"{n}" for n in range(50)]
    wire.refuse_once(NetworkError("gone"))
    async with sending(sqlite_db, wire) as outbox:
        outbox.push(write(sqlite_db, [letter(text) for text in texts]))
        await until(lambda: len(wire.texts) == 50)
    assert wire.texts == texts


async def test_a_slow_chat_holds_up_nobody_else(sqlite_db: Database) -> None:
    wire = Wire()
    wire.refuse = lambda _m, payload: NetworkError("slow") if payload["chat_id"] == 1 else None
    async with sending(sqlite_db, wire) as outbox:
        outbox.push([letter("stuck", chat_id=1)])
        outbox.push([letter("through", chat_id=2)])
        await until(lambda: wire.texts == ["through"], timeout=1)


async def test_an_alarm_overtakes_five_thousand_reminders(sqlite_db: Database) -> None:
    wire = Wire()
    async with sending(sqlite_db, wire, rate=30) as outbox:
        outbox.push([letter("r", chat_id=n, priority=Priority.REMINDER) for n in range(1, 5001)])
        await asyncio.sleep(1.3)
        asked = time.monotonic()
        outbox.push([letter("alarm", chat_id=9999, priority=Priority.ALARM)])
        await until(lambda: "alarm" in wire.texts, timeout=1)
        assert time.monotonic() - asked < 1
        assert len(wire.texts) < 70, "the rate holds all the while"


async def test_in_one_chat_too_the_alarm_comes_first(sqlite_db: Database) -> None:
    wire = Wire()
    wire.hold = asyncio.Event()
    async with sending(sqlite_db, wire) as outbox:
        outbox.push([letter("first")])
        await until(lambda: wire.calls)
        outbox.push([letter("digest", priority=Priority.DIGEST), letter("reply")])
        outbox.push([letter("alarm", priority=Priority.ALARM)])
        wire.hold.set()
        await until(lambda: len(wire.texts) == 4)
    assert wire.texts == ["first", "alarm", "reply", "digest"]


async def test_told_to_wait_everything_waits_and_then_goes_on(sqlite_db: Database) -> None:
    wire = Wire()
    wire.refuse_once(RetryAfter(1))
    async with sending(sqlite_db, wire) as outbox:
        outbox.push(write(sqlite_db, [letter("first", chat_id=1)]))
        await until(lambda: wire.calls)
        await asyncio.sleep(0.05)
        others = [letter(f"{n}", chat_id=n, priority=Priority(n % 5)) for n in range(2, 20)]
        outbox.push(write(sqlite_db, others))
        await asyncio.sleep(0.7)
        assert len(wire.calls) == 1, "nobody is written to meanwhile"
        await until(lambda: len(wire.texts) == 19)
    assert wire.calls[1][0] - wire.calls[0][0] >= 1
    assert states(sqlite_db) == ["sent"] * 19


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


async def test_the_answer_to_a_press_waits_for_nobody(sqlite_db: Database) -> None:
    wire = Wire()
    async with sending(sqlite_db, wire, rate=1) as outbox:
        outbox.push([letter(f"{n}", chat_id=n) for n in range(1, 10)])
        payload = {"callback_query_id": "1", "text": "x"}
        outbox.push([Outgoing(chat_id=1, method="answerCallbackQuery", payload=payload)])
        await until(lambda: payload in wire.delivered, timeout=0.5)


async def test_what_is_still_queued_at_the_end_is_sent_by_the_next_start(
    sqlite_db: Database,
) -> None:
    first, second = Wire(), Wire()
    first.refuse = lambda _m, _p: NetworkError("down")
    async with sending(sqlite_db, first) as outbox:
        outbox.push(write(sqlite_db, [letter("a"), letter("b")]))
        await until(lambda: first.calls)
    assert states(sqlite_db) == ["queued", "queued"]
    async with sending(sqlite_db, second):
        await until(lambda: second.texts == ["a", "b"])
