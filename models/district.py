"""The health commission's end: incidents it learnt elsewhere, notices to its hospitals, figures it publishes."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import Connection, Row, UniqueConstraint, func, select
from sqlmodel import Field, SQLModel

from models.base import coded, insert_row
from models.people import HOSPITAL, MEMBER

SOURCES = ("police", "media", "hotline", "visit", "other")
"""Where the commission heard of it: 110, the media, 12345, a visit, elsewhere."""


class LearntIncident(SQLModel, table=True):
    """An incident that no hospital had reported: a proven 漏报, with the paper that stands for it."""

    __tablename__ = "learnt_incident"
    id: int | None = Field(default=None, primary_key=True)
    hospital_id: int = Field(foreign_key="hospital.id", index=True)
    obligation_id: int = Field(foreign_key="obligation.id", unique=True)
    category: str
    discovered_at: datetime
    source: str = coded("learnt_source", SOURCES)
    words: str
    member_id: int = Field(foreign_key="member.id")
    at: datetime


class Bulletin(SQLModel, table=True):
    """A 通报 to every hospital of a district."""

    id: int | None = Field(default=None, primary_key=True)
    district_id: int = Field(foreign_key="district.id", index=True)
    words: str
    readers: int
    member_id: int = Field(foreign_key="member.id")
    at: datetime


class DistrictFigure(SQLModel, table=True):
    """A figure that the commission publishes for a year, such as a survey's average over the district."""

    __tablename__ = "district_figure"
    __table_args__ = (UniqueConstraint("district_id", "year", "metric"),)
    id: int | None = Field(default=None, primary_key=True)
    district_id: int = Field(foreign_key="district.id")
    year: int
    metric: str
    value: str
    member_id: int = Field(foreign_key="member.id")
    at: datetime


LEARNT = LearntIncident.__table__  # type: ignore[attr-defined]
BULLETIN = Bulletin.__table__  # type: ignore[attr-defined]
FIGURE = DistrictFigure.__table__  # type: ignore[attr-defined]


def district_of(conn: Connection, hospital_id: int) -> int:
    """The district of a hospital."""
    query = select(HOSPITAL.c.district_id).where(HOSPITAL.c.id == hospital_id)
    return int(conn.execute(query).scalar_one())


def hospital_ids(conn: Connection, district_id: int) -> list[int]:
    """The hospitals of a district by code."""
    query = select(HOSPITAL.c.id).where(HOSPITAL.c.district_id == district_id)
    return list(conn.execute(query.order_by(HOSPITAL.c.code)).scalars())


def commission_of(conn: Connection, district_id: int) -> list[int]:
    """The members of the health commission of a district who can be written to."""
    query = select(MEMBER.c.id).join_from(MEMBER, HOSPITAL, MEMBER.c.hospital_id == HOSPITAL.c.id)
    query = query.where(
        HOSPITAL.c.district_id == district_id,
        MEMBER.c.role == "district",
        MEMBER.c.removed_at.is_(None),
        MEMBER.c.unreachable_at.is_(None),
    )
    return list(conn.execute(query.order_by(MEMBER.c.id)).scalars())


def insert_learnt(conn: Connection, **values: Any) -> int:
    """Store an incident learnt elsewhere; its id."""
    return insert_row(conn, LEARNT, **values)


def count_learnt(conn: Connection, hospital_id: int) -> int:
    """How many were registered of a hospital: the next one is numbered by it."""
    query = select(func.count()).select_from(LEARNT).where(LEARNT.c.hospital_id == hospital_id)
    return int(conn.execute(query).scalar_one())


def learnt_among(
    conn: Connection,
    hospital_id: int,
    categories: Iterable[str],
    *,
    since: datetime,
    until: datetime,
) -> int:
    """How many of these categories were registered of a hospital as discovered in [since, until]."""
    query = select(func.count()).where(
        LEARNT.c.hospital_id == hospital_id,
        LEARNT.c.category.in_(tuple(categories)),
        LEARNT.c.discovered_at.between(since, until),
    )
    return int(conn.execute(query).scalar_one())


def learnt_of(conn: Connection, obligation_id: int) -> Row[Any] | None:
    """What stands behind a paper of an incident learnt elsewhere."""
    return conn.execute(select(LEARNT).where(LEARNT.c.obligation_id == obligation_id)).first()


def insert_bulletin(conn: Connection, **values: Any) -> int:
    """Store a notice to the district; its id."""
    return insert_row(conn, BULLETIN, **values)


def set_figure(conn: Connection, district_id: int, year: int, metric: str, **values: Any) -> None:
    """Publish a figure of a year, replacing an earlier one."""
    mine = (
        FIGURE.c.district_id == district_id,
        FIGURE.c.year == year,
        FIGURE.c.metric == metric,
    )
    conn.execute(FIGURE.delete().where(*mine))
    insert_row(conn, FIGURE, district_id=district_id, year=year, metric=metric, **values)


def published(
    conn: Connection, district_id: int, year: int, *, at: datetime
) -> dict[str, Fraction]:
    """By metric: the figures published for a year by ``at``; they stand for what a hospital would be asked."""
    query = select(FIGURE.c.metric, FIGURE.c.value).where(
        FIGURE.c.district_id == district_id, FIGURE.c.year == year, FIGURE.c.at <= at
    )
    return {row.metric: Fraction(row.value) for row in conn.execute(query)}


def figures_of(conn: Connection, district_id: int, year: int) -> Sequence[Row[Any]]:
    """The figures published for a year."""
    query = select(FIGURE).where(FIGURE.c.district_id == district_id, FIGURE.c.year == year)
    return conn.execute(query.order_by(FIGURE.c.metric)).all()
