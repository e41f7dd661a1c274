"""Threats and people to watch (重点人员): sensitive, read only by those who must act on them, reviewed or ended."""

from collections.abc import Collection, Iterable
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Any

from sqlalchemy import JSON, Connection, Index, LargeBinary, Row, bindparam, select, text, update
from sqlmodel import Field, SQLModel

from models.base import coded, insert_new, insert_row
from models.people import DEPARTMENT, MEMBER

FACTORS = ("repeated_demands", "extreme_acts", "threatened_violence", "violent_tendency")
"""001: 多次反映诉求、有过激行为或扬言暴力伤医以及有潜在暴力倾向的人群."""
READERS = ("officer", "admin")
WEAPONS = ("none", "spoken", "seen", "unknown")
LEVELS = ("low", "medium", "high")
LEVEL_BY_GROUNDS = {
    "tendency": "high",
    "armed": "high",
    "weapon": "medium",
    "grave": "medium",
    "calm": "low",
}
STATES = ("open", "expired", "ended")
STEPS = (
    *("renewed", "expired", "ended", "level_set"),
    *("police_told", "commission_told", "escorted"),
    "identity_opened",
)
ONCE = ("police_told", "commission_told", "escorted")
"""Steps that are noted once per threat, whoever is first."""
REVIEW_DAYS = {"low": 30, "medium": 30, "high": 7}
"""Days from the report, or from the last renewal, to the review (our default)."""
REMIND_DAYS = (3, 0)
REMIND_AT = time(8)
"""Officers are reminded so many days before the review, at this local time (our default)."""


def grounds(factors: Collection[str], weapon: str) -> str:
    """Why a threat has its level, the gravest reason first: a key of LEVEL_BY_GROUNDS (our default rule)."""
    armed = weapon in ("spoken", "seen")
    grave = "threatened_violence" in factors or "extreme_acts" in factors
    if "violent_tendency" in factors:
        return "tendency"
    if armed:
        return "armed" if grave else "weapon"
    return "grave" if grave else "calm"


def level(factors: Collection[str], weapon: str) -> str:
    """How grave a threat is (our default rule).

    High: a violent tendency, or a weapon seen or spoken of together with threats or extreme acts.
    Medium: threats, extreme acts or a weapon alone. Low: anything else.
    """
    return LEVEL_BY_GROUNDS[grounds(factors, weapon)]


def review_after(since: datetime, of_level: str, zone: tzinfo) -> datetime:
    """The end of the local day on which a threat must be reviewed."""
    day = since.astimezone(zone).date() + timedelta(days=REVIEW_DAYS[of_level])
    return datetime.combine(day, time(23, 59, 59), tzinfo=zone).astimezone(UTC)


def reminders_due(review_at: datetime, zone: tzinfo, now: datetime) -> list[int]:
    """Of REMIND_DAYS those whose moment has come; none once the review day is over."""
    if now > review_at:
        return []
    day = review_at.astimezone(zone).date()
    times = {
        days: datetime.combine(day - timedelta(days=days), REMIND_AT, tzinfo=zone)
        for days in REMIND_DAYS
    }
    return [days for days, moment in times.items() if moment <= now]


class Threat(SQLModel, table=True):
    """A threat as it stands; where, who and what was said are sealed with the field-encryption key."""

    __table_args__ = (Index("ix_threat_hospital_id_state", "hospital_id", "state"),)
    id: int | None = Field(default=None, primary_key=True)
    number: str = Field(unique=True)
    hospital_id: int = Field(foreign_key="hospital.id", index=True)
    department_id: int | None = Field(default=None, foreign_key="department.id")
    named_department_id: int | None = Field(default=None, foreign_key="department.id")
    reporter_id: int = Field(foreign_key="member.id", index=True)
    unnamed: bool
    draft_id: int = Field(unique=True)
    factors: list[str] = Field(sa_type=JSON)
    weapon: str = coded("threat_weapon", WEAPONS)
    level: str = coded("threat_level", LEVELS)
    escort: bool
    place_sealed: bytes = Field(sa_type=LargeBinary)
    account_sealed: bytes = Field(sa_type=LargeBinary)
    who_sealed: bytes | None = Field(default=None, sa_type=LargeBinary, nullable=True)
    reported_at: datetime
    state: str = coded("threat_state", STATES)
    # None only for a threat of the first version, until the next sweep gives it a date.
    review_at: datetime | None = None
    ended_at: datetime | None = None


