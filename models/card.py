"""The copies of a case's card: in which chat each is, and which step of the chain brought it there."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Connection, Row, UniqueConstraint, select, update
from sqlmodel import Field, SQLModel

from models.outbox import OUTBOX
from models.people import MEMBER

REPORTER, QUIET, ROOM, PIN = -1, -2, -3, -4
"""Levels of what no chain step brought: the reporter's own card, the cards of those who are told without being
called, the operations room's, and the place shown on a map."""


class Card(SQLModel, table=True):
    """One copy of a case's card in one chat; ``level`` is the chain step that brought it, below 0 none.

    A ``superseded`` one has been changed to point to a newer copy in its chat.
    """

    __table_args__ = (UniqueConstraint("incident_id", "chat_id", "round", "level"),)
    id: int | None = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incident.id", index=True)
    chat_id: int = Field(sa_type=BigInteger)
    member_id: int | None = Field(default=None, foreign_key="member.id", index=True)
    round: int
    level: int
    outbox_id: int
    superseded: bool = False
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """One call for help to one member at a level of the chain; ``state`` is its message's in the outbox."""

    member_id: int
    level: int
    role: str
    state: str = "queued"


CARD = Card.__table__  # type: ignore[attr-defined]


def add_card(conn: Connection, **values: Any) -> None:
    """Note that a chat holds a copy of the card."""
    conn.execute(CARD.insert().values(superseded=False, **values))


def supersede(conn: Connection, card_ids: Collection[int], *, now: bool = True) -> None:
    """Note that copies point to newer ones from now on; with ``now`` False, that they show the case again."""
    if card_ids:
        conn.execute(update(CARD).where(CARD.c.id.in_(card_ids)).values(superseded=now))


def list_cards(conn: Connection, incident_id: int) -> list[Row[Any]]:
    """The copies of a case's card with what became of each: its outbox state and Telegram's message id."""
    query = (
        select(CARD, OUTBOX.c.state, OUTBOX.c.message_id)
        .join_from(CARD, OUTBOX, CARD.c.outbox_id == OUTBOX.c.id)
        .where(CARD.c.incident_id == incident_id)
    )
    return list(conn.execute(query.order_by(CARD.c.id)))


def nobody_reached(conn: Connection, case: Any) -> bool:
    """Whether everybody whom the newest step of the chain called has turned out unreachable."""
    query = (
        select(MEMBER.c.unreachable_at, MEMBER.c.removed_at, OUTBOX.c.state)
        .join_from(CARD, MEMBER, CARD.c.member_id == MEMBER.c.id)
        .join(OUTBOX, CARD.c.outbox_id == OUTBOX.c.id)
        .where(
            CARD.c.incident_id == case.incident_id,
            CARD.c.round == case.round,
            CARD.c.level == case.step - 1,
        )
    )
    called = conn.execute(query).all()
    lost = (row.unreachable_at or row.removed_at or row.state == "dead" for row in called)
    return bool(called) and all(lost)


def list_calls(conn: Connection, case: Any) -> list[Call]:
    """Whom the newest call for help has called so far, in order, and what became of that."""
    query = (
        select(CARD.c.member_id, CARD.c.level, MEMBER.c.role, OUTBOX.c.state)
        .join_from(CARD, MEMBER, CARD.c.member_id == MEMBER.c.id)
        .join(OUTBOX, CARD.c.outbox_id == OUTBOX.c.id)
        .where(
            CARD.c.incident_id == case.incident_id, CARD.c.round == case.round, CARD.c.level >= 0
        )
    )
    return [Call(**row._mapping) for row in conn.execute(query.order_by(CARD.c.id))]


def card_shown(conn: Connection, chat_id: int, message_id: int) -> Row[Any] | None:
    """The copy of a card that a message in a chat is, or None."""
    query = select(CARD).join_from(CARD, OUTBOX, CARD.c.outbox_id == OUTBOX.c.id)
    shown = query.where(CARD.c.chat_id == chat_id, OUTBOX.c.message_id == message_id)
    return conn.execute(shown.limit(1)).first()


def was_called(conn: Connection, incident_id: int, member_id: int) -> bool:
    """Whether a member holds a card of the case as somebody who was called or told."""
    query = select(CARD.c.id).where(
        CARD.c.incident_id == incident_id, CARD.c.member_id == member_id, CARD.c.level != REPORTER
    )
    return conn.execute(query.limit(1)).first() is not None
