"""Incidents: what happened, where, when, who reported it, and what was added later."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Text, bindparam, select
from sqlmodel import Field, SQLModel

from models.base import coded, insert_row
from models.category import BY_CODE, SEVERITIES
from models.people import DEPARTMENT, MEMBER, ROLES

KINDS = ("report", "alarm")
NAMINGS = ("named", "confidential")
"""Whether colleagues see who reported."""


class Incident(SQLModel, table=True):
    """A report or an alarm as it was filed: never overwritten. How it stands now is its case (models/case.py)."""

    id: int | None = Field(default=None, primary_key=True)
    number: str = Field(unique=True)
    kind: str = coded("incident_kind", KINDS)
    confidential: bool
    hospital_id: int = Field(foreign_key="hospital.id", index=True)
    department_id: int | None = Field(default=None, foreign_key="department.id")
    reporter_id: int = Field(foreign_key="member.id", index=True)
    reporter_role: str = coded("reporter_role", ROLES)
    draft_id: int | None = Field(default=None, unique=True)
    category: str = coded("category", BY_CODE)
    severity: str = coded("severity", SEVERITIES)
    place: str
    latitude: float | None = None
    longitude: float | None = None
    description: str = Field(sa_type=Text)
    occurred_at: datetime
    discovered_at: datetime
    reported_at: datetime


class Addition(SQLModel, table=True):
    """Something added after filing (补充情况): by a form, by plain messages after an alarm, or to answer a question."""

    id: int | None = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incident.id", index=True)
    member_id: int = Field(foreign_key="member.id")
    draft_id: int | None = Field(default=None, unique=True)
    words: str = Field(sa_type=Text)
    inquiry_id: int | None = Field(default=None, foreign_key="inquiry.id", index=True)
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
    return insert_row(conn, INCIDENT, **values)


def insert_addition(conn: Connection, **values: Any) -> int:
    """Store what was added to a report; its id."""
    return insert_row(conn, ADDITION, **values)


def incident_of_addition(conn: Connection, addition_id: int) -> int | None:
    """The report that something was added to."""
    query = select(ADDITION.c.incident_id).where(ADDITION.c.id == addition_id)
    return conn.execute(query).scalar()


def incident_by_number(conn: Connection, hospital_id: int, number: str) -> Row[Any] | None:
    """One incident of this hospital with its department and reporter; never another hospital's."""
    return conn.execute(_BY_NUMBER, {"hospital": hospital_id, "which": number}).first()


def last_additions(conn: Connection, incident_id: int, number: int) -> list[str]:
    """The newest words added to a report, oldest first."""
    query = select(ADDITION.c.words).where(
        ADDITION.c.incident_id == incident_id, ADDITION.c.words != ""
    )
    newest = conn.execute(query.order_by(ADDITION.c.id.desc()).limit(number)).scalars()
    return list(newest)[::-1]


def list_additions(conn: Connection, incident_id: int) -> list[Row[Any]]:
    """What was added to a report and by which role, oldest first."""
    query = select(ADDITION, MEMBER.c.role).join_from(
        ADDITION, MEMBER, ADDITION.c.member_id == MEMBER.c.id
    )
    query = query.where(ADDITION.c.incident_id == incident_id)
    return list(conn.execute(query.order_by(ADDITION.c.id)))
