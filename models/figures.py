"""Figures of the registers for a period: counts, sums, what is overdue, how long it took. Counted in SQL."""

from datetime import date, datetime
from statistics import median
from typing import Any

from sqlalchemy import Connection, Integer, cast, func, select

from models.entry import ENTRY
from models.register import KINDS

STAMPS = ("occurred_at", "closed_at")
"""The two times a period can be counted by."""


def _within(hospital_id: int, since: datetime, until: datetime, stamp: str) -> tuple[Any, ...]:
    if stamp not in STAMPS:
        raise ValueError(stamp)
    column = ENTRY.c[stamp]
    return (ENTRY.c.hospital_id == hospital_id, column >= since, column < until)


def count_entries(
    conn: Connection,
    hospital_id: int,
    *,
    since: datetime,
    until: datetime,
    stamp: str = "occurred_at",
) -> dict[tuple[str, str], int]:
    """How many of each (kind, state) occurred, or by ``stamp`` were closed, in [since, until)."""
    query = select(ENTRY.c.kind, ENTRY.c.state, func.count()).where(
        *_within(hospital_id, since, until, stamp)
    )
    found = conn.execute(query.group_by(ENTRY.c.kind, ENTRY.c.state))
    return {(row[0], row[1]): row[2] for row in found}


def count_by(
    conn: Connection,
    hospital_id: int,
    kind: str,
    figure: str,
    *,
    since: datetime,
    until: datetime,
    stamp: str = "occurred_at",
) -> dict[str, int]:
    """How many of a kind there are by one of its codes, such as a dispute's channel or outcome."""
    code = ENTRY.c.figures[figure].as_string()
    query = select(code, func.count()).where(
        *_within(hospital_id, since, until, stamp), ENTRY.c.kind == kind, code.is_not(None)
    )
    return {row[0]: row[1] for row in conn.execute(query.group_by(code))}


def add_up(
    conn: Connection,
    hospital_id: int,
    kind: str,
    figure: str,
    *,
    since: datetime,
    until: datetime,
    **equal: str,
) -> int:
    """The sum of one of a kind's numbers, such as heads trained; ``equal`` narrows by codes."""
    number = cast(ENTRY.c.figures[figure].as_string(), Integer)
    query = select(func.coalesce(func.sum(number), 0)).where(
        *_within(hospital_id, since, until, "occurred_at"), ENTRY.c.kind == kind
    )
    for key, value in equal.items():
        query = query.where(ENTRY.c.figures[key].as_string() == value)
    return int(conn.execute(query).scalar_one())


def count_overdue(conn: Connection, hospital_id: int, kind: str, *, today: date) -> int:
    """How many of a kind are past their day and still wait for their owner."""
    query = select(func.count()).where(
        ENTRY.c.hospital_id == hospital_id,
        ENTRY.c.kind == kind,
        ENTRY.c.state.in_(KINDS[kind].waiting),
        ENTRY.c.due_on < today,
    )
    return int(conn.execute(query).scalar_one())


def median_days(
    conn: Connection, hospital_id: int, kind: str, *, since: datetime, until: datetime
) -> float | None:
    """The median of days from occurrence to close, of those closed in [since, until); None for none."""
    query = select(ENTRY.c.occurred_at, ENTRY.c.closed_at).where(
        *_within(hospital_id, since, until, "closed_at"), ENTRY.c.kind == kind
    )
    days = [(row[1] - row[0]).total_seconds() / 86_400 for row in conn.execute(query)]
    return median(days) if days else None
