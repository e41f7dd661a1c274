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
    """One update; the payload is dropped as soon as it is done.

    Of a message a ``digest`` stays: it tells an edit that changed something from one that did not.
    """

    __tablename__ = "inbox"
    __table_args__ = (
        Index(
            "ix_inbox_new",
            "id",
            sqlite_where=text("state = 'new'"),
            postgresql_where=text("state = 'new'"),
        ),
        Index(
            "ix_inbox_message",
            "chat_id",
            "message_id",
            sqlite_where=text("message_id IS NOT NULL"),
            postgresql_where=text("message_id IS NOT NULL"),
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
    message_id: int | None = Field(default=None, sa_type=BigInteger)
    digest: str | None = None
    error: str | None = None


INBOX = InboxUpdate.__table__  # type: ignore[attr-defined]
_SEEN = select(INBOX.c.update_id).where(INBOX.c.update_id.in_(bindparam("ids", expanding=True)))
_STORE = insert(INBOX)
_DONE = (
    update(INBOX)
    .where(INBOX.c.update_id == bindparam("which"), INBOX.c.state == "new")
    .values(state="done", payload=None)
)
_EDIT = select(INBOX.c.id, INBOX.c.chat_id, INBOX.c.message_id, INBOX.c.digest).where(
    INBOX.c.update_id == bindparam("which")
)
_BEFORE = (
    select(INBOX.c.digest)
    .where(
        INBOX.c.chat_id == bindparam("chat"),
        INBOX.c.message_id == bindparam("message"),
        INBOX.c.id < bindparam("edit"),
    )
    .order_by(INBOX.c.id.desc())
    .limit(1)
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


def changes_message(conn: Connection, update_id: int) -> bool:
    """Whether an edit says something else than the message did before; of one not remembered it is taken to."""
    edit = conn.execute(_EDIT, {"which": update_id}).first()
    if edit is None or edit.digest is None:
        return True
    known = {"chat": edit.chat_id, "message": edit.message_id, "edit": edit.id}
    return bool(conn.execute(_BEFORE, known).scalar() != edit.digest)


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
