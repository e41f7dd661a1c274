"""What the product owes after a turn, as the people in it would see it."""

import json
from collections.abc import Iterable
from typing import Any

from bot.messages import Outgoing, Priority


class Said:
    """The messages of one turn, in the order they were owed."""

    def __init__(self, out: Iterable[Outgoing]) -> None:
        self.out = list(out)

    @property
    def texts(self) -> list[str]:
        """The text of every message, edits among them."""
        return [item.payload["text"] for item in self.out if _is_message(item)]

    @property
    def text(self) -> str:
        """All of it."""
        return "\n".join(self.texts)

    @property
    def toasts(self) -> list[str]:
        """The notes that answer a press."""
        notes = [item for item in self.out if item.method == "answerCallbackQuery"]
        return [note.payload["text"] for note in notes if "text" in note.payload]

    @property
    def captions(self) -> list[str]:
        """What is said beside the files."""
        return [item.payload["caption"] for item in self.out if "caption" in item.payload]

    @property
    def everything(self) -> str:
        """Every word and every button's data, whoever it goes to."""
        return "\n".join(f"{item.method} {item.payload}" for item in self.out)

    @property
    def buttons(self) -> dict[str, str]:
        """Label to data of the last message that has buttons."""
        for item in reversed(self.out):
            rows = json.loads(item.payload.get("reply_markup", "{}")).get("inline_keyboard")
            if rows:
                return {cell["text"]: cell["callback_data"] for row in rows for cell in row}
        return {}

    def button(self, label: str) -> str:
        """The data of the one button whose label contains ``label``."""
        found = [data for text, data in self.buttons.items() if label in text]
        assert len(found) == 1, f"{label!r} in {list(self.buttons)}"
        return found[0]

    def to(self, chat_id: int) -> "Said":
        """Only what goes to one chat."""
        return Said(item for item in self.out if item.chat_id == chat_id)

    def of(self, priority: Priority) -> "Said":
        """Only what has one priority."""
        return Said(item for item in self.out if item.priority == priority)

    @property
    def readers(self) -> set[int]:
        """Whom it goes to."""
        return {item.chat_id for item in self.out}


def _is_message(item: Outgoing) -> bool:
    return item.method in ("sendMessage", "editMessageText")


def first_line(said: Said) -> str:
    """The first line of the last message."""
    texts: list[Any] = said.texts
    return str(texts[-1]).splitlines()[0]
