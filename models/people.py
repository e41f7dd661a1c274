"""Districts, hospitals, departments and the members who report, answer and decide."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    BigInteger,
    Connection,
    Index,
    Row,
    UniqueConstraint,
    bindparam,
    func,
    select,
    text,
    update,
)
from sqlmodel import Field, SQLModel

from models.base import coded, insert_row

ROLES = ("guard", "doctor", "head", "officer", "admin", "leader", "district", "auditor")
DUTY_ROLES = ("officer", "admin")
"""Who is told of every report and owes the hospital's papers."""
LEVELS = (1, 2, 3)


class District(SQLModel, table=True):
    """The area of one health commission."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)


class Hospital(SQLModel, table=True):
    """One hospital; ``created_at`` is when it was set up here: nothing due earlier is ever owed."""

    id: int | None = Field(default=None, primary_key=True)
    district_id: int = Field(foreign_key="district.id")
    code: str = Field(unique=True)
    name: str
    level: int
    beds: int | None = None
    outpatients_a_day: int | None = None
    timezone: str
    created_at: datetime


class Department(SQLModel, table=True):
    """A ward, clinic or post of one hospital."""

    __table_args__ = (UniqueConstraint("hospital_id", "name"),)
    id: int | None = Field(default=None, primary_key=True)
    hospital_id: int = Field(foreign_key="hospital.id")
    name: str


class Member(SQLModel, table=True):
    """One Telegram account in one hospital with one role; a removed one keeps its row for the records."""

    __table_args__ = (
        Index(
            "uq_member_active_account",
            "telegram_id",
            unique=True,
            sqlite_where=text("removed_at IS NULL"),
            postgresql_where=text("removed_at IS NULL"),
        ),
        Index("ix_member_hospital_id_role", "hospital_id", "role"),
    )
    id: int | None = Field(default=None, primary_key=True)
    telegram_id: int = Field(sa_type=BigInteger)
    hospital_id: int = Field(foreign_key="hospital.id")
    department_id: int | None = Field(default=None, foreign_key="department.id")
    role: str = coded("role", ROLES)
    display_name: str
    locale: str
    locale_chosen: bool = False
    joined_at: datetime
    removed_at: datetime | None = None
    unreachable_at: datetime | None = None


MEMBER = Member.__table__  # type: ignore[attr-defined]
HOSPITAL = Hospital.__table__  # type: ignore[attr-defined]
DEPARTMENT = Department.__table__  # type: ignore[attr-defined]
DISTRICT = District.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, kw_only=True, slots=True)
class HospitalFacts:
    """What the rules ask of a hospital."""

    id: int
    code: str
    name: str
    level: int
    beds: int | None
    outpatients_a_day: int | None
    timezone: str
    created_at: datetime
    district: str

    @property
    def zone(self) -> ZoneInfo:
        """The hospital's own time zone."""
        return ZoneInfo(self.timezone)


@dataclass(frozen=True, kw_only=True, slots=True)
class Actor:
    """A member as an update finds them: who they are and where they work, read inside the transaction."""

    id: int
    telegram_id: int
    role: str
    display_name: str
    locale: str
    locale_chosen: bool
    department_id: int | None
    department: str | None
    unreachable_at: datetime | None
    hospital: HospitalFacts


