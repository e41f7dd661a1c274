"""Threats and people to watch (重点人员): sensitive, read only by those who must act on them."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Connection, LargeBinary, Row, select
from sqlmodel import Field, SQLModel

from models.base import insert_row

FACTORS = ("repeated_demands", "extreme_acts", "threatened_violence", "violent_tendency")
"""001: 多次反映诉求、有过激行为或扬言暴力伤医以及有潜在暴力倾向的人群."""
READERS = ("officer", "admin")


class Threat(SQLModel, table=True):
    """A threat; where it was and what was said are sealed with the field-encryption key."""

    id: int | None = Field(default=None, primary_key=True)
    number: str = Field(unique=True)
    hospital_id: int = Field(foreign_key="hospital.id", index=True)
    department_id: int | None = Field(default=None, foreign_key="department.id")
    reporter_id: int = Field(foreign_key="member.id", index=True)
    draft_id: int = Field(unique=True)
    factors: list[str] = Field(sa_type=JSON)
    escort: bool
    place_sealed: bytes = Field(sa_type=LargeBinary)
    account_sealed: bytes = Field(sa_type=LargeBinary)
    reported_at: datetime


THREAT = Threat.__table__  # type: ignore[attr-defined]


def insert_threat(conn: Connection, **values: Any) -> int:
    """Store a threat; its id."""
    return insert_row(conn, THREAT, **values)


def threat_by_number(conn: Connection, hospital_id: int, number: str) -> Row[Any] | None:
    """One threat of this hospital; never another hospital's."""
    query = select(THREAT).where(THREAT.c.hospital_id == hospital_id, THREAT.c.number == number)
    return conn.execute(query).first()


def own_threats(conn: Connection, member_id: int, *, limit: int) -> list[Row[Any]]:
    """The member's newest threats, without what is sealed."""
    query = select(THREAT.c.number, THREAT.c.reported_at).where(THREAT.c.reporter_id == member_id)
    return list(conn.execute(query.order_by(THREAT.c.id.desc()).limit(limit)))
