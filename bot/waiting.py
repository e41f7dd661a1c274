"""Units of work that wait for the database: what an alarm waits for first, what can wait last."""

import asyncio
import heapq
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from itertools import count
from typing import Any

from sqlalchemy import Connection


class Urgency(IntEnum):
    """Lower goes first. A ``TICK`` is a slice of a sweep that runs every few seconds, ``SWEEP`` one of any other."""

    ALARM = 0
    TICK = 1
    UPDATE = 2
    SWEEP = 3


_PATIENCE = {Urgency.ALARM: -2e9, Urgency.TICK: -1.0, Urgency.UPDATE: 0.0, Urgency.SWEEP: 1.0}
"""Seconds that a unit lets later ones pass: a sweep waits for a rush, and not for ever; nor does an update for ticks,
of which there is always a next one while the database does not answer.
"""
_ALONE = (Urgency.TICK, Urgency.SWEEP)
_QUIET = 0.25
"""Seconds after a unit of an alarm's in which no slice of a sweep begins: the alarm's next unit is about to come."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """A unit, how urgent it is, and who waits for what it makes."""

    unit: Callable[[Connection], Any]
    urgency: Urgency
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Any]


_Entry = tuple[float, int, Job]


class Waiting:
    """The queue before the database; workers take from it until it is closed and empty."""

    def __init__(self) -> None:
        self._heap: list[_Entry] = []
        self._serial = count()
        self._changed = threading.Condition()
        self._closed = False
        self._quiet_until = 0.0

    def put(self, job: Job) -> None:
        """Let a unit wait for its turn."""
        entry = (time.monotonic() + _PATIENCE[job.urgency], next(self._serial), job)
        with self._changed:
            heapq.heappush(self._heap, entry)
            self._changed.notify()

    def take(self, most: int) -> list[_Entry]:
        """Whose turn it is, and at most so many equally urgent ones that are ready behind it; none at the end.

        A slice of a sweep goes alone: nobody shall wait for it who could go without it.
        """
        with self._changed:
            while not (ready := self._ready()) and not (self._closed and not self._heap):
                self._changed.wait(_QUIET if self._heap else None)
            if not ready:
                return []
            found = [heapq.heappop(self._heap)]
            urgency = found[0][2].urgency
            if urgency is Urgency.ALARM:
                self._quiet_until = time.monotonic() + _QUIET
            most = 1 if urgency in _ALONE else most
            while len(found) < most and self._heap and self._heap[0][2].urgency is urgency:
                found.append(heapq.heappop(self._heap))
            return found

    def _ready(self) -> bool:
        """Whether the first in the queue may go now. A sweep that has been patient long enough always may."""
        if not self._heap:
            return False
        due, _serial, job = self._heap[0]
        now = time.monotonic()
        return (
            job.urgency is not Urgency.SWEEP or now >= min(self._quiet_until, due) or self._closed
        )

    def put_back(self, entries: list[_Entry]) -> None:
        """Let units that were taken and not begun have their turn again, in their old places."""
        with self._changed:
            for entry in entries:
                heapq.heappush(self._heap, entry)

    def pressing(self, job: Job) -> bool:
        """Whether something waits now that an ordinary unit such as this one has to let pass."""
        heap = self._heap
        return bool(heap) and heap[0][2].urgency < min(job.urgency, Urgency.UPDATE)

    def close(self) -> None:
        """Let the workers end once nothing is left."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
