"""What happens in groups, and what moves: presses answered to one person, commands, groups that go, live locations."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection

from bot.db import Database
from bot.incoming import Incoming
from bot.messages import Button
from bot.registry import Press, Registry
from bot.turn import Turn
from handlers import build_registry
from models.inbox import INBOX
from models.people import ROLES
from tests.people import Cast, Person
from tests.said import Said
from tests.stage import Stage

GROUP = {"id": -1001, "type": "supergroup", "title": "Operations room", "is_forum": True}
EVERYBODY = frozenset(ROLES)


class Room:
    """A stage with a group on it, and a registry that notes what it is told."""

    def __init__(self, db: Database, act: Callable[[Turn], None] = lambda _turn: None) -> None:
        self.heard: list[Any] = []
        self.turns: list[Turn] = []
        press = Press(kind="test", act=self._note(act), roles=EVERYBODY - {"guard"})
        known = build_registry()
        self.registry: Registry = replace(
            known,
            presses=(press, *known.presses),
            on_group_command=self._note(lambda turn: turn.send("bound")),
            on_moved=self._note(lambda turn: turn.actor),
            on_chat_moved=lambda _conn, old, new: self.heard.append((old, new)),
            on_chat_left=lambda _conn, chat_id, _now: self.heard.append(chat_id),
        )
        self.stage = Stage(db, self.registry)

    def _note(self, act: Callable[[Turn], object]) -> Callable[[Turn], None]:
        def noted(turn: Turn) -> None:
            self.turns.append(turn)
            act(turn)

        return noted

    async def feeds(self, **update: Any) -> Said:
        """One update."""
        async with self.stage:
            return await self.stage.feed(update)

    async def presses(self, person: Person, data: str = "test:1") -> Said:
        """Press a button below a message in the group."""
        query = {
            "id": "1",
            "chat_instance": "1",
            "from": user(person),
            "message": said(person, text="a card"),
            "data": data,
        }
        return await self.feeds(callback_query=query)

    async def writes(self, person: Person, text: str, **more: Any) -> Said:
        """Write in the group."""
        return await self.feeds(message={**said(person, text=text), **more})


def user(person: Person) -> dict[str, Any]:
    """Somebody as Telegram names them."""
    return {"id": person.user_id, "is_bot": False, "first_name": person.name, "language_code": "en"}


def said(person: Person, chat: dict[str, Any] = GROUP, **content: Any) -> dict[str, Any]:
    """A message."""
    where = {"message_id": 7, "date": 1_773_668_520, "chat": chat}
    if "text" in content and content["text"].startswith("/"):
        length = len(content["text"].split()[0])
        content["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
    return {**where, "from": user(person), **content}


def private(person: Person) -> dict[str, Any]:
    """Somebody's own chat with the bot."""
    return {"id": person.user_id, "type": "private", "first_name": person.name}


# -- presses ---------------------------------------------------------------------------------------


def talk_much(turn: Turn) -> None:
    """An action that was written for private chats."""
    turn.say(f"{turn.actor.role}: " + "x" * 300, [[Button("More", "test:2")]])
    turn.say("and more")
    turn.send("and still more")
    turn.send_file("photo", "file-1")


async def test_a_press_in_a_group_is_answered_to_whoever_pressed(db: Database, cast: Cast) -> None:
    room = Room(db, talk_much)
    told = await room.presses(cast.officer)
    assert [item.method for item in told.out] == ["answerCallbackQuery", "sendPhoto"]
    assert told.toasts[0].startswith("officer: xxx")
    assert len(told.toasts[0]) == 200
    assert told.out[1].chat_id == cast.officer.user_id


async def test_a_press_in_a_group_that_says_nothing_still_stops_the_spinner(
    sqlite_db: Database, cast: Cast
) -> None:
    told = await Room(sqlite_db).presses(cast.officer)
    assert [item.method for item in told.out] == ["answerCallbackQuery"]


