"""A slow second opinion on deadlines: it walks the calendar by days, the clock by quarter hours.

It shares no arithmetic with ``models.deadlines``: local moments are found by trying UTC moments,
periods by walking back from a due day, states by playing events in order.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from models.preset import Template

DAY = timedelta(days=1)
QUARTER = timedelta(minutes=15)
SECOND = timedelta(seconds=1)
Paper = tuple[str, str, date, date, datetime, datetime, datetime, tuple[tuple[str, datetime], ...]]


@lru_cache(maxsize=100_000)
def quarters(day: date, zone: ZoneInfo) -> tuple[datetime, ...]:
    """Every quarter of an hour that begins on that local day."""
    start = datetime.combine(day - DAY, time(0), UTC)
    tried = [start + n * QUARTER for n in range(3 * 96)]
    return tuple(at for at in tried if at.astimezone(zone).date() == day)


def last_second(day: date, zone: ZoneInfo) -> datetime:
    return quarters(day, zone)[-1] + QUARTER - SECOND


def first_at(day: date, at: time, zone: ZoneInfo) -> datetime:
    return next(q for q in quarters(day, zone) if q.astimezone(zone).time() == at)


def is_due_day(day: date, month_day: str) -> bool:
    shown = day.strftime("%m-%d")
    if month_day == "02-29" and shown == "02-28":
        return (day + DAY).month == 3
    return shown == month_day


def period_before(day: date, cadence: str) -> tuple[date, date]:
    """The cadence's last period that was over before the day."""
    last = day - DAY
    ends = {"half_year_first": (6, 30), "year": (12, 31)}[cadence]
    while (last.month, last.day) != ends:
        last -= DAY
    first = last
    while (first.month, first.day) != (1, 1):
        first -= DAY
    return first, last


def papers(
    templates: tuple[Template, ...],
    zone: ZoneInfo,
    since: datetime,
    until: datetime,
    works: Callable[[date], bool],
) -> set[Paper]:
    """Every paper that is open by ``until`` and was not due before ``since``."""
    found: set[Paper] = set()
    day = since.date() - 2 * DAY
    while day <= until.date() + timedelta(days=60):
        for template in templates:
            if template.due.month_day and is_due_day(day, template.due.month_day):
                for paper in papers_due_on(template, day, zone, works):
                    if paper[4] <= until and paper[5] >= since:
                        found.add(paper)
        day += DAY
    return found


def papers_due_on(
    template: Template, day: date, zone: ZoneInfo, works: Callable[[date], bool]
) -> list[Paper]:
    first, last = period_before(day, template.cadence)
    assert template.reminders.at is not None
    sent = []
    for offset in template.reminders.days_before or ():
        on = day - offset * DAY
        while not works(on):
            on -= DAY
        sent.append((f"d{offset}", first_at(on, template.reminders.at, zone)))
    flagged, left = day, template.missed.working_days_after
    while left:
        flagged += DAY
        left -= 1 if works(flagged) else 0
    times = (min(at for _, at in sent), last_second(day, zone), last_second(flagged, zone))
    return [
        (template.code, subject, first, last, *times, tuple(sent)) for subject in template.subjects
    ]


def state_by_events(
    opens_at: datetime,
    due_at: datetime,
    missed_at: datetime,
    at: datetime,
    submitted_at: datetime | None,
) -> str:
    """Play opening, filing, due and missed in order; a filing comes before a flag of its moment."""
    events = [(opens_at, 0, "open"), (due_at, 2, "overdue"), (missed_at, 3, "missed")]
    if submitted_at is not None:
        events.append((submitted_at, 1, "filed"))
    closes = {"scheduled": "on_time", "open": "on_time", "overdue": "late", "missed": "missed"}
    shown = "scheduled"
    for moment, _, event in sorted(events):
        happened = moment <= at if event in ("open", "filed") else moment < at
        if not happened:
            continue
        if event == "filed":
            return closes[shown]
        shown = event
    return shown
