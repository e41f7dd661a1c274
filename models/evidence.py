"""Photos, voices and documents: named by a record, fetched afterwards, kept with their SHA-256."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Connection, Index, Row, func, select, text, update
from sqlmodel import Field, SQLModel

from models.base import coded

SUBJECTS = (
    *("incident", "addition", "threat", "threat_step", "filing"),
    *("case", "handover", "entry", "entry_step", "ruling", "check_answer"),
)
STATES = ("wanted", "kept", "failed")
MAX_BYTES = 20 * 1024 * 1024
"""What the Bot API lets a bot download."""


class Evidence(SQLModel, table=True):
    """One file of one record; ``path`` is relative to the data directory, ``sender`` the account it came from."""

    __table_args__ = (
        Index("ix_evidence_subject", "subject", "subject_id"),
        Index(
            "ix_evidence_wanted",
            "id",
            sqlite_where=text("state = 'wanted'"),
            postgresql_where=text("state = 'wanted'"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    hospital_id: int = Field(foreign_key="hospital.id")
    subject: str = coded("evidence_subject", SUBJECTS)
    subject_id: int
    kind: str
    file_id: str
    name: str | None = None
    size: int | None = Field(default=None, sa_type=BigInteger)
    sender: int | None = Field(default=None, sa_type=BigInteger)
    state: str = coded("evidence_state", STATES)
    sha256: str | None = None
    path: str | None = None
    error: str | None = None
    created_at: datetime
    kept_at: datetime | None = None


EVIDENCE = Evidence.__table__  # type: ignore[attr-defined]


def want_files(
    conn: Connection,
    files: Iterable[Mapping[str, Any]],
    *,
    hospital_id: int,
    subject: str,
    subject_id: int,
    now: datetime,
    sender: int | None = None,
) -> None:
    """Name the files of a record; they are fetched after the commit."""
    for file in files:
        conn.execute(
            EVIDENCE.insert().values(
                hospital_id=hospital_id,
                subject=subject,
                subject_id=subject_id,
                kind=file["kind"],
                file_id=file["file_id"],
                name=file.get("name"),
                size=file.get("size"),
                sender=sender,
                state="wanted",
                created_at=now,
            )
        )


def wanted_files(conn: Connection, *, limit: int) -> list[Row[Any]]:
    """Files still to be fetched, oldest first."""
    query = select(EVIDENCE).where(EVIDENCE.c.state == "wanted")
    return list(conn.execute(query.order_by(EVIDENCE.c.id).limit(limit)))


def keep_file(
    conn: Connection,
    evidence_id: int,
    *,
    sha256: str,
    path: str,
    now: datetime,
    error: str | None = None,
) -> None:
    """Note where a file is kept, what it hashes to, and what is wrong with it."""
    conn.execute(
        update(EVIDENCE)
        .where(EVIDENCE.c.id == evidence_id)
        .values(state="kept", sha256=sha256, path=path, kept_at=now, error=error)
    )


def fail_file(conn: Connection, evidence_id: int, *, error: str) -> None:
    """Note that a file cannot be had."""
    conn.execute(
        update(EVIDENCE).where(EVIDENCE.c.id == evidence_id).values(state="failed", error=error)
    )


def count_files(conn: Connection, subject: str, subject_id: int) -> int:
    """How many files a record names."""
    query = select(func.count()).select_from(EVIDENCE)
    query = query.where(EVIDENCE.c.subject == subject, EVIDENCE.c.subject_id == subject_id)
    return int(conn.execute(query).scalar_one())


def count_each(conn: Connection, subject: str, subject_ids: Iterable[int]) -> dict[int, int]:
    """How many files each of several records has; what could not be fetched is left out."""
    query = select(EVIDENCE.c.subject_id, func.count()).where(
        EVIDENCE.c.subject == subject,
        EVIDENCE.c.subject_id.in_(list(subject_ids)),
        EVIDENCE.c.state != "failed",
    )
    return {row[0]: row[1] for row in conn.execute(query.group_by(EVIDENCE.c.subject_id))}


def list_files(conn: Connection, subject: str, subject_id: int) -> list[Row[Any]]:
    """The files of a record, in the order they were sent."""
    query = select(EVIDENCE).where(
        EVIDENCE.c.subject == subject, EVIDENCE.c.subject_id == subject_id
    )
    return list(conn.execute(query.order_by(EVIDENCE.c.id)))
