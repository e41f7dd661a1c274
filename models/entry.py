"""Entries of the other registers and the steps that follow them. What a step changes, it keeps as it was."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Connection,
    Index,
    Row,
    Text,
    select,
    text,
    update,
)
from sqlmodel import Field, SQLModel

from models.base import coded, insert_row
from models.kind import SETTLED, STATES
from models.people import DEPARTMENT, MEMBER
from models.register import KINDS

_OPEN = f"due_on IS NOT NULL AND state NOT IN {SETTLED}"


class Entry(SQLModel, table=True):
    """One entry: ``data`` is what was entered, ``figures`` its codes and numbers, both as its steps have left them."""

    __table_args__ = (
        Index("ix_entry_hospital_id_kind_state", "hospital_id", "kind", "state"),
        Index("ix_entry_owner_id_state", "owner_id", "state"),
        Index(
            "ix_entry_open_due_on",
            "due_on",
            "hospital_id",
            sqlite_where=text(_OPEN),
            postgresql_where=text(_OPEN),
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    number: str = Field(unique=True)
    hospital_id: int = Field(foreign_key="hospital.id", index=True)
    kind: str = coded("entry_kind", KINDS)
    state: str = coded("entry_state", STATES)
    department_id: int | None = Field(default=None, foreign_key="department.id")
    member_id: int = Field(foreign_key="member.id", index=True)
    owner_id: int | None = Field(default=None, foreign_key="member.id")
    occurred_at: datetime
    due_on: date | None = None
    closed_at: datetime | None = None
    draft_id: int | None = Field(default=None, unique=True)
    data: dict[str, Any] = Field(sa_type=JSON)
    figures: dict[str, Any] = Field(sa_type=JSON)
    created_at: datetime


class EntryStep(SQLModel, table=True):
    """One thing done about an entry: a rectification, a re-check, an outcome, a note. Never changed."""

    __tablename__ = "entry_step"
    id: int | None = Field(default=None, primary_key=True)
    entry_id: int = Field(foreign_key="entry.id", index=True)
    member_id: int = Field(foreign_key="member.id")
    kind: str = coded("entry_move", sorted({m.code for k in KINDS.values() for m in k.moves}))
    state: str = coded("state_after", STATES)
    words: str = Field(default="", sa_type=Text)
    data: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    draft_id: int = Field(unique=True)
    at: datetime


ENTRY = Entry.__table__  # type: ignore[attr-defined]
ENTRY_STEP = EntryStep.__table__  # type: ignore[attr-defined]
_OWNER = MEMBER.alias("owner")
_NAMED: Any = select(
    ENTRY,
    DEPARTMENT.c.name.label("department"),
    MEMBER.c.display_name.label("author"),
    MEMBER.c.role.label("author_role"),
    _OWNER.c.display_name.label("owner"),
).select_from(
    ENTRY.join(MEMBER, ENTRY.c.member_id == MEMBER.c.id)
    .outerjoin(_OWNER, ENTRY.c.owner_id == _OWNER.c.id)
    .outerjoin(DEPARTMENT, ENTRY.c.department_id == DEPARTMENT.c.id)
)


def insert_entry(conn: Connection, **values: Any) -> int:
    """Store an entry; its id."""
    return insert_row(conn, ENTRY, **values)


def entry_by_number(conn: Connection, hospital_id: int, number: str) -> Row[Any] | None:
    """One entry of this hospital, its row locked where the database locks rows; never another hospital's."""
    query = _NAMED.where(ENTRY.c.hospital_id == hospital_id, ENTRY.c.number == number)
    return conn.execute(query.with_for_update(of=ENTRY)).first()


def entry_by_id(conn: Connection, hospital_id: int, entry_id: int) -> Row[Any] | None:
    """The same by its id."""
    query = _NAMED.where(ENTRY.c.hospital_id == hospital_id, ENTRY.c.id == entry_id)
    return conn.execute(query.with_for_update(of=ENTRY)).first()


