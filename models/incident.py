"""Incidents: what happened, where, when, who reported it, and what was added later."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Text, bindparam, func, select
from sqlmodel import Field, SQLModel

from models.base import coded, insert_row
from models.category import BY_CODE, SEVERITIES
from models.people import DEPARTMENT, MEMBER, ROLES

STATES = ("new", "acknowledged", "on_scene", "controlled", "investigated", "closed")


class Incident(SQLModel, table=True):
    """A filed report. What was filed is never overwritten; additions are rows of their own."""

    id: int | None = Field(default=None, primary_key=True)
    number: str = Field(unique=True)
    hospital_id: int = Field(foreign_key="hospital.id", index=True)
    department_id: int | None = Field(default=None, foreign_key="department.id")
    reporter_id: int = Field(foreign_key="member.id", index=True)
    reporter_role: str = coded("reporter_role", ROLES)
    draft_id: int = Field(unique=True)
    category: str = coded("category", BY_CODE)
    severity: str = coded("severity", SEVERITIES)
    state: str = coded("incident_state", STATES, default="new")
    place: str
    latitude: float | None = None
    longitude: float | None = None
    description: str = Field(sa_type=Text)
    occurred_at: datetime
    discovered_at: datetime
    reported_at: datetime


class Addition(SQLModel, table=True):
    """Something the reporter added after filing (补充情况)."""

    id: int | None = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incident.id", index=True)
    member_id: int = Field(foreign_key="member.id")
    draft_id: int = Field(unique=True)
    words: str = Field(sa_type=Text)
    created_at: datetime


INCIDENT = Incident.__table__  # type: ignore[attr-defined]
ADDITION = Addition.__table__  # type: ignore[attr-defined]
_WITH_DEPARTMENT = select(
    INCIDENT, DEPARTMENT.c.name.label("department"), MEMBER.c.display_name.label("reporter")
).select_from(
    INCIDENT.join(MEMBER, INCIDENT.c.reporter_id == MEMBER.c.id).outerjoin(
        DEPARTMENT, INCIDENT.c.department_id == DEPARTMENT.c.id
    )
)


_BY_NUMBER = _WITH_DEPARTMENT.where(
    INCIDENT.c.hospital_id == bindparam("hospital"), INCIDENT.c.number == bindparam("which")
)


def insert_incident(conn: Connection, **values: Any) -> int:
    """Store a report; its id."""
    return insert_row(conn, INCIDENT, state="new", **values)


def insert_addition(conn: Connection, **values: Any) -> int:
    """Store what was added to a report; its id."""
    return insert_row(conn, ADDITION, **values)


def incident_by_number(conn: Connection, hospital_id: int, number: str) -> Row[Any] | None:
    """One incident of this hospital with its department and reporter; never another hospital's."""
    return conn.execute(_BY_NUMBER, {"hospital": hospital_id, "which": number}).first()


def list_incidents(conn: Connection, hospital_id: int) -> list[Row[Any]]:
    """All incidents of a hospital in the order of their numbers."""
    query = _WITH_DEPARTMENT.where(INCIDENT.c.hospital_id == hospital_id)
    return list(conn.execute(query.order_by(INCIDENT.c.id)))


def own_incidents(conn: Connection, member_id: int, *, limit: int) -> list[Row[Any]]:
    """The member's newest reports."""
    query = select(INCIDENT).where(INCIDENT.c.reporter_id == member_id)
    return list(conn.execute(query.order_by(INCIDENT.c.id.desc()).limit(limit)))


def count_incidents(
    conn: Connection, hospital_id: int, *, since: datetime, until: datetime
) -> list[tuple[str, str, int]]:
    """(category, severity, how many) reported in [since, until)."""
    query = (
        select(INCIDENT.c.category, INCIDENT.c.severity, func.count())
        .where(
            INCIDENT.c.hospital_id == hospital_id,
            INCIDENT.c.reported_at >= since,
            INCIDENT.c.reported_at < until,
        )
        .group_by(INCIDENT.c.category, INCIDENT.c.severity)
    )
    return [(row[0], row[1], row[2]) for row in conn.execute(query)]


def list_additions(conn: Connection, incident_id: int) -> list[Row[Any]]:
    """What was added to a report, oldest first."""
    query = select(ADDITION).where(ADDITION.c.incident_id == incident_id)
    return list(conn.execute(query.order_by(ADDITION.c.id)))
