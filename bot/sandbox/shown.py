"""What a person sees: messages, their buttons, and the answers to presses."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

__all__ = ["Button", "CallbackAnswer", "ShownMessage"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A button under a message: it carries ``data`` or opens ``url``."""

    text: str
    data: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownMessage:
    """A message as it stands now; ``version`` is the stand-in's when it last changed."""

    message_id: int
    chat_id: int
    sender: int | Literal["bot"]
    date: datetime
    kind: str
    text: str
    html: str
    version: int
    buttons: tuple[tuple[Button, ...], ...] = ()
    reply_keyboard: tuple[tuple[str, ...], ...] | None = None
    removes_keyboard: bool = False
    file_id: str | None = None
    file_name: str | None = None
    reply_to: int | None = None
    edited: bool = False
    deleted: bool = False
    silent: bool = False
    pinned: bool = False
    thread_id: int | None = None
    place: tuple[float, float] | None = None
    live: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackAnswer:
    """The bot's answer to a press that the person was shown; an ``alert`` waits for OK."""

    chat_id: int
    user_id: int
    date: datetime
    text: str
    version: int
    alert: bool = False
    url: str | None = None
