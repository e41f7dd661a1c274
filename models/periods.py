"""The periods a paper is owed for, and the moments that local dates stand for."""

import re
from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

Span = tuple[date, date]
"""First and last local date, both inclusive."""


def _half_year_first(year: int) -> list[Span]:
    return [(date(year, 1, 1), date(year, 6, 30))]


def _year(year: int) -> list[Span]:
    return [(date(year, 1, 1), date(year, 12, 31))]


CADENCES: Mapping[str, Callable[[int], list[Span]]] = {
    "half_year_first": _half_year_first,
    "year": _year,
}
"""Of each cadence the periods that end in a given year, in order."""


def spans(cadence: str, years: Iterable[int]) -> Iterator[Span]:
    """The cadence's periods that end in those years; none for what is owed per incident."""
    for year in years:
        yield from CADENCES[cadence](year) if cadence in CADENCES else ()


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
