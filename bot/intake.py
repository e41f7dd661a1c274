"""The way in: store an update, then let Telegram forget it; in order within a chat, many chats at once."""

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from datetime import datetime
from functools import partial
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.db import Database
from bot.digests import message_row
from bot.transport import pause
from bot.waiting import Urgency
from models.inbox import store_updates, unfinished_updates

log = structlog.get_logger()
Process = Callable[[dict[str, Any]], Awaitable[None]]
Unsaved = Callable[[list[dict[str, Any]]], None]
IsUrgent = Callable[[dict[str, Any]], bool]
_AT_ONCE = 256
_BACKLOG = 5000
_CHAT_PATHS = ("message", "edited_message", "my_chat_member", "channel_post", "edited_channel_post")


def chat_of(update: dict[str, Any]) -> int:
    """The chat whose order an update belongs to; 0 for those of no chat, and for what is no update at all."""
    query = update.get("callback_query")
    holder = query.get("message") or query if isinstance(query, dict) else None
    for path in _CHAT_PATHS:
        holder = holder or update.get(path)
    place = _part(holder, "chat") or _part(holder, "from")
    number = place.get("id")
    return number if isinstance(number, int) else 0


def _part(holder: object, name: str) -> dict[str, Any]:
    part = holder.get(name) if isinstance(holder, dict) else None
    return part if isinstance(part, dict) else {}


class Intake:
    """Stores raw updates and hands each to ``process``, one at a time per chat.

    ``unsaved`` hears of updates that the database did not take. An ``urgent`` one waits for no place among many.
    """

    def __init__(
        self,
        *,
        db: Database,
        process: Process,
        unsaved: Unsaved,
        now: Callable[[], datetime],
        urgent: IsUrgent = lambda _update: False,
    ) -> None:
        self._db, self._process, self._now = db, process, now
        self._unsaved, self._urgent = unsaved, urgent
        self._lanes: dict[int, deque[dict[str, Any]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._gate = asyncio.Semaphore(_AT_ONCE)
        self._waiting = 0
        self.stored = 0

    async def store(self, updates: list[dict[str, Any]]) -> None:
        """Commit a batch to the inbox; only then may it be confirmed. Raises if it cannot be stored."""
        received = self._now()
        rows = [
            {
                "update_id": update["update_id"],
                "chat_id": chat_of(update),
                "payload": json.dumps(update),
                "state": "new",
                "received_at": received,
                **message_row(update),
            }
            for update in updates
        ]
        urgency = Urgency.ALARM if any(map(self._urgent, updates)) else Urgency.UPDATE
        store = partial(store_updates, rows=rows)
        try:
            fresh = set(await self._db.run(store, urgency=urgency))
        except SQLAlchemyError:
            self._unsaved(updates)
            raise
        for update in updates:
            if update["update_id"] in fresh:
                fresh.discard(update["update_id"])
                self._feed(update)

    async def replay(self) -> None:
        """Take up what a former process had stored but not done."""
        for row in await self._db.run(unfinished_updates):
            self._feed(json.loads(row.payload))

    def _feed(self, update: dict[str, Any]) -> None:
        self.stored += 1
        self._waiting += 1
        chat_id = chat_of(update)
        lane = self._lanes.get(chat_id)
        if lane is not None:
            lane.append(update)
            return
        self._lanes[chat_id] = deque([update])
        task = asyncio.get_running_loop().create_task(self._work(chat_id))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _work(self, chat_id: int) -> None:
        lane = self._lanes[chat_id]
        while lane:
            async with nullcontext() if self._urgent(lane[0]) else self._gate:
                await self._attempt(lane[0])
            lane.popleft()
            self._waiting -= 1
        del self._lanes[chat_id]

    async def _attempt(self, update: dict[str, Any]) -> None:
        try:
            await self._process(update)
        except Exception as error:  # one update must not end its chat's lane
            log.error(
                "intake",
                action="not_processed",
                update=update["update_id"],
                error=repr(error)[:120],
            )

    async def room(self, stopping: asyncio.Event) -> None:
        """Wait while too much is in hand already: Telegram keeps the rest."""
        while self._waiting > _BACKLOG and not await pause(0.05, stopping):
            pass

    async def stop(self) -> None:
        """Give what is being answered a moment; the rest stays in the inbox for the next start."""
        if self._tasks:
            _done, left = await asyncio.wait(self._tasks, timeout=3)
            for task in left:
                task.cancel()


async def store_stubbornly(
    intake: Intake, updates: list[dict[str, Any]], stopping: asyncio.Event
) -> bool:
    """Store a batch however long the database refuses; False when stopped before it was stored."""
    wait = 0.2
    while True:
        try:
            await intake.store(updates)
        except SQLAlchemyError as error:
            log.error("intake", action="store_failed", error=str(error.__cause__ or error)[:120])
            if await pause(wait, stopping):
                return False
            wait = min(wait * 2, 5)
        else:
            return True
