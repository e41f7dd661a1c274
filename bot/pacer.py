"""How fast messages may leave: Telegram's limits, with room kept for what cannot wait."""

from collections import deque
from contextlib import suppress

from bot.messages import Priority

TELEGRAM_RATE = 30
_WINDOW = 1.05
"""Seconds; a little over Telegram's own second, so that clocks need not agree."""
_RESERVED = 5
"""Sends in each window that only alarms and replies may use: a broadcast never makes an alarm wait."""
_SEVERAL, _TOGETHER = 3, 1.0
"""So many different chats refused within so many seconds: it is not them, it is the bot that sends too fast."""
_CHAT_BURST, _CHAT_PERIOD = 3, 1.0
_GROUP_BURST, _GROUP_PERIOD = 20, 60.0


class Pacer:
    """Counts what was sent and says when the next message may leave. Times are monotonic seconds."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._sent: deque[float] = deque()
        self._chats: dict[int, deque[float]] = {}
        self._refused: dict[int, tuple[float, float]] = {}
        self._halt = 0.0
        self.limited = rate <= TELEGRAM_RATE

    def refuse(self, chat_id: int, until: float, now: float) -> bool:
        """Note that Telegram will take nothing for a chat before ``until``; whether that now stops everything.

        One chat's refusal says nothing of the others. Where several are refused at once nothing leaves until the
        first of them may be tried again: an alarm shall not wait for the longest.
        """
        self._refused = {k: v for k, v in self._refused.items() if v[0] > now - _TOGETHER}
        self._refused[chat_id] = (now, until)
        if len(self._refused) < _SEVERAL:
            return False
        self._halt = max(self._halt, min(end for _at, end in self._refused.values()))
        return True

    def overall(self, priority: Priority, now: float) -> float:
        """When a message of this priority may leave as far as all chats together go."""
        while self._sent and self._sent[0] <= now - _WINDOW:
            self._sent.popleft()
        reserve = _RESERVED if self.limited and priority > Priority.REPLY else 0
        allowed = max(1, self._rate - reserve)
        if len(self._sent) < allowed:
            return max(now, self._halt)
        return max(self._sent[len(self._sent) - allowed] + _WINDOW, self._halt)

    def chat(self, chat_id: int, now: float) -> float:
        """When the next message to this chat may leave: 1 a second with a burst of 3, groups 20 a minute."""
        if not self.limited:
            return now
        recent = self._chats.get(chat_id)
        if recent is None:
            return now
        burst, period = self._allowance(chat_id)
        while recent and recent[0] <= now - burst * period:
            recent.popleft()
        if not recent:
            del self._chats[chat_id]
            return now
        return now if len(recent) < burst else recent[0] + burst * period

    @staticmethod
    def _allowance(chat_id: int) -> tuple[int, float]:
        # Group ids are negative. Twenty a minute for them, as a window of twenty.
        return (
            (_GROUP_BURST, _GROUP_PERIOD / _GROUP_BURST)
            if chat_id < 0
            else (_CHAT_BURST, _CHAT_PERIOD)
        )

    def give_back(self, chat_id: int, counted: float) -> None:
        """Forget what was counted at a time: nothing was sent after all."""
        with suppress(ValueError):  # long ago already
            self._sent.remove(counted)
        with suppress(ValueError):
            self._chats.get(chat_id, deque()).remove(counted)

    def count(self, chat_id: int, now: float) -> None:
        """Note that a message leaves now."""
        self._sent.append(now)
        if self.limited:
            self._chats.setdefault(chat_id, deque()).append(now)
