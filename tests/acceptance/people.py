"""People who talk to the bot through the stand-in, over real HTTP, and write down what was said."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from time import monotonic

from bot.sandbox.botapi import BotApi, Button, CallbackAnswer, ShownMessage

__all__ = ["Entry", "Person", "Transcript"]

PATIENCE = 10.0
Shown = ShownMessage | CallbackAnswer


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One thing said: by ``name`` to the bot ("says", "presses"), or by the bot to ``name``."""

    time: datetime
    name: str
    direction: str
    text: str
    buttons: tuple[tuple[str, ...], ...] = ()


@dataclass
class Transcript:
    """What was said, in order; shared by everybody in a scene."""

    entries: list[Entry] = field(default_factory=list)

    def heading(self, title: str, *, at: datetime) -> None:
        """Begin a new scene."""
        self.entries.append(Entry(time=at, name="", direction="heading", text=title))

    def markdown(self, *, bot: str = "平安哨", zone: tzinfo | None = None) -> str:
        """The whole conversation for people to read."""
        return "\n\n".join(self._render(entry, bot, zone) for entry in self.entries) + "\n"

    def _render(self, entry: Entry, bot: str, zone: tzinfo | None) -> str:
        clock = entry.time.astimezone(zone).strftime("%H:%M") if zone else f"{entry.time:%H:%M}"
        if entry.direction == "heading":
            return f"## {entry.text}"
        if entry.direction == "says":
            return f"**{entry.name}** {clock}: {entry.text}"
        if entry.direction == "presses":
            return f"**{entry.name}** {clock}: \\[{entry.text}\\]"
        mark = {"edits": " (edited)", "answers": " (notice)"}.get(entry.direction, "")
        lines = [f"**{bot}** → {entry.name} {clock}{mark}:", ">"]
        lines += [f"> {line}  " if line else ">" for line in entry.text.split("\n")]
        if entry.buttons:
            lines += [">"] + [
                "> " + " ".join(f"`[{text}]`" for text in row) + "  " for row in entry.buttons
            ]
        return "\n".join(lines)


