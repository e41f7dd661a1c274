"""Figures of the registers for a period: counts, sums, what is overdue, how long it took. Counted in SQL."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime
from statistics import median
from typing import Any

from sqlalchemy import Connection, Integer, cast, func, select

from models.entry import ENTRY
from models.register import KINDS

STAMPS = ("occurred_at", "closed_at")
"""The two times a period can be counted by."""


def _within(
    hospital_ids: Collection[int], since: datetime, until: datetime, stamp: str
) -> tuple[Any, ...]:
    if stamp not in STAMPS:
        raise ValueError(stamp)
    column = ENTRY.c[stamp]
    return (ENTRY.c.hospital_id.in_(list(hospital_ids)), column >= since, column < until)


def count_entries(
    conn: Connection,
    hospital_ids: Collection[int],
    *,
    since: datetime,
    until: datetime,
    stamp: str = "occurred_at",
) -> dict[int, dict[tuple[str, str], int]]:
    """By hospital: how many of each (kind, state) occurred, or by ``stamp`` were closed, in [since, until)."""
    by = (ENTRY.c.hospital_id, ENTRY.c.kind, ENTRY.c.state)
    query = select(*by, func.count()).where(*_within(hospital_ids, since, until, stamp))
    found: dict[int, dict[tuple[str, str], int]] = defaultdict(dict)
    for hospital, kind, state, count in conn.execute(query.group_by(*by)):
        found[hospital][kind, state] = count
    return found


def count_by(
    conn: Connection,
    hospital_ids: Collection[int],
    kind: str,
    figure: str,
    *,
    since: datetime,
    until: datetime,
    stamp: str = "occurred_at",
) -> dict[int, dict[str, int]]:
    """By hospital: how many of a kind by one of its codes, such as a dispute's channel or outcome."""
    code = ENTRY.c.figures[figure].as_string()
    query = select(ENTRY.c.hospital_id, code, func.count()).where(
        *_within(hospital_ids, since, until, stamp), ENTRY.c.kind == kind, code.is_not(None)
    )
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for hospital, value, count in conn.execute(query.group_by(ENTRY.c.hospital_id, code)):
        found[hospital][value] = count
    return found


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
        *_within([hospital_id], since, until, "occurred_at"), ENTRY.c.kind == kind
    )
    for key, value in equal.items():
        query = query.where(ENTRY.c.figures[key].as_string() == value)
    return int(conn.execute(query).scalar_one())


def count_overdue(
    conn: Connection, hospital_ids: Collection[int], kind: str, *, today: date
) -> dict[int, int]:
    """By hospital: how many of a kind are past their day and still wait for their owner."""
    query = select(ENTRY.c.hospital_id, func.count()).where(
        ENTRY.c.hospital_id.in_(list(hospital_ids)),
        ENTRY.c.kind == kind,
        ENTRY.c.state.in_(KINDS[kind].waiting),
        ENTRY.c.due_on < today,
    )
    return {row[0]: row[1] for row in conn.execute(query.group_by(ENTRY.c.hospital_id))}


def median_days(
    conn: Connection, hospital_ids: Collection[int], kind: str, *, since: datetime, until: datetime
) -> dict[int, float]:
    """By hospital: the median of days from occurrence to close, of those closed in [since, until)."""
    query = select(ENTRY.c.hospital_id, ENTRY.c.occurred_at, ENTRY.c.closed_at).where(
        *_within(hospital_ids, since, until, "closed_at"), ENTRY.c.kind == kind
    )
    days: dict[int, list[float]] = defaultdict(list)
    for hospital, occurred, closed in conn.execute(query):
        days[hospital].append((closed - occurred).total_seconds() / 86_400)
    return {hospital: median(each) for hospital, each in days.items()}
