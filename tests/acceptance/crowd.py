"""Many hospitals full of people, put into the database at once: one by one they would take minutes to join."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import Any

from sqlalchemy import Connection, select

from bot.db import Database
from bot.migrate import ensure_migrated
from bot.sandbox.botapi import BotApi
from models.base import insert_row
from models.duty import begin_duty
from models.people import DISTRICT, HOSPITAL, MEMBER, ensure_department
from tests.acceptance.house import House

FIRST_ACCOUNT = 10_000
"""Above the accounts that a House or a Ward gives out."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Crew:
    """The accounts of one hospital by role, in the order they joined; its guards are on duty."""

    code: str
    hospital_id: int
    accounts: Mapping[str, tuple[int, ...]]

    def of(self, *roles: str) -> tuple[int, ...]:
        """Everybody who has one of these roles."""
        return tuple(account for role in roles for account in self.accounts[role])


class Crowd:
    """Founds hospitals in one transaction; everybody has an account that the bot may write to."""

    def __init__(self, conn: Connection, api: BotApi, *, now: datetime | None = None) -> None:
        self.conn, self._api = conn, api
        self._now = now or datetime.now(UTC)
        self._accounts = count(FIRST_ACCOUNT)
        self._district = conn.execute(select(DISTRICT.c.id)).scalars().first() or insert_row(
            conn, DISTRICT, name="青浦区"
        )

    def hospital(self, code: str, roles: Mapping[str, int], *, locale: str = "zh_Hans") -> Crew:
        """A hospital with so many people of each role, all of its emergency department."""
        hospital_id = insert_row(
            self.conn,
            HOSPITAL,
            district_id=self._district,
            code=code,
            name=f"{code}医院",
            level=3,
            timezone="Asia/Shanghai",
            created_at=self._now,
        )
        people = {
            role: tuple(self._member(hospital_id, role, code, locale) for _n in range(number))
            for role, number in roles.items()
        }
        return Crew(code=code, hospital_id=hospital_id, accounts=people)

    def _member(self, hospital_id: int, role: str, code: str, locale: str) -> int:
        account = next(self._accounts)
        name = f"{code} {role} {account}"
        self._api.add_person(user_id=account, first_name=name, started=True)
        facts: dict[str, Any] = {
            "telegram_id": account,
            "hospital_id": hospital_id,
            "department_id": ensure_department(self.conn, hospital_id, "急诊科"),
            "role": role,
            "display_name": name,
            "locale": locale,
            "locale_chosen": True,
            "joined_at": self._now,
        }
        member_id = insert_row(self.conn, MEMBER, **facts)
        if role == "guard":
            begin_duty(
                self.conn, hospital_id=hospital_id, member_id=member_id, post=None, now=self._now
            )
        return account


@contextmanager
def moving_in(house: House) -> Iterator[Crowd]:
    """Founds hospitals in a house whose bot does not run."""
    db = Database(f"sqlite:///{house.database}")
    ensure_migrated(db.engine)
    with db.engine.begin() as conn:
        yield Crowd(conn, house.api)
    db.close()
