"""Self-checks: one per hospital and year, in sections that people answer and others review. Answers only grow."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Connection, Row, Text, UniqueConstraint, func, select, update
from sqlmodel import Field, SQLModel

from models.base import coded, insert_row
from models.people import MEMBER

STATES = ("open", "submitted", "returned", "accepted")
TO_ANSWER = ("open", "returned")


class SelfCheck(SQLModel, table=True):
    """One version of a year's self-check; the newest counts. The rubric and the hospital's figures are pinned."""

    __tablename__ = "self_check"
    id: int | None = Field(default=None, primary_key=True)
    hospital_id: int = Field(foreign_key="hospital.id", index=True)
    member_id: int = Field(foreign_key="member.id")
    year: int
    rubric: str
    rubric_hash: str
    level: int
    beds: int | None = None
    outpatients: int | None = None
    started_at: datetime
    reopened_from: int | None = Field(default=None, foreign_key="self_check.id", unique=True)
    reason: str | None = None


class CheckSection(SQLModel, table=True):
    """One section of a version: whose it is (nobody's: anybody's), by when, how far it is."""

    __tablename__ = "check_section"
    __table_args__ = (UniqueConstraint("check_id", "section"),)
    id: int | None = Field(default=None, primary_key=True)
    check_id: int = Field(foreign_key="self_check.id")
    section: str
    member_id: int | None = Field(default=None, foreign_key="member.id")
    due_on: date | None = None
    state: str = coded("check_state", STATES)
    submitted_by: int | None = Field(default=None, foreign_key="member.id")
    submitted_at: datetime | None = None
    reviewed_by: int | None = Field(default=None, foreign_key="member.id")
    reviewed_at: datetime | None = None
    comment: str | None = None


class CheckAnswer(SQLModel, table=True):
    """One answer as it was submitted; ``why`` stands in place of evidence. The newest of a question counts."""

    __tablename__ = "check_answer"
    id: int | None = Field(default=None, primary_key=True)
    check_id: int = Field(foreign_key="self_check.id", index=True)
    question: str
    value: Any = Field(sa_type=JSON)
    why: str | None = Field(default=None, sa_type=Text)
    member_id: int = Field(foreign_key="member.id")
    answered_at: datetime
    draft_id: int | None = None
    carried_from: int | None = Field(default=None, foreign_key="check_answer.id")


class InspectionScore(SQLModel, table=True):
    """What the inspectors gave for an item; the newest counts."""

    __tablename__ = "inspection_score"
    id: int | None = Field(default=None, primary_key=True)
    hospital_id: int = Field(foreign_key="hospital.id", index=True)
    year: int
    item: str
    points: str
    member_id: int = Field(foreign_key="member.id")
    made_at: datetime


class Rectification(SQLModel, table=True):
    """That an entry of the hazard register puts right what a criterion fell short of."""

    entry_id: int = Field(primary_key=True, foreign_key="entry.id")
    hospital_id: int = Field(foreign_key="hospital.id", index=True)
    check_id: int = Field(foreign_key="self_check.id")
    question: str


CHECK = SelfCheck.__table__  # type: ignore[attr-defined]
SECTION = CheckSection.__table__  # type: ignore[attr-defined]
ANSWER = CheckAnswer.__table__  # type: ignore[attr-defined]
INSPECTION = InspectionScore.__table__  # type: ignore[attr-defined]
RECTIFICATION = Rectification.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckAnswers:
    """The submitted answers of a year's newest self-check; ``reviewed``: a second person accepted every section."""

    check_id: int
    version_no: int
    rubric: str
    rubric_hash: str
    level: int
    answers: Mapping[str, Any]
    answered_at: datetime
    reviewed: bool


# -- versions ------------------------------------------------------------------------------------


def start_check(conn: Connection, sections: Iterable[str], **values: Any) -> int:
    """Begin a year's self-check with every section open and nobody's; its id."""
    check_id = insert_row(conn, CHECK, **values)
    for section in sections:
        insert_row(conn, SECTION, check_id=check_id, section=section, state="open")
    return check_id


def newest_check(
    conn: Connection, hospital_id: int, year: int, *, at: datetime | None = None
) -> Row[Any] | None:
    """The newest version of a year's self-check, of those begun by ``at`` if that is given."""
    query = select(CHECK).where(CHECK.c.hospital_id == hospital_id, CHECK.c.year == year)
    if at is not None:
        query = query.where(CHECK.c.started_at <= at)
    return conn.execute(query.order_by(CHECK.c.id.desc()).limit(1)).first()


