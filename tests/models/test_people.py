"""Who works where: one account is one member of one hospital, and what a hospital's own people are."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from bot.db import Database
from models.people import (
    MEMBER,
    count_members,
    ensure_department,
    find_actor,
    find_hospital,
    list_actors,
    list_departments,
    list_hospitals,
    mark_reachable,
    reachable_actors,
    remove_member,
)
from tests.people import NOW, SET_UP, Cast, Person, enlist


def test_an_actor_knows_their_hospital_and_department(db: Database, cast: Cast) -> None:
    actor = db.run_now(lambda conn: find_actor(conn, cast.guard.user_id))
    assert actor is not None
    assert (actor.id, actor.role, actor.department) == (cast.guard.id, "guard", "ER")
    assert actor.hospital == cast.hospital("QP01")
    assert actor.hospital.zone.key == "Asia/Shanghai"
    assert actor.hospital.created_at == SET_UP


def test_a_stranger_is_nobody(db: Database, cast: Cast) -> None:
    assert db.run_now(lambda conn: find_actor(conn, 999)) is None


def test_telegrams_large_ids_fit(db: Database, cast: Cast) -> None:
    account = 2**52 - 1
    db.run_now(lambda conn: enlist(conn, cast.hospital("QP01"), "guard", user_id=account))
    found = db.run_now(lambda conn: find_actor(conn, account))
    assert found is not None
    assert found.telegram_id == account


def test_a_hospitals_people_are_its_own(db: Database, cast: Cast) -> None:
    actors = db.run_now(lambda conn: list_actors(conn, cast.hospital("QP02").id))
    assert [actor.telegram_id for actor in actors] == [201, 202, 203, 204]
    duty = db.run_now(
        lambda conn: list_actors(conn, cast.hospital("QP01").id, ("officer", "admin"))
    )
    assert [actor.telegram_id for actor in duty] == [103, 104]


def test_an_account_is_a_member_once(db: Database, cast: Cast) -> None:
    with pytest.raises(IntegrityError):
        db.run_now(
            lambda conn: enlist(conn, cast.hospital("QP02"), "guard", user_id=cast.guard.user_id)
        )


def test_who_was_removed_is_nobody_and_may_join_elsewhere(db: Database, cast: Cast) -> None:
    db.run_now(lambda conn: remove_member(conn, cast.guard.id, now=NOW))
    assert db.run_now(lambda conn: find_actor(conn, cast.guard.user_id)) is None
    hospital = cast.hospital("QP02")
    again = db.run_now(lambda conn: enlist(conn, hospital, "doctor", user_id=cast.guard.user_id))
    actor = db.run_now(lambda conn: find_actor(conn, cast.guard.user_id))
    assert actor is not None
    assert (actor.id, actor.hospital.code) == (again.id, "QP02")


def test_members_are_counted_by_role_without_those_removed(db: Database, cast: Cast) -> None:
    hospital = cast.hospital("QP01")
    db.run_now(lambda conn: enlist(conn, hospital, "admin", user_id=900))
    assert db.run_now(lambda conn: count_members(conn, hospital.id, "admin")) == 2
    db.run_now(lambda conn: remove_member(conn, cast.admin.id, now=NOW))
    assert db.run_now(lambda conn: count_members(conn, hospital.id, "admin")) == 1


def test_who_blocked_the_bot_is_passed_over_until_they_come_back(db: Database, cast: Cast) -> None:
    hospital = cast.hospital("QP01")

    def reachable() -> list[int]:
        actors = db.run_now(lambda conn: reachable_actors(conn, hospital.id, ("officer", "admin")))
        return [actor.telegram_id for actor in actors]

    db.run_now(lambda conn: mark_reachable(conn, cast.officer.user_id, since=NOW))
    assert reachable() == [cast.admin.user_id]
    db.run_now(lambda conn: mark_reachable(conn, cast.officer.user_id, since=None))
    assert reachable() == [cast.officer.user_id, cast.admin.user_id]


def test_hospitals_are_found_by_code(db: Database, cast: Cast) -> None:
    assert [h.code for h in db.run_now(list_hospitals)] == ["QP01", "QP02"]
    assert db.run_now(lambda conn: find_hospital(conn, "QP01")) == cast.hospital("QP01")
    assert db.run_now(lambda conn: find_hospital(conn, "qp01")) is None


def test_a_department_is_made_once_and_belongs_to_one_hospital(db: Database, cast: Cast) -> None:
    one, two = cast.hospital("QP01").id, cast.hospital("QP02").id

    def ensure(hospital_id: int, name: str) -> int:
        return db.run_now(lambda conn: ensure_department(conn, hospital_id, name))

    ward = ensure(one, "Ward 5")
    assert ensure(one, "Ward 5") == ward
    assert ensure(two, "Ward 5") != ward
    names = [name for _id, name in db.run_now(lambda conn: list_departments(conn, one))]
    assert names == ["ER", "Ward 5"]


@pytest.mark.parametrize("role", ["boss", "", "ADMIN"])
def test_a_role_is_one_of_the_known_ones(db: Database, cast: Cast, role: str) -> None:
    with pytest.raises(IntegrityError):
        db.run_now(lambda conn: enlist(conn, cast.hospital("QP01"), role, user_id=900))


def test_times_come_back_as_they_went_in(db: Database, cast: Cast) -> None:
    def joined(person: Person) -> object:
        query = MEMBER.select().where(MEMBER.c.id == person.id)
        return db.run_now(lambda conn: conn.execute(query).one().joined_at)

    assert joined(cast.guard) == SET_UP
    assert joined(cast.guard).utcoffset() == timedelta(0)  # type: ignore[attr-defined]
