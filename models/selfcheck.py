"""Finished self-checks: the answers given against one pinned rubric version."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Connection, Row, select
from sqlmodel import Field, SQLModel

from models.base import insert_row


class SelfCheck(SQLModel, table=True):
    """One finished self-check; a later one of the same year takes its place in the score, never its row."""

    __tablename__ = "self_check"
    id: int | None = Field(default=None, primary_key=True)
    hospital_id: int = Field(foreign_key="hospital.id", index=True)
    member_id: int = Field(foreign_key="member.id")
    draft_id: int = Field(unique=True)
    year: int
    rubric: str
    rubric_hash: str
    level: int
    answers: dict[str, Any] = Field(sa_type=JSON)
    started_at: datetime
    finished_at: datetime


SELF_CHECK = SelfCheck.__table__  # type: ignore[attr-defined]


def insert_self_check(conn: Connection, **values: Any) -> int:
    """Store a finished self-check; its id."""
    return insert_row(conn, SELF_CHECK, **values)


def latest_self_check(
    conn: Connection, hospital_id: int, year: int, *, at: datetime
) -> Row[Any] | None:
    """The newest self-check of a year finished by ``at``."""
    query = select(SELF_CHECK).where(
        SELF_CHECK.c.hospital_id == hospital_id,
        SELF_CHECK.c.year == year,
        SELF_CHECK.c.finished_at <= at,
    )
    return conn.execute(query.order_by(SELF_CHECK.c.id.desc()).limit(1)).first()
