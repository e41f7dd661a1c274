"""A button's label that is typed instead of pressed, read without emoji, blanks, punctuation and case."""

import json
import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from bot.messages import Button, Outgoing

PRESS = "f"
"""The kind of every button that belongs to a form: ``f:draft:question:option``."""
LONGEST = 40
"""Characters of a message that may be a label."""
_SHOWS = ("sendMessage", "editMessageText")
_ASIDE = re.compile("[(（:：]")


def plain(text: str) -> str:
    """Letters and figures alone, in one width and case: ``✅ 提交`` and ``提交。`` are the same."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in folded if c.isalnum())


def by_name(buttons: Iterable[Button]) -> dict[str, str]:
    """What each button brings back by what it may be called: its label, or that without what stands in brackets.

    What two buttons are called names neither.
    """
    cells = list(buttons)
    whole = _unambiguous((plain(b.label), b.data) for b in cells)
    short = _unambiguous((plain(_ASIDE.split(b.label)[0]), b.data) for b in cells)
    return {**short, **whole}


def _unambiguous(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, set[str]] = {}
    for name, data in pairs:
        found.setdefault(name, set()).add(data)
    return {name: min(data) for name, data in found.items() if name and len(data) == 1}


def pressed(text: str, names: dict[str, str]) -> str | None:
    """What the button brings back that ``text`` names; None where it names none."""
    return names.get(plain(text)) if len(text) <= LONGEST else None


def shown_in(items: Iterable[Outgoing], now: datetime) -> list[dict[str, Any]]:
    """For models.shown: which buttons these messages bring into private chats, a form's own left out."""
    rows = []
    for item in items:
        if item.chat_id > 0 and item.method in _SHOWS and "reply_markup" in item.payload:
            keyboard = json.loads(item.payload["reply_markup"]).get("inline_keyboard")
            if keyboard:
                rows.append({"chat_id": item.chat_id, "buttons": _outside(keyboard), "at": now})
    return rows


def _outside(keyboard: list[list[dict[str, str]]]) -> dict[str, str]:
    cells = [
        Button(cell["text"], cell.get("callback_data", "")) for row in keyboard for cell in row
    ]
    return by_name(b for b in cells if b.data and not b.data.startswith(f"{PRESS}:"))
