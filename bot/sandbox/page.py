"""The sandbox's browser page: whoever opens it holds the phone of any demo person.

It speaks to the stand-in through its Python API only and knows nothing of what the bot is for.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web

from bot.sandbox.botapi import BotApi
from bot.sandbox.callers import HEADERS, UnservedError, answer, guarded
from bot.sandbox.clock import SandboxClock
from bot.sandbox.moves import step_of
from bot.sandbox.uploads import read_form
from bot.sandbox.view import FILES, DemoPerson, view_clock, view_people, view_phone

__all__ = ["DemoPerson", "add_page"]

_STATIC = Path(__file__).parent / "static"
_TYPES = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}
_SHOWN_TYPES = ("image/jpeg", "image/png", "image/webp", "image/gif", "audio/")
_GLANCE = 1.0
_GLANCES = 25


class _Page:
    def __init__(
        self,
        *,
        api: BotApi,
        people: Sequence[DemoPerson],
        clock: SandboxClock,
        after_clock_moved: Callable[[], Awaitable[None]],
        zone: ZoneInfo,
    ) -> None:
        self._api = api
        self._people = {person.user_id: person for person in people}
        self._clock = clock
        self._after_clock_moved = after_clock_moved
        self._zone = zone
        self._boot = secrets.token_hex(4)
        self._moves = 0
        self._moving = asyncio.Lock()
        self._bell = asyncio.Event()
        self._closing = False

    async def close(self, _app: web.Application) -> None:
        """Let the waiting browsers go, so that the server can stop at once."""
        self._closing = True
        self._bell.set()

    @guarded
    async def show(self, request: web.Request) -> web.Response:
        """The page itself and what it is made of."""
        path = _STATIC / request.match_info.get("name", "index.html")
        if path.parent != _STATIC or path.suffix not in _TYPES or not path.is_file():
            raise UnservedError("gone", status=404)
        content_type = _TYPES[path.suffix]
        body = path.read_bytes()
        return web.Response(body=body, content_type=content_type, charset="utf-8", headers=HEADERS)

    @guarded
    async def show_file(self, request: web.Request) -> web.Response:
        """A file somebody sent: pictures and sound to be looked at, all else to be saved."""
        try:
            stored = self._api.file(request.match_info["file_id"])
        except KeyError:
            raise UnservedError("gone", status=404) from None
        shown = stored.mime_type.startswith(_SHOWN_TYPES)
        content_type = stored.mime_type if shown else "application/octet-stream"
        headers = HEADERS if shown else {**HEADERS, "Content-Disposition": "attachment"}
        return web.Response(body=stored.content, content_type=content_type, headers=headers)

    @guarded
    async def state(self, request: web.Request) -> web.Response:
        """What one phone shows, as soon as it differs from what the browser has."""
        await self._wait(request.query.get("since", ""))
        asked = request.query.get("person", "")
        first = next(iter(self._people.values()))
        person = self._people.get(int(asked), first) if asked.isdecimal() else first
        return answer(
            {
                "boot": self._boot,
                "version": self._version(),
                "bot": self._api.bot["username"],
                "people": view_people(self._api, self._people.values()),
                "chat": view_phone(self._api, person),
                "clock": view_clock(self._clock, self._zone),
            }
        )

    def _version(self) -> str:
        menus = sum(map(hash, self._api.menus.items())) & 0xFFFFFF
        return f"{self._boot}.{self._moves}.{menus:x}.{self._api.version}"

    async def _wait(self, since: str) -> None:
        # A new command menu is no message and wakes nobody: hence the glances.
        for _ in range(_GLANCES):
            if since != self._version() or self._closing:
                return
            await self._wait_briefly()

    async def _wait_briefly(self) -> None:
        changed = self._api.changed(since=self._api.version, timeout=_GLANCE)
        waits = [asyncio.ensure_future(changed), asyncio.ensure_future(self._bell.wait())]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)

    @guarded
    async def send_text(self, request: web.Request) -> web.Response:
        """Write a message."""
        body = await _read_object(request)
        text = body.get("text")
        if not isinstance(text, str) or not text.strip():
            raise UnservedError("text")
        self._api.send_text(self._sender(body), text)
        return answer({})

    @guarded
    async def send_place(self, request: web.Request) -> web.Response:
        """Send a location in degrees."""
        body = await _read_object(request)
        try:
            latitude, longitude = float(body["latitude"]), float(body["longitude"])
        except (KeyError, TypeError, ValueError):
            raise UnservedError("place") from None
        if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
            raise UnservedError("place")
        self._api.send_location(self._sender(body), latitude, longitude)
        return answer({})

    @guarded
    async def send_file(self, request: web.Request) -> web.Response:
        """Send a picture, a voice message or any other file."""
        form = await read_form(request)
        person = self._sender(form.fields)
        caption = form.fields.get("caption") or None
        if form.kind == "photo":
            self._api.send_photo(person, form.content, caption=caption)
        elif form.kind == "voice":
            self._api.send_voice(person, form.content, caption=caption)
        else:
            self._api.send_document(
                person,
                form.content,
                caption=caption,
                file_name=form.name,
                mime_type=form.mime_type,
            )
        return answer({})

    @guarded
    async def press(self, request: web.Request) -> web.Response:
        """Press a button that is still there."""
        body = await _read_object(request)
        person, message, data = self._sender(body), body.get("message"), body.get("data")
        shown = (one for one in self._api.chat(person) if one.message_id == message)
        offered = {button.data for one in shown for row in one.buttons for button in row}
        if not isinstance(message, int) or not isinstance(data, str) or data not in offered:
            raise UnservedError("gone")
        self._api.press(person, message, data)
        return answer({})

    @guarded
    async def move_clock(self, request: web.Request) -> web.Response:
        """Move the sandbox's time, then let the rest of the sandbox catch up with it."""
        body = await _read_object(request)
        async with self._moving:
            if body.get("reset"):
                self._clock.reset()
            else:
                self._clock.forward(step_of(body, clock=self._clock, zone=self._zone))
            await self._after_clock_moved()
            self._moves += 1
            self._ring()
        return answer(view_clock(self._clock, self._zone))

    def _ring(self) -> None:
        self._bell.set()
        if not self._closing:
            self._bell = asyncio.Event()

    def _sender(self, body: dict[str, Any]) -> int:
        person = str(body.get("person"))
        user_id = int(person) if person.isdecimal() else 0
        if user_id not in self._people:
            raise UnservedError("person")
        return user_id


