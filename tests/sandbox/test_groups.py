"""Groups, topics and places that move, as Telegram has them."""

from typing import Any

import pytest
from telegram import Bot, Update
from telegram.error import ChatMigrated, Forbidden

from bot.sandbox.botapi import BotApi
from tests.sandbox.conftest import GUARD, TOKEN, Clock, RawBot

FORUM, GROUP, NEW = -1001, -77, -1002
NURSE = 1002
BUTTON = {"inline_keyboard": [[{"text": "我去", "callback_data": "go:1"}]]}


@pytest.fixture
def groups(api: BotApi) -> BotApi:
    """The guard and a nurse are in a forum and in a small group."""
    api.add_person(user_id=NURSE, first_name="李")
    api.add_group(chat_id=FORUM, title="应急", forum=True)
    api.add_group(chat_id=GROUP, title="小组", supergroup=False)
    return api


async def newest(bot: RawBot, kind: str) -> dict[str, Any]:
    """What the last update of a kind holds."""
    return dict([u[kind] for u in await bot.updates() if kind in u][-1])


# -- people in groups ------------------------------------------------------------------------------


async def test_whoever_presses_in_a_group_is_named_and_answered_there(
    groups: BotApi, bot: RawBot
) -> None:
    card = await bot.call("sendMessage", chat_id=FORUM, text="x", reply_markup=BUTTON)
    groups.press(NURSE, card["message_id"], "go:1", chat_id=FORUM)
    query = await newest(bot, "callback_query")
    assert (query["from"]["id"], query["message"]["chat"]["id"]) == (NURSE, FORUM)
    await bot.call("answerCallbackQuery", callback_query_id=query["id"], text="好")
    assert [(a.user_id, a.text) for a in groups.answers(FORUM)] == [(NURSE, "好")]
    assert groups.answers(NURSE) == []


async def test_a_command_in_a_topic_says_which(groups: BotApi, bot: RawBot) -> None:
    topic = await bot.call("createForumTopic", chat_id=FORUM, name="QP01")
    thread_id = topic["message_thread_id"]
    groups.send_text(GUARD, "/start@wardwatch_bot room", chat_id=FORUM, thread_id=thread_id)
    message = await newest(bot, "message")
    assert message["message_thread_id"] == thread_id
    assert message["is_topic_message"] is True
    assert message["chat"] == {"id": FORUM, "type": "supergroup", "title": "应急", "is_forum": True}
    assert message["entities"] == [{"type": "bot_command", "offset": 0, "length": 20}]


# -- topics ----------------------------------------------------------------------------------------


async def test_a_message_goes_into_its_topic(groups: BotApi, bot: RawBot) -> None:
    topic = await bot.call("createForumTopic", chat_id=FORUM, name="QP01-2026-0007")
    thread_id = topic["message_thread_id"]
    into = {"chat_id": FORUM, "message_thread_id": thread_id}
    sent = await bot.call("sendMessage", **into, text="card", disable_notification=True)
    assert (sent["message_thread_id"], sent["is_topic_message"]) == (thread_id, True)
    await bot.call("sendLocation", **into, latitude=31.15, longitude=121.12)
    await bot.call("sendMessage", chat_id=FORUM, text="to all")
    shown = [(m.kind, m.thread_id, m.silent) for m in groups.chat(FORUM)]
    begun = ("other", thread_id, False)
    assert shown == [
        begun,
        ("text", thread_id, True),
        ("location", thread_id, False),
        ("text", None, False),
    ]
    assert groups.chat(FORUM)[0].message_id == thread_id


@pytest.mark.parametrize("chat_id", [FORUM, GROUP, GUARD])
async def test_a_topic_that_is_not_there_is_refused(
    groups: BotApi, bot: RawBot, chat_id: int
) -> None:
    refused = await bot.refused("sendMessage", chat_id=chat_id, text="x", message_thread_id=9)
    assert refused == "400 Bad Request: message thread not found"
    assert all(shown.sender != "bot" for shown in groups.chat(chat_id))


async def test_topics_are_named_closed_and_opened_again(groups: BotApi, bot: RawBot) -> None:
    topic = await bot.call("createForumTopic", chat_id=FORUM, name="one")
    at = {"chat_id": FORUM, "message_thread_id": topic["message_thread_id"]}
    await bot.call("editForumTopic", **at, name="two")
    await bot.call("closeForumTopic", **at)
    assert (groups.chats[FORUM].topics[at["message_thread_id"]].name) == "two"
    assert groups.chats[FORUM].topics[at["message_thread_id"]].closed
    unchanged = "400 Bad Request: TOPIC_NOT_MODIFIED"
    assert await bot.refused("closeForumTopic", **at) == unchanged
    assert await bot.refused("editForumTopic", **at, name="two") == unchanged
    await bot.call("sendMessage", **at, text="an administrator can still write")
    await bot.call("reopenForumTopic", **at)
    assert not groups.chats[FORUM].topics[at["message_thread_id"]].closed


async def test_what_cannot_be_a_topic_is_refused(groups: BotApi, bot: RawBot) -> None:
    assert await bot.refused("createForumTopic", chat_id=GROUP, name="x") == (
        "400 Bad Request: the chat is not a forum"
    )
    for name in (" ", "名" * 129):
        assert "TOPIC_TITLE" in await bot.refused("createForumTopic", chat_id=FORUM, name=name)
    assert await bot.refused("closeForumTopic", chat_id=FORUM, message_thread_id=5) == (
        "400 Bad Request: TOPIC_ID_INVALID"
    )


