"""APScheduler: which sweep runs when. A job only runs sweeps; what they did once stands in the database."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.db import Database
from bot.outbox import Outbox
from bot.registry import Piece, Sweep
from bot.sweeping import SLICE, run_slice
from bot.waiting import Urgency

log = structlog.get_logger()
_SLOW = 60
"""Seconds between runs from which on a sweep can wait for its time; also between two words of one that fails."""


class _Rhythm:
    """The sweeps that run equally often."""

    def __init__(self, every: int, sweeps: Sequence[Sweep]) -> None:
        self.every, self.sweeps = every, sweeps
        self.busy = self.again = False


class Clockwork:
    """Runs every sweep at the start, then each in its own rhythm, for a ``length`` of so many seconds at a time."""

    def __init__(
        self,
        *,
        db: Database,
        sweeps: Sequence[Sweep],
        sender: Outbox,
        now: Callable[[], datetime],
        length: float = SLICE,
    ) -> None:
        self._db, self._sweeps, self._sender, self._now = db, sweeps, sender, now
        self._length = length
        self._rhythms = [
            _Rhythm(every, [each for each in sweeps if each.every == every])
            for every in sorted({each.every for each in sweeps})
        ]
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        self._pokes: set[asyncio.Task[None]] = set()
        self._complained: dict[str, float] = {}

    def start(self) -> None:
        """Begin; the first run is at once and catches up after a downtime."""
        for rhythm in self._rhythms:
            job: Callable[[], Awaitable[None]] = partial(self._beat, rhythm)
            self._scheduler.add_job(
                job,
                "interval",
                seconds=rhythm.every,
                next_run_time=datetime.now(self._scheduler.timezone),
                misfire_grace_time=None,
                coalesce=True,
                # One that is still running lets the next tick pass, without a word of APScheduler's.
                max_instances=2,
            )
        self._scheduler.start()

    def stop(self) -> None:
        """End; a sweep that runs is finished by the database, the next start runs it again anyway."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        for task in self._pokes:
            task.cancel()

    def poke(self) -> None:
        """Run at once what runs more often than once a minute: something changed that it looks at."""
        for rhythm in self._rhythms:
            if rhythm.every < _SLOW and self._scheduler.running:
                task = asyncio.get_running_loop().create_task(self._beat(rhythm, poked=True))
                self._pokes.add(task)
                task.add_done_callback(self._pokes.discard)

    async def sweep(self) -> None:
        """Run every sweep once, as of now."""
        # A stop cancels it, which APScheduler would log as a fault.
        with suppress(asyncio.CancelledError):
            await self._run(self._sweeps)

    async def _beat(self, rhythm: _Rhythm, *, poked: bool = False) -> None:
        if rhythm.busy:
            # What runs now may have looked before the change that it was poked for.
            rhythm.again = rhythm.again or poked
            return
        rhythm.busy = True
        with suppress(asyncio.CancelledError):
            try:
                rhythm.again = True
                while rhythm.again:
                    rhythm.again = False
                    await self._run(rhythm.sweeps)
            finally:
                rhythm.busy = False

    async def _run(self, sweeps: Sequence[Sweep]) -> None:
        for sweep in sweeps:
            try:
                counts = await self._sweep(sweep)
            except Exception as error:
                self._complain(sweep, error)
                continue
            if any(counts.values()):
                log.info("sweep", action="swept", sweep=sweep.name, **counts)

    async def _sweep(self, sweep: Sweep) -> Counter[str]:
        """Run a sweep to its end; between its slices everybody else has their turn."""
        now, counts = self._now(), Counter[str]()
        urgency = Urgency.TICK if sweep.every < _SLOW else Urgency.SWEEP
        left: Sequence[Piece] = (sweep.run,)
        while left:
            unit = partial(run_slice, pieces=left, now=now, length=self._length)
            done = await self._db.run(unit, urgency=urgency)
            self._sender.push(done.out)
            for fault in done.faults:
                self._complain(sweep, fault)
            counts.update(done.counts)
            left = done.left
        return counts

    def _complain(self, sweep: Sweep, error: Exception) -> None:
        now = time.monotonic()
        if now - self._complained.get(sweep.name, -_SLOW) < _SLOW - 1:
            return
        self._complained[sweep.name] = now
        log.error("sweep", action="sweep_failed", sweep=sweep.name, error=str(error)[:160])