class ThreatStep(SQLModel, table=True):
    """What was done about a threat; never changed. ``code`` is the new level, or the role that escorts."""

    __tablename__ = "threat_step"
    __table_args__ = (
        Index(
            "uq_threat_step_once",
            "threat_id",
            "kind",
            unique=True,
            sqlite_where=text("kind IN ('police_told', 'commission_told', 'escorted')"),
            postgresql_where=text("kind IN ('police_told', 'commission_told', 'escorted')"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    threat_id: int = Field(foreign_key="threat.id", index=True)
    member_id: int | None = Field(default=None, foreign_key="member.id")
    kind: str = coded("threat_step_kind", STEPS)
    code: str | None = None
    reason_sealed: bytes | None = Field(default=None, sa_type=LargeBinary, nullable=True)
    at: datetime


THREAT = Threat.__table__  # type: ignore[attr-defined]
STEP = ThreatStep.__table__  # type: ignore[attr-defined]
_NAMED = DEPARTMENT.alias("named")
_BY_NUMBER = (
    select(
        THREAT,
        MEMBER.c.role.label("reporter_role"),
        DEPARTMENT.c.name.label("department"),
        _NAMED.c.name.label("named_department"),
    )
    .select_from(
        THREAT.join(MEMBER, THREAT.c.reporter_id == MEMBER.c.id)
        .outerjoin(DEPARTMENT, THREAT.c.department_id == DEPARTMENT.c.id)
        .outerjoin(_NAMED, THREAT.c.named_department_id == _NAMED.c.id)
    )
    .where(THREAT.c.hospital_id == bindparam("hospital"), THREAT.c.number == bindparam("which"))
)


def insert_threat(conn: Connection, **values: Any) -> int:
    """Store an open threat; its id."""
    return insert_row(conn, THREAT, state="open", **values)


def threat_by_number(conn: Connection, hospital_id: int, number: str) -> Row[Any] | None:
    """One threat of this hospital with its departments and reporter's role; never another hospital's."""
    return conn.execute(_BY_NUMBER, {"hospital": hospital_id, "which": number}).first()


def own_threats(conn: Connection, member_id: int, *, limit: int) -> list[Row[Any]]:
    """The member's newest threats, without what is sealed."""
    query = select(THREAT.c.number, THREAT.c.reported_at).where(THREAT.c.reporter_id == member_id)
    return list(conn.execute(query.order_by(THREAT.c.id.desc()).limit(limit)))


def hospitals_watching(conn: Connection) -> list[int]:
    """The hospitals that have open threats."""
    query = select(THREAT.c.hospital_id).where(THREAT.c.state == "open").distinct()
    return list(conn.execute(query.order_by(THREAT.c.hospital_id)).scalars())


def open_threats(conn: Connection, hospital_id: int) -> list[Row[Any]]:
    """A hospital's open threats without what is sealed, the nearest review first."""
    query = select(
        THREAT.c.id,
        THREAT.c.number,
        THREAT.c.hospital_id,
        THREAT.c.level,
        THREAT.c.review_at,
        THREAT.c.reporter_id,
        THREAT.c.named_department_id,
    ).where(THREAT.c.hospital_id == hospital_id, THREAT.c.state == "open")
    return list(conn.execute(query.order_by(THREAT.c.review_at, THREAT.c.id)))


def move_threat(conn: Connection, threat_id: int, *, among: Iterable[str], **values: Any) -> bool:
    """Change a threat that is in one of the states ``among``; False when it was moved on meanwhile."""
    mine = update(THREAT).where(THREAT.c.id == threat_id, THREAT.c.state.in_(tuple(among)))
    return conn.execute(mine.values(**values)).rowcount == 1


def expire_threat(conn: Connection, threat_id: int, *, now: datetime) -> bool:
    """Let an open threat expire whose review is over; False when it was renewed or ended meanwhile."""
    mine = update(THREAT).where(
        THREAT.c.id == threat_id, THREAT.c.state == "open", THREAT.c.review_at < now
    )
    return conn.execute(mine.values(state="expired")).rowcount == 1


def give_review(conn: Connection, threat_id: int, review_at: datetime) -> bool:
    """Give a threat that never had one its review date."""
    mine = update(THREAT).where(THREAT.c.id == threat_id, THREAT.c.review_at.is_(None))
    return conn.execute(mine.values(review_at=review_at)).rowcount == 1


def add_step(conn: Connection, threat_id: int, kind: str, *, at: datetime, **values: Any) -> bool:
    """Note what was done; False for a kind of ONCE that was noted before."""
    return insert_new(conn, STEP, {"threat_id": threat_id, "kind": kind, "at": at, **values})


def list_steps(conn: Connection, threat_id: int) -> list[Row[Any]]:
    """What was done about a threat and by which role (None: the schedule), oldest first."""
    query = select(STEP, MEMBER.c.role).outerjoin_from(
        STEP, MEMBER, STEP.c.member_id == MEMBER.c.id
    )
    return list(conn.execute(query.where(STEP.c.threat_id == threat_id).order_by(STEP.c.id)))
