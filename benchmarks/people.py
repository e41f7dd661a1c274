"""People who file reports as fast as they are answered, through the stand-in of the sandbox."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.sandbox.botapi import BotApi, CallbackAnswer, ShownMessage

PATIENCE = 240.0
"""Seconds after which a run is given up: somebody was never answered."""
OFFICERS = 2


@dataclass(frozen=True, slots=True)
class _Awaited:
    """What a person looks out for since ``begun`` (perf_counter seconds)."""

    words: str
    begun: float
    found: asyncio.Future[ShownMessage]


@dataclass
class Crowd:
    """``size`` people, and the officers after them; ``waits`` are seconds from update to reply."""

    api: BotApi
    size: int
    waits: list[float] = field(default_factory=list)
    filed: int = 0
    _awaited: dict[int, _Awaited] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for user_id in range(1, self.size + OFFICERS + 1):
            self.api.add_person(user_id=user_id, first_name=f"P{user_id}")
            # A watcher is called with each change: nobody searches a chat or sets a timer per wait.
            self.api.watch(user_id, self._see)

    async def join(self, guard: str, officer: str) -> None:
        """Everybody joins with a code, the officers first."""
        async with asyncio.timeout(PATIENCE):
            for user_id in range(self.size + 1, self.size + OFFICERS + 1):
                await self._join(user_id, officer)
            await asyncio.gather(*(self._join(user, guard) for user in range(1, self.size + 1)))
        self.waits.clear()

    async def work(self, each: int, seconds: float) -> float:
        """Everybody files ``each`` reports, beginning none after ``seconds``; how long it took."""
        begun = time.perf_counter()
        people = range(1, self.size + 1)
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(*(self._file(user, each, begun + seconds) for user in people))
        return time.perf_counter() - begun

    async def _join(self, user: int, code: str) -> None:
        await self._await(user, "已加入", lambda: self.api.send_text(user, f"/start {code}"))

    async def _file(self, user: int, each: int, until: float) -> None:
        for serial in range(each):
            if time.perf_counter() > until:
                return
            shown = await self._write(user, "/report", "发生了什么")
            shown = await self._press(user, shown, "盗窃", "用一句话")
            shown = await self._write(user, f"有人偷东西 {user} {serial}", "请核对")
            await self._press(user, shown, "提交", "已登记")
            self.filed += 1

    async def _write(self, user: int, text: str, words: str) -> ShownMessage:
        return await self._await(user, words, lambda: self.api.send_text(user, text))

    async def _press(self, user: int, shown: ShownMessage, label: str, words: str) -> ShownMessage:
        data = next(b.data for row in shown.buttons for b in row if label in b.text)
        return await self._await(
            user, words, lambda: self.api.press(user, shown.message_id, str(data))
        )

    async def _await(self, user: int, words: str, act: Callable[[], object]) -> ShownMessage:
        """Act, then wait for the message that answers it."""
        found: asyncio.Future[ShownMessage] = asyncio.get_running_loop().create_future()
        self._awaited[user] = _Awaited(words, time.perf_counter(), found)
        act()
        return await found

    def _see(self, shown: ShownMessage | CallbackAnswer) -> None:
        awaited = self._awaited.get(shown.chat_id)
        if awaited is None or isinstance(shown, CallbackAnswer) or shown.sender != "bot":
            return
        if awaited.words in shown.text:
            del self._awaited[shown.chat_id]
            self.waits.append(time.perf_counter() - awaited.begun)
            awaited.found.set_result(shown)
