"""Who is on duty: one open shift per member, ended by signing off, handing over or the sweep (002/1 定人定岗)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Index, Row, bindparam, func, select, text, update
from sqlmodel import Field, SQLModel

from models.base import coded, insert_new
from models.people import MEMBER, REACHABLE, Actor, read_reachable

LONGEST = timedelta(hours=12)
"""A shift that nobody ended is ended after this long (our default)."""
OFFER = timedelta(hours=2)
"""How long a colleague may think about taking a shift over (our default)."""
ENDINGS = ("self", "handover", "sweep", "left")


class Duty(SQLModel, table=True):
    """One shift of one member, at a post if they named one."""

    __table_args__ = (
        Index(
            "uq_duty_open",
            "member_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_duty_hospital_id_ended_at", "hospital_id", "ended_at"),
    )
    id: int | None = Field(default=None, primary_key=True)
    hospital_id: int = Field(foreign_key="hospital.id")
    member_id: int = Field(foreign_key="member.id")
    post: str | None = None
    began_at: datetime
    until: datetime
    ended_at: datetime | None = None
    offered_to: int | None = Field(default=None, foreign_key="member.id")
    offered_at: datetime | None = None
    ended_by: str | None = coded("duty_ending", ENDINGS, default=None, nullable=True)


DUTY = Duty.__table__  # type: ignore[attr-defined]
_OPEN = select(DUTY).where(DUTY.c.member_id == bindparam("member"), DUTY.c.ended_at.is_(None))
_ON_DUTY = (
    select(DUTY.c.member_id)
    .join_from(DUTY, MEMBER, DUTY.c.member_id == MEMBER.c.id)
    .where(
        DUTY.c.hospital_id == bindparam("hospital"),
        DUTY.c.ended_at.is_(None),
        MEMBER.c.removed_at.is_(None),
    )
)

_CALLED = REACHABLE.where(
    MEMBER.c.id.in_(
        select(DUTY.c.member_id).where(
            DUTY.c.hospital_id == bindparam("hospital"), DUTY.c.ended_at.is_(None)
        )
    )
)


def open_duty(conn: Connection, member_id: int) -> Row[Any] | None:
    """The member's open shift, or None when off duty."""
    return conn.execute(_OPEN, {"member": member_id}).first()


def on_duty_actors(conn: Connection, hospital_id: int, roles: Iterable[str]) -> list[Actor]:
    """Those on duty with one of ``roles`` who have not blocked the bot: whom an alarm calls, in one query."""
    return read_reachable(conn, _CALLED, hospital_id, roles)


def find_shift(conn: Connection, duty_id: int, *, member_id: int) -> Row[Any] | None:
    """One of the member's own shifts, open or ended, or None."""
    mine = (DUTY.c.id == duty_id, DUTY.c.member_id == member_id)
    return conn.execute(select(DUTY).where(*mine)).first()


def on_duty_ids(conn: Connection, hospital_id: int) -> set[int]:
    """The members of a hospital who are on duty."""
    return set(conn.execute(_ON_DUTY, {"hospital": hospital_id}).scalars())


def begin_duty(
    conn: Connection, *, hospital_id: int, member_id: int, post: str | None, now: datetime
) -> bool:
    """Open a shift; False when one is open already."""
    values = {
        "hospital_id": hospital_id,
        "member_id": member_id,
        "post": post,
        "began_at": now,
        "until": now + LONGEST,
    }
    return insert_new(conn, DUTY, values)


def end_duty(conn: Connection, member_id: int, *, by: str, now: datetime) -> bool:
    """End the open shift; False when there was none."""
    open_one = update(DUTY).where(DUTY.c.member_id == member_id, DUTY.c.ended_at.is_(None))
    return conn.execute(open_one.values(ended_at=now, ended_by=by)).rowcount == 1


