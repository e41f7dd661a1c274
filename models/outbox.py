"""Messages owed to people: written with the record that causes them, sent at least once."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Connection,
    Index,
    Row,
    bindparam,
    delete,
    select,
    text,
    update,
)
from sqlmodel import Field, SQLModel

from models.base import coded, insert_row

STATES = ("queued", "sent", "dead")
KEPT = timedelta(days=7)


class OutboxMessage(SQLModel, table=True):
    """One call to the Bot API; a lower ``priority`` leaves first. The payload goes once it is sent."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index(
            "ix_outbox_queued",
            "id",
            sqlite_where=text("state = 'queued'"),
            postgresql_where=text("state = 'queued'"),
        ),
        {"sqlite_autoincrement": True},
    )
    id: int | None = Field(default=None, primary_key=True)
    chat_id: int = Field(sa_type=BigInteger)
    priority: int
    method: str
    payload: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    state: str = coded("outbox_state", STATES)
    created_at: datetime
    sent_at: datetime | None = None
    message_id: int | None = Field(default=None, sa_type=BigInteger)
    error: str | None = None


OUTBOX = OutboxMessage.__table__  # type: ignore[attr-defined]
_SENT = (
    update(OUTBOX)
    .where(OUTBOX.c.id == bindparam("which"))
    .values(
        state=bindparam("new_state"),
        sent_at=bindparam("at"),
        message_id=bindparam("message"),
        error=bindparam("why"),
        payload=None,
    )
)
_COLUMNS = (OUTBOX.c.id, OUTBOX.c.chat_id, OUTBOX.c.priority, OUTBOX.c.method, OUTBOX.c.payload)


def enqueue(conn: Connection, rows: list[dict[str, Any]]) -> list[int]:
    """Store messages to be sent; their ids, in the order given."""
    return [insert_row(conn, OUTBOX, **row) for row in rows]


def queued_after(conn: Connection, last_id: int, *, limit: int) -> list[Row[Any]]:
    """Messages still to be sent with an id above ``last_id``, oldest first."""
    query = select(*_COLUMNS).where(OUTBOX.c.state == "queued", OUTBOX.c.id > last_id)
    return list(conn.execute(query.order_by(OUTBOX.c.id).limit(limit)))


def settle(conn: Connection, outcomes: list[dict[str, Any]]) -> None:
    """Write what became of messages: rows of which, new_state, at, message, why."""
    conn.execute(_SENT, outcomes)


def forget_sent(conn: Connection, *, now: datetime) -> int:
    """Drop what was sent or given up longer ago than KEPT; how many."""
    old = delete(OUTBOX).where(OUTBOX.c.state != "queued", OUTBOX.c.created_at < now - KEPT)
    return conn.execute(old).rowcount
