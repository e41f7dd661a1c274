"""The papers a hospital owes, as of any moment: what is stored, and what time alone has brought since."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any

from sqlalchemy import Connection

from bot.dates import say_moment
from bot.i18n import _
from bot.turn import Unit
from models.category import BY_CODE
from models.deadlines import (
    Occurrence,
    incident_occurrence,
    miss_year,
    state,
    upcoming,
)
from models.late_rules import LateRules, late_rules
from models.obligation import (
    create_obligation,
    find_obligation,
    list_missed,
    list_obligations,
    list_unfiled,
    list_waiting,
    stored_among,
)
from models.paper_plan import counted_codes, filing_of, periodic
from models.people import HospitalFacts
from models.preset import shipped_preset
from models.unstored import unstored_occurrences
from models.workday_override import calendar_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Paper:
    """One paper as of a moment; ``id`` is 0 while no sweep has stored it."""

    id: int
    code: str
    subject: str
    period_start: date
    period_end: date
    opens_at: datetime
    due_at: datetime
    missed_at: datetime
    submitted_at: datetime | None
    state: str
    owner_id: int | None

    @property
    def key(self) -> str:
        """Short enough for a button."""
        return f"{self.code}|{self.subject}|{self.period_end}"


def papers_at(conn: Connection, hospital: HospitalFacts, at: datetime) -> list[Paper]:
    """Every paper whose time has come by ``at``, with its state then; nothing is written."""
    rules = late_rules(conn, hospital.id)
    found = [_as_of(row, at, rules) for row in list_obligations(conn, hospital.id)]
    found += _unstored(conn, hospital, at, rules)
    return _by_due(paper for paper in found if paper.state != "scheduled")


def waiting_at(conn: Connection, hospital: HospitalFacts, at: datetime) -> list[Paper]:
    """Of them what is open or overdue; a later filing than ``at`` is taken as done."""
    rules = late_rules(conn, hospital.id)
    found = [_as_of(row, at, rules) for row in list_waiting(conn, hospital.id, at=at)]
    found += _unstored(conn, hospital, at, rules)
    return _by_due(paper for paper in found if paper.state in ("open", "overdue"))


def counted_misses(
    conn: Connection, hospital: HospitalFacts, period: tuple[date, date], at: datetime
) -> list[Paper]:
    """The missed papers of a period that count in the scorecard's item on reporting."""
    rules, codes = late_rules(conn, hospital.id), counted_codes()
    rows = list_missed(conn, hospital.id, codes, period, at=at)
    found = [_as_of(row, at, rules) for row in rows]
    found += [each for each in _unstored(conn, hospital, at, rules) if each.code in codes]
    inside = (each for each in found if period[0] <= each.period_end <= period[1])
    return _by_due(paper for paper in inside if paper.state == "missed")


def counted_left(
    conn: Connection, hospital: HospitalFacts, period: tuple[date, date], at: datetime
) -> list[Paper]:
    """The papers of a period that count there and can still be missed, also those not open yet."""
    codes = counted_codes()
    waiting = [each for each in waiting_at(conn, hospital, at) if each.code in codes]
    early = [each for each in _ahead(conn, hospital, at) if each.code in codes]
    return [each for each in (*waiting, *early) if period[0] <= each.period_end <= period[1]]


def _by_due(found: Iterable[Paper]) -> list[Paper]:
    return sorted(found, key=lambda paper: (paper.due_at, paper.code, paper.subject))


def _as_of(row: Any, at: datetime, rules: LateRules) -> Paper:
    filed = row.submitted_at if row.submitted_at and row.submitted_at <= at else None
    waived = row.waived_at is not None and row.waived_at <= at
    reached = rules.read(state(row, at=at, submitted_at=filed, waived=waived), filed)
    return _paper(row, row.id, filed, reached, row.owner_id)


def _paper(
    source: Any, number: int, filed: datetime | None, reached: str, owner: int | None = None
) -> Paper:
    return Paper(
        id=number,
        code=source.code,
        subject=source.subject,
        period_start=source.period_start,
        period_end=source.period_end,
        opens_at=source.opens_at,
        due_at=source.due_at,
        missed_at=source.missed_at,
        submitted_at=filed,
        state=reached,
        owner_id=owner,
    )


