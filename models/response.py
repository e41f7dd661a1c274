"""Who goes to a case, and when they were there."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update
from sqlmodel import Field, SQLModel

from models.base import insert_new
from models.duty import DUTY
from models.people import MEMBER


class Response(SQLModel, table=True):
    """That a member goes to a case, and when they were there."""

    incident_id: int = Field(primary_key=True, foreign_key="incident.id")
    member_id: int = Field(primary_key=True, foreign_key="member.id")
    coming_at: datetime
    on_scene_at: datetime | None = None


RESPONSE = Response.__table__  # type: ignore[attr-defined]


def add_response(conn: Connection, incident_id: int, member_id: int, *, now: datetime) -> bool:
    """Note that a member goes; False when they had said so before."""
    values = {"incident_id": incident_id, "member_id": member_id, "coming_at": now}
    return insert_new(conn, RESPONSE, values)


def note_arrival(conn: Connection, incident_id: int, member_id: int, *, now: datetime) -> bool:
    """Note that a member is there; False when that stood already."""
    mine = (RESPONSE.c.incident_id == incident_id, RESPONSE.c.member_id == member_id)
    here = update(RESPONSE).where(*mine, RESPONSE.c.on_scene_at.is_(None))
    return conn.execute(here.values(on_scene_at=now)).rowcount == 1


def forget_responses(conn: Connection, incident_id: int) -> None:
    """Begin anew: whoever came before has to say so once more. That they came stays in the log."""
    conn.execute(delete(RESPONSE).where(RESPONSE.c.incident_id == incident_id))


def still_coming(conn: Connection, incident_id: int) -> set[int]:
    """Who goes and can be counted on: reachable, not left, and not gone off duty since they said so."""
    gone_off = select(DUTY.c.id).where(
        DUTY.c.member_id == RESPONSE.c.member_id, DUTY.c.ended_at >= RESPONSE.c.coming_at
    )
    on_again = select(DUTY.c.id).where(
        DUTY.c.member_id == RESPONSE.c.member_id, DUTY.c.ended_at.is_(None)
    )
    query = (
        select(RESPONSE.c.member_id)
        .join_from(RESPONSE, MEMBER, RESPONSE.c.member_id == MEMBER.c.id)
        .where(
            RESPONSE.c.incident_id == incident_id,
            MEMBER.c.removed_at.is_(None),
            MEMBER.c.unreachable_at.is_(None),
            ~gone_off.exists() | on_again.exists(),
        )
    )
    return set(conn.execute(query).scalars())


def list_responses(conn: Connection, incident_id: int) -> list[Row[Any]]:
    """Who goes, in the order they said so."""
    query = (
        select(
            RESPONSE,
            MEMBER.c.display_name.label("name"),
            MEMBER.c.role,
            MEMBER.c.telegram_id,
        )
        .join_from(RESPONSE, MEMBER, RESPONSE.c.member_id == MEMBER.c.id)
        .where(RESPONSE.c.incident_id == incident_id)
    )
    return list(conn.execute(query.order_by(RESPONSE.c.coming_at, RESPONSE.c.member_id)))
