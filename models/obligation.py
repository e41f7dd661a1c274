"""Papers a hospital owes: one row per occurrence with frozen times, and who was told what of it."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Connection,
    Index,
    Row,
    UniqueConstraint,
    and_,
    bindparam,
    case,
    literal,
    or_,
    select,
    text,
    tuple_,
    update,
)
from sqlmodel import Field, SQLModel

from models.base import coded, insert_new
from models.deadlines import LONGEST_GRACE, Occurrence, freeze
from models.preset import INCIDENT, shipped_preset

STATES = ("scheduled", "open", "overdue", "on_time", "late", "missed", "waived")
FINDINGS = ("concealed", "false")
"""What the authority found of a paper: 瞒报, 谎报. Each has its own deduction in some tables."""


class Obligation(SQLModel, table=True):
    """One paper for one period; its times and steps are frozen when it is stored.

    ``state`` is what the sweep last saw; the times decide it. ``next_at`` is when the sweep has to look at it
    again, empty once there is nothing left to do. ``owner_id`` is whom it was handed to.
    """

    __table_args__ = (
        UniqueConstraint("hospital_id", "code", "subject", "period_start", "period_end"),
        Index(
            "ix_obligation_next_at",
            "next_at",
            sqlite_where=text("next_at IS NOT NULL"),
            postgresql_where=text("next_at IS NOT NULL"),
        ),
        Index(
            "ix_obligation_unfiled",
            "hospital_id",
            "due_at",
            sqlite_where=text("submitted_at IS NULL AND waived_at IS NULL"),
            postgresql_where=text("submitted_at IS NULL AND waived_at IS NULL"),
        ),
        Index(
            "ix_obligation_hospital_id_next_at",
            "hospital_id",
            "next_at",
            sqlite_where=text("next_at IS NOT NULL"),
            postgresql_where=text("next_at IS NOT NULL"),
        ),
        Index("ix_obligation_hospital_id_period_end", "hospital_id", "period_end"),
        Index(
            "ix_obligation_owner_id",
            "owner_id",
            sqlite_where=text("owner_id IS NOT NULL"),
            postgresql_where=text("owner_id IS NOT NULL"),
        ),
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
    locks_at: datetime | None = None
    steps: list[list[str | int]] = Field(sa_type=JSON)
    next_at: datetime | None = None
    state: str = coded("obligation_state", STATES)
    owner_id: int | None = Field(default=None, foreign_key="member.id")
    submitted_at: datetime | None = None
    waived_at: datetime | None = None
    waived_by: int | None = Field(default=None, foreign_key="member.id")
    waive_reason: str | None = None
    finding: str | None = coded("obligation_finding", FINDINGS, default=None, nullable=True)
    created_at: datetime


class Notice(SQLModel, table=True):
    """That one person was told one thing about one paper (``d14``, ``overdue``, ``missed``)."""

    obligation_id: int = Field(primary_key=True, foreign_key="obligation.id")
    kind: str = Field(primary_key=True)
    member_id: int = Field(primary_key=True, foreign_key="member.id")
    at: datetime


OBLIGATION = Obligation.__table__  # type: ignore[attr-defined]
NOTICE = Notice.__table__  # type: ignore[attr-defined]


_FIND = select(OBLIGATION).where(
    OBLIGATION.c.hospital_id == bindparam("hospital"),
    OBLIGATION.c.code == bindparam("of_code"),
    OBLIGATION.c.subject == bindparam("of_subject"),
    OBLIGATION.c.period_end == bindparam("ending"),
)


def find_obligation(
    conn: Connection, hospital_id: int, code: str, subject: str, period_end: date
) -> Row[Any] | None:
    """One paper of this hospital."""
    wanted = {"hospital": hospital_id, "of_code": code, "of_subject": subject, "ending": period_end}
    return conn.execute(_FIND, wanted).first()


def paper_of(conn: Connection, hospital_id: int, subject: str) -> Row[Any] | None:
    """The filing that a record opened, settled or not, a waived one last; None where it owes none."""
    c = OBLIGATION.c
    mine = (c.hospital_id == hospital_id, c.subject == subject, c.code.in_(_FILINGS))
    query = select(OBLIGATION).where(*mine)
    return conn.execute(query.order_by(c.waived_at.is_not(None), c.due_at).limit(1)).first()


_FILINGS = tuple(
    each.code
    for each in shipped_preset().templates
    if each.cadence == INCIDENT and each.closes.by == "receipt"
)


def tell(conn: Connection, obligation_id: int, kind: str, member_id: int, *, at: datetime) -> bool:
    """Claim one notice; False when this person was told before."""
    row = {"obligation_id": obligation_id, "kind": kind, "member_id": member_id, "at": at}
    return insert_new(conn, NOTICE, row)


def papers_of_record(
    conn: Connection, hospital_id: int, code: str, subject: str
) -> Sequence[Row[Any]]:
    """The unsettled papers of a code that a record or a shift opened."""
    c = OBLIGATION.c
    mine = (c.hospital_id == hospital_id, c.code == code, c.subject == subject)
    query = select(OBLIGATION).where(*mine, c.submitted_at.is_(None), c.waived_at.is_(None))
    return conn.execute(query).all()


def obligation_by_id(conn: Connection, hospital_id: int, obligation_id: int) -> Row[Any] | None:
    """One paper of this hospital; never another hospital's."""
    query = select(OBLIGATION).where(
        OBLIGATION.c.id == obligation_id, OBLIGATION.c.hospital_id == hospital_id
    )
    return conn.execute(query).first()


