"""APScheduler: which sweep runs when. A job only runs sweeps; what they did once stands in the database."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.db import Database
from bot.outbox import Outbox
from bot.owed import run_sweep
from bot.registry import Sweep

log = structlog.get_logger()
EVERY_SECONDS = 60


class Clockwork:
    """Runs every sweep at the start, then every minute."""

    def __init__(
        self, *, db: Database, sweeps: Sequence[Sweep], sender: Outbox, now: Callable[[], datetime]
    ) -> None:
        self._db, self._sweeps, self._sender, self._now = db, sweeps, sender, now
        self._scheduler = AsyncIOScheduler(timezone="UTC")

    def start(self) -> None:
        """Begin; the first run is at once and catches up after a downtime."""
        job: Callable[[], Awaitable[None]] = self.sweep
        self._scheduler.add_job(
            job,
            "interval",
            seconds=EVERY_SECONDS,
            next_run_time=datetime.now(self._scheduler.timezone),
            misfire_grace_time=None,
            coalesce=True,
            max_instances=1,
        )
        self._scheduler.start()

    def stop(self) -> None:
        """End; a sweep that runs is finished by the database, the next start runs it again anyway."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    async def sweep(self) -> None:
        """Run every sweep once, as of now."""
        # A stop cancels it, which APScheduler would log as a fault.
        with suppress(asyncio.CancelledError):
            await self._sweep_all()

    async def _sweep_all(self) -> None:
        for sweep in self._sweeps:
            now = self._now()
            try:
                counts, owed = await self._db.run(
                    lambda conn, s=sweep, n=now: run_sweep(conn, s, now=n)  # type: ignore[misc]
                )
            except Exception as error:
                log.error("sweep", action="sweep_failed", sweep=sweep.name, error=str(error)[:160])
                continue
            self._sender.push(owed)
            if any(counts.values()):
                log.info("sweep", action="swept", sweep=sweep.name, **counts)
