"""How fast a bot may send."""

import math

import aiohttp
import pytest

from bot.sandbox.botapi import BotApi
from bot.sandbox.limits import Limits
from bot.sandbox.refusals import RefusedError
from tests.sandbox.conftest import GUARD, TOKEN, Clock, RawBot


def _refused(limits: Limits, chat_id: int, now: float) -> int:
    with pytest.raises(RefusedError) as caught:
        limits.check(chat_id, now=now)
    assert caught.value.status == 429
    assert caught.value.retry_after is not None
    assert caught.value.description.endswith(f"retry after {caught.value.retry_after}")
    return caught.value.retry_after


def test_a_chat_takes_three_at_once_and_one_a_second() -> None:
    limits = Limits()
    for _ in range(3):
        limits.check(1, now=100.0)
    assert _refused(limits, 1, 100.01) == 1
    for second in range(1, 60):
        limits.check(1, now=100.0 + second)
    assert _refused(limits, 1, 159.0) == 1
    limits.check(2, now=159.0)
    assert limits.violations == {"chat": 2}


def test_all_chats_together_take_thirty_a_second() -> None:
    limits = Limits()
    sent, waits = 0, set[int | None]()
    for step in range(500):
        now, chat_id = 100.0 + step / 100, 1000 + step
        try:
            limits.check(chat_id, now=now)
            sent += 1
        except RefusedError as refused:
            waits.add(refused.retry_after)
    assert waits == {1}
    assert 30 + 4.99 * 30 - 1 <= sent <= 30 + 5 * 30 + 1
    assert limits.violations["all"] == 500 - sent


@pytest.mark.parametrize("jitter", [0.0, 0.012])
def test_an_even_thirty_a_second_is_never_too_fast(jitter: float) -> None:
    limits = Limits()
    for index in range(3000):
        shaken = jitter * math.sin(index * 7.1)
        limits.check(index % 100 + 1, now=100.0 + index / 30 + shaken)
    assert not limits.violations


def test_a_group_takes_twenty_a_minute() -> None:
    limits = Limits()
    sent, waits = 0, set[int | None]()
    for second in range(120):
        try:
            limits.check(-5, now=100.0 + second)
            sent += 1
        except RefusedError as refused:
            waits.add(refused.retry_after)
    assert waits <= {1, 2, 3}
    assert 20 + 119 / 3 - 1 <= sent <= 20 + 120 / 3 + 1
    assert set(limits.violations) == {"group"}


async def test_sends_and_edits_are_counted_and_nothing_else(clock: Clock) -> None:
    api = BotApi(token=TOKEN, now=clock, limits=True)
    assert api.limits is not None
    await api.start()
    api.add_person(user_id=GUARD, first_name="王强")
    api.send_text(GUARD, "/start")
    async with aiohttp.ClientSession() as session:
        bot = RawBot(api, session)
        message = await bot.says("1")
        place = {"chat_id": GUARD, "message_id": message["message_id"]}
        await bot.call("editMessageText", **place, text="2")
        await bot.says("3")
        for _ in range(5):
            await bot.call("sendChatAction", chat_id=GUARD, action="typing")
        assert await bot.refused("editMessageText", **place, text="4") == (
            "429 Too Many Requests: retry after 1"
        )
        assert await bot.call("deleteMessage", **place)
    assert api.limits.violations == {"chat": 1}
    await api.stop()
