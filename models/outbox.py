"""Messages owed to people: written with the record that causes them, sent at least once."""

from collections.abc import Iterator
from dataclasses import dataclass
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
    exists,
    select,
    text,
    update,
)
from sqlmodel import Field, SQLModel

from models.base import coded, insert_row

STATES = ("queued", "sent", "dead", "overtaken", "revoked")
"""``overtaken``: a later edit of the same message took its place; ``revoked``: taken back before it left."""
KEPT = timedelta(days=7)
_LAST_WORDS = ("editMessageText", "deleteMessage")
"""What leaves nothing of an earlier edit, whatever that changed."""
_DEEP = 8
"""How far what a message follows is itself followed back."""


class OutboxMessage(SQLModel, table=True):
    """One call to the Bot API; a lower ``priority`` leaves first. The payload goes once it is settled.

    ``message_id`` is what Telegram called it: the message's, of ``createForumTopic`` the thread's.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        Index(
            "ix_outbox_queued",
            "id",
            sqlite_where=text("state = 'queued'"),
            postgresql_where=text("state = 'queued'"),
        ),
        Index(
            "ix_outbox_topic",
            "topic",
            sqlite_where=text("topic IS NOT NULL"),
            postgresql_where=text("topic IS NOT NULL"),
        ),
        Index(
            "ix_outbox_follows",
            "follows",
            sqlite_where=text("follows IS NOT NULL"),
            postgresql_where=text("follows IS NOT NULL"),
        ),
        Index(
            "ix_outbox_passing",
            "created_at",
            sqlite_where=text("kept IS 0"),
            postgresql_where=text("kept IS false"),
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
    follows: int | None = None
    topic: str | None = None
    kept: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """How a message stands that depends on others: ``followed`` is what it follows, what that follows, and so on."""

    queued: bool
    overtaken: bool
    followed: tuple[Row[Any], ...]


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
_COLUMNS = (
    OUTBOX.c.id,
    OUTBOX.c.chat_id,
    OUTBOX.c.priority,
    OUTBOX.c.method,
    OUTBOX.c.payload,
    OUTBOX.c.follows,
    OUTBOX.c.topic,
)
_STATE = select(OUTBOX.c.state).where(OUTBOX.c.id == bindparam("which"))
_FOLLOWED: Any = select(
    OUTBOX.c.id, OUTBOX.c.method, OUTBOX.c.state, OUTBOX.c.message_id, OUTBOX.c.follows
).where(OUTBOX.c.id == bindparam("which"))
_NEWER = select(
    exists().where(
        OUTBOX.c.follows == bindparam("followed"),
        OUTBOX.c.id > bindparam("which"),
        OUTBOX.c.method.in_((*_LAST_WORDS, bindparam("same"))),
        OUTBOX.c.state.in_(("queued", "sent", "overtaken")),
    )
)


def enqueue(conn: Connection, rows: list[dict[str, Any]]) -> list[int]:
    """Store messages to be sent; their ids, in the order given."""
    return [insert_row(conn, OUTBOX, **row) for row in rows]


def queued_after(conn: Connection, last_id: int, *, limit: int) -> list[Row[Any]]:
    """Messages still to be sent with an id above ``last_id``, oldest first."""
    query = select(*_COLUMNS).where(OUTBOX.c.state == "queued", OUTBOX.c.id > last_id)
    return list(conn.execute(query.order_by(OUTBOX.c.id).limit(limit)))


def queued_payloads(conn: Connection, method: str) -> list[dict[str, Any]]:
    """What is still to be sent by a method."""
    query = select(OUTBOX.c.payload).where(OUTBOX.c.state == "queued", OUTBOX.c.method == method)
    return list(conn.execute(query).scalars())


def standing(conn: Connection, which: int, *, method: str, follows: int | None) -> Standing:
    """How a message stands now; 0 is one that is not stored, which nobody can take back.

    An edit is overtaken where a later one of the same message is queued or gone already.
    """
    state = conn.execute(_STATE, {"which": which}).scalar() if which else "queued"
    overtaken = False
    if which and follows is not None and method.startswith("edit"):
        asked = {"which": which, "followed": follows, "same": method}
        overtaken = bool(conn.execute(_NEWER, asked).scalar())
    followed = tuple(_walk_back(conn, follows))
    return Standing(queued=state == "queued", overtaken=overtaken, followed=followed)


def _walk_back(conn: Connection, follows: int | None) -> Iterator[Row[Any]]:
    for _step in range(_DEEP):
        row = follows and conn.execute(_FOLLOWED, {"which": follows}).first()
        if not row:
            return
        yield row
        follows = row.follows


def settle(conn: Connection, outcomes: list[dict[str, Any]]) -> None:
    """Write what became of messages: rows of which, new_state, at, message, why."""
    conn.execute(_SENT, outcomes)


def revoke(conn: Connection, topic: str) -> int:
    """Take back what is queued under a topic; how many. What is in flight at this moment still arrives."""
    queued = update(OUTBOX).where(OUTBOX.c.topic == topic, OUTBOX.c.state == "queued")
    return conn.execute(queued.values(state="revoked", payload=None)).rowcount


def forget_sent(conn: Connection, *, now: datetime, limit: int) -> int:
    """Drop what was settled longer ago than KEPT and is not to be kept, at most so many; how many."""
    old = select(OUTBOX.c.id).where(
        OUTBOX.c.state != "queued", OUTBOX.c.created_at < now - KEPT, OUTBOX.c.kept.is_(False)
    )
    return conn.execute(
        delete(OUTBOX).where(OUTBOX.c.id.in_(old.limit(limit).with_for_update(skip_locked=True)))
    ).rowcount
