"""People who talk to the bot through the stand-in, over real HTTP, and write down what was said."""

from typing import Any

from bot.sandbox.botapi import BotApi, ShownMessage
from tests.acceptance.screens import PATIENCE, Screen, Shown
from tests.acceptance.transcript import Entry, Transcript

__all__ = ["Entry", "Group", "Person", "Transcript"]


class Group(Screen):
    """A group with the bot in it, as its members see it; in a forum also topic by topic."""

    def __init__(
        self, api: BotApi, *, chat_id: int, title: str, transcript: Transcript | None = None
    ) -> None:
        super().__init__(api, chat_id, title, transcript=transcript)
        if transcript is not None:
            api.watch(chat_id, self._write_down)

    @property
    def topics(self) -> dict[str, list[ShownMessage]]:
        """The bot's messages of each topic, by the topic's name."""
        known = self.api.chats[self.chat_id].topics
        return {
            topic.name: [m for m in self.shown if m.thread_id == number and m.kind != "other"]
            for number, topic in known.items()
        }

    def is_closed(self, topic: str) -> bool:
        """Whether a topic is closed."""
        known = self.api.chats[self.chat_id].topics.values()
        return next(each.closed for each in known if each.name == topic)


class Person(Screen):
    """Somebody with the app open: acts, and waits for what the bot shows in answer."""

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
        super().__init__(api, user_id, first_name, transcript=transcript, quiet=quiet)
        self.user_id = user_id
        if user_id not in api.people:
            api.add_person(
                user_id=user_id,
                first_name=first_name,
                language_code=language_code,
                username=username,
            )
        if transcript is not None:
            api.watch(user_id, self._write_down)

    async def says(self, text: str, *, timeout: float = PATIENCE) -> ShownMessage:
        """Write ``text``; the bot's newest message once it has reacted."""
        since = self.version()
        self.api.send_text(self.user_id, text)
        return await self.message_after(since, f"said {text[:60]!r}", timeout)

    async def sends_photo(
        self, content: bytes = b"\xff\xd8\xff", *, caption: str | None = None
    ) -> ShownMessage:
        """Send a picture; the bot's newest message once it has reacted."""
        since = self.version()
        self.api.send_photo(self.user_id, content, caption=caption)
        return await self.message_after(since, "sent a photo", PATIENCE)

    async def sends_voice(self, content: bytes = b"OggS") -> ShownMessage:
        """Send a voice message; the bot's newest message once it has reacted."""
        since = self.version()
        self.api.send_voice(self.user_id, content)
        return await self.message_after(since, "sent a voice message", PATIENCE)

    async def sends_document(
        self, content: bytes, *, file_name: str = "file.pdf", caption: str | None = None
    ) -> ShownMessage:
        """Send a file; the bot's newest message once it has reacted."""
        since = self.version()
        self.api.send_document(self.user_id, content, file_name=file_name, caption=caption)
        return await self.message_after(since, "sent a file", PATIENCE)

    async def sends_location(self, latitude: float, longitude: float) -> ShownMessage:
        """Send a place; the bot's newest message once it has reacted."""
        since = self.version()
        self.api.send_location(self.user_id, latitude, longitude)
        return await self.message_after(since, "sent a location", PATIENCE)

    async def sends_live_location(
        self, latitude: float, longitude: float, *, live_period: int = 900
    ) -> ShownMessage:
        """Share where one is for so many seconds; the bot's newest message once it has reacted."""
        since = self.version()
        self.api.send_live_location(self.user_id, latitude, longitude, live_period=live_period)
        return await self.message_after(since, "sent a live location", PATIENCE)

    def moves(self, latitude: float, longitude: float) -> None:
        """Walk on with the live location; nothing comes in answer."""
        self.api.move_live_location(self.user_id, latitude, longitude)

    def stops_moving(self) -> None:
        """Stop sharing where one is; nothing comes in answer."""
        self.api.stop_live_location(self.user_id)

    async def presses(self, label: str, *, timeout: float = PATIENCE) -> Shown:
        """Press the newest button whose text contains ``label``, waiting for it to be there.

        Returns the bot's newest message, or its notice when the press changed no message.
        """
        message, button = await self.find_button(label, timeout)
        if button.data is None:
            raise AssertionError(f"{self.name}: {button.text!r} opens {button.url}")
        since = self.version()
        self._enter(self.name, "presses", button.text)
        self.api.press(self.user_id, message.message_id, button.data)
        return await self.reaction_after(since, f"pressed {button.text!r}", timeout)

    async def presses_data(self, message_id: int, data: str, *, timeout: float = PATIENCE) -> Shown:
        """Press what need not be there: a stale or a forged button."""
        since = self.version()
        self.api.press(self.user_id, message_id, data)
        return await self.reaction_after(since, f"pressed {data!r}", timeout)

    # -- in groups ---------------------------------------------------------------------------------

    async def says_in(self, group: Group, text: str, **where: Any) -> ShownMessage:
        """Write in a group (``thread_id``: in a topic); the bot's newest message there once it has reacted."""
        since = group.version()
        self.api.send_text(self.user_id, text, chat_id=group.chat_id, **where)
        return await group.message_after(since, f"heard {text[:60]!r}", PATIENCE)

    async def presses_in(self, group: Group, label: str, *, timeout: float = PATIENCE) -> Shown:
        """Press the newest such button in a group.

        Returns the message that changed there, or the note that this person was shown.
        """
        message, button = await group.find_button(label, timeout)
        assert button.data is not None, f"{button.text!r} opens {button.url}"
        since = group.version()
        self._enter(self.name, "presses", button.text)
        self.api.press(self.user_id, message.message_id, button.data, chat_id=group.chat_id)
        did = f"had {button.text!r} pressed by {self.name}"
        return await group.reaction_after(since, did, timeout, reader=self.user_id)