class Person:
    """Somebody with the app open: acts, and waits for what the bot shows in answer.

    ``quiet`` is how many seconds the chat must stand still before a reaction counts as whole.
    """

    def __init__(
        self,
        api: BotApi,
        *,
        user_id: int,
        first_name: str,
        language_code: str = "zh-hans",
        username: str | None = None,
        transcript: Transcript | None = None,
        quiet: float = 0.05,
    ) -> None:
        self.api = api
        self.user_id = user_id
        self.name = first_name
        self.quiet = quiet
        self.transcript = transcript
        if user_id not in api.people:
            api.add_person(
                user_id=user_id,
                first_name=first_name,
                language_code=language_code,
                username=username,
            )
        if transcript is not None:
            api.watch(user_id, self._write_down)

    @property
    def shown(self) -> list[ShownMessage]:
        """The bot's messages in the chat, oldest first."""
        return [message for message in self.api.chat(self.user_id) if message.sender == "bot"]

    @property
    def last(self) -> ShownMessage:
        """The bot's message that was sent or edited most recently."""
        return max(self.shown, key=lambda message: message.version)

    @property
    def buttons(self) -> list[str]:
        """The texts of the buttons of ``last``, in reading order."""
        return [button.text for row in self.last.buttons for button in row]

    async def says(self, text: str, *, timeout: float = PATIENCE) -> ShownMessage:
        """Write ``text``; the bot's newest message once it has reacted."""
        since = self._version()
        self.api.send_text(self.user_id, text)
        return await self._message_after(since, f"said {text[:60]!r}", timeout)

    async def sends_photo(
        self, content: bytes = b"\xff\xd8\xff", *, caption: str | None = None
    ) -> ShownMessage:
        """Send a picture; the bot's newest message once it has reacted."""
        since = self._version()
        self.api.send_photo(self.user_id, content, caption=caption)
        return await self._message_after(since, "sent a photo", PATIENCE)

    async def sends_voice(self, content: bytes = b"OggS") -> ShownMessage:
        """Send a voice message; the bot's newest message once it has reacted."""
        since = self._version()
        self.api.send_voice(self.user_id, content)
        return await self._message_after(since, "sent a voice message", PATIENCE)

    async def sends_document(
        self, content: bytes, *, file_name: str = "file.pdf", caption: str | None = None
    ) -> ShownMessage:
        """Send a file; the bot's newest message once it has reacted."""
        since = self._version()
        self.api.send_document(self.user_id, content, file_name=file_name, caption=caption)
        return await self._message_after(since, "sent a file", PATIENCE)

    async def sends_location(self, latitude: float, longitude: float) -> ShownMessage:
        """Send a place; the bot's newest message once it has reacted."""
        since = self._version()
        self.api.send_location(self.user_id, latitude, longitude)
        return await self._message_after(since, "sent a location", PATIENCE)

    async def presses(self, label: str, *, timeout: float = PATIENCE) -> Shown:
        """Press the newest button whose text contains ``label``, waiting for it to be there.

        Returns the bot's newest message, or its notice when the press changed no message.
        """
        message, button = await self._find_button(label, timeout)
        if button.data is None:
            raise AssertionError(f"{self.name}: {button.text!r} opens {button.url}")
        since = self._version()
        if self.transcript is not None:
            self._enter("presses", button.text)
        self.api.press(self.user_id, message.message_id, button.data)
        return await self._reaction_after(since, f"pressed {button.text!r}", timeout)

    async def presses_data(self, message_id: int, data: str, *, timeout: float = PATIENCE) -> Shown:
        """Press what need not be there: a stale or a forged button."""
        since = self._version()
        self.api.press(self.user_id, message_id, data)
        return await self._reaction_after(since, f"pressed {data!r}", timeout)

    async def sees(self, substring: str, timeout: float = PATIENCE) -> ShownMessage:
        """Wait for a message of the bot that contains ``substring``; the newest such one."""
        until = monotonic() + timeout
        while True:
            since = self._version()
            by_age = sorted(self.shown, key=lambda message: message.version, reverse=True)
            for message in by_age:
                if substring in message.text:
                    return message
            if monotonic() >= until:
                raise AssertionError(f"{self.name} never saw {substring!r}; {self._screen()}")
            await self._changed(since, until - monotonic())

    async def sees_nothing(self, *, within: float = 0.3) -> None:
        """Make sure the bot shows nothing new for ``within`` seconds."""
        since = self._version()
        await asyncio.sleep(within)
        if news := self._news(since):
            raise AssertionError(f"{self.name} saw {news[-1].text!r}")

    def _version(self) -> int:
        return self.api.chat_version(self.user_id)

    async def _changed(self, since: int, timeout: float) -> int:
        return await self.api.chat_changed(self.user_id, since=since, timeout=timeout)

    def _news(self, since: int) -> list[Shown]:
        """What the bot has shown after version ``since``, oldest first."""
        answers = (answer for answer in self.api.answers(self.user_id) if answer.text)
        news: list[Shown] = [shown for shown in (*self.shown, *answers) if shown.version > since]
        return sorted(news, key=lambda shown: shown.version)

    async def _message_after(self, since: int, did: str, timeout: float) -> ShownMessage:
        until = monotonic() + timeout
        reaction = await self._reaction_after(since, did, timeout)
        while not isinstance(reaction, ShownMessage):
            reaction = await self._reaction_after(reaction.version, did, until - monotonic())
        return reaction

    async def _reaction_after(self, since: int, did: str, timeout: float) -> Shown:
        until = monotonic() + timeout
        seen = since
        while not self._news(since):
            if monotonic() >= until:
                raise AssertionError(f"{self.name} {did} and nothing came; {self._screen()}")
            seen = await self._changed(seen, until - monotonic())
        await self._settle(until)
        news = self._news(since)
        messages = [shown for shown in news if isinstance(shown, ShownMessage)]
        return (messages or news)[-1]

    async def _settle(self, until: float) -> None:
        while self.quiet and monotonic() < until:
            seen = self._version()
            if await self._changed(seen, self.quiet) == seen:
                return

    async def _find_button(self, label: str, timeout: float) -> tuple[ShownMessage, Button]:
        until = monotonic() + timeout
        while True:
            since = self._version()
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
            for message in self.api.chat(self.user_id)[-5:]
        ]
        return "the chat ends with\n  " + "\n  ".join(lines or ["nothing"])

    def _write_down(self, shown: Shown) -> None:
        if isinstance(shown, CallbackAnswer):
            if shown.text:
                self._enter("answers", shown.text)
        elif shown.sender != "bot":
            self._enter("says", shown.text or f"({shown.kind})")
        elif not shown.deleted:
            rows = tuple(tuple(button.text for button in row) for row in shown.buttons)
            direction = "edits" if shown.edited else "shows"
            self._enter(direction, shown.text or f"({shown.kind})", rows or shown.reply_keyboard)

    def _enter(
        self, direction: str, text: str, buttons: tuple[tuple[str, ...], ...] | None = None
    ) -> None:
        assert self.transcript is not None
        entry = Entry(
            time=self.api.now(),
            name=self.name,
            direction=direction,
            text=text,
            buttons=buttons or (),
        )
        self.transcript.entries.append(entry)
