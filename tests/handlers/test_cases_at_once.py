"""Two at the same moment on one case, on a database whose transactions really run side by side."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from typing import Any

import pytest

from bot.db import Database
from tests.handlers.casing import FIRST, Casework
from tests.people import Cast
from tests.postgres import held
from tests.said import Said
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


# -- the reporter and those who see to it ----------------------------------------------------------

CASES = "SELECT * FROM case_file ORDER BY incident_id FOR UPDATE"


async def meeting(work: Casework, rows: str, *acts: Coroutine[Any, Any, Said]) -> list[Said]:
    """What each of several people heard who met at locked rows."""
    with held(work.stage.db, rows) as meet:
        tried = [asyncio.create_task(act) for act in acts]
        await asyncio.to_thread(meet, len(acts))
    return list(await asyncio.gather(*tried))


async def test_an_answer_at_the_moment_of_the_close_joins_and_says_what_it_found(
    work: Casework, cast: Cast
) -> None:
    await work.report()
    await work.answer(f"ask:{FIRST}", "which way did he run")
    await work.investigate(FIRST)
    close = (await work.answer(f"move:close:{FIRST}", "[Mediated]")).button("Skip")
    await work.press("answer:1", by=cast.guard)
    heard, _closed = await meeting(
        work,
        CASES,
        work.stage.says(cast.guard, "to the east gate"),
        work.press(close),
    )
    assert work.row().state == "closed"
    assert work.read("SELECT inquiry_id, words FROM addition") == [(1, "to the east gate")]
    kinds = [step.kind for step in work.steps() if step.kind in ("closed", "answered")]
    too_late = "The case is closed meanwhile" in heard.to(cast.guard.user_id).text
    assert too_late == (kinds == ["closed", "answered"])
    assert work.read("SELECT update_id FROM inbox WHERE state = 'bad'") == []


async def test_a_correction_at_the_moment_of_the_close_is_made_or_kept_as_details(
    work: Casework, cast: Cast
) -> None:
    await work.report()
    await work.investigate(FIRST)
    close = (await work.answer(f"move:close:{FIRST}", "[Mediated]")).button("Skip")
    said = await work.answer(f"correct:place:{FIRST}", "gate 2", by=cast.guard)
    submit = said.button("Submit")
    await meeting(work, CASES, work.press(submit, by=cast.guard), work.press(close))
    assert work.row().state == "closed"
    kinds = [step.kind for step in work.steps() if step.kind in ("closed", "corrected")]
    kept = work.read("SELECT words FROM addition")
    if kinds == ["corrected", "closed"]:
        assert (work.row().place, kept) == ("gate 2", [])
    else:
        assert kinds == ["closed"]
        assert (work.row().place, kept) == ("ER", [("place: gate 2",)])


async def test_an_amendment_and_a_correction_at_once_keep_every_value_in_one_line(
    work: Casework, cast: Cast
) -> None:
    await work.report()
    said = await work.answer(f"correct:place:{FIRST}", "gate 2", by=cast.guard)
    one = said.button("Submit")
    said = await work.answer(f"amend:place:{FIRST}", "gate 3", "the camera")
    other = said.button("Submit")
    await meeting(work, CASES, work.press(one, by=cast.guard), work.press(other))
    changed = [s.data["changed"]["place"] for s in work.steps() if "changed" in s.data]
    assert changed[0][0] == "ER"
    assert changed[1][0] == changed[0][1]
    assert {changed[0][1], changed[1][1]} == {"gate 2", "gate 3"}
    assert work.row().place == changed[1][1]


async def test_two_answers_at_once_both_join(work: Casework, cast: Cast) -> None:
    await work.report()
    await work.answer(f"ask:{FIRST}", "which way did he run")
    await work.answer(f"ask:{FIRST}", "how old was he", by=cast.admin)
    sent = (
        "UPDATE outbox SET message_id = 41 WHERE id = (SELECT outbox_id FROM inquiry WHERE id = 2)"
    )
    work.stage.db.run_now(lambda conn: conn.exec_driver_sql(sent))
    await work.press("answer:1", by=cast.guard)
    chat = {"id": cast.guard.user_id, "type": "private"}
    reply = {"text": "thirty", "reply_to_message": {"message_id": 41, "date": 1, "chat": chat}}
    await meeting(
        work,
        f"SELECT * FROM member WHERE id = {cast.guard.id} FOR UPDATE",
        work.stage.says(cast.guard, "to the east gate"),
        work.stage.sends(cast.guard, reply),
    )
    found = work.read("SELECT inquiry_id, words FROM addition ORDER BY inquiry_id")
    assert found == [(1, "to the east gate"), (2, "thirty")]


async def test_two_who_ask_at_once_are_both_heard(work: Casework, cast: Cast) -> None:
    await work.report()
    for person in (cast.officer, cast.admin):
        await work.press(f"ask:{FIRST}", by=person)
    await meeting(
        work,
        CASES,
        work.stage.says(cast.officer, "which way did he run"),
        work.stage.says(cast.admin, "how old was he"),
    )
    said = await work.press(f"case:{FIRST}", by=cast.guard)
    assert "You are asked 2 things" in said.text
