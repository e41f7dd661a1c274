"""When a paper is owed: occurrences with frozen times and steps, and the state the times decide.

Local time enters only here and in ``periods``: what is returned is aware UTC.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

from models.periods import Span, end_of, first_after, moment, spans
from models.preset import Due, Template
from models.workdays import CHINA, Workdays

LONGEST_BREAK = timedelta(days=31)
"""No run of days off is longer, so nothing is moved further than this."""
LONGEST_GRACE = timedelta(days=180)
"""No paper is missed later than this after it was due: a preset allows for 60 working days."""
OWNER, DEPUTY, HEAD, ADMIN = range(4)
"""Who hears of a step: who owes the paper, then also their deputy, their head, the administrator."""
OVERDUE, MISSED = "overdue", "missed"
_SECOND = timedelta(seconds=1)
_DAY = timedelta(days=1)


class Step(NamedTuple):
    """One word about a paper: ``d14`` days or ``h4`` hours before, ``overdue``, ``o2`` days after, ``missed``."""

    key: str
    at: datetime
    level: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Occurrence:
    """One paper for one period (local dates, inclusive) and subject (topic or record number).

    After ``locks_at`` what was filed can no longer be amended. ``steps`` are in the order of their times.
    """

    code: str
    subject: str
    period_start: date
    period_end: date
    opens_at: datetime
    due_at: datetime
    missed_at: datetime
    locks_at: datetime | None
    steps: tuple[Step, ...]


class Timed(Protocol):
    """Anything with a paper's three times: an Occurrence or its stored row."""

    @property
    def opens_at(self) -> datetime: ...
    @property
    def due_at(self) -> datetime: ...
    @property
    def missed_at(self) -> datetime: ...


class Dated(Protocol):
    """Anything with a period's end: an Occurrence or its stored row."""

    @property
    def period_end(self) -> date: ...


# -- the calendar's papers -----------------------------------------------------------------------


def occurrences(
    templates: Iterable[Template],
    *,
    zone: ZoneInfo,
    since: datetime,
    until: datetime,
    calendar: Workdays = CHINA,
) -> list[Occurrence]:
    """Every period's paper opened by ``until``, none due before ``since`` (the set-up)."""
    years = range(max(1, since.year - 2), min(9998, until.year + 2))
    found = [
        occurrence
        for template in templates
        for span in spans(template.cadence, years, template.window)
        if _may_be_open(template, span, zone, since, until)
        for occurrence in of_span(template, span, zone, calendar)
        if occurrence.opens_at <= until and occurrence.due_at >= since
    ]
    return sorted(found, key=_by_due)


def next_occurrence(
    template: Template,
    subject: str,
    *,
    after: date,
    zone: ZoneInfo,
    calendar: Workdays = CHINA,
) -> Occurrence | None:
    """The paper of the first period that ends after a date; None past the calendar's last year."""
    years = range(after.year, min(9998, after.year + 3))
    for span in spans(template.cadence, years, template.window):
        if span[1] > after:
            return of_period(template, subject, span, zone=zone, calendar=calendar)
    return None


def of_period(
    template: Template, subject: str, span: Span, *, zone: ZoneInfo, calendar: Workdays = CHINA
) -> Occurrence:
    """The paper of one period and subject."""
    due_day = day_due(template.due, span[1], calendar)
    due_at = end_of(due_day, zone)
    missed_at = _missed_at(template, due_at, zone, calendar)
    steps = (
        *_days_before(template, due_day, zone, calendar),
        *_days_after(template, due_day, missed_at, zone, calendar),
    )
    return Occurrence(
        code=template.code,
        subject=subject,
        period_start=span[0],
        period_end=span[1],
        opens_at=steps[0].at,
        due_at=due_at,
        missed_at=missed_at,
        locks_at=_locks_at(template, due_day, zone),
        steps=steps,
    )


def of_span(
    template: Template, span: Span, zone: ZoneInfo, calendar: Workdays
) -> Iterator[Occurrence]:
    """The papers of one period, one for each subject."""
    for subject in template.subjects or ("",):
        yield of_period(template, subject, span, zone=zone, calendar=calendar)


