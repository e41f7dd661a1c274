"""The webhook: stored before it is answered with 200, nobody else let in, a report from end to end."""

import io
import json
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.acceptance.house import TOKEN, House, until
from tests.acceptance.reporters import say

SECRET = "a-secret_of_our_own"
HEADER = "X-Telegram-Bot-Api-Secret-Token"


class Hook:
    """Posts to the bot as Telegram would, or as somebody else."""

    def __init__(self, house: House, session: aiohttp.ClientSession) -> None:
        self.url = f"http://127.0.0.1:{house.port}/hook"
        self._session = session

    async def post(self, update: object, *, secret: str | None = SECRET) -> int:
        """The status; an update that is bytes is sent as it is."""
        headers = {"Content-Type": "application/json"} | ({HEADER: secret} if secret else {})
        # In pieces, as a long one comes through a network.
        body = io.BytesIO(update if isinstance(update, bytes) else json.dumps(update).encode())
        async with self._session.post(self.url, data=body, headers=headers) as answer:
            return answer.status


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A house whose bot has asked for a webhook."""
    async with House(tmp_path, webhook_secret=SECRET) as house:
        house.env["WARDWATCH_WEBHOOK_URL"] = f"http://127.0.0.1:{house.port}/hook"
        await serve(house)
        yield house
        assert await house.stop() == 0
        assert "Traceback" not in house.stderr
        assert SECRET not in house.stderr


async def serve(house: House) -> None:
    house.launch()
    calls = len(house.api.calls)
    await until(
        lambda: any(call.method == "setWebhook" for call in house.api.calls[calls:]), "a webhook"
    )


@pytest.fixture
async def hook(house: House) -> AsyncIterator[Hook]:
    async with aiohttp.ClientSession() as session:
        yield Hook(house, session)


def text_update(number: int, text: str) -> dict[str, Any]:
    somebody = {"id": 4711, "is_bot": False, "first_name": "路人", "language_code": "zh-hans"}
    chat = {"id": 4711, "type": "private", "first_name": "路人"}
    message = {"message_id": 1, "from": somebody, "chat": chat, "date": 1, "text": text}
    return {"update_id": number, "message": message}


async def test_a_report_from_end_to_end(house: House) -> None:
    officer = await house.join("赵芳", "officer")
    guard = await house.join("李强", "guard", "急诊科")
    await guard.says("/report")
    await guard.presses("威胁辱骂")
    await guard.says("家属扬言要打人" * 100)
    done = await guard.presses("提交")
    assert done.text.startswith(say("Filed as {number}.", number="QP01").partition(" ")[0])
    await officer.sees("家属扬言要打人")
    assert not house.polls
    assert [row["description"] for row in house.sql("SELECT * FROM incident")] == [
        "家属扬言要打人" * 100
    ]
    house.kill()
    house.api.send_text(guard.user_id, "/report")
    await serve(house)
    await guard.sees(say("What happened?"))


async def test_nobody_else_is_let_in(house: House, hook: Hook) -> None:
    for secret in (None, "", "another", SECRET + "x", "密"):
        assert await hook.post(text_update(1, "/start"), secret=secret) == 403
    assert await hook.post(b"not json") == 400
    assert await hook.post(["no update"]) == 400
    assert await hook.post({"update_id": "one"}) == 400
    assert await hook.post(b"[" * 2_000_000) == 413
    assert not house.sql("SELECT * FROM inbox")
    assert await hook.post(text_update(1, "/start")) == 200


async def test_it_is_stored_before_it_is_answered(house: House, hook: Hook) -> None:
    long = text_update(7, "很长" * 2000)
    assert await hook.post(long) == 200
    house.kill()  # at once: what was answered with 200 must be there
    stored = house.sql("SELECT update_id, state FROM inbox")
    assert [row["update_id"] for row in stored] == [7]
    await serve(house)
    await until(
        lambda: house.sql("SELECT * FROM inbox WHERE state = 'done'"), "it is done after all"
    )


async def test_it_is_not_taken_when_it_cannot_be_stored(house: House, hook: Hook) -> None:
    other = sqlite3.connect(house.database, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    assert await hook.post(text_update(8, "/start")) == 503
    other.execute("ROLLBACK")
    other.close()
    assert await hook.post(text_update(8, "/start")) == 200
    assert await hook.post(text_update(8, "/start")) == 200
    assert len(house.sql("SELECT * FROM inbox")) == 1
    assert TOKEN not in house.stderr
