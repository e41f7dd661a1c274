"""Delivery by webhook: in order within a chat, many chats at once, until it is answered 2xx."""

import asyncio
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from aiohttp import ClientError, ClientSession, ClientTimeout

from bot.sandbox.params import Params
from bot.sandbox.refusals import bad_request
from bot.sandbox.updates import Update, Updates

__all__ = ["Webhook"]

_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 5.0
_TIMEOUT = ClientTimeout(total=60.0)


class Webhook:
    """Where updates are posted to; without a URL they wait for getUpdates."""

    def __init__(self, updates: Updates, *, seconds: Callable[[], int]) -> None:
        self.url = ""
        self.secret = ""
        self._updates = updates
        self._seconds = seconds
        self._connections = 40
        self._error: tuple[int, str] | None = None
        self._posting: asyncio.Task[None] | None = None

    def direct(self, params: Params) -> None:
        """Post updates to a URL of this machine from now on; an empty URL ends it."""
        url, secret = params.text("url"), params.text("secret_token")
        if url:
            _check(url, secret)
        self.url, self.secret, self._error = url, secret, None
        self._connections = min(max(params.integer("max_connections", 40), 1), 100)
        self._restart()

    def remove(self) -> None:
        """Let updates wait for getUpdates again."""
        self.url = ""
        self._restart()

    def _restart(self) -> None:
        if self._posting is not None:
            self._posting.cancel()
        self._posting = asyncio.create_task(self._post_all()) if self.url else None

    async def pause(self) -> None:
        """Stop posting, as when the machine is switched off."""
        posting, self._posting = self._posting, None
        if posting is not None:
            posting.cancel()
            await asyncio.gather(posting, return_exceptions=True)

    def resume(self) -> None:
        """Go on posting after a pause."""
        self._restart()

    def describe(self) -> dict[str, Any]:
        """What getWebhookInfo tells."""
        info: dict[str, Any] = {
            "url": self.url,
            "has_custom_certificate": False,
            "pending_update_count": self._updates.pending,
        }
        if self.url:
            info["max_connections"] = self._connections
            if self._error is not None:
                info["last_error_date"], info["last_error_message"] = self._error
        if self._updates.allowed:
            info["allowed_updates"] = list(self._updates.allowed)
        return info

    async def _post_all(self) -> None:
        busy: set[int] = set()
        free = asyncio.Semaphore(self._connections)
        async with (
            ClientSession(timeout=_TIMEOUT, trust_env=False) as session,
            asyncio.TaskGroup() as lanes,
        ):
            while True:
                for update in self._updates.waiting():
                    if update.chat_id not in busy:
                        busy.add(update.chat_id)
                        lanes.create_task(self._post_lane(session, update, busy, free))
                await self._updates.rung()

    async def _post_lane(
        self, session: ClientSession, update: Update, busy: set[int], free: asyncio.Semaphore
    ) -> None:
        """Post one update until it is taken, then let the chat's next one be chosen."""
        pause = _FIRST_PAUSE
        while True:
            async with free:
                error = await self._post(session, update)
            if error is None:
                break
            self._error = (self._seconds(), error)
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
        self._updates.confirm(update)
        busy.discard(update.chat_id)
        self._updates.ring()

    async def _post(self, session: ClientSession, update: Update) -> str | None:
        headers = {"Content-Type": "application/json"}
        if self.secret:
            headers["X-Telegram-Bot-Api-Secret-Token"] = self.secret
        try:
            async with session.post(
                self.url, data=update.content, headers=headers, allow_redirects=False
            ) as answer:
                await answer.read()
                if 200 <= answer.status < 300:
                    return None
                return f"Wrong response from the webhook: {answer.status} {answer.reason}"
        except TimeoutError:
            return "Read timeout expired"
        except ClientError as error:
            return f"Connection failed: {type(error).__name__}"


def _check(url: str, secret: str) -> None:
    """Telegram wants https on a public address; the stand-in wants this machine and no other."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise bad_request("invalid webhook URL specified")
    if not _is_loopback(parts.hostname):
        raise bad_request("bad webhook: the stand-in posts to this machine only")
    if len(secret) > 256:
        raise bad_request("secret token is too long")
    if not all(sign.isascii() and (sign.isalnum() or sign in "_-") for sign in secret):
        raise bad_request("secret token contains unallowed characters")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
