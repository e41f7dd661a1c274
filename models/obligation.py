"""Papers a hospital owes: one row per occurrence with frozen times, its filing, and who was told what."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, UniqueConstraint, and_, bindparam, or_, select, update
from sqlmodel import Field, SQLModel

from models.base import coded, insert_new, insert_row
from models.deadlines import Occurrence

STATES = ("scheduled", "open", "overdue", "on_time", "late", "missed", "waived")
UNFILED = ("open", "overdue", "missed")


class Obligation(SQLModel, table=True):
    """One paper for one period. ``state`` is what the sweep last saw; the times decide it, and never move."""

    __table_args__ = (
        UniqueConstraint("hospital_id", "code", "subject", "period_start", "period_end"),
    )
    id: int | None = Field(default=None, primary_key=True)
    hospital_id: int = Field(foreign_key="hospital.id")
    code: str
    subject: str
    period_start: date
    period_end: date
    opens_at: datetime
    due_at: datetime
    missed_at: datetime
    state: str = coded("obligation_state", STATES)
    submitted_at: datetime | None = None
    waived_at: datetime | None = None
    waived_by: int | None = Field(default=None, foreign_key="member.id")
    waive_reason: str | None = None
    created_at: datetime


class Filing(SQLModel, table=True):
    """The upward receipt (R24): the only thing that closes a deadline. The first one counts."""

    id: int | None = Field(default=None, primary_key=True)
    obligation_id: int = Field(foreign_key="obligation.id", index=True)
    draft_id: int = Field(unique=True)
    receipt: str
    filed_at: datetime
    backdated: bool
    member_id: int = Field(foreign_key="member.id")
    recorded_at: datetime


class Notice(SQLModel, table=True):
    """That one person was told one thing about one paper (``d14``, ``overdue``, ``missed``)."""

    obligation_id: int = Field(primary_key=True, foreign_key="obligation.id")
    kind: str = Field(primary_key=True)
    member_id: int = Field(primary_key=True, foreign_key="member.id")
    at: datetime


OBLIGATION = Obligation.__table__  # type: ignore[attr-defined]
FILING = Filing.__table__  # type: ignore[attr-defined]
NOTICE = Notice.__table__  # type: ignore[attr-defined]


_FIND = select(OBLIGATION).where(
    OBLIGATION.c.hospital_id == bindparam("hospital"),
    OBLIGATION.c.code == bindparam("of_code"),
    OBLIGATION.c.subject == bindparam("of_subject"),
    OBLIGATION.c.period_end == bindparam("ending"),
)


def create_obligation(
    conn: Connection, hospital_id: int, occurrence: Occurrence, *, now: datetime
) -> bool:
    """Store an occurrence; False when it is there already."""
    values = {
        "hospital_id": hospital_id,
        "code": occurrence.code,
        "subject": occurrence.subject,
        "period_start": occurrence.period_start,
        "period_end": occurrence.period_end,
        "opens_at": occurrence.opens_at,
        "due_at": occurrence.due_at,
        "missed_at": occurrence.missed_at,
        # The sweep moves it from here: whoever has to be told is told by that one mechanism.
        "state": "scheduled",
        "created_at": now,
    }
    return insert_new(conn, OBLIGATION, values)


def find_obligation(
    conn: Connection, hospital_id: int, code: str, subject: str, period_end: date
) -> Row[Any] | None:
    """One paper of this hospital."""
    wanted = {"hospital": hospital_id, "of_code": code, "of_subject": subject, "ending": period_end}
    return conn.execute(_FIND, wanted).first()


def paper_of(conn: Connection, hospital_id: int, subject: str) -> Row[Any] | None:
    """The paper that a record opened, settled or not, a waived one last; None where it owes none."""
    c = OBLIGATION.c
    query = select(OBLIGATION).where(c.hospital_id == hospital_id, c.subject == subject)
    return conn.execute(query.order_by(c.waived_at.is_not(None), c.due_at).limit(1)).first()


def list_obligations(conn: Connection, hospital_id: int) -> list[Row[Any]]:
    """Every paper of a hospital by due time."""
    query = select(OBLIGATION).where(OBLIGATION.c.hospital_id == hospital_id)
    return list(conn.execute(query.order_by(OBLIGATION.c.due_at, OBLIGATION.c.subject)))


def unsettled(conn: Connection, hospital_id: int) -> list[Row[Any]]:
    """The papers a sweep may still have to move or remind of: not filed, not waived, not yet missed."""
    query = select(OBLIGATION).where(
        OBLIGATION.c.hospital_id == hospital_id,
        OBLIGATION.c.state.in_(("scheduled", "open", "overdue")),
    )
    return list(conn.execute(query.order_by(OBLIGATION.c.due_at, OBLIGATION.c.subject)))


def flip(conn: Connection, obligation_id: int, *, old: str, new: str) -> bool:
    """Move a paper's state; False when somebody moved or filed it meanwhile."""
    return (
        conn.execute(
            update(OBLIGATION)
            .where(
                OBLIGATION.c.id == obligation_id,
                OBLIGATION.c.state == old,
                OBLIGATION.c.submitted_at.is_(None),
            )
            .values(state=new)
        ).rowcount
        == 1
    )


