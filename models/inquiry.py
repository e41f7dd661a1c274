"""Questions to whoever reported (问上报人): what somebody on the case wants to know, and whether it was answered."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Text, bindparam, exists, select, update
from sqlmodel import Field, SQLModel

from models.base import insert_row
from models.incident import ADDITION, INCIDENT
from models.outbox import OUTBOX
from models.people import MEMBER


class Inquiry(SQLModel, table=True):
    """One question about a record; its answers are the additions that name it, ``outbox_id`` the message that asks.

    ``lost_at`` is when whoever asked was told that it cannot be delivered.
    """

    id: int | None = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incident.id", index=True)
    asker_id: int = Field(foreign_key="member.id")
    words: str = Field(sa_type=Text)
    outbox_id: int
    asked_at: datetime = Field(index=True)
    lost_at: datetime | None = None


INQUIRY = Inquiry.__table__  # type: ignore[attr-defined]
_ANSWERED = exists().where(ADDITION.c.inquiry_id == INQUIRY.c.id)
_INQUIRIES: Any = (
    select(
        INQUIRY,
        INCIDENT.c.number,
        INCIDENT.c.reporter_id,
        INCIDENT.c.hospital_id,
        MEMBER.c.role.label("asker_role"),
        OUTBOX.c.state.label("delivery"),
        _ANSWERED.label("answered"),
    )
    .select_from(
        INQUIRY.join(INCIDENT, INQUIRY.c.incident_id == INCIDENT.c.id)
        .join(MEMBER, INQUIRY.c.asker_id == MEMBER.c.id)
        .join(OUTBOX, INQUIRY.c.outbox_id == OUTBOX.c.id)
    )
    .order_by(INQUIRY.c.id)
)
_OF_CASE = _INQUIRIES.where(INQUIRY.c.incident_id == bindparam("which"))
_REPLIED = _INQUIRIES.where(
    INCIDENT.c.reporter_id == bindparam("reporter"),
    OUTBOX.c.chat_id == bindparam("chat"),
    OUTBOX.c.message_id == bindparam("message"),
)
_LOST = _INQUIRIES.where(
    INQUIRY.c.asked_at >= bindparam("since"),
    INQUIRY.c.lost_at.is_(None),
    OUTBOX.c.state == "dead",
    ~_ANSWERED,
)


def insert_inquiry(conn: Connection, **values: Any) -> int:
    """Store a question; its id."""
    return insert_row(conn, INQUIRY, **values)


def list_inquiries(conn: Connection, incident_id: int) -> list[Row[Any]]:
    """The questions about a record in the order they were asked, with who asked and what became of each."""
    return list(conn.execute(_OF_CASE, {"which": incident_id}))


def own_inquiry(conn: Connection, reporter_id: int, inquiry_id: int) -> Row[Any] | None:
    """A question to this member about a record of theirs."""
    query = _INQUIRIES.where(INQUIRY.c.id == inquiry_id, INCIDENT.c.reporter_id == reporter_id)
    return conn.execute(query).first()


def replied_inquiry(
    conn: Connection, reporter_id: int, *, chat_id: int, message_id: int
) -> Row[Any] | None:
    """The question to this member that a message in their chat is."""
    asked = {"reporter": reporter_id, "chat": chat_id, "message": message_id}
    return conn.execute(_REPLIED, asked).first()


def lost_inquiries(conn: Connection, *, since: datetime) -> list[Row[Any]]:
    """Questions asked since then that could not be delivered, of which the one who asked has not been told."""
    return list(conn.execute(_LOST, {"since": since}))


def claim_lost(conn: Connection, inquiry_id: int, *, now: datetime) -> bool:
    """Note that whoever asked is told that a question is lost; False where they were already."""
    mine = update(INQUIRY).where(INQUIRY.c.id == inquiry_id, INQUIRY.c.lost_at.is_(None))
    return conn.execute(mine.values(lost_at=now)).rowcount == 1


def set_message(conn: Connection, inquiry_id: int, outbox_id: int) -> None:
    """Note which message asks a question."""
    mine = update(INQUIRY).where(INQUIRY.c.id == inquiry_id)
    conn.execute(mine.values(outbox_id=outbox_id))
