"""A hospital in one process: the real bot against the stand-in over real HTTP, on a clock the test moves."""

import asyncio
import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any
from zoneinfo import ZoneInfo

from bot.app import App
from bot.db import Database
from bot.i18n import _, use_locale
from bot.migrate import ensure_migrated
from bot.registry import Sweep
from bot.sandbox.botapi import BotApi
from bot.settings import Settings
from handlers import office
from models.people import find_hospital
from tests.acceptance.people import Group, Person, Transcript
from tests.people import owe_only_reports

TOKEN = "123456789:test-token-that-is-long-enough-to-look-real"
LANGUAGE = {"zh_Hans": "zh-hans", "en": "en"}
BEGINNING = datetime(2026, 3, 16, 13, 42, tzinfo=UTC)
"""A Monday, 21:42 in Shanghai."""


class Clock:
    """Stands still until it is moved."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        """The time everybody goes by."""
        return self.moment

    def forward(self, **step: float) -> None:
        """Let time pass."""
        self.moment += timedelta(**step)


class Ward:
    """The bot, the stand-in, and a hospital QP01 set up by the command line's own functions."""

    def __init__(
        self,
        folder: Path,
        *,
        locale: str = "zh_Hans",
        level: int = 3,
        sweeps: Sequence[Sweep] = (),
    ) -> None:
        self.locale, self.level, self.sweeps = locale, level, sweeps
        self.clock = Clock(BEGINNING)
        self.transcript = Transcript()
        self.api = BotApi(token=TOKEN, now=self.clock.now)
        self.settings = Settings(
            token=TOKEN,
            database_url=f"sqlite:///{folder / 'ward.db'}",
            data_dir=folder,
            send_rate=1000,
            listen="127.0.0.1:0",
            locale=locale,
        )
        self._stopping = asyncio.Event()
        self._people = 100
        self._groups = -1_000_000_000_000

    async def __aenter__(self) -> "Ward":
        self.settings = self.settings.model_copy(update={"api_base": await self.api.start()})
        self.desk = Database(self.settings.database_url)
        ensure_migrated(self.desk.engine)
        self.admin_code = self.office(
            office.init,
            self.settings,
            "wardwatch_bot",
            district="青浦区",
            name="第一医院",
            code="QP01",
            level=self.level,
            now=self.clock.now(),
        )["invite"]
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()
        self.desk.close()
        await self.api.stop()

    async def start(self) -> None:
        """Start the bot on what is in the database; sweeps other than the ward's own run when the test says so."""
        self._stopping = asyncio.Event()
        self.app = App(self.settings, now=self.clock.now, sweeps=self.sweeps)
        self._running = asyncio.create_task(self.app.run(self._stopping))

    async def stop(self) -> None:
        """Stop it in good order; raises what made it fail."""
        self._stopping.set()
        async with asyncio.timeout(10):
            await self._running

    def office(self, command: Any, *args: Any, **options: Any) -> Any:
        """Run a command line function on the hospital's database."""
        with use_locale(self.locale):
            return self.desk.run_now(lambda conn: command(conn, *args, **options))

    async def sweep(self) -> dict[str, int]:
        """What ``wardwatch sweep`` does, as of the clock's time."""
        with use_locale(self.locale):
            counts: dict[str, int] = office.sweep(self.desk.run_now, self.clock.now())
        return counts

    def person(self, name: str) -> Person:
        """Somebody who has not joined."""
        self._people += 1
        return Person(
            self.api,
            user_id=self._people,
            first_name=name,
            language_code=LANGUAGE[self.locale],
            transcript=self.transcript,
        )

    def group(self, title: str, members: Sequence[Person], *, forum: bool = False) -> Group:
        """A group of these people, into which the first of them has just let the bot."""
        self._groups -= 1
        self.api.add_group(
            chat_id=self._groups, title=title, forum=forum, added_by=members[0].user_id
        )
        return Group(self.api, chat_id=self._groups, title=title, transcript=self.transcript)

    async def member(self, name: str, role: str, department: str | None = None) -> Person:
        """Somebody who joins with a code of their own."""
        person = self.person(name)
        code = self.admin_code
        if role != "admin":
            code = self.office(
                office.invite,
                None,
                code="QP01",
                role=role,
                department=department,
                uses=1,
                hours=24,
                now=self.clock.now(),
            )["invite"]
        await person.says(f"/start {code}")
        return person

    def say(self, msgid: str, **holes: Any) -> str:
        """A sentence of the bot in this ward's language."""
        with use_locale(self.locale):
            return _(msgid).format(**holes)

    def owe_only_reports(self) -> None:
        """Leave the summaries and incident reports on: a scene about them is not about every paper."""

        def turn_off(conn: Any) -> None:
            hospital = find_hospital(conn, "QP01")
            assert hospital is not None
            owe_only_reports(conn, hospital)

        self.desk.run_now(turn_off)

    def rows(self, query: str) -> list[dict[str, Any]]:
        """Read the database."""

        def read(conn: Any) -> list[dict[str, Any]]:
            return [dict(row._mapping) for row in conn.exec_driver_sql(query)]

        return self.desk.run_now(read)

    def heading(self, title: str) -> None:
        """Begin a new scene in the transcript."""
        self.transcript.heading(title, at=self.clock.now())

    def written(self) -> str:
        """The transcript, with what differs each time (invite codes) replaced."""
        text = self.transcript.markdown(zone=ZoneInfo("Asia/Shanghai"))
        return re.sub(r"(start[= ])[A-Z0-9]{12}", r"\1CODE", text)


async def eventually(condition: Any, *, timeout: float = 10) -> None:
    """Wait until ``condition()`` holds."""
    with suppress(TimeoutError):
        async with asyncio.timeout(timeout):
            while not condition():
                await asyncio.sleep(0.02)
            return
    raise AssertionError("it never happened")
