"""Cases: every incident and alarm followed to its close. The record as filed stays; what became of it is here."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Connection,
    Index,
    Row,
    Text,
    bindparam,
    func,
    select,
    text,
    update,
)
from sqlmodel import Field, SQLModel

from models.base import coded, insert_row
from models.category import BY_CODE, SEVERITIES
from models.incident import INCIDENT
from models.people import DEPARTMENT, MEMBER

MOVES: dict[str, frozenset[str]] = {
    "new": frozenset({"acknowledged", "on_scene", "controlled", "false_alarm", "merged"}),
    "acknowledged": frozenset(
        {"on_scene", "controlled", "investigated", "false_alarm", "merged", "reopened"}
    ),
    "on_scene": frozenset({"controlled", "investigated", "false_alarm", "merged", "reopened"}),
    "controlled": frozenset({"investigated", "false_alarm", "merged", "reopened"}),
    "investigated": frozenset({"closed", "merged", "reopened"}),
    "closed": frozenset({"reopened"}),
    "false_alarm": frozenset({"reopened"}),
    "merged": frozenset({"reopened"}),
    "reopened": frozenset(
        {"acknowledged", "on_scene", "controlled", "investigated", "false_alarm", "merged"}
    ),
}
"""Which state may follow which; an open case is opened again when whoever called for help calls once more."""
STATES = tuple(MOVES)
WAITING = ("new", "reopened")
"""States in which nobody has taken the case: its chain runs."""
ON_THE_SPOT = ("acknowledged", "on_scene")
"""States in which whoever leads has the case in hand; afterwards it is the safety office's."""
SETTLED = ("closed", "false_alarm", "merged")
FLAGS = ("grave_impact", "media_hype", "supervised")
"""社会影响恶劣, 媒体恶意炒作, 挂牌督办: set by administrators only (domain 1)."""
OUTCOMES = ("police", "mediated", "handled", "none")
"""How a case ended: 已移交公安, 已调解, 已处理完毕, 无后果."""


class Case(SQLModel, table=True):
    """How one incident stands now: ``category``, ``severity`` and what ends in ``_now`` as last amended.

    ``next_at`` is when the schedule looks at it again; settled cases have none. ``step`` counts the steps of the
    chain that were done; ``round`` counts the calls for help after the first one, the newest at ``rung_at``; while
    ``calling`` it is not settled yet whom that reached.
    """

    __tablename__ = "case_file"
    __table_args__ = (
        Index(
            "ix_case_file_next_at",
            "next_at",
            sqlite_where=text("next_at IS NOT NULL"),
            postgresql_where=text("next_at IS NOT NULL"),
        ),
        Index("ix_case_file_hospital_id_state", "hospital_id", "state"),
        Index(
            "ix_case_file_calling",
            "incident_id",
            sqlite_where=text("calling"),
            postgresql_where=text("calling"),
        ),
    )
    incident_id: int = Field(
        primary_key=True,
        foreign_key="incident.id",
        sa_column_kwargs={"autoincrement": False},
    )
    hospital_id: int = Field(foreign_key="hospital.id")
    state: str = coded("case_state", STATES)
    category: str = coded("case_category", BY_CODE)
    severity: str = coded("case_severity", SEVERITIES)
    lead_id: int | None = Field(default=None, foreign_key="member.id")
    chain: list[dict[str, Any]] = Field(sa_type=JSON)
    step: int = 0
    round: int = 0
    rung_at: datetime | None = None
    calling: bool = False
    next_at: datetime | None = None
    called_police_at: datetime | None = None
    police_number: str | None = None
    police_unit: str | None = None
    arrived_at: datetime | None = None
    controlled_at: datetime | None = None
    scene_kept_at: datetime | None = None
    flags: list[str] = Field(default_factory=list, sa_type=JSON)
    place_now: str | None = None
    occurred_now: datetime | None = None
    words_now: str | None = Field(default=None, sa_type=Text)
    outcome: str | None = coded("case_outcome", OUTCOMES, default=None, nullable=True)
    merged_into: int | None = Field(default=None, foreign_key="incident.id")
    latitude: float | None = None
    longitude: float | None = None
    located_at: datetime | None = None
    live_message_id: int | None = Field(default=None, sa_type=BigInteger)
    changed_at: datetime


class CaseStep(SQLModel, table=True):
    """One thing that happened in a case, in order; nothing here is ever changed."""

    __tablename__ = "case_step"
    id: int | None = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incident.id", index=True)
    member_id: int | None = Field(default=None, foreign_key="member.id")
    kind: str
    words: str = Field(default="", sa_type=Text)
    data: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    at: datetime


