"""People who file reports as fast as they are answered, through the stand-in of the sandbox."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.sandbox.botapi import BotApi, ShownMessage

PATIENCE = 60.0


@dataclass
class Crowd:
    """``size`` people; the two after them are officers."""

    api: BotApi
    size: int
    waits: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        for user_id in range(1, self.size + 3):
            self.api.add_person(user_id=user_id, first_name=f"P{user_id}")

    async def join(self, guard: str, officer: str) -> None:
        """Everybody joins with a code."""
        officers = [(self.size + 1, officer), (self.size + 2, officer)]
        for user_id, code in [*officers, *((u, guard) for u in range(1, self.size + 1))]:
            await self._act(
                user_id, lambda u=user_id, c=code: self.api.send_text(u, f"/start {c}"), "已加入"
            )
        self.waits.clear()

    async def work(self, each: int) -> float:
        """Everybody files ``each`` reports; the seconds that took."""
        begun = time.perf_counter()
        await asyncio.gather(*(self._file(user, each) for user in range(1, self.size + 1)))
        return time.perf_counter() - begun

    async def _file(self, user: int, each: int) -> None:
        for serial in range(each):
            shown = await self._act(user, lambda: self.api.send_text(user, "/report"), "发生了什么")
            shown = await self._press(user, shown, "盗窃", "用一句话")
            text = f"有人偷东西 {user} {serial}"
            shown = await self._act(user, lambda t=text: self.api.send_text(user, t), "请核对")
            await self._press(user, shown, "提交", "已登记")

    async def _press(self, user: int, shown: ShownMessage, label: str, want: str) -> ShownMessage:
        data = next(b.data for row in shown.buttons for b in row if label in b.text)
        return await self._act(
            user, lambda: self.api.press(user, shown.message_id, str(data)), want
        )

    async def _act(self, user: int, do: Callable[[], object], want: str) -> ShownMessage:
        """Do something and wait for the message that answers it."""
        since, begun = self.api.chat_version(user), time.perf_counter()
        do()
        seen = self.api.chat_version(user)
        while time.perf_counter() - begun < PATIENCE:
            newest = [
                m for m in self.api.chat(user)[-3:] if m.sender == "bot" and m.version > since
            ]
            for shown in newest:
                if want in shown.text:
                    self.waits.append(time.perf_counter() - begun)
                    return shown
            seen = await self.api.chat_changed(user, since=seen, timeout=5)
        raise TimeoutError(f"{user} waited for {want!r}")
