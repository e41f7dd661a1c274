"""The papers a hospital owes, as of any moment: what is stored, and what time alone has brought since."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any

from sqlalchemy import Connection

from bot.dates import say_moment
from bot.i18n import _
from bot.turn import Turn
from models.deadlines import (
    Occurrence,
    incident_occurrence,
    miss_year,
    occurrences,
    state,
    upcoming,
)
from models.obligation import create_obligation, find_obligation, list_obligations
from models.people import HospitalFacts
from models.preset import INCIDENT, Template, shipped_preset


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

    @property
    def key(self) -> str:
        """Short enough for a button."""
        return f"{self.code}|{self.subject}|{self.period_end}"


def periodic() -> list[Template]:
    """The templates that come with the calendar, not with an incident."""
    return [t for t in shipped_preset().templates if t.cadence != INCIDENT]


def papers_at(conn: Connection, hospital: HospitalFacts, at: datetime) -> list[Paper]:
    """Every paper whose time has come by ``at``, with its state then; nothing is written."""
    stored = {}
    for row in list_obligations(conn, hospital.id):
        filed = row.submitted_at if row.submitted_at and row.submitted_at <= at else None
        waived = row.waived_at is not None and row.waived_at <= at
        reached = state(row, at=at, submitted_at=filed, waived=waived)
        stored[row.code, row.subject, row.period_end] = _paper(row, row.id, filed, reached)
    for occurrence in occurrences(
        periodic(), zone=hospital.zone, since=hospital.created_at, until=at
    ):
        key = (occurrence.code, occurrence.subject, occurrence.period_end)
        if key not in stored:
            reached = state(occurrence, at=at, submitted_at=None)
            stored[key] = _paper(occurrence, 0, None, reached)
    found = [paper for paper in stored.values() if paper.state != "scheduled"]
    return sorted(found, key=lambda paper: (paper.due_at, paper.code, paper.subject))


def _paper(source: Any, number: int, filed: datetime | None, reached: str) -> Paper:
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
    )


def missed_in(papers: Sequence[Paper], year: int) -> list[Paper]:
    """The missed papers that count in a year: of its periods, or of incidents discovered in it."""
    return [p for p in papers if p.state == "missed" and miss_year(p) == year]


def to_file(conn: Connection, hospital: HospitalFacts, now: datetime) -> list[Paper]:
    """What can be filed: everything owed and not filed, then the next of each kind, to file early."""
    owed = [
        paper
        for paper in papers_at(conn, hospital, now)
        if paper.submitted_at is None and paper.state != "waived"
    ]
    stored = {row.id for row in list_obligations(conn, hospital.id) if row.submitted_at}
    early = [
        _paper(occurrence, 0, None, "scheduled")
        for occurrence in upcoming(periodic(), zone=hospital.zone, now=now)
        if not _is_filed(conn, hospital, occurrence, stored)
    ]
    return owed + early


def _is_filed(
    conn: Connection, hospital: HospitalFacts, occurrence: Occurrence, filed: set[int]
) -> bool:
    row = find_obligation(
        conn, hospital.id, occurrence.code, occurrence.subject, occurrence.period_end
    )
    return row is not None and row.id in filed


def stored_paper(conn: Connection, hospital: HospitalFacts, key: str, now: datetime) -> Any:
    """The row behind a paper's key, stored now if time has not done it yet; None for a foreign key."""
    code, _bar, rest = key.partition("|")
    subject, _bar, end = rest.rpartition("|")
    period_end = date.fromisoformat(end)
    row = find_obligation(conn, hospital.id, code, subject, period_end)
    if row is not None:
        return row
    known = occurrences(periodic(), zone=hospital.zone, since=hospital.created_at, until=now)
    for occurrence in [*known, *upcoming(periodic(), zone=hospital.zone, now=now)]:
        if (occurrence.code, occurrence.subject, occurrence.period_end) == (
            code,
            subject,
            period_end,
        ):
            create_obligation(conn, hospital.id, occurrence, now=now)
            return find_obligation(conn, hospital.id, code, subject, period_end)
    return None


def open_filing(turn: Turn, code: str, number: str, discovered: datetime) -> Any:
    """The filing obligation of a new record (24 hours from discovery), stored."""
    hospital = turn.actor.hospital
    occurrence = incident_occurrence(
        shipped_preset().template(code),
        number=number,
        discovered_at=discovered,
        zone=hospital.zone,
    )
    create_obligation(turn.conn, hospital.id, occurrence, now=turn.now)
    return find_obligation(turn.conn, hospital.id, code, number, occurrence.period_end)


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
