"""One update's turn: its transaction, what happens when that fails, and what it owes afterwards."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

import structlog
from sqlalchemy import Connection, update
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from telegram import Update

from bot.db import Database
from bot.i18n import negotiate, use_locale
from bot.incoming import Incoming, read_raw, read_update
from bot.messages import Outgoing, message
from bot.outbox import Outbox
from bot.owed import store
from bot.registry import Act, Registry
from bot.runner import Runner
from bot.turn import House, StrangerError, Turn
from bot.waiting import Urgency
from models import draft as drafts
from models import inbox
from models.people import MEMBER, Actor, find_actor, mark_reachable

log = structlog.get_logger()
_RETRY = (0.1, 0.3, 1.0, 2.0, 5.0)
_TRIES = 3
_UNANSWERED = ("moved",)
"""What comes by itself, step by step: an answer to each would bury everything else."""


class Desk:
    """Answers updates. Holds nothing about any conversation."""

    def __init__(
        self,
        *,
        db: Database,
        registry: Registry,
        runner: Runner,
        sender: Outbox,
        house: House,
        now: Callable[[], datetime],
    ) -> None:
        self._db, self._registry, self._runner = db, registry, runner
        self._sender, self._now = sender, now
        self.house = house
        self.files_wanted: Callable[[], None] = lambda: None
        self.heard_from: Callable[[int], None] = lambda _chat_id: None
        """Called with every account and chat that an update comes from, before anything else is done with it."""
        self._warned: set[int] = set()

    async def handle(self, tg_update: Update, act: Act) -> None:
        """Answer an update; returns when that is committed, or the update is set aside."""
        incoming = read_update(tg_update)
        if incoming is None:
            await self.ignore(tg_update.update_id)
        else:
            await self._handle(incoming, act)

    async def answer_raw(self, raw: dict[str, Any]) -> None:
        """Answer an update that cannot be read, where a person waits for it: nobody shall talk to a wall."""
        incoming = read_raw(raw)
        if incoming is None:
            await self.ignore(raw["update_id"])
        else:
            message = incoming.kind != "press"
            await self._handle(
                incoming, self._registry.on_message if message else self._regret_press
            )

    def _regret_press(self, turn: Turn) -> None:
        turn.send(self._registry.failed())

    async def _handle(self, incoming: Incoming, act: Act) -> None:
        self._hear(incoming)
        urgent = self._registry.is_urgent(incoming.text, incoming.data)
        unit = partial(self._apply, incoming=incoming, act=act)
        attempt = 0
        while True:
            try:
                owed, files = await self._db.run(
                    unit, urgency=Urgency.ALARM if urgent else Urgency.UPDATE
                )
            except (OperationalError, InterfaceError) as error:
                await self._wait(incoming, attempt, error)
            except DBAPIError as error:
                if attempt >= _TRIES:
                    await self._set_aside(incoming, error)
                    return
                await asyncio.sleep(_RETRY[attempt])
            except Exception as error:
                # A fault of ours: one person's update must not stop the rest.
                await self._set_aside(incoming, error)
                return
            else:
                self._warned.discard(incoming.user_id)
                self._sender.push(owed)
                if files:
                    self.files_wanted()
                return
            attempt += 1

    def _hear(self, incoming: Incoming) -> None:
        if not incoming.shut_out:
            for chat_id in {incoming.user_id, incoming.chat_id}:
                self.heard_from(chat_id)

    async def ignore(self, update_id: int) -> None:
        """Mark as done an update nobody is to be answered for; if that fails, the next start does it."""
        try:
            await self._db.run(lambda conn: inbox.mark_done(conn, update_id))
        except DBAPIError as error:
            log.error("desk", action="ignore_failed", update=update_id, error=_reason(error))

    def regret(self, incoming: Incoming) -> None:
        """Say to a person, once until something is committed again, that nothing can be saved just now."""
        user_id = incoming.user_id
        if _unheard(incoming) or user_id in self._warned:
            return
        self._warned.add(user_id)
        with use_locale(negotiate(incoming.language, self.house.default_locale)):
            payload = message(user_id, self._registry.unsaved())
        passing = Outgoing(chat_id=user_id, method="sendMessage", payload=payload, durable=False)
        self._sender.push([passing])

    def _apply(
        self, conn: Connection, *, incoming: Incoming, act: Act
    ) -> tuple[list[Outgoing], bool]:
        now = self._now()
        fresh = inbox.mark_done(conn, incoming.update_id)
        turn = self._turn(conn, incoming, now)
        with use_locale(self._locale(conn, incoming, turn.member)):
            self._act(turn, act if fresh else self._ask_again, fresh=fresh)
            turn.close_press()
        return store(conn, turn.out, now=now), turn.wants_files

    def _turn(self, conn: Connection, incoming: Incoming, now: datetime) -> Turn:
        member = find_actor(conn, incoming.user_id)
        if member and member.unreachable_at and not incoming.shut_out:
            # Whoever is heard from can be written to, whatever Telegram said of them before.
            mark_reachable(conn, member.telegram_id, since=None)
        return Turn(
            conn=conn,
            now=now,
            incoming=incoming,
            house=self.house,
            talks=self._runner,
            member=member,
        )

    def _act(self, turn: Turn, act: Act, *, fresh: bool) -> None:
        incoming = turn.incoming
        if incoming.kind == "reach":
            self._note_reach(turn)
        elif incoming.kind == "migrated":
            self._registry.on_chat_moved(turn.conn, incoming.chat_id, int(incoming.moved_to or 0))
        elif incoming.private or incoming.kind == "press":
            self._answer(turn, act)
        elif fresh and incoming.kind == "command":
            self._answer(turn, self._registry.on_group_command)
        elif fresh and incoming.kind == "text":
            self._answer(turn, self._registry.on_group_text)

    def _answer(self, turn: Turn, act: Act) -> None:
        try:
            act(turn)
        except StrangerError:
            if turn.incoming.kind not in _UNANSWERED:
                if turn.incoming.private:
                    self._runner.give_back(turn)
                self._registry.on_stranger(turn)

    def _note_reach(self, turn: Turn) -> None:
        if turn.incoming.added and not turn.incoming.private:
            self._registry.on_chat_joined(turn)
        elif turn.incoming.shut_out and turn.incoming.private:
            mark_reachable(turn.conn, turn.incoming.user_id, since=turn.now)
        elif turn.incoming.shut_out:
            self._registry.on_chat_left(turn.conn, turn.incoming.chat_id, turn.now)

    def _ask_again(self, turn: Turn) -> None:
        """A duplicate changes nothing; whoever is in a form sees its question again."""
        if turn.member is None or not turn.incoming.private or turn.incoming.kind in _UNANSWERED:
            return
        row = drafts.active_draft(turn.conn, turn.actor.id)
        if row is not None:
            self._runner.resume(turn, row)

    def _locale(self, conn: Connection, incoming: Incoming, member: Actor | None) -> str:
        wanted = negotiate(incoming.language, self.house.default_locale)
        if member is None:
            return wanted
        if not member.locale_chosen and incoming.language and wanted != member.locale:
            conn.execute(update(MEMBER).where(MEMBER.c.id == member.id).values(locale=wanted))
            return wanted
        return member.locale

    async def _wait(self, incoming: Incoming, attempt: int, error: DBAPIError) -> None:
        """The database cannot be written: nothing is lost, it is tried until it works."""
        log.error(
            "desk",
            action="write_failed",
            update=incoming.update_id,
            attempt=attempt,
            error=_reason(error),
        )
        if attempt:
            self.regret(incoming)
        await asyncio.sleep(_RETRY[min(attempt, len(_RETRY) - 1)])

    async def _set_aside(self, incoming: Incoming, error: Exception) -> None:
        # What the database refuses is told in a line; anything else is a fault to be found by its traceback.
        refused = isinstance(error, DBAPIError)
        log.error(
            "desk",
            action="update_failed",
            update=incoming.update_id,
            error=_reason(error) if refused else type(error).__name__,
            exc_info=None if refused else error,
        )
        try:
            owed = await self._db.run(partial(self._apologise, incoming=incoming, error=error))
        except DBAPIError as second:
            log.error(
                "desk",
                action="not_set_aside",
                update=incoming.update_id,
                error=_reason(second),
            )
            self.regret(incoming)
            return
        self._sender.push(owed)

    def _apologise(
        self, conn: Connection, *, incoming: Incoming, error: Exception
    ) -> list[Outgoing]:
        inbox.mark_bad(conn, incoming.update_id, type(error).__name__)
        if _unheard(incoming):
            return []
        now = self._now()
        turn = self._turn(conn, incoming, now)
        with use_locale(self._locale(conn, incoming, turn.member)):
            turn.send(self._registry.failed())
            turn.close_press()
        return store(conn, turn.out, now=now)


def _unheard(incoming: Incoming) -> bool:
    """Whether nobody waits for an answer: to what is said in a group, or comes by itself."""
    if incoming.kind in _UNANSWERED:
        return True
    return not incoming.private and incoming.kind != "press"


def _reason(error: Exception) -> str:
    return str(getattr(error, "orig", error))[:120]
