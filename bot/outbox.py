"""The sender: one per token. Priorities, pacing, retries, dead letters; edits count as messages."""

import asyncio
import heapq
import time
from collections.abc import Awaitable, Callable
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
from bot.messages import Outgoing, Priority
from bot.pacer import Pacer
from bot.transport import retry_seconds
from models import outbox
from models.people import mark_reachable

log = structlog.get_logger()
Call = Callable[[str, dict[str, Any]], Awaitable[Any]]
GIVE_UP = timedelta(hours=24)
_IN_FLIGHT = 64
_FOREIGN_EVERY = 0.5
"""Seconds between looks for messages that another process (the command line) left."""
_BACKOFF = (0.5, 1, 2, 5, 10, 30, 60)
_PAGE = 500
_LOOK_BACK = 1000
"""Ids: how far behind the newest one a row of another process may still turn up."""
_UNCHANGED = "message is not modified"
_UNEDITABLE = ("message to edit not found", "message can't be edited", "message_id_invalid")


def _queued(conn: Connection, *, after: int) -> list[Outgoing]:
    return [
        Outgoing(
            id=row.id,
            chat_id=row.chat_id,
            method=row.method,
            payload=row.payload,
            priority=Priority(row.priority),
        )
        for row in outbox.queued_after(conn, after, limit=_PAGE)
    ]


class Lane:
    """The queue of one chat: the most urgent first, then in order; one message in flight at a time."""

    __slots__ = ("busy", "queue", "retry_at", "tries")

    def __init__(self) -> None:
        self.queue: list[tuple[int, int, Outgoing]] = []
        self.busy = False
        self.retry_at = 0.0
        self.tries = 0


