"""Cries for help in words: offered the alarm, and raised by the clock when nobody presses it."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, Connection, Index, Row, Text, delete, select, text, update
from sqlmodel import Field, SQLModel

from models.base import coded, insert_row

WAIT = timedelta(seconds=60)
"""How long a cry waits for its writer to press the alarm before it reaches those on duty by itself (our default)."""
KEPT = timedelta(days=7)
"""So long a button under an old cry is known."""
STATES = ("waiting", "pressed", "raised", "dismissed", "filed")
"""``pressed``: the writer pressed the alarm; ``raised``: the clock did; ``dismissed``: the writer said that nobody
need come; ``filed``: words of danger, no cry, that came with a report that reaches people itself."""


class Cry(SQLModel, table=True):
    """What somebody wrote that calls for help; ``calls`` where it asks for people, else it tells of danger.

    The words are kept only while they wait: what comes of them stands in the alarm or the report. ``said_at`` is
    when the last of what the draft holds was said here too: changed since, the draft holds more than the cry.
    """

    __table_args__ = (
        Index(
            "ix_cry_due_at",
            "due_at",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index("ix_cry_member_id", "member_id"),
    )
    id: int | None = Field(default=None, primary_key=True)
    member_id: int = Field(foreign_key="member.id")
    words: str = Field(sa_type=Text)
    files: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    calls: bool
    draft_id: int | None = None
    state: str = coded("cry_state", STATES)
    said_at: datetime
    due_at: datetime


CRY = Cry.__table__  # type: ignore[attr-defined]
_DUE = (
    select(CRY)
    # Said as the index says it: with a bound value SQLite would not use it.
    .where(text("cry.state = 'waiting'"))
    .order_by(CRY.c.due_at)
)


def add_cry(conn: Connection, **values: Any) -> int:
    """Keep a cry that waits for its writer; its id."""
    return insert_row(conn, CRY, state="waiting", draft_id=None, **values)


def waiting_cry(conn: Connection, member_id: int) -> Row[Any] | None:
    """The cry of this member that nobody has answered for yet."""
    mine = select(CRY).where(CRY.c.member_id == member_id, CRY.c.state == "waiting")
    return conn.execute(mine.order_by(CRY.c.id.desc()).limit(1).with_for_update()).first()


def find_cry(conn: Connection, cry_id: int, *, member_id: int) -> Row[Any] | None:
    """One of the member's own cries, held."""
    mine = select(CRY).where(CRY.c.id == cry_id, CRY.c.member_id == member_id)
    return conn.execute(mine.with_for_update()).first()


def add_to_cry(
    conn: Connection, cry: Any, *, words: str, files: list[Any], calls: bool, said_at: datetime
) -> None:
    """Join more words to a cry that waits; they do not make it wait longer."""
    said = "\n".join(filter(None, (cry.words, words)))
    values = {
        "words": said,
        "files": [*cry.files, *files],
        "calls": cry.calls or calls,
        "said_at": said_at,
    }
    conn.execute(update(CRY).where(CRY.c.id == cry.id).values(**values))


def hold_draft(conn: Connection, cry_id: int, draft_id: int) -> None:
    """Note which draft was begun by the same words."""
    conn.execute(update(CRY).where(CRY.c.id == cry_id).values(draft_id=draft_id))


def claim_cry(conn: Connection, cry_id: int, state: str) -> bool:
    """Say what became of a cry that waits, and forget its words here; False when somebody was quicker."""
    waits = update(CRY).where(CRY.c.id == cry_id, CRY.c.state == "waiting")
    return conn.execute(waits.values(state=state, words="", files=[])).rowcount == 1


def file_danger(conn: Connection, member_id: int) -> None:
    """Let words of danger rest whose writer has filed a report; a cry goes on waiting."""
    told = update(CRY).where(
        CRY.c.member_id == member_id, CRY.c.state == "waiting", CRY.c.calls.is_(False)
    )
    conn.execute(told.values(state="filed", words="", files=[]))


def cries_due(conn: Connection, *, now: datetime, limit: int) -> list[Row[Any]]:
    """Cries that waited long enough, the oldest first."""
    return list(conn.execute(_DUE.where(CRY.c.due_at <= now).limit(limit)))


def still_due(conn: Connection, cry_id: int, *, now: datetime) -> bool:
    """Whether a cry waits still and long enough; held until the transaction ends."""
    waits = select(CRY.c.id).where(
        CRY.c.id == cry_id, CRY.c.state == "waiting", CRY.c.due_at <= now
    )
    return conn.execute(waits.with_for_update()).first() is not None


def forget_cries(conn: Connection, *, now: datetime, limit: int) -> int:
    """Drop what is settled and older than KEPT, at most so many; how many."""
    old = select(CRY.c.id).where(CRY.c.state != "waiting", CRY.c.said_at < now - KEPT)
    held = old.order_by(CRY.c.id).limit(limit).with_for_update(skip_locked=True)
    return conn.execute(delete(CRY).where(CRY.c.id.in_(held))).rowcount
