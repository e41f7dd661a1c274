"""The sandbox's demo district: a hospital with its people, so that a newcomer can be each of them at once."""

from datetime import datetime

from sqlalchemy import Connection

from bot.sandbox.cast import Cast
from models.base import insert_row
from models.duty import begin_duty
from models.people import DISTRICT, HOSPITAL, MEMBER, ensure_department, find_actor, find_hospital

CODE = "QP01"
_POST = "急诊门口"
CAST = (
    Cast(1001, "李强", "保安 · 急诊科", "夜里在岗:接求助,也可发 /report、/duty", "guard", "急诊科"),
    Cast(
        1002,
        "王敏",
        "值班医生 · 急诊科",
        "刚被家属威胁:按“一键求助”,或 /threat",
        "doctor",
        "急诊科",
    ),
    Cast(
        1003,
        "赵芳",
        "安全员 · 保卫科",
        "跟进案件、报送和自查:/tasks、/file",
        "officer",
        "保卫科",
    ),
    Cast(1004, "陈主任", "管理员", "管成员、看得分,试试 /admin、/score", "admin", None),
    Cast(1005, "新同事", "还没加入", "让管理员发邀请,再点链接加入", None, None),
)


def furnish(conn: Connection, *, timezone: str, now: datetime) -> None:
    """Set up the demo hospital and its members where they are not there yet."""
    hospital = find_hospital(conn, CODE)
    if hospital is None:
        district_id = insert_row(conn, DISTRICT, name="示范区")
        insert_row(
            conn,
            HOSPITAL,
            district_id=district_id,
            code=CODE,
            name="示范区第一医院",
            level=3,
            timezone=timezone,
            created_at=now,
        )
        hospital = find_hospital(conn, CODE)
        assert hospital is not None
    for person in CAST:
        if person.role is None or find_actor(conn, person.user_id):
            continue
        department_id = (
            ensure_department(conn, hospital.id, person.department) if person.department else None
        )
        member_id = insert_row(
            conn,
            MEMBER,
            telegram_id=person.user_id,
            hospital_id=hospital.id,
            department_id=department_id,
            role=person.role,
            display_name=person.name,
            locale="zh_Hans",
            locale_chosen=False,
            joined_at=now,
        )
        if person.role == "guard":
            # Somebody is on duty, so that the first call for help reaches somebody.
            begin_duty(conn, hospital_id=hospital.id, member_id=member_id, post=_POST, now=now)
