"""A threat with 要护送: the guards on duty come, know where to and nothing of what is sealed; one of them goes."""

from collections.abc import AsyncIterator

import pytest

from bot.db import Database
from models.people import MEMBER
from tests.handlers.casing import Casework
from tests.handlers.threatening import SAID, WHERE, WHO, Answers, number_of, threaten
from tests.people import Cast, Person
from tests.stage import Stage

ESCORT = Answers(escort="Yes")


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    """What does not depend on the engine is tried on SQLite only; the tables have tests of their own on both."""
    return sqlite_db


@pytest.fixture
async def stage(db: Database) -> AsyncIterator[Stage]:
    async with Stage(db) as stage:
        yield stage


@pytest.fixture
async def on_duty(stage: Stage, cast: Cast) -> Person:
    """A guard on duty."""
    guard = Casework(stage, cast).colleague("guard", 190)
    await stage.presses(guard, "duty:on")
    return guard


async def test_the_guards_on_duty_hear_where_to_come_and_nothing_sealed(
    stage: Stage, cast: Cast, on_duty: Person
) -> None:
    said = await threaten(stage, cast.doctor, ESCORT)
    call = said.to(on_duty.user_id)
    assert call.text.startswith(f"⚠️ A colleague wants an escort now: {WHERE}")
    assert "Reported by: duty doctor · ER" in call.text
    for secret in (SAID, WHO, "QP01 doctor"):
        assert secret not in call.everything
    assert "1 security guard" in said.to(cast.doctor.user_id).text
    assert all("wants an escort" not in each for each in said.to(cast.guard.user_id).texts)


async def test_an_unnamed_reporter_stays_unnamed_to_the_guards(
    stage: Stage, cast: Cast, on_duty: Person
) -> None:
    unnamed = Answers(escort="Yes", changes=(("named or not", "Unnamed"),))
    said = await threaten(stage, cast.doctor, unnamed)
    assert "Reported by" not in said.to(on_duty.user_id).text


async def test_without_an_escort_they_hear_nothing_but_what_their_ward_hears(
    stage: Stage, cast: Cast, on_duty: Person
) -> None:
    said = await threaten(stage, cast.doctor)
    assert WHERE not in said.to(on_duty.user_id).everything
    assert said.to(on_duty.user_id).buttons == {}


async def test_one_guard_goes_and_everybody_who_must_know_does(
    stage: Stage, cast: Cast, on_duty: Person
) -> None:
    second = Casework(stage, cast).colleague("guard", 191)
    await stage.presses(second, "duty:on")
    number = await number_of(stage, cast, ESCORT)
    said = await stage.presses(on_duty, f"escort:{number}")
    assert "Noted: the security guard escorts" in said.to(on_duty.user_id).text
    assert "the security guard is coming to escort you" in said.to(cast.doctor.user_id).text
    for person in (cast.officer, cast.admin):
        assert "a guard on duty goes" in said.to(person.user_id).text
    said = await stage.presses(second, f"escort:{number}")
    assert said.readers == {second.user_id}
    assert said.toasts[0].startswith("Noted already: Escort arranged")


async def test_who_is_off_duty_or_of_another_hospital_cannot_go(
    stage: Stage, cast: Cast, on_duty: Person
) -> None:
    number = await number_of(stage, cast, ESCORT)
    said = await stage.presses(cast.guard, f"escort:{number}")
    assert said.toasts == ["You are off duty. Sign on first, then press again."]
    await stage.presses(cast["QP02"]["guard"], "duty:on")
    for person, data in ((cast["QP02"]["guard"], number), (on_duty, "QP01-2026-0009")):
        said = await stage.presses(person, f"escort:{data}")
        assert said.toasts == ["There is no such record in your hospital."]


async def test_a_threat_without_an_escort_is_not_betrayed_by_the_button(
    stage: Stage, cast: Cast, on_duty: Person
) -> None:
    number = await number_of(stage, cast)
    said = await stage.presses(on_duty, f"escort:{number}")
    assert said.toasts == ["There is no such record in your hospital."]


@pytest.mark.parametrize("role", ["guard", "officer", "doctor"])
async def test_the_colleague_whom_it_is_about_hears_and_reads_nothing(
    stage: Stage, cast: Cast, role: str
) -> None:
    about = Casework(stage, cast).colleague(role, 195)
    change = MEMBER.update().where(MEMBER.c.id == about.id).values(display_name="周强")
    stage.db.run_now(lambda conn: conn.execute(change))
    await stage.presses(about, "duty:on")
    number = await number_of(stage, cast, Answers(escort="Yes", who="保安周强"))
    for kind in ("threat", "escort", "threat_step:text", "threat_step:renew"):
        said = await stage.presses(about, f"{kind}:{number}")
        assert WHERE not in said.everything
        assert said.texts == []


async def test_the_colleague_whom_it_is_about_is_not_told(stage: Stage, cast: Cast) -> None:
    work = Casework(stage, cast)
    about = [work.colleague(role, 195 + n) for n, role in enumerate(("guard", "officer", "doctor"))]
    for person in about:
        change = MEMBER.update().where(MEMBER.c.id == person.id).values(display_name="周强")
        stage.db.run_now(lambda conn, c=change: conn.execute(c))  # type: ignore[misc]
    await stage.presses(about[0], "duty:on")
    said = await threaten(stage, cast.doctor, Answers(escort="Yes", who="保安周强"))
    assert not {person.user_id for person in about} & said.readers
    number = said.to(cast.officer.user_id).button("Read it").partition(":")[2]
    await stage.presses(cast.officer, f"threat_step:renew:{number}")
    said = await stage.says(cast.officer, "he was seen again")
    assert not {person.user_id for person in about} & said.readers
    assert cast.guard.user_id in said.readers, "the ward is warned again"


async def test_who_is_threatened_hears_of_it(stage: Stage, cast: Cast) -> None:
    change = MEMBER.update().where(MEMBER.c.id == cast.officer.id).values(display_name="赵芳")
    stage.db.run_now(lambda conn: conn.execute(change))
    await stage.says(cast.doctor, "/threat")
    said = await stage.says(cast.doctor, WHERE)
    said = await stage.presses(cast.doctor, said.button("None of these"))
    said = await stage.says(cast.doctor, "他说明天要来打赵芳")
    said = await stage.presses(cast.doctor, said.button("None seen"))
    said = await stage.says(cast.doctor, WHO)
    said = await stage.presses(cast.doctor, said.button("No"))
    said = await stage.presses(cast.doctor, said.button("Submit"))
    assert "please read it and act" in said.to(cast.officer.user_id).text
