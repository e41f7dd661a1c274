"""A chat as somebody sees it who waits for the bot: what is new, what it says, which button is there."""

import asyncio
from time import monotonic

from bot.sandbox.botapi import BotApi, Button, CallbackAnswer, ShownMessage
from tests.acceptance.transcript import Entry, Transcript

__all__ = ["PATIENCE", "Screen", "Shown"]

PATIENCE = 10.0
Shown = ShownMessage | CallbackAnswer


class Screen:
    """One chat with the bot in it.

    ``quiet`` is how many seconds the chat must stand still before a reaction counts as whole.
    """

    def __init__(
        self,
        api: BotApi,
        chat_id: int,
        name: str,
        *,
        transcript: Transcript | None = None,
        quiet: float = 0.05,
    ) -> None:
        self.api, self.chat_id, self.name = api, chat_id, name
        self.quiet, self.transcript = quiet, transcript

    @property
    def shown(self) -> list[ShownMessage]:
        """The bot's messages in the chat, oldest first."""
        return [message for message in self.api.chat(self.chat_id) if message.sender == "bot"]

    @property
    def last(self) -> ShownMessage:
        """The bot's message that was sent or edited most recently."""
        return max(self.shown, key=lambda message: message.version)

    @property
    def buttons(self) -> list[str]:
        """The texts of the buttons of ``last``, in reading order."""
        return [button.text for row in self.last.buttons for button in row]

    async def sees(self, substring: str, timeout: float = PATIENCE) -> ShownMessage:
        """Wait for a message of the bot that contains ``substring``; the newest such one."""
        until = monotonic() + timeout
        while True:
            since = self.version()
            by_age = sorted(self.shown, key=lambda message: message.version, reverse=True)
            for message in by_age:
                if substring in message.text:
                    return message
            if monotonic() >= until:
                raise AssertionError(f"{self.name} never saw {substring!r}; {self._screen()}")
            await self._changed(since, until - monotonic())

    async def sees_nothing(self, *, within: float = 0.3) -> None:
        """Make sure the bot shows nothing new for ``within`` seconds."""
        since = self.version()
        await asyncio.sleep(within)
        if news := self._news(since):
            raise AssertionError(f"{self.name} saw {news[-1].text!r}")

    def version(self) -> int:
        """Grows with every change in the chat."""
        return self.api.chat_version(self.chat_id)

    async def _changed(self, since: int, timeout: float) -> int:
        return await self.api.chat_changed(self.chat_id, since=since, timeout=timeout)

    def _news(self, since: int, reader: int | None = None) -> list[Shown]:
        """What the bot has shown after version ``since``, oldest first; of notes only those for ``reader``."""
        answers = [
            answer
            for answer in self.api.answers(self.chat_id)
            if answer.text and reader in (None, answer.user_id)
        ]
        everything: list[Shown] = [*self.shown, *answers]
        news = [shown for shown in everything if shown.version > since]
        return sorted(news, key=lambda shown: shown.version)

    async def message_after(self, since: int, did: str, timeout: float) -> ShownMessage:
        """Wait for the bot's newest message once it has reacted to what was done."""
        until = monotonic() + timeout
        reaction = await self.reaction_after(since, did, timeout)
        while not isinstance(reaction, ShownMessage):
            reaction = await self.reaction_after(reaction.version, did, until - monotonic())
        return reaction

    async def reaction_after(
        self, since: int, did: str, timeout: float, *, reader: int | None = None
    ) -> Shown:
        """Wait for the bot's newest message, or for its note where it changed no message."""
        until = monotonic() + timeout
        seen = since
        while not self._news(since, reader):
            if monotonic() >= until:
                raise AssertionError(f"{self.name} {did} and nothing came; {self._screen()}")
            seen = await self._changed(seen, until - monotonic())
        await self._settle(until)
        news = self._news(since, reader)
        messages = [shown for shown in news if isinstance(shown, ShownMessage)]
        return (messages or news)[-1]

    async def _settle(self, until: float) -> None:
        while self.quiet and monotonic() < until:
            seen = self.version()
            if await self._changed(seen, self.quiet) == seen:
                return

    async def find_button(self, label: str, timeout: float) -> tuple[ShownMessage, Button]:
        """Wait for the newest button whose text contains ``label``."""
        until = monotonic() + timeout
        while True:
            since = self.version()
            for message in reversed(self.shown):
                for row in message.buttons:
                    for button in row:
                        if label in button.text:
                            return message, button
            if monotonic() >= until:
                raise AssertionError(f"{self.name} found no button {label!r}; {self._screen()}")
            await self._changed(since, until - monotonic())

    def _screen(self) -> str:
        """The end of the chat, for the message of a failed test."""
        lines = [
            f"{message.sender}: {message.text!r} {[b.text for row in message.buttons for b in row]}"
            for message in self.api.chat(self.chat_id)[-5:]
        ]
        return "the chat ends with\n  " + "\n  ".join(lines or ["nothing"])

    def _enter(
        self, name: str, direction: str, text: str, buttons: tuple[tuple[str, ...], ...] = ()
    ) -> None:
        if self.transcript is not None:
            entry = Entry(
                time=self.api.now(), name=name, direction=direction, text=text, buttons=buttons
            )
            self.transcript.entries.append(entry)

    def _write_down(self, shown: Shown) -> None:
        if isinstance(shown, CallbackAnswer):
            if shown.text:
                self._enter(self._called(shown.user_id), "answers", shown.text)
        elif shown.sender != "bot":
            self._enter(self._called(shown.sender), "says", shown.text or f"({shown.kind})")
        elif not shown.deleted:
            rows = tuple(tuple(button.text for button in row) for row in shown.buttons)
            direction = "edits" if shown.edited else "shows"
            keys = rows or shown.reply_keyboard or ()
            self._enter(self.name, direction, shown.text or f"({shown.kind})", keys)

    def _called(self, user_id: int) -> str:
        return str(self.api.people[user_id].user["first_name"])
