"""How calls are written and refused, and the failures a test can order."""

import json
from typing import Any

import aiohttp
import pytest

from bot.sandbox.botapi import METHODS, BotApi
from tests.sandbox.conftest import GUARD, TOKEN, RawBot
from tests.sandbox.shapes import methods

_BODIES: list[dict[str, Any]] = [
    {"json": {"chat_id": GUARD, "text": "a b&c=急", "protect_content": True}},
    {"data": {"chat_id": str(GUARD), "text": "a b&c=急", "protect_content": "true"}},
    {"params": {"chat_id": GUARD, "text": "a b&c=急", "protect_content": "true"}},
    {"params": {"chat_id": GUARD}, "json": {"text": "a b&c=急", "protect_content": True}},
]


@pytest.mark.parametrize("body", _BODIES)
async def test_fields_come_in_any_of_telegrams_ways(
    api: BotApi, bot: RawBot, body: dict[str, Any]
) -> None:
    async with bot.session.post(bot.url("sendMessage"), **body) as answer:
        assert answer.status == 200
    assert api.chat(GUARD)[-1].text == "a b&c=急"
    call = api.calls[-1]
    assert (call.method, call.status) == ("sendMessage", 200)
    assert call.params == {"chat_id": str(GUARD), "text": "a b&c=急", "protect_content": "true"}


async def test_a_multipart_body_without_files_is_read(api: BotApi, bot: RawBot) -> None:
    with aiohttp.MultipartWriter("form-data") as form:
        for name, value in (("chat_id", str(GUARD)), ("text", "急")):
            form.append(value).set_content_disposition("form-data", name=name)
    async with bot.session.post(bot.url("sendMessage"), data=form) as answer:
        assert answer.status == 200
    assert api.chat(GUARD)[-1].text == "急"


async def test_get_and_any_spelling_of_a_method_work(bot: RawBot) -> None:
    for url in (bot.url("getMe"), bot.url("getme"), bot.url("GETME").replace(":A", "%3AA")):
        async with bot.session.get(url) as answer:
            me = (await answer.json())["result"]
            assert (me["id"], me["username"]) == (123456789, "wardwatch_bot")


async def test_a_wrong_token_or_method_is_refused(api: BotApi, bot: RawBot) -> None:
    async with bot.session.get(f"{api.base_url}/bot{TOKEN}x/getMe") as answer:
        assert answer.status == 401
        assert await answer.json() == {
            "ok": False,
            "error_code": 401,
            "description": "Unauthorized",
        }
    assert await bot.refused("sendDice") == "404 Not Found: method not found"
    async with bot.session.get(f"{api.base_url}/") as answer:
        assert answer.status == 404


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"{", "application/json"),
        (b"[]", "application/json"),
        (b"text=\xff", "application/x-www-form-urlencoded"),
        (b"text=%FF", "application/x-www-form-urlencoded"),
        (b"x", "text/plain"),
        (b"x", "multipart/form-data"),
        (b"x", "multipart/form-data; boundary=y"),
    ],
)
async def test_what_cannot_be_read_is_refused(bot: RawBot, body: bytes, kind: str) -> None:
    headers = {"Content-Type": kind}
    async with bot.session.post(bot.url("sendMessage"), data=body, headers=headers) as answer:
        assert answer.status == 400
        assert (await answer.json())["description"].startswith("Bad Request: ")


async def test_an_ordered_failure_comes_as_often_as_ordered(api: BotApi, bot: RawBot) -> None:
    api.fail_next("sendMessage", status=502, description="Bad Gateway", times=2)
    for _ in range(2):
        assert await bot.refused("sendMessage", chat_id=GUARD, text="x") == "502 Bad Gateway"
    assert len(api.chat(GUARD)) == 1
    await bot.says("x")
    assert [call.status for call in api.calls] == [502, 502, 200]


async def test_an_ordered_failure_can_concern_one_chat_and_tell_when_to_retry(
    api: BotApi, bot: RawBot
) -> None:
    api.add_person(user_id=2, first_name="李")
    api.send_text(2, "/start")
    too_many = "Too Many Requests: retry after 3"
    api.fail_next("sendMessage", status=429, description=too_many, retry_after=3, chat_id=2)
    await bot.says("x")
    async with bot.session.post(bot.url("sendMessage"), json={"chat_id": 2, "text": "x"}) as answer:
        assert answer.status == 429
        assert answer.headers["Retry-After"] == "3"
        assert (await answer.json())["parameters"] == {"retry_after": 3}
    await bot.call("sendMessage", chat_id=2, text="x")


