"""The sandbox: the stand-in, the browser page and the bot in one process, over real HTTP on loopback."""

import asyncio
import os
import shutil
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from aiohttp import web

from bot.sandbox.botapi import BotApi
from bot.sandbox.cast import Cast
from bot.sandbox.clock import SandboxClock
from bot.sandbox.page import DemoPerson, add_page
from bot.scheduler import Clockwork
from bot.settings import Settings

TOKEN = "100000001:sandbox-token-that-opens-nothing-at-all"
_BOT = "wardwatch_bot"


class Playable(Protocol):
    """The bot, as far as the sandbox has to do with it."""

    clockwork: Clockwork

    async def run(
        self, stopping: asyncio.Event, mount: Callable[[web.Application], None] | None = None
    ) -> None:
        """Serve until told to stop."""


Build = Callable[[Settings, Callable[[], datetime]], Playable]


async def play(
    settings: Settings, *, cast: Sequence[Cast], build: Build, stopping: asyncio.Event
) -> None:
    """Serve the sandbox until told to stop."""
    clock = SandboxClock()
    api = BotApi(token=TOKEN, username=_BOT, now=clock.now)
    base_url = await api.start()
    own = settings.model_copy(
        update={
            "token": TOKEN,
            "api_base": base_url,
            "webhook_url": None,
            "proxy": None,
            "send_rate": 1000,
        }
    )
    bot = build(own, clock.now)
    people = [
        DemoPerson(
            user_id=person.user_id,
            name=person.name,
            role_label=person.role_label,
            note=person.note,
            language_code="zh-hans",
        )
        for person in cast
    ]
    for person in cast:
        api.add_person(user_id=person.user_id, first_name=person.name)
        if person.role:
            api.send_text(person.user_id, "/start")

    def mount(pages: web.Application) -> None:
        add_page(
            pages,
            api=api,
            people=people,
            clock=clock,
            after_clock_moved=bot.clockwork.sweep,
            zone=ZoneInfo(settings.timezone),
        )
        print(f"WardWatch sandbox: http://{settings.listen}  (Ctrl-C stops it)", flush=True)  # noqa: T201

    try:
        await bot.run(stopping, mount)
    finally:
        await api.stop()


def sandbox_settings(settings: Settings, *, fresh: bool) -> Settings:
    """The settings with a data directory and database of the sandbox's own, emptied if wanted."""
    folder = settings.data_dir / "sandbox"
    if fresh and folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    url = f"sqlite:///{os.fspath(folder / 'sandbox.db')}"
    return settings.model_copy(update={"data_dir": folder, "database_url": url, "key": None})
