"""When a paper is owed: occurrences with frozen times, reminders, and the state the times decide.

Local time enters only here and in ``periods``: what is returned is aware UTC.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

from models.periods import Span, end_of, first_after, moment, spans
from models.preset import Template
from models.workdays import CHINA, Workdays

LONGEST_BREAK = timedelta(days=31)
"""No run of days off is longer, so a reminder is never moved further than this."""


class Reminder(NamedTuple):
    """One reminder: its offset (``d14`` days, ``h4`` hours before the due time) and its moment."""

    key: str
    at: datetime


class RemindersDue(NamedTuple):
    """The one reminder worth sending now, if any, and all whose time has come."""

    newest: str | None
    keys: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Occurrence:
    """One paper for one period (local dates, inclusive) and subject (topic or record number)."""

    code: str
    subject: str
    period_start: date
    period_end: date
    opens_at: datetime
    due_at: datetime
    missed_at: datetime
    reminders: tuple[Reminder, ...]


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
        for span in spans(template.cadence, years)
        if _may_be_open(template, span, zone, since, until)
        for occurrence in _of_span(template, span, zone, calendar)
        if occurrence.opens_at <= until
    ]
    return sorted(found, key=_by_due)


def upcoming(
    templates: Iterable[Template], *, zone: ZoneInfo, now: datetime, calendar: Workdays = CHINA
) -> list[Occurrence]:
    """The next paper of each code and subject that has not opened yet, for filing early."""
    found: dict[tuple[str, str], Occurrence] = {}
    for template in templates:
        for span in spans(template.cadence, range(now.year - 1, now.year + 3)):
            for occurrence in _of_span(template, span, zone, calendar):
                if occurrence.opens_at > now:
                    found.setdefault((occurrence.code, occurrence.subject), occurrence)
    return sorted(found.values(), key=_by_due)


def incident_occurrence(
    template: Template,
    *,
    number: str,
    discovered_at: datetime,
    zone: ZoneInfo,
    calendar: Workdays = CHINA,
) -> Occurrence:
    """The paper an incident opens at its discovery (002 在24小时内报送上级主管部门)."""
    day = discovered_at.astimezone(zone).date()
    opens_at = discovered_at.astimezone(UTC)
    due_at = opens_at + timedelta(hours=template.due.hours or 0)
    return Occurrence(
        code=template.code,
        subject=number,
        period_start=day,
        period_end=day,
        opens_at=opens_at,
        due_at=due_at,
        missed_at=_missed_at(template, due_at, zone, calendar),
        reminders=reminders(template, period_end=day, due_at=due_at, zone=zone, calendar=calendar),
    )


def reminders(
    template: Template,
    *,
    period_end: date,
    due_at: datetime,
    zone: ZoneInfo,
    calendar: Workdays = CHINA,
) -> tuple[Reminder, ...]:
    """A paper's reminders, earliest first; those counted in days move to the working day before."""
    rule = template.reminders
    if template.due.month_day is None or rule.at is None:
        hours = rule.hours_before or ()
        return tuple(Reminder(f"h{n}", due_at - timedelta(hours=n)) for n in hours)
    due_day = first_after(period_end, template.due.month_day)
    days = {n: calendar.on_or_before(due_day - timedelta(days=n)) for n in rule.days_before or ()}
    return tuple(Reminder(f"d{n}", moment(day, rule.at, zone)) for n, day in days.items())


def reminder_due(occurrence: Occurrence, now: datetime) -> RemindersDue:
    """What to send of the reminders whose time has come: of a pile of stale ones the newest.

    Past the due time nothing: the word that the paper is overdue takes their place.
    """
    return newest_reminder(occurrence.reminders, due_at=occurrence.due_at, now=now)


def newest_reminder(sent: Iterable[Reminder], *, due_at: datetime, now: datetime) -> RemindersDue:
    """The same of a stored paper, from its ``reminders`` and frozen due time."""
    keys = tuple(reminder.key for reminder in sent if reminder.at <= now)
    return RemindersDue(keys[-1] if keys and now <= due_at else None, keys)


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


def _may_be_open(
    template: Template, span: Span, zone: ZoneInfo, since: datetime, until: datetime
) -> bool:
    """Sort out by dates alone what the window cannot hold: the calendar costs memory to load."""
    due_day = first_after(span[1], template.due.month_day or "")
    earliest = timedelta(days=(template.reminders.days_before or (0,))[0]) + LONGEST_BREAK
    opens_by = due_day - earliest <= until.astimezone(zone).date()
    return opens_by and end_of(due_day, zone) >= since


def _of_span(
    template: Template, span: Span, zone: ZoneInfo, calendar: Workdays
) -> Iterator[Occurrence]:
    due_at = end_of(first_after(span[1], template.due.month_day or ""), zone)
    sent = reminders(template, period_end=span[1], due_at=due_at, zone=zone, calendar=calendar)
    missed_at = _missed_at(template, due_at, zone, calendar)
    for subject in template.subjects:
        yield Occurrence(
            code=template.code,
            subject=subject,
            period_start=span[0],
            period_end=span[1],
            opens_at=sent[0].at,
            due_at=due_at,
            missed_at=missed_at,
            reminders=sent,
        )


def _missed_at(
    template: Template, due_at: datetime, zone: ZoneInfo, calendar: Workdays
) -> datetime:
    grace = template.missed.working_days_after
    if not grace:
        return due_at
    return end_of(calendar.after(due_at.astimezone(zone).date(), grace), zone)


def _by_due(occurrence: Occurrence) -> tuple[datetime, str, str]:
    return occurrence.due_at, occurrence.code, occurrence.subject