_HOSPITAL_COLUMNS = (
    HOSPITAL.c.id.label("h_id"),
    HOSPITAL.c.code,
    HOSPITAL.c.name.label("h_name"),
    HOSPITAL.c.level,
    HOSPITAL.c.beds,
    HOSPITAL.c.outpatients_a_day,
    HOSPITAL.c.timezone,
    HOSPITAL.c.created_at,
    DISTRICT.c.name.label("district"),
)
_ANYBODY = select(
    MEMBER.c.id,
    MEMBER.c.telegram_id,
    MEMBER.c.role,
    MEMBER.c.display_name,
    MEMBER.c.locale,
    MEMBER.c.locale_chosen,
    MEMBER.c.department_id,
    DEPARTMENT.c.name.label("department"),
    MEMBER.c.unreachable_at,
    *_HOSPITAL_COLUMNS,
).select_from(
    MEMBER.join(HOSPITAL, MEMBER.c.hospital_id == HOSPITAL.c.id)
    .join(DISTRICT, HOSPITAL.c.district_id == DISTRICT.c.id)
    .outerjoin(DEPARTMENT, MEMBER.c.department_id == DEPARTMENT.c.id)
)
_ACTORS = _ANYBODY.where(MEMBER.c.removed_at.is_(None))
_FIND = _ACTORS.where(MEMBER.c.telegram_id == bindparam("account")).with_for_update(of=MEMBER)
_HOSPITALS = select(*_HOSPITAL_COLUMNS).join_from(HOSPITAL, DISTRICT)


_FACTS, _ACTOR = HospitalFacts.__slots__, Actor.__slots__


def _hospital(row: tuple[object, ...]) -> HospitalFacts:
    return HospitalFacts(**dict(zip(_FACTS, row, strict=True)))  # type: ignore[arg-type]


def _actor(row: tuple[object, ...]) -> Actor:
    return Actor(**dict(zip(_ACTOR, row[:9], strict=False)), hospital=_hospital(row[9:]))  # type: ignore[arg-type]


def find_actor(conn: Connection, telegram_id: int) -> Actor | None:
    """The member behind an account, its row locked where the database locks rows; None for a stranger."""
    row = conn.execute(_FIND, {"account": telegram_id}).first()
    return _actor(tuple(row)) if row else None


def actor_by_id(conn: Connection, member_id: int) -> Actor | None:
    """A member who has not been removed, whether or not they can be reached."""
    row = conn.execute(_ACTORS.where(MEMBER.c.id == member_id)).first()
    return _actor(tuple(row)) if row else None


def former_actor(conn: Connection, member_id: int) -> Actor:
    """A member behind a row that names them, also of one who has been removed since."""
    return _actor(tuple(conn.execute(_ANYBODY.where(MEMBER.c.id == member_id)).one()))


def find_member(conn: Connection, member_id: int) -> Row[Any]:
    """A member's name, role and department, also of one who has left."""
    query = select(MEMBER.c.display_name, MEMBER.c.role, DEPARTMENT.c.name.label("department"))
    with_department = query.outerjoin_from(
        MEMBER, DEPARTMENT, MEMBER.c.department_id == DEPARTMENT.c.id
    )
    return conn.execute(with_department.where(MEMBER.c.id == member_id)).one()


def list_actors(conn: Connection, hospital_id: int, roles: Iterable[str] = ROLES) -> list[Actor]:
    """The members of a hospital with one of ``roles``, in the order they joined."""
    query = _ACTORS.where(MEMBER.c.hospital_id == hospital_id, MEMBER.c.role.in_(tuple(roles)))
    return [_actor(tuple(row)) for row in conn.execute(query.order_by(MEMBER.c.id))]


REACHABLE: Any = _ACTORS.where(
    MEMBER.c.hospital_id == bindparam("hospital"),
    MEMBER.c.role.in_(bindparam("roles", expanding=True)),
    MEMBER.c.unreachable_at.is_(None),
).order_by(MEMBER.c.id)
"""The members of a hospital with one of these roles who have not blocked the bot; for ``read_reachable``."""


def reachable_actors(conn: Connection, hospital_id: int, roles: Iterable[str]) -> list[Actor]:
    """The members with one of ``roles`` who have not blocked the bot."""
    return read_reachable(conn, REACHABLE, hospital_id, roles)


def read_reachable(
    conn: Connection, query: Any, hospital_id: int, roles: Iterable[str]
) -> list[Actor]:
    """What ``REACHABLE``, or that query narrowed, finds."""
    found = conn.execute(query, {"hospital": hospital_id, "roles": list(roles)})
    return [_actor(tuple(row)) for row in found]


