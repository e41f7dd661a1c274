"""Days that an operator has said to be worked or off: they win over the published calendar, for every hospital."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache

from sqlalchemy import Connection, select
from sqlmodel import Field, SQLModel

from models.setting import keep_setting, read_setting
from models.workdays import CHINA, Workdays

_STAMP = "workdays"


class WorkdayOverride(SQLModel, table=True):
    """One day whose kind was imported."""

    __tablename__ = "workday_override"
    day: date = Field(primary_key=True)
    works: bool
    set_at: datetime


OVERRIDE = WorkdayOverride.__table__  # type: ignore[attr-defined]


def override_stamp(conn: Connection) -> str:
    """Which import is in force; empty before the first."""
    return read_setting(conn, _STAMP) or ""


def import_overrides(conn: Connection, days: Mapping[date, bool], *, now: datetime) -> None:
    """Take over a table; days named before and not in it stay as they are."""
    conn.execute(OVERRIDE.delete().where(OVERRIDE.c.day.in_(list(days))))
    rows = [{"day": day, "works": works, "set_at": now} for day, works in days.items()]
    conn.execute(OVERRIDE.insert(), rows)
    keep_setting(conn, _STAMP, now.isoformat())


def calendar_of(conn: Connection) -> Workdays:
    """The working days, what was imported included."""
    if not override_stamp(conn):
        return CHINA
    rows = conn.execute(select(OVERRIDE.c.day, OVERRIDE.c.works).order_by(OVERRIDE.c.day))
    return _calendar(tuple((row.day, row.works) for row in rows))


@lru_cache(maxsize=8)
def _calendar(days: tuple[tuple[date, bool], ...]) -> Workdays:
    return Workdays(dict(days))
