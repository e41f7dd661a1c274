"""How a hospital's administrators have read what a scorecard leaves open: who, when, why. Nothing is ever changed."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Text, select
from sqlmodel import Field, SQLModel

from models.base import insert_row
from models.people import MEMBER


class Ruling(SQLModel, table=True):
    """One ruling on an open question (``value`` a reading) or a setting (a number); None takes it back."""

    id: int | None = Field(default=None, primary_key=True)
    hospital_id: int = Field(foreign_key="hospital.id", index=True)
    rubric: str
    key: str
    value: str | None = None
    reason: str = Field(sa_type=Text)
    member_id: int = Field(foreign_key="member.id")
    made_at: datetime


RULING = Ruling.__table__  # type: ignore[attr-defined]


def insert_ruling(conn: Connection, **values: Any) -> int:
    """Keep a ruling; its id."""
    return insert_row(conn, RULING, **values)


def list_rulings(
    conn: Connection, hospital_id: int, rubric: str, *, at: datetime
) -> list[Row[Any]]:
    """Every ruling on one scorecard by ``at`` with who made it, oldest first."""
    query = (
        select(RULING, MEMBER.c.display_name.label("name"))
        .join_from(RULING, MEMBER, RULING.c.member_id == MEMBER.c.id)
        .where(
            RULING.c.hospital_id == hospital_id,
            RULING.c.rubric == rubric,
            RULING.c.made_at <= at,
        )
    )
    return list(conn.execute(query.order_by(RULING.c.id)))


def rulings_of(
    conn: Connection, hospital_ids: Collection[int], *, at: datetime
) -> dict[tuple[int, str], dict[str, str]]:
    """By hospital and scorecard: the values of the rulings in force as of ``at``."""
    query = select(RULING).where(
        RULING.c.hospital_id.in_(list(hospital_ids)), RULING.c.made_at <= at
    )
    found: dict[tuple[int, str], dict[str, str]] = {}
    for row in conn.execute(query.order_by(RULING.c.id)):
        ours = found.setdefault((row.hospital_id, row.rubric), {})
        if row.value is None:
            ours.pop(row.key, None)
        else:
            ours[row.key] = row.value
    return found


def in_force(rulings: Iterable[Row[Any]]) -> dict[str, Row[Any]]:
    """Of each question or setting the newest ruling, those taken back left out."""
    newest = {row.key: row for row in rulings}
    return {key: row for key, row in newest.items() if row.value is not None}