async def test_a_message_is_pinned_and_unpinned(groups: BotApi, bot: RawBot) -> None:
    card = await bot.call("sendMessage", chat_id=FORUM, text="x")
    at = {"chat_id": FORUM, "message_id": card["message_id"]}
    await bot.call("pinChatMessage", **at, disable_notification=True)
    assert groups.chat(FORUM)[0].pinned
    await bot.call("unpinChatMessage", **at)
    assert not groups.chat(FORUM)[0].pinned
    refused = await bot.refused("pinChatMessage", chat_id=FORUM, message_id=5)
    assert refused == "400 Bad Request: message to pin not found"


# -- groups that go --------------------------------------------------------------------------------


async def test_a_group_the_bot_was_taken_out_of_takes_nothing(groups: BotApi, bot: RawBot) -> None:
    groups.remove_bot(GROUP, by=GUARD)
    change = await newest(bot, "my_chat_member")
    assert change["chat"]["id"] == GROUP
    assert change["new_chat_member"]["status"] == "kicked"
    refused = await bot.refused("sendMessage", chat_id=GROUP, text="x")
    assert refused == "403 Forbidden: bot was kicked from the group chat"
    groups.add_group(chat_id=GROUP, title="小组", supergroup=False, added_by=GUARD)
    await bot.call("sendMessage", chat_id=GROUP, text="x")


async def test_a_group_that_became_a_supergroup_says_where_it_is(
    groups: BotApi, bot: RawBot
) -> None:
    groups.migrate_group(GROUP, to=NEW, by=GUARD)
    old, new = [u["message"] for u in await bot.updates()][-2:]
    assert (old["chat"]["id"], old["migrate_to_chat_id"]) == (GROUP, NEW)
    assert (new["chat"]["id"], new["migrate_from_chat_id"]) == (NEW, GROUP)
    status, answer = await bot.tries("sendMessage", chat_id=GROUP, text="x")
    assert (status, answer["parameters"]) == (400, {"migrate_to_chat_id": NEW})
    await bot.call("sendMessage", chat_id=NEW, text="x")


async def test_the_library_understands_both(groups: BotApi) -> None:
    groups.migrate_group(GROUP, to=NEW, by=GUARD)
    groups.remove_bot(FORUM, by=GUARD)
    async with Bot(TOKEN, base_url=f"{groups.base_url}/bot") as bot:
        with pytest.raises(ChatMigrated) as moved:
            await bot.send_message(GROUP, "x")
        assert moved.value.new_chat_id == NEW
        with pytest.raises(Forbidden):
            await bot.send_message(FORUM, "x")


# -- places that move ------------------------------------------------------------------------------


async def test_a_live_location_arrives_moves_and_stops(
    groups: BotApi, bot: RawBot, clock: Clock
) -> None:
    groups.send_live_location(GUARD, 31.1, 121.1, live_period=900)
    clock.forward(seconds=5)
    groups.move_live_location(GUARD, 31.2, 121.2)
    groups.stop_live_location(GUARD)
    updates = [u.get("message") or u["edited_message"] for u in (await bot.updates())[-3:]]
    assert len({message["message_id"] for message in updates}) == 1
    assert [message["location"] for message in updates] == [
        {"latitude": 31.1, "longitude": 121.1, "live_period": 900},
        {"latitude": 31.2, "longitude": 121.2, "live_period": 900},
        {"latitude": 31.2, "longitude": 121.2},
    ]
    assert updates[1]["edit_date"] == updates[1]["date"] + 5
    shown = groups.chat(GUARD)[-1]
    assert (shown.place, shown.live) == ((31.2, 121.2), False)
    with pytest.raises(KeyError):
        groups.move_live_location(GUARD, 31.2, 121.2)


async def test_the_library_reads_it(groups: BotApi, bot: RawBot) -> None:
    groups.send_live_location(GUARD, 31.1, 121.1)
    groups.move_live_location(GUARD, 31.2, 121.2)
    reader = Bot(TOKEN)
    moved = Update.de_json((await bot.updates())[-1], reader)
    assert moved is not None
    assert moved.edited_message is not None
    assert moved.edited_message.location is not None
    assert moved.edited_message.location.latitude == 31.2


async def test_the_bot_moves_its_own(groups: BotApi, bot: RawBot, clock: Clock) -> None:
    place = {"latitude": 31.1, "longitude": 121.1}
    sent = await bot.call("sendLocation", chat_id=GUARD, **place, live_period=60)
    at = {"chat_id": GUARD, "message_id": sent["message_id"]}
    same = await bot.refused("editMessageLiveLocation", **at, **place)
    assert same.startswith("400 Bad Request: message is not modified")
    moved = await bot.call("editMessageLiveLocation", **at, latitude=31.2, longitude=121.2)
    assert moved["location"] == {"latitude": 31.2, "longitude": 121.2, "live_period": 60}
    assert groups.chat(GUARD)[-1].live
    await bot.call("stopMessageLiveLocation", **at)
    assert (groups.chat(GUARD)[-1].place, groups.chat(GUARD)[-1].live) == ((31.2, 121.2), False)
    over = "400 Bad Request: message can't be edited"
    assert await bot.refused("editMessageLiveLocation", **at, **place) == over


async def test_what_is_not_live_cannot_be_moved(groups: BotApi, bot: RawBot, clock: Clock) -> None:
    place = {"latitude": 31.1, "longitude": 121.1}
    over = "400 Bad Request: message can't be edited"
    text, fixed = await bot.says("x"), await bot.call("sendLocation", chat_id=GUARD, **place)
    live = await bot.call("sendLocation", chat_id=GUARD, **place, live_period=60)
    clock.forward(seconds=60)
    for message in (text, fixed, live):
        at = {"chat_id": GUARD, "message_id": message["message_id"]}
        assert await bot.refused("editMessageLiveLocation", **at, **place) == over
    refused = await bot.refused("sendLocation", chat_id=GUARD, **place, live_period=59)
    assert refused == "400 Bad Request: wrong live location period specified"
