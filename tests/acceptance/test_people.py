"""The driver of conversations itself: it waits long enough, not longer, and tells what it saw."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest

from bot.sandbox.botapi import BotApi, CallbackAnswer
from tests.acceptance.people import Group, Person, Transcript

TOKEN = "123456789:AAF-sandboxsandboxsandboxsandboxsan"
KEYBOARD = {"inline_keyboard": [[{"text": "✅ 提交", "callback_data": "go"}]]}


class Bot:
    """Answers over HTTP as a test tells it to."""

    def __init__(self, api: BotApi, session: aiohttp.ClientSession) -> None:
        self.api, self.session = api, session
        self.url = f"{api.base_url}/bot{TOKEN}"

    async def call(self, method: str, **params: Any) -> Any:
        async with self.session.post(f"{self.url}/{method}", json=params) as answer:
            return (await answer.json())["result"]

    async def later(self, *calls: tuple[str, dict[str, Any]], delay: float = 0.02) -> None:
        for method, params in calls:
            await asyncio.sleep(delay)
            await self.call(method, **params)


@pytest.fixture
async def bot() -> AsyncIterator[Bot]:
    api = BotApi(token=TOKEN, now=lambda: datetime(2026, 7, 1, 13, 42, tzinfo=UTC))
    await api.start()
    async with aiohttp.ClientSession() as session:
        yield Bot(api, session)
    await api.stop()


@pytest.fixture
def guard(bot: Bot) -> Person:
    return Person(bot.api, user_id=5, first_name="王强", transcript=Transcript())


def send(text: str, **params: Any) -> tuple[str, dict[str, Any]]:
    return "sendMessage", {"chat_id": 5, "text": text} | params


async def test_saying_waits_for_the_whole_reaction(bot: Bot, guard: Person) -> None:
    answering = asyncio.create_task(bot.later(send("one"), send("two", reply_markup=KEYBOARD)))
    assert (await guard.says("/start")).text == "two"
    assert guard.last.text == "two"
    assert guard.buttons == ["✅ 提交"]
    await answering


async def test_an_edit_is_a_reaction_and_becomes_the_last_message(bot: Bot, guard: Person) -> None:
    answering = asyncio.create_task(bot.later(send("card", reply_markup=KEYBOARD), send("note")))
    await guard.says("/start")
    await answering
    card = next(shown for shown in guard.shown if shown.text == "card")
    edit = {"chat_id": 5, "message_id": card.message_id, "text": "done"}
    answering = asyncio.create_task(bot.later(("editMessageText", edit)))
    assert (await guard.presses("提交")).text == "done"
    assert guard.last.message_id == card.message_id
    await answering


async def test_a_notice_is_a_reaction_to_a_press(bot: Bot, guard: Person) -> None:
    answering = asyncio.create_task(bot.later(send("card", reply_markup=KEYBOARD)))
    await guard.says("/start")
    await answering
    pressing = asyncio.create_task(guard.presses("提交"))
    await asyncio.sleep(0.02)
    query = (await bot.call("getUpdates"))[-1]["callback_query"]
    await bot.call("answerCallbackQuery", callback_query_id=query["id"], text="太晚了")
    notice = await pressing
    assert isinstance(notice, CallbackAnswer)
    assert notice.text == "太晚了"


async def test_pressing_waits_for_the_button_and_takes_the_newest(bot: Bot, guard: Person) -> None:
    bot.api.send_text(5, "/start")
    other = {"inline_keyboard": [[{"text": "提交", "callback_data": "new"}]]}
    calls = (send("old", reply_markup=KEYBOARD), send("new", reply_markup=other))
    await bot.later(*calls)
    answering = asyncio.create_task(bot.later(send("reaction"), delay=0.1))
    await guard.presses("提交")
    await answering
    assert (await bot.call("getUpdates"))[-1]["callback_query"]["data"] == "new"


async def test_seeing_finds_the_newest_and_waits(bot: Bot, guard: Person) -> None:
    bot.api.send_text(5, "/start")
    waiting = asyncio.create_task(guard.sees("已登记"))
    await bot.later(send("no"), send("已登记 1"))
    assert (await waiting).text == "已登记 1"
    await bot.later(send("已登记 2"))
    assert (await guard.sees("已登记")).text == "已登记 2"


async def test_silence_fails_and_shows_the_end_of_the_chat(bot: Bot, guard: Person) -> None:
    with pytest.raises(AssertionError, match=r"(?s)said '/start' and nothing came.*5: '/start'"):
        await guard.says("/start", timeout=0.1)
    with pytest.raises(AssertionError, match="never saw '已登记'"):
        await guard.sees("已登记", timeout=0.1)
    with pytest.raises(AssertionError, match="found no button '提交'"):
        await guard.presses("提交", timeout=0.1)
    await guard.sees_nothing(within=0.05)
    await bot.later(send("news"))
    answering = asyncio.create_task(bot.later(send("more")))
    with pytest.raises(AssertionError, match="saw 'more'"):
        await guard.sees_nothing(within=0.2)
    await answering


async def test_everything_people_can_send_gets_a_reaction(bot: Bot, guard: Person) -> None:
    for act in (
        guard.sends_photo(caption="门口"),
        guard.sends_voice(),
        guard.sends_document(b"%PDF", file_name="a.pdf"),
        guard.sends_location(31.15, 121.12),
        guard.presses_data(7, "forged"),
    ):
        answering = asyncio.create_task(bot.later(send("good")))
        assert (await act).text == "good"
        await answering


async def test_a_transcript_tells_the_whole_conversation(bot: Bot, guard: Person) -> None:
    assert guard.transcript is not None
    guard.transcript.heading("A report", at=bot.api.now())
    answering = asyncio.create_task(bot.later(send("请核对\n\n威胁", reply_markup=KEYBOARD)))
    card = await guard.says("/report")
    await answering
    edit = {"chat_id": 5, "message_id": card.message_id, "text": "已登记"}
    answering = asyncio.create_task(bot.later(("editMessageText", edit)))
    await guard.presses("提交")
    await answering
    said = [(entry.direction, entry.text, entry.buttons) for entry in guard.transcript.entries]
    assert said == [
        ("heading", "A report", ()),
        ("says", "/report", ()),
        ("shows", "请核对\n\n威胁", (("✅ 提交",),)),
        ("presses", "✅ 提交", ()),
        ("edits", "已登记", ()),
    ]
    assert guard.transcript.markdown() == (
        "## A report\n\n**王强** 13:42: /report\n\n"
        "**平安哨** → 王强 13:42:\n>\n> 请核对  \n>\n> 威胁  \n>\n> `[✅ 提交]`  \n\n"
        "**王强** 13:42: \\[✅ 提交\\]\n\n"
        "**平安哨** → 王强 13:42 (edited):\n>\n> 已登记  \n"
    )


# -- groups and places that move -------------------------------------------------------------------


@pytest.fixture
def room(bot: Bot, guard: Person) -> Group:
    bot.api.add_group(chat_id=-1001, title="应急", forum=True, added_by=5)
    return Group(bot.api, chat_id=-1001, title="应急", transcript=guard.transcript)


def to_room(text: str, **params: Any) -> tuple[str, dict[str, Any]]:
    return "sendMessage", {"chat_id": -1001, "text": text} | params


async def answer_presses(bot: Bot, texts: dict[int, str]) -> None:
    """Answer the presses that come, each person's with a note of their own."""
    left, offset = dict(texts), 0
    while left:
        for update in await bot.call("getUpdates", offset=offset, timeout=5):
            offset = update["update_id"] + 1
            if query := update.get("callback_query"):
                note = {"callback_query_id": query["id"], "text": left.pop(query["from"]["id"])}
                await bot.call("answerCallbackQuery", **note)


