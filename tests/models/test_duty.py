"""Shifts: one open one each, who is called, offers that lapse, and what the clock ends."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, text

from bot.db import Database
from models.duty import (
    LONGEST,
    OFFER,
    begin_duty,
    end_duty,
    end_shift,
    find_shift,
    forgotten_duties,
    name_post,
    offer_duty,
    on_duty_actors,
    on_duty_ids,
    on_duty_now,
    open_duty,
    orphaned_duties,
    take_offer,
)
from models.people import MEMBER, mark_reachable, remove_member
from tests.people import NOW, Cast, Person
from tests.postgres import held

SHIFTS = ("guard", "doctor", "head", "officer")
LITTLE = timedelta(microseconds=1)


def sign_on(conn: Connection, cast: Cast, person: Person, post: str | None = None) -> bool:
    """Begin a shift now."""
    hospital_id = cast.hospital(person.hospital).id
    return begin_duty(conn, hospital_id=hospital_id, member_id=person.id, post=post, now=NOW)


def shift_of(conn: Connection, person: Person) -> Any:
    """The open shift of somebody who has one."""
    found = open_duty(conn, person.id)
    assert found is not None
    return found


def test_everybody_has_one_open_shift_at_most(db: Database, cast: Cast) -> None:
    def work(conn: Connection) -> None:
        assert open_duty(conn, cast.guard.id) is None
        assert sign_on(conn, cast, cast.guard, "gate")
        assert not sign_on(conn, cast, cast.guard, "another gate")
        shift = shift_of(conn, cast.guard)
        assert (shift.post, shift.began_at, shift.until) == ("gate", NOW, NOW + LONGEST)
        assert end_duty(conn, cast.guard.id, by="self", now=NOW)
        assert not end_duty(conn, cast.guard.id, by="self", now=NOW)
        assert not name_post(conn, cast.guard.id, "nowhere")
        assert sign_on(conn, cast, cast.guard)
        assert shift_of(conn, cast.guard).id != shift.id

    db.run_now(work)


def test_only_the_shift_that_was_meant_is_ended(sqlite_db: Database, cast: Cast) -> None:
    def work(conn: Connection) -> None:
        sign_on(conn, cast, cast.guard)
        former = shift_of(conn, cast.guard)
        end_duty(conn, cast.guard.id, by="self", now=NOW)
        sign_on(conn, cast, cast.guard)
        assert not end_shift(conn, former.id, by="sweep", now=NOW)
        assert shift_of(conn, cast.guard).ended_at is None
        ended = find_shift(conn, former.id, member_id=cast.guard.id)
        assert ended is not None
        assert ended.ended_by == "self"
        assert find_shift(conn, former.id, member_id=cast.doctor.id) is None

    sqlite_db.run_now(work)


def test_those_on_duty_are_of_one_hospital(db: Database, cast: Cast) -> None:
    def work(conn: Connection) -> None:
        for person in (cast.doctor, cast.guard, cast["QP02"]["guard"]):
            sign_on(conn, cast, person)
        hospital_id = cast.hospital("QP01").id
        assert on_duty_ids(conn, hospital_id) == {cast.guard.id, cast.doctor.id}
        called = on_duty_actors(conn, hospital_id, SHIFTS)
        assert [actor.id for actor in called] == [cast.guard.id, cast.doctor.id]
        assert {actor.hospital.code for actor in called} == {"QP01"}
        names = [row.name for row in on_duty_now(conn, hospital_id)]
        assert names == ["QP01 doctor", "QP01 guard"]

    db.run_now(work)


def _remove(conn: Connection, person: Person) -> None:
    remove_member(conn, person.id, now=NOW)


def _block(conn: Connection, person: Person) -> None:
    mark_reachable(conn, person.user_id, since=NOW)


def _change_role(conn: Connection, person: Person) -> None:
    conn.execute(MEMBER.update().where(MEMBER.c.id == person.id).values(role="auditor"))


def _sign_off(conn: Connection, person: Person) -> None:
    end_duty(conn, person.id, by="self", now=NOW)


@pytest.mark.parametrize("away", [_remove, _block, _change_role, _sign_off])
def test_who_is_away_is_not_called(
    sqlite_db: Database, cast: Cast, away: Callable[[Connection, Person], None]
) -> None:
    def work(conn: Connection) -> None:
        sign_on(conn, cast, cast.guard)
        away(conn, cast.guard)
        assert on_duty_actors(conn, cast.hospital("QP01").id, SHIFTS) == []

    sqlite_db.run_now(work)


# -- offers ----------------------------------------------------------------------------------------


def test_an_offer_is_taken_once_and_by_whom_it_was_made_to(db: Database, cast: Cast) -> None:
    def work(conn: Connection) -> None:
        sign_on(conn, cast, cast.guard, "gate")
        shift = shift_of(conn, cast.guard)
        assert take_offer(conn, shift.id, to=cast.doctor.id, now=NOW) is None
        offer_duty(conn, shift.id, to=cast.officer.id, now=NOW)
        offer_duty(conn, shift.id, to=cast.doctor.id, now=NOW)
        assert take_offer(conn, shift.id, to=cast.officer.id, now=NOW) is None
        taken = take_offer(conn, shift.id, to=cast.doctor.id, now=NOW)
        assert taken is not None
        assert (taken.post, taken.member_id, taken.ended_by) == ("gate", cast.guard.id, "handover")
        assert take_offer(conn, shift.id, to=cast.doctor.id, now=NOW) is None

    db.run_now(work)


@pytest.mark.parametrize(("after", "holds"), [(OFFER - LITTLE, True), (OFFER, False)])
def test_an_offer_lapses_after_two_hours(
    sqlite_db: Database, cast: Cast, after: timedelta, holds: bool
) -> None:
    def work(conn: Connection) -> None:
        sign_on(conn, cast, cast.guard)
        shift = shift_of(conn, cast.guard)
        offer_duty(conn, shift.id, to=cast.doctor.id, now=NOW)
        taken = take_offer(conn, shift.id, to=cast.doctor.id, now=NOW + after)
        assert (taken is not None) == holds

    sqlite_db.run_now(work)


def test_an_offer_ends_with_the_shift(sqlite_db: Database, cast: Cast) -> None:
    def work(conn: Connection) -> None:
        sign_on(conn, cast, cast.guard)
        shift = shift_of(conn, cast.guard)
        offer_duty(conn, shift.id, to=cast.doctor.id, now=NOW)
        end_duty(conn, cast.guard.id, by="self", now=NOW)
        assert take_offer(conn, shift.id, to=cast.doctor.id, now=NOW) is None

    sqlite_db.run_now(work)


def test_of_many_who_take_one_offer_at_once_one_gets_it(postgres_db: Database, cast: Cast) -> None:
    def prepare(conn: Connection) -> int:
        sign_on(conn, cast, cast.guard)
        shift = shift_of(conn, cast.guard)
        offer_duty(conn, shift.id, to=cast.doctor.id, now=NOW)
        return int(shift.id)

    shift_id = postgres_db.run_now(prepare)
    with ThreadPoolExecutor(4) as pool:
        with held(postgres_db, "SELECT * FROM duty FOR UPDATE") as meet:
            tried = [
                pool.submit(
                    postgres_db.run_now,
                    lambda conn: take_offer(conn, shift_id, to=cast.doctor.id, now=NOW),
                )
                for _ in range(4)
            ]
            meet(4)
        assert sum(each.result(10) is not None for each in tried) == 1


def test_of_many_who_sign_one_member_on_at_once_one_does(postgres_db: Database, cast: Cast) -> None:
    with ThreadPoolExecutor(4) as pool:
        tried = [
            pool.submit(postgres_db.run_now, lambda conn: sign_on(conn, cast, cast.guard))
            for _ in range(8)
        ]
        assert sum(each.result(10) for each in tried) == 1
    count = text("SELECT count(*) FROM duty")
    assert postgres_db.run_now(lambda conn: conn.execute(count).scalar_one()) == 1


# -- the clock -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("after", "over"), [(LONGEST - LITTLE, False), (LONGEST, True)])
def test_a_shift_is_forgotten_after_twelve_hours(
    sqlite_db: Database, cast: Cast, after: timedelta, over: bool
) -> None:
    def work(conn: Connection) -> None:
        sign_on(conn, cast, cast.guard)
        found = [row.member_id for row in forgotten_duties(conn, now=NOW + after)]
        assert found == ([cast.guard.id] if over else [])

    sqlite_db.run_now(work)


def test_the_shifts_of_those_who_left_or_changed_are_found(sqlite_db: Database, cast: Cast) -> None:
    def work(conn: Connection) -> None:
        for person in (cast.guard, cast.doctor, cast.officer):
            sign_on(conn, cast, person)
        _remove(conn, cast.guard)
        _change_role(conn, cast.doctor)
        found = [row.member_id for row in orphaned_duties(conn, SHIFTS)]
        assert found == [cast.guard.id, cast.doctor.id]

    sqlite_db.run_now(work)
