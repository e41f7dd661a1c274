"""Who did what to which record, when. Nothing here is ever changed."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Connection
from sqlmodel import Field, SQLModel

from models.base import insert_row


class AuditEntry(SQLModel, table=True):
    """One action by a member (or by the schedule: no member) on one subject."""

    __tablename__ = "audit"
    id: int | None = Field(default=None, primary_key=True)
    at: datetime
    hospital_id: int | None = Field(default=None, foreign_key="hospital.id", index=True)
    member_id: int | None = Field(default=None, foreign_key="member.id")
    action: str
    subject: str
    detail: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


AUDIT = AuditEntry.__table__  # type: ignore[attr-defined]


def note(
    conn: Connection,
    *,
    at: datetime,
    action: str,
    subject: str,
    hospital_id: int | None = None,
    member_id: int | None = None,
    **detail: Any,
) -> None:
    """Write one audit entry; ``detail`` holds codes and ids, never what a person said."""
    insert_row(
        conn,
        AUDIT,
        at=at,
        hospital_id=hospital_id,
        member_id=member_id,
        action=action,
        subject=subject,
        detail=detail,
    )
