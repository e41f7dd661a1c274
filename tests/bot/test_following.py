"""Messages that depend on earlier ones: in which order they leave, with which ids, and what never leaves at all."""

import asyncio
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, TelegramError

from bot.db import Database
from bot.following import ORPHANED
from bot.messages import Outgoing, Priority, message
from bot.outbox import Outbox
from models.outbox import revoke, settle, standing
from tests.bot.wire import Wire, letter, rows, sending, states, until, write
from tests.people import NOW

GROUP = -1001


def edit(text: str, follows: int, **changed: Any) -> Outgoing:
    """A new text for an earlier message, whatever that will be called."""
    made: dict[str, Any] = {"chat_id": 101, "method": "editMessageText", **changed}
    return Outgoing(payload=message(made["chat_id"], text), follows=follows, **made)


def topic() -> Outgoing:
    """A topic to be opened in a group."""
    payload = {"chat_id": GROUP, "name": "a case"}
    return Outgoing(chat_id=GROUP, method="createForumTopic", payload=payload)


def into(opened: int, text: str) -> Outgoing:
    """A message into that topic."""
    payload = message(GROUP, text)
    return Outgoing(chat_id=GROUP, method="sendMessage", payload=payload, follows=opened)


def settled(db: Database, which: int, state: str, message_id: int | None) -> None:
    """As if a former process had written down what became of a message."""
    outcome = {"which": which, "new_state": state, "at": NOW, "message": message_id, "why": None}
    db.run_now(lambda conn: settle(conn, [outcome]))


def calls(wire: Wire) -> list[tuple[str, Any]]:
    """What arrived: the text and the message it changes."""
    return [(payload["text"], payload.get("message_id")) for payload in wire.delivered]


class Forum(Wire):
    """A wire to a group that is a forum: topics are called from 900 on."""

    async def __call__(self, method: str, payload: dict[str, Any]) -> Any:
        result = await super().__call__(method, payload)
        if method != "createForumTopic":
            return result
        return {"message_thread_id": 899 + len(self.delivered), "name": payload["name"]}


# -- ids -------------------------------------------------------------------------------------------


async def test_an_edit_gets_the_id_of_what_it_follows(db: Database) -> None:
    wire = Wire()
    async with sending(db, wire) as outbox:
        outbox.push(write(db, [letter("other", chat_id=5)]))
        [card] = write(db, [letter("card")])
        outbox.push([card])
        outbox.push(write(db, [edit("changed", card.id)]))
        await until(lambda: states(db) == ["sent"] * 3)
    assert calls(wire)[-1] == ("changed", rows(db)[1].message_id)


async def test_what_was_written_down_long_ago_is_found(db: Database) -> None:
    wire = Wire()
    [card] = write(db, [letter("card")])
    settled(db, card.id, "sent", 77)
    async with sending(db, wire) as outbox:
        outbox.push(write(db, [edit("changed", card.id)]))
        await until(lambda: calls(wire) == [("changed", 77)])


async def test_a_number_too_large_for_32_bits_is_kept(db: Database) -> None:
    [card] = write(db, [letter("card")])
    settled(db, card.id, "sent", 2**40)
    wire = Wire()
    write(db, [edit("changed", card.id)])
    async with sending(db, wire):
        await until(lambda: calls(wire) == [("changed", 2**40)])


async def test_a_message_goes_into_the_topic_that_was_opened_for_it(db: Database) -> None:
    wire = Forum()
    [opened] = write(db, [topic()])
    [card] = write(db, [into(opened.id, "card")])
    async with sending(db, wire) as outbox:
        outbox.push([opened, card])
        outbox.push(write(db, [edit("changed", card.id, chat_id=GROUP)]))
        await until(lambda: states(db) == ["sent"] * 3)
        closing = Outgoing(
            chat_id=GROUP,
            method="closeForumTopic",
            payload={"chat_id": GROUP},
            follows=opened.id,
        )
        outbox.push(write(db, [closing]))
        await until(lambda: states(db) == ["sent"] * 4)
    assert rows(db)[0].message_id == 900
    assert wire.delivered[1]["message_thread_id"] == 900
    assert wire.delivered[2]["message_id"] == 2
    assert "message_thread_id" not in wire.delivered[2]
    assert wire.delivered[3] == {"chat_id": GROUP, "message_thread_id": 900}


