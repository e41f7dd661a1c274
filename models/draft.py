"""Unfinished conversations. A draft is everything a conversation knows; there is none in memory."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, Connection, Index, Row, delete, select, text, update
from sqlmodel import Field, SQLModel

from models.base import coded, insert_row

STATES = ("active", "parked", "discarded")
LIFETIME = timedelta(days=30)
"""After this long without an answer a draft is closed with a notice (our default)."""
REGRET = timedelta(hours=24)
"""How long a cancelled draft can be taken back (our default)."""


class Draft(SQLModel, table=True):
    """One member's unfinished form. Ids are never reused: buttons carry them."""

    __table_args__ = (
        Index(
            "uq_draft_open_form",
            "member_id",
            "form",
            unique=True,
            sqlite_where=text("state != 'discarded'"),
            postgresql_where=text("state != 'discarded'"),
        ),
        Index("ix_draft_updated_at", "updated_at"),
        {"sqlite_autoincrement": True},
    )
    id: int | None = Field(default=None, primary_key=True)
    member_id: int = Field(foreign_key="member.id")
    form: str
    version: int
    state: str = coded("draft_state", STATES)
    params: dict[str, Any] = Field(sa_type=JSON)
    answers: dict[str, Any] = Field(sa_type=JSON)
    held: dict[str, Any] = Field(sa_type=JSON)
    editing: str | None = None
    created_at: datetime
    updated_at: datetime


DRAFT = Draft.__table__  # type: ignore[attr-defined]


def open_drafts(conn: Connection, member_id: int) -> list[Row[Any]]:
    """The member's active and parked drafts, newest first."""
    query = select(DRAFT).where(DRAFT.c.member_id == member_id, DRAFT.c.state != "discarded")
    return list(conn.execute(query.order_by(DRAFT.c.updated_at.desc(), DRAFT.c.id.desc())))


def active_draft(conn: Connection, member_id: int) -> Row[Any] | None:
    """The draft that the member's next plain message answers."""
    query = select(DRAFT).where(DRAFT.c.member_id == member_id, DRAFT.c.state == "active")
    return conn.execute(query).first()


def draft_by_id(conn: Connection, member_id: int, draft_id: int) -> Row[Any] | None:
    """A draft of this member, discarded ones included; nobody else's is ever found."""
    query = select(DRAFT).where(DRAFT.c.id == draft_id, DRAFT.c.member_id == member_id)
    return conn.execute(query).first()


def insert_draft(conn: Connection, **values: Any) -> int:
    """Store a new active draft; its id."""
    return insert_row(conn, DRAFT, state="active", editing=None, **values)


def save_draft(conn: Connection, draft_id: int, **values: Any) -> None:
    """Replace the given columns of a draft."""
    conn.execute(update(DRAFT).where(DRAFT.c.id == draft_id).values(**values))


def park_active(conn: Connection, member_id: int) -> None:
    """Set the member's active draft aside."""
    conn.execute(
        update(DRAFT)
        .where(DRAFT.c.member_id == member_id, DRAFT.c.state == "active")
        .values(state="parked")
    )


def delete_draft(conn: Connection, draft_id: int) -> bool:
    """Remove a draft; False when it was gone already."""
    return conn.execute(delete(DRAFT).where(DRAFT.c.id == draft_id)).rowcount == 1


def drafts_idle_since(
    conn: Connection, cutoff: datetime, *, state: tuple[str, ...]
) -> list[Row[Any]]:
    """Drafts in one of the states that nobody touched since ``cutoff``."""
    query = select(DRAFT).where(DRAFT.c.updated_at < cutoff, DRAFT.c.state.in_(state))
    return list(conn.execute(query.order_by(DRAFT.c.id)))
