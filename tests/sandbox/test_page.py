"""The browser page's own HTTP side: what it shows, what it does, and whom it refuses."""

import asyncio
import io
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import FormData, web
from aiohttp.test_utils import TestClient, TestServer

from bot.sandbox.botapi import BotApi
from bot.sandbox.clock import SandboxClock
from bot.sandbox.page import DemoPerson, add_page
from tests.sandbox.small_bot import MENU, SmallBot, stop

TOKEN = "123456:AAF-a-token-that-opens-nothing-at-all-00"
NOW = datetime(2026, 6, 30, 4, 0, tzinfo=UTC)
GUARD, OTHER, STRANGER = 11, 12, 13
NAMES = {GUARD: "Ann", OTHER: "Ben", STRANGER: "Cid"}
PEOPLE = [
    DemoPerson(user_id=number, name=name, role_label="role", note="note", language_code="en")
    for number, name in NAMES.items()
]
PNG = bytes.fromhex("89504e470d0a1a0a")
HEADERS = {"X-Sandbox-Page": "1"}


@dataclass
class House:
    """The page, the stand-in and the small bot, served together."""

    api: BotApi
    clock: SandboxClock
    client: TestClient[web.Request, web.Application]
    bot: SmallBot
    moves: list[datetime] = field(default_factory=list)

    async def state(self, person: int = GUARD, **query: str) -> dict[str, Any]:
        """What one phone shows."""
        async with self.client.get("/page/state", params={"person": person, **query}) as answer:
            assert answer.status == 200
            state: dict[str, Any] = await answer.json()
            return state

    async def post(self, path: str, **body: Any) -> tuple[int, dict[str, Any]]:
        """Act as the page does."""
        async with self.client.post(f"/page/{path}", json=body, headers=HEADERS) as answer:
            return answer.status, await answer.json()

    async def upload(self, content: bytes, name: str, kind: str, **fields: str) -> int:
        """Hand over a file as the page does."""
        form = FormData(quote_fields=False)
        for key, value in fields.items():
            form.add_field(key, value)
        form.add_field("file", io.BytesIO(content), filename=name, content_type=kind)
        async with self.client.post("/page/file", data=form, headers=HEADERS) as answer:
            return answer.status

    async def last_shown(self, count: int, person: int = GUARD) -> list[dict[str, Any]]:
        """The messages once there are ``count`` of them."""
        async with asyncio.timeout(5):
            state = await self.state(person)
            while len(state["chat"]["messages"]) < count:
                state = await self.state(person, since=state["version"])
        messages: list[dict[str, Any]] = state["chat"]["messages"]
        return messages


@pytest.fixture
async def house() -> AsyncIterator[House]:
    clock = SandboxClock(real_now=lambda: NOW)
    api = BotApi(token=TOKEN, now=clock.now)
    for number, name in NAMES.items():
        api.add_person(user_id=number, first_name=name, language_code="en")
    moves: list[datetime] = []

    async def note_move() -> None:
        moves.append(clock.now())

    app = web.Application()
    add_page(app, api=api, people=PEOPLE, clock=clock, after_clock_moved=note_move)
    bot = SmallBot(await api.start(), TOKEN)
    polling = asyncio.create_task(bot.run())
    async with TestClient(TestServer(app)) as client:
        yield House(api, clock, client, bot, moves)
    await stop(polling)
    await api.stop()


async def test_the_page_and_its_parts_are_served_and_never_kept(house: House) -> None:
    for path, kind in {
        "/": "text/html",
        "/page/page.css": "text/css",
        "/page/page.js": "text/javascript",
        "/page/icon.svg": "image/svg+xml",
    }.items():
        async with house.client.get(path) as answer:
            assert (answer.status, answer.content_type) == (200, kind)
            assert answer.headers["Cache-Control"] == "no-store"
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
            text = await answer.text()
            assert "https://" not in text.replace("https?:", "")
            assert "innerHTML =" not in text


@pytest.mark.parametrize("name", ["page.py", "..%2fpage.py", "%2e%2e%2fclock.py", "none.js"])
async def test_nothing_else_is_served(house: House, name: str) -> None:
    async with house.client.get(f"/page/{name}") as answer:
        assert answer.status == 404


async def test_a_text_reaches_the_bot_and_its_answer_the_page(house: House) -> None:
    assert await house.post("text", person=GUARD, text="/start X1") == (200, {})
    mine, theirs = await house.last_shown(2)
    assert (mine["mine"], mine["text"]) == (True, "/start X1")
    assert (theirs["mine"], theirs["html"]) == (False, "<b>Welcome</b> X1")
    state = await house.state()
    assert state["chat"]["keyboard"] == [["One", "Two"]]
    assert [one["command"] for one in state["chat"]["commands"]] == [m["command"] for m in MENU]
    assert state["bot"] == "wardwatch_bot"


