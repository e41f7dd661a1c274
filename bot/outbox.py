"""The sender: one per token. Priorities, pacing, retries, dead letters; edits count as messages."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
)

from bot.db import Database
from bot.exports import FileGoneError
from bot.following import ORPHANED, Fate, fit, instead_of, number_of, older_edits
from bot.lanes import IDLE, Lane, Lanes
from bot.ledger import Ledger
from bot.messages import Outgoing, Priority
from bot.pacer import Pacer
from bot.transport import retry_seconds
from bot.waiting import Urgency
from models import outbox

log = structlog.get_logger()
Call = Callable[[str, dict[str, Any]], Awaitable[Any]]
GIVE_UP = timedelta(hours=24)
_BACKOFF = (0.5, 1, 2, 5, 10, 30, 60)
_PAGE = 500
_LOOK_BACK = 1000
"""Ids: how far behind the newest one a row of another process may still turn up."""
_UNCHANGED = "message is not modified"
_GONE = "its file is gone"


def _queued(conn: Connection, *, after: int) -> list[Outgoing]:
    return [
        Outgoing(
            id=row.id,
            chat_id=row.chat_id,
            method=row.method,
            payload=row.payload,
            priority=Priority(row.priority),
            follows=row.follows,
            topic=row.topic,
        )
        for row in outbox.queued_after(conn, after, limit=_PAGE)
    ]


class Outbox:
    """Takes what was committed and sends it, at least once."""

    def __init__(self, *, db: Database, call: Call, rate: int, now: Callable[[], datetime]) -> None:
        self._db, self._call = db, call
        self._pacer = Pacer(rate)
        self._lanes = Lanes(self._pacer)
        self.ledger = Ledger(db=db, now=now)
        self._known: dict[int, bool] = {}
        """Stored messages in hand, and whether each is still to be sent."""
        self._behind: dict[int, list[Outgoing]] = {}
        """Messages that wait for another one to be settled, by its id."""
        self._floor = 0
        self._forgettable: set[int] = set()
        self._anew: set[int] = set()
        """Edits of followed messages that could not be made and are sent as messages of their own."""
        self._hollow: set[int] = set()
        """Messages whose file is gone, of which only that is said."""
        self._wake = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._loading = False
        self.sent = 0

    def push(self, messages: list[Outgoing]) -> None:
        """Queue messages whose transaction has committed."""
        for item in messages:
            if item.id:
                if item.id in self._known:
                    continue
                self._known[item.id] = True
            if item.method == "answerCallbackQuery":
                self._spawn(self._send(item, None))
            elif item.follows and self._known.get(item.follows):
                # Whatever the database says: what a killed process wrote last may come later than our look.
                self._behind.setdefault(item.follows, []).append(item)
            else:
                self._lanes.put(item)
        self._wake.set()

    def hear(self, chat_id: int) -> None:
        """Note that a chat is open: a refusal of what is on its way there says nothing any more."""
        self._lanes.hear(chat_id)
        self.ledger.hear(chat_id)

    async def run(self, stopping: asyncio.Event) -> None:
        """Send until told to stop; what is queued stays in the database for the next start."""
        await self._load()
        looked = time.monotonic()
        while not stopping.is_set():
            self._wake.clear()
            wait = self._dispatch(time.monotonic())
            try:
                async with asyncio.timeout(min(max(wait, 0.001), IDLE)):
                    await self._wake.wait()
            except TimeoutError:
                pass
            if time.monotonic() - looked >= IDLE and not self._loading:
                looked = time.monotonic()
                # Not waited for: the word that nothing can be saved must leave a locked database behind.
                self._spawn(self._load())
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=5)
        await self._flush()

    async def _load(self) -> None:
        """Take what is queued and not yet known: left by a dead process, or by the command line."""
        forgettable, self._forgettable = self._forgettable, set()
        start = self._floor
        self._loading = True
        try:
            while rows := await self._db.run(partial(_queued, after=start)):
                self._take(rows)
                start = rows[-1].id
        except SQLAlchemyError as error:
            log.warning("outbox", action="load_failed", error=type(error).__name__)
            self._forgettable |= forgettable
            return
        finally:
            self._loading = False
        # Another process may commit a lower id after a higher one; known ids make looking back free.
        self._floor = max(self._floor, start - _LOOK_BACK)
        # What was settled before this look began cannot have been read as queued by it.
        for number in forgettable:
            self._known.pop(number, None)
        for number in [each for each in self._behind if not self._known.get(each)]:
            self._release(number)

    def _take(self, rows: list[Outgoing]) -> None:
        """Queue what was read; of edits of one message that a dead process left, only the newest.

        It may have sent them all and written none down: sending an older one again would undo the newest.
        """
        for item in older_edits(rows):
            if item.id not in self._known:
                self._settle(item, "overtaken")
        self.push(rows)

    def _release(self, number: int) -> None:
        """Let what waits behind a message have its turn; there it is looked at again."""
        for item in self._behind.pop(number, ()):
            self._lanes.put(item)

    def _dispatch(self, now: float) -> float:
        """Start every send that may start now; seconds until the next one may."""
        while True:
            turn = self._lanes.take(now, in_flight=len(self._tasks))
            if not isinstance(turn, tuple):
                return turn
            self._spawn(self._send(*turn))

    def _spawn(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _send(self, item: Outgoing, lane: Lane | None) -> None:
        ready: Outgoing | None = item
        try:
            if lane and (item.follows or item.topic):
                ready = await self._fit(item, lane)
            if ready:
                result = await self._call(ready.method, ready.payload)
        except TelegramError as error:
            self._failed(item, lane, error)
        except FileGoneError as error:
            self._regret(item, lane, error)
        except Exception as error:  # a fault of ours: this message is lost, its chat must not be
            log.error("outbox", action="send_broken", message=item.id, error=repr(error)[:120])
            self._settle(item, "dead", why=repr(error)[:200])
        else:
            if ready:
                self._settle(item, "sent", message_id=number_of(result))
            if lane:
                lane.tries = 0
        if lane:
            self._lanes.free(item.chat_id, lane)
        self._wake.set()

    async def _fit(self, item: Outgoing, lane: Lane) -> Outgoing | None:
        """The message with the ids it needs; None where it does not leave now, and it is seen to."""
        look = partial(outbox.standing, which=item.id, method=item.method, follows=item.follows)
        try:
            urgent = item.priority is Priority.ALARM
            standing = await self._db.run(look, urgency=Urgency.ALARM if urgent else Urgency.UPDATE)
        except SQLAlchemyError as error:
            log.warning("outbox", action="send_held", message=item.id, error=type(error).__name__)
            self._lanes.put_back(item, lane, time.monotonic() + 1)
            self._lanes.give_back(item.chat_id, lane)
            return None
        found = fit(item, standing, self.ledger.became)
        if isinstance(found, Outgoing):
            return found
        self._lanes.give_back(item.chat_id, lane)
        if found is Fate.WAITS:
            # Aside, not in its lane: however urgent it is, it has nothing to change yet.
            self._behind.setdefault(int(item.follows or 0), []).append(item)
        elif found is Fate.REVOKED:
            self._known[item.id] = False
            self._forgettable.add(item.id)
            self._release(item.id)
        else:
            self._settle(item, found.value, why=None if found is Fate.OVERTAKEN else ORPHANED)
        return None

    def _failed(self, item: Outgoing, lane: Lane | None, error: TelegramError) -> None:
        if lane is None:
            # A press that waited too long cannot be answered any more; its message was.
            self._settle(item, "dead", why=str(error)[:200])
        elif isinstance(error, RetryAfter):
            self._hold(item, lane, retry_seconds(error))
        elif isinstance(error, ChatMigrated):
            self._move(item, error.new_chat_id)
        elif isinstance(error, BadRequest) and _UNCHANGED in str(error).lower():
            self._settle(item, "sent")
        elif isinstance(error, BadRequest) and (other := instead_of(item, str(error))):
            if item.follows and item.method != other.method:
                self._anew.add(item.id)
            self._lanes.put_back(other, lane, 0.0)
        elif isinstance(error, Forbidden) and lane.heard:
            self._lanes.put_back(item, lane, 0.0)
        elif isinstance(error, Forbidden | BadRequest | InvalidToken):
            self._bury(item, error)
        else:
            self._retry(item, lane, error)

    def _hold(self, item: Outgoing, lane: Lane, seconds: float) -> None:
        """Leave a chat alone as long as Telegram wants; the others are written to meanwhile."""
        now = time.monotonic()
        all_wait = self._pacer.refuse(item.chat_id, now + seconds, now)
        log.warning("outbox", action="rate_limited", seconds=seconds, everybody=all_wait)
        self._lanes.put_back(item, lane, now + seconds)

    def _regret(self, item: Outgoing, lane: Lane | None, error: FileGoneError) -> None:
        """Say that a file is gone, in its place; the message itself counts as given up."""
        log.warning("outbox", action="file_gone", message=item.id, error=str(error))
        self._hollow.add(item.id)
        payload = {"chat_id": item.chat_id, "text": item.payload["document"]["regret"]}
        if lane:
            self._lanes.put_back(replace(item, method="sendMessage", payload=payload), lane, 0.0)

    def _move(self, item: Outgoing, chat_id: int) -> None:
        """Follow a group that goes on as a supergroup, under another id."""
        self.ledger.move(item.chat_id, chat_id)
        self._write_down()
        self._lanes.put(
            replace(item, chat_id=chat_id, payload={**item.payload, "chat_id": chat_id})
        )

    def _retry(self, item: Outgoing, lane: Lane, error: TelegramError) -> None:
        wait = _BACKOFF[min(lane.tries, len(_BACKOFF) - 1)]
        lane.tries += 1
        if lane.tries * wait > GIVE_UP.total_seconds():
            self._bury(item, error)
            return
        log.warning("outbox", action="send_delayed", message=item.id, error=type(error).__name__)
        self._lanes.put_back(item, lane, time.monotonic() + wait)

    def _bury(self, item: Outgoing, error: TelegramError) -> None:
        log.warning("outbox", action="send_refused", message=item.id, error=str(error)[:120])
        if isinstance(error, Forbidden):
            self.ledger.lose(item.chat_id)
        self._settle(item, "dead", why=str(error)[:200])

    def _settle(
        self,
        item: Outgoing,
        new_state: str,
        *,
        message_id: int | None = None,
        why: str | None = None,
    ) -> None:
        self.sent += new_state == "sent"
        if not item.id:
            return
        if item.id in self._hollow:
            self._hollow.discard(item.id)
            new_state, why = "dead", _GONE
        self.ledger.add(
            item.id, new_state, message_id=message_id, why=why, awaited=item.topic is not None
        )
        if item.id in self._anew:
            self._anew.discard(item.id)
            if message_id:
                # What follows the message that could not be edited now changes the one in its place.
                self.ledger.add(int(item.follows or 0), "sent", message_id=message_id, why=None)
        self._known[item.id] = False
        self._release(item.id)
        self._write_down()

    def _write_down(self) -> None:
        if not self.ledger.flushing:
            self.ledger.flushing = True
            self._spawn(self._flush())

    async def _flush(self) -> None:
        self._forgettable |= await self.ledger.flush()
