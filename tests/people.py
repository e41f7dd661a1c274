"""The people who appear in the tests: one district, two hospitals, and somebody in each role that acts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection

from models.base import insert_row
from models.house_rule import set_rule
from models.paper_plan import PAPER
from models.people import (
    DISTRICT,
    HOSPITAL,
    MEMBER,
    HospitalFacts,
    ensure_department,
    find_hospital,
)

NOW = datetime(2026, 3, 16, 13, 42, tzinfo=UTC)
"""A Monday, 21:42 in Shanghai."""
SET_UP = datetime(2026, 2, 2, 1, 0, tzinfo=UTC)
"""After the annual papers of 2025 fell due: the first thing owed is the half-year's, on 10 July."""
OTHER_PAPERS = ("O5", "O7", "O8", "O10", "O13", "O19")
"""On in the preset, and off here: a test about one kind of paper is not about all of them. ``owe`` turns them on."""
HOSPITALS = {"QP01": 3, "QP02": 1}
"""Each hospital's code and level."""
ROLES = ("guard", "doctor", "officer", "admin")


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """A member with their account; ``name`` is what others see."""

    id: int
    user_id: int
    role: str
    name: str
    hospital: str


class Cast:
    """``cast["QP01"].guard`` and the others, ``hospital("QP02")``."""

    def __init__(self, conn: Connection) -> None:
        self._hospitals: dict[str, HospitalFacts] = {}
        self._people: dict[str, dict[str, Person]] = {}
        district_id = insert_row(conn, DISTRICT, name="青浦区")
        for number, (code, level) in enumerate(HOSPITALS.items(), start=1):
            self._found(conn, district_id, code, level)
            facts = self._hospitals[code]
            self._people[code] = {
                role: enlist(conn, facts, role, user_id=number * 100 + place)
                for place, role in enumerate(ROLES, start=1)
            }

    def _found(self, conn: Connection, district_id: int, code: str, level: int) -> None:
        insert_row(
            conn,
            HOSPITAL,
            district_id=district_id,
            code=code,
            name=f"{code} hospital",
            level=level,
            timezone="Asia/Shanghai",
            created_at=SET_UP,
        )
        facts = find_hospital(conn, code)
        assert facts is not None
        self._hospitals[code] = facts

    def __getitem__(self, code: str) -> Mapping[str, Person]:
        return self._people[code]

    def hospital(self, code: str) -> HospitalFacts:
        """The hospital of that code as it was set up."""
        return self._hospitals[code]

    @property
    def guard(self) -> Person:
        """The guard of QP01."""
        return self["QP01"]["guard"]

    @property
    def doctor(self) -> Person:
        """The duty doctor of QP01."""
        return self["QP01"]["doctor"]

    @property
    def officer(self) -> Person:
        """The safety officer of QP01."""
        return self["QP01"]["officer"]

    @property
    def admin(self) -> Person:
        """The administrator of QP01."""
        return self["QP01"]["admin"]


def enlist(conn: Connection, hospital: HospitalFacts, role: str, *, user_id: int) -> Person:
    """Add a member who reads English and works in the ER."""
    name = f"{hospital.code} {role}"
    member_id = insert_row(
        conn,
        MEMBER,
        telegram_id=user_id,
        hospital_id=hospital.id,
        department_id=ensure_department(conn, hospital.id, "ER"),
        role=role,
        display_name=name,
        locale="en",
        locale_chosen=True,
        joined_at=SET_UP,
    )
    return Person(id=member_id, user_id=user_id, role=role, name=name, hospital=hospital.code)


def move_to_own_district(conn: Connection, code: str) -> int:
    """Put a hospital into a district of its own; the district's id."""
    district_id = insert_row(conn, DISTRICT, name=f"{code} district")
    own = HOSPITAL.update().where(HOSPITAL.c.code == code)
    conn.execute(own.values(district_id=district_id))
    return district_id


def owe_only_reports(conn: Connection, hospital: HospitalFacts) -> None:
    """Turn off what is neither a summary nor an incident's report."""
    for paper in OTHER_PAPERS:
        set_rule(conn, hospital.id, PAPER + paper, {"enabled": False}, by=None, now=SET_UP)


def owe(conn: Connection, hospital: HospitalFacts, *papers: str) -> None:
    """Turn papers on as the preset has them, all of them where none are named."""
    for paper in papers or OTHER_PAPERS:
        set_rule(conn, hospital.id, PAPER + paper, None, by=None, now=SET_UP)
