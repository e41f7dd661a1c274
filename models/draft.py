"""Unfinished conversations. A draft is everything a conversation knows; there is none in memory."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, Connection, Index, Row, bindparam, delete, select, text, update
from sqlmodel import Field, SQLModel

from models.base import coded, insert_row
from models.people import MEMBER

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


_MINE = select(DRAFT).where(DRAFT.c.member_id == bindparam("member"))
_OPEN = _MINE.where(DRAFT.c.state != "discarded").order_by(
    DRAFT.c.updated_at.desc(), DRAFT.c.id.desc()
)
_ACTIVE = _MINE.where(DRAFT.c.state == "active")
_ONE = _MINE.where(DRAFT.c.id == bindparam("draft"))
_SAVE = (
    update(DRAFT)
    .where(DRAFT.c.id == bindparam("draft"))
    .values(
        {name: bindparam(f"new_{name}") for name in ("answers", "held", "editing", "updated_at")}
    )
)
_MOVE = (
    update(DRAFT)
    .where(DRAFT.c.id == bindparam("draft"))
    .values(state=bindparam("new_state"), updated_at=bindparam("new_updated_at"))
)
_PARK = (
    update(DRAFT)
    .where(DRAFT.c.member_id == bindparam("member"), DRAFT.c.state == "active")
    .values(state="parked")
)
_DELETE = delete(DRAFT).where(DRAFT.c.id == bindparam("draft"))


def open_drafts(conn: Connection, member_id: int) -> list[Row[Any]]:
    """The member's active and parked drafts, newest first."""
    return list(conn.execute(_OPEN, {"member": member_id}))


def active_draft(conn: Connection, member_id: int) -> Row[Any] | None:
    """The draft that the member's next plain message answers."""
    return conn.execute(_ACTIVE, {"member": member_id}).first()


def draft_by_id(conn: Connection, member_id: int, draft_id: int) -> Row[Any] | None:
    """A draft of this member, discarded ones included; nobody else's is ever found."""
    return conn.execute(_ONE, {"member": member_id, "draft": draft_id}).first()


def drafts_of_removed(conn: Connection, telegram_id: int) -> list[Row[Any]]:
    """What an account that is no member any more had not finished, oldest first."""
    mine = MEMBER.c.telegram_id == telegram_id, MEMBER.c.removed_at.is_not(None)
    query = select(DRAFT).join_from(DRAFT, MEMBER, DRAFT.c.member_id == MEMBER.c.id)
    query = query.where(*mine, DRAFT.c.state != "discarded")
    return list(conn.execute(query.order_by(DRAFT.c.id)))


def insert_draft(conn: Connection, **values: Any) -> int:
    """Store a new active draft; its id."""
    return insert_row(conn, DRAFT, state="active", editing=None, **values)


def save_draft(
    conn: Connection,
    draft_id: int,
    *,
    answers: Mapping[str, Any],
    held: Mapping[str, Any],
    editing: str | None,
    now: datetime,
) -> None:
    """Keep how far a draft has come."""
    values = {"answers": answers, "held": held, "editing": editing, "updated_at": now}
    new = {f"new_{name}": value for name, value in values.items()}
    conn.execute(_SAVE, {"draft": draft_id, **new})


def move_draft(conn: Connection, draft_id: int, state: str, *, now: datetime) -> None:
    """Make a draft active, parked or discarded."""
    conn.execute(_MOVE, {"draft": draft_id, "new_state": state, "new_updated_at": now})


def park_active(conn: Connection, member_id: int) -> None:
    """Set the member's active draft aside."""
    conn.execute(_PARK, {"member": member_id})


def delete_idle(conn: Connection, draft_id: int, cutoff: datetime) -> bool:
    """Remove a draft that nobody has touched since ``cutoff``; False when somebody did, or it was gone already."""
    idle = delete(DRAFT).where(DRAFT.c.id == draft_id, DRAFT.c.updated_at < cutoff)
    return conn.execute(idle).rowcount == 1


def delete_unchanged(conn: Connection, draft_id: int, *, since: datetime) -> bool:
    """Remove a draft of which nothing was answered after that moment; False when something was, or it was gone."""
    same = delete(DRAFT).where(DRAFT.c.id == draft_id, DRAFT.c.updated_at == since)
    return conn.execute(same).rowcount == 1


def delete_draft(conn: Connection, draft_id: int) -> bool:
    """Remove a draft; False when it was gone already."""
    return conn.execute(_DELETE, {"draft": draft_id}).rowcount == 1


def drafts_idle_since(
    conn: Connection, cutoff: datetime, *, state: tuple[str, ...]
) -> list[Row[Any]]:
    """Drafts in one of the states that nobody touched since ``cutoff``."""
    query = select(DRAFT).where(DRAFT.c.updated_at < cutoff, DRAFT.c.state.in_(state))
    return list(conn.execute(query.order_by(DRAFT.c.id)))