# -- storing -------------------------------------------------------------------------------------


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
        # The sweep moves it from here: whoever has to be told is told by that one mechanism.
        "state": "scheduled",
        "created_at": now,
        **_times(occurrence),
    }
    return insert_new(conn, OBLIGATION, values)


def _times(occurrence: Occurrence) -> dict[str, Any]:
    return {
        "opens_at": occurrence.opens_at,
        "due_at": occurrence.due_at,
        "missed_at": occurrence.missed_at,
        "locks_at": occurrence.locks_at,
        "steps": freeze(occurrence.steps),
        "next_at": occurrence.opens_at,
    }


def retime(conn: Connection, obligation_id: int, occurrence: Occurrence) -> None:
    """Give an unsettled paper other times; the next sweep brings its state to them."""
    conn.execute(update(OBLIGATION).where(*_unsettled(obligation_id)).values(**_times(occurrence)))


def keep_steps(conn: Connection, obligation_id: int, steps: list[list[str | int]]) -> None:
    """Freeze the steps of a paper that was stored without any."""
    row = update(OBLIGATION).where(OBLIGATION.c.id == obligation_id)
    conn.execute(row.values(steps=steps))


def forget_scheduled(conn: Connection, hospital_id: int, code: str) -> None:
    """Take back the papers of a code that have not opened: its template has changed."""
    c = OBLIGATION.c
    conn.execute(
        OBLIGATION.delete().where(
            c.hospital_id == hospital_id,
            c.code == code,
            c.state == "scheduled",
            c.submitted_at.is_(None),
            c.waived_at.is_(None),
            ~select(NOTICE.c.kind).where(NOTICE.c.obligation_id == c.id).exists(),
        )
    )


# -- the sweep -----------------------------------------------------------------------------------


def hospitals_due(conn: Connection, now: datetime) -> list[int]:
    """The hospitals with papers that something is to be done about by ``now``, the longest due first."""
    c = OBLIGATION.c
    query = select(c.hospital_id).where(c.next_at.is_not(None), c.next_at <= now)
    # Not grouped by the database: that would read through every paper that is still ahead.
    return list(dict.fromkeys(conn.execute(query.order_by(c.next_at, c.id)).scalars()))


def due_for_sweep(
    conn: Connection, hospital_id: int, now: datetime, *, limit: int
) -> Sequence[Row[Any]]:
    """A hospital's papers that something is to be done about by ``now``, locked against another sweep."""
    c = OBLIGATION.c
    mine = (c.hospital_id == hospital_id, c.next_at.is_not(None), c.next_at <= now)
    query = select(OBLIGATION).where(*mine).order_by(c.next_at, c.id).limit(limit)
    return conn.execute(query.with_for_update(skip_locked=True)).all()


_SWEPT = (
    update(OBLIGATION)
    .where(OBLIGATION.c.id == bindparam("row"))
    .values(state=bindparam("to_state"), next_at=bindparam("to_next"))
)


def sweep_on(conn: Connection, moved: Iterable[tuple[int, str, datetime | None]]) -> None:
    """Write the state of each row and when it is to be looked at again."""
    values = [{"row": row, "to_state": state, "to_next": at} for row, state, at in moved]
    if values:
        conn.execute(_SWEPT, values)


