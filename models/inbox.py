"""Updates as Telegram handed them over: stored before they are confirmed, done exactly once."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    Index,
    Row,
    Text,
    bindparam,
    delete,
    insert,
    select,
    text,
    update,
)
from sqlmodel import Field, SQLModel

from models.base import coded

STATES = ("new", "done", "bad")
KEPT = timedelta(days=14)
"""Ids are remembered this long to recognise a repeated update; Telegram restarts ids only after an idle week."""


class InboxUpdate(SQLModel, table=True):
    """One update; the payload is dropped as soon as it is done."""

    __tablename__ = "inbox"
    __table_args__ = (
        Index(
            "ix_inbox_new",
            "id",
            sqlite_where=text("state = 'new'"),
            postgresql_where=text("state = 'new'"),
        ),
        Index("ix_inbox_received_at", "received_at"),
        {"sqlite_autoincrement": True},
    )
    id: int | None = Field(default=None, primary_key=True)
    update_id: int = Field(sa_type=BigInteger, unique=True)
    chat_id: int = Field(sa_type=BigInteger)
    payload: str | None = Field(default=None, sa_type=Text)
    state: str = coded("inbox_state", STATES)
    received_at: datetime
    error: str | None = None


INBOX = InboxUpdate.__table__  # type: ignore[attr-defined]
_SEEN = select(INBOX.c.update_id).where(INBOX.c.update_id.in_(bindparam("ids", expanding=True)))
_STORE = insert(INBOX)
_DONE = (
    update(INBOX)
    .where(INBOX.c.update_id == bindparam("which"), INBOX.c.state == "new")
    .values(state="done", payload=None)
)


def store_updates(conn: Connection, rows: Sequence[dict[str, Any]]) -> list[int]:
    """Store updates; the update ids not seen before, in the order given."""
    ids = [row["update_id"] for row in rows]
    seen = set(conn.execute(_SEEN, {"ids": ids}).scalars())
    # Keyed by id: a batch may itself hold an update twice.
    fresh = {row["update_id"]: row for row in rows if row["update_id"] not in seen}
    if fresh:
        conn.execute(_STORE, list(fresh.values()))
    return list(fresh)


def mark_done(conn: Connection, update_id: int) -> bool:
    """Mark an update as done; False when it already was (a duplicate)."""
    return conn.execute(_DONE, {"which": update_id}).rowcount == 1


def mark_bad(conn: Connection, update_id: int, error: str) -> None:
    """Set an update aside that cannot be processed, with what went wrong; its payload is kept."""
    conn.execute(
        update(INBOX)
        .where(INBOX.c.update_id == update_id, INBOX.c.state == "new")
        .values(state="bad", error=error)
    )


def unfinished_updates(conn: Connection) -> list[Row[Any]]:
    """What a former process had stored but not done, oldest first."""
    query = select(INBOX.c.update_id, INBOX.c.chat_id, INBOX.c.payload)
    return list(conn.execute(query.where(INBOX.c.state == "new").order_by(INBOX.c.id)))


def forget_updates(conn: Connection, *, now: datetime, limit: int) -> int:
    """Drop ids older than KEPT, at most so many; how many."""
    old = select(INBOX.c.id).where(INBOX.c.received_at < now - KEPT, INBOX.c.state != "new")
    return conn.execute(
        delete(INBOX).where(INBOX.c.id.in_(old.limit(limit).with_for_update(skip_locked=True)))
    ).rowcount