def first_ahead(
    template: Template,
    subject: str,
    *,
    since: datetime,
    now: datetime,
    zone: ZoneInfo,
    calendar: Workdays = CHINA,
) -> Occurrence | None:
    """The first paper that opens after ``now``, of those not due before ``since``."""
    for span in spans(template.cadence, range(now.year - 1, now.year + 4), template.window):
        due_day = day_due(template.due, span[1], None)
        if due_day + 2 * LONGEST_BREAK < now.date():
            continue
        found = of_period(template, subject, span, zone=zone, calendar=calendar)
        if found.opens_at > now and found.due_at >= since:
            return found
    return None


def upcoming(
    templates: Iterable[Template], *, zone: ZoneInfo, now: datetime, calendar: Workdays = CHINA
) -> list[Occurrence]:
    """The next paper of each code and subject that has not opened yet, for filing early."""
    found = [
        first_ahead(template, subject, since=now, now=now, zone=zone, calendar=calendar)
        for template in templates
        for subject in template.subjects or ("",)
    ]
    return sorted((each for each in found if each is not None), key=_by_due)


def day_due(due: Due, period_end: date, calendar: Workdays | None) -> date:
    """The local day a period's paper is due; without a calendar working days count as days."""
    if due.month_day is not None:
        return first_after(period_end, due.month_day)
    if due.day is not None:
        return period_end.replace(day=min(due.day, period_end.day))
    if due.working_days_after is not None:
        if calendar is None:
            return period_end + timedelta(days=due.working_days_after)
        return calendar.after(period_end, due.working_days_after)
    return period_end + timedelta(days=due.days_after or 0)


def _may_be_open(
    template: Template, span: Span, zone: ZoneInfo, since: datetime, until: datetime
) -> bool:
    """Sort out by dates alone what the window cannot hold: the calendar costs memory to load."""
    # Without the calendar a due day in working days is only known to lie within twice that and a break.
    due_day = day_due(template.due, span[1], None)
    earliest = timedelta(days=(template.reminders.days_before or (0,))[0]) + LONGEST_BREAK
    counted = template.due.working_days_after
    latest = due_day if counted is None else due_day + counted * _DAY + LONGEST_BREAK
    opens_by = due_day - earliest <= until.astimezone(zone).date()
    return opens_by and end_of(latest, zone) >= since


# -- what a record or a shift opens --------------------------------------------------------------


def incident_occurrence(
    template: Template,
    *,
    number: str,
    discovered_at: datetime,
    zone: ZoneInfo,
    severity: str = "general",
    calendar: Workdays = CHINA,
) -> Occurrence:
    """The paper an incident opens at its discovery (002 在24小时内报送上级主管部门), by its severity's limit."""
    due_at = discovered_at.astimezone(UTC) + timedelta(hours=template.hours_for(severity))
    return _from_moment(template, number, discovered_at, due_at, zone, calendar)


def shift_occurrence(
    template: Template, *, subject: str, begins_at: datetime, ends_at: datetime, zone: ZoneInfo
) -> Occurrence:
    """The paper of one shift, due at its end."""
    return _from_moment(template, subject, begins_at, ends_at.astimezone(UTC), zone, CHINA)


def _from_moment(
    template: Template,
    subject: str,
    begins_at: datetime,
    due_at: datetime,
    zone: ZoneInfo,
    calendar: Workdays,
) -> Occurrence:
    opens_at = begins_at.astimezone(UTC)
    day = begins_at.astimezone(zone).date()
    missed_at = _missed_at(template, due_at, zone, calendar)
    before = [(f"h{n}", due_at - timedelta(hours=n)) for n in template.reminders.hours_before or ()]
    told = [Step(key, at, ADMIN) for key, at in before if at >= opens_at]
    if missed_at > due_at:
        told.append(Step(OVERDUE, due_at + _SECOND, ADMIN))
    return Occurrence(
        code=template.code,
        subject=subject,
        period_start=day,
        period_end=day,
        opens_at=opens_at,
        due_at=due_at,
        missed_at=missed_at,
        locks_at=_locks_at(template, due_at.astimezone(zone).date(), zone),
        steps=(*told, Step(MISSED, missed_at + _SECOND, ADMIN)),
    )


# -- steps ---------------------------------------------------------------------------------------


def _days_before(
    template: Template, due_day: date, zone: ZoneInfo, calendar: Workdays
) -> Iterator[Step]:
    """The reminders counted in days, each moved to the working day before where offices are closed."""
    rule = template.reminders
    assert rule.at is not None
    for n in rule.days_before or ():
        day = calendar.on_or_before(due_day - n * _DAY)
        yield Step(f"d{n}", moment(day, rule.at, zone), _level(template, n))


