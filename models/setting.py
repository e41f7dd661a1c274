"""Small facts the product keeps for itself: the bot's name, what a sweep has done."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import Connection, select
from sqlmodel import Field, SQLModel

from models.base import insert_new

BOT_NAME = "bot_name"
"""The kept username of the bot, for invite links."""


class Setting(SQLModel, table=True):
    """A kept value."""

    key: str = Field(primary_key=True)
    value: str


class Mark(SQLModel, table=True):
    """That a sweep did something once: unique over what, for whom and for which period."""

    kind: str = Field(primary_key=True)
    subject: str = Field(primary_key=True)
    period: str = Field(primary_key=True)
    at: datetime


SETTING = Setting.__table__  # type: ignore[attr-defined]
MARK = Mark.__table__  # type: ignore[attr-defined]


def read_setting(conn: Connection, key: str) -> str | None:
    """The kept value, or None."""
    return conn.execute(select(SETTING.c.value).where(SETTING.c.key == key)).scalar()


def keep_setting(conn: Connection, key: str, value: str) -> None:
    """Keep a value, replacing an older one."""
    if not insert_new(conn, SETTING, {"key": key, "value": value}):
        conn.execute(SETTING.update().where(SETTING.c.key == key).values(value=value))


def claim(conn: Connection, *, kind: str, subject: str, period: str, at: datetime) -> bool:
    """Take the one right to do something; False when it was taken before."""
    row = {"kind": kind, "subject": subject, "period": period, "at": at}
    return insert_new(conn, MARK, row)


def claimed(conn: Connection, *, kind: str, subjects: Collection[str], period: str) -> set[str]:
    """Which of these subjects something was done for in a period."""
    mine = (MARK.c.kind == kind, MARK.c.period == period, MARK.c.subject.in_(subjects))
    return set(conn.execute(select(MARK.c.subject).where(*mine)).scalars())


def claim_each(
    conn: Connection, *, kind: str, subjects: Iterable[str], period: str, at: datetime
) -> set[str]:
    """The same for many subjects: those it was not taken for before."""
    return {each for each in subjects if claim(conn, kind=kind, subject=each, period=period, at=at)}


def marked_since(conn: Connection, *, kind: str, since: datetime) -> set[str]:
    """The subjects that something was done for after ``since``."""
    query = select(MARK.c.subject).where(MARK.c.kind == kind, MARK.c.at > since)
    return set(conn.execute(query).scalars())


def latest_mark(conn: Connection, *, kind: str, subject: str, by: datetime) -> datetime | None:
    """When something was last done for a subject, up to ``by``: a sweep may have been told of a later time."""
    mine = (MARK.c.kind == kind, MARK.c.subject == subject, MARK.c.at <= by)
    query = select(MARK.c.at).where(*mine)
    return conn.execute(query.order_by(MARK.c.at.desc()).limit(1)).scalar()
