"""Which buttons stand under the newest messages of a private chat: a label that is typed counts as its press."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, BigInteger, Connection, Index, bindparam, delete, insert, select
from sqlmodel import Field, SQLModel

KEPT = timedelta(days=1)
_LOOKED_AT = 5
"""Messages back that a person may still have before their eyes (our default)."""


class Shown(SQLModel, table=True):
    """One message with buttons: what each is called, in plain characters, and what its press brings back.

    A form's own buttons are left out: its question knows them, and their labels may hold answers.
    """

    __table_args__ = (Index("ix_shown_chat_id_id", "chat_id", "id"), {"sqlite_autoincrement": True})
    id: int | None = Field(default=None, primary_key=True)
    chat_id: int = Field(sa_type=BigInteger)
    buttons: dict[str, str] = Field(sa_type=JSON)
    at: datetime


SHOWN = Shown.__table__  # type: ignore[attr-defined]
_STORE = insert(SHOWN)
_NEWEST = (
    select(SHOWN.c.buttons)
    .where(SHOWN.c.chat_id == bindparam("chat"), SHOWN.c.at > bindparam("since"))
    .order_by(SHOWN.c.id.desc())
    .limit(_LOOKED_AT)
)


def note_shown(conn: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Store what was shown: rows of chat_id, buttons, at. Only added to: two alarms never wait for each other."""
    if rows:
        conn.execute(_STORE, list(rows))


def newest_shown(conn: Connection, chat_id: int, *, now: datetime) -> list[dict[str, str]]:
    """The buttons of the newest messages of a chat that had any, newest first."""
    return list(conn.execute(_NEWEST, {"chat": chat_id, "since": now - KEPT}).scalars())


def forget_shown(conn: Connection, *, now: datetime, limit: int) -> int:
    """Drop what is older than KEPT, at most so many; how many."""
    old = select(SHOWN.c.id).where(SHOWN.c.at < now - KEPT).order_by(SHOWN.c.id).limit(limit)
    held = old.with_for_update(skip_locked=True)
    return conn.execute(delete(SHOWN).where(SHOWN.c.id.in_(held))).rowcount
