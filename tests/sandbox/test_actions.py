"""Everything people can do arrives in the shape Telegram gives it, and can be seen."""

import asyncio
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.actions import _parts
from bot.sandbox.botapi import BotApi, CallbackAnswer, ShownMessage
from bot.sandbox.markup import utf16_length
from tests.sandbox.conftest import GUARD, Clock, RawBot

GROUP, CHANNEL = -100500, -100600


async def test_every_kind_of_update_has_its_published_shape(
    api: BotApi, bot: RawBot, clock: Clock
) -> None:
    message_id = api.chat(GUARD)[0].message_id
    api.add_group(chat_id=GROUP, title="急诊", added_by=GUARD)
    api.add_group(chat_id=-77, title="小组", supergroup=False)
    clock.forward(seconds=1)
    made = [
        api.send_text(GUARD, "/report@wardwatch_bot", chat_id=GROUP),
        api.send_text(GUARD, "hello", chat_id=-77),
        api.send_photo(GUARD, b"x", caption="/sos"),
        api.send_voice(GUARD, b"x"),
        api.send_video(GUARD, b"x", file_name="a.mp4", mime_type="video/mp4"),
        api.send_document(GUARD, b"x"),
        api.send_location(GUARD, 31.15, 121.12),
        api.send_sticker(GUARD),
        api.send_contact(GUARD),
        api.edit_text(GUARD, message_id, "/help now"),
        api.press(GUARD, message_id, "forged"),
        api.post_in_channel(CHANNEL, "news"),
        api.block(GUARD),
        api.unblock(GUARD),
    ]
    updates = await bot.updates()  # held to the shapes by the fixture
    assert [update["update_id"] for update in updates[2:]] == made
    kinds = [next(iter(update.keys() - {"update_id"})) for update in updates]
    assert kinds.count("message") == 10
    assert {"edited_message", "callback_query", "channel_post", "my_chat_member"} < set(kinds)
    edited = next(update["edited_message"] for update in updates if "edited_message" in update)
    assert edited["edit_date"] == edited["date"] + 1
    assert edited["entities"] == [{"type": "bot_command", "offset": 0, "length": 5}]
    blocked = updates[-2]["my_chat_member"]
    assert blocked["new_chat_member"]["status"] == "kicked"


async def test_dates_come_from_the_given_time(api: BotApi, bot: RawBot, clock: Clock) -> None:
    clock.forward(days=100)
    api.send_text(GUARD, "later")
    assert (await bot.updates())[-1]["message"]["date"] == int(clock.time.timestamp())
    assert (await bot.says())["date"] == int(clock.time.timestamp())
    assert api.chat(GUARD)[-1].date == clock.time


async def test_message_ids_grow_within_a_chat(api: BotApi, bot: RawBot) -> None:
    api.send_text(GUARD, "a")
    await bot.says()
    api.send_text(GUARD, "b")
    ids = [shown.message_id for shown in api.chat(GUARD)]
    assert ids == list(range(ids[0], ids[0] + 4))
    assert ids[-1] < 2**31


async def test_a_person_added_again_keeps_the_chat(api: BotApi, bot: RawBot) -> None:
    api.add_person(user_id=GUARD, first_name="王小强", started=True)
    await bot.says()
    assert [shown.text for shown in api.chat(GUARD)] == ["/start", "hello"]


async def test_somebody_who_started_the_bot_in_an_earlier_run_can_be_written_to(
    api: BotApi, bot: RawBot
) -> None:
    api.add_person(user_id=9, first_name="赵", started=True)
    await bot.call("sendMessage", chat_id=9, text="x")


async def test_who_blocked_the_bot_cannot_write_to_it(api: BotApi) -> None:
    api.block(GUARD)
    with pytest.raises(ValueError, match="blocked"):
        api.send_text(GUARD, "hello")


async def test_only_ones_own_messages_can_be_edited(api: BotApi, bot: RawBot) -> None:
    message = await bot.says()
    for message_id in (message["message_id"], 7):
        with pytest.raises(KeyError):
            api.edit_text(GUARD, message_id, "mine")


async def test_a_long_text_is_sent_as_several_messages(api: BotApi, bot: RawBot) -> None:
    api.send_text(GUARD, "急" * 5000)
    assert [len(shown.text) for shown in api.chat(GUARD)[1:]] == [4096, 904]
    with pytest.raises(ValueError, match="empty"):
        api.send_text(GUARD, " ")


@given(st.text(st.sampled_from("a急😀"), min_size=1, max_size=3).map(lambda unit: unit * 3000))
def test_the_parts_of_a_text_make_it_up(text: str) -> None:
    parts = _parts(text)
    assert "".join(parts) == text
    assert all(0 < utf16_length(part) <= 4096 for part in parts)


async def test_waiting_for_a_change_ends_with_it(api: BotApi, bot: RawBot) -> None:
    since = api.version
    waits = [
        asyncio.create_task(api.changed(since=since, timeout=5)),
        asyncio.create_task(api.chat_changed(GUARD, since=since, timeout=5)),
    ]
    api.add_person(user_id=2, first_name="李")
    other = asyncio.create_task(api.chat_changed(2, since=0, timeout=0.3))
    await asyncio.sleep(0.05)
    await bot.says()
    assert await asyncio.wait_for(asyncio.gather(*waits), 1) == [since + 1, since + 1]
    assert await other == 0
    assert await api.changed(since=since, timeout=5) == since + 1


async def test_waiting_ends_when_its_time_is_out(api: BotApi) -> None:
    began = time.monotonic()
    assert await api.changed(since=api.version, timeout=0.2) == api.version
    assert 0.15 < time.monotonic() - began < 2
    assert api._waiting == {}


async def test_who_watches_a_chat_is_told_of_every_change(api: BotApi, bot: RawBot) -> None:
    seen: list[ShownMessage | CallbackAnswer] = []
    api.watch(GUARD, seen.append)
    message = await bot.says("one")
    place = {"chat_id": GUARD, "message_id": message["message_id"]}
    await bot.call("editMessageText", **place, text="two")
    api.press(GUARD, message["message_id"], "x")
    query_id = (await bot.updates())[-1]["callback_query"]["id"]
    await bot.call("answerCallbackQuery", callback_query_id=query_id, text="three")
    api.send_text(GUARD, "four")
    await bot.call("deleteMessage", **place)
    assert [shown.text for shown in seen] == ["one", "two", "three", "four", "two"]
    versions = [shown.version for shown in seen]
    assert versions == sorted(set(versions))