def rewind(conn: Connection, now: datetime) -> int:
    """Let the sweep look again at every unsettled paper that a clock set ahead has moved; how many."""
    c = OBLIGATION.c
    ahead = update(OBLIGATION).where(
        c.submitted_at.is_(None),
        c.waived_at.is_(None),
        c.missed_at >= now,
        c.state != "scheduled",
    )
    return conn.execute(ahead.values(next_at=now)).rowcount


def told(conn: Connection, obligation_ids: Iterable[int]) -> dict[tuple[int, int], set[str]]:
    """The keys of the notices given about these papers, by (obligation, member)."""
    found: dict[tuple[int, int], set[str]] = {}
    query = select(NOTICE.c.obligation_id, NOTICE.c.kind, NOTICE.c.member_id)
    for number, kind, member in conn.execute(
        query.where(NOTICE.c.obligation_id.in_(list(obligation_ids)))
    ):
        found.setdefault((number, member), set()).add(kind)
    return found


# -- settling ------------------------------------------------------------------------------------


def _unsettled(obligation_id: int) -> tuple[Any, ...]:
    c = OBLIGATION.c
    return c.id == obligation_id, c.submitted_at.is_(None), c.waived_at.is_(None)


def _unless_unseen(next_at: datetime | None) -> Any:
    """When a settled paper is looked at: at its opening where no sweep has seen that, to store the one after it."""
    c = OBLIGATION.c
    return case((c.next_at == c.opens_at, c.opens_at), else_=literal(next_at, c.next_at.type))


def submit(conn: Connection, obligation_id: int, *, filed_at: datetime, new: str) -> bool:
    """Close a paper with its first filing; False when it was filed or waived before."""
    closed = update(OBLIGATION).where(*_unsettled(obligation_id))
    values = {"state": new, "submitted_at": filed_at, "next_at": _unless_unseen(None)}
    return conn.execute(closed.values(**values)).rowcount == 1


def waive(
    conn: Connection, obligation_id: int, *, now: datetime, member_id: int | None, reason: str
) -> bool:
    """Set a paper aside as not owed, with who said so and why; False when it was settled before."""
    closed = update(OBLIGATION).where(*_unsettled(obligation_id))
    values = {"waived_at": now, "waived_by": member_id, "waive_reason": reason}
    follow = _unless_unseen(None)
    return conn.execute(closed.values(state="waived", next_at=follow, **values)).rowcount == 1


def unwaive(conn: Connection, obligation_id: int, *, now: datetime) -> None:
    """Make a paper owed again; the next sweep brings its state to what time has made of it."""
    waived = update(OBLIGATION).where(
        OBLIGATION.c.id == obligation_id, OBLIGATION.c.waived_at.is_not(None)
    )
    fresh = {"waived_at": None, "waived_by": None, "waive_reason": None}
    conn.execute(waived.values(state="scheduled", next_at=_unless_unseen(now), **fresh))


def hand_over(conn: Connection, obligation_id: int, owner_id: int) -> bool:
    """Let somebody else see to a paper; False when it was settled meanwhile."""
    mine = update(OBLIGATION).where(*_unsettled(obligation_id))
    return conn.execute(mine.values(owner_id=owner_id)).rowcount == 1


def owned_by(conn: Connection, member_id: int) -> Sequence[Row[Any]]:
    """The unsettled papers that were handed to a member."""
    c = OBLIGATION.c
    mine = (c.owner_id == member_id, c.submitted_at.is_(None), c.waived_at.is_(None))
    return conn.execute(select(OBLIGATION).where(*mine).order_by(c.due_at)).all()


def set_finding(conn: Connection, obligation_id: int, finding: str | None) -> None:
    """Note what the authority found of a paper, or take that back."""
    row = update(OBLIGATION).where(OBLIGATION.c.id == obligation_id)
    conn.execute(row.values(finding=finding))


# -- reading -------------------------------------------------------------------------------------


def list_obligations(conn: Connection, hospital_id: int) -> Sequence[Row[Any]]:
    """Every paper of a hospital by due time."""
    query = select(OBLIGATION).where(OBLIGATION.c.hospital_id == hospital_id)
    return conn.execute(query.order_by(OBLIGATION.c.due_at, OBLIGATION.c.subject)).all()