def submit(conn: Connection, obligation_id: int, *, filed_at: datetime, new: str) -> bool:
    """Close a paper with its first filing; False when it was filed or waived before."""
    return (
        conn.execute(
            update(OBLIGATION)
            .where(
                OBLIGATION.c.id == obligation_id,
                OBLIGATION.c.submitted_at.is_(None),
                OBLIGATION.c.waived_at.is_(None),
            )
            .values(state=new, submitted_at=filed_at)
        ).rowcount
        == 1
    )


def waive(
    conn: Connection, obligation_id: int, *, now: datetime, member_id: int, reason: str
) -> bool:
    """Set a paper aside as not owed, with who said so and why; False when it was settled before."""
    return (
        conn.execute(
            update(OBLIGATION)
            .where(
                OBLIGATION.c.id == obligation_id,
                OBLIGATION.c.submitted_at.is_(None),
                OBLIGATION.c.waived_at.is_(None),
            )
            .values(state="waived", waived_at=now, waived_by=member_id, waive_reason=reason)
        ).rowcount
        == 1
    )


def unwaive(conn: Connection, obligation_id: int) -> None:
    """Make a paper owed again; the next sweep brings its state to what time has made of it."""
    waived = update(OBLIGATION).where(
        OBLIGATION.c.id == obligation_id, OBLIGATION.c.waived_at.is_not(None)
    )
    fresh = {"waived_at": None, "waived_by": None, "waive_reason": None}
    conn.execute(waived.values(state="scheduled", **fresh))


def receipt_of(conn: Connection, obligation_id: int) -> str:
    """The receipt number of a paper's first filing; empty where there is none."""
    query = select(FILING.c.receipt).where(FILING.c.obligation_id == obligation_id)
    return conn.execute(query.order_by(FILING.c.id).limit(1)).scalar() or ""


def insert_filing(conn: Connection, **values: Any) -> int:
    """Store a receipt; its id."""
    return insert_row(conn, FILING, **values)


def told(conn: Connection, obligation_ids: Iterable[int]) -> set[tuple[int, str, int]]:
    """(obligation, kind, member) of every notice given about these papers."""
    query = select(NOTICE.c.obligation_id, NOTICE.c.kind, NOTICE.c.member_id)
    rows = conn.execute(query.where(NOTICE.c.obligation_id.in_(list(obligation_ids))))
    return {(row[0], row[1], row[2]) for row in rows}


def tell(conn: Connection, obligation_id: int, kind: str, member_id: int, *, at: datetime) -> bool:
    """Claim one notice; False when this person was told before."""
    row = {"obligation_id": obligation_id, "kind": kind, "member_id": member_id, "at": at}
    return insert_new(conn, NOTICE, row)


def changed_since(
    conn: Connection, hospital_id: int, since: datetime, until: datetime
) -> list[Row[Any]]:
    """Papers that opened, fell due, were missed or were filed in [since, until)."""
    c = OBLIGATION.c
    query = select(OBLIGATION).where(
        c.hospital_id == hospital_id,
        or_(
            *(
                and_(moment >= since, moment < until)
                for moment in (c.opens_at, c.due_at, c.missed_at, c.submitted_at)
            )
        ),
    )
    return list(conn.execute(query.order_by(c.due_at, c.subject)))


def obligation_by_id(conn: Connection, hospital_id: int, obligation_id: int) -> Row[Any] | None:
    """One paper of this hospital; never another hospital's."""
    query = select(OBLIGATION).where(
        OBLIGATION.c.id == obligation_id, OBLIGATION.c.hospital_id == hospital_id
    )
    return conn.execute(query).first()