async def test_a_press_in_a_group_brings_the_presser_their_own_note(
    bot: Bot, guard: Person, room: Group
) -> None:
    nurse = Person(bot.api, user_id=6, first_name="李")
    await bot.later(to_room("card", reply_markup=KEYBOARD))
    answering = asyncio.create_task(answer_presses(bot, {5: "for 5", 6: "for 6"}))
    notes = await asyncio.gather(nurse.presses_in(room, "提交"), guard.presses_in(room, "提交"))
    assert [note.text for note in notes] == ["for 6", "for 5"]
    await answering


async def test_what_is_said_in_a_group_is_heard_and_written_down(
    bot: Bot, guard: Person, room: Group
) -> None:
    answering = asyncio.create_task(bot.later(to_room("bound")))
    assert (await guard.says_in(room, "/start@wardwatch_bot room")).text == "bound"
    await answering
    assert guard.transcript is not None
    said = [(e.name, e.direction, e.text) for e in guard.transcript.entries]
    assert said == [("王强", "says", "/start@wardwatch_bot room"), ("应急", "shows", "bound")]


async def test_a_forum_is_read_topic_by_topic(bot: Bot, room: Group) -> None:
    topic = await bot.call("createForumTopic", chat_id=-1001, name="QP01-2026-0007")
    thread_id = topic["message_thread_id"]
    await bot.later(to_room("card", message_thread_id=thread_id))
    await bot.later(to_room("to all"))
    assert [m.text for m in room.topics["QP01-2026-0007"]] == ["card"]
    assert not room.is_closed("QP01-2026-0007")
    await bot.call("closeForumTopic", chat_id=-1001, message_thread_id=thread_id)
    assert room.is_closed("QP01-2026-0007")


async def test_somebody_walks_about(bot: Bot, guard: Person) -> None:
    answering = asyncio.create_task(bot.later(send("passed on")))
    assert (await guard.sends_live_location(31.1, 121.1)).text == "passed on"
    await answering
    guard.moves(31.2, 121.2)
    guard.stops_moving()
    updates = (await bot.call("getUpdates"))[-2:]
    assert ["live_period" in u["edited_message"]["location"] for u in updates] == [True, False]
