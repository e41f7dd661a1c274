"""Asking that a paper be waived: one person gives the reason, a second one decides."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Index, Row, select, text, update
from sqlmodel import Field, SQLModel

from models.base import insert_new
from models.obligation import OBLIGATION


class Waiver(SQLModel, table=True):
    """One request; ``granted`` is empty while nobody has decided. A paper has one open request at a time."""

    __table_args__ = (
        Index(
            "uq_waiver_open",
            "obligation_id",
            unique=True,
            sqlite_where=text("decided_at IS NULL"),
            postgresql_where=text("decided_at IS NULL"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    obligation_id: int = Field(foreign_key="obligation.id", index=True)
    reason: str
    asked_by: int = Field(foreign_key="member.id")
    asked_at: datetime
    granted: bool | None = None
    decided_by: int | None = Field(default=None, foreign_key="member.id")
    decided_at: datetime | None = None


WAIVER = Waiver.__table__  # type: ignore[attr-defined]


def ask_waiver(
    conn: Connection, obligation_id: int, *, reason: str, member_id: int, now: datetime
) -> bool:
    """Keep a request; False while an earlier one waits."""
    row = {"obligation_id": obligation_id, "reason": reason}
    return insert_new(conn, WAIVER, {**row, "asked_by": member_id, "asked_at": now})


def open_waiver(conn: Connection, obligation_id: int) -> Row[Any] | None:
    """The request that waits for a second person, or None."""
    mine = (WAIVER.c.obligation_id == obligation_id, WAIVER.c.decided_at.is_(None))
    return conn.execute(select(WAIVER).where(*mine)).first()


def waiver_by_id(conn: Connection, hospital_id: int, waiver_id: int) -> Row[Any] | None:
    """One request of this hospital."""
    query = select(WAIVER).join_from(WAIVER, OBLIGATION)
    mine = (WAIVER.c.id == waiver_id, OBLIGATION.c.hospital_id == hospital_id)
    return conn.execute(query.where(*mine)).first()


def open_waivers(conn: Connection, hospital_id: int) -> Sequence[Row[Any]]:
    """The requests of a hospital that wait, oldest first."""
    query = select(WAIVER).join_from(WAIVER, OBLIGATION)
    mine = (OBLIGATION.c.hospital_id == hospital_id, WAIVER.c.decided_at.is_(None))
    return conn.execute(query.where(*mine).order_by(WAIVER.c.id)).all()


def decide_waiver(
    conn: Connection, waiver_id: int, *, granted: bool, member_id: int, now: datetime
) -> bool:
    """Close a request; False when somebody has decided before, or it is the asker's own."""
    mine = update(WAIVER).where(
        WAIVER.c.id == waiver_id,
        WAIVER.c.decided_at.is_(None),
        WAIVER.c.asked_by != member_id,
    )
    values = {"granted": granted, "decided_by": member_id, "decided_at": now}
    return conn.execute(mine.values(**values)).rowcount == 1
