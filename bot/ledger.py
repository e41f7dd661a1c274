"""What became of messages, written down; until that is committed, known by heart."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from bot.db import Database
from models import outbox
from models.people import find_actor, mark_reachable

log = structlog.get_logger()


class Ledger:
    """Collects outcomes; those of one moment share a statement."""

    def __init__(self, *, db: Database, now: Callable[[], datetime]) -> None:
        self._db, self._now = db, now
        self._outcomes: list[dict[str, Any]] = []
        self._gone: set[int] = set()
        self._going: set[int] = set()
        """Of whom it is being written at this moment that they cannot be reached."""
        self._moved: dict[int, int | None] = {}
        self.became: dict[int, dict[str, Any]] = {}
        """Outcomes by outbox id, as long as they are not committed."""
        self.flushing = False
        self._awaited = False
        self.on_news: Callable[[], None] = lambda: None
        """Called once it is committed that somebody cannot be reached, or what became of an awaited message."""
        self.on_chat_moved: Callable[[Connection, int, int], None] = lambda _c, _old, _new: None
        self.on_chat_left: Callable[[Connection, int, datetime], None] = lambda _c, _chat, _now: (
            None
        )

    def add(
        self,
        which: int,
        state: str,
        *,
        message_id: int | None,
        why: str | None,
        awaited: bool = False,
    ) -> None:
        """Note what became of a message; a sweep waits to know of an ``awaited`` one."""
        self._awaited = self._awaited or awaited
        outcome = {
            "which": which,
            "new_state": state,
            "at": self._now(),
            "message": message_id,
            "why": why,
        }
        self.became[which] = outcome
        self._outcomes.append(outcome)

    def lose(self, chat_id: int) -> None:
        """Note that a person, or a group (its id is negative), has shut the bot out."""
        if chat_id > 0:
            self._gone.add(chat_id)
        else:
            self._moved[chat_id] = None

    def hear(self, chat_id: int) -> None:
        """Note that a chat is open: what was refused there before, and is not written down yet, is out of date."""
        self._gone.discard(chat_id)
        self._going.discard(chat_id)
        if self._moved.get(chat_id, chat_id) is None:
            del self._moved[chat_id]

    def move(self, old: int, new: int) -> None:
        """Note that a group goes on under another id."""
        self._moved[old] = new

    async def flush(self) -> set[int]:
        """Write until nothing is left; the ids of what was written."""
        written: set[int] = set()
        self.flushing = True
        try:
            while self._outcomes or self._gone or self._moved:
                written |= await self._write_some()
                await self._tell_moves()
        finally:
            self.flushing = False
        return written

    async def _write_some(self) -> set[int]:
        outcomes, self._outcomes = self._outcomes, []
        self._going, self._gone = self._gone, set()
        awaited, self._awaited = self._awaited, False
        if not outcomes and not self._going:
            return set()
        try:
            await self._db.run(lambda conn: self._write(conn, outcomes))
        except SQLAlchemyError as error:
            # Kept in their order: were a later edit written as sent and this one not, a restart
            # would send this one again and so undo the later one.
            self._outcomes[:0] = outcomes
            self._gone |= self._going
            self._awaited = self._awaited or awaited
            log.warning("outbox", action="settle_delayed", error=type(error).__name__)
            await asyncio.sleep(1)
            return set()
        for outcome in outcomes:
            if self.became.get(outcome["which"]) is outcome:
                del self.became[outcome["which"]]
        if self._going or awaited:
            self.on_news()
        return {outcome["which"] for outcome in outcomes}

    def _write(self, conn: Connection, outcomes: list[dict[str, Any]]) -> None:
        if outcomes:
            outbox.settle(conn, outcomes)
        for telegram_id in sorted(self._going):
            # Locked first: whoever is heard from until here is left alone, and whose update comes after here
            # waits for the lock and undoes this.
            if find_actor(conn, telegram_id) and telegram_id in self._going:
                mark_reachable(conn, telegram_id, since=self._now())

    async def _tell_moves(self) -> None:
        """Pass on what became of groups, in transactions of their own: a fault there must settle nothing twice."""
        while self._moved:
            old, new = self._moved.popitem()
            try:
                await self._db.run(lambda conn, o=old, n=new: self._tell_move(conn, o, n))  # type: ignore[misc]
            except Exception as error:
                log.error("outbox", action="chat_not_followed", error=repr(error)[:120])

    def _tell_move(self, conn: Connection, old: int, new: int | None) -> None:
        if new is None:
            self.on_chat_left(conn, old, self._now())
        else:
            self.on_chat_moved(conn, old, new)
