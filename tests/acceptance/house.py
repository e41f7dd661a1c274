"""A hospital whose bot is a process of its own, as on a real machine; the stand-in lives in the test."""

import asyncio
import itertools
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Any

from aiohttp import web

from bot.sandbox.botapi import BotApi
from bot.sandbox.params import Params
from tests.acceptance.people import Person, Transcript

TOKEN = "123456789:test-token-that-is-long-enough-to-look-real"
ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 20.0
"""Seconds: far above what anything here takes, so that a busy machine fails no test."""

# The first house is set up by the command line, which takes seconds; the others begin with a copy of it.
_furnished: dict[str, Any] = {}

OnCall = Callable[[str, Params], None]
OnAnswer = Callable[[str, Params, web.Response], None]


class OpenBotApi(BotApi):
    """The stand-in with a hook on either side of every call (``method`` in lower case)."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.on_call: list[OnCall] = []
        self.on_answer: list[OnAnswer] = []

    async def _call(self, method: str, params: Params) -> web.Response:
        for came in self.on_call:
            came(method, params)
        response = await super()._call(method, params)
        for answered in self.on_answer:
            answered(method, params, response)
        return response


@dataclass(frozen=True, kw_only=True, slots=True)
class Done:
    """What a command came to."""

    status: int
    out: str
    err: str


# Below the range from which the system takes ports for outgoing connections, a hundred to each test process:
# a port that was free when it was asked for must still be free when the bot comes to listen on it.
_PORTS = itertools.cycle(range(10_000 + os.getpid() % 200 * 100, 10_100 + os.getpid() % 200 * 100))


def free_port() -> int:
    """A port of this machine nobody listens on, and nobody else will be given."""
    for port in itertools.islice(_PORTS, 100):
        with socket.socket() as tried, suppress(OSError):
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no port is free")


async def until(condition: Callable[[], object], what: str, *, timeout: float = PATIENCE) -> None:
    """Wait until ``condition()`` holds; AssertionError saying ``what`` never came true."""
    end = monotonic() + timeout
    while not condition():
        assert monotonic() < end, f"never in {timeout:g} s: {what}"
        await asyncio.sleep(0.01)


class House:
    """Use as ``async with House(tmp_path) as house``; then ``await house.start()``.

    ``settings`` are further variables without their prefix: ``House(path, log_format="json")``. An ``empty`` one
    begins without a hospital, and without a database.
    """

    def __init__(
        self, folder: Path, *, api: OpenBotApi | None = None, empty: bool = False, **settings: str
    ) -> None:
        self.folder, self.database = folder, folder / "data" / "wardwatch.db"
        self.api = api or OpenBotApi(token=TOKEN, now=lambda: datetime.now(UTC))
        self.api.on_call.append(self._note)
        self.port = free_port()
        self.transcript = Transcript()
        self.bot: subprocess.Popen[bytes] | None = None
        self.program: tuple[str, ...] = ("-m", "bot", "run")
        """What Python is to run as the bot."""
        self.polls = 0
        """How often the bot has asked for updates since it was started last."""
        self._people = 100
        self._codes: dict[tuple[str, str | None], str] = {}
        self._settings, self._empty = settings, empty

    async def __aenter__(self) -> "House":
        own = {
            "token": TOKEN,
            "api_base": await self.api.start(),
            "database_url": f"sqlite:///{self.database}",
            "data_dir": str(self.folder / "data"),
            "listen": f"127.0.0.1:{self.port}",
            "send_rate": "1000",
            **self._settings,
        }
        foreign = {k: v for k, v in os.environ.items() if not k.startswith("WARDWATCH_")}
        self.env = foreign | {f"WARDWATCH_{name.upper()}": value for name, value in own.items()}
        if self._empty:
            self.database.parent.mkdir(parents=True)
        elif _furnished:
            self.database.parent.mkdir(parents=True)
            self.database.write_bytes(_furnished["database"])
            self._codes = dict(_furnished["codes"])
        else:
            await self._furnish()
        return self

    async def _furnish(self) -> None:
        hospital = ("--district", "青浦区", "--hospital", "第一医院", "--code", "QP01")
        made = await self.cli("init", *hospital, "--level", "3")
        self._codes["admin", None] = made["invite"]
        for key in (("guard", "急诊科"), ("officer", None)):
            await self.invite(*key)
        _furnished.update(database=self.database.read_bytes(), codes=dict(self._codes))

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill()
        await self.api.stop()
        if error is not None:
            error.add_note(f"the bot's stderr ends with:\n{self.stderr[-3000:]}")

    # -- the bot ---------------------------------------------------------------------------------

    def launch(self) -> None:
        """Start the bot's process; what it writes to stderr is added to ``stderr``."""
        assert self.bot is None, "it runs already"
        self.polls = 0
        with (self.folder / "stderr").open("ab") as written:
            self.bot = subprocess.Popen(
                [sys.executable, *self.program], cwd=ROOT, env=self.env, stderr=written
            )

    async def start(self) -> None:
        """Start the bot and wait for its first poll."""
        self.launch()
        await until(lambda: self.polls or self.ended, "the bot's first poll")
        assert self.polls, f"the bot ended at once:\n{self.stderr[-3000:]}"

    async def stop(self, number: signal.Signals = signal.SIGTERM, *, within: float = 10) -> int:
        """Ask the bot to end; its status."""
        assert self.bot is not None
        self.bot.send_signal(number)
        await until(lambda: self.ended, f"an end after {number.name}", timeout=within)
        status, self.bot = self.bot.wait(), None
        return status

    def kill(self) -> None:
        """``kill -9``, if it runs."""
        if self.bot is not None:
            self.bot.kill()
            self.bot.wait()
            self.bot = None

    @property
    def ended(self) -> bool:
        """Whether the process is over."""
        return self.bot is None or self.bot.poll() is not None

    @property
    def stderr(self) -> str:
        """All that this house's bot has written there."""
        written = self.folder / "stderr"
        return written.read_text() if written.exists() else ""

    def _note(self, method: str, _params: Params) -> None:
        self.polls += method == "getupdates"

    # -- the command line and the database -------------------------------------------------------

    async def run(self, *args: str, **settings: str) -> Done:
        """``wardwatch`` with these arguments and further variables, to its end."""
        added = {f"WARDWATCH_{name.upper()}": value for name, value in settings.items()}
        pipe = asyncio.subprocess.PIPE
        command = (sys.executable, "-m", "bot", *args)
        process = await asyncio.create_subprocess_exec(
            *command, cwd=ROOT, env=self.env | added, stdout=pipe, stderr=pipe
        )
        try:
            out, err = await asyncio.wait_for(process.communicate(), PATIENCE)
        except TimeoutError:
            process.kill()
            await process.wait()
            raise
        assert process.returncode is not None
        return Done(status=process.returncode, out=out.decode(), err=err.decode())

    async def cli(self, *args: str) -> Any:
        """What ``wardwatch ... --json`` prints."""
        done = await self.run(*args, "--json")
        assert done.status == 0, f"{args}: {done.status}: {done.err}"
        return json.loads(done.out)

    def sql(self, query: str, *values: object) -> list[dict[str, Any]]:
        """Read the database; it cannot be changed by this."""
        with_uri = f"file:{self.database}?mode=ro"
        connection = sqlite3.connect(with_uri, uri=True, timeout=10)
        try:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(query, values)]
        finally:
            connection.close()

    # -- people ----------------------------------------------------------------------------------

    def person(self, name: str, *, language_code: str = "zh-hans") -> Person:
        """Somebody with Telegram who has not written to the bot yet."""
        self._people += 1
        return Person(
            self.api,
            user_id=self._people,
            first_name=name,
            language_code=language_code,
            transcript=self.transcript,
        )

    async def join(
        self, name: str, role: str, department: str | None = None, *, language_code: str = "zh-hans"
    ) -> Person:
        """Somebody who joins QP01 with a code; the bot has to be running."""
        person = self.person(name, language_code=language_code)
        await person.says(f"/start {await self.invite(role, department)}", timeout=PATIENCE)
        return person

    async def invite(self, role: str, department: str | None = None) -> str:
        """A code that many can use; the administrator's is the one that ``init`` made, for one."""
        key = (role, department)
        if key not in self._codes:
            place = ("--department", department) if department else ()
            command = ("invite", "--hospital", "QP01", "--role", role, "--uses", "1000", *place)
            made: dict[str, str] = await self.cli(*command)
            self._codes[key] = made["invite"]
        return self._codes[key]
