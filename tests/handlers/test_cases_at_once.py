"""Two at the same moment on one case, on a database whose transactions really run side by side."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.db import Database
from tests.handlers.casing import FIRST, Casework
from tests.people import Cast
from tests.postgres import held
from tests.stage import Stage

SECOND = "QP01-2026-0002"


@pytest.fixture
async def stage(postgres_db: Database, cast: Cast) -> AsyncIterator[Stage]:
    async with Stage(postgres_db) as stage:
        yield stage


@pytest.fixture
def work(stage: Stage, cast: Cast) -> Casework:
    return Casework(stage, cast)


async def both(work: Casework, *presses: tuple[str, str]) -> list[str]:
    """Two presses that meet at the locked cases; what each person heard last."""
    people = {"officer": work.cast.officer, "admin": work.cast.admin}
    with held(work.stage.db, "SELECT * FROM case_file ORDER BY incident_id FOR UPDATE") as meet:
        tried = [
            asyncio.create_task(work.stage.presses(people[who], data)) for who, data in presses
        ]
        await asyncio.to_thread(meet, len(presses))
    said = await asyncio.gather(*tried)
    return [
        (each.toasts or each.to(people[who].user_id).texts)[-1].splitlines()[0]
        for each, (who, _data) in zip(said, presses, strict=True)
    ]


async def test_of_a_close_and_a_merge_at_once_one_wins_and_the_other_hears_it(
    work: Casework, cast: Cast
) -> None:
    await work.report()
    await work.report()
    await work.investigate(FIRST)
    said = await work.answer(f"move:close:{FIRST}", "[Mediated]")
    close = said.button("Skip")
    said = await work.answer(f"move:merge:{FIRST}", f"[{SECOND}]", by=cast.admin)
    merge = said.to(cast.admin.user_id).button("Merge them")
    heard = await both(work, ("officer", close), ("admin", merge))
    state = work.row().state
    assert state in ("closed", "merged")
    kinds = [step.kind for step in work.steps() if step.kind in ("closed", "merged")]
    assert kinds == [state]
    assert sorted(h.startswith("✅") for h in heard) == [False, True]
    assert f"{FIRST} is already: {state}. Nothing was changed." in heard


async def test_two_cases_merged_crosswise_leave_one_open(work: Casework, cast: Cast) -> None:
    await work.report()
    await work.report()
    said = await work.answer(f"move:merge:{FIRST}", f"[{SECOND}]")
    one = said.to(cast.officer.user_id).button("Merge them")
    said = await work.answer(f"move:merge:{SECOND}", f"[{FIRST}]", by=cast.admin)
    other = said.to(cast.admin.user_id).button("Merge them")
    heard = await both(work, ("officer", one), ("admin", other))
    assert sorted([work.row(1).state, work.row(2).state]) == ["merged", "new"]
    assert sorted(h.startswith("✅") for h in heard) == [False, True]
    assert work.read("SELECT update_id FROM inbox WHERE state = 'bad'") == []


async def test_two_flags_at_once_both_stand(work: Casework, cast: Cast) -> None:
    second = work.colleague("admin", 190)
    await work.report()
    await work.press(f"flag:supervised:{FIRST}", by=cast.admin)
    await work.press(f"flag:grave_impact:{FIRST}", by=second)
    with held(work.stage.db, "SELECT * FROM case_file FOR UPDATE") as meet:
        tried = [
            asyncio.create_task(work.stage.says(person, "the district asked"))
            for person in (cast.admin, second)
        ]
        await asyncio.to_thread(meet, 2)
    await asyncio.gather(*tried)
    assert work.row().flags == ["grave_impact", "supervised"]


async def test_two_who_say_what_an_alarm_was_say_it_once(work: Casework, cast: Cast) -> None:
    await work.alarm()
    said = await work.answer(f"amend:category:{FIRST}", "[Theft]", "[Skip]")
    one = said.to(cast.officer.user_id).button("Submit")
    said = await work.answer(f"amend:category:{FIRST}", "[Fire]", "[Skip]", by=cast.admin)
    other = said.to(cast.admin.user_id).button("Submit")
    heard = await both(work, ("officer", one), ("admin", other))
    assert len(work.steps("amended")) == 1
    assert sum("is classified already" in each for each in heard) == 1


async def test_a_whole_case_runs_on_postgresql_as_well(work: Casework, cast: Cast) -> None:
    number = await work.report(confidential=True)
    await work.answer(f"stamp:police:{number}", "[Note it]")
    await work.answer(f"harm:add:{number}", "[Staff]", "[Mild]")
    await work.answer(f"amend:time:{number}", "21:30", "the camera", "[Submit]")
    await work.close(number, "Handed over to police")
    await work.hand_over(number)
    await work.answer(f"identity:{number}", "a witness is needed", by=cast.admin)
    for page in ("", ":log", ":more"):
        assert number in (await work.press(f"case:{number}{page}")).text
    assert number in (await work.press(f"show:{number}")).text
    assert number in (await work.stage.says(cast.guard, "/mine")).text
    assert work.read("SELECT update_id FROM inbox WHERE state = 'bad'") == []
