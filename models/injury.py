"""People hurt in a case: who they are to the hospital and how badly, never their names."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update
from sqlmodel import Field, SQLModel

from models.base import coded, insert_row
from models.incident import INCIDENT

HARMED = ("staff", "patient", "visitor")
HARMS = ("none", "mild", "moderate", "severe", "death")
"""Degree of harm as WHO's conceptual framework for patient safety grades it (2009)."""
SEVERITY_BY_HARM = {"severe": "major", "death": "extreme"}
"""The severity that a degree of harm proposes at least (our default)."""


class Injury(SQLModel, table=True):
    """Somebody hurt. One entered by mistake stays, marked withdrawn, with who withdrew it."""

    id: int | None = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incident.id", index=True)
    draft_id: int = Field(unique=True)
    who: str = coded("harmed", HARMED)
    harm: str = coded("harm", HARMS)
    member_id: int = Field(foreign_key="member.id")
    at: datetime
    withdrawn_at: datetime | None = None
    withdrawn_by: int | None = Field(default=None, foreign_key="member.id")


INJURY = Injury.__table__  # type: ignore[attr-defined]


def add_injury(conn: Connection, **values: Any) -> int:
    """Note somebody hurt; the row's id."""
    return insert_row(conn, INJURY, **values)


def list_injuries(conn: Connection, incident_id: int) -> list[Row[Any]]:
    """Who was hurt in a case, those withdrawn left out."""
    query = select(INJURY).where(
        INJURY.c.incident_id == incident_id, INJURY.c.withdrawn_at.is_(None)
    )
    return list(conn.execute(query.order_by(INJURY.c.id)))


def find_injury(conn: Connection, hospital_id: int, injury_id: int) -> Row[Any] | None:
    """One entry of this hospital with its record's number; never another hospital's."""
    query = select(INJURY, INCIDENT.c.number).join_from(
        INJURY, INCIDENT, INJURY.c.incident_id == INCIDENT.c.id
    )
    mine = query.where(INJURY.c.id == injury_id, INCIDENT.c.hospital_id == hospital_id)
    return conn.execute(mine).first()


def withdraw_injury(conn: Connection, injury_id: int, *, by: int, now: datetime) -> bool:
    """Mark an entry as withdrawn; False when it was before."""
    standing = update(INJURY).where(INJURY.c.id == injury_id, INJURY.c.withdrawn_at.is_(None))
    return conn.execute(standing.values(withdrawn_at=now, withdrawn_by=by)).rowcount == 1


def injured_ids(conn: Connection, incident_ids: Iterable[int]) -> set[int]:
    """Which of these cases have somebody hurt."""
    query = select(INJURY.c.incident_id).where(
        INJURY.c.incident_id.in_(list(incident_ids)), INJURY.c.withdrawn_at.is_(None)
    )
    return set(conn.execute(query).scalars())


def count_harmed(injuries: Iterable[Any]) -> Counter[tuple[str, str]]:
    """How many of whom were hurt how badly, in the order of HARMED and from the gravest degree down."""
    found = Counter((row.who, row.harm) for row in injuries)
    order = [(who, harm) for who in HARMED for harm in reversed(HARMS)]
    return Counter({key: found[key] for key in order if found[key]})
