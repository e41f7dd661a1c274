"""Inserts that claim: of all who try, the one that came first is told so."""

from concurrent.futures import ThreadPoolExecutor

from bot.db import Database
from models.base import insert_new
from models.setting import (
    MARK,
    SETTING,
    claim,
    keep_setting,
    latest_mark,
    read_setting,
)
from tests.people import NOW


def test_the_first_is_new_and_the_second_is_not(db: Database) -> None:
    row = {"kind": "digest", "subject": "QP01", "period": "2026-03-16", "at": NOW}
    assert db.run_now(lambda conn: insert_new(conn, MARK, row)) is True
    assert db.run_now(lambda conn: insert_new(conn, MARK, row)) is False
    other = {**row, "period": "2026-03-17"}
    assert db.run_now(lambda conn: insert_new(conn, MARK, other)) is True


def test_of_many_at_once_one_gets_the_claim(postgres_db: Database) -> None:
    def take(_: int) -> bool:
        return postgres_db.run_now(
            lambda conn: claim(conn, kind="a", subject="b", period="c", at=NOW)
        )

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(take, range(8))) == [False] * 7 + [True]


def test_the_newest_mark_is_the_latest_up_to_a_time(db: Database) -> None:
    def mark(period: str, day: int) -> None:
        moment = NOW.replace(day=day)
        assert db.run_now(lambda c: claim(c, kind="a", subject="b", period=period, at=moment))

    mark("x", 20)
    mark("y", 10)

    def latest(subject: str, day: int) -> object:
        by = NOW.replace(day=day)
        return db.run_now(lambda c: latest_mark(c, kind="a", subject=subject, by=by))

    assert latest("b", 31) == NOW.replace(day=20)
    assert latest("b", 19) == NOW.replace(day=10)
    assert latest("b", 9) is None
    assert latest("z", 31) is None


def test_a_kept_value_replaces_the_one_before(db: Database) -> None:
    assert db.run_now(lambda conn: read_setting(conn, "name")) is None
    for value in ("a", "b"):
        db.run_now(lambda conn, v=value: keep_setting(conn, "name", v))  # type: ignore[misc]
    assert db.run_now(lambda conn: read_setting(conn, "name")) == "b"
    assert len(db.run_now(lambda conn: conn.execute(SETTING.select()).all())) == 1
