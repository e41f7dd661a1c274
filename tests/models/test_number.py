"""Record numbers: one series per hospital and year, without gaps or reuse, whoever asks at once."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Connection

from bot.db import Database
from models.number import next_number
from models.people import HospitalFacts
from tests.people import Cast

AT_ONCE = 60


def take(conn: Connection, hospital: HospitalFacts, year: int = 2026) -> str:
    """The next number of a hospital."""
    return next_number(conn, hospital_id=hospital.id, code=hospital.code, year=year)


def expected(count: int) -> list[str]:
    """QP01's first numbers."""
    return [f"QP01-2026-{n:04d}" for n in range(1, count + 1)]


def test_each_hospital_and_year_counts_for_itself(db: Database, cast: Cast) -> None:
    one, two = cast.hospital("QP01"), cast.hospital("QP02")
    asked = [(one, 2026), (one, 2026), (two, 2026), (one, 2027), (one, 2026)]
    assert [db.run_now(lambda conn, a=a: take(conn, *a)) for a in asked] == [  # type: ignore[misc]
        "QP01-2026-0001",
        "QP01-2026-0002",
        "QP02-2026-0001",
        "QP01-2027-0001",
        "QP01-2026-0003",
    ]


def test_a_number_of_a_transaction_that_failed_is_given_again(db: Database, cast: Cast) -> None:
    def fail(conn: Connection) -> None:
        take(conn, cast.hospital("QP01"))
        raise LookupError

    for _ in range(3):
        with pytest.raises(LookupError):
            db.run_now(fail)
    assert db.run_now(lambda conn: take(conn, cast.hospital("QP01"))) == "QP01-2026-0001"


def test_a_series_goes_on_past_four_digits(db: Database, cast: Cast) -> None:
    hospital = cast.hospital("QP01")

    def take_many(conn: Connection) -> str:
        conn.exec_driver_sql(
            f"INSERT INTO number_series (hospital_id, year, last) VALUES ({hospital.id}, 2026, 9999)"
        )
        return take(conn, hospital)

    assert db.run_now(take_many) == "QP01-2026-10000"


async def test_many_at_once_leave_no_gap(db: Database, cast: Cast) -> None:
    """One in three fails after it took its number, and gives it back."""

    def unit(conn: Connection, turn: int) -> str:
        number = take(conn, cast.hospital("QP01"))
        if turn % 3 == 0:
            raise LookupError(number)
        return number

    turns = (db.run(lambda conn, t=turn: unit(conn, t)) for turn in range(AT_ONCE))  # type: ignore[misc]
    results = await asyncio.gather(*turns, return_exceptions=True)
    given = sorted(number for number in results if isinstance(number, str))
    assert given == expected(AT_ONCE * 2 // 3)
    assert all(isinstance(each, str | LookupError) for each in results), results


def test_the_first_of_a_year_can_be_asked_for_twice_at_once(
    postgres_db: Database, cast: Cast
) -> None:
    hospital = cast.hospital("QP01")
    with ThreadPoolExecutor(8) as pool:
        taken = pool.map(lambda _: postgres_db.run_now(lambda c: take(c, hospital)), range(8))
        assert sorted(taken) == expected(8)
