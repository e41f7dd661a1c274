"""A stand-in, somebody who uses it, and a bare HTTP client in the bot's place."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest

from bot.sandbox.botapi import BotApi
from tests.sandbox.shapes import check_request, check_result

TOKEN = "123456789:AAF-sandboxsandboxsandboxsandboxsan"
GUARD = 1001


class Clock:
    """A time that stands still until a test moves it."""

    def __init__(self) -> None:
        self.time = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def forward(self, **step: float) -> None:
        self.time += timedelta(**step)


class RawBot:
    """Calls methods as JSON; every request and every answer is held to the published shapes."""

    def __init__(self, api: BotApi, session: aiohttp.ClientSession) -> None:
        self.api, self.session = api, session

    def url(self, method: str) -> str:
        return f"{self.api.base_url}/bot{TOKEN}/{method}"

    async def call(self, method: str, **params: Any) -> Any:
        """The result; AssertionError when refused."""
        check_request(method, params)
        status, answer = await self.tries(method, **params)
        assert status == 200, answer
        assert answer.keys() == {"ok", "result"}
        check_result(method, answer["result"])
        return answer["result"]

    async def tries(self, method: str, **params: Any) -> tuple[int, Any]:
        """HTTP status and body, whatever they are."""
        async with self.session.post(self.url(method), json=params) as answer:
            return answer.status, await answer.json()

    async def refused(self, method: str, **params: Any) -> str:
        """The description of a refusal, whose status is in the HTTP line and the body alike."""
        status, answer = await self.tries(method, **params)
        assert status >= 400, answer
        assert answer["ok"] is False
        assert answer["error_code"] == status
        return f"{status} {answer['description']}"

    async def updates(self, **params: Any) -> list[Any]:
        return list(await self.call("getUpdates", **params))

    async def says(self, text: str = "hello", **params: Any) -> Any:
        return await self.call("sendMessage", chat_id=GUARD, text=text, **params)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def api(clock: Clock) -> AsyncIterator[BotApi]:
    """A stand-in to whose bot one guard has written already."""
    api = BotApi(token=TOKEN, now=clock)
    await api.start()
    api.add_person(user_id=GUARD, first_name="王强", username="wangqiang")
    api.send_text(GUARD, "/start")
    yield api
    await api.stop()


@pytest.fixture
async def bot(api: BotApi) -> AsyncIterator[RawBot]:
    async with aiohttp.ClientSession() as session:
        yield RawBot(api, session)
