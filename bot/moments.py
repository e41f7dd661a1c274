"""Times as people type them on a phone, in Chinese or English, read into moments.

Pure: no clock of its own, no sentences. What cannot be taken raises one of two errors.
"""

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from bot.clock_words import Clock, read_clock
from bot.date_words import read_day
from bot.numerals import plain

TOLERANCE = timedelta(minutes=2)
"""How far a phone's clock may be ahead of ours."""
LONGEST = 80
NOON = time(12)
_DAY = timedelta(days=1)
_NOW = frozenset(["刚才", "刚刚", "刚", "现在", "方才", "此刻", "now", "just now", "right now"])


class MomentError(ValueError):
    """The text gives no moment that can be taken."""


class NotUnderstood(MomentError):
    """The text is no time that we can read."""


class InFuture(MomentError):
    """The text is a time that has not come yet; ``moment`` is that time, aware UTC."""

    def __init__(self, moment: datetime) -> None:
        super().__init__(moment.isoformat())
        self.moment = moment


_SAME = (
    (r"[。.!?~,;、的吧呢了啊]+$", ""),
    (r"\b([ap])\.? ?m\b\.?", r"\1m"),
    (r" ?o'?clock", "点"),
    (r"\btonight", "today evening"),
    (r"昨[晚夜]凌晨", "今天凌晨"),
    (
        r"大概|大约|差不多|左右|前后|时候|发生|约|就|(?<!现)在|于|是|的|(?<![0-9])[,、]|[,、](?![0-9])",
        " ",
    ),
    (r"\b(?:about|around|approximately|at|on|in|the|of)\b", " "),
    (r"([0-9]+) ?个半(?:小时|钟头)|([0-9]+) ?个?(?:小时|钟头)半", r"\1\2小时30分钟"),
    (r"半个?(?:小时|钟头)|\bhalf an? hour", "30分钟"),
    (r"1刻钟", "15分钟"),
    (r"3刻钟", "45分钟"),
    (r"\ban? (?=hour|min)", "1 "),
)
_SAID_SHORTER = [(re.compile(pattern), same) for pattern, same in _SAME]
_AGO = re.compile(
    r"(?=[0-9])(?:(?P<hours>[0-9]{1,4}(?:\.[0-9]{1,2})?) ?个?(?:小时|钟头|hours?|hrs?|h))?"
    r" ?(?:and )?(?:(?P<minutes>[0-9]{1,5}) ?(?:分钟?|minutes?|mins?|m))? ?(?:[之以]?前|ago)"
)


def parse_moment(text: str, *, now: datetime, zone: tzinfo, date_only_at: time = NOON) -> datetime:
    """The moment a person means, aware UTC, never later than ``now`` + TOLERANCE; MomentError.

    A clock time without a date is the last such time; a date without a time is ``date_only_at``
    of that day (of today: at most ``now``).
    """
    if len(text) > LONGEST:
        raise NotUnderstood
    said = _shorten(plain(text))
    if said in _NOW:
        return now.astimezone(UTC)
    return _so_long_ago(said, now) or _on_its_day(said, now, zone, date_only_at)


def _shorten(said: str) -> str:
    for pattern, same in _SAID_SHORTER:
        said = pattern.sub(same, said)
    return " ".join(said.split())


def _so_long_ago(said: str, now: datetime) -> datetime | None:
    found = _AGO.fullmatch(said)
    if not found:
        return None
    hours, minutes = float(found["hours"] or 0), int(found["minutes"] or 0)
    return (now - timedelta(hours=hours, minutes=minutes)).astimezone(UTC)


def _on_its_day(said: str, now: datetime, zone: tzinfo, date_only_at: time) -> datetime:
    today = now.astimezone(zone).date()
    day, rest = read_day(said, today) or (None, said)
    if day and not rest:
        noon = _utc(day, date_only_at.hour * 60 + date_only_at.minute, zone)
        return _past(min(noon, now) if day == today else noon, now)
    clock = read_clock(rest.strip(",、 ").removeprefix("t"))
    if clock is None:
        raise NotUnderstood
    if day is None:
        return _last(clock, today, now, zone)
    meant = _utc(day, clock.minutes, zone)
    if clock.either and meant > now + TOLERANCE:
        meant = _utc(day - _DAY, clock.minutes, zone)
    return _past(meant, now)


def _last(clock: Clock, today: date, now: datetime, zone: tzinfo) -> datetime:
    """The last time the clock showed it: today, else in a night begun up to two days ago."""
    moments = [_utc(today - back * _DAY, clock.minutes, zone) for back in range(3)]
    return next(moment for moment in moments if moment <= now + TOLERANCE)


def _utc(day: date, minutes: int, zone: tzinfo) -> datetime:
    wall = datetime.combine(day, time(0)) + timedelta(minutes=minutes)
    return wall.replace(tzinfo=zone).astimezone(UTC)


def _past(moment: datetime, now: datetime) -> datetime:
    if moment > now + TOLERANCE:
        raise InFuture(moment)
    return moment.astimezone(UTC)
