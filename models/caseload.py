"""A hospital's incidents as their cases have them now: lists, counts without false alarms and merged ones, evidence."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select

from models.case import CASE, SETTLED
from models.evidence import EVIDENCE
from models.incident import ADDITION, INCIDENT
from models.people import DEPARTMENT

UNCOUNTED = ("false_alarm", "merged")
"""States in which a record is no incident of its own."""
_AS_IT_STANDS: Select[Any] = select(
    INCIDENT.c.id,
    INCIDENT.c.hospital_id,
    INCIDENT.c.number,
    INCIDENT.c.kind,
    INCIDENT.c.confidential,
    CASE.c.category,
    CASE.c.severity,
    CASE.c.state,
    CASE.c.lead_id,
    DEPARTMENT.c.name.label("department"),
    func.coalesce(CASE.c.occurred_now, INCIDENT.c.occurred_at).label("occurred_at"),
    INCIDENT.c.discovered_at,
    INCIDENT.c.reported_at,
    INCIDENT.c.reporter_id,
    INCIDENT.c.reporter_role,
    func.coalesce(CASE.c.words_now, INCIDENT.c.description).label("description"),
).select_from(
    INCIDENT.join(CASE, CASE.c.incident_id == INCIDENT.c.id).outerjoin(
        DEPARTMENT, INCIDENT.c.department_id == DEPARTMENT.c.id
    )
)


def list_records(conn: Connection, hospital_id: int) -> list[Row[Any]]:
    """All incidents and alarms of a hospital in the order of their numbers."""
    query = _AS_IT_STANDS.where(INCIDENT.c.hospital_id == hospital_id)
    return list(conn.execute(query.order_by(INCIDENT.c.id)))


def own_records(conn: Connection, member_id: int, *, limit: int) -> list[Row[Any]]:
    """The member's newest incidents and alarms."""
    query = _AS_IT_STANDS.where(INCIDENT.c.reporter_id == member_id)
    return list(conn.execute(query.order_by(INCIDENT.c.id.desc()).limit(limit)))


def count_records(
    conn: Connection, hospital_id: int, *, since: datetime, until: datetime
) -> list[tuple[str, str, int]]:
    """(category, severity, how many) reported in [since, until), as they are classified now."""
    query = (
        select(CASE.c.category, CASE.c.severity, func.count())
        .join_from(CASE, INCIDENT, CASE.c.incident_id == INCIDENT.c.id)
        .where(
            INCIDENT.c.hospital_id == hospital_id,
            INCIDENT.c.reported_at >= since,
            INCIDENT.c.reported_at < until,
            CASE.c.state.not_in(UNCOUNTED),
        )
        .group_by(CASE.c.category, CASE.c.severity)
    )
    return [(row[0], row[1], row[2]) for row in conn.execute(query)]


def count_discovered(
    conn: Connection, hospital_id: int, *, since: datetime, until: datetime
) -> dict[str, int]:
    """How many incidents of each category were discovered in [since, until), as they are classified now."""
    query = (
        select(CASE.c.category, func.count())
        .join_from(CASE, INCIDENT, CASE.c.incident_id == INCIDENT.c.id)
        .where(
            INCIDENT.c.hospital_id == hospital_id,
            INCIDENT.c.discovered_at >= since,
            INCIDENT.c.discovered_at < until,
            CASE.c.state.not_in(UNCOUNTED),
        )
        .group_by(CASE.c.category)
    )
    return {row[0]: row[1] for row in conn.execute(query)}


def discovered_among(
    conn: Connection,
    hospital_id: int,
    categories: Iterable[str],
    *,
    since: datetime,
    until: datetime,
) -> list[tuple[str, str]]:
    """(number, category) of the incidents of these categories that occurred or were discovered in [since, until]."""
    occurred = func.coalesce(CASE.c.occurred_now, INCIDENT.c.occurred_at)
    query = (
        select(INCIDENT.c.number, CASE.c.category)
        .join_from(CASE, INCIDENT, CASE.c.incident_id == INCIDENT.c.id)
        .where(
            INCIDENT.c.hospital_id == hospital_id,
            occurred.between(since, until) | INCIDENT.c.discovered_at.between(since, until),
            CASE.c.category.in_(tuple(categories)),
            CASE.c.state.not_in(UNCOUNTED),
        )
    )
    return [(row[0], row[1]) for row in conn.execute(query.order_by(INCIDENT.c.id))]


def uncalled_cases(
    conn: Connection, categories: Iterable[str], *, hospital_id: int | None = None
) -> list[Row[Any]]:
    """Open cases of these categories for which no police call is noted, of one hospital or of all."""
    query = _AS_IT_STANDS.where(
        CASE.c.category.in_(list(categories)),
        CASE.c.state.not_in(SETTLED),
        CASE.c.called_police_at.is_(None),
    )
    if hospital_id is not None:
        query = query.where(INCIDENT.c.hospital_id == hospital_id)
    return list(conn.execute(query.order_by(INCIDENT.c.id)))


def said_after(conn: Connection, incident_ids: Iterable[int]) -> dict[int, list[str]]:
    """By incident: the words added to it, oldest first."""
    query = select(ADDITION.c.incident_id, ADDITION.c.words).where(
        ADDITION.c.incident_id.in_(list(incident_ids)), ADDITION.c.words != ""
    )
    found: dict[int, list[str]] = defaultdict(list)
    for row in conn.execute(query.order_by(ADDITION.c.id)):
        found[row.incident_id].append(row.words)
    return found


def evidence_of(conn: Connection, incident_id: int) -> list[Row[Any]]:
    """Every file of an incident, of its additions and of its case, in the order they came."""
    c = EVIDENCE.c
    added = select(ADDITION.c.id).where(ADDITION.c.incident_id == incident_id)
    query = select(EVIDENCE).where(
        (c.subject.in_(("incident", "case")) & (c.subject_id == incident_id))
        | ((c.subject == "addition") & c.subject_id.in_(added))
    )
    return list(conn.execute(query.order_by(c.id)))
