"""The time everybody in the sandbox lives by: the real time and an offset that can be moved."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta


def _real_now() -> datetime:
    return datetime.now(UTC)


class SandboxClock:
    """A clock that goes on ticking wherever it is moved to; read from any thread."""

    def __init__(self, *, real_now: Callable[[], datetime] = _real_now) -> None:
        self._real_now = real_now
        self._offset = timedelta(0)

    @property
    def offset(self) -> timedelta:
        """How far the sandbox is ahead of the real time; negative when behind it."""
        return self._offset

    def now(self) -> datetime:
        """The sandbox's time, aware, in UTC."""
        return self._real_now().astimezone(UTC) + self._offset

    def move_to(self, moment: datetime) -> None:
        """Set the clock to an aware ``moment``; raises ValueError for a naive one."""
        if moment.tzinfo is None:
            raise ValueError("the sandbox's clock needs a time with its offset")
        self._offset = moment.astimezone(UTC) - self._real_now().astimezone(UTC)

    def forward(self, step: timedelta) -> None:
        """Move on by ``step`` from where the clock stands."""
        self._offset += step

    def reset(self) -> None:
        """Go back to the real time."""
        self._offset = timedelta(0)