def _days_after(
    template: Template, due_day: date, missed_at: datetime, zone: ZoneInfo, calendar: Workdays
) -> Iterator[Step]:
    """Overdue on the first working day after, then on each one until missed, and that on the one after."""
    rule = template.reminders
    assert rule.at is not None
    day = calendar.after(due_day, 1)
    first = True
    while (at := moment(day, rule.at, zone)) <= missed_at:
        if first or rule.daily_overdue:
            yield Step(OVERDUE if first else f"o{(day - due_day).days}", at, ADMIN)
        first = False
        day = calendar.after(day, 1)
    # The administrator hears of it from the digest of the morning after.
    yield Step(MISSED, at, HEAD)


def _level(template: Template, days_before: int) -> int:
    rule = template.reminders
    reached = (
        (ADMIN, rule.admin_from),
        (HEAD, rule.head_from),
        (DEPUTY, rule.deputy_from),
    )
    return next((level for level, limit in reached if days_before <= limit), OWNER)


def step_due(steps: Iterable[Step], paper: Timed, now: datetime) -> Step | None:
    """The one step worth telling now: of a pile of stale ones the newest, and only while it is still true.

    A reminder is not told past the due time nor that a paper is overdue once it is missed.
    """
    newest = None
    for step in steps:
        if step.at <= now:
            newest = step
    if newest is None or newest.key == MISSED:
        return newest
    over = newest.key.startswith("o")
    return newest if now <= (paper.missed_at if over else paper.due_at) else None


def next_moment(steps: Iterable[Step], paper: Timed, now: datetime) -> datetime | None:
    """When a paper has to be looked at again: at its next step or change of state; None once all is over."""
    turns = (paper.opens_at, paper.due_at + _SECOND, paper.missed_at + _SECOND)
    ahead = [at for at in (*turns, *(step.at for step in steps)) if at > now]
    return min(ahead, default=None)


# -- state ---------------------------------------------------------------------------------------


def state(
    paper: Timed, *, at: datetime, submitted_at: datetime | None, waived: bool = False
) -> str:
    """The paper's state as of ``at``: a filing's own date decides; after missed it stays missed."""
    if waived:
        return "waived"
    if submitted_at is not None and submitted_at <= at:
        return _reached(submitted_at, paper, ("on_time", "late", "missed"))
    if at < paper.opens_at:
        return "scheduled"
    return _reached(at, paper, ("open", "overdue", "missed"))


def miss_year(paper: Dated) -> int:
    """The year a miss counts in: of the period's end, for an incident of its discovery (D)."""
    return paper.period_end.year


def _reached(at: datetime, paper: Timed, names: tuple[str, str, str]) -> str:
    if at <= paper.due_at:
        return names[0]
    return names[1] if at <= paper.missed_at else names[2]


def _missed_at(
    template: Template, due_at: datetime, zone: ZoneInfo, calendar: Workdays
) -> datetime:
    grace = template.missed.working_days_after
    if not grace:
        return due_at + timedelta(hours=template.missed.hours_after)
    return end_of(calendar.after(due_at.astimezone(zone).date(), grace), zone)


def _locks_at(template: Template, due_day: date, zone: ZoneInfo) -> datetime | None:
    if template.lock is None:
        return None
    return end_of(due_day + template.lock.days_after_due * _DAY, zone)


def _by_due(occurrence: Occurrence) -> tuple[datetime, str, str]:
    return occurrence.due_at, occurrence.code, occurrence.subject


# -- as kept in a row ----------------------------------------------------------------------------


def freeze(steps: Iterable[Step]) -> list[list[str | int]]:
    """The steps as JSON: what is open keeps them, whatever becomes of its template."""
    return [[step.key, step.at.astimezone(UTC).isoformat(), step.level] for step in steps]


def thaw(frozen: Iterable[Iterable[str | int]]) -> tuple[Step, ...]:
    """The steps that ``freeze`` made."""
    return tuple(
        Step(str(key), datetime.fromisoformat(str(at)), int(level)) for key, at, level in frozen
    )


def by_key(found: Iterable[Occurrence]) -> Mapping[tuple[str, str, date], Occurrence]:
    """Occurrences by what makes them unique in a hospital."""
    return {(each.code, each.subject, each.period_end): each for each in found}