async def test_what_follows_a_message_in_a_topic_goes_there_too(sqlite_db: Database) -> None:
    wire = Forum()
    [opened] = write(sqlite_db, [topic()])
    [card] = write(sqlite_db, [into(opened.id, "card")])
    write(sqlite_db, [into(card.id, "news")])
    async with sending(sqlite_db, wire):
        await until(lambda: states(sqlite_db) == ["sent"] * 3)
    assert wire.delivered[2] == {"chat_id": GROUP, "text": "news", "message_thread_id": 900}


# -- order -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("urgent", list(Priority))
async def test_however_urgent_it_never_overtakes_what_it_follows(
    sqlite_db: Database, urgent: Priority
) -> None:
    wire = Wire()
    [card] = write(sqlite_db, [letter("card", priority=Priority.DIGEST)])
    changed = write(sqlite_db, [edit("changed", card.id, priority=urgent), letter("other")])
    async with sending(sqlite_db, wire) as outbox:
        outbox.push([card, *changed])
        await until(lambda: states(sqlite_db) == ["sent"] * 3)
    assert wire.texts.index("card") < wire.texts.index("changed")


async def test_it_waits_while_what_it_follows_is_tried_again(sqlite_db: Database) -> None:
    wire = Wire()
    wire.refuse_once(NetworkError("gone"), NetworkError("gone"))
    [card] = write(sqlite_db, [letter("card")])
    write(sqlite_db, [edit("changed", card.id, priority=Priority.ALARM)])
    async with sending(sqlite_db, wire):
        await until(lambda: states(sqlite_db) == ["sent", "sent"])
    assert [payload["text"] for _at, _method, payload in wire.calls] == ["card"] * 3 + ["changed"]


async def test_it_waits_while_what_it_follows_is_in_flight(sqlite_db: Database) -> None:
    wire = Wire()
    wire.hold = asyncio.Event()
    async with sending(sqlite_db, wire) as outbox:
        [card] = write(sqlite_db, [letter("card")])
        outbox.push([card])
        await until(lambda: wire.calls)
        outbox.push(write(sqlite_db, [edit("changed", card.id, priority=Priority.ALARM)]))
        wire.hold.set()
        await until(lambda: len(wire.delivered) == 2)
    assert calls(wire) == [("card", None), ("changed", 1)]


async def test_it_waits_for_what_another_process_left_and_nobody_here_has_seen(
    db: Database,
) -> None:
    wire = Wire()
    async with sending(db, wire) as outbox:
        await until(lambda: not outbox._loading)
        [card] = write(db, [letter("card")])
        outbox.push(write(db, [edit("changed", card.id, priority=Priority.ALARM)]))
        await until(lambda: states(db) == ["sent", "sent"], timeout=3)
    assert calls(wire) == [("card", None), ("changed", 1)]


