"""Chats and their messages as both sides know them."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bot.sandbox.shown import Button, CallbackAnswer, ShownMessage

__all__ = ["Chat", "Message", "Person", "Topic"]

KINDS = (
    *("text", "photo", "voice", "video", "video_note", "animation", "document"),
    *("location", "sticker", "contact"),
)
Watcher = Callable[[ShownMessage | CallbackAnswer], None]


@dataclass(slots=True, kw_only=True)
class Person:
    """Somebody with a Telegram account; ``started`` and ``blocked`` concern the bot."""

    user_id: int
    user: dict[str, Any]
    started: bool = False
    blocked: bool = False
    met: bool = False


class Message:
    """One message: ``api`` is what the Bot API says of it, the rest is what it does not say."""

    __slots__ = ("api", "deleted", "html", "markup", "pinned", "shown", "silent", "version")

    def __init__(
        self,
        api: dict[str, Any],
        *,
        html: str,
        markup: dict[str, Any] | None,
        silent: bool = False,
    ) -> None:
        self.api = api
        self.html = html
        self.markup = markup
        self.silent = silent
        self.deleted = self.pinned = False
        self.version = 0
        self.shown: ShownMessage | None = None

    @property
    def from_bot(self) -> bool:
        """Whether the bot wrote it."""
        return bool(self.api.get("from", {}).get("is_bot"))

    @property
    def kind(self) -> str:
        """What it is: text, photo, voice and so on."""
        return next((kind for kind in KINDS if kind in self.api), "other")

    def show(self) -> ShownMessage:
        """The message as its reader sees it; made once per change."""
        if self.shown is None:
            self.shown = self._show()
        return self.shown

    def _show(self) -> ShownMessage:
        api, markup = self.api, self.markup or {}
        keys = markup.get("keyboard")
        media = _media(api, self.kind)
        return ShownMessage(
            message_id=api["message_id"],
            chat_id=api["chat"]["id"],
            sender="bot" if self.from_bot else api.get("from", api["chat"])["id"],
            date=datetime.fromtimestamp(api["date"], UTC),
            kind=self.kind,
            text=api.get("text") or api.get("caption") or "",
            html=self.html,
            version=self.version,
            buttons=_buttons(markup),
            reply_keyboard=None if keys is None else tuple(tuple(map(_key, row)) for row in keys),
            removes_keyboard=bool(markup.get("remove_keyboard")),
            file_id=media.get("file_id"),
            file_name=media.get("file_name"),
            reply_to=api.get("reply_to_message", {}).get("message_id"),
            edited="edit_date" in api,
            deleted=self.deleted,
            silent=self.silent,
            pinned=self.pinned,
            thread_id=api.get("message_thread_id"),
            place=(media["latitude"], media["longitude"]) if self.kind == "location" else None,
            live="live_period" in media,
        )


def _media(api: dict[str, Any], kind: str) -> dict[str, Any]:
    value = api.get(kind)
    if kind == "photo" and value:
        value = value[-1]
    return value if isinstance(value, dict) else {}


def _buttons(markup: dict[str, Any]) -> tuple[tuple[Button, ...], ...]:
    return tuple(
        tuple(
            Button(text=button["text"], data=button.get("callback_data"), url=button.get("url"))
            for button in row
        )
        for row in markup.get("inline_keyboard", ())
    )


def _key(key: Any) -> str:
    return key if isinstance(key, str) else str(key["text"])


@dataclass(slots=True, kw_only=True)
class Topic:
    """A topic of a forum."""

    name: str
    closed: bool = False


@dataclass(slots=True, kw_only=True)
class Chat:
    """One chat; only its newest ``history`` messages are kept.

    ``shut``: a group that the bot was taken out of; ``moved_to``: one that goes on under another id.
    """

    api: dict[str, Any]
    next_id: int
    history: int
    version: int = 0
    messages: dict[int, Message] = field(default_factory=dict)
    answers: deque[CallbackAnswer] = field(default_factory=deque)
    watchers: list[Watcher] = field(default_factory=list)
    topics: dict[int, Topic] = field(default_factory=dict)
    shut: bool = False
    moved_to: int | None = None

    @property
    def chat_id(self) -> int:
        """The chat's id: positive for a person, negative for a group or a channel."""
        return int(self.api["id"])

    def add(self, message: Message) -> None:
        """Append a message under its id, forgetting the oldest ones."""
        self.messages[message.api["message_id"]] = message
        if len(self.messages) > self.history:
            del self.messages[next(iter(self.messages))]

    def take_id(self) -> int:
        """The id of the chat's next message."""
        self.next_id += 1
        return self.next_id

    def find(self, message_id: int) -> Message | None:
        """The message, None when there is none, it is forgotten or it was deleted."""
        message = self.messages.get(message_id)
        return None if message is None or message.deleted else message

    def replied(self, message_id: int) -> dict[str, Any]:
        """What a reply says of the message it answers: as on the real server without that one's own reply."""
        message = self.messages[message_id]
        inner = {key: value for key, value in message.api.items() if key != "reply_to_message"}
        return {"reply_to_message": inner}