class Outbox:
    """Takes what was committed and sends it, at least once."""

    def __init__(self, *, db: Database, call: Call, rate: int, now: Callable[[], datetime]) -> None:
        self._db, self._call, self._now = db, call, now
        self._pacer = Pacer(rate)
        self._lanes: dict[int, Lane] = {}
        self._ready: list[tuple[int, int, int]] = []
        self._later: list[tuple[float, int]] = []
        self._known: set[int] = set()
        self._floor = 0
        self._forgettable: set[int] = set()
        self._serial = 0
        self._wake = asyncio.Event()
        self._settled: list[dict[str, Any]] = []
        self._unreachable: set[int] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._flushing = self._loading = False
        self.sent = 0

    def push(self, messages: list[Outgoing]) -> None:
        """Queue messages whose transaction has committed."""
        for item in messages:
            if item.id:
                if item.id in self._known:
                    continue
                self._known.add(item.id)
            if item.method == "answerCallbackQuery":
                self._spawn(self._send(item, None))
                continue
            lane = self._lanes.setdefault(item.chat_id, Lane())
            heapq.heappush(lane.queue, (int(item.priority), self._order(item), item))
            if not lane.busy:
                self._offer(item.chat_id, lane)
        self._wake.set()

    async def run(self, stopping: asyncio.Event) -> None:
        """Send until told to stop; what is queued stays in the database for the next start."""
        await self._load()
        looked = time.monotonic()
        while not stopping.is_set():
            self._wake.clear()
            wait = self._dispatch(time.monotonic())
            try:
                async with asyncio.timeout(min(max(wait, 0.001), _FOREIGN_EVERY)):
                    await self._wake.wait()
            except TimeoutError:
                pass
            if time.monotonic() - looked >= _FOREIGN_EVERY and not self._loading:
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
                self.push(rows)
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
        self._known -= forgettable

    def _offer(self, chat_id: int, lane: Lane) -> None:
        priority, order, _item = lane.queue[0]
        heapq.heappush(self._ready, (priority, order, chat_id))

    def _dispatch(self, now: float) -> float:
        """Start every send that may start now; seconds until the next one may."""
        while self._later and self._later[0][0] <= now:
            _free, chat_id = heapq.heappop(self._later)
            lane = self._lanes.get(chat_id)
            if lane and lane.queue and not lane.busy:
                self._offer(chat_id, lane)
        while self._ready:
            priority, order, chat_id = self._ready[0]
            # Sends that hang must not keep an alarm from leaving: it has places of its own.
            if len(self._tasks) >= (_IN_FLIGHT if priority else 2 * _IN_FLIGHT):
                break
            lane = self._lanes.get(chat_id)
            if lane is None or lane.busy or not lane.queue or lane.queue[0][1] != order:
                # Overtaken: this chat is offered again by whoever changed it.
                heapq.heappop(self._ready)
                continue
            free = max(lane.retry_at, self._pacer.chat(chat_id, now))
            if free > now:
                heapq.heappop(self._ready)
                heapq.heappush(self._later, (free, chat_id))
                continue
            allowed = self._pacer.overall(Priority(priority), now)
            if allowed > now:
                return allowed - now
            heapq.heappop(self._ready)
            self._start(chat_id, now)
        return self._later[0][0] - now if self._later else _FOREIGN_EVERY

    def _start(self, chat_id: int, now: float) -> None:
        lane = self._lanes[chat_id]
        _priority, _order, item = heapq.heappop(lane.queue)
        lane.busy = True
        self._pacer.count(chat_id, now)
        self._spawn(self._send(item, lane))

    def _spawn(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _send(self, item: Outgoing, lane: Lane | None) -> None:
        try:
            result = await self._call(item.method, item.payload)
        except TelegramError as error:
            self._failed(item, lane, error)
        except Exception as error:  # a fault of ours: this message is lost, its chat must not be
            log.error("outbox", action="send_broken", message=item.id, error=repr(error)[:120])
            self._settle(item, "dead", why=repr(error)[:200])
        else:
            message_id = result.get("message_id") if isinstance(result, dict) else None
            self._settle(item, "sent", message_id=message_id)
            if lane:
                lane.tries = 0
        if lane:
            lane.busy = False
            if lane.queue:
                self._offer(item.chat_id, lane)
            else:
                del self._lanes[item.chat_id]
        self._wake.set()

    def _failed(self, item: Outgoing, lane: Lane | None, error: TelegramError) -> None:
        text = str(error).lower()
        if lane is None:
            # A press that waited too long cannot be answered any more; its message was.
            self._settle(item, "dead", why=text[:200])
        elif isinstance(error, RetryAfter):
            seconds = retry_seconds(error)
            self._pacer.halt(time.monotonic() + seconds)
            log.warning("outbox", action="rate_limited", seconds=seconds)
            self._requeue(item, lane, 0.0)
        elif isinstance(error, BadRequest) and _UNCHANGED in text:
            self._settle(item, "sent")
        elif (
            isinstance(error, BadRequest)
            and item.method.startswith("edit")
            and any(sign in text for sign in _UNEDITABLE)
        ):
            payload = {key: value for key, value in item.payload.items() if key != "message_id"}
            resent = Outgoing(
                id=item.id,
                chat_id=item.chat_id,
                method="sendMessage",
                payload=payload,
                priority=item.priority,
            )
            self._requeue(resent, lane, 0.0)
        elif isinstance(error, Forbidden | BadRequest | ChatMigrated | InvalidToken):
            self._bury(item, error)
        else:
            self._retry(item, lane, error)

    def _retry(self, item: Outgoing, lane: Lane, error: TelegramError) -> None:
        wait = _BACKOFF[min(lane.tries, len(_BACKOFF) - 1)]
        lane.tries += 1
        if lane.tries * wait > GIVE_UP.total_seconds():
            self._bury(item, error)
            return
        log.warning("outbox", action="send_delayed", message=item.id, error=type(error).__name__)
        self._requeue(item, lane, time.monotonic() + wait)

    def _requeue(self, item: Outgoing, lane: Lane, retry_at: float) -> None:
        lane.retry_at = retry_at
        heapq.heappush(lane.queue, (int(item.priority), self._order(item), item))

    def _order(self, item: Outgoing) -> int:
        """Messages leave in the order of their ids, passing ones before them, no two at one place."""
        self._serial += 1
        return item.id or -self._serial

    def _bury(self, item: Outgoing, error: TelegramError) -> None:
        log.warning("outbox", action="send_refused", message=item.id, error=str(error)[:120])
        if isinstance(error, Forbidden):
            self._unreachable.add(item.chat_id)
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
        outcome = {"which": item.id, "new_state": new_state, "at": self._now()}
        self._settled.append({**outcome, "message": message_id, "why": why})
        if not self._flushing:
            self._flushing = True
            self._spawn(self._flush())

    async def _flush(self) -> None:
        """Write outcomes until none are left; those of one moment share a statement."""
        self._flushing = True
        try:
            while self._settled or self._unreachable:
                outcomes, self._settled = self._settled, []
                gone, self._unreachable = self._unreachable, set()
                try:
                    await self._db.run(lambda conn, o=outcomes, g=gone: self._write(conn, o, g))  # type: ignore[misc]
                except SQLAlchemyError as error:
                    # Kept in their order: were a later edit written as sent and this one not, a restart
                    # would send this one again and so undo the later one.
                    self._settled[:0] = outcomes
                    self._unreachable |= gone
                    log.warning("outbox", action="settle_delayed", error=type(error).__name__)
                    await asyncio.sleep(1)
                else:
                    self._forgettable.update(outcome["which"] for outcome in outcomes)
        finally:
            self._flushing = False

    def _write(self, conn: Any, outcomes: list[dict[str, Any]], gone: set[int]) -> None:
        if outcomes:
            outbox.settle(conn, outcomes)
        for telegram_id in gone:
            mark_reachable(conn, telegram_id, since=self._now())
