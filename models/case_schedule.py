"""When the schedule looks at a case: what is due, claimed once, and what nothing would ever look at again."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select, text, update

from models.card import CARD
from models.case import CASE, CASES, ON_THE_SPOT, SETTLED, WAITING
from models.incident import INCIDENT
from models.outbox import OUTBOX
from models.people import MEMBER
from models.response import RESPONSE


def cases_due(conn: Connection, *, now: datetime, limit: int) -> list[int]:
    """Cases whose next step's time has come, the most urgent first."""
    due = select(CASE.c.incident_id).where(CASE.c.next_at <= now).order_by(CASE.c.next_at)
    return list(conn.execute(due.limit(limit)).scalars())


def claim_next(conn: Connection, case: Any, *, next_at: datetime | None, step: int) -> bool:
    """Take the right to do a case's due step by setting the one after it; False when it was taken or settled."""
    query = update(CASE).where(
        CASE.c.incident_id == case.incident_id,
        CASE.c.state == case.state,
        CASE.c.step == case.step,
        CASE.c.next_at == case.next_at,
    )
    return conn.execute(query.values(next_at=next_at, step=step)).rowcount == 1


def cases_calling(conn: Connection) -> list[int]:
    """Cases of which it is settled by now whom the newest call reached, and that have not been told so."""
    unsent = select(CARD.c.id).join_from(CARD, OUTBOX, CARD.c.outbox_id == OUTBOX.c.id)
    unsent = unsent.where(
        CARD.c.incident_id == CASE.c.incident_id,
        CARD.c.round == CASE.c.round,
        CARD.c.level >= 0,
        OUTBOX.c.state == "queued",
    )
    # Said as the index says it: with a bound value SQLite would not use it.
    settled = select(CASE.c.incident_id).where(text("case_file.calling"), ~unsent.exists())
    return list(conn.execute(settled.order_by(CASE.c.incident_id)).scalars())


def fresh_alarm(conn: Connection, member_id: int, *, since: datetime) -> Row[Any] | None:
    """The member's newest alarm, called for since then, that is not settled."""
    query = CASES.where(
        INCIDENT.c.reporter_id == member_id,
        INCIDENT.c.kind == "alarm",
        func.coalesce(CASE.c.rung_at, INCIDENT.c.reported_at) >= since,
        CASE.c.state.not_in(SETTLED),
    ).with_for_update(of=CASE)
    return conn.execute(query.order_by(CASE.c.incident_id.desc()).limit(1)).first()


def case_answered_by(conn: Connection, member_id: int, *, since: datetime) -> Row[Any] | None:
    """The alarm that a member said since then they would go to, the newest one, as long as it is fought on the spot."""
    query = CASES.join(RESPONSE, RESPONSE.c.incident_id == CASE.c.incident_id).where(
        RESPONSE.c.member_id == member_id,
        RESPONSE.c.coming_at >= since,
        INCIDENT.c.kind == "alarm",
        CASE.c.state.in_(ON_THE_SPOT),
    )
    newest = query.order_by(RESPONSE.c.coming_at.desc()).limit(1)
    return conn.execute(newest.with_for_update(of=CASE)).first()


def cases_losing_people(conn: Connection, *, since: datetime) -> list[int]:
    """Waiting cases to which somebody was called who cannot be reached any more, or left, since then."""
    gone = (
        select(CARD.c.incident_id)
        .join_from(CARD, MEMBER, CARD.c.member_id == MEMBER.c.id)
        .where((MEMBER.c.unreachable_at >= since) | (MEMBER.c.removed_at >= since))
    )
    query = select(CASE.c.incident_id).where(
        CASE.c.incident_id.in_(gone), CASE.c.state.in_(WAITING)
    )
    return list(conn.execute(query.order_by(CASE.c.incident_id)).scalars())


def cases_without_next(
    conn: Connection, *, before: datetime, hospital_id: int | None = None
) -> list[Row[Any]]:
    """Open cases, of one hospital or all, that nothing will look at again: their next step, if any, is long over."""
    query = CASES.where(
        CASE.c.state.not_in(SETTLED), CASE.c.next_at.is_(None) | (CASE.c.next_at < before)
    )
    if hospital_id is not None:
        query = query.where(CASE.c.hospital_id == hospital_id)
    return list(conn.execute(query.order_by(CASE.c.incident_id)))
