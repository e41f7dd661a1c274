"""What leaves: one call to the Bot API with its priority, and the buttons under a message."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
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
    """One call to be made; ``durable`` ones are stored with the transaction that causes them."""

    chat_id: int
    method: str
    payload: dict[str, Any]
    priority: Priority = Priority.REPLY
    durable: bool = True
    id: int = 0
    waited: float = field(default=0.0, compare=False)


def inline(buttons: Buttons) -> dict[str, Any]:
    """Buttons as the Bot API wants them."""
    rows = [[{"text": b.label, "callback_data": b.data} for b in row] for row in buttons]
    return {"inline_keyboard": rows}


def message(
    chat_id: int, text: str, *, buttons: Buttons = (), markup: dict[str, Any] | None = None
) -> dict[str, Any]:
    """The payload of a plain text message."""
    payload: dict[str, Any] = {"chat_id": chat_id, "text": text}
    if buttons or markup:
        # As text at once: it is written into the outbox and into the request, and encoding it costs each time.
        payload["reply_markup"] = json.dumps(
            markup or inline(buttons), ensure_ascii=False, separators=(",", ":")
        )
    return payload