async def test_a_failure_can_come_after_the_effect(api: BotApi, bot: RawBot) -> None:
    api.fail_next("sendMessage", status=504, description="Gateway Timeout", applied=True)
    assert await bot.refused("sendMessage", chat_id=GUARD, text="x") == "504 Gateway Timeout"
    assert api.chat(GUARD)[-1].text == "x"


async def test_a_connection_can_be_dropped(api: BotApi, bot: RawBot) -> None:
    api.fail_next("sendMessage", status=0, description="", applied=True)
    with pytest.raises(aiohttp.ClientError):
        await bot.says("x")
    assert api.chat(GUARD)[-1].text == "x"
    await bot.says("y")


async def test_a_fault_of_the_stand_in_is_a_500_and_is_logged(
    api: BotApi, bot: RawBot, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(api, "reachable", lambda _: 1 / 0)
    assert await bot.refused("sendMessage", chat_id=GUARD, text="x") == "500 Internal Server Error"
    assert "ZeroDivisionError" in caplog.text


async def test_only_the_newest_calls_are_kept(
    api: BotApi, bot: RawBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.sandbox.botapi._MOST_CALLS", 10 - 20_000)
    for index in range(12):
        await bot.says(str(index))
    assert len(api.calls) <= 10
    assert api.calls == [] or api.calls[-1].params["text"] == "11"


async def test_menus_are_kept_per_scope_and_language(api: BotApi, bot: RawBot) -> None:
    def menu(name: str) -> list[dict[str, str]]:
        return [{"command": name, "description": "说明"}]

    await bot.call("setMyCommands", commands=menu("help"))
    await bot.call("setMyCommands", commands=menu("aide"), language_code="fr")
    scope = {"type": "chat", "chat_id": GUARD}
    assert api.menu(GUARD) == (("help", "说明"),)
    await bot.call("setMyCommands", commands=menu("report"), scope=scope, language_code="zh")
    assert api.menu(GUARD) == (("report", "说明"),)
    assert api.menus[f"chat:{GUARD}", "zh"] == (("report", "说明"),)
    assert await bot.call("getMyCommands", scope=scope, language_code="zh") == menu("report")
    assert await bot.call("getMyCommands", scope=scope) == []
    await bot.call("deleteMyCommands", scope=scope, language_code="zh")
    assert api.menu(GUARD) == (("help", "说明"),)


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"commands": [{"command": "Help", "description": "x"}]}, "BOT_COMMAND_INVALID"),
        ({"commands": [{"command": "a", "description": " "}]}, "BOT_COMMAND_DESCRIPTION_INVALID"),
        ({"commands": [{"command": "a", "description": "x"}] * 101}, "BOT_COMMANDS_TOO_MUCH"),
        ({"commands": [1]}, "can't parse BotCommand: expected an Object"),
        ({"commands": "{"}, "can't parse commands JSON object"),
        ({"commands": "[]", "language_code": "zh-hans"}, "invalid language code specified"),
        ({"commands": "[]", "scope": {"type": "chat", "chat_id": 7}}, "chat not found"),
        (
            {"commands": "[]", "scope": {"type": "x"}},
            "can't parse BotCommandScope: unsupported type specified",
        ),
    ],
)
async def test_a_wrong_menu_is_refused(bot: RawBot, params: dict[str, Any], said: str) -> None:
    assert await bot.refused("setMyCommands", **params) == f"400 Bad Request: {said}"


async def test_descriptions_have_their_limits(api: BotApi, bot: RawBot) -> None:
    await bot.call("setMyDescription", description="述" * 512, language_code="zh")
    await bot.call("setMyShortDescription", short_description="短" * 120)
    assert api.descriptions["short_description", ""] == "短" * 120
    assert await bot.refused("setMyDescription", description="述" * 513) == (
        "400 Bad Request: description is too long"
    )


async def test_the_shapes_know_every_method() -> None:
    delivery = {"getupdates", "setwebhook", "deletewebhook", "getwebhookinfo"}
    assert {name.lower() for name in methods()} == METHODS.keys() | delivery


async def test_answers_are_json_in_utf8(bot: RawBot) -> None:
    async with bot.session.post(
        bot.url("sendMessage"), json={"chat_id": GUARD, "text": "急"}
    ) as answer:
        assert answer.content_type == "application/json"
        assert json.loads((await answer.read()).decode())["result"]["text"] == "急"
