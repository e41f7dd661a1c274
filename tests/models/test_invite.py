"""Invite codes: one use, one day, only their hash is kept, and guessing is slow."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, text

from bot.db import Database
from models.invite import (
    ALPHABET,
    LENGTH,
    PAUSE,
    WRONG_TRIES,
    Admission,
    CodeRefused,
    check_code,
    count_wrong_try,
    create_invite,
    use_invite,
)
from tests.people import NOW, Cast

SOMEBODY = 777


@pytest.fixture
def make(db: Database, cast: Cast) -> Callable[..., str]:
    """A new invite for a guard of QP01; its code."""

    def make(**options: Any) -> str:
        values = {"role": "guard", "department_id": None, "now": NOW, **options}
        hospital_id = cast.hospital("QP01").id
        return db.run_now(lambda conn: create_invite(conn, hospital_id=hospital_id, **values))

    return make


def check(db: Database, code: str, *, at: datetime = NOW, by: int = SOMEBODY) -> Admission:
    """What a code gives somebody at a time."""
    return db.run_now(lambda conn: check_code(conn, code, telegram_id=by, now=at))


def use(db: Database, code: str, *, by: int = SOMEBODY) -> bool:
    """Look and take, in one transaction, as joining does."""

    def unit(conn: Connection) -> bool:
        admission = check_code(conn, code, telegram_id=by, now=NOW)
        return use_invite(conn, admission, telegram_id=by, now=NOW)

    return db.run_now(unit)


def wrong(db: Database, *, at: datetime = NOW, by: int = SOMEBODY) -> CodeRefused:
    """One wrong try."""
    with pytest.raises(CodeRefused):
        check(db, "WRONG", at=at, by=by)
    return db.run_now(lambda conn: count_wrong_try(conn, telegram_id=by, now=at))


def test_a_code_gives_what_it_was_made_for(db: Database, cast: Cast, make: Any) -> None:
    code = make(role="officer")
    assert len(code) == LENGTH
    assert set(code) <= set(ALPHABET)
    admission = check(db, code)
    assert (admission.hospital_id, admission.role) == (cast.hospital("QP01").id, "officer")


def test_case_and_spaces_do_not_matter(db: Database, make: Any) -> None:
    assert check(db, f"  {make().lower()} ")


def test_a_code_is_used_once(db: Database, make: Any) -> None:
    code = make()
    assert use(db, code)
    with pytest.raises(CodeRefused):
        check(db, code, by=888)


def test_a_code_for_several_is_used_as_often_as_it_says(db: Database, make: Any) -> None:
    code = make(uses=3)
    assert all(use(db, code, by=800 + n) for n in range(3))
    with pytest.raises(CodeRefused):
        check(db, code)


def test_a_code_ends_after_its_hours(db: Database, make: Any) -> None:
    code = make(hours=24)
    assert check(db, code, at=NOW + timedelta(hours=24, seconds=-1))
    with pytest.raises(CodeRefused):
        check(db, code, at=NOW + timedelta(hours=24))


def test_the_code_itself_is_nowhere_in_the_database(db: Database, make: Any) -> None:
    code = make()
    rows = db.run_now(lambda conn: conn.execute(text("SELECT * FROM invite")).all())
    assert code not in str(rows)
    assert code.lower() not in str(rows).lower()


def test_five_wrong_tries_bring_a_pause_in_which_even_the_right_code_is_refused(
    db: Database, make: Any
) -> None:
    code = make()
    left = [wrong(db).left for _ in range(WRONG_TRIES)]
    assert left == [4, 3, 2, 1, 0]
    with pytest.raises(CodeRefused) as refused:
        check(db, code)
    assert refused.value.paused_until == NOW + PAUSE
    assert check(db, code, by=888), "somebody else's wrong tries are no matter of mine"
    assert check(db, code, at=NOW + PAUSE)


def test_after_the_pause_the_tries_begin_anew(db: Database, cast: Cast) -> None:
    for _ in range(WRONG_TRIES):
        wrong(db)
    later = NOW + PAUSE + timedelta(seconds=1)
    again = wrong(db, at=later)
    assert (again.left, again.paused_until) == (WRONG_TRIES - 1, None)


def test_a_success_forgets_the_wrong_tries(db: Database, make: Any) -> None:
    for _ in range(WRONG_TRIES - 1):
        wrong(db)
    assert use(db, make())
    assert wrong(db).left == WRONG_TRIES - 1


def test_of_two_who_take_the_last_use_at_once_one_gets_it(
    postgres_db: Database, cast: Cast
) -> None:
    hospital_id = cast.hospital("QP01").id
    code = postgres_db.run_now(
        lambda conn: create_invite(
            conn, hospital_id=hospital_id, role="guard", department_id=None, now=NOW
        )
    )
    admission = check(postgres_db, code)

    def take(account: int) -> bool:
        return postgres_db.run_now(
            lambda conn: use_invite(conn, admission, telegram_id=account, now=NOW)
        )

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(take, range(8))) == [False] * 7 + [True]