def lock_newest(conn: Connection, hospital_id: int, year: int) -> Row[Any] | None:
    """The newest version, locked where the database locks rows."""
    check = newest_check(conn, hospital_id, year)
    while check is not None:
        check_by_id(conn, hospital_id, check.id, lock=True)
        # Whoever held the lock may have begun the next version.
        newest = newest_check(conn, hospital_id, year)
        if newest is None or newest.id == check.id:
            break
        check = newest
    return check


def check_by_id(
    conn: Connection, hospital_id: int, check_id: int, *, lock: bool = False
) -> Row[Any] | None:
    """One version of this hospital; locked where the database locks rows."""
    query = select(CHECK).where(CHECK.c.hospital_id == hospital_id, CHECK.c.id == check_id)
    return conn.execute(query.with_for_update() if lock else query).first()


def version_no(conn: Connection, check: Any) -> int:
    """Which version of its year it is, from 1."""
    query = select(func.count()).where(
        CHECK.c.hospital_id == check.hospital_id,
        CHECK.c.year == check.year,
        CHECK.c.id <= check.id,
    )
    return int(conn.execute(query).scalar_one())


def reopen_check(
    conn: Connection, check: Any, section: str, *, member_id: int, reason: str, now: datetime
) -> int:
    """The next version: everything carried over, one section open again; its id."""
    kept = ("hospital_id", "year", "rubric", "rubric_hash", "level", "beds", "outpatients")
    fresh = insert_row(
        conn,
        CHECK,
        **{key: getattr(check, key) for key in kept},
        member_id=member_id,
        started_at=now,
        reopened_from=check.id,
        reason=reason,
    )
    for row in list_sections(conn, check.id):
        columns = [each.name for each in SECTION.columns if each.name not in ("id", "check_id")]
        values = {name: getattr(row, name) for name in columns}
        if row.section == section:
            values |= {"state": "open", "comment": reason}
        insert_row(conn, SECTION, check_id=fresh, **values)
    for row in newest_answers(conn, check.id).values():
        insert_row(
            conn,
            ANSWER,
            check_id=fresh,
            question=row.question,
            value=row.value,
            why=row.why,
            member_id=row.member_id,
            answered_at=row.answered_at,
            carried_from=row.carried_from or row.id,
        )
    return fresh


# -- sections ------------------------------------------------------------------------------------


def list_sections(conn: Connection, check_id: int) -> list[Row[Any]]:
    """The sections of a version with the names of those who answer and who submitted."""
    owner, author = MEMBER.alias("owner"), MEMBER.alias("author")
    query = (
        select(
            SECTION,
            owner.c.display_name.label("owner"),
            author.c.display_name.label("author"),
        )
        .outerjoin_from(SECTION, owner, SECTION.c.member_id == owner.c.id)
        .outerjoin(author, SECTION.c.submitted_by == author.c.id)
        .where(SECTION.c.check_id == check_id)
    )
    return list(conn.execute(query.order_by(SECTION.c.id)))


def move_section(
    conn: Connection, check_id: int, section: str, *, among: Iterable[str], new: str, **values: Any
) -> bool:
    """Move a section to a state; False when somebody moved it meanwhile."""
    mine = (
        SECTION.c.check_id == check_id,
        SECTION.c.section == section,
        SECTION.c.state.in_(tuple(among)),
    )
    return conn.execute(update(SECTION).where(*mine).values(state=new, **values)).rowcount == 1


def assign_section(
    conn: Connection, check_id: int, section: str, *, member_id: int, due_on: date | None
) -> bool:
    """Say whose a section is and by when; False when it waits for no answers any more."""
    mine = (
        SECTION.c.check_id == check_id,
        SECTION.c.section == section,
        SECTION.c.state.in_(TO_ANSWER),
    )
    values = {"member_id": member_id, "due_on": due_on}
    return conn.execute(update(SECTION).where(*mine).values(**values)).rowcount == 1


def hospitals_answering(conn: Connection, *, since: int) -> list[int]:
    """The hospitals where somebody is to answer a section by a day, in a self-check of ``since`` or a later year."""
    query = (
        select(CHECK.c.hospital_id)
        .join_from(CHECK, SECTION, SECTION.c.check_id == CHECK.c.id)
        .where(CHECK.c.year >= since, SECTION.c.state.in_(TO_ANSWER))
        .where(SECTION.c.member_id.is_not(None), SECTION.c.due_on.is_not(None))
    )
    return list(conn.execute(query.distinct().order_by(CHECK.c.hospital_id)).scalars())


