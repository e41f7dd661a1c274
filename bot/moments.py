"""Times as people type them on a phone, in Chinese or English, read into moments.

Pure: no clock of its own, no sentences. What cannot be taken raises one of three errors.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from bot.clock_words import HOUR, Clock, read_clock
from bot.date_words import NamedDay, days_in
from bot.time_words import AGO, NOW, beginnings, shorten

TOLERANCE = timedelta(minutes=2)
"""How far a phone's clock may be ahead of ours."""
FURTHEST = timedelta(days=370)
"""What lies longer ago is taken for a slip in the year."""
LONGEST = 80
NOON = time(12)
_DAWN = 5 * HOUR
"""Until then those who work at night still call the day that has just been today (our default)."""
_DAY = timedelta(days=1)


class MomentError(ValueError):
    """The text gives no moment that can be taken."""


class NotUnderstood(MomentError):
    """The text is no time that we can read."""


class InFuture(MomentError):
    """The text is a time that has not come yet; ``moment`` is that time, aware UTC."""

    def __init__(self, moment: datetime) -> None:
        super().__init__(moment.isoformat())
        self.moment = moment


class TooLongAgo(MomentError):
    """The text is a time further back than FURTHEST."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Read:
    """A moment read, aware UTC. ``rough``: part of it was ours to choose, the middle of a part of a day,
    noon, or the beginning of a range. ``twice``: twelve hours later may be meant (昨天3点)."""

    moment: datetime
    rough: bool = False
    twice: bool = False


def read_moment(text: str, *, now: datetime, zone: tzinfo, date_only_at: time = NOON) -> Read:
    """The moment a person means, never later than ``now``; MomentError.

    A clock time without a date is the last such time; a date without a time is ``date_only_at``
    of that day (of today: at most ``now``); of a range it is the beginning.
    """
    said = shorten(text) if len(text) <= LONGEST else ""
    if not said:
        raise NotUnderstood
    if said in NOW:
        return Read(moment=now.astimezone(UTC))
    read = _so_long_ago(said, now) or _Reader(now, zone, date_only_at).read(said)
    if now - read.moment > FURTHEST:
        raise TooLongAgo
    return read


def _so_long_ago(said: str, now: datetime) -> Read | None:
    found = AGO.fullmatch(said)
    if not found:
        return None
    hours, minutes = float(found["hours"] or 0), int(found["minutes"] or 0)
    moment = now - timedelta(hours=hours, minutes=minutes)
    return Read(moment=moment.astimezone(UTC), rough=bool(found["range"]))


class _Reader:
    """Words as of one moment, in one zone."""

    def __init__(self, now: datetime, zone: tzinfo, date_only_at: time) -> None:
        self.now, self.zone, self.date_only_at = now, zone, date_only_at
        local = now.astimezone(zone)
        self.today = local.date()
        self.is_night = local.hour * HOUR < _DAWN

    def read(self, said: str) -> Read:
        """The moment, or that of the beginning of the range."""
        words = self._words(said)
        if words:
            return self._moment(*words)
        for beginning, end in beginnings(said):
            words = self._words(beginning)
            if words and self._words(end):
                return Read(moment=self._moment(*words).moment, rough=True)
        raise NotUnderstood

    def _words(self, said: str) -> tuple[NamedDay | None, Clock | None] | None:
        """The day and the time of day that the whole text names."""
        alone = read_clock(said)
        days = list(days_in(said, self.today))
        if alone and not (alone.dotted and days):
            return None, alone
        for named in days:
            clock = read_clock(named.rest.strip(",、 ").removeprefix("t"))
            if clock or (not named.rest and not alone):
                return named, clock
        return None

    def _moment(self, named: NamedDay | None, clock: Clock | None) -> Read:
        if named is None:
            assert clock is not None
            return self._last(clock)
        if clock is None:
            return self._on_day_alone(named)
        tries = list(self._on_day(named, clock))
        come = [each for each in tries if self._come(each, clock)]
        if not come:
            raise InFuture(tries[0])
        twice = clock.twice and named.again != 1 and clock.minutes < 12 * HOUR
        return Read(moment=self._past(come[0]), rough=clock.rough, twice=twice)

    def _on_day(self, named: NamedDay, clock: Clock) -> Iterator[datetime]:
        """What the words may mean, the likeliest first."""
        is_today = named.again == 1
        halves = (12 * HOUR, 0) if clock.twice and is_today else (0,)
        times = [clock.minutes + half for half in halves]
        yield from (self._utc(named.day, each) for each in times)
        if clock.either:
            yield self._utc(named.day - _DAY, clock.minutes)
        elif is_today and self.is_night:
            yield from (self._utc(named.day - _DAY, each) for each in times if each >= _DAWN)
        elif named.again > 1:
            yield self._utc(named.day - named.again * _DAY, clock.minutes)

    def _on_day_alone(self, named: NamedDay) -> Read:
        at = self.date_only_at
        moment = self._utc(named.day, at.hour * HOUR + at.minute)
        if named.day == self.today:
            return Read(moment=min(moment, self.now.astimezone(UTC)), rough=True)
        if moment > self.now:
            raise InFuture(moment)
        return Read(moment=moment, rough=True)

    def _last(self, clock: Clock) -> Read:
        """The last time the clock showed it: today, else in a night begun up to two days ago."""
        halves = (0, 12 * HOUR) if clock.twice else (0,)
        tries = [
            self._utc(self.today - back * _DAY, clock.minutes + half)
            for back in range(3)
            for half in halves
        ]
        last = max(each for each in tries if self._come(each, clock))
        return Read(moment=self._past(last), rough=clock.rough)

    def _come(self, moment: datetime, clock: Clock) -> bool:
        """Whether it has come; of a part of the day, whether that has begun."""
        if clock.begins is None or not clock.rough:
            return moment <= self.now + TOLERANCE
        return moment - timedelta(minutes=clock.minutes - clock.begins) <= self.now

    def _past(self, moment: datetime) -> datetime:
        return min(moment, self.now.astimezone(UTC))

    def _utc(self, day: date, minutes: int) -> datetime:
        wall = datetime.combine(day, time(0)) + timedelta(minutes=minutes)
        return wall.replace(tzinfo=self.zone).astimezone(UTC)