async def _read_object(request: web.Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except ValueError:
        raise UnservedError("json") from None
    if not isinstance(body, dict):
        raise UnservedError("json")
    return body


def add_page(
    app: web.Application,
    *,
    api: BotApi,
    people: Sequence[DemoPerson],
    clock: SandboxClock,
    after_clock_moved: Callable[[], Awaitable[None]],
    zone: ZoneInfo | None = None,
) -> None:
    """Mount the page at ``/``; ``people`` must not be empty, ``zone`` is what times are shown in.

    ``after_clock_moved`` is awaited before the browser hears that the clock has moved.
    """
    page = _Page(
        api=api,
        people=people,
        clock=clock,
        after_clock_moved=after_clock_moved,
        zone=zone or ZoneInfo("Asia/Shanghai"),
    )
    app.on_shutdown.append(page.close)
    app.router.add_get("/", page.show)
    app.router.add_get("/page/state", page.state)
    app.router.add_get(FILES + "{file_id}", page.show_file)
    app.router.add_get("/page/{name}", page.show)
    app.router.add_post("/page/text", page.send_text)
    app.router.add_post("/page/place", page.send_place)
    app.router.add_post("/page/file", page.send_file)
    app.router.add_post("/page/press", page.press)
    app.router.add_post("/page/clock", page.move_clock)
