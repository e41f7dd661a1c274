"""Long polling: ask, store, and only then ask for what comes after."""

import asyncio
import time
from typing import Any

import structlog
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.intake import Intake, store_stubbornly
from bot.transport import Transport, pause, retry_seconds

log = structlog.get_logger()
ALLOWED = ["message", "edited_message", "callback_query", "my_chat_member"]
_HOLD = 25
"""Seconds Telegram holds an empty poll open."""
_STALE = 90
"""Seconds without one good poll after which the connections are replaced: proxies stall silently."""


class Poller:
    """Fetches updates until told to stop."""

    def __init__(self, *, transport: Transport, url: str, intake: Intake) -> None:
        self._transport, self._url, self._intake = transport, f"{url}/getUpdates", intake
        self._offset = 0
        self.last_good = time.monotonic()
        self.polls = 0

    async def run(self, stopping: asyncio.Event) -> None:
        """Poll; every failure is one log line and a pause."""
        wait = 0.5
        while not stopping.is_set():
            await self._intake.room(stopping)
            try:
                updates = await self._poll(stopping)
            except TelegramError as error:
                log.warning("polling", action="poll_failed", error=_name(error))
                await self._refresh()
                if await pause(_wait_for(error, wait), stopping):
                    return
                wait = min(wait * 2, 15)
                continue
            wait = 0.5
            self.last_good = time.monotonic()
            if updates and await store_stubbornly(self._intake, updates, stopping):
                self._offset = max(update["update_id"] for update in updates) + 1

    async def _poll(self, stopping: asyncio.Event) -> list[dict[str, Any]]:
        self.polls += 1
        payload = {
            "offset": self._offset,
            "timeout": _HOLD,
            "limit": 100,
            "allowed_updates": ALLOWED,
        }
        asking = asyncio.ensure_future(
            self._transport.call(self._url, payload, read_timeout=_HOLD + 10)
        )
        ending = asyncio.ensure_future(stopping.wait())
        await asyncio.wait({asking, ending}, return_when=asyncio.FIRST_COMPLETED)
        ending.cancel()
        if not asking.done():
            # What this poll might have brought stays unconfirmed: Telegram gives it again.
            asking.cancel()
            return []
        found: list[dict[str, Any]] = asking.result()
        return found

    async def _refresh(self) -> None:
        if time.monotonic() - self.last_good > _STALE:
            self.last_good = time.monotonic()
            await self._transport.reset()
            log.warning("polling", action="connections_replaced")


def _wait_for(error: TelegramError, wait: float) -> float:
    if isinstance(error, RetryAfter):
        return retry_seconds(error)
    if isinstance(error, InvalidToken):
        return 30.0
    return max(wait, 2.0) if isinstance(error, Conflict) else wait


def _name(error: TelegramError) -> str:
    return f"{type(error).__name__}: {str(error)[:100]}"
