"""getUpdates: nothing is lost before it is confirmed, whatever happens to the bot."""

import asyncio
import time

import aiohttp
import pytest

from bot.sandbox.botapi import BotApi
from tests.sandbox.conftest import GUARD, TOKEN, Clock, RawBot


async def test_updates_stay_until_a_later_offset_confirms_them(api: BotApi, bot: RawBot) -> None:
    api.send_text(GUARD, "two")
    first = await bot.updates()
    assert [update["message"]["text"] for update in first] == ["/start", "two"]
    assert await bot.updates() == first
    assert api.pending == 2
    assert await bot.updates(offset=first[0]["update_id"] + 1) == first[1:]
    assert api.pending == 1
    assert await bot.updates(offset=first[1]["update_id"] + 1) == []
    assert api.pending == 0
    assert await bot.updates(offset=first[0]["update_id"]) == []


async def test_ids_grow_and_a_later_stand_in_begins_above_an_earlier_one(
    api: BotApi, clock: Clock
) -> None:
    ids = [api.send_text(GUARD, f"message {index}") for index in range(1000)]
    assert ids == sorted(set(ids))
    later = BotApi(token=TOKEN, now=clock)
    later.add_person(user_id=GUARD, first_name="王强")
    assert later.send_text(GUARD, "hello") > ids[-1]


async def test_a_batch_holds_at_most_its_limit(api: BotApi, bot: RawBot) -> None:
    for index in range(150):
        api.send_text(GUARD, str(index))
    assert len(await bot.updates(limit=3)) == 3
    assert len(await bot.updates()) == 100
    assert len(await bot.updates(limit=1000)) == 100


async def test_a_negative_offset_keeps_the_newest_and_forgets_the_rest(
    api: BotApi, bot: RawBot
) -> None:
    for text in "abc":
        api.send_text(GUARD, text)
    (update,) = await bot.updates(offset=-1)
    assert update["message"]["text"] == "c"
    assert api.pending == 1


async def test_a_long_poll_ends_with_the_first_update(api: BotApi, bot: RawBot) -> None:
    (old,) = await bot.updates()
    poll = asyncio.create_task(bot.updates(offset=old["update_id"] + 1, timeout=10))
    await asyncio.sleep(0.1)
    assert not poll.done()
    api.send_text(GUARD, "news")
    (update,) = await asyncio.wait_for(poll, 1)
    assert update["message"]["text"] == "news"


async def test_a_long_poll_ends_empty_when_its_time_is_out(bot: RawBot) -> None:
    (old,) = await bot.updates()
    began = time.monotonic()
    assert await bot.updates(offset=old["update_id"] + 1, timeout=1) == []
    assert 0.9 < time.monotonic() - began < 3


async def test_a_second_poll_ends_the_first_with_a_conflict(api: BotApi, bot: RawBot) -> None:
    (old,) = await bot.updates()
    after = old["update_id"] + 1
    first = asyncio.create_task(bot.refused("getUpdates", offset=after, timeout=10))
    await asyncio.sleep(0.1)
    second = asyncio.create_task(bot.updates(offset=after, timeout=10))
    assert (await asyncio.wait_for(first, 1)).startswith(
        "409 Conflict: terminated by other getUpdates request; make sure that only one"
    )
    api.send_text(GUARD, "news")
    assert len(await asyncio.wait_for(second, 1)) == 1


async def test_an_update_sent_to_a_dead_bot_is_delivered_to_its_successor(
    api: BotApi, bot: RawBot
) -> None:
    (old,) = await bot.updates()
    after = old["update_id"] + 1
    async with aiohttp.ClientSession() as doomed:
        poll = asyncio.create_task(RawBot(api, doomed).updates(offset=after, timeout=30))
        await asyncio.sleep(0.1)
        poll.cancel()
        await asyncio.gather(poll, return_exceptions=True)
    api.send_text(GUARD, "said while nobody listened")
    for _ in range(3):
        (update,) = await bot.updates(offset=after, timeout=1)
        assert update["message"]["text"] == "said while nobody listened"


async def test_an_update_that_was_confirmed_comes_again_only_when_told_to(
    api: BotApi, bot: RawBot
) -> None:
    (old,) = await bot.updates()
    after = old["update_id"] + 1
    assert await bot.updates(offset=after) == []
    poll = asyncio.create_task(bot.updates(offset=after, timeout=10))
    await asyncio.sleep(0.05)
    api.repeat_update(old["update_id"])
    assert await asyncio.wait_for(poll, 1) == [old]
    assert await bot.updates(offset=after) == []
    api.send_text(GUARD, "new")
    api.repeat_update(old["update_id"])
    ids = [update["update_id"] for update in await bot.updates(offset=after)]
    assert ids[0] == old["update_id"] < ids[1], "the duplicate must not end the batch"
    with pytest.raises(KeyError):
        api.repeat_update(1)


async def test_kinds_the_bot_did_not_ask_for_are_not_kept(api: BotApi, bot: RawBot) -> None:
    await bot.updates(allowed_updates=["message"])
    api.block(GUARD)
    api.unblock(GUARD)
    api.send_text(GUARD, "hello")
    assert [set(update) - {"update_id"} for update in await bot.updates()] == [{"message"}] * 2
    await bot.updates(allowed_updates=[])
    api.block(GUARD)
    assert "my_chat_member" in (await bot.updates())[-1]


async def test_stopping_ends_a_long_poll_at_once_and_keeps_what_was_not_confirmed(
    api: BotApi, bot: RawBot
) -> None:
    (old,) = await bot.updates()
    poll = asyncio.create_task(bot.updates(offset=old["update_id"] + 1, timeout=30))
    await asyncio.sleep(0.1)
    began = time.monotonic()
    await api.stop()
    assert await asyncio.wait_for(poll, 1) == []
    assert time.monotonic() - began < 1.5
    api.send_text(GUARD, "said while it was away")
    with pytest.raises(aiohttp.ClientError):
        await bot.updates()
    await api.start()
    (update,) = await bot.updates(offset=old["update_id"] + 1)
    assert update["message"]["text"] == "said while it was away"


async def test_latency_delays_answers(clock: Clock) -> None:
    api = BotApi(token=TOKEN, now=clock, latency=0.2)
    await api.start()
    async with aiohttp.ClientSession() as session:
        began = time.monotonic()
        await RawBot(api, session).call("getMe")
        assert time.monotonic() - began >= 0.2
    await api.stop()