async def test_it_is_not_forgotten_where_what_it_waits_for_was_written_down_meanwhile(
    sqlite_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It reads what it follows as queued, and before it is told so that is settled."""
    wire, run = Wire(), sqlite_db.run
    read = asyncio.Event()

    async def crossing(unit: Any, **how: Any) -> Any:
        if "_write_some" in getattr(unit, "__qualname__", ""):
            await read.wait()
        result = await run(unit, **how)
        if getattr(unit, "func", None) is standing and not read.is_set():
            read.set()
            await until(lambda: states(sqlite_db)[0] == "sent" and not outbox.ledger.became)
        return result

    async with sending(sqlite_db, wire) as outbox:
        monkeypatch.setattr(sqlite_db, "run", crossing)
        [card] = write(sqlite_db, [letter("card")])
        outbox.push([card, *write(sqlite_db, [edit("changed", card.id)])])
        await until(lambda: states(sqlite_db) == ["sent", "sent"], timeout=3)
    assert calls(wire) == [("card", None), ("changed", 1)]


# -- a restart in between --------------------------------------------------------------------------


async def test_after_a_restart_it_changes_what_a_former_process_sent(db: Database) -> None:
    first, second = Wire(), Wire()
    async with sending(db, first) as outbox:
        outbox.push(write(db, [letter("one"), letter("card")]))
        await until(lambda: states(db) == ["sent", "sent"])
    write(db, [edit("changed", rows(db)[1].id)])
    async with sending(db, second):
        await until(lambda: calls(second) == [("changed", 2)])


async def test_sent_but_not_written_down_it_is_sent_again_and_the_new_one_is_changed(
    db: Database,
) -> None:
    [card] = write(db, [letter("card")])
    write(db, [edit("changed", card.id, priority=Priority.ALARM)])
    second = Wire()
    second.delivered += [{"text": "what a former process sent"}] * 41
    async with sending(db, second):
        await until(lambda: states(db) == ["sent", "sent"])
    assert calls(second)[41:] == [("card", None), ("changed", 42)]


async def test_what_a_killed_process_wrote_down_last_does_not_let_it_overtake(db: Database) -> None:
    """The commit of the one before arrives after this one has taken the message over to send it again."""
    wire = Wire()
    wire.delivered += [{"text": "what a killed process sent"}] * 41
    wire.refuse_once(NetworkError("gone"))
    [card] = write(db, [letter("card")])
    async with sending(db, wire) as outbox:
        await until(lambda: wire.calls)
        settled(db, card.id, "sent", 41)
        outbox.push(write(db, [edit("changed", card.id, priority=Priority.ALARM)]))
        await until(lambda: states(db) == ["sent", "sent"])
    assert calls(wire)[41:] == [("card", None), ("changed", 42)]


# -- what it follows never arrived -----------------------------------------------------------------


async def test_an_edit_of_what_never_arrived_is_dropped(db: Database) -> None:
    wire = Wire()
    wire.refuse_once(BadRequest("chat not found"))
    [card] = write(db, [letter("card")])
    write(db, [edit("changed", card.id), edit("lost", 10**6), letter("next")])
    async with sending(db, wire):
        await until(lambda: states(db) == ["dead", "dead", "dead", "sent"])
    assert wire.texts == ["next"]
    assert [row.error for row in rows(db)][1:3] == [ORPHANED, ORPHANED]


async def test_a_message_into_a_topic_that_cannot_be_opened_goes_to_the_group(
    db: Database,
) -> None:
    wire = Forum()
    wire.refuse_once(BadRequest("not enough rights to create a topic"))
    [opened] = write(db, [topic()])
    write(db, [into(opened.id, "card")])
    async with sending(db, wire):
        await until(lambda: states(db) == ["dead", "sent"])
    assert wire.delivered == [message(GROUP, "card")]


async def test_a_message_into_a_topic_somebody_deleted_goes_to_the_group(
    sqlite_db: Database,
) -> None:
    wire = Forum()
    [opened] = write(sqlite_db, [topic()])
    settled(sqlite_db, opened.id, "sent", 900)
    write(sqlite_db, [into(opened.id, "card")])
    wire.refuse = lambda _m, payload: (
        BadRequest("Message thread not found") if "message_thread_id" in payload else None
    )
    async with sending(sqlite_db, wire):
        await until(lambda: states(sqlite_db) == ["sent", "sent"])
    assert wire.delivered == [message(GROUP, "card")]


async def test_what_can_no_longer_be_changed_is_sent_anew_and_from_then_on_that_is_changed(
    db: Database,
) -> None:
    wire = Wire()
    wire.refuse = lambda _m, payload: (
        BadRequest("Message to edit not found") if payload.get("message_id") == 77 else None
    )
    [card] = write(db, [letter("card")])
    settled(db, card.id, "sent", 77)
    async with sending(db, wire) as outbox:
        outbox.push(write(db, [edit("changed", card.id)]))
        await until(lambda: states(db) == ["sent", "sent"])
        outbox.push(write(db, [edit("again", card.id)]))
        await until(lambda: states(db) == ["sent"] * 3)
    assert calls(wire) == [("changed", None), ("again", 1)]
    assert rows(db)[0].message_id == 1


# -- many edits of one message ---------------------------------------------------------------------


async def test_of_many_edits_only_the_newest_leaves(db: Database) -> None:
    wire = Wire()
    wire.hold = asyncio.Event()
    async with sending(db, wire) as outbox:
        [card] = write(db, [letter("card")])
        outbox.push([card])
        await until(lambda: wire.calls)
        outbox.push(write(db, [edit(f"{n}", card.id) for n in range(20)]))
        wire.hold.set()
        await until(lambda: "queued" not in states(db))
    assert wire.texts == ["card", "19"]
    assert states(db) == ["sent"] + ["overtaken"] * 19 + ["sent"]


async def test_what_is_overtaken_costs_nothing_of_a_groups_twenty_a_minute(
    sqlite_db: Database,
) -> None:
    wire = Wire()
    [card] = write(sqlite_db, [letter("card", chat_id=GROUP)])
    write(sqlite_db, [edit(f"{n}", card.id, chat_id=GROUP) for n in range(60)])
    async with sending(sqlite_db, wire, rate=30):
        await until(lambda: "queued" not in states(sqlite_db), timeout=4)
    assert wire.texts == ["card", "59"]


async def test_an_older_edit_that_comes_late_undoes_nothing(sqlite_db: Database) -> None:
    """Found in the database after the newer one was sent: another process had left it."""
    wire = Wire()
    [card] = write(sqlite_db, [letter("card")])
    settled(sqlite_db, card.id, "sent", 77)
    older, newer = write(sqlite_db, [edit("older", card.id), edit("newer", card.id)])
    async with sending(sqlite_db, wire) as outbox:
        outbox._known[older.id] = False
        outbox.push([newer])
        await until(lambda: wire.texts == ["newer"])
        del outbox._known[older.id]
        await until(lambda: states(sqlite_db)[1:] == ["overtaken", "sent"], timeout=3)
    assert wire.texts == ["newer"]


async def test_an_urgent_edit_leaves_first_and_the_older_one_does_not_undo_it(
    sqlite_db: Database,
) -> None:
    wire = Wire()
    [card] = write(sqlite_db, [letter("card")])
    settled(sqlite_db, card.id, "sent", 77)
    write(sqlite_db, [edit("older", card.id), edit("newer", card.id, priority=Priority.ALARM)])
    async with sending(sqlite_db, wire):
        await until(lambda: states(sqlite_db)[1:] == ["overtaken", "sent"])
    assert wire.texts == ["newer"]


async def test_edits_of_different_messages_and_of_different_things_all_leave(
    sqlite_db: Database,
) -> None:
    wire = Wire()
    cards = write(sqlite_db, [letter("one"), letter("two")])
    for number, card in enumerate(cards):
        settled(sqlite_db, card.id, "sent", 70 + number)
    buttons = edit("", cards[0].id, method="editMessageReplyMarkup")
    write(sqlite_db, [edit("1", cards[0].id), edit("2", cards[1].id), buttons])
    async with sending(sqlite_db, wire):
        await until(lambda: states(sqlite_db) == ["sent"] * 5)
    assert calls(wire) == [("1", 70), ("2", 71), ("", 70)]


# -- taken back ------------------------------------------------------------------------------------


def call_for_help(text: str, **changed: Any) -> Outgoing:
    """A message of an alarm chain."""
    made: dict[str, Any] = {"chat_id": 101, "topic": "chain:17", **changed}
    return Outgoing(method="sendMessage", payload=message(made["chat_id"], text), **made)


async def test_what_was_taken_back_does_not_leave(db: Database) -> None:
    wire = Wire()
    wire.hold = asyncio.Event()
    async with sending(db, wire) as outbox:
        outbox.push(write(db, [letter("first")]))
        await until(lambda: wire.calls)
        outbox.push(write(db, [call_for_help("to many"), letter("other")]))
        write(db, [call_for_help("of another process")])
        kept = write(db, [call_for_help("of another chain", topic="chain:18")])
        outbox.push(kept)
        assert db.run_now(lambda conn: revoke(conn, "chain:17")) == 2
        wire.hold.set()
        await until(lambda: len(wire.delivered) == 3)
        await asyncio.sleep(0.7)
    assert wire.texts == ["first", "other", "of another chain"]
    assert states(db) == ["sent", "revoked", "sent", "revoked", "sent"]
    assert rows(db)[1].payload is None


async def test_what_a_dead_process_left_can_be_taken_back(db: Database) -> None:
    write(db, [call_for_help("left"), letter("other")])
    assert db.run_now(lambda conn: revoke(conn, "chain:17")) == 1
    assert db.run_now(lambda conn: revoke(conn, "chain:17")) == 0
    wire = Wire()
    async with sending(db, wire):
        await until(lambda: states(db) == ["revoked", "sent"])
    assert wire.texts == ["other"]


async def test_taken_back_while_it_waits_to_be_tried_again_it_does_not_leave(
    db: Database,
) -> None:
    wire = Wire()
    wire.refuse_once(NetworkError("gone"))
    async with sending(db, wire) as outbox:
        outbox.push(write(db, [call_for_help("again and again")]))
        await until(lambda: wire.calls)
        db.run_now(lambda conn: revoke(conn, "chain:17"))
        outbox.push(write(db, [letter("next")]))
        await until(lambda: wire.texts == ["next"])
    assert len(wire.calls) == 2
    assert states(db) == ["revoked", "sent"]


async def test_what_was_in_flight_when_it_was_taken_back_is_noted_as_sent(db: Database) -> None:
    wire = Wire()
    wire.hold = asyncio.Event()
    async with sending(db, wire) as outbox:
        outbox.push(write(db, [call_for_help("gone")]))
        await until(lambda: wire.calls)
        db.run_now(lambda conn: revoke(conn, "chain:17"))
        wire.hold.set()
        await until(lambda: states(db) == ["sent"])
    assert rows(db)[0].message_id == 1


async def test_what_was_in_flight_when_it_was_taken_back_can_still_be_changed(
    db: Database,
) -> None:
    """Whoever takes calls back owes each an edit: it reaches those that could not be stopped any more."""
    wire = Wire()
    wire.hold = asyncio.Event()
    async with sending(db, wire) as outbox:
        calls_out = write(db, [call_for_help("gone"), call_for_help("stopped")])
        outbox.push(calls_out)
        await until(lambda: wire.calls)
        db.run_now(lambda conn: revoke(conn, "chain:17"))
        outbox.push(write(db, [edit("somebody comes", call.id) for call in calls_out]))
        wire.hold.set()
        await until(lambda: "queued" not in states(db))
        await until(lambda: states(db)[0] == "sent")
    assert calls(wire) == [("gone", None), ("somebody comes", 1)]
    assert states(db) == ["sent", "revoked", "sent", "dead"]


async def test_an_edit_of_what_was_taken_back_is_dropped(sqlite_db: Database) -> None:
    wire = Wire()
    wire.refuse = lambda _m, p: NetworkError("gone") if p["text"] == "to many" else None
    async with sending(sqlite_db, wire) as outbox:
        [sent] = write(sqlite_db, [call_for_help("to many")])
        outbox.push([sent, *write(sqlite_db, [edit("changed", sent.id)])])
        await until(lambda: wire.calls)
        sqlite_db.run_now(lambda conn: revoke(conn, "chain:17"))
        await until(lambda: states(sqlite_db) == ["revoked", "dead"])
    assert wire.delivered == []


async def test_of_a_thousand_calls_none_leaves_after_they_were_taken_back(db: Database) -> None:
    """A revoke lands in the middle of a broadcast: what is sent afterwards was in flight at that moment."""
    wire = Wire()
    async with sending(db, wire, rate=400) as outbox:
        outbox.push(write(db, [call_for_help(f"{n}", chat_id=n) for n in range(1, 1001)]))
        await until(lambda: len(wire.calls) >= 100)
        taken = db.run_now(lambda conn: revoke(conn, "chain:17"))
        begun = len(wire.calls)
        await until(lambda: "queued" not in states(db), timeout=20)
        await until(lambda: not outbox._tasks)
    assert len(wire.calls) - begun <= 64 + 1, "no more than can be in flight"
    assert taken >= 1000 - begun - 128
    assert states(db).count("sent") == len(wire.delivered)


# -- what it costs ---------------------------------------------------------------------------------


async def test_an_ordinary_message_asks_the_database_for_nothing(sqlite_db: Database) -> None:
    wire, units = Wire(), 0
    run = sqlite_db.run

    async def counting(unit: Any, **how: Any) -> Any:
        nonlocal units
        units += 1
        return await run(unit, **how)

    async with sending(sqlite_db, wire) as outbox:
        await until(lambda: not outbox._loading)
        letters = write(sqlite_db, [letter(f"{n}", chat_id=n) for n in range(1, 41)])
        sqlite_db.run = counting  # type: ignore[method-assign]
        outbox.push(letters)
        await until(lambda: len(wire.delivered) == 40)
        await until(lambda: states(sqlite_db).count("sent") == 40)
    assert units <= 12, "the writing down, a look for others, and no more"


async def test_a_database_that_does_not_answer_holds_back_only_what_needs_it(
    sqlite_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    wire, broken = Wire(), True
    run = sqlite_db.run

    async def failing(unit: Any, **how: Any) -> Any:
        if broken and getattr(unit, "func", None) is standing:
            raise OperationalError("select", {}, Exception("locked"))
        return await run(unit, **how)

    monkeypatch.setattr(sqlite_db, "run", failing)
    async with sending(sqlite_db, wire) as outbox:
        outbox.push(write(sqlite_db, [call_for_help("held"), letter("other", chat_id=5)]))
        await until(lambda: wire.texts == ["other"])
        broken = False
        await until(lambda: wire.texts == ["other", "held"], timeout=3)


# -- groups that move ------------------------------------------------------------------------------


async def test_a_group_that_became_a_supergroup_is_followed(db: Database) -> None:
    wire, moves = Wire(), []

    def refuse(_method: str, payload: dict[str, Any]) -> TelegramError | None:
        return ChatMigrated(-100777) if payload["chat_id"] == -5 else None

    wire.refuse = refuse
    async with sending(db, wire) as outbox:
        outbox.ledger.on_chat_moved = lambda _conn, old, new: moves.append((old, new))
        outbox.push(write(db, [letter("one", chat_id=-5), letter("two", chat_id=-5)]))
        await until(lambda: states(db) == ["sent", "sent"])
        await until(lambda: moves)
    assert wire.texts == ["one", "two"]
    assert {payload["chat_id"] for payload in wire.delivered} == {-100777}
    assert set(moves) == {(-5, -100777)}


async def test_what_a_hook_stumbles_over_settles_nothing_twice(sqlite_db: Database) -> None:
    def stumble(_conn: object, _old: int, _new: int) -> None:
        raise ValueError("no such room")

    wire = Wire()
    wire.refuse = lambda _m, p: ChatMigrated(-100777) if p["chat_id"] == -5 else None
    async with sending(sqlite_db, wire) as outbox:
        outbox.ledger.on_chat_moved = stumble
        outbox.push(write(sqlite_db, [letter("one", chat_id=-5)]))
        await until(lambda: states(sqlite_db) == ["sent"])
    assert wire.texts == ["one"]


def told(outbox: Outbox) -> list[str]:
    """What the sender passes on about chats that are gone."""
    heard: list[str] = []
    outbox.ledger.on_news = lambda: heard.append("person")
    outbox.ledger.on_chat_left = lambda _conn, chat_id, _now: heard.append(str(chat_id))
    return heard


@pytest.mark.parametrize(("chat_id", "expected"), [(101, "person"), (-5, "-5")])
async def test_who_shut_the_bot_out_is_passed_on_once_it_is_committed(
    db: Database, chat_id: int, expected: str
) -> None:
    wire = Wire()
    wire.refuse_once(Forbidden("bot was kicked"))
    async with sending(db, wire) as outbox:
        heard = told(outbox)
        outbox.push(write(db, [letter("one", chat_id=chat_id)]))
        await until(lambda: heard)
        assert states(db) == ["dead"]
    assert heard == [expected]
