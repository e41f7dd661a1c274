"""The product between its two wires: updates go in through PTB's dispatch, what is owed is caught at the sender."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import count
from pathlib import Path
from shutil import rmtree
from tempfile import gettempdir
from typing import Any
from uuid import uuid4

from telegram import Update
from telegram.ext import ApplicationBuilder
from telegram.request import BaseRequest

from bot.crypto import Cipher
from bot.db import Database
from bot.desk import Desk
from bot.digests import message_row
from bot.intake import chat_of
from bot.messages import Outgoing
from bot.registry import Registry
from bot.routes import add_routes
from bot.runner import Runner
from bot.sandbox.markup import commands_in
from bot.turn import House
from handlers import build_registry
from models.inbox import store_updates
from tests.people import NOW, Person
from tests.said import Said

TOKEN = "123456789:test-token-that-is-long-enough-to-look-real"
CIPHER = Cipher(bytes(range(32)))


class Telegram(BaseRequest):
    """Telegram's HTTP side: knows who the bot is, and nothing else is ever asked of it."""

    read_timeout = 1.0

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def do_request(self, url: str, *_args: Any, **_options: Any) -> tuple[int, bytes]:
        """The answer to getMe."""
        assert url.endswith("/getMe"), url
        return 200, (
            b'{"ok": true, "result": {"id": 1, "is_bot": true, "first_name": "W", "username": "w_bot"}}'
        )


class Mailbag:
    """Stands where the sender does and keeps what it is given."""

    def __init__(self) -> None:
        self.out: list[Outgoing] = []

    def push(self, messages: Iterable[Outgoing]) -> None:
        """Take what was committed."""
        self.out += messages

    def empty(self) -> Said:
        """What came since the last time."""
        out, self.out = self.out, []
        return Said(out)


class Stage:
    """Use as ``async with Stage(db) as stage``; every act returns what it brought to anybody."""

    _updates = count(1)

    def __init__(self, db: Database, registry: Registry | None = None) -> None:
        self.db, self.now = db, NOW
        self.registry = registry or build_registry()
        self.bag = Mailbag()
        self.folder = Path(gettempdir(), f"stage-{uuid4().hex}")
        house = House(
            cipher=CIPHER,
            bot_name="w_bot",
            default_locale="en",
            data_dir=self.folder,
        )
        runner = Runner(self.registry)
        self.desk = Desk(
            db=db,
            registry=self.registry,
            runner=runner,
            sender=self.bag,  # type: ignore[arg-type]
            house=house,
            now=lambda: self.now,
        )
        request = Telegram()
        builder = ApplicationBuilder().token(TOKEN).request(request).get_updates_request(request)
        self.ptb = builder.updater(None).job_queue(None).build()
        add_routes(self.ptb, self.desk, self.registry, runner)

    async def __aenter__(self) -> "Stage":
        await self.ptb.initialize()
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.ptb.shutdown()
        rmtree(self.folder, ignore_errors=True)

    async def says(self, person: Person, text: str) -> Said:
        """Write a message or a command."""
        entities = commands_in(text)
        return await self.sends(
            person, {"text": text, **({"entities": entities} if entities else {})}
        )

    async def sends(self, person: Person, content: Mapping[str, Any]) -> Said:
        """Send any kind of message."""
        return await self.feed({"message": self._message(person, content)})

    async def presses(self, person: Person, data: str) -> Said:
        """Press a button, whether or not it was ever there."""
        message = self._message(person, {"text": "buttons"})
        query = {
            "id": "1",
            "chat_instance": "1",
            "from": message["from"],
            "message": message,
            "data": data,
        }
        return await self.feed({"callback_query": query})

    async def feed(self, raw: dict[str, Any]) -> Said:
        """One update as Telegram hands it over: stored, answered, committed."""
        number = next(self._updates)
        raw = {"update_id": number, **raw}
        row = {
            "update_id": number,
            "chat_id": chat_of(raw),
            "payload": "{}",
            "state": "new",
            "received_at": self.now,
            **message_row(raw),
        }
        self.db.run_now(lambda conn: store_updates(conn, [row]))
        update = Update.de_json(raw, self.ptb.bot)
        assert update is not None
        await self.ptb.process_update(update)
        return self.bag.empty()

    def at(self, moment: datetime) -> "Stage":
        """Move the clock."""
        self.now = moment
        return self

    def _message(self, person: Person, content: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "message_id": 7,
            "date": int(self.now.timestamp()),
            "chat": {"id": person.user_id, "type": "private", "first_name": person.name},
            "from": {
                "id": person.user_id,
                "is_bot": False,
                "first_name": person.name,
                "language_code": "en",
            },
            **content,
        }
