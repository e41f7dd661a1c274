"""/tasks: what waits for whom, in which order, with a button to do it."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.db import Database
from handlers.tasks import PROVIDERS
from models.people import ROLES
from tests.handlers.registering import Registers, Says
from tests.handlers.sweeping import at, sweep
from tests.people import NOW, Cast, Person, enlist
from tests.said import Said
from tests.stage import Stage


@pytest.fixture
async def stage(sqlite_db: Database) -> AsyncIterator[Stage]:
    async with Stage(sqlite_db) as stage:
        yield stage


@pytest.fixture
def books(stage: Stage, cast: Cast) -> Registers:
    return Registers(stage, cast)


def tasks(said: Said) -> list[str]:
    """The numbered lines."""
    return [line for line in said.texts[-1].splitlines() if line[:1].isdecimal()]


async def owned(books: Registers, person: Person, owner: str, place: str, day: str) -> None:
    """A hazard that somebody owns until a day."""
    said = await books.stage.presses(person, "enter:hazard")
    said = await books.play(person, said, Says("x"), Says(place), "Change owner", owner)
    await books.play(person, said, "Change due day", Says(day), "Submit")


async def test_where_nothing_waits_it_says_so(stage: Stage, cast: Cast) -> None:
    for role in ROLES:
        person = cast["QP01"].get(role) or stage.db.run_now(
            lambda conn, r=role: enlist(conn, cast.hospital("QP01"), r, user_id=700 + len(r))  # type: ignore[misc]
        )
        said = await stage.says(person, "/tasks")
        assert said.text == "Nothing waits for you."


async def test_overdue_comes_first_then_what_is_due_next_then_the_rest(
    stage: Stage, cast: Cast, books: Registers
) -> None:
    for place, day in [("late", "3-25"), ("later", "4-1"), ("over", "3-17")]:
        await owned(books, cast.doctor, "QP01 guard", place, day)
    said = await books.enter(
        cast.doctor, "fault", "Video", Says("gate"), Says("dark"), "Change owner", "QP01 guard"
    )
    await stage.says(cast.guard, "/report")
    said = await stage.at(at("2026-03-20 09:00")).says(cast.guard, "/tasks")
    assert said.text.splitlines()[0] == "📌 5 waiting for you, 1 of them overdue"
    assert tasks(said) == [
        "1. Hazard · over · waiting to be dealt with (2 days overdue)",
        "2. Hazard · late · waiting to be dealt with (5 days left)",
        "3. Hazard · later · waiting to be dealt with (12 days left)",
        "4. Equipment fault · gate · waiting to be dealt with",
        "5. Not finished: incident report",
    ]
    said = await stage.presses(cast.guard, said.button("1 Deal with"))
    assert "Place: over" in said.text


async def test_a_page_is_at_most_eight_lines(stage: Stage, cast: Cast, books: Registers) -> None:
    for number in range(14):
        await owned(books, cast.doctor, "Myself", f"place {number}", "3-25")
    said = await stage.says(cast.doctor, "/tasks")
    seen = tasks(said)
    for _ in range(2):
        assert len(said.texts[-1].splitlines()) == 8
        said = await stage.presses(cast.doctor, said.button("Next page"))
        assert said.out[0].method == "editMessageText"
        seen += tasks(said)
    assert "Next page" not in said.buttons
    assert [line.partition(".")[0] for line in seen] == [str(n) for n in range(1, 15)]
    said = await stage.presses(cast.doctor, said.button("Page before"))
    assert tasks(said)[0].startswith("7.")


@pytest.mark.parametrize("page", ["9999", "-1", "x", "²", "9" * 30, ""])
async def test_a_page_that_is_not_there_is_the_nearest_one(
    stage: Stage, cast: Cast, page: str
) -> None:
    said = await stage.presses(cast.guard, f"tasks:{page}")
    assert said.text == "Nothing waits for you."


async def test_a_hazard_put_right_waits_for_a_recheck_by_others(
    stage: Stage, cast: Cast, books: Registers
) -> None:
    number = await books.hazard(cast.guard)
    said = await stage.says(cast.officer, "/tasks")
    assert len(tasks(said)) == 1
    await books.step(cast.officer, number, "rectify", Says("bolted"))
    line = ["1. Hazard · stairwell B · put right, re-check to come"]
    for person in (cast.guard, cast.admin):
        said = await stage.says(person, "/tasks")
        assert tasks(said) == line
        assert said.button("1 Re-check") == f"entry:{number}"
    for person in (cast.officer, cast.doctor):
        assert (await stage.says(person, "/tasks")).text == "Nothing waits for you."


async def test_nothing_of_another_hospital_waits_here(
    stage: Stage, cast: Cast, books: Registers
) -> None:
    await books.hazard(cast.guard)
    for role in ("officer", "admin", "guard"):
        said = await stage.says(cast["QP02"][role], "/tasks")
        assert said.text == "Nothing waits for you."


async def test_papers_owed_wait_for_the_safety_office(stage: Stage, cast: Cast) -> None:
    sweep(stage.db, at("2026-07-07 09:00"))
    stage.at(at("2026-07-07 09:00"))
    said = await stage.says(cast.officer, "/tasks")
    assert tasks(said) == [
        "1. 2026 First-half anti-crime summary (3 days left)",
        "2. 2026 First-half Safe Hospital summary (3 days left)",
    ]
    said = await stage.presses(cast.officer, said.button("2 File it"))
    assert said.text.startswith("What is its number?")
    assert (await stage.says(cast.guard, "/tasks")).text == "Nothing waits for you."


async def test_entries_begin_from_here_for_those_who_may(stage: Stage, cast: Cast) -> None:
    said = await stage.says(cast.guard, "/tasks")
    assert said.buttons == {"New entry": "enter:"}
    said = await stage.says(cast.officer, "/tasks")
    assert set(said.buttons) == {
        *("New entry", "Look it up", "Patrol points"),
        *("Filed papers", "Calendar file", "Quiet hours"),
    }


async def test_the_home_button_is_the_command(stage: Stage, cast: Cast) -> None:
    said = await stage.says(cast.guard, "Tasks")
    assert said.text == "Nothing waits for you."


def test_what_waits_comes_from_providers() -> None:
    names = {provider.__name__ for provider in PROVIDERS}
    assert names >= {"entries_waiting", "papers_waiting", "drafts_waiting"}


# -- reminders -------------------------------------------------------------------------------------


@pytest.fixture
async def hazard(stage: Stage, cast: Cast, books: Registers) -> str:
    """A hazard that the guard owns until Monday, 23 March, entered by the doctor."""
    await owned(books, cast.doctor, "QP01 guard", "ramp", "3-23")
    return "QP01-H2026-0001"


def reminded(db: Database, person: Person) -> list[str]:
    """What the sweeps owe somebody about entries, oldest first."""
    query = text(
        "SELECT payload FROM outbox WHERE chat_id = :who AND priority = 3 AND payload LIKE '%entry:%'"
    )
    rows = db.run_now(lambda c: c.execute(query, {"who": person.user_id}).all())
    return [str(row[0]) for row in rows]


async def test_an_owner_hears_3_1_and_0_days_before_and_daily_after(
    stage: Stage, cast: Cast, hazard: str
) -> None:
    days = []
    moment = NOW
    while moment < at("2026-03-28 00:00"):
        before = len(reminded(stage.db, cast.guard))
        sweep(stage.db, moment)
        if len(reminded(stage.db, cast.guard)) > before:
            days.append(f"{moment.astimezone(at('2026-03-16').tzinfo):%m-%d %H:%M}")
        moment += timedelta(minutes=59)
    assert [day[:5] for day in days] == [
        "03-20",
        "03-22",
        "03-23",
        "03-24",
        "03-25",
        "03-26",
        "03-27",
    ]
    assert all("08:00" <= day[6:] < "09:00" for day in days), "at eight, never at night"


async def test_running_twice_changes_nothing(stage: Stage, cast: Cast, hazard: str) -> None:
    first = sweep(stage.db, at("2026-03-23 08:00"))
    assert first["entries_reminded"] == 1
    for again in ("2026-03-23 08:00", "2026-03-23 08:01", "2026-03-23 19:59"):
        assert sweep(stage.db, at(again))["entries_reminded"] == 0


@pytest.mark.parametrize("night", ["07:59", "20:00", "23:30", "03:00"])
async def test_nobody_is_woken(stage: Stage, cast: Cast, hazard: str, night: str) -> None:
    assert sweep(stage.db, at(f"2026-03-25 {night}"))["entries_reminded"] == 0


async def test_after_three_days_the_administrators_hear_of_it_too(
    stage: Stage, cast: Cast, hazard: str
) -> None:
    sweep(stage.db, at("2026-03-25 08:00"))
    assert reminded(stage.db, cast.admin) == []
    sweep(stage.db, at("2026-03-26 08:00"))
    assert "1 thing is overdue with colleagues" in reminded(stage.db, cast.admin)[0]
    assert reminded(stage.db, cast.officer) == []
    assert reminded(stage.db, cast["QP02"]["admin"]) == []


async def test_what_an_absent_owner_leaves_is_the_administrators_at_once(
    stage: Stage, cast: Cast, hazard: str
) -> None:
    gone = text("UPDATE member SET unreachable_at = :now WHERE id = :id")
    values = {"now": NOW.replace(tzinfo=None), "id": cast.guard.id}
    stage.db.run_now(lambda conn: conn.execute(gone, values))
    sweep(stage.db, at("2026-03-23 08:00"))
    assert reminded(stage.db, cast.admin) == []
    sweep(stage.db, at("2026-03-24 08:00"))
    assert len(reminded(stage.db, cast.admin)) == 1
    assert reminded(stage.db, cast.guard) == []


async def test_several_are_one_message_a_day(
    stage: Stage, cast: Cast, books: Registers, hazard: str
) -> None:
    for number in range(7):
        await owned(books, cast.doctor, "QP01 guard", f"place {number}", "3-23")
    sweep(stage.db, at("2026-03-23 09:00"))
    found = reminded(stage.db, cast.guard)
    assert len(found) == 1
    assert "8 things wait for you" in found[0]
    assert "and 3 entries more" in found[0]


async def test_what_was_put_right_or_closed_is_not_reminded_of(
    stage: Stage, cast: Cast, books: Registers, hazard: str
) -> None:
    await books.step(cast.guard, hazard, "rectify", Says("done"))
    assert sweep(stage.db, at("2026-03-25 08:00"))["entries_reminded"] == 0
    await books.step(cast.doctor, hazard, "fail", Says("not yet"))
    assert sweep(stage.db, at("2026-03-25 08:01"))["entries_reminded"] == 1