def list_unfiled(
    conn: Connection, hospital_id: int, *, since: datetime | None = None
) -> Sequence[Row[Any]]:
    """The papers neither filed nor waived by due time, of those due from ``since`` on."""
    c = OBLIGATION.c
    query = select(OBLIGATION).where(
        c.hospital_id == hospital_id, c.submitted_at.is_(None), c.waived_at.is_(None)
    )
    if since is not None:
        query = query.where(c.due_at >= since)
    return conn.execute(query.order_by(c.due_at, c.code, c.subject)).all()


def list_waiting(conn: Connection, hospital_id: int, *, at: datetime) -> Sequence[Row[Any]]:
    """Of them what has opened and is not missed by ``at``; what was missed over the years costs nothing."""
    c = OBLIGATION.c
    query = select(OBLIGATION).where(
        c.hospital_id == hospital_id,
        c.submitted_at.is_(None),
        c.waived_at.is_(None),
        c.due_at >= at - LONGEST_GRACE,
        c.missed_at >= at,
        c.opens_at <= at,
    )
    return conn.execute(query.order_by(c.due_at, c.code, c.subject)).all()


def list_missed(
    conn: Connection,
    hospital_id: int,
    codes: Iterable[str],
    period: tuple[date, date],
    *,
    at: datetime,
) -> Sequence[Row[Any]]:
    """The stored papers of a period missed by ``at``: the rule of ``deadlines.state`` as SQL."""
    c = OBLIGATION.c
    filed = and_(c.submitted_at.is_not(None), c.submitted_at <= at)
    waived = and_(c.waived_at.is_not(None), c.waived_at <= at)
    query = select(OBLIGATION).where(
        c.hospital_id == hospital_id,
        c.period_end.between(*period),
        c.code.in_(list(codes)),
        case((filed, c.submitted_at), else_=at) > c.missed_at,
        case((waived, 1), else_=0) == 0,
    )
    return conn.execute(query.order_by(c.due_at, c.code, c.subject)).all()


def list_filed(conn: Connection, hospital_id: int, *, limit: int, offset: int = 0) -> Sequence[Any]:
    """The papers filed last, newest first."""
    c = OBLIGATION.c
    query = select(OBLIGATION).where(c.hospital_id == hospital_id, c.submitted_at.is_not(None))
    return conn.execute(
        query.order_by(c.submitted_at.desc(), c.id.desc()).limit(limit).offset(offset)
    ).all()


def stored_ahead(
    conn: Connection, hospital_ids: Collection[int]
) -> dict[tuple[int, str, str], Row[Any]]:
    """By hospital, code and subject the first paper whose opening no sweep has seen yet: later ones may be missing."""
    c = OBLIGATION.c
    query: Any = select(c.hospital_id, c.code, c.subject, c.period_end, c.opens_at).where(
        c.hospital_id.in_(list(hospital_ids)), c.next_at.is_not(None), c.next_at == c.opens_at
    )
    last_first = conn.execute(query.order_by(c.period_end.desc())).all()
    return {(row.hospital_id, row.code, row.subject): row for row in last_first}


def stored_among(
    conn: Connection,
    hospital_id: int,
    keys: Iterable[tuple[str, str, date]],
    *,
    settled: bool = False,
) -> set[tuple[str, str, date]]:
    """Which of these papers are stored, or have opened or are settled: by other times than the template's now."""
    wanted = list(keys)
    if not wanted:
        return set()
    c = OBLIGATION.c
    ends = [end for _code, _subject, end in wanted]
    query = select(c.code, c.subject, c.period_end).where(
        c.hospital_id == hospital_id,
        # Found by an index: SQLite looks for a list of tuples in everything the hospital has ever owed.
        c.period_end.between(min(ends), max(ends)),
        tuple_(c.code, c.subject, c.period_end).in_(wanted),
    )
    if settled:
        done = (c.submitted_at.is_not(None), c.waived_at.is_not(None))
        query = query.where(or_(*done, c.state != "scheduled"))
    return {(row[0], row[1], row[2]) for row in conn.execute(query)}


def changed_since(
    conn: Connection, hospital_id: int, since: datetime, until: datetime
) -> Sequence[Row[Any]]:
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
    return conn.execute(query.order_by(c.due_at, c.subject)).all()
