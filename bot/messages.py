"""What leaves: one call to the Bot API with its priority, and the buttons under a message."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any


class Priority(IntEnum):
    """Lower leaves first."""

    ALARM = 0
    REPLY = 1
    NOTICE = 2
    REMINDER = 3
    DIGEST = 4


@dataclass(frozen=True, slots=True)
class Button:
    """An inline button: its label and the data its press brings back."""

    label: str
    data: str


Buttons = Sequence[Sequence[Button]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Outgoing:
    """One call to be made; ``durable`` ones are stored with the transaction that causes them.

    ``follows`` is the outbox id of an earlier call to the same chat whose result this one needs: an edit the
    message's id, a message into a topic the topic's; it leaves after that one in any case. Of several edits that
    follow the same message only the newest leaves. ``topic`` names what it belongs to, for ``models.outbox.revoke``.
    ``kept`` ones are never forgotten: something refers to them.
    """

    chat_id: int
    method: str
    payload: dict[str, Any]
    priority: Priority = Priority.REPLY
    durable: bool = True
    id: int = 0
    follows: int | None = None
    topic: str | None = None
    kept: bool = False


def inline(buttons: Buttons) -> dict[str, Any]:
    """Buttons as the Bot API wants them."""
    rows = [[{"text": b.label, "callback_data": b.data} for b in row] for row in buttons]
    return {"inline_keyboard": rows}


def message(
    chat_id: int,
    text: str,
    *,
    buttons: Buttons = (),
    markup: dict[str, Any] | None = None,
    quiet: bool = False,
) -> dict[str, Any]:
    """The payload of a plain text message; a ``quiet`` one makes no sound."""
    payload: dict[str, Any] = {"chat_id": chat_id, "text": text}
    if quiet:
        payload["disable_notification"] = True
    if buttons or markup:
        # As text at once: it is written into the outbox and into the request, and encoding it costs each time.
        payload["reply_markup"] = json.dumps(
            markup or inline(buttons), ensure_ascii=False, separators=(",", ":")
        )
    return payload


_METHODS = {"video_note": "sendVideoNote"}
"""Where a kind of file is called otherwise than the method that sends it."""


def file_again(chat_id: int, kind: str, file_id: str, **options: Any) -> Outgoing:
    """A file of any kind that Telegram has already; it can only be sent as what it is."""
    method = _METHODS.get(kind, f"send{kind.capitalize()}")
    payload = {"chat_id": chat_id, kind: file_id, **options}
    return Outgoing(chat_id=chat_id, method=method, payload=payload)


LONGEST = 4096
"""What one message holds, in the UTF-16 units that Telegram counts."""


def units(text: str) -> int:
    """How long Telegram takes a text to be."""
    return len(text.encode("utf-16-le")) // 2


def in_parts(text: str) -> list[str]:
    """The text in parts that fit into a message each, cut between lines where there is a line end."""
    if units(text) <= LONGEST:
        return [text]
    parts = [""]
    for line in text.split("\n"):
        for piece in _pieces(line):
            joined = f"{parts[-1]}\n{piece}" if parts[-1] else piece
            if units(joined) <= LONGEST:
                parts[-1] = joined
            else:
                parts.append(piece)
    return parts


def _pieces(line: str) -> list[str]:
    """A line in pieces that fit: by half the units, as a character may take two."""
    if units(line) <= LONGEST:
        return [line]
    return [line[i : i + LONGEST // 2] for i in range(0, len(line), LONGEST // 2)]
