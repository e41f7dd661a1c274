"""The sweep over threats: reminders and expiry, each once, however often it runs; on both engines."""

from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import text, update

from bot.db import Database
from bot.sweeping import sweep_through
from handlers.threat_sweep import THREATS
from models.outbox import OUTBOX
from models.people import MEMBER
from models.threat import THREAT
from tests.handlers.sweeping import at
from tests.handlers.threatening import Answers, do, every_word, number_of, rows
from tests.people import NOW, Cast
from tests.stage import Stage

# How it speaks, and for whom, hardly depends on the engine: on PostgreSQL by night.
pytestmark = pytest.mark.postgres_nightly

CALM = Answers(signs=(), weapon="None seen")
EVENING = "2026-03-23 23:59:58"


@pytest.fixture
async def stage(db: Database) -> AsyncIterator[Stage]:
    async with Stage(db) as stage:
        yield stage


def sweep(db: Database, moment: str) -> dict[str, int]:
    """Run it once; what it counted, without zeros."""
    counts, _owed = sweep_through(db.run_now, THREATS, now=at(moment))
    return {name: count for name, count in counts.items() if count}


def heard(db: Database, since: int = 0) -> list[tuple[int, str]]:
    """(reader, text) of what the sweep owes: threats are announced at another priority or earlier."""
    query = OUTBOX.select().where(OUTBOX.c.id > since).order_by(OUTBOX.c.id)
    return [
        (row.chat_id, row.payload["text"])
        for row in db.run_now(lambda conn: conn.execute(query).all())
    ]


def last_id(db: Database) -> int:
    return int(str(rows(db, "SELECT COALESCE(MAX(id), 0) FROM outbox")[0][0]))


async def test_officers_are_reminded_three_days_before_and_on_the_day(
    stage: Stage, cast: Cast
) -> None:
    number = await number_of(stage, cast)
    start = last_id(stage.db)
    days = []
    moment = at("2026-03-17 07:00")
    while moment <= at(EVENING):
        before = last_id(stage.db)
        sweep(stage.db, f"{moment:%Y-%m-%d %H:%M}")
        if last_id(stage.db) > before:
            days.append(f"{moment:%d %H:%M}")
        moment += timedelta(minutes=30)
    assert days == ["20 08:00", "23 08:00"]
    told = heard(stage.db, start)
    assert [reader for reader, _text in told] == [103, 104, 103, 104]
    assert told[0][1].splitlines() == [
        "📌 1 threat to be reviewed: renew or end it.",
        f"· {number}, risk high, by Mon, Mar 23 24:00",
        "What is not renewed by then expires (our default, can be changed).",
    ]


async def test_several_are_one_message(stage: Stage, cast: Cast) -> None:
    numbers = [await number_of(stage, cast), await number_of(stage, cast)]
    start = last_id(stage.db)
    sweep(stage.db, "2026-03-20 09:00")
    told = heard(stage.db, start)
    assert len(told) == 2
    assert told[0][1].startswith("📌 2 threats to be reviewed")
    assert all(number in told[0][1] for number in numbers)


async def test_at_the_end_of_the_day_it_expires_and_everybody_concerned_hears_it(
    stage: Stage, cast: Cast
) -> None:
    number = await number_of(stage, cast)
    sweep(stage.db, "2026-03-23 09:00")
    start = last_id(stage.db)
    assert sweep(stage.db, EVENING) == {}
    assert sweep(stage.db, "2026-03-24 00:00") == {"threats_expired": 1}
    told = dict(heard(stage.db, start))
    assert set(told) == {102, 103, 104}
    assert told[102].startswith(f"Your report {number}: its review date has passed")
    assert told[103].startswith("📌 1 threat expired and is no longer watched.")
    assert rows(stage.db, "SELECT state FROM threat") == [("expired",)]
    assert rows(stage.db, "SELECT kind, member_id FROM threat_step") == [("expired", None)]
    assert rows(stage.db, "SELECT place_sealed IS NULL FROM threat") in ([(0,)], [(False,)])
    query = "SELECT member_id FROM audit WHERE action = 'threat.expired'"
    assert rows(stage.db, query) == [(None,)]


MOMENTS = ("2026-03-20 08:00", "2026-03-23 12:00", "2026-03-25 08:00", "2026-05-01 08:00")


@pytest.mark.parametrize("moment", MOMENTS)
async def test_run_twice_or_told_of_an_earlier_time_it_changes_nothing(
    stage: Stage, cast: Cast, moment: str
) -> None:
    await number_of(stage, cast)
    await number_of(stage, cast, CALM)
    assert sweep(stage.db, moment)
    before = every_word(stage.db, but=())
    assert sweep(stage.db, moment) == {}
    assert sweep(stage.db, "2026-03-17 08:00") == {}
    assert every_word(stage.db, but=()) == before


