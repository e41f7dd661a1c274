"""A district's hospitals side by side, counted in SQL: what each owes the commission, what is late or came in time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, and_, case, func, or_, select

from models.filing import FILING, REVIEW
from models.obligation import OBLIGATION
from models.people import HOSPITAL
from models.preset import shipped_preset

_c = OBLIGATION.c


@dataclass(frozen=True, kw_only=True, slots=True)
class Owed:
    """What a hospital owes now: ``waiting`` papers, of which ``overdue``; ``missed`` ones not filed since."""

    waiting: int = 0
    overdue: int = 0
    missed: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Rate:
    """Of the papers expected in a year, how many came in time, late, or not before they were missed."""

    expected: int = 0
    on_time: int = 0
    late: int = 0
    missed: int = 0

    @property
    def share(self) -> Fraction | None:
        """Filed by the due time, of those expected; None where none is."""
        return Fraction(self.on_time, self.expected) if self.expected else None


@cache
def district_codes() -> tuple[str, ...]:
    """The papers that the commission receives."""
    return tuple(each.code for each in shipped_preset().templates if each.to_district)


def _sum(condition: Any) -> Any:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _of_district(district_id: int) -> Any:
    inside = select(HOSPITAL.c.id).where(HOSPITAL.c.district_id == district_id)
    return _c.hospital_id.in_(inside), _c.code.in_(district_codes())


def _unfiled(at: datetime, since: datetime) -> Any:
    """Owed at that moment; what was missed counts from the year's beginning on, else it would never end."""
    unsettled = and_(_c.submitted_at.is_(None), _c.waived_at.is_(None), _c.opens_at <= at)
    return and_(unsettled, or_(_c.missed_at >= at, _c.missed_at >= since))


def owed_counts(
    conn: Connection, district_id: int, *, at: datetime, since: datetime
) -> dict[int, Owed]:
    """By hospital: what is owed, of the missed papers those missed from ``since`` on; without any, none."""
    query = select(
        _c.hospital_id,
        _sum(_c.missed_at >= at).label("waiting"),
        _sum(and_(_c.due_at < at, _c.missed_at >= at)).label("overdue"),
        _sum(_c.missed_at < at).label("missed"),
    ).where(*_of_district(district_id), _unfiled(at, since))
    rows = conn.execute(query.group_by(_c.hospital_id))
    return {
        row.hospital_id: Owed(
            waiting=int(row.waiting), overdue=int(row.overdue), missed=int(row.missed)
        )
        for row in rows
    }


def owed_papers(
    conn: Connection, hospital_id: int, *, at: datetime, since: datetime
) -> Sequence[Row[Any]]:
    """The papers behind a hospital's counts, by due time."""
    mine = (_c.hospital_id == hospital_id, _c.code.in_(district_codes()), _unfiled(at, since))
    return conn.execute(select(OBLIGATION).where(*mine).order_by(_c.due_at, _c.id)).all()


def late_papers(
    conn: Connection, district_id: int, *, at: datetime, since: datetime
) -> Sequence[Row[Any]]:
    """Every overdue or missed paper of the district that is not filed, by due time."""
    late = (*_of_district(district_id), _unfiled(at, since), _c.due_at < at)
    columns = (
        _c.id,
        _c.hospital_id,
        _c.code,
        _c.subject,
        _c.period_end,
        _c.due_at,
        _c.missed_at,
        _c.owner_id,
    )
    query: Any = select(*columns).where(*late)
    return conn.execute(query.order_by(_c.due_at, _c.id)).all()


def filing_rates(conn: Connection, district_id: int, year: int, *, at: datetime) -> dict[int, Rate]:
    """By hospital: the year's papers that were due or filed by ``at``, waived ones left out."""
    filed = and_(_c.submitted_at.is_not(None), _c.submitted_at <= at)
    moment = case((filed, _c.submitted_at), else_=at)
    waived = and_(_c.waived_at.is_not(None), _c.waived_at <= at)
    query = select(
        _c.hospital_id,
        func.count().label("expected"),
        _sum(and_(filed, moment <= _c.due_at)).label("on_time"),
        _sum(and_(filed, moment > _c.due_at, moment <= _c.missed_at)).label("late"),
        _sum(moment > _c.missed_at).label("missed"),
    ).where(
        *_of_district(district_id),
        _c.period_end.between(date(year, 1, 1), date(year, 12, 31)),
        case((waived, 1), else_=0) == 0,
        or_(filed, _c.due_at < at),
    )
    return {
        row.hospital_id: Rate(
            expected=int(row.expected),
            on_time=int(row.on_time),
            late=int(row.late),
            missed=int(row.missed),
        )
        for row in conn.execute(query.group_by(_c.hospital_id))
    }


def paper_in(conn: Connection, district_id: int, obligation_id: int) -> Row[Any] | None:
    """One paper that this district's commission receives; never another district's."""
    query = select(OBLIGATION).where(*_of_district(district_id), _c.id == obligation_id)
    return conn.execute(query).first()


def filed_papers(
    conn: Connection, hospital_id: int, *, limit: int, offset: int
) -> Sequence[Row[Any]]:
    """What a hospital has filed with the commission, the newest first."""
    mine = (_c.hospital_id == hospital_id, _c.code.in_(district_codes()))
    query = select(OBLIGATION).where(*mine, _c.submitted_at.is_not(None))
    newest = query.order_by(_c.submitted_at.desc(), _c.id.desc())
    return conn.execute(newest.limit(limit).offset(offset)).all()


def unreviewed(conn: Connection, district_id: int, *, since: datetime) -> Sequence[Row[Any]]:
    """Papers whose newest version came after ``since`` and was neither taken nor sent back, by due time."""
    newest = (
        select(func.max(FILING.c.id))
        .where(FILING.c.obligation_id == _c.id)
        .correlate(OBLIGATION)
        .scalar_subquery()
    )
    query = (
        select(OBLIGATION, HOSPITAL.c.code.label("hospital"))
        .join_from(OBLIGATION, FILING, FILING.c.id == newest)
        .join(HOSPITAL, HOSPITAL.c.id == _c.hospital_id)
        .outerjoin(REVIEW, REVIEW.c.filing_id == FILING.c.id)
        .where(*_of_district(district_id), FILING.c.recorded_at >= since, REVIEW.c.id.is_(None))
    )
    return conn.execute(query.order_by(_c.due_at, _c.id)).all()
