"""Fetches the files that records name, keeps them under the data directory with their SHA-256."""

import asyncio
import hashlib
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

import structlog
from sqlalchemy import Connection
from telegram import Bot
from telegram.error import BadRequest, Forbidden, InvalidToken, TelegramError

from bot.db import Database
from bot.exports import write_whole
from bot.messages import Outgoing
from bot.outbox import Outbox
from bot.owed import store
from bot.transport import Transport
from models.evidence import fail_file, keep_file, wanted_files

log = structlog.get_logger()
_BATCH = 20
_EVERY = 5.0
_RETRY = 30.0
_AGAIN = (1.0, 5.0, 20.0, 60.0)
"""Seconds before each further try where a file came short; after the last it counts as lost."""
_OFFICE, _OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_BEGINS: Mapping[str, tuple[bytes, ...]] = {
    "pdf": (b"%PDF",),
    **dict.fromkeys(("docx", "xlsx", "pptx", "zip"), (_OFFICE,)),
    **dict.fromkeys(("doc", "xls", "ppt"), (_OLD_OFFICE, _OFFICE)),
    **dict.fromkeys(("jpg", "jpeg"), (b"\xff\xd8\xff",)),
    "png": (b"\x89PNG",),
}
"""How a file of a kind begins, by the end of its name."""
ODD = "not what its name says"
OnOdd = Callable[[Connection, Any], list[Outgoing]]
"""What is owed to whoever sent such a file."""
OnLost = Callable[[Connection, Any, datetime], list[Outgoing]]
"""What is owed to whoever sent a file that cannot be had."""


def is_odd(name: str | None, content: bytes) -> bool:
    """Whether a file's content cannot be what its name says; of an unknown kind nothing can be told."""
    begins = _BEGINS.get(PurePosixPath(name or "").suffix.lower().lstrip("."))
    return begins is not None and not content[:1024].lstrip().startswith(begins)


class Attachments:
    """Works through the wanted files; a failure is tried again, a refusal is written down."""

    def __init__(
        self,
        *,
        db: Database,
        bot: Bot,
        transport: Transport,
        sender: Outbox,
        on_odd: OnOdd,
        on_lost: OnLost,
        folder: Path,
        now: Callable[[], datetime],
    ) -> None:
        self._db, self._bot, self._transport = db, bot, transport
        self._sender, self._on_odd, self._on_lost = sender, on_odd, on_lost
        self._folder, self._now = folder, now
        self._short: dict[int, tuple[int, float]] = {}
        """How often each file has come short so far, and when (monotonic) it may be tried again."""
        self._wake = asyncio.Event()

    def poke(self) -> None:
        """Look for wanted files now."""
        self._wake.set()

    async def run(self, stopping: asyncio.Event) -> None:
        """Fetch until told to stop."""
        while not stopping.is_set():
            self._wake.clear()
            wait = _EVERY
            try:
                wait = await self._round() or wait
            except Exception as error:
                log.warning("attachments", action="round_failed", error=type(error).__name__)
                wait = _RETRY
            await self._idle(stopping, wait)

    async def _idle(self, stopping: asyncio.Event, seconds: float) -> None:
        waits = [asyncio.ensure_future(event.wait()) for event in (stopping, self._wake)]
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()

    async def _round(self) -> float:
        """Fetch one batch; seconds after which something has to be tried again, 0 where nothing has."""
        rows = await self._db.run(lambda conn: wanted_files(conn, limit=_BATCH))
        waits = [await self._fetch(row) for row in rows]
        if not any(waits) and len(rows) == _BATCH:
            self._wake.set()
        return min(filter(None, waits), default=0.0)

    async def _fetch(self, row: Any) -> float:
        """Fetch one file; seconds until it is to be tried again, 0 once it is settled."""
        _tries, due = self._short.get(row.id, (0, 0.0))
        if (wait := due - time.monotonic()) > 0:
            return wait
        try:
            file = await self._bot.get_file(row.file_id)
            content = await self._transport.retrieve(str(file.file_path), read_timeout=120)
        except (BadRequest, Forbidden, InvalidToken) as error:
            log.warning(
                "attachments", action="file_refused", evidence=row.id, error=str(error)[:100]
            )
            return await self._lose(row, str(error)[:200])
        except TelegramError as error:
            log.warning(
                "attachments", action="file_delayed", evidence=row.id, error=type(error).__name__
            )
            return _RETRY
        size = file.file_size or row.size or 0
        if len(content) < size:
            return await self._come_short(row, f"{len(content)} of {size} bytes")
        self._short.pop(row.id, None)
        await self._keep(row, str(file.file_path), content)
        return 0.0

    async def _come_short(self, row: Any, reason: str) -> float:
        tries, _due = self._short.get(row.id, (0, 0.0))
        log.warning("attachments", action="file_short", evidence=row.id, error=reason)
        if tries == len(_AGAIN):
            return await self._lose(row, reason)
        self._short[row.id] = (tries + 1, time.monotonic() + _AGAIN[tries])
        return _AGAIN[tries]

    async def _lose(self, row: Any, reason: str) -> float:
        """Give a file up, and say so to whoever sent it: they may have it still."""
        now = self._now()

        def lose(conn: Connection) -> list[Outgoing]:
            fail_file(conn, row.id, error=reason)
            return store(conn, self._on_lost(conn, row, now), now=now)

        self._sender.push(await self._db.run(lose))
        self._short.pop(row.id, None)
        return 0.0

    async def _keep(self, row: Any, at: str, content: bytes) -> None:
        digest = hashlib.sha256(content).hexdigest()
        suffix = PurePosixPath(at).suffix[:10]
        path = f"evidence/{digest[:2]}/{digest}{suffix}"
        await asyncio.to_thread(write_whole, self._folder / path, content)
        moment = self._now()
        odd = is_odd(row.name, content)

        def keep(conn: Connection) -> list[Outgoing]:
            error = ODD if odd else None
            keep_file(conn, row.id, sha256=digest, path=path, now=moment, error=error)
            return store(conn, self._on_odd(conn, row), now=moment) if odd else []

        self._sender.push(await self._db.run(keep))
