"""Who waits to be sent: a lane for each chat, the most urgent first, and which chat's turn it is."""

import heapq

from bot.messages import Outgoing, Priority
from bot.pacer import Pacer

IDLE = 0.5
"""Seconds to wait where nothing is known to come."""
_IN_FLIGHT = 64


class Lane:
    """The queue of one chat: the most urgent first, then in order; one message in flight at a time.

    ``heard``: something came from that chat since the message in flight left.
    """

    __slots__ = ("busy", "counted", "heard", "queue", "retry_at", "tries")

    def __init__(self) -> None:
        self.queue: list[tuple[int, int, Outgoing]] = []
        self.busy = False
        self.counted = 0.0
        self.heard = False
        self.retry_at = 0.0
        self.tries = 0


class Lanes:
    """All chats' lanes. Times are monotonic seconds."""

    def __init__(self, pacer: Pacer) -> None:
        self._pacer = pacer
        self._lanes: dict[int, Lane] = {}
        self._ready: list[tuple[int, int, int]] = []
        self._later: list[tuple[float, int]] = []
        self._serial = 0

    def put(self, item: Outgoing) -> None:
        """Let a message wait for its turn."""
        lane = self._lanes.setdefault(item.chat_id, Lane())
        heapq.heappush(lane.queue, (int(item.priority), self._order(item), item))
        if not lane.busy:
            self._offer(item.chat_id, lane)

    def put_back(self, item: Outgoing, lane: Lane, retry_at: float) -> None:
        """Let a message that is in flight have its turn again, not before ``retry_at``."""
        lane.retry_at = retry_at
        heapq.heappush(lane.queue, (int(item.priority), self._order(item), item))

    def take(self, now: float, *, in_flight: int) -> tuple[Outgoing, Lane] | float:
        """The message whose turn it is, counted and out of its lane; or in how many seconds to ask again."""
        while self._later and self._later[0][0] <= now:
            _free, chat_id = heapq.heappop(self._later)
            lane = self._lanes.get(chat_id)
            if lane and lane.queue and not lane.busy:
                self._offer(chat_id, lane)
        while self._ready:
            priority, order, chat_id = self._ready[0]
            # Sends that hang must not keep an alarm from leaving: it has places of its own.
            if in_flight >= (_IN_FLIGHT if priority else 2 * _IN_FLIGHT):
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
            return self._start(chat_id, lane, now)
        return self._later[0][0] - now if self._later else IDLE

    def free(self, chat_id: int, lane: Lane) -> None:
        """Note that nothing of this lane is in flight any more."""
        lane.busy = False
        if lane.queue:
            self._offer(chat_id, lane)
        else:
            del self._lanes[chat_id]

    def hear(self, chat_id: int) -> None:
        """Note that something came from a chat."""
        if lane := self._lanes.get(chat_id):
            lane.heard = True

    def give_back(self, chat_id: int, lane: Lane) -> None:
        """Note that what was in flight was not sent: it does not count towards any limit."""
        self._pacer.give_back(chat_id, lane.counted)

    def _start(self, chat_id: int, lane: Lane, now: float) -> tuple[Outgoing, Lane]:
        _priority, _order, item = heapq.heappop(lane.queue)
        lane.busy, lane.heard, lane.counted = True, False, now
        self._pacer.count(chat_id, now)
        return item, lane

    def _offer(self, chat_id: int, lane: Lane) -> None:
        priority, order, _item = lane.queue[0]
        heapq.heappush(self._ready, (priority, order, chat_id))

    def _order(self, item: Outgoing) -> int:
        """Messages leave in the order of their ids, passing ones before them, no two at one place."""
        self._serial += 1
        return item.id or -self._serial
