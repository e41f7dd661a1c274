"""Invite codes: single use by default, 24 hours, kept only as a hash; five wrong tries, then a pause."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, Connection, select, update
from sqlmodel import Field, SQLModel

from models.base import coded, insert_new
from models.people import ROLES, Actor

ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
"""No letters that are misread on a phone."""
LENGTH = 12
WRONG_TRIES = 5
PAUSE = timedelta(hours=1)


class Invite(SQLModel, table=True):
    """A code that lets somebody join a hospital with a role; the code itself is never stored."""

    id: int | None = Field(default=None, primary_key=True)
    code_hash: str = Field(unique=True)
    hospital_id: int = Field(foreign_key="hospital.id")
    department_id: int | None = Field(default=None, foreign_key="department.id")
    role: str = coded("role", ROLES)
    uses_left: int
    expires_at: datetime
    created_by: int | None = Field(default=None, foreign_key="member.id")
    created_at: datetime


class InviteUse(SQLModel, table=True):
    """Which account came in by which code: its own link, tapped again, costs nothing."""

    __tablename__ = "invite_use"
    invite_id: int = Field(
        primary_key=True, foreign_key="invite.id", sa_column_kwargs={"autoincrement": False}
    )
    telegram_id: int = Field(
        primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False}
    )
    used_at: datetime


class CodeAttempt(SQLModel, table=True):
    """Wrong codes typed by one account since its last success or pause."""

    __tablename__ = "code_attempt"
    telegram_id: int = Field(
        primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False}
    )
    wrong: int = 0
    paused_until: datetime | None = None


INVITE = Invite.__table__  # type: ignore[attr-defined]
USE = InviteUse.__table__  # type: ignore[attr-defined]
ATTEMPT = CodeAttempt.__table__  # type: ignore[attr-defined]


class CodeRefused(Exception):
    """The code opens nothing; ``left`` tries remain, or none until ``paused_until``."""

    def __init__(self, *, left: int, paused_until: datetime | None = None) -> None:
        super().__init__("invite code refused")
        self.left = left
        self.paused_until = paused_until


@dataclass(frozen=True, kw_only=True, slots=True)
class Admission:
    """What a valid code gives."""

    invite_id: int
    hospital_id: int
    department_id: int | None
    role: str


def create_invite(
    conn: Connection,
    *,
    hospital_id: int,
    role: str,
    department_id: int | None,
    now: datetime,
    uses: int = 1,
    hours: float = 24,
    created_by: int | None = None,
) -> str:
    """Store a new invite and return its code, which cannot be read back later."""
    code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    conn.execute(
        INVITE.insert().values(
            code_hash=hash_code(code),
            hospital_id=hospital_id,
            department_id=department_id,
            role=role,
            uses_left=uses,
            expires_at=now + timedelta(hours=hours),
            created_by=created_by,
            created_at=now,
        )
    )
    return code


def hash_code(code: str) -> str:
    """The stored form of a code; letter case and spaces around it do not matter."""
    return hashlib.sha256(code.strip().upper().encode()).hexdigest()


def check_pause(conn: Connection, *, telegram_id: int, now: datetime) -> None:
    """Raise CodeRefused while an account is paused for wrong codes."""
    tries = conn.execute(select(ATTEMPT).where(ATTEMPT.c.telegram_id == telegram_id)).first()
    if tries and tries.paused_until and tries.paused_until > now:
        raise CodeRefused(left=0, paused_until=tries.paused_until)


def own_code(conn: Connection, code: str, member: Actor, *, now: datetime) -> bool:
    """Whether a code would only give a member what they are: they came by it, or it is for the very same place."""
    query = select(INVITE, USE.c.used_at).outerjoin_from(
        INVITE,
        USE,
        (USE.c.invite_id == INVITE.c.id) & (USE.c.telegram_id == member.telegram_id),
    )
    found = conn.execute(query.where(INVITE.c.code_hash == hash_code(code))).first()
    if found is None or found.hospital_id != member.hospital.id:
        return False
    same = found.role == member.role and found.department_id in (None, member.department_id)
    return found.used_at is not None or (same and found.uses_left > 0 and found.expires_at > now)


def check_code(conn: Connection, code: str, *, telegram_id: int, now: datetime) -> Admission:
    """What the code gives, without using it up; raises CodeRefused and counts the wrong try."""
    check_pause(conn, telegram_id=telegram_id, now=now)
    query = select(INVITE).where(
        INVITE.c.code_hash == hash_code(code), INVITE.c.uses_left > 0, INVITE.c.expires_at > now
    )
    found = conn.execute(query).first()
    if found is None:
        raise CodeRefused(left=WRONG_TRIES)
    return Admission(
        invite_id=found.id,
        hospital_id=found.hospital_id,
        department_id=found.department_id,
        role=found.role,
    )


def count_wrong_try(conn: Connection, *, telegram_id: int, now: datetime) -> CodeRefused:
    """Record a wrong code and say how many tries are left before the pause."""
    tries = conn.execute(select(ATTEMPT).where(ATTEMPT.c.telegram_id == telegram_id)).first()
    paused = tries is not None and tries.paused_until is not None
    wrong = 1 if tries is None or paused else tries.wrong + 1
    until = now + PAUSE if wrong >= WRONG_TRIES else None
    conn.execute(ATTEMPT.delete().where(ATTEMPT.c.telegram_id == telegram_id))
    conn.execute(ATTEMPT.insert().values(telegram_id=telegram_id, wrong=wrong, paused_until=until))
    return CodeRefused(left=max(0, WRONG_TRIES - wrong), paused_until=until)


def use_invite(conn: Connection, admission: Admission, *, telegram_id: int, now: datetime) -> bool:
    """Take one use and note whose it was; False when somebody else took the last one meanwhile."""
    taken = conn.execute(
        update(INVITE)
        .where(INVITE.c.id == admission.invite_id, INVITE.c.uses_left > 0)
        .values(uses_left=INVITE.c.uses_left - 1)
    )
    if taken.rowcount != 1:
        return False
    conn.execute(ATTEMPT.delete().where(ATTEMPT.c.telegram_id == telegram_id))
    use = {"invite_id": admission.invite_id, "telegram_id": telegram_id, "used_at": now}
    insert_new(conn, USE, use)
    return True