def _unstored(
    conn: Connection, hospital: HospitalFacts, at: datetime, rules: LateRules
) -> list[Paper]:
    """What has opened by ``at`` and no sweep has stored."""
    return [
        _paper(each, 0, None, rules.read(state(each, at=at, submitted_at=None), None))
        for each in unstored_occurrences(conn, hospital, at)
    ]


def missed_in(papers: Iterable[Paper], year: int) -> list[Paper]:
    """The missed papers that count in a year: of its periods, or of incidents discovered in it."""
    counted = counted_codes()
    return [p for p in papers if p.state == "missed" and p.code in counted and miss_year(p) == year]


# -- what can be filed ---------------------------------------------------------------------------


def to_file(conn: Connection, hospital: HospitalFacts, now: datetime) -> list[Paper]:
    """What can be filed: everything owed and not filed, then the next of each kind, to file early."""
    rules = late_rules(conn, hospital.id)
    owed = [_as_of(row, now, rules) for row in list_unfiled(conn, hospital.id)]
    owed += _unstored(conn, hospital, now, rules)
    return _by_due(p for p in owed if p.state != "scheduled") + _ahead(conn, hospital, now)


def _ahead(conn: Connection, hospital: HospitalFacts, now: datetime) -> list[Paper]:
    found = upcoming(
        periodic(conn, hospital), zone=hospital.zone, now=now, calendar=calendar_of(conn)
    )
    settled = stored_among(
        conn,
        hospital.id,
        [(each.code, each.subject, each.period_end) for each in found],
        settled=True,
    )
    return [
        _paper(each, 0, None, "scheduled")
        for each in found
        if (each.code, each.subject, each.period_end) not in settled
    ]


def stored_paper(conn: Connection, hospital: HospitalFacts, key: str, now: datetime) -> Any:
    """The row behind a paper's key, stored now if time has not done it yet; None for a foreign key."""
    code, _bar, rest = key.partition("|")
    subject, _bar, end = rest.rpartition("|")
    period_end = date.fromisoformat(end)
    row = find_obligation(conn, hospital.id, code, subject, period_end)
    if row is not None:
        return row
    known = unstored_occurrences(conn, hospital, now)
    ahead = upcoming(
        periodic(conn, hospital), zone=hospital.zone, now=now, calendar=calendar_of(conn)
    )
    for occurrence in [*known, *ahead]:
        if (occurrence.code, occurrence.subject, occurrence.period_end) == (
            code,
            subject,
            period_end,
        ):
            create_obligation(conn, hospital.id, occurrence, now=now)
            return find_obligation(conn, hospital.id, code, subject, period_end)
    return None


# -- what an incident owes -----------------------------------------------------------------------


def open_filing(
    unit: Unit, number: str, discovered: datetime, *, category: str, severity: str
) -> Any:
    """The filing that a record owes by its category and severity, stored; None where it owes none."""
    occurrence = filing_due(unit, number, discovered, category=category, severity=severity)
    if occurrence is None:
        return None
    hospital = unit.actor.hospital
    create_obligation(unit.conn, hospital.id, occurrence, now=unit.now)
    return find_obligation(unit.conn, hospital.id, occurrence.code, number, occurrence.period_end)


def filing_due(
    unit: Unit, number: str, discovered: datetime, *, category: str, severity: str
) -> Occurrence | None:
    """That filing with its times, not stored: of the limits that match the shortest, from discovery."""
    hospital = unit.actor.hospital
    template = filing_of(
        unit.conn,
        hospital,
        category=category,
        group=BY_CODE[category].group,
        severity=severity,
    )
    if template is None:
        return None
    return incident_occurrence(
        template,
        number=number,
        discovered_at=discovered,
        zone=hospital.zone,
        severity=severity,
        calendar=calendar_of(unit.conn),
    )


def filing_line(paper: Any, *, zone: tzinfo, now: datetime) -> list[str]:
    """Until when a record is to be filed and whose rule that is; nothing where it owes nothing any more."""
    if paper is None or paper.submitted_at or paper.waived_at:
        return []
    due = say_moment(paper.due_at, zone=zone, now=now)
    return [_("📌 File it by {due}").format(due=due) + _whose_rule(paper.code)]


def _whose_rule(code: str) -> str:
    """A limit the authority wrote is quoted, one of ours is marked."""
    template = shipped_preset().template(code)
    if template.due.default:
        return _(" (our default, can be changed)")
    return _(" (the rule: {words})").format(words=template.clause.words)
