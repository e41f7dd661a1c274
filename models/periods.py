"""The periods a paper is owed for, and the moments that local dates stand for."""

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


def first_after(period_end: date, month_day: str) -> date:
    """The first such month-day after a period; 02-29 is the last of February in every year."""
    month, day = month_and_day(month_day)
    years = (period_end.year, period_end.year + 1)
    days = [date(year, month, min(day, monthrange(year, month)[1])) for year in years]
    return days[0] if days[0] > period_end else days[1]


def end_of(day: date, zone: ZoneInfo) -> datetime:
    """23:59:59 of that local day, in UTC."""
    # fold=1: where clocks go back over midnight the last second comes twice, and the later ends.
    return moment(day, time(23, 59, 59, fold=1), zone)


def moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """That local day and time of day, in UTC."""
    return datetime.combine(day, at, zone).astimezone(UTC)
