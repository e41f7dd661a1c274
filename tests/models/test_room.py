"""The operations room: one group a hospital, one hospital a group."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from bot.db import Database
from models.room import bind_room, find_room, free_room, move_room, room_of_chat
from tests.people import NOW, Cast


def bind(conn: Connection, cast: Cast, chat_id: int, code: str = "QP01") -> Any:
    """Bind a group to a hospital; the room that was there before."""
    return bind_room(
        conn,
        hospital_id=cast.hospital(code).id,
        chat_id=chat_id,
        title=f"group {chat_id}",
        topics=False,
        locale="en",
        bound_by=cast[code]["admin"].id,
        bound_at=NOW,
    )


def bound(conn: Connection) -> list[tuple[Any, ...]]:
    """(hospital, group) of every room."""
    query = text("SELECT hospital_id, chat_id FROM room ORDER BY hospital_id")
    return [tuple(row) for row in conn.execute(query)]


def test_a_hospital_has_one_room_and_a_new_one_takes_its_place(db: Database, cast: Cast) -> None:
    def work(conn: Connection) -> None:
        assert find_room(conn, 1) is None
        assert bind(conn, cast, -1) is None
        former = bind(conn, cast, -2)
        assert former is not None
        assert former.chat_id == -1
        assert bind(conn, cast, -3, "QP02") is None
        assert bound(conn) == [(1, -2), (2, -3)]
        found = room_of_chat(conn, -2)
        assert found is not None
        assert (found.hospital_id, found.title) == (1, "group -2")
        assert room_of_chat(conn, -1) is None

    db.run_now(work)


def test_a_group_is_the_room_of_one_hospital(db: Database, cast: Cast) -> None:
    db.run_now(lambda conn: bind(conn, cast, -1))
    with pytest.raises(IntegrityError):
        db.run_now(lambda conn: bind(conn, cast, -1, "QP02"))
    assert db.run_now(bound) == [(1, -1)]


def test_a_room_is_freed_once(sqlite_db: Database, cast: Cast) -> None:
    def work(conn: Connection) -> None:
        bind(conn, cast, -1)
        assert free_room(conn, -1)
        assert not free_room(conn, -1)
        assert bound(conn) == []

    sqlite_db.run_now(work)


def test_a_group_that_became_another_is_followed_once(sqlite_db: Database, cast: Cast) -> None:
    def work(conn: Connection) -> None:
        bind(conn, cast, -1)
        move_room(conn, -9, -10)
        assert bound(conn) == [(1, -1)]
        for _ in range(2):
            move_room(conn, -1, -1001)
            assert bound(conn) == [(1, -1001)]

    sqlite_db.run_now(work)


@pytest.mark.parametrize("code", ["QP01", "QP02"])
def test_where_the_new_group_was_bound_meanwhile_that_stands(
    db: Database, cast: Cast, code: str
) -> None:
    def work(conn: Connection) -> None:
        bind(conn, cast, -1)
        bind(conn, cast, -1001, code)
        move_room(conn, -1, -1001)
        assert bound(conn) == [(cast.hospital(code).id, -1001)]

    db.run_now(work)


def test_of_two_hospitals_that_bind_one_group_at_once_one_gets_it(
    postgres_db: Database, cast: Cast
) -> None:
    with ThreadPoolExecutor(2) as pool:
        tried = [
            pool.submit(postgres_db.run_now, lambda conn, c=code: bind(conn, cast, -1, c))
            for code in ("QP01", "QP02")
        ]
        errors = [each.exception(10) for each in tried]
    assert [type(error) for error in errors if error] == [IntegrityError]
    assert len(postgres_db.run_now(bound)) == 1
