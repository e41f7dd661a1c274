"""A slow second opinion on deadlines: it walks the calendar by days, the clock by quarter hours.

It shares no arithmetic with ``models.deadlines`` and ``models.periods``: local moments are found by trying UTC
moments, periods and due days by walking from day to day, states by playing events in order.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from models.preset import Template

DAY = timedelta(days=1)
QUARTER = timedelta(minutes=15)
SECOND = timedelta(seconds=1)
Works = Callable[[date], bool]
Told = tuple[tuple[str, datetime, int], ...]
"""Of each step its key, when, and the level of those who hear it."""


class Paper(NamedTuple):
    """What the oracle says of one paper."""

    code: str
    subject: str
    period_start: date
    period_end: date
    opens_at: datetime
    due_at: datetime
    missed_at: datetime
    locks_at: datetime | None
    steps: Told


# -- the clock -----------------------------------------------------------------------------------


@lru_cache(maxsize=200_000)
def quarters(day: date, zone: ZoneInfo) -> tuple[datetime, ...]:
    """Every quarter of an hour that begins on that local day."""
    start = datetime.combine(day - DAY, time(0), UTC) + timedelta(hours=8)
    tried = [start + n * QUARTER for n in range(232)]
    return tuple(at for at in tried if at.astimezone(zone).date() == day)


def last_second(day: date, zone: ZoneInfo) -> datetime:
    return quarters(day, zone)[-1] + QUARTER - SECOND


def first_at(day: date, at: time, zone: ZoneInfo) -> datetime:
    return next(q for q in quarters(day, zone) if q.astimezone(zone).time() == at)


# -- the calendar --------------------------------------------------------------------------------


def is_month_day(day: date, month_day: str) -> bool:
    """Whether that is the day meant; 02-29 is the last day of any February."""
    if month_day == "02-29":
        return day.month == 2 and (day + DAY).month == 3
    return f"{day.month:02}-{day.day:02}" == month_day


def ends_period(day: date, template: Template) -> bool:
    if template.window is not None:
        return is_month_day(day, template.window[1])
    if template.cadence in ("day", "week"):
        return template.cadence == "day" or day.isoweekday() == 7
    months = {
        "month": range(1, 13),
        "quarter": (3, 6, 9, 12),
        "half_year": (6, 12),
        "half_year_first": (6,),
        "year": (12,),
    }[template.cadence]
    return (day + DAY).day == 1 and day.month in months


def starts_period(day: date, template: Template) -> bool:
    if template.window is not None:
        return is_month_day(day, template.window[0])
    if template.cadence == "half_year_first":
        return (day.month, day.day) == (1, 1)
    return ends_period(day - DAY, template)


def periods(template: Template, first: date, last: date) -> Iterator[tuple[date, date]]:
    """Every period whose last day lies between two days."""
    day = first
    while day <= last:
        if ends_period(day, template):
            start = day
            while not starts_period(start, template):
                start -= DAY
            yield start, day
        day += DAY


def due_day(template: Template, end: date, works: Works) -> date:
    """The day a paper is due, found by walking from the last day of its period."""
    rule, day = template.due, end
    if rule.month_day is not None:
        day += DAY
        while not is_month_day(day, rule.month_day):
            day += DAY
    elif rule.day is not None:
        while day.day > rule.day:
            day -= DAY
    elif rule.working_days_after is not None:
        day = working_day_after(day, rule.working_days_after, works)
    else:
        for _ in range(abs(rule.days_after or 0)):
            day += DAY if (rule.days_after or 0) > 0 else -DAY
    return day


def working_day_after(day: date, count: int, works: Works) -> date:
    while count:
        day += DAY
        count -= 1 if works(day) else 0
    return day


# -- papers --------------------------------------------------------------------------------------


def paper(
    template: Template,
    subject: str,
    period: tuple[date, date],
    zone: ZoneInfo,
    works: Works,
) -> Paper:
    """The paper of one period and subject."""
    due = due_day(template, period[1], works)
    due_at = last_second(due, zone)
    grace = template.missed.working_days_after
    missed_at = due_at + timedelta(hours=template.missed.hours_after)
    if grace:
        missed_at = last_second(working_day_after(due, grace, works), zone)
    told = (*_before(template, due, zone, works), *_after(template, due, missed_at, zone, works))
    locks = None
    if template.lock is not None:
        locks = last_second(due + template.lock.days_after_due * DAY, zone)
    opens_at = min(at for _, at, _ in told)
    return Paper(template.code, subject, *period, opens_at, due_at, missed_at, locks, told)


def _before(template: Template, due: date, zone: ZoneInfo, works: Works) -> Iterator[Told]:
    rule = template.reminders
    for offset in rule.days_before or ():
        on = due - offset * DAY
        while not works(on):
            on -= DAY
        level = 0
        for reached, limit in ((1, rule.deputy_from), (2, rule.head_from), (3, rule.admin_from)):
            level = reached if offset <= limit else level
        yield f"d{offset}", first_at(on, rule.at or time(0), zone), level


def _after(
    template: Template, due: date, missed_at: datetime, zone: ZoneInfo, works: Works
) -> Iterator[Told]:
    day, number, said = due, 0, False
    while True:
        day, number = day + DAY, number + 1
        if not works(day):
            continue
        at = first_at(day, template.reminders.at or time(0), zone)
        if at > missed_at:
            yield "missed", at, 2  # the administrator reads it in the digest
            return
        if not said:
            yield "overdue", at, 3
        elif template.reminders.daily_overdue:
            yield f"o{number}", at, 3
        said = True


def papers(
    templates: tuple[Template, ...],
    zone: ZoneInfo,
    since: datetime,
    until: datetime,
    works: Works,
) -> list[Paper]:
    """Every paper that is open by ``until`` and was not due before ``since``."""
    first, last = since.date() - 400 * DAY, until.date() + 250 * DAY
    return [
        found
        for template in templates
        for period in periods(template, first, last)
        if near(template, period[1], since, until)
        for subject in template.subjects or ("",)
        if (found := paper(template, subject, period, zone, works))
        and found.opens_at <= until
        and found.due_at >= since
    ]


def near(template: Template, end: date, since: datetime, until: datetime) -> bool:
    """Whether a period can matter at all: it is due at most a year and a half after its end."""
    early = timedelta(days=(template.reminders.days_before or (0,))[0] + 60)
    late = timedelta(days=400 if template.due.month_day else 200)
    return end - early <= until.date() and end + late >= since.date()


# -- states --------------------------------------------------------------------------------------


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


def worth_saying(steps: Told, due_at: datetime, missed_at: datetime, now: datetime) -> str | None:
    """Play the steps: each replaces the one before; what is no longer true when it would be told is not."""
    said = None
    for key, at, _level in steps:
        if at <= now:
            said = key
    ends = {"d": due_at, "h": due_at, "o": missed_at}
    return None if said and said != "missed" and now > ends[said[0]] else said
