"""When to kill: at any moment, in the middle of a call, of a batch, of a commit, or of a start."""

import asyncio
import os
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from time import monotonic, sleep
from typing import TypeVar

from aiohttp import web

from bot.sandbox.params import Params
from bot.sandbox.refusals import RefusedError
from tests.acceptance.house import House, until
from tests.acceptance.reporters import Story

STARTING = 2.0
"""Seconds within which a start is over, give or take."""
LOADED = 0.8
"""Seconds of work under load before a kill, at most."""
_NEVER_CAME = 2.0
_EMPTY = len(b'{"ok":true,"result":[]}')
Hook = TypeVar("Hook")
_CALLS = ("sendmessage", "editmessagetext", "answercallbackquery", "getupdates")


class Killer:
    """Starts the bot and kills it, each time by another family of moments.

    - ``starting``: anywhere in a start: migration check, replay, the first poll, the greeting.
    - ``any``: uniformly over the first moments under load, the backlog of the downtime included.
    - ``unanswered``: a call took effect (the k-th of a method), the bot never learns that it did.
    - ``unheard``: a call is on its way (the k-th of a method) and never takes effect.
    - ``batch``: milliseconds after a poll brought updates that are not confirmed yet.
    - ``commit``: within a fraction of a millisecond of a write to the database's log.
    """

    def __init__(self, house: House, story: Story, *, seed: int, deepest: int = 60) -> None:
        self._house, self._story = house, story
        self._deepest = deepest
        """How many calls of a method are let pass at most: what comes in about two seconds."""
        self._random = random.Random(seed)
        self.done: Counter[str] = Counter()
        self.times: list[float] = []
        """When each kill was over (monotonic seconds)."""
        self.missed = 0
        """Kills whose moment did not come about in time: they fell anywhere."""
        self._families: dict[str, Callable[[], Awaitable[str]]] = {
            "starting": self._while_starting,
            "any": self._anywhere,
            "unanswered": self._unanswered,
            "unheard": self._unheard,
            "batch": self._in_a_batch,
            "commit": self._at_a_commit,
        }

    async def kill_once(self) -> None:
        """Start the bot, and kill it at a moment of a family chosen at random."""
        family = self._random.choice(tuple(self._families))
        self._story.note("", f"start (kill: {family})")
        self._house.launch()
        how = await self._families[family]()
        assert self._house.bot is not None
        assert self._house.bot.poll() in (None, -9), "the bot ended by itself"
        self._house.kill()
        self.times.append(monotonic())
        self._story.note("", f"killed: {family} {how}")
        self.done[family] += 1

    async def _polling(self) -> None:
        await until(lambda: self._house.polls or self._house.ended, "a poll after a kill")

    async def _while_starting(self) -> str:
        wait = self._random.uniform(0, STARTING)
        await asyncio.sleep(wait)
        return f"{wait:.3f} s"

    async def _anywhere(self) -> str:
        await self._polling()
        wait = self._random.uniform(0, LOADED)
        await asyncio.sleep(wait)
        return f"{wait:.3f} s after the first poll"

    async def _unanswered(self) -> str:
        method, left = self._random.choice(_CALLS), self._random.randint(1, self._deepest)
        if method == "getupdates":
            left = min(left, 12)

        def answered(called: str, _params: Params, _response: web.Response) -> None:
            nonlocal left
            left -= called == method
            if left == 0 and called == method:
                self._strike()

        return await self._armed(self._house.api.on_answer, answered, f"{method}, taken in")

    async def _unheard(self) -> str:
        method, left = self._random.choice(_CALLS), self._random.randint(1, self._deepest)
        if method == "getupdates":
            left = min(left, 12)

        def came(called: str, _params: Params) -> None:
            nonlocal left
            left -= called == method
            if left == 0 and called == method:
                self._strike()
                raise RefusedError(0, "the bot died")

        return await self._armed(self._house.api.on_call, came, f"{method}, lost")

    async def _in_a_batch(self) -> str:
        wait, left = self._random.expovariate(1 / 0.004), self._random.randint(1, 12)
        loop = asyncio.get_running_loop()

        def answered(called: str, _params: Params, response: web.Response) -> None:
            nonlocal left
            body = response.body
            if called == "getupdates" and isinstance(body, bytes) and len(body) > _EMPTY:
                left -= 1
                if left == 0:
                    loop.call_later(wait, self._strike)

        what = f"{wait * 1000:.1f} ms after a batch"
        return await self._armed(self._house.api.on_answer, answered, what)

    async def _at_a_commit(self) -> str:
        await self._polling()
        left = self._random.randint(1, self._deepest)
        return await asyncio.to_thread(self._watch_the_log, left)

    def _watch_the_log(self, left: int) -> str:
        log = self._house.database.with_name(self._house.database.name + "-wal")
        seen, end = None, monotonic() + _NEVER_CAME
        while monotonic() < end:
            with suppress(FileNotFoundError):
                found = os.stat(log)
                mark = (found.st_size, found.st_mtime_ns)
                left -= seen is not None and mark != seen
                seen = mark
            if left <= 0:
                self._strike()
                return "at a write"
            sleep(0.0001)
        return self._miss("at a write")

    async def _armed(self, hooks: list[Hook], hook: Hook, what: str) -> str:
        hooks.append(hook)
        try:
            end = None
            while not self._house.ended and (end is None or monotonic() < end):
                # From the first poll on: how long a start takes is the machine's affair.
                if end is None and self._house.polls:
                    end = monotonic() + _NEVER_CAME
                await asyncio.sleep(0.001)
        finally:
            hooks.remove(hook)
        return what if self._house.ended else self._miss(what)

    def _miss(self, what: str) -> str:
        self.missed += 1
        return f"{what}: did not come about"

    def _strike(self) -> None:
        # Not waited for here: this may be called in the middle of one of the bot's calls.
        if self._house.bot is not None:
            self._house.bot.kill()
