"""The sender: what is urgent first, at least once, in order within a chat; taken over from whoever left it."""

import asyncio
import time

from telegram.error import NetworkError

from bot.db import Database
from bot.messages import Outgoing, Priority
from tests.bot.wire import Wire, letter, rows, sending, states, until, write
from tests.people import NOW


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


async def test_an_alarm_waits_for_no_send_that_hangs(sqlite_db: Database) -> None:
    wire = Wire()
    wire.hold = asyncio.Event()
    async with sending(sqlite_db, wire) as outbox:
        outbox.push([letter("r", chat_id=n, priority=Priority.REMINDER) for n in range(1, 200)])
        await until(lambda: len(wire.calls) >= 64)
        outbox.push([letter("alarm", chat_id=9999, priority=Priority.ALARM)])
        await asyncio.sleep(0.3)
        begun = [payload["text"] for _at, _method, payload in wire.calls]
        wire.hold.set()
    assert "alarm" in begun


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


async def test_of_edits_that_a_dead_process_left_only_the_newest_leaves(
    sqlite_db: Database,
) -> None:
    """It may have sent them all: an older one sent again would undo the newest on the screen."""

    def edit(text: str, message_id: int, chat_id: int = 1) -> Outgoing:
        payload = {"chat_id": chat_id, "message_id": message_id, "text": text}
        return Outgoing(chat_id=chat_id, method="editMessageText", payload=payload)

    write(
        sqlite_db,
        [
            edit("card", 7),
            letter("other", chat_id=1),
            edit("filed", 7),
            edit("alone", 8),
            edit("card", 7, 2),
        ],
    )
    wire = Wire()
    async with sending(sqlite_db, wire):
        await until(lambda: "queued" not in states(sqlite_db))
    assert sorted(wire.texts) == ["alone", "card", "filed", "other"]
    assert states(sqlite_db) == ["overtaken", "sent", "sent", "sent", "sent"]
