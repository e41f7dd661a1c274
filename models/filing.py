"""What closed a paper (R24): the receipt, the form or the records; later versions amend it, the first one counts."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Connection, Row, UniqueConstraint, func, select
from sqlmodel import Field, SQLModel

from models.base import coded, insert_row
from models.obligation import OBLIGATION
from models.people import MEMBER

KINDS = ("receipt", "form", "records")
VERDICTS = ("accepted", "returned")


class Filing(SQLModel, table=True):
    """One version of what was filed; ``filed_at`` is its own date, ``backdated`` that it was entered later.

    ``content`` is what a form asked (a survey's n and mean, a zero report's counts). No draft stands behind
    what records closed by themselves.
    """

    __table_args__ = (UniqueConstraint("obligation_id", "version"),)
    id: int | None = Field(default=None, primary_key=True)
    obligation_id: int = Field(foreign_key="obligation.id", index=True)
    version: int
    draft_id: int | None = Field(default=None, unique=True)
    kind: str = coded("filing_kind", KINDS)
    receipt: str = Field(index=True)
    content: dict[str, Any] = Field(sa_type=JSON)
    filed_at: datetime
    backdated: bool
    member_id: int = Field(foreign_key="member.id")
    recorded_at: datetime


class FilingReview(SQLModel, table=True):
    """What the health commission said of a version: taken, or sent back with a comment."""

    __tablename__ = "filing_review"
    id: int | None = Field(default=None, primary_key=True)
    filing_id: int = Field(foreign_key="filing.id", index=True)
    verdict: str = coded("filing_verdict", VERDICTS)
    comment: str
    member_id: int = Field(foreign_key="member.id")
    at: datetime


FILING = Filing.__table__  # type: ignore[attr-defined]
REVIEW = FilingReview.__table__  # type: ignore[attr-defined]
_LATER = REVIEW.alias("later")


def insert_filing(conn: Connection, obligation_id: int, **values: Any) -> int:
    """Store the next version of what was filed; its id."""
    newest = select(func.max(FILING.c.version)).where(FILING.c.obligation_id == obligation_id)
    version = (conn.execute(newest).scalar() or 0) + 1
    return insert_row(conn, FILING, obligation_id=obligation_id, version=version, **values)


def receipt_of(conn: Connection, obligation_id: int) -> str:
    """The receipt number of a paper's first filing; empty where there is none."""
    query = select(FILING.c.receipt).where(FILING.c.obligation_id == obligation_id)
    return conn.execute(query.order_by(FILING.c.version).limit(1)).scalar() or ""


def list_versions(conn: Connection, obligation_id: int) -> Sequence[Row[Any]]:
    """Every version with who filed it and the last word on it, oldest first."""
    newest = (
        select(func.max(_LATER.c.id))
        .where(_LATER.c.filing_id == FILING.c.id)
        .correlate(FILING)
        .scalar_subquery()
    )
    query = (
        select(FILING, MEMBER.c.display_name, REVIEW.c.verdict, REVIEW.c.comment)
        .join_from(FILING, MEMBER, FILING.c.member_id == MEMBER.c.id)
        .outerjoin(REVIEW, REVIEW.c.id == newest)
        .where(FILING.c.obligation_id == obligation_id)
    )
    return conn.execute(query.order_by(FILING.c.version)).all()


def filing_by_id(conn: Connection, filing_id: int) -> Row[Any] | None:
    """A version with its paper's hospital, locked where the database locks rows; None where there is none."""
    query = select(FILING, OBLIGATION.c.hospital_id).join_from(FILING, OBLIGATION)
    return conn.execute(query.where(FILING.c.id == filing_id).with_for_update(of=FILING)).first()


def last_review(conn: Connection, filing_id: int) -> Row[Any] | None:
    """The last word on a version with who said it; None while nobody has."""
    query = select(REVIEW, MEMBER.c.display_name).join_from(
        REVIEW, MEMBER, REVIEW.c.member_id == MEMBER.c.id
    )
    mine = query.where(REVIEW.c.filing_id == filing_id)
    return conn.execute(mine.order_by(REVIEW.c.id.desc()).limit(1)).first()


def used_for(conn: Connection, hospital_id: int, receipt: str) -> Sequence[Row[Any]]:
    """The papers of a hospital that a receipt number was given for."""
    query = select(OBLIGATION).join_from(FILING, OBLIGATION)
    mine = (OBLIGATION.c.hospital_id == hospital_id, FILING.c.receipt == receipt)
    return conn.execute(query.where(*mine).order_by(FILING.c.id)).all()


def review(
    conn: Connection, filing_id: int, *, verdict: str, comment: str, member_id: int, at: datetime
) -> bool:
    """Keep what the commission said of a version; False when the same was said before."""
    said = select(REVIEW.c.verdict).where(REVIEW.c.filing_id == filing_id)
    if conn.execute(said.order_by(REVIEW.c.id.desc()).limit(1)).scalar() == verdict:
        return False
    values = {"verdict": verdict, "comment": comment, "member_id": member_id, "at": at}
    insert_row(conn, REVIEW, filing_id=filing_id, **values)
    return True
