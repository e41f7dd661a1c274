"""How fast a bot may send, as Telegram documents it, and a count of how often it was faster."""

import math
from collections import Counter
from dataclasses import dataclass

from bot.sandbox.refusals import RefusedError

__all__ = ["Limits"]

# A network delivers in bunches what was sent evenly: this much more is not yet a violation.
_SLACK = 0.5
_MOST_BUCKETS = 20_000


@dataclass(slots=True)
class _Bucket:
    """Room for ``burst`` messages, refilled at ``rate`` a second."""

    rate: float
    burst: float
    filled: float
    at: float

    def wait(self, now: float) -> float:
        """Seconds until the next message is allowed; 0.0 when it is allowed now."""
        self.filled = min(self.burst, self.filled + (now - self.at) * self.rate)
        self.at = now
        return max(0.0, (1.0 - _SLACK - self.filled) / self.rate)


class Limits:
    """30 messages a second in all; 1 a second per chat, 3 at once; 20 a minute per group."""

    def __init__(self) -> None:
        self.violations: Counter[str] = Counter()
        self._all = _Bucket(rate=30.0, burst=30.0, filled=30.0, at=0.0)
        self._chats: dict[int, _Bucket] = {}
        self._groups: dict[int, _Bucket] = {}

    def check(self, chat_id: int, *, now: float) -> None:
        """Count one message at ``now`` (monotonic seconds); refused with 429 when too fast."""
        buckets = {"all": self._all, "chat": self._chat(chat_id, now)}
        if chat_id < 0:
            buckets["group"] = self._group(chat_id, now)
        waits = {name: bucket.wait(now) for name, bucket in buckets.items()}
        name, wait = max(waits.items(), key=lambda item: item[1])
        if wait > 0:
            self.violations[name] += 1
            seconds = math.ceil(wait)
            raise RefusedError(
                429, f"Too Many Requests: retry after {seconds}", retry_after=seconds
            )
        for bucket in buckets.values():
            bucket.filled -= 1.0

    def _chat(self, chat_id: int, now: float) -> _Bucket:
        if len(self._chats) > _MOST_BUCKETS:
            self._chats.clear()
        return self._chats.setdefault(chat_id, _Bucket(rate=1.0, burst=3.0, filled=3.0, at=now))

    def _group(self, chat_id: int, now: float) -> _Bucket:
        return self._groups.setdefault(
            chat_id, _Bucket(rate=20 / 60, burst=20.0, filled=20.0, at=now)
        )