async def test_in_a_group_too_the_presser_needs_the_role(sqlite_db: Database, cast: Cast) -> None:
    room = Room(sqlite_db, talk_much)
    told = await room.presses(cast.guard)
    assert "not part of your role" in told.toasts[0]
    assert room.turns == []


async def test_a_stranger_who_presses_in_a_group_learns_nothing_and_nobody_sees_it(
    sqlite_db: Database, cast: Cast
) -> None:
    stranger = replace(cast.guard, user_id=999)
    told = await Room(sqlite_db, talk_much).presses(stranger)
    assert [item.method for item in told.out] == ["answerCallbackQuery"]
    assert "QP01" not in told.everything


async def test_a_forms_button_is_refused_in_a_group(sqlite_db: Database, cast: Cast) -> None:
    room = Room(sqlite_db)
    async with room.stage as stage:
        await stage.says(cast.doctor, "/report")
        form = (await stage.says(cast.doctor, "/report")).buttons
    told = await room.presses(cast.doctor, next(iter(form.values())))
    assert "private chat" in told.toasts[0]
    assert told.texts == []


async def test_a_fault_behind_a_press_in_a_group_is_told_to_whoever_pressed(
    sqlite_db: Database, cast: Cast
) -> None:
    def stumble(_turn: Turn) -> None:
        raise ValueError("a fault of ours")

    told = await Room(sqlite_db, stumble).presses(cast.officer)
    assert [item.method for item in told.out] == ["answerCallbackQuery"]
    assert "did not work" in told.toasts[0]


async def test_a_press_that_cannot_be_saved_is_answered_in_private(
    sqlite_db: Database, cast: Cast
) -> None:
    room = Room(sqlite_db)
    pressed = room.stage.desk
    incoming = Incoming(
        update_id=1,
        kind="press",
        chat_id=-1001,
        private=False,
        user_id=cast.officer.user_id,
        user_name="officer",
        language="en",
        query_id="1",
    )
    pressed.regret(incoming)
    pressed.regret(incoming)
    told = room.stage.bag.empty()
    assert [item.chat_id for item in told.out] == [cast.officer.user_id]
    assert "cannot save" in told.text


# -- what is written -------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["/start room", "/start@w_bot room"])
async def test_a_command_in_a_group_goes_to_the_one_who_binds_groups(
    db: Database, cast: Cast, text: str
) -> None:
    room = Room(db)
    told = await room.writes(cast.admin, text, message_thread_id=12, is_topic_message=True)
    incoming = room.turns[0].incoming
    assert incoming.argument == "room"
    assert (incoming.chat_id, incoming.chat_title) == (-1001, "Operations room")
    assert incoming.thread_id == 12
    assert told.out[0].payload == {"chat_id": -1001, "text": "bound", "message_thread_id": 12}


async def test_unless_it_is_bound_a_group_is_told_to_come_to_the_private_chat(
    sqlite_db: Database, cast: Cast
) -> None:
    room = Room(sqlite_db)
    default = Registry.__dataclass_fields__["on_group_command"].default
    assert callable(default)
    room.stage = Stage(sqlite_db, replace(room.registry, on_group_command=default))
    told = await room.writes(cast.admin, "/report")
    assert "private chat" in told.text


async def test_what_people_say_to_each_other_in_a_group_is_left_alone(
    sqlite_db: Database, cast: Cast
) -> None:
    room = Room(sqlite_db)
    assert (await room.writes(cast.admin, "who goes?")).out == []
    assert room.turns == []


# -- groups that go --------------------------------------------------------------------------------


async def test_a_group_that_became_a_supergroup_is_told_of(db: Database, cast: Cast) -> None:
    room = Room(db)
    group = {"id": -5, "type": "group", "title": "Operations room"}
    moving = said(cast.admin, group, migrate_to_chat_id=-1005)
    assert (await room.feeds(message=moving)).out == []
    assert room.heard == [(-5, -1005)]


