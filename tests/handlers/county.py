"""A district of 200 hospitals in the middle of July, each late with its summaries, no two self-checks alike."""

from datetime import datetime
from random import Random

from sqlalchemy import Connection, insert

from bot.db import Database
from handlers.planning import plans_to_make
from models.asking import asked
from models.base import insert_row
from models.criteria import Rubric
from models.obligation import OBLIGATION
from models.people import DISTRICT, HOSPITAL, MEMBER, HospitalFacts, list_hospitals
from models.question import Question
from models.rubric import shipped
from models.selfcheck import ANSWER, start_check
from tests.people import SET_UP, Person, owe_only_reports

HOSPITALS = 200


def found_county(db: Database, *, now: datetime) -> Person:
    """Every paper as the sweeps up to ``now`` leave it, nobody reminded; somebody of its commission."""

    def found(conn: Connection) -> Person:
        commissioner = _found(conn)
        for plan in plans_to_make(conn):
            plan(conn, now)
        opened = OBLIGATION.update().where(OBLIGATION.c.opens_at <= now)
        conn.execute(opened.values(state="overdue", next_at=OBLIGATION.c.missed_at))
        return commissioner

    return db.run_now(found)


def _found(conn: Connection) -> Person:
    district = insert_row(conn, DISTRICT, name="大区")
    conn.execute(
        insert(HOSPITAL),
        [
            {
                "district_id": district,
                "code": f"C{n:03d}",
                "name": f"第{n}医院",
                "level": 1 + n % 3,
                "timezone": "Asia/Shanghai",
                "created_at": SET_UP,
            }
            for n in range(HOSPITALS)
        ],
    )
    hospitals = list_hospitals(conn, district_id=district)
    random = Random(5)
    for n, each in enumerate(hospitals):
        owe_only_reports(conn, each)
        for place, role in enumerate(("officer", "admin", "leader", "guard")):
            _enlist(conn, each, role, 100_000 + n * 10 + place)
        _check(conn, each, random)
    number = _enlist(conn, hospitals[0], "district", 99_999)
    return Person(id=number, user_id=99_999, role="district", name="d", hospital="C000")


def _enlist(conn: Connection, hospital: HospitalFacts, role: str, user_id: int) -> int:
    return insert_row(
        conn,
        MEMBER,
        telegram_id=user_id,
        hospital_id=hospital.id,
        role=role,
        display_name=f"{hospital.code} {role}",
        locale="zh_Hans",
        locale_chosen=True,
        joined_at=SET_UP,
    )


def _check(conn: Connection, hospital: HospitalFacts, random: Random) -> None:
    rubric: Rubric = shipped("qingpu-2021")
    by = _enlist(conn, hospital, "head", 500_000 + hospital.id)
    check = start_check(
        conn,
        [section.id for section in rubric.sections],
        hospital_id=hospital.id,
        member_id=by,
        year=2026,
        rubric=rubric.id,
        rubric_hash=rubric.content_hash,
        level=hospital.level,
        started_at=SET_UP,
    )
    answers = [
        {
            "check_id": check,
            "question": each.id,
            "value": _answer(each, random),
            "member_id": by,
            "answered_at": SET_UP,
        }
        for each in asked(rubric, hospital.level)
    ]
    conn.execute(insert(ANSWER), answers)


def _answer(question: Question, random: Random) -> str | list[str]:
    if not question.figures:
        return random.choice(question.words)
    most = [0 if each.among else int(min(each.maximum, 90)) for each in question.figures]
    return [str(random.randint(0, each)) for each in most]
