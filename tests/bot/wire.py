"""Telegram's side of the sender, and messages for it to carry."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import Row, select
from telegram.error import TelegramError

from bot.db import Database
from bot.messages import Outgoing, Priority, message
from bot.outbox import Outbox
from bot.owed import store
from models.outbox import OUTBOX
from tests.people import NOW

FAST = 1000
"""A rate at which Telegram's own limits are lifted."""


class Wire:
    """Telegram's side: notes what arrives and when, and refuses as it is told to."""

    def __init__(self) -> None:
        self.calls: list[tuple[float, str, dict[str, Any]]] = []
        self.delivered: list[dict[str, Any]] = []
        self.refuse: Callable[[str, dict[str, Any]], TelegramError | None] = lambda _m, _p: None
        self.hold: asyncio.Event | None = None

    async def __call__(self, method: str, payload: dict[str, Any]) -> Any:
        self.calls.append((time.monotonic(), method, payload))
        if self.hold:
            await self.hold.wait()
        await asyncio.sleep(0)
        error = self.refuse(method, payload)
        if error:
            raise error
        self.delivered.append(payload)
        return {"message_id": len(self.delivered)}

    @property
    def texts(self) -> list[str]:
        """What arrived, in order."""
        return [payload["text"] for payload in self.delivered]

    def refuse_once(self, *errors: TelegramError) -> None:
        """Refuse the next calls with these, one each."""
        left = list(errors)
        self.refuse = lambda _method, _payload: left.pop(0) if left else None


def letter(text: str, *, chat_id: int = 101, priority: Priority = Priority.REPLY) -> Outgoing:
    """A message to be sent."""
    payload = message(chat_id, text)
    return Outgoing(chat_id=chat_id, method="sendMessage", payload=payload, priority=priority)


def write(db: Database, letters: Sequence[Outgoing]) -> list[Outgoing]:
    """Owe messages, as a transaction does."""
    return db.run_now(lambda conn: store(conn, list(letters), now=NOW))


def rows(db: Database) -> list[Row[Any]]:
    """The outbox as it is."""
    return db.run_now(lambda conn: list(conn.execute(select(OUTBOX).order_by(OUTBOX.c.id))))


def states(db: Database) -> list[str]:
    """What became of each message."""
    return [row.state for row in rows(db)]


async def until(condition: Callable[[], object], *, timeout: float = 8) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(timeout):
        while not condition():
            await asyncio.sleep(0.005)


@asynccontextmanager
async def sending(db: Database, wire: Wire, *, rate: int = FAST) -> AsyncIterator[Outbox]:
    """A sender at work."""
    outbox = Outbox(db=db, call=wire, rate=rate, now=lambda: NOW)
    stopping = asyncio.Event()
    work = asyncio.create_task(outbox.run(stopping))
    yield outbox
    stopping.set()
    async with asyncio.timeout(8):
        await work
