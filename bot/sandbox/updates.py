"""The queue between people and the bot: an update stays until the bot confirms it."""

import asyncio
import json
import time
from collections import OrderedDict, deque
from collections.abc import Sequence
from typing import Any

from bot.sandbox.refusals import RefusedError

__all__ = ["Update", "Updates"]

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_UNASKED = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
_REMEMBERED = 10_000
_OTHER_POLL = (
    "Conflict: terminated by other getUpdates request; "
    "make sure that only one bot instance is running"
)


class Update:
    """One update, serialised once."""

    __slots__ = ("chat_id", "confirmed", "content", "update_id")

    def __init__(self, update_id: int, chat_id: int, content: bytes) -> None:
        self.update_id = update_id
        self.chat_id = chat_id
        self.content = content
        self.confirmed = False


class Updates:
    """Ids grow from the wall clock in microseconds, so that no restart uses one again."""

    def __init__(self) -> None:
        self.allowed: tuple[str, ...] = ()
        self._next_id = time.time_ns() // 1000
        self._queue: deque[Update] = deque()
        self._repeats: list[Update] = []
        self._confirmed = 0
        self._known: OrderedDict[int, Update] = OrderedDict()
        self._poll: asyncio.Future[None] | None = None
        self._bell = asyncio.Event()

    @property
    def pending(self) -> int:
        """How many updates the bot has not confirmed."""
        return len(self._queue) - self._confirmed + len(self._repeats)

    def add(self, kind: str, value: dict[str, Any], *, chat_id: int) -> int:
        """Queue an update unless the bot did not ask for its kind; its id either way."""
        self._next_id += 1
        wanted = kind in self.allowed if self.allowed else kind not in _UNASKED
        if wanted:
            text = f'{{"update_id":{self._next_id},"{kind}":{_ENCODER.encode(value)}}}'
            update = Update(self._next_id, chat_id, text.encode())
            self._queue.append(update)
            self._known[update.update_id] = update
            if len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
            self.ring()
        return self._next_id

    def next_query_id(self) -> int:
        """The id of the next press: the one its update will have."""
        return self._next_id + 1

    def repeat(self, update_id: int) -> None:
        """Deliver an update once more under its old id; KeyError when it is not remembered."""
        old = self._known[update_id]
        self._repeats.append(Update(old.update_id, old.chat_id, old.content))
        self.ring()

    def drop_all(self) -> None:
        """Forget everything pending, as drop_pending_updates does."""
        self._queue.clear()
        self._repeats.clear()
        self._confirmed = 0

    def waiting(self) -> list[Update]:
        """Everything not confirmed, duplicates first, oldest first."""
        return [*self._repeats, *(update for update in self._queue if not update.confirmed)]

    def confirm(self, update: Update) -> None:
        """Take one update off the queue, whatever its place, as a webhook's 2xx does."""
        if update in self._repeats:
            self._repeats.remove(update)
        elif not update.confirmed:
            update.confirmed = True
            self._confirmed += 1
        while self._queue and self._queue[0].confirmed:
            self._queue.popleft()
            self._confirmed -= 1

    async def poll(self, *, offset: int, limit: int, timeout: float) -> Sequence[Update]:
        """One getUpdates; a later one ends this one with 409."""
        self.end_poll(RefusedError(409, _OTHER_POLL))
        self._confirm_before(offset)
        if timeout > 0 and not self.pending:
            await self._wait(timeout)
        return self._take(limit)

    def end_poll(self, reason: Exception | None = None) -> None:
        """Answer the open long poll now: with what there is, or with an error."""
        poll, self._poll = self._poll, None
        if poll is None or poll.done():
            return
        if reason is None:
            poll.set_result(None)
        else:
            poll.set_exception(reason)

    async def rung(self) -> None:
        """Wait until the queue has grown since the last wait ended."""
        await self._bell.wait()
        self._bell.clear()

    def ring(self) -> None:
        """Wake whoever delivers updates."""
        self._bell.set()
        self.end_poll()

    def _confirm_before(self, offset: int) -> None:
        if offset < 0:
            offset = self._queue[max(len(self._queue) + offset, 0)].update_id if self._queue else 0
        while self._queue and (self._queue[0].update_id < offset or self._queue[0].confirmed):
            self._confirmed -= self._queue.popleft().confirmed

    async def _wait(self, timeout: float) -> None:
        poll = self._poll = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(timeout):
                await poll
        except TimeoutError:
            pass
        finally:
            if self._poll is poll:
                self._poll = None

    def _take(self, limit: int) -> list[Update]:
        # A duplicate comes ahead of the rest: its old id must not end a batch and set the offset.
        taken = self._repeats[:limit]
        del self._repeats[:limit]
        for update in self._queue:
            if len(taken) >= limit:
                break
            if not update.confirmed:
                taken.append(update)
        return taken
