"""Delivery by webhook to this machine."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from aiohttp import web

from bot.sandbox.botapi import BotApi
from tests.sandbox.conftest import GUARD, RawBot
from tests.sandbox.shapes import faults_of


class Listener:
    """Takes posted updates; ``statuses`` are its first answers, 200 follows."""

    def __init__(self) -> None:
        self.statuses: list[int] = []
        self.secrets: list[str | None] = []
        self.tried: list[dict[str, Any]] = []
        self.taken: list[dict[str, Any]] = []
        self.delay = 0.0
        self.at_once = self.most_at_once = 0

    async def __call__(self, request: web.BaseRequest) -> web.Response:
        update = json.loads(await request.read())
        assert faults_of(update, "Update", "update") == []
        self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        self.tried.append(update)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(self.delay)
        self.at_once -= 1
        status = self.statuses.pop(0) if self.statuses else 200
        if status < 300:
            self.taken.append(update)
        return web.Response(status=status)

    @property
    def texts(self) -> list[str]:
        return [update["message"]["text"] for update in self.taken]


@pytest.fixture
async def listener(api: BotApi, bot: RawBot) -> AsyncIterator[Listener]:
    listener = Listener()
    runner = web.ServerRunner(web.Server(listener))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    await bot.call("setWebhook", url=url, secret_token="s-1_A")
    yield listener
    await bot.call("deleteWebhook")
    await runner.cleanup()


async def _until(reached: Callable[[], bool]) -> None:
    for _ in range(300):
        if reached():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("not reached within 3 s")


async def test_updates_are_posted_with_the_secret_and_confirmed_by_200(
    api: BotApi, listener: Listener
) -> None:
    api.send_text(GUARD, "two")
    await _until(lambda: api.pending == 0)
    assert listener.texts == ["/start", "two"]
    assert set(listener.secrets) == {"s-1_A"}


async def test_a_refused_update_comes_again_and_its_chat_waits(
    api: BotApi, bot: RawBot, listener: Listener
) -> None:
    await _until(lambda: api.pending == 0)
    listener.statuses = [500, 503]
    api.send_text(GUARD, "two")
    api.send_text(GUARD, "three")
    await _until(lambda: len(listener.tried) >= 2)
    info = await bot.call("getWebhookInfo")
    assert info["pending_update_count"] == 2
    assert info["last_error_message"].startswith("Wrong response from the webhook: 500")
    await _until(lambda: api.pending == 0)
    assert listener.texts == ["/start", "two", "three"]
    assert [update["message"]["text"] for update in listener.tried[1:4]] == ["two"] * 3


async def test_many_chats_are_served_at_once_and_each_in_order(
    api: BotApi, listener: Listener
) -> None:
    listener.delay = 0.05
    for user_id in range(1, 11):
        api.add_person(user_id=user_id, first_name="甲")
        for index in range(3):
            api.send_text(user_id, f"{user_id}:{index}")
    await _until(lambda: api.pending == 0)
    assert 5 <= listener.most_at_once <= 40
    for user_id in range(1, 11):
        mine = [text for text in listener.texts if text.startswith(f"{user_id}:")]
        assert mine == [f"{user_id}:{index}" for index in range(3)]


async def test_a_duplicate_is_posted_again(api: BotApi, listener: Listener) -> None:
    update_id = api.send_text(GUARD, "once")
    await _until(lambda: api.pending == 0)
    api.repeat_update(update_id)
    await _until(lambda: api.pending == 0)
    assert [update["update_id"] for update in listener.taken[1:]] == [update_id] * 2


async def test_polling_and_webhook_exclude_each_other(api: BotApi, bot: RawBot) -> None:
    (old,) = await bot.updates()
    poll = bot.refused("getUpdates", offset=old["update_id"] + 1, timeout=10)
    waiting = asyncio.create_task(poll)
    await asyncio.sleep(0.1)
    await bot.call("setWebhook", url="http://127.0.0.1:9/hook", drop_pending_updates=True)
    assert await waiting == "409 Conflict: terminated by setWebhook request"
    assert (await bot.refused("getUpdates")).startswith("409 Conflict: can't use getUpdates method")
    await bot.call("deleteWebhook")
    assert await bot.updates() == []


async def test_nobody_listening_is_an_error_told_and_loses_nothing(
    api: BotApi, bot: RawBot
) -> None:
    await bot.call("setWebhook", url="http://127.0.0.1:9/hook", allowed_updates=["message"])
    await _until(lambda: "last_error_message" in api.webhook.describe())
    info = await bot.call("getWebhookInfo")
    assert info["last_error_message"].startswith("Connection failed")
    assert info["allowed_updates"] == ["message"]
    await bot.call("deleteWebhook")
    assert [update["message"]["text"] for update in await bot.updates()] == ["/start"]


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"url": "nonsense"}, "invalid webhook URL specified"),
        (
            {"url": "https://example.org/x"},
            "bad webhook: the stand-in posts to this machine only",
        ),
        (
            {"url": "http://127.0.0.1:9/", "secret_token": "a b"},
            "secret token contains unallowed characters",
        ),
        ({"url": "http://127.0.0.1:9/", "secret_token": "a" * 257}, "secret token is too long"),
    ],
)
async def test_a_wrong_webhook_is_refused(bot: RawBot, params: dict[str, str], said: str) -> None:
    assert await bot.refused("setWebhook", **params) == f"400 Bad Request: {said}"