def sections_due(conn: Connection, hospital_id: int, year: int, *, at: datetime) -> list[Row[Any]]:
    """The sections of the newest version that somebody is to answer by a day."""
    check = newest_check(conn, hospital_id, year, at=at)
    if check is None:
        return []
    query = select(SECTION).where(
        SECTION.c.check_id == check.id,
        SECTION.c.state.in_(TO_ANSWER),
        SECTION.c.member_id.is_not(None),
        SECTION.c.due_on.is_not(None),
    )
    return list(conn.execute(query.order_by(SECTION.c.id)))


# -- answers -------------------------------------------------------------------------------------


def insert_answer(conn: Connection, **values: Any) -> int:
    """Keep an answer; its id."""
    return insert_row(conn, ANSWER, **values)


def newest_answers(
    conn: Connection, check_id: int, *, at: datetime | None = None
) -> dict[str, Row[Any]]:
    """Of each question the newest answer with who gave it, by ``at`` if that is given."""
    query = (
        select(ANSWER, MEMBER.c.display_name.label("name"))
        .join_from(ANSWER, MEMBER, ANSWER.c.member_id == MEMBER.c.id)
        .where(ANSWER.c.check_id == check_id)
    )
    if at is not None:
        query = query.where(ANSWER.c.answered_at <= at)
    return {row.question: row for row in conn.execute(query.order_by(ANSWER.c.id))}


def answers_at(
    conn: Connection, hospital_id: int, year: int, *, at: datetime
) -> CheckAnswers | None:
    """The submitted answers of the newest version as of ``at``; None while there are none."""
    check = newest_check(conn, hospital_id, year, at=at)
    found = newest_answers(conn, check.id, at=at) if check else {}
    if check is None or not found:
        return None
    accepted = all(
        row.state == "accepted" and row.reviewed_at is not None and row.reviewed_at <= at
        for row in list_sections(conn, check.id)
    )
    return CheckAnswers(
        check_id=check.id,
        version_no=version_no(conn, check),
        rubric=check.rubric,
        rubric_hash=check.rubric_hash,
        level=check.level,
        answers={question: row.value for question, row in found.items()},
        answered_at=max(row.answered_at for row in found.values()),
        reviewed=accepted,
    )


def submitted_of(
    conn: Connection, hospital_ids: Collection[int], year: int, *, at: datetime
) -> dict[int, tuple[Row[Any], dict[str, Any]]]:
    """By hospital: the newest version with the answers that count, as ``answers_at``; without any, none."""
    newest = select(CHECK).where(
        CHECK.c.hospital_id.in_(list(hospital_ids)), CHECK.c.year == year, CHECK.c.started_at <= at
    )
    checks = {row.hospital_id: row for row in conn.execute(newest.order_by(CHECK.c.id))}
    given = select(ANSWER.c.check_id, ANSWER.c.question, ANSWER.c.value).where(
        ANSWER.c.check_id.in_([row.id for row in checks.values()]), ANSWER.c.answered_at <= at
    )
    answers: dict[int, dict[str, Any]] = defaultdict(dict)
    for check, question, value in conn.execute(given.order_by(ANSWER.c.id)):
        answers[check][question] = value
    return {each: (row, answers[row.id]) for each, row in checks.items() if row.id in answers}


# -- inspectors and rectifications -----------------------------------------------------------------


def insert_inspection(conn: Connection, **values: Any) -> int:
    """Keep what the inspectors gave for an item; its id."""
    return insert_row(conn, INSPECTION, **values)


def inspection_of(conn: Connection, hospital_id: int, year: int) -> dict[str, str]:
    """What the inspectors gave, by item: the newest of each."""
    query = select(INSPECTION.c.item, INSPECTION.c.points).where(
        INSPECTION.c.hospital_id == hospital_id, INSPECTION.c.year == year
    )
    return {row.item: row.points for row in conn.execute(query.order_by(INSPECTION.c.id))}


def insert_rectification(conn: Connection, **values: Any) -> None:
    """Say which criterion an entry puts right."""
    conn.execute(RECTIFICATION.insert().values(**values))


def list_rectifications(conn: Connection, hospital_id: int, rubric: str) -> list[Row[Any]]:
    """Every entry that puts a criterion of this table right, oldest first."""
    query = (
        select(RECTIFICATION)
        .join_from(RECTIFICATION, CHECK, RECTIFICATION.c.check_id == CHECK.c.id)
        .where(RECTIFICATION.c.hospital_id == hospital_id, CHECK.c.rubric == rubric)
    )
    return list(conn.execute(query.order_by(RECTIFICATION.c.entry_id)))
