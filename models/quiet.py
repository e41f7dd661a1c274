"""Quiet hours: when a person wants no reminders. Alarms and calls never wait for them."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select
from sqlmodel import Field, SQLModel

from models.periods import moment


class QuietHours(SQLModel, table=True):
    """One person's: from and until a time of day in the hospital's zone, perhaps over midnight."""

    __tablename__ = "quiet_hours"
    member_id: int = Field(primary_key=True, foreign_key="member.id")
    begins: time
    ends: time


QUIET = QuietHours.__table__  # type: ignore[attr-defined]
Hours = tuple[time, time]


def set_quiet(conn: Connection, member_id: int, hours: Hours | None) -> None:
    """Keep a person's quiet hours; None for none."""
    conn.execute(QUIET.delete().where(QUIET.c.member_id == member_id))
    if hours is not None:
        row = {"member_id": member_id, "begins": hours[0], "ends": hours[1]}
        conn.execute(QUIET.insert().values(row))


def quiet_of(conn: Connection, member_ids: Iterable[int]) -> dict[int, Hours]:
    """The quiet hours of those who have any."""
    rows = conn.execute(select(QUIET).where(QUIET.c.member_id.in_(list(member_ids))))
    return {row.member_id: (row.begins, row.ends) for row in rows}


def quiet_until(hours: Hours, now: datetime, zone: ZoneInfo) -> datetime | None:
    """When the quiet hours that ``now`` lies in end; None outside them."""
    local = now.astimezone(zone)
    begins, ends = hours
    clock = local.time()
    inside = begins <= clock < ends if begins <= ends else clock >= begins or clock < ends
    if not inside or begins == ends:
        return None
    day = local.date() + timedelta(days=begins > ends and clock >= begins)
    # An end that the clock skips or repeats still lies ahead, or nobody would be told again today.
    return max(moment(day, ends, zone), now + timedelta(seconds=1))
