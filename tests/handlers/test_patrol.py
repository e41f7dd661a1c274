"""Patrols: points with printed codes, checking in, and who hears nothing by trying."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from bot.db import Database
from models.entry import ENTRY
from models.invite import ATTEMPT, create_invite
from tests.handlers.sweeping import at
from tests.people import NOW, Cast, Person
from tests.said import Said
from tests.stage import Stage

# How it speaks, and for whom, hardly depends on the engine: on PostgreSQL by night.
pytestmark = pytest.mark.postgres_nightly

STRANGER = Person(id=0, user_id=5555, role="", name="nobody", hospital="")
TURNED_AWAY = (
    "Hello, this is WardWatch. It works by invitation: please ask your administrator for a link."
)
NOT_VALID = "This code is not valid"


@pytest.fixture
async def stage(db: Database) -> AsyncIterator[Stage]:
    async with Stage(db) as stage:
        yield stage


@pytest.fixture
async def code(stage: Stage, cast: Cast) -> str:
    """The code of a point at the ER gate."""
    said = await stage.presses(cast.officer, "point:new")
    said = await stage.says(cast.officer, "ER gate")
    return handed_out(await stage.presses(cast.officer, said.button("ER")))


def handed_out(said: Said) -> str:
    """The code in the link that was handed out."""
    link = said.texts[-1].splitlines()[-1]
    assert link.startswith("https://t.me/w_bot?start=p_")
    return link.partition("=")[2]


def rounds(db: Database) -> list[tuple[str, int]]:
    """(point, member) of every round on record."""
    query = select(ENTRY).where(ENTRY.c.kind == "patrol").order_by(ENTRY.c.id)
    rows = db.run_now(lambda conn: list(conn.execute(query)))
    return [(row.data["place"], row.member_id) for row in rows]


def wrong_tries(db: Database, person: Person) -> int:
    """How many wrong codes an account has typed."""
    query = select(ATTEMPT.c.wrong).where(ATTEMPT.c.telegram_id == person.user_id)
    return int(db.run_now(lambda conn: conn.execute(query).scalar()) or 0)


async def test_a_guard_is_checked_in_at_once(stage: Stage, cast: Cast, code: str) -> None:
    said = await stage.says(cast.guard, f"/start {code}")
    assert said.texts == ["✅ Checked in: ER gate, 21:42.\nRound 1 at this point today."]
    stage.at(NOW + timedelta(hours=1))
    said = await stage.says(cast.guard, f"/start {code}")
    assert said.text.endswith("Round 2 at this point today.")
    said = await stage.says(cast.officer, f"/start {code}")
    assert said.text.endswith("Round 3 at this point today.")
    assert rounds(stage.db) == [("ER gate", cast.guard.id)] * 2 + [("ER gate", cast.officer.id)]


async def test_a_new_day_begins_with_round_1(stage: Stage, cast: Cast, code: str) -> None:
    await stage.at(at("2026-03-16 23:58")).says(cast.guard, f"/start {code}")
    said = await stage.at(at("2026-03-17 00:03")).says(cast.guard, f"/start {code}")
    assert said.text.endswith("Round 1 at this point today.")


async def test_pressed_twice_it_is_one_round(stage: Stage, cast: Cast, code: str) -> None:
    await stage.says(cast.guard, f"/start {code}")
    said = await stage.at(NOW + timedelta(seconds=90)).says(cast.guard, f"/start {code}")
    assert said.text.startswith("You are checked in already: ER gate")
    assert said.text.endswith("Round 1 at this point today.")
    assert len(rounds(stage.db)) == 1
    said = await stage.says(cast.officer, f"/start {code}")
    assert said.text.endswith("Round 2 at this point today."), "a colleague's is another one"


async def test_a_form_left_open_is_not_touched(stage: Stage, cast: Cast, code: str) -> None:
    said = await stage.says(cast.guard, "/report")
    await stage.presses(cast.guard, said.button("Theft"))
    await stage.says(cast.guard, f"/start {code}")
    said = await stage.says(cast.guard, "a bicycle is gone")
    assert "a bicycle is gone" in said.text


async def test_other_roles_hear_that_it_is_not_theirs(stage: Stage, cast: Cast, code: str) -> None:
    said = await stage.says(cast.doctor, f"/start {code}")
    assert said.texts == ["This is not part of your role. /help lists what you can do."]
    assert rounds(stage.db) == []


async def test_strangers_and_other_hospitals_learn_nothing(
    stage: Stage, cast: Cast, code: str
) -> None:
    for tried in (code, "p_WRONGWRONG22", "p_", code.upper()):
        said = await stage.says(STRANGER, f"/start {tried}")
        assert said.texts == [TURNED_AWAY]
    other = cast["QP02"]["guard"]
    right = await stage.says(other, f"/start {code}")
    wrong = await stage.says(other, "/start p_WRONGWRONG22")
    assert right.text == f"{NOT_VALID}: it may be mistyped, used or older than a day. 4 tries left."
    assert wrong.text == right.text.replace("4 tries", "3 tries")
    assert rounds(stage.db) == []


async def test_wrong_patrol_codes_count_like_wrong_codes(stage: Stage, cast: Cast) -> None:
    for left in (4, 3, 2, 1):
        said = await stage.says(cast.guard, "/start p_WRONGWRONG22")
        assert said.text.startswith(NOT_VALID)
        assert f"{left} tr" in said.text
    for code in ("p_WRONGWRONG22", "WRONGWRONG22"):
        said = await stage.says(cast.guard, f"/start {code}")
        assert said.text.startswith("Too many wrong codes.")


async def test_a_paused_account_opens_no_point_either(stage: Stage, cast: Cast, code: str) -> None:
    for _ in range(5):
        await stage.says(cast.guard, "/start WRONGWRONG22")
    said = await stage.says(cast.guard, f"/start {code}")
    assert said.text.startswith("Too many wrong codes.")
    said = await stage.at(NOW + timedelta(minutes=61)).says(cast.guard, f"/start {code}")
    assert said.text.startswith("✅ Checked in")


async def test_a_strangers_wrong_code_counts_and_a_right_one_does_not(
    stage: Stage, cast: Cast, code: str
) -> None:
    await stage.says(STRANGER, f"/start {code}")
    assert wrong_tries(stage.db, STRANGER) == 0
    await stage.says(STRANGER, "/start p_WRONGWRONG22")
    assert wrong_tries(stage.db, STRANGER) == 1


async def test_invite_codes_work_as_before(stage: Stage, cast: Cast) -> None:
    invite = stage.db.run_now(
        lambda conn: create_invite(
            conn,
            hospital_id=cast.hospital("QP01").id,
            role="guard",
            department_id=None,
            now=NOW,
        )
    )
    said = await stage.says(STRANGER, f"/start {invite}")
    assert said.texts[-1].startswith("Welcome")


async def test_a_renewed_code_replaces_the_printed_one(stage: Stage, cast: Cast, code: str) -> None:
    said = await stage.presses(cast.officer, "point:")
    said = await stage.presses(cast.officer, said.button("ER gate"))
    said = await stage.presses(cast.officer, said.button("New code"))
    assert (await stage.says(cast.guard, f"/start {code}")).text.startswith("✅"), "not yet"
    new = handed_out(await stage.presses(cast.officer, said.button("Yes, do it")))
    said = await stage.says(cast.guard, f"/start {code}")
    assert said.text.startswith("This code for ER gate was replaced, so nothing was recorded.")
    assert wrong_tries(stage.db, cast.guard) == 0, "an old print is nobody's guess"
    said = await stage.at(NOW + timedelta(hours=1)).says(cast.guard, f"/start {new}")
    assert said.text.endswith("Round 2 at this point today.")


async def test_a_point_out_of_use_takes_no_rounds_and_keeps_its_own(
    stage: Stage, cast: Cast, code: str
) -> None:
    await stage.says(cast.guard, f"/start {code}")
    said = await stage.presses(cast.officer, "point:")
    assert said.text.splitlines() == ["Patrol points: 1", "ER gate (ER): 1 today, last today 21:42"]
    said = await stage.presses(cast.officer, said.button("ER gate"))
    said = await stage.presses(cast.officer, said.button("Out of use"))
    await stage.presses(cast.officer, said.button("Yes, do it"))
    said = await stage.at(NOW + timedelta(hours=1)).says(cast.guard, f"/start {code}")
    assert "nothing was recorded" in said.text
    assert len(rounds(stage.db)) == 1
    assert (await stage.presses(cast.officer, "point:")).text == "Patrol points: 0"


async def test_another_hospitals_office_cannot_touch_a_point(
    stage: Stage, cast: Cast, code: str
) -> None:
    point = stage.db.run_now(lambda c: c.execute(text("SELECT id FROM patrol_point")).scalar_one())
    for verb in ("", ":renew", ":renew_now", ":close", ":close_now"):
        said = await stage.presses(cast["QP02"]["admin"], f"point:{point}{verb}")
        assert said.toasts == ["There is no such patrol point in your hospital."]
        assert said.texts == []
    assert (await stage.says(cast.guard, f"/start {code}")).text.startswith("✅")


async def test_the_code_itself_is_not_stored(stage: Stage, cast: Cast, code: str) -> None:
    hashes = stage.db.run_now(lambda c: c.execute(text("SELECT code_hash FROM point_code")).all())
    assert len(hashes) == 1
    assert code not in str(hashes)