async def test_everybody_s_inbox_tells_what_the_bot_sent_them(house: House) -> None:
    await house.post("text", person=OTHER, text="/start")
    last = (await house.last_shown(2, OTHER))[-1]
    inboxes = {one["id"]: one["inbox"] for one in (await house.state(GUARD))["people"]}
    assert inboxes == {GUARD: [], OTHER: [last["id"]], STRANGER: []}


async def test_a_press_edits_in_place_and_is_answered(house: House) -> None:
    await house.post("text", person=GUARD, text="free text")
    card = (await house.last_shown(2))[-1]
    assert [[key["data"] for key in row] for row in card["buttons"]] == [
        ["submit:1"],
        ["alert:1", "toast:1"],
    ]
    await house.post("press", person=GUARD, message=card["id"], data="alert:1")
    await house.post("press", person=GUARD, message=card["id"], data="submit:1")
    async with asyncio.timeout(5):
        while not (state := await house.state())["chat"]["messages"][-1]["edited"]:
            await house.state(since=state["version"])
    assert [message["id"] for message in state["chat"]["messages"]][-1] == card["id"]
    assert "Filed" in state["chat"]["messages"][-1]["text"]
    shown = [(one["text"], one["alert"]) for one in state["chat"]["answers"] if one["text"]]
    assert shown == [("An alert", True)]


async def test_a_button_that_is_not_there_cannot_be_pressed(house: House) -> None:
    await house.post("text", person=GUARD, text="free text")
    card = (await house.last_shown(2))[-1]
    for body in (
        {"person": GUARD, "message": card["id"], "data": "forged"},
        {"person": GUARD, "message": card["id"] + 9, "data": "submit:1"},
        {"person": OTHER, "message": card["id"], "data": "submit:1"},
        {"person": GUARD, "message": card["id"], "data": None},
    ):
        assert await house.post("press", **body) == (400, {"error": "gone"})
    assert not house.api.queries


@pytest.mark.parametrize(
    ("mime_type", "kind"),
    [
        ("image/png", "photo"),
        ("audio/ogg", "voice"),
        ("application/pdf", "document"),
        ("image/svg+xml", "document"),
    ],
)
async def test_a_file_goes_as_what_it_is(house: House, mime_type: str, kind: str) -> None:
    assert await house.upload(PNG, "报告.bin", mime_type, person=str(GUARD), caption="Look") == 200
    sent = (await house.state())["chat"]["messages"][0]
    assert (sent["kind"], sent["text"]) == (kind, "Look")
    async with house.client.get(sent["file"]["url"]) as answer:
        assert answer.status == 200
        assert await answer.read() == PNG
        saved = answer.headers.get("Content-Disposition") == "attachment"
        assert saved == (kind == "document")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    if kind == "document":
        assert sent["file"]["name"] == "报告.bin"


async def test_a_file_of_the_bot_s_is_there_to_be_saved(house: House) -> None:
    await house.post("text", person=GUARD, text="One")
    await house.last_shown(2)
    await house.bot.hand(GUARD, PNG, "考核表.xlsx")
    sent = (await house.last_shown(3))[-1]
    assert (sent["mine"], sent["kind"], sent["file"]["name"]) == (False, "document", "考核表.xlsx")
    async with house.client.get(sent["file"]["url"]) as answer:
        assert await answer.read() == PNG
        assert answer.headers["Content-Disposition"] == "attachment"


async def test_a_file_is_refused_when_too_large_or_empty(house: House) -> None:
    large = b"x" * (20 * 1024 * 1024 + 1)
    assert await house.upload(large, "a.bin", "text/plain", person=str(GUARD)) == 413
    assert await house.upload(b"", "a.bin", "text/plain", person=str(GUARD)) == 400
    assert (await house.state())["chat"]["messages"] == []
    async with house.client.get("/page/file/unknown") as answer:
        assert answer.status == 404


async def test_a_location_is_sent(house: House) -> None:
    assert (await house.post("place", person=GUARD, latitude=31.2, longitude=121.1))[0] == 200
    assert (await house.state())["chat"]["messages"][0]["kind"] == "location"
    for wrong in ({"latitude": 91, "longitude": 0}, {"latitude": "x", "longitude": 0}, {}):
        assert await house.post("place", person=GUARD, **wrong) == (400, {"error": "place"})


