"""Albums: several photos sent at once arrive as messages of their own and belong to one thing."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Connection,
    Row,
    bindparam,
    delete,
    insert,
    select,
    tuple_,
    update,
)
from sqlmodel import Field, SQLModel

KEPT = timedelta(days=1)
"""The parts of an album come within seconds; one that waited out a downtime, within a day."""
DRAFT = "draft"
NOTHING = ""
"""The subject of an album whose first part nothing took."""


class Album(SQLModel, table=True):
    """What the first part of an album became: a draft, later the record made of it.

    ``outbox_id`` is the answer to it, which later parts bring up to date; ``reply`` is what that says, where it can
    not be made anew.
    """

    chat_id: int = Field(sa_type=BigInteger, primary_key=True)
    media_group_id: str = Field(primary_key=True)
    subject: str
    subject_id: int | None = None
    outbox_id: int | None = None
    reply: dict[str, Any] | None = Field(default=None, sa_type=JSON(none_as_null=True))
    at: datetime


ALBUM = Album.__table__  # type: ignore[attr-defined]
_THIS = (
    ALBUM.c.chat_id == bindparam("chat"),
    ALBUM.c.media_group_id == bindparam("name"),
)


def find_album(conn: Connection, chat_id: int, name: str) -> Row[Any] | None:
    """What the parts of an album before this one became; None for the first."""
    return conn.execute(select(ALBUM).where(*_THIS), {"chat": chat_id, "name": name}).first()


def settle_album(
    conn: Connection, chat_id: int, name: str, *, subject: str, subject_id: int | None, at: datetime
) -> None:
    """Note what an album belongs to from now on; the answer to what it was before is no longer its own."""
    now = {"subject": subject, "subject_id": subject_id, "outbox_id": None, "reply": None}
    known = {"chat": chat_id, "name": name}
    if not conn.execute(update(ALBUM).where(*_THIS).values(**now), known).rowcount:
        row = {"chat_id": chat_id, "media_group_id": name, "at": at, **now}
        conn.execute(insert(ALBUM).values(**row))


def answer_album(
    conn: Connection, chat_id: int, name: str, *, outbox_id: int, reply: dict[str, Any] | None
) -> None:
    """Note the message that answers an album."""
    conn.execute(
        update(ALBUM).where(*_THIS).values(outbox_id=outbox_id, reply=reply),
        {"chat": chat_id, "name": name},
    )


def forget_albums(conn: Connection, *, now: datetime, limit: int) -> int:
    """Drop what is older than KEPT, at most so many; how many."""
    old = select(ALBUM.c.chat_id, ALBUM.c.media_group_id).where(ALBUM.c.at < now - KEPT)
    held = old.limit(limit).with_for_update(skip_locked=True)
    key = tuple_(ALBUM.c.chat_id, ALBUM.c.media_group_id)
    return conn.execute(delete(ALBUM).where(key.in_(held))).rowcount
