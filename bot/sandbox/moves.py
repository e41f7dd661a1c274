"""Where the page may move the sandbox's clock to: forward only, and not without end."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.sandbox.callers import UnservedError
from bot.sandbox.clock import SandboxClock

# Every day in between is caught up with: further than this only keeps the machine busy.
FARTHEST = timedelta(days=5 * 366)
MORNING = 9


def step_of(body: dict[str, Any], *, clock: SandboxClock, zone: ZoneInfo) -> timedelta:
    """How far to go for ``seconds``, for the ``next`` [month, day], or for the local time ``to``."""
    now = clock.now()
    try:
        if "seconds" in body:
            target = now + timedelta(seconds=float(body["seconds"]))
        elif "next" in body:
            month, day = body["next"]
            target = next_morning(now.astimezone(zone), month=month, day=day)
        else:
            target = datetime.fromisoformat(body["to"]).replace(tzinfo=zone)
    except (KeyError, TypeError, ValueError, OverflowError):
        raise UnservedError("moment") from None
    if target < now:
        raise UnservedError("backwards")
    if target - (now - clock.offset) > FARTHEST:
        raise UnservedError("tooFar")
    return target - now


def next_morning(now: datetime, *, month: int, day: int) -> datetime:
    """09:00 of the next such date in ``now``'s zone; ValueError where there is none."""
    target = datetime(now.year, month, day, MORNING, tzinfo=now.tzinfo)
    return target if target > now else target.replace(year=now.year + 1)