@pytest.mark.parametrize(
    ("status", "heard"), [("kicked", [-1001]), ("left", [-1001]), ("member", [])]
)
async def test_a_group_that_the_bot_is_taken_out_of_is_told_of(
    db: Database, cast: Cast, status: str, heard: list[int]
) -> None:
    room = Room(db)
    bot = {"id": 1, "is_bot": True, "first_name": "W"}
    removed = {"kicked": {"until_date": 0}, "left": {}, "member": {}}[status]
    change = {
        "chat": GROUP,
        "from": user(cast.admin),
        "date": 1_773_668_520,
        "old_chat_member": {"status": "member", "user": bot},
        "new_chat_member": {"status": status, "user": bot, **removed},
    }
    assert (await room.feeds(my_chat_member=change)).out == []
    assert room.heard == heard


# -- what moves ------------------------------------------------------------------------------------


def at(longitude: float, live: int | None) -> dict[str, Any]:
    """A place, live for so many seconds or not any more."""
    place = {"latitude": 31.15, "longitude": longitude}
    return {"location": {**place, "live_period": live} if live else place}


async def test_a_live_location_begins_as_a_place_that_is_live(
    sqlite_db: Database, cast: Cast
) -> None:
    room = Room(sqlite_db)
    seen: list[Any] = []

    def note(turn: Turn) -> None:
        seen.append((turn.incoming.kind, turn.incoming.live))

    room.stage = Stage(sqlite_db, replace(room.registry, on_message=note))
    chat = private(cast.guard)
    await room.feeds(message=said(cast.guard, chat, **at(121.1, 900)))
    await room.feeds(message=said(cast.guard, chat, **at(121.1, None)))
    assert seen == [("location", True), ("location", False)]


async def test_each_step_of_it_is_passed_on_and_answered_by_nothing(
    db: Database, cast: Cast
) -> None:
    room = Room(db)
    for longitude, live in ((121.2, 900), (121.3, None)):
        moved = {**said(cast.guard, private(cast.guard), **at(longitude, live)), "edit_date": 1}
        assert (await room.feeds(edited_message=moved)).out == []
    steps = [turn.incoming for turn in room.turns]
    assert [(s.kind, s.place, s.live, s.message_id) for s in steps] == [
        ("moved", (31.15, 121.2), True, 7),
        ("moved", (31.15, 121.3), False, 7),
    ]


async def test_a_stranger_who_moves_is_not_turned_away_at_every_step(
    sqlite_db: Database, cast: Cast
) -> None:
    stranger = replace(cast.guard, user_id=999)
    moved = {**said(stranger, private(stranger), **at(121.2, 900)), "edit_date": 1}
    assert (await Room(sqlite_db).feeds(edited_message=moved)).out == []


async def test_a_step_in_a_group_is_left_alone(sqlite_db: Database, cast: Cast) -> None:
    room = Room(sqlite_db)
    moved = {**said(cast.guard, **at(121.2, 900)), "edit_date": 1}
    assert (await room.feeds(edited_message=moved)).out == []
    assert room.turns == []


async def test_a_step_that_goes_wrong_is_set_aside_without_a_word(
    sqlite_db: Database, cast: Cast
) -> None:
    room = Room(sqlite_db)

    def stumble(_turn: Turn) -> None:
        raise ValueError("a fault of ours")

    room.stage = Stage(sqlite_db, replace(room.registry, on_moved=stumble))
    moved = {**said(cast.guard, private(cast.guard), **at(121.2, 900)), "edit_date": 1}
    assert (await room.feeds(edited_message=moved)).out == []

    def bad(conn: Connection) -> list[str]:
        return list(conn.execute(INBOX.select().with_only_columns(INBOX.c.state)).scalars())

    assert sqlite_db.run_now(bad) == ["bad"]


async def test_a_changed_text_is_still_answered(sqlite_db: Database, cast: Cast) -> None:
    changed = {**said(cast.guard, private(cast.guard), text="other"), "edit_date": 1}
    assert "changed a message" in (await Room(sqlite_db).feeds(edited_message=changed)).text