@pytest.mark.parametrize(
    ("body", "reached"),
    [
        ({"seconds": 3600}, NOW + timedelta(hours=1)),
        ({"next": [7, 10]}, datetime(2026, 7, 10, 1, tzinfo=UTC)),
        ({"next": [1, 10]}, datetime(2027, 1, 10, 1, tzinfo=UTC)),
        ({"next": [6, 30]}, datetime(2027, 6, 30, 1, tzinfo=UTC)),
        ({"to": "2026-07-01T00:30"}, datetime(2026, 6, 30, 16, 30, tzinfo=UTC)),
    ],
)
async def test_the_clock_moves_and_then_the_rest_catches_up(
    house: House, body: dict[str, Any], reached: datetime
) -> None:
    status, clock = await house.post("clock", **body)
    assert status == 200
    assert datetime.fromisoformat(clock["now"]) == reached
    assert clock["zone"] == "Asia/Shanghai"
    assert house.moves == [reached]
    await house.post("clock", reset=True)
    assert house.moves == [reached, NOW]
    assert (await house.state())["clock"]["offset"] == 0


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"seconds": -1}, "backwards"),
        ({"to": "2026-06-30T11:59"}, "backwards"),
        ({"to": "2032-06-30T12:00"}, "tooFar"),
        ({"seconds": 1e99}, "moment"),
        ({"next": [2, 30]}, "moment"),
        ({"next": 7}, "moment"),
        ({"to": "tomorrow"}, "moment"),
        ({}, "moment"),
    ],
)
async def test_a_clock_that_may_not_move_stands(
    house: House, body: dict[str, Any], reason: str
) -> None:
    assert await house.post("clock", **body) == (400, {"error": reason})
    assert house.moves == []
    assert house.clock.offset == timedelta(0)


async def test_a_waiting_browser_hears_of_the_clock_and_of_new_menus(house: House) -> None:
    state = await house.state()
    waiting = asyncio.create_task(house.state(since=state["version"]))
    await asyncio.sleep(0.05)
    assert not waiting.done()
    await house.post("clock", seconds=60)
    state = await asyncio.wait_for(waiting, 2)
    assert state["clock"]["offset"] == 60

    waiting = asyncio.create_task(house.state(since=state["version"]))
    async with aiohttp.ClientSession() as session:
        menu = {"commands": [{"command": "only", "description": "One"}]}
        async with session.post(f"{house.api.base_url}/bot{TOKEN}/setMyCommands", json=menu):
            pass
    state = await asyncio.wait_for(waiting, 3)
    assert [one["command"] for one in state["chat"]["commands"]] == ["only"]


async def test_a_stop_lets_waiting_browsers_go(house: House) -> None:
    state = await house.state()
    waiting = asyncio.create_task(house.state(since=state["version"]))
    await asyncio.sleep(0.05)
    began = time.monotonic()
    assert house.client.app is not None
    await house.client.app.shutdown()
    await asyncio.wait_for(waiting, 2)
    assert time.monotonic() - began < 2


async def test_a_version_of_an_earlier_run_is_answered_at_once(house: House) -> None:
    state = await asyncio.wait_for(house.state(since="earlier.0.0.0"), 1)
    assert state["chat"]["person"] == GUARD


@pytest.mark.parametrize("person", [99, -1, "x", None, True, 1.5])
async def test_nobody_else_can_be_acted_as(house: House, person: Any) -> None:
    assert await house.post("text", person=person, text="hello") == (400, {"error": "person"})


@pytest.mark.parametrize("text", ["", "  \n", None, 7, ["x"]])
async def test_an_empty_text_is_not_sent(house: House, text: Any) -> None:
    assert await house.post("text", person=GUARD, text=text) == (400, {"error": "text"})


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff", b""])
async def test_a_body_that_is_no_object_is_refused(house: House, body: bytes) -> None:
    async with house.client.post("/page/text", data=body, headers=HEADERS) as answer:
        assert (answer.status, await answer.json()) == (400, {"error": "json"})


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({}, "header"),
        ({**HEADERS, "Origin": "https://evil.example"}, "origin"),
        ({**HEADERS, "Origin": "null"}, "origin"),
        ({**HEADERS, "Origin": "http://127.0.0.1:1"}, "origin"),
        ({**HEADERS, "Host": "evil.example"}, "host"),
        ({**HEADERS, "Host": "[::1"}, "host"),
    ],
)
async def test_another_web_page_cannot_act(
    house: House, headers: dict[str, str], reason: str
) -> None:
    body = {"person": GUARD, "text": "hello"}
    for path in ("text", "place", "press", "clock", "file"):
        async with house.client.post(f"/page/{path}", json=body, headers=headers) as answer:
            assert (answer.status, await answer.json()) == (403, {"error": reason})
    assert house.api.chat(GUARD) == []


async def test_a_foreign_name_for_this_machine_cannot_read(house: House) -> None:
    for path in ("/", "/page/state", "/page/page.js", "/page/file/x"):
        async with house.client.get(path, headers={"Host": "rebound.example"}) as answer:
            assert answer.status == 403


async def test_the_page_s_own_origin_may_act(house: House) -> None:
    url = house.client.make_url("/")
    headers = {**HEADERS, "Origin": f"http://{url.host}:{url.port}"}
    body = {"person": GUARD, "text": "hello"}
    async with house.client.post("/page/text", json=body, headers=headers) as answer:
        assert answer.status == 200