def end_shift(conn: Connection, duty_id: int, *, by: str, now: datetime) -> bool:
    """End this very shift; False when it was ended meanwhile."""
    this = update(DUTY).where(DUTY.c.id == duty_id, DUTY.c.ended_at.is_(None))
    return conn.execute(this.values(ended_at=now, ended_by=by)).rowcount == 1


def on_duty_now(conn: Connection, hospital_id: int) -> list[Row[Any]]:
    """The open shifts of a hospital with the names of their members, oldest first."""
    query: Any = (
        select(DUTY, MEMBER.c.display_name.label("name"))
        .join_from(DUTY, MEMBER, DUTY.c.member_id == MEMBER.c.id)
        .where(
            DUTY.c.hospital_id == hospital_id,
            DUTY.c.ended_at.is_(None),
            MEMBER.c.removed_at.is_(None),
        )
    )
    return list(conn.execute(query.order_by(DUTY.c.id)))


def offer_duty(conn: Connection, duty_id: int, *, to: int, now: datetime) -> None:
    """Offer a shift to a colleague in place of a former offer."""
    conn.execute(update(DUTY).where(DUTY.c.id == duty_id).values(offered_to=to, offered_at=now))


def take_offer(conn: Connection, duty_id: int, *, to: int, now: datetime) -> Row[Any] | None:
    """End an offered shift for the one who takes it over; None when it is not theirs or lapsed."""
    offered = (
        DUTY.c.id == duty_id,
        DUTY.c.offered_to == to,
        DUTY.c.ended_at.is_(None),
        DUTY.c.offered_at > now - OFFER,
    )
    ended = update(DUTY).where(*offered).values(ended_at=now, ended_by="handover").returning(DUTY)
    return conn.execute(ended).first()


def name_post(conn: Connection, member_id: int, post: str) -> bool:
    """Say where the member stands this shift; False when off duty."""
    open_one = update(DUTY).where(DUTY.c.member_id == member_id, DUTY.c.ended_at.is_(None))
    return conn.execute(open_one.values(post=post)).rowcount == 1


def recent_posts(conn: Connection, hospital_id: int, *, most: int) -> list[Row[Any]]:
    """The posts last stood at in a hospital, newest first: (a shift's id, the post)."""
    newest = func.max(DUTY.c.id)
    query: Any = (
        select(newest.label("id"), DUTY.c.post)
        .where(DUTY.c.hospital_id == hospital_id, DUTY.c.post.is_not(None))
        .group_by(DUTY.c.post)
        .order_by(newest.desc())
    )
    return list(conn.execute(query.limit(most)))


def post_of(conn: Connection, hospital_id: int, duty_id: int) -> str | None:
    """Where one stood in a shift of this hospital; None for another hospital's or one without a post."""
    query = select(DUTY.c.post).where(DUTY.c.id == duty_id, DUTY.c.hospital_id == hospital_id)
    return conn.execute(query).scalar()


def was_on_duty(conn: Connection, member_id: int) -> bool:
    """Whether a member has ever signed on."""
    query = select(DUTY.c.id).where(DUTY.c.member_id == member_id)
    return conn.execute(query.limit(1)).first() is not None


def orphaned_duties(conn: Connection, roles: Iterable[str]) -> list[Row[Any]]:
    """Open shifts of people who were removed or hold none of ``roles`` any more."""
    query: Any = (
        select(DUTY)
        .join_from(DUTY, MEMBER, DUTY.c.member_id == MEMBER.c.id)
        .where(
            DUTY.c.ended_at.is_(None),
            MEMBER.c.removed_at.is_not(None) | MEMBER.c.role.not_in(tuple(roles)),
        )
    )
    return list(conn.execute(query.order_by(DUTY.c.id)))


def forgotten_duties(conn: Connection, *, now: datetime) -> list[Row[Any]]:
    """Open shifts whose time is over."""
    query = select(DUTY).where(DUTY.c.ended_at.is_(None), DUTY.c.until <= now)
    return list(conn.execute(query.order_by(DUTY.c.id)))