def add_step(conn: Connection, **values: Any) -> int:
    """Store what was done about an entry; its id."""
    return insert_row(conn, ENTRY_STEP, **values)


def list_steps(conn: Connection, entry_id: int) -> list[Row[Any]]:
    """What was done about an entry with who did it, oldest first."""
    query = select(ENTRY_STEP, MEMBER.c.display_name.label("doer")).join(
        MEMBER, ENTRY_STEP.c.member_id == MEMBER.c.id
    )
    query = query.where(ENTRY_STEP.c.entry_id == entry_id).order_by(ENTRY_STEP.c.id)
    return list(conn.execute(query))


def last_doers(conn: Connection, entry_ids: Iterable[int]) -> dict[tuple[int, str], int]:
    """By (entry, move): who did it last."""
    query = select(ENTRY_STEP.c.entry_id, ENTRY_STEP.c.kind, ENTRY_STEP.c.member_id)
    query = query.where(ENTRY_STEP.c.entry_id.in_(list(entry_ids))).order_by(ENTRY_STEP.c.id)
    return {(row[0], row[1]): row[2] for row in conn.execute(query)}


def move_entry(
    conn: Connection, entry_id: int, *, old: str, new: str, now: datetime, **values: Any
) -> bool:
    """Move an entry from one state to the next; False when somebody moved it meanwhile."""
    if new == "closed" and old != new:
        values["closed_at"] = now
    elif old == "closed" and old != new:
        values["closed_at"] = None
    mine = (ENTRY.c.id == entry_id, ENTRY.c.state == old)
    return conn.execute(update(ENTRY).where(*mine).values(state=new, **values)).rowcount == 1


# -- what waits ------------------------------------------------------------------------------------


def hospitals_waiting(conn: Connection, *, due_by: date) -> list[int]:
    """The hospitals where something that waits is due by a day."""
    query = select(ENTRY.c.hospital_id).where(text(_OPEN), ENTRY.c.due_on <= due_by).distinct()
    return list(conn.execute(query.order_by(ENTRY.c.hospital_id)).scalars())


def open_entries(conn: Connection, hospital_id: int) -> list[Row[Any]]:
    """Everything of a hospital that still waits for somebody, by due day and age."""
    query = _NAMED.where(ENTRY.c.hospital_id == hospital_id, ENTRY.c.state.notin_(SETTLED))
    return list(conn.execute(query.order_by(ENTRY.c.due_on.is_(None), ENTRY.c.due_on, ENTRY.c.id)))


def newest_entries(conn: Connection, hospital_id: int, kind: str, *, limit: int) -> list[Row[Any]]:
    """The newest entries of a register."""
    query = _NAMED.where(ENTRY.c.hospital_id == hospital_id, ENTRY.c.kind == kind)
    return list(conn.execute(query.order_by(ENTRY.c.id.desc()).limit(limit)))


def own_entries(conn: Connection, member_id: int, *, limit: int) -> list[Row[Any]]:
    """The newest entries a member made."""
    query = _NAMED.where(ENTRY.c.member_id == member_id)
    return list(conn.execute(query.order_by(ENTRY.c.id.desc()).limit(limit)))


def assets_of(conn: Connection, hospital_id: int) -> list[Row[Any]]:
    """A hospital's security equipment that is there, by place."""
    query = _NAMED.where(
        ENTRY.c.hospital_id == hospital_id,
        ENTRY.c.kind == "asset",
        ENTRY.c.state.in_(("working", "fault")),
    )
    return list(conn.execute(query.order_by(ENTRY.c.id)))


def has_open_fault(conn: Connection, hospital_id: int, asset: str) -> bool:
    """Whether a fault of a piece of equipment (its entry's id) is still open."""
    query = select(ENTRY.c.id).where(
        ENTRY.c.hospital_id == hospital_id,
        ENTRY.c.kind == "fault",
        ENTRY.c.state == "open",
        ENTRY.c.figures["asset"].as_string() == asset,
    )
    return conn.execute(query.limit(1)).first() is not None
