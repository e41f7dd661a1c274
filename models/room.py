"""A hospital's operations room: the one Telegram group where alarms and case cards go as well."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Connection, Row, bindparam, delete, select, update
from sqlmodel import Field, SQLModel

from models.audit import AUDIT

BOUND = "room.bound"
"""The audit's word for a group that became a room; its subject is the group."""


class Room(SQLModel, table=True):
    """The group bound to a hospital; ``topics`` opens one topic per case where the group is a forum."""

    hospital_id: int = Field(primary_key=True, foreign_key="hospital.id")
    chat_id: int = Field(sa_type=BigInteger, unique=True)
    title: str
    topics: bool
    locale: str
    bound_by: int = Field(foreign_key="member.id")
    bound_at: datetime


class Topic(SQLModel, table=True):
    """The topic of one case in a room: ``outbox_id`` is the call that opened it."""

    incident_id: int = Field(
        primary_key=True, foreign_key="incident.id", sa_column_kwargs={"autoincrement": False}
    )
    chat_id: int = Field(sa_type=BigInteger)
    outbox_id: int


ROOM = Room.__table__  # type: ignore[attr-defined]
TOPIC = Topic.__table__  # type: ignore[attr-defined]
_OF = select(ROOM).where(ROOM.c.hospital_id == bindparam("hospital"))


def find_room(conn: Connection, hospital_id: int) -> Row[Any] | None:
    """The hospital's room, or None."""
    return conn.execute(_OF, {"hospital": hospital_id}).first()


def room_of_chat(conn: Connection, chat_id: int) -> Row[Any] | None:
    """The room that a group is, or None."""
    return conn.execute(select(ROOM).where(ROOM.c.chat_id == chat_id)).first()


def was_room(conn: Connection, chat_id: int) -> bool:
    """Whether a group has ever been a hospital's room."""
    query = select(AUDIT.c.id).where(AUDIT.c.action == BOUND, AUDIT.c.subject == str(chat_id))
    return conn.execute(query.limit(1)).first() is not None


def bind_room(conn: Connection, **values: Any) -> Row[Any] | None:
    """Bind a group to a hospital in place of a former one, which is returned."""
    of_hospital = delete(ROOM).where(ROOM.c.hospital_id == values["hospital_id"])
    former = conn.execute(of_hospital.returning(ROOM)).first()
    conn.execute(ROOM.insert().values(**values))
    return former


def free_room(conn: Connection, chat_id: int) -> bool:
    """Unbind a group; False when it was none."""
    return conn.execute(delete(ROOM).where(ROOM.c.chat_id == chat_id)).rowcount == 1


def move_room(conn: Connection, old: int, new: int) -> None:
    """Follow a group that became a supergroup; where that was bound meanwhile, its own binding stands."""
    if room_of_chat(conn, new) is not None:
        free_room(conn, old)
    conn.execute(update(ROOM).where(ROOM.c.chat_id == old).values(chat_id=new))


def add_topic(conn: Connection, **values: Any) -> None:
    """Note which call opens a case's topic."""
    conn.execute(TOPIC.insert().values(**values))


def find_topic(conn: Connection, incident_id: int) -> Row[Any] | None:
    """The topic of a case, or None."""
    return conn.execute(select(TOPIC).where(TOPIC.c.incident_id == incident_id)).first()