CASE = Case.__table__  # type: ignore[attr-defined]
STEP = CaseStep.__table__  # type: ignore[attr-defined]
_INTO = INCIDENT.alias("into")
CASES: Any = select(
    CASE,
    INCIDENT.c.number,
    INCIDENT.c.kind,
    INCIDENT.c.confidential,
    INCIDENT.c.department_id,
    INCIDENT.c.reporter_id,
    INCIDENT.c.reporter_role,
    func.coalesce(CASE.c.place_now, INCIDENT.c.place).label("place"),
    func.coalesce(CASE.c.words_now, INCIDENT.c.description).label("description"),
    func.coalesce(CASE.c.occurred_now, INCIDENT.c.occurred_at).label("occurred_at"),
    INCIDENT.c.discovered_at,
    INCIDENT.c.reported_at,
    DEPARTMENT.c.name.label("department"),
    MEMBER.c.display_name.label("reporter"),
    _INTO.c.number.label("merged_number"),
).select_from(
    CASE.join(INCIDENT, CASE.c.incident_id == INCIDENT.c.id)
    .join(MEMBER, INCIDENT.c.reporter_id == MEMBER.c.id)
    .outerjoin(DEPARTMENT, INCIDENT.c.department_id == DEPARTMENT.c.id)
    .outerjoin(_INTO, CASE.c.merged_into == _INTO.c.id)
)
_BY_NUMBER: Any = CASES.where(
    CASE.c.hospital_id == bindparam("hospital"), INCIDENT.c.number == bindparam("which")
).with_for_update(of=CASE)
_BY_ID: Any = CASES.where(CASE.c.incident_id == bindparam("which")).with_for_update(of=CASE)


def open_case(conn: Connection, **values: Any) -> None:
    """Begin to follow an incident."""
    insert_row(conn, CASE, state="new", step=0, round=0, flags=[], calling=False, **values)


def find_case(conn: Connection, hospital_id: int, number: str) -> Row[Any] | None:
    """One case of this hospital with its incident, locked where the database locks rows; never another hospital's."""
    return conn.execute(_BY_NUMBER, {"hospital": hospital_id, "which": number}).first()


def case_by_id(conn: Connection, incident_id: int) -> Row[Any]:
    """The case of a row that names it, with its incident, locked where the database locks rows."""
    return conn.execute(_BY_ID, {"which": incident_id}).one()


def find_cases(conn: Connection, hospital_id: int, numbers: Iterable[str]) -> list[Row[Any]]:
    """Several cases of this hospital, locked in one order: two who take the same ones do not wait for each other."""
    query = CASES.where(CASE.c.hospital_id == hospital_id, INCIDENT.c.number.in_(list(numbers)))
    held = query.order_by(CASE.c.incident_id).with_for_update(of=CASE)
    return list(conn.execute(held))


def list_open_cases(conn: Connection, hospital_id: int) -> list[Row[Any]]:
    """The cases of a hospital that are not settled, oldest first."""
    query = CASES.where(CASE.c.hospital_id == hospital_id, CASE.c.state.not_in(SETTLED))
    return list(conn.execute(query.order_by(CASE.c.incident_id)))


def move_case(conn: Connection, case: Any, new: str, **values: Any) -> bool:
    """Move a case from the state it was read in; False when somebody was quicker or it may not."""
    if new not in MOVES[case.state]:
        return False
    query = update(CASE).where(CASE.c.incident_id == case.incident_id, CASE.c.state == case.state)
    return conn.execute(query.values(state=new, **values)).rowcount == 1


def put_back(conn: Connection, case: Any, **values: Any) -> bool:
    """Undo the calling off of an alarm: what ``values`` say stood before stands again; False when it was undone."""
    query = update(CASE).where(
        CASE.c.incident_id == case.incident_id, CASE.c.state == "false_alarm"
    )
    return conn.execute(query.values(**values)).rowcount == 1


def set_case(conn: Connection, incident_id: int, **values: Any) -> None:
    """Change what stands on a case; the caller holds it and writes the step that says so."""
    conn.execute(update(CASE).where(CASE.c.incident_id == incident_id).values(**values))


def take_lead(conn: Connection, incident_id: int, member_id: int) -> bool:
    """Make somebody the one who leads, unless somebody does already."""
    vacant = update(CASE).where(CASE.c.incident_id == incident_id, CASE.c.lead_id.is_(None))
    return conn.execute(vacant.values(lead_id=member_id)).rowcount == 1


def add_step(
    conn: Connection,
    incident_id: int,
    kind: str,
    *,
    at: datetime,
    member_id: int | None,
    words: str = "",
    **data: Any,
) -> int:
    """Write down what happened; its id. ``data`` holds codes, numbers and times."""
    return insert_row(
        conn,
        STEP,
        incident_id=incident_id,
        member_id=member_id,
        kind=kind,
        words=words,
        data=data,
        at=at,
    )


def list_steps(conn: Connection, incident_id: int) -> list[Row[Any]]:
    """What happened in a case, in order, with who did it."""
    query = (
        select(STEP, MEMBER.c.display_name.label("member"), MEMBER.c.role)
        .outerjoin_from(STEP, MEMBER, STEP.c.member_id == MEMBER.c.id)
        .where(STEP.c.incident_id == incident_id)
    )
    return list(conn.execute(query.order_by(STEP.c.id)))
