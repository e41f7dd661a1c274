"""A district of many full hospitals at the hour when everything is due: its digests, reminders and registers."""

import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from math import inf
from typing import Any

from sqlalchemy import Connection, insert

from bot.db import Database
from bot.migrate import ensure_migrated
from models.base import insert_row
from models.duty import DUTY
from models.entry import ENTRY
from models.people import DEPARTMENT, DISTRICT, HOSPITAL, MEMBER
from tests.acceptance.crowd import Crew
from tests.acceptance.house import House

ROLES = {"doctor": 85, "guard": 5, "head": 5, "officer": 3, "admin": 2}
"""Of the hundred members of each hospital."""
AGE = timedelta(days=200)
"""How long ago each was set up: papers of half a year are open, overdue and missed."""
_FIRST = 100_000
_OVERDUE = 4
"""Entries in each hospital's registers that somebody is to be reminded of."""


def morning_zone(now: datetime) -> str:
    """A time zone where it is after nine and before eleven in the morning."""
    ahead = (10 - now.hour + 11) % 24 - 11
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"


def fill(house: House, hospitals: int) -> list[Crew]:
    """Put so many hospitals of a hundred members into a house whose bot does not run; a guard of each is on duty."""
    db = Database(f"sqlite:///{house.database}")
    ensure_migrated(db.engine)
    crews = db.run_now(lambda conn: list(_found(conn, hospitals, datetime.now(UTC))))
    db.close()
    for account in (each for crew in crews for each in crew.of(*ROLES)):
        house.api.add_person(user_id=account, first_name=f"{account}", started=True)
    return crews


def _found(conn: Connection, hospitals: int, now: datetime) -> Iterator[Crew]:
    district, numbers = insert_row(conn, DISTRICT, name="青浦区"), range(1, hospitals + 1)
    _bulk(conn, HOSPITAL, (_hospital(each, district, now) for each in numbers))
    _bulk(conn, DEPARTMENT, ({"id": n, "hospital_id": n, "name": "急诊科"} for n in numbers))
    places = [role for role, number in ROLES.items() for _ in range(number)]
    _bulk(
        conn,
        MEMBER,
        (_member(each, place, role, now) for each in numbers for place, role in enumerate(places)),
    )
    guard, officer = places.index("guard"), places.index("officer")
    _bulk(conn, DUTY, (_shift(each, _id(each, guard), now) for each in numbers))
    _bulk(
        conn,
        ENTRY,
        (_entry(each, n, _id(each, officer), now) for each in numbers for n in range(_OVERDUE)),
    )
    for each in numbers:
        by_role: dict[str, list[int]] = {}
        for place, role in enumerate(places):
            by_role.setdefault(role, []).append(_FIRST + _id(each, place))
        accounts = {role: tuple(found) for role, found in by_role.items()}
        yield Crew(code=_code(each), hospital_id=each, accounts=accounts)


def _bulk(conn: Connection, table: Any, rows: Iterable[dict[str, Any]]) -> None:
    conn.execute(insert(table), list(rows))


def _id(hospital: int, place: int) -> int:
    return (hospital - 1) * sum(ROLES.values()) + place + 1


def _code(number: int) -> str:
    return f"D{chr(ord('A') + number // 100)}{number % 100:02d}"


def _hospital(number: int, district: int, now: datetime) -> dict[str, Any]:
    named = {"id": number, "code": _code(number), "name": f"第{number}医院"}
    kind = {"district_id": district, "level": 3, "timezone": morning_zone(now)}
    return {**named, **kind, "created_at": now - AGE}


def _member(hospital: int, place: int, role: str, now: datetime) -> dict[str, Any]:
    number = _id(hospital, place)
    return {
        "id": number,
        "telegram_id": _FIRST + number,
        "hospital_id": hospital,
        "department_id": hospital,
        "role": role,
        "display_name": f"{_code(hospital)} {role} {place}",
        "locale": "zh_Hans",
        "locale_chosen": True,
        "joined_at": now - AGE,
    }


def _shift(hospital: int, member: int, now: datetime) -> dict[str, Any]:
    times = {"began_at": now, "until": now + timedelta(hours=12)}
    return {"hospital_id": hospital, "member_id": member, "post": "大门", **times}


def _entry(hospital: int, number: int, officer: int, now: datetime) -> dict[str, Any]:
    return {
        "number": f"{_code(hospital)}-H-{number:04d}",
        "hospital_id": hospital,
        "kind": "hazard",
        "state": "open",
        "department_id": hospital,
        "member_id": officer,
        "owner_id": officer + number % 2,
        "occurred_at": now - timedelta(days=9),
        "due_on": (now - timedelta(days=1 + number)).date(),
        "data": {"what": "消防通道被堵", "place": "急诊科走廊"},
        "figures": {},
        "created_at": now - timedelta(days=9),
    }


if (
    __name__ == "__main__"
):  # the bot as it was before sweeps were cut: the same code, one slice for each
    from bot import scheduler

    scheduler.Clockwork.__init__.__kwdefaults__["length"] = inf
    sys.argv[1:] = ["run"]
    from bot.__main__ import main

    main()
