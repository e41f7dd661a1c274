"""Hand-overs to the police (003 线索移交): who received it, against which receipt, and the list of what there was."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Connection, LargeBinary, Row, select
from sqlmodel import Field, SQLModel

from models.base import insert_row
from models.incident import INCIDENT


class Handover(SQLModel, table=True):
    """One hand-over; never changed. ``files`` is the evidence as it stood then, ``sha256`` that of the list."""

    id: int | None = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incident.id", index=True)
    draft_id: int = Field(unique=True)
    member_id: int = Field(foreign_key="member.id")
    unit: str
    officer_sealed: bytes = Field(sa_type=LargeBinary)
    receipt: str
    files: list[dict[str, Any]] = Field(sa_type=JSON)
    sha256: str
    handed_at: datetime
    at: datetime


HANDOVER = Handover.__table__  # type: ignore[attr-defined]


def list_evidence(files: Iterable[Any]) -> list[dict[str, Any]]:
    """Evidence rows as a list to be handed over: number, kind, time, size, state and SHA-256 of each."""
    return [
        {
            "n": place,
            "id": file.id,
            "subject": file.subject,
            "kind": file.kind,
            "at": file.created_at.isoformat(timespec="seconds"),
            "size": file.size,
            "state": file.state,
            "sha256": file.sha256,
        }
        for place, file in enumerate(files, start=1)
    ]


def digest_of(files: Iterable[Mapping[str, Any]]) -> str:
    """SHA-256 over the list: one line a file, ``number kind time size sha256``, each ended by a line feed."""
    lines = (
        f"{file['n']} {file['kind']} {file['at']} {file['size'] or 0} {file['sha256'] or '-'}\n"
        for file in files
    )
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def add_handover(conn: Connection, **values: Any) -> int:
    """Store a hand-over; its id."""
    return insert_row(conn, HANDOVER, **values)


def list_handovers(conn: Connection, incident_id: int) -> list[Row[Any]]:
    """The hand-overs of a case, oldest first."""
    query = select(HANDOVER).where(HANDOVER.c.incident_id == incident_id)
    return list(conn.execute(query.order_by(HANDOVER.c.id)))


def find_handover(conn: Connection, hospital_id: int, handover_id: int) -> Row[Any] | None:
    """One hand-over of this hospital with its record's number; never another hospital's."""
    query = select(HANDOVER, INCIDENT.c.number).join_from(
        HANDOVER, INCIDENT, HANDOVER.c.incident_id == INCIDENT.c.id
    )
    mine = query.where(HANDOVER.c.id == handover_id, INCIDENT.c.hospital_id == hospital_id)
    return conn.execute(mine).first()
