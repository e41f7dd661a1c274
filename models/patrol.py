"""Patrol points (R11): where guards check in by a printed code. Codes are kept as hashes and can be renewed."""

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select, update
from sqlmodel import Field, SQLModel

from models.base import insert_row
from models.entry import ENTRY
from models.invite import ALPHABET, LENGTH, hash_code
from models.people import DEPARTMENT

PREFIX = "p_"
"""What a patrol code in a deep link begins with; no invite code does."""


class PatrolPoint(SQLModel, table=True):
    """A place to be passed on patrol (002: 定时和随时巡查)."""

    __tablename__ = "patrol_point"
    id: int | None = Field(default=None, primary_key=True)
    hospital_id: int = Field(foreign_key="hospital.id", index=True)
    department_id: int | None = Field(default=None, foreign_key="department.id")
    name: str
    created_by: int = Field(foreign_key="member.id")
    created_at: datetime
    closed_at: datetime | None = None


class PointCode(SQLModel, table=True):
    """A code that was printed for a point; one that was replaced opens nothing, but is known."""

    __tablename__ = "point_code"
    code_hash: str = Field(primary_key=True)
    point_id: int = Field(foreign_key="patrol_point.id", index=True)
    made_at: datetime
    ended_at: datetime | None = None


POINT = PatrolPoint.__table__  # type: ignore[attr-defined]
POINT_CODE = PointCode.__table__  # type: ignore[attr-defined]
_POINTS = select(POINT, DEPARTMENT.c.name.label("department")).outerjoin_from(
    POINT, DEPARTMENT, POINT.c.department_id == DEPARTMENT.c.id
)


def insert_point(conn: Connection, **values: Any) -> int:
    """Store a point; its id."""
    return insert_row(conn, POINT, **values)


def list_points(conn: Connection, hospital_id: int) -> list[Row[Any]]:
    """The points of a hospital that are in use, by name."""
    query = _POINTS.where(POINT.c.hospital_id == hospital_id, POINT.c.closed_at.is_(None))
    return list(conn.execute(query.order_by(POINT.c.name, POINT.c.id)))


def point_by_id(conn: Connection, hospital_id: int, point_id: int) -> Row[Any] | None:
    """One point in use of this hospital; never another hospital's."""
    query = _POINTS.where(
        POINT.c.hospital_id == hospital_id, POINT.c.id == point_id, POINT.c.closed_at.is_(None)
    )
    return conn.execute(query).first()


def renew_code(conn: Connection, point_id: int, *, now: datetime) -> str:
    """A new code for a point, which cannot be read back later; the one before opens nothing any more."""
    end_codes(conn, point_id, now=now)
    code = PREFIX + "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    row = {"code_hash": hash_code(code), "point_id": point_id, "made_at": now}
    conn.execute(POINT_CODE.insert().values(row))
    return code


def end_codes(conn: Connection, point_id: int, *, now: datetime) -> None:
    """Let a point's code open nothing any more."""
    mine = (POINT_CODE.c.point_id == point_id, POINT_CODE.c.ended_at.is_(None))
    conn.execute(update(POINT_CODE).where(*mine).values(ended_at=now))


def close_point(conn: Connection, point_id: int, *, now: datetime) -> None:
    """Take a point out of use; its check-ins stay."""
    end_codes(conn, point_id, now=now)
    conn.execute(update(POINT).where(POINT.c.id == point_id).values(closed_at=now))


def find_code(conn: Connection, hospital_id: int, code: str) -> Row[Any] | None:
    """The point of this hospital that a code was printed for, with ``ended_at`` of the code."""
    query = (
        select(POINT.c.id, POINT.c.name, POINT.c.department_id, POINT_CODE.c.ended_at)
        .join_from(POINT_CODE, POINT)
        .where(POINT_CODE.c.code_hash == hash_code(code), POINT.c.hospital_id == hospital_id)
    )
    return conn.execute(query).first()


def is_known(conn: Connection, code: str) -> bool:
    """Whether a code was ever printed for any hospital's point."""
    query = select(POINT_CODE.c.point_id).where(POINT_CODE.c.code_hash == hash_code(code))
    return conn.execute(query).first() is not None


def rounds_since(conn: Connection, hospital_id: int, since: datetime) -> dict[str, tuple[int, Any]]:
    """By point id: how often it was passed since then, and when last."""
    point = ENTRY.c.figures["point"].as_string()
    query = select(point, func.count(), func.max(ENTRY.c.occurred_at)).where(
        ENTRY.c.hospital_id == hospital_id,
        ENTRY.c.kind == "patrol",
        ENTRY.c.occurred_at >= since,
    )
    return {row[0]: (row[1], row[2]) for row in conn.execute(query.group_by(point))}


def passed_since(conn: Connection, member_id: int, point_id: int, since: datetime) -> bool:
    """Whether this member has checked in at this point since then."""
    query = select(ENTRY.c.id).where(
        ENTRY.c.member_id == member_id,
        ENTRY.c.kind == "patrol",
        ENTRY.c.figures["point"].as_string() == str(point_id),
        ENTRY.c.occurred_at >= since,
    )
    return conn.execute(query.limit(1)).first() is not None


def passed_in(conn: Connection, member_id: int, since: datetime) -> int:
    """How often a member has checked in at any point since then."""
    query = select(func.count()).select_from(ENTRY)
    mine = (ENTRY.c.member_id == member_id, ENTRY.c.kind == "patrol")
    return int(conn.execute(query.where(*mine, ENTRY.c.occurred_at >= since)).scalar_one())