def reachable_in(conn: Connection, district_id: int, roles: Iterable[str]) -> list[Actor]:
    """The same over all hospitals of a district."""
    query = _ACTORS.where(
        HOSPITAL.c.district_id == district_id,
        MEMBER.c.role.in_(tuple(roles)),
        MEMBER.c.unreachable_at.is_(None),
    )
    return [_actor(tuple(row)) for row in conn.execute(query.order_by(MEMBER.c.id))]


def reachable_actor(conn: Connection, member_id: int) -> Actor | None:
    """One member who has not left and can be written to, or None."""
    query = _ACTORS.where(MEMBER.c.id == member_id, MEMBER.c.unreachable_at.is_(None))
    row = conn.execute(query).first()
    return _actor(tuple(row)) if row else None


def readers_of(conn: Connection, member_ids: Iterable[int]) -> dict[int, Row[Any]]:
    """The language and role of these members by id, those removed left out."""
    query = select(MEMBER.c.id, MEMBER.c.locale, MEMBER.c.role).where(
        MEMBER.c.id.in_(list(member_ids)), MEMBER.c.removed_at.is_(None)
    )
    return {row.id: row for row in conn.execute(query)}


def list_hospitals(conn: Connection, *, district_id: int | None = None) -> list[HospitalFacts]:
    """Every hospital, or those of a district, by code."""
    query = _HOSPITALS.order_by(HOSPITAL.c.code)
    if district_id is not None:
        query = query.where(HOSPITAL.c.district_id == district_id)
    return [_hospital(tuple(row)) for row in conn.execute(query)]


def find_hospital(conn: Connection, code: str) -> HospitalFacts | None:
    """The hospital with this code, or None."""
    row = conn.execute(_HOSPITALS.where(HOSPITAL.c.code == code)).first()
    return _hospital(tuple(row)) if row else None


def hospital_by_id(conn: Connection, hospital_id: int) -> HospitalFacts:
    """The hospital behind a row that names it."""
    row = conn.execute(_HOSPITALS.where(HOSPITAL.c.id == hospital_id)).one()
    return _hospital(tuple(row))


def ensure_department(conn: Connection, hospital_id: int, name: str) -> int:
    """The id of the hospital's department of that name, created where it is new."""
    same = (DEPARTMENT.c.hospital_id == hospital_id, DEPARTMENT.c.name == name)
    found = conn.execute(select(DEPARTMENT.c.id).where(*same)).scalar()
    if found is not None:
        return int(found)
    return insert_row(conn, DEPARTMENT, hospital_id=hospital_id, name=name)


def list_departments(conn: Connection, hospital_id: int) -> list[tuple[int, str]]:
    """The hospital's departments as (id, name), by name."""
    query = select(DEPARTMENT.c.id, DEPARTMENT.c.name).where(
        DEPARTMENT.c.hospital_id == hospital_id
    )
    return [(row.id, row.name) for row in conn.execute(query.order_by(DEPARTMENT.c.name))]


def remove_member(conn: Connection, member_id: int, *, now: datetime) -> None:
    """End a membership; its records stay."""
    conn.execute(update(MEMBER).where(MEMBER.c.id == member_id).values(removed_at=now))


def mark_reachable(conn: Connection, telegram_id: int, *, since: datetime | None) -> None:
    """Note that an account blocked the bot at ``since``, or with None that it can be reached again."""
    conn.execute(
        update(MEMBER)
        .where(MEMBER.c.telegram_id == telegram_id, MEMBER.c.removed_at.is_(None))
        .values(unreachable_at=since)
    )


def count_members(conn: Connection, hospital_id: int, role: str) -> int:
    """How many members of a hospital hold a role now."""
    query = select(func.count()).select_from(MEMBER)
    query = query.where(
        MEMBER.c.hospital_id == hospital_id, MEMBER.c.role == role, MEMBER.c.removed_at.is_(None)
    )
    return int(conn.execute(query).scalar_one())