async def test_after_a_downtime_two_reminders_are_one(stage: Stage, cast: Cast) -> None:
    await number_of(stage, cast)
    start = last_id(stage.db)
    sweep(stage.db, "2026-03-23 12:00")
    assert len(heard(stage.db, start)) == 2
    sweep(stage.db, EVENING)
    assert len(heard(stage.db, start)) == 2


async def test_a_review_that_fell_into_a_downtime_is_not_reminded_of(
    stage: Stage, cast: Cast
) -> None:
    await number_of(stage, cast)
    start = last_id(stage.db)
    assert sweep(stage.db, "2026-03-29 12:00") == {"threats_expired": 1}
    assert "to be reviewed" not in "".join(words for _reader, words in heard(stage.db, start))


async def test_renewed_it_does_not_expire_and_is_reminded_of_anew(stage: Stage, cast: Cast) -> None:
    number = await number_of(stage, cast)
    sweep(stage.db, "2026-03-23 09:00")
    stage.at(at("2026-03-23 10:00"))
    await do(stage, cast.officer, "renew", number)
    await stage.says(cast.officer, "he was seen again")
    assert sweep(stage.db, "2026-03-24 09:00") == {}
    assert sweep(stage.db, "2026-03-27 09:00") == {"threats_reminded": 2}
    assert sweep(stage.db, "2026-03-31 00:00") == {"threats_expired": 1}


async def test_what_ended_is_left_alone(stage: Stage, cast: Cast) -> None:
    number = await number_of(stage, cast)
    await do(stage, cast.officer, "end", number)
    await stage.says(cast.officer, "the police took him")
    assert sweep(stage.db, "2026-03-23 09:00") == {}
    assert sweep(stage.db, "2026-05-23 09:00") == {}


async def test_the_others_have_thirty_days(stage: Stage, cast: Cast) -> None:
    await number_of(stage, cast, CALM)
    assert sweep(stage.db, "2026-04-12 07:59") == {}
    assert sweep(stage.db, "2026-04-12 08:00") == {"threats_reminded": 2}
    assert sweep(stage.db, "2026-04-16 00:00") == {"threats_expired": 1}


async def test_a_threat_of_the_first_version_is_given_a_date(stage: Stage, cast: Cast) -> None:
    await number_of(stage, cast, CALM)
    undated = THREAT.update().values(review_at=None)
    stage.db.run_now(lambda conn: conn.execute(undated))
    read = await stage.presses(cast.officer, "threat:QP01-2026-0001")
    assert "State: watched" in read.text
    assert sweep(stage.db, "2026-06-01 09:00") == {"threats_dated": 1}
    assert sweep(stage.db, "2026-06-01 09:01") == {}
    assert sweep(stage.db, "2026-07-02 00:00") == {"threats_expired": 1}


async def test_only_its_own_hospital_and_who_can_be_reached(stage: Stage, cast: Cast) -> None:
    await number_of(stage, cast)
    silent = update(MEMBER).where(MEMBER.c.id.in_([cast.officer.id, cast.doctor.id]))
    stage.db.run_now(lambda conn: conn.execute(silent.values(unreachable_at=NOW)))
    start = last_id(stage.db)
    sweep(stage.db, "2026-03-20 09:00")
    sweep(stage.db, "2026-03-24 09:00")
    assert {reader for reader, _words in heard(stage.db, start)} == {104}


async def test_sweeps_that_run_at_once_do_each_thing_once(
    postgres_db: Database, cast: Cast
) -> None:
    async with Stage(postgres_db) as stage:
        await number_of(stage, cast)
    start = last_id(postgres_db)
    for moment in ("2026-03-20 09:00", "2026-03-24 09:00"):
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda _, m=moment: sweep(postgres_db, m), range(4)))  # type: ignore[misc]
    assert sorted(reader for reader, _words in heard(postgres_db, start)) == [
        *(102, 103, 103, 104, 104)
    ]
    steps = postgres_db.run_now(
        lambda conn: conn.execute(text("SELECT kind FROM threat_step")).all()
    )
    assert [tuple(step) for step in steps] == [("expired",)]


async def test_a_review_that_is_near_waits_for_officers_in_tasks(stage: Stage, cast: Cast) -> None:
    number = await number_of(stage, cast)
    await number_of(stage, cast, CALM)
    for moment, waits in (("2026-03-19 12:00", False), ("2026-03-20 12:00", True)):
        stage.at(at(moment))
        for person in (cast.officer, cast.admin, cast.doctor, cast["QP02"]["officer"]):
            said = await stage.says(person, "/tasks")
            wanted = waits and person in (cast.officer, cast.admin)
            assert (f"Threat {number} to be reviewed, risk high" in said.text) == wanted
            assert (f"threat:{number}" in said.buttons.values()) == wanted
            assert said.text.count("to be reviewed") == wanted
