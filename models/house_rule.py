"""What a hospital has changed of our defaults: one value per key, with who and when."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Connection, Row, bindparam, select
from sqlmodel import Field, SQLModel

from models.people import MEMBER

POLICE = "police_contact"
"""A text: whom to phone at the police station."""
POLICE_AFTER = "police_after"
"""A number: after how many minutes without a police call a violent case is brought up (domain O3)."""
CHAIN = "chain:"
"""With a rule's id behind it: the steps of its chain."""
RUBRIC = "rubric:"
"""With a year behind it: the content hash of the scorecard chosen for that year and those after it."""


class HouseRule(SQLModel, table=True):
    """One changed default of one hospital."""

    __tablename__ = "house_rule"
    hospital_id: int = Field(primary_key=True, foreign_key="hospital.id")
    key: str = Field(primary_key=True)
    value: Any = Field(sa_type=JSON)
    changed_by: int | None = Field(default=None, foreign_key="member.id")
    changed_at: datetime


RULE = HouseRule.__table__  # type: ignore[attr-defined]
_ONE = select(RULE.c.value).where(
    RULE.c.hospital_id == bindparam("hospital"), RULE.c.key == bindparam("of_key")
)


def read_rule(conn: Connection, hospital_id: int, key: str) -> Any:
    """The hospital's own value, or None where our default stands."""
    return conn.execute(_ONE, {"hospital": hospital_id, "of_key": key}).scalar()


def read_rules(conn: Connection, hospital_ids: Collection[int], key: str) -> dict[int, Any]:
    """The own values of many hospitals, those left out where our default stands."""
    query = select(RULE.c.hospital_id, RULE.c.value).where(
        RULE.c.hospital_id.in_(list(hospital_ids)), RULE.c.key == key
    )
    return {row.hospital_id: row.value for row in conn.execute(query)}


def find_rule(conn: Connection, hospital_id: int, key: str) -> Row[Any] | None:
    """The hospital's own value with who set it and when, or None where our default stands."""
    query = (
        select(RULE.c.value, RULE.c.changed_at, MEMBER.c.display_name.label("name"))
        .outerjoin_from(RULE, MEMBER, RULE.c.changed_by == MEMBER.c.id)
        .where(RULE.c.hospital_id == hospital_id, RULE.c.key == key)
    )
    return conn.execute(query).first()


def newest_rule(conn: Connection, hospital_id: int, prefix: str, *, until: str) -> Any:
    """The value under the greatest key of a prefix up to ``prefix + until``; None where there is none."""
    return newest_rules(conn, [hospital_id], prefix, until=until).get(hospital_id)


def newest_rules(
    conn: Connection, hospital_ids: Collection[int], prefix: str, *, until: str
) -> dict[int, Any]:
    """The same of many hospitals, those left out that have none."""
    query = select(RULE.c.hospital_id, RULE.c.value).where(
        RULE.c.hospital_id.in_(list(hospital_ids)),
        RULE.c.key.startswith(prefix, autoescape=True),
        RULE.c.key <= prefix + until,
    )
    return {row.hospital_id: row.value for row in conn.execute(query.order_by(RULE.c.key))}


def set_rule(
    conn: Connection, hospital_id: int, key: str, value: Any, *, by: int | None, now: datetime
) -> None:
    """Change a default for this hospital; None goes back to ours."""
    mine = (RULE.c.hospital_id == hospital_id, RULE.c.key == key)
    conn.execute(RULE.delete().where(*mine))
    if value is not None:
        row = {"hospital_id": hospital_id, "key": key, "value": value}
        conn.execute(RULE.insert().values(**row, changed_by=by, changed_at=now))
