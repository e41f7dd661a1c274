"""One thing that waits for somebody, as /tasks shows it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.messages import Button
from bot.turn import Turn


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """One thing that waits: what it is in a line, its button, and when it is due; ``urgent`` before all."""

    text: str
    button: Button
    due_at: datetime | None = None
    overdue: bool = False
    urgent: bool = False


Provider = Callable[[Turn], list[Task]]
