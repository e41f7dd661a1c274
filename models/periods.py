"""The periods a paper is owed for, and the moments that local dates stand for."""

import re
from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Span = tuple[date, date]
"""First and last local date, both inclusive."""
Window = tuple[str, str]
"""First and last month-day of a campaign, both within one year."""

_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)


def _days(year: int) -> list[Span]:
    first, count = date(year, 1, 1), (date(year, 12, 31) - date(year, 1, 1)).days + 1
    return [(first + n * _DAY, first + n * _DAY) for n in range(count)]


def _weeks(year: int) -> list[Span]:
    """Monday to Sunday, of the year its Sunday is in."""
    sunday = date(year, 1, 1)
    sunday += (6 - sunday.weekday()) * _DAY
    count = (date(year, 12, 31) - sunday).days // 7 + 1
    return [(sunday + n * _WEEK - 6 * _DAY, sunday + n * _WEEK) for n in range(count)]


def _by_months(count: int) -> Callable[[int], list[Span]]:
    """Periods of so many months that fill the year."""

    def of_year(year: int) -> list[Span]:
        return [
            (date(year, first, 1), last_of_month(year, first + count - 1))
            for first in range(1, 13, count)
        ]

    return of_year


def _first_half(year: int) -> list[Span]:
    return _by_months(6)(year)[:1]


CADENCES: Mapping[str, Callable[[int], list[Span]]] = {
    "day": _days,
    "week": _weeks,
    "month": _by_months(1),
    "quarter": _by_months(3),
    "half_year": _by_months(6),
    "half_year_first": _first_half,
    "year": _by_months(12),
}
"""Of each cadence of the calendar the periods that end in a given year, in order."""


def spans(cadence: str, years: Iterable[int], window: Window | None = None) -> Iterator[Span]:
    """The periods that end in those years; a campaign's is its window; none for what records open."""
    for year in years:
        if window is not None:
            yield on(year, window[0]), on(year, window[1])
        else:
            yield from CADENCES[cadence](year) if cadence in CADENCES else ()


def last_of_month(year: int, month: int) -> date:
    """The last day of a month."""
    return date(year, month, monthrange(year, month)[1])


def month_and_day(value: str) -> tuple[int, int]:
    """``07-10`` as (7, 10); ValueError."""
    month, dash, day = value.partition("-")
    if not (dash and len(month) == len(day) == 2 and (month + day).isdecimal()):
        raise ValueError("is not a month and day like 07-10")
    return int(month), int(day)


def on(year: int, month_day: str) -> date:
    """That month-day of a year; 02-29 is the last of February in every year. ValueError."""
    month, day = month_and_day(month_day)
    return date(year, month, min(day, monthrange(year, month)[1]))


def first_after(period_end: date, month_day: str) -> date:
    """The first such month-day after a period."""
    days = [on(year, month_day) for year in (period_end.year, period_end.year + 1)]
    return days[0] if days[0] > period_end else days[1]


def end_of(day: date, zone: ZoneInfo) -> datetime:
    """23:59:59 of that local day, in UTC."""
    # fold=1: where clocks go back over midnight the last second comes twice, and the later ends.
    return moment(day, time(23, 59, 59, fold=1), zone)


def moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """That local day and time of day, in UTC."""
    return datetime.combine(day, at, zone).astimezone(UTC)


_NAMED = re.compile(r"([0-9]{4})(?:-(0[1-9]|1[0-2])|H([12])|Q([1-4]))?")


def read_span(text: str) -> Span:
    """The days of ``2026``, ``2026H1``, ``2026Q3`` or ``2026-07``; ValueError."""
    found = _NAMED.fullmatch(text)
    if not found or not 1970 <= int(found[1]) <= 9000:
        raise ValueError("is not a period like 2026, 2026H1, 2026Q3 or 2026-07")
    year, month, half, quarter = (int(part) if part else 0 for part in found.groups())
    months = 1 if month else 6 if half else 3 if quarter else 12
    first = month or (half or quarter or 1) * months - months + 1
    last = first + months - 1
    return date(year, first, 1), date(year, last, monthrange(year, last)[1])
