"""The screen of a case: who sees how much of it, what it offers them, its log, and one's own records."""

import pytest
from sqlalchemy import text

from tests.handlers.casing import FIRST, Casework
from tests.people import Cast
from tests.said import Said, first_line

OTHERS = "This case is not yours to read. The safety office can bring you in."


async def test_the_first_line_says_what_it_is_and_what_is_waited_for(work: Casework) -> None:
    await work.report()
    waits = []
    for data in (f"case:{FIRST}", f"case:{FIRST}:take"):
        waits.append(first_line(await work.press(data)).partition(": ")[2])
    for stamp in ("arrived", "controlled"):
        await work.answer(f"stamp:{stamp}:{FIRST}", "[Note it]")
        waits.append(first_line(await work.press(f"case:{FIRST}")).partition(": ")[2])
    await work.answer(f"move:investigate:{FIRST}", "it was a quarrel", "[Submit]")
    waits.append(first_line(await work.press(f"case:{FIRST}")).partition(": ")[2])
    await work.answer(f"move:close:{FIRST}", "[Mediated]", "[Skip]")
    waits.append(first_line(await work.press(f"case:{FIRST}")).partition(": ")[2])
    await work.answer(f"move:reopen:{FIRST}", "there was more to it")
    waits.append(first_line(await work.press(f"case:{FIRST}")).partition(": ")[2])
    assert waits == [
        "waits for somebody to take it",
        "somebody is on it, not there yet",
        "help is there, not under control yet",
        "under control, waits for findings",
        "looked into, waits to be closed",
        "closed (Mediated)",
        "open again, waits for somebody to take it",
    ]


async def test_it_is_short_and_offers_three_rows_and_a_way_to_the_rest(work: Casework) -> None:
    await work.report()
    await work.answer(f"harm:add:{FIRST}", "[Staff]", "[Severe]")
    await work.answer(f"stamp:details:{FIRST}", "110-4711", "Yingpu station")
    for flag in ("grave_impact", "media_hype", "supervised"):
        await work.answer(f"flag:{flag}:{FIRST}", "it was on the news", by=work.cast.admin)
    said = await work.press(f"case:{FIRST}", by=work.cast.admin)
    assert len(said.text.splitlines()) <= 8
    rows = said.out[0].payload["reply_markup"].count("[{")
    assert rows <= 4
    more = await work.press(said.button("More"), by=work.cast.admin)
    assert set(more.buttons).isdisjoint(set(said.buttons)), "nothing twice"
    assert {"Merge", "False alarm", "Change place", "Not grave impact"} <= set(more.buttons)
    back = await work.press(more.button("Back"), by=work.cast.admin)
    assert back.buttons == said.buttons


async def test_a_case_comes_as_a_new_message_and_its_pages_change_that_one(work: Casework) -> None:
    await work.report()
    said = await work.press(f"case:{FIRST}")
    assert said.out[0].method == "sendMessage"
    for page in ("more", "back", "log"):
        said = await work.press(f"case:{FIRST}:{page}")
        assert said.out[0].method == "editMessageText"


async def test_taking_it_shows_how_it_stands_then(work: Casework, cast: Cast) -> None:
    await work.report()
    said = await work.press(f"case:{FIRST}:take")
    assert "somebody is on it" in said.to(cast.officer.user_id).text
    assert work.row().lead_id == cast.officer.id
    said = await work.press(f"case:{FIRST}:take", by=cast.admin)
    assert f"{FIRST} is already: somebody is on it" in said.toasts[0]
    assert work.row().lead_id == cast.officer.id


@pytest.mark.parametrize(
    ("role", "ward", "sees"),
    [
        ("head", "", True),
        ("head", "surgery", False),
        ("guard", "", False),
        ("doctor", "", False),
        ("leader", "", False),
        ("district", "", False),
        ("auditor", "", False),
        ("officer", "surgery", True),
    ],
)
async def test_who_has_no_part_in_a_case_does_not_read_it(
    work: Casework, role: str, ward: str, sees: bool
) -> None:
    reader = work.colleague(role, 190, ward=ward)
    await work.report("Theft")
    for page in ("", ":more", ":back", ":log", ":take", ":odd"):
        said = await work.press(f"case:{FIRST}{page}", by=reader)
        if not sees:
            assert said.toasts == [OTHERS]
            assert not said.texts
    said = await work.press(f"case:{FIRST}", by=reader)
    assert (FIRST in said.text) == sees


async def test_another_hospital_learns_nothing(work: Casework, cast: Cast) -> None:
    await work.report()
    for page in ("", ":log", ":take"):
        said = await work.press(f"case:{FIRST}{page}", by=cast["QP02"]["admin"])
        assert said.toasts == ["There is no such record in your hospital."]


async def test_the_reporter_sees_state_and_stamps_and_what_they_can_do(
    work: Casework, cast: Cast
) -> None:
    await work.report()
    await work.press(f"case:{FIRST}:take")
    await work.answer(f"stamp:police:{FIRST}", "[Note it]")
    await work.answer(f"stamp:details:{FIRST}", "110-4711", "[Skip]")
    await work.answer(f"harm:add:{FIRST}", "[Staff]", "[Mild]")
    await work.answer(f"flag:supervised:{FIRST}", "the district asked", by=cast.admin)
    said = await work.press(f"case:{FIRST}", by=cast.guard)
    assert said.buttons == {"Add details": f"add:{FIRST}", "Correct it": f"correct:{FIRST}"}
    assert "Police called" in said.text
    for hidden in ("110-4711", "Injured", "Supervised", "QP01 officer", "File it by"):
        assert hidden not in said.text
    said = await work.press(f"case:{FIRST}:log", by=cast.guard)
    assert "steps" not in said.text, "the log is for the safety office"


async def test_somebody_called_sees_the_case_and_sets_stamps_but_decides_nothing(
    work: Casework, cast: Cast
) -> None:
    doctor = work.colleague("doctor", 190)
    await work.alarm(by=doctor)
    leader = work.colleague("leader", 191)
    said = await work.press(f"case:{FIRST}", by=leader)
    assert said.toasts == [OTHERS], "not called yet"
    await work.call_again(by=doctor)
    said = await work.press(f"case:{FIRST}", by=leader)
    assert "☎️ 110 called" in said.buttons
    assert "Say what it was" in said.buttons
    more = await work.press(f"case:{FIRST}:more", by=leader)
    offered = {*said.buttons.values(), *more.buttons.values()}
    assert not [data for data in offered if data.startswith(("move:", "flag:", "upward:"))]
    for data in (f"amend:severity:{FIRST}", f"amend:place:{FIRST}"):
        said = await work.press(data, by=leader)
        assert said.toasts == ["This case is not yours to change; the safety office can help."]


async def test_the_log_has_every_step_with_time_role_name_and_old_values(
    work: Casework, cast: Cast
) -> None:
    await work.report()
    work.at(3)
    await work.press(f"case:{FIRST}:take")
    await work.answer(f"stamp:police:{FIRST}", "[Note it]")
    work.at(10)
    await work.answer(f"stamp:police:{FIRST}", "[Change time]", "21:43", "[Note it]", by=cast.admin)
    await work.answer(f"amend:severity:{FIRST}", "[extreme]", "two people hurt", "[Submit]")
    lines = (await work.press(f"case:{FIRST}:log")).text.splitlines()
    assert lines[0] == f"{FIRST}: 5 steps, times as noted"
    assert (
        lines[1]
        == "· today 21:42 Called: those on duty, safety officer, department head, administrator (2 called)"
    )
    assert lines[2] == "· today 21:45 Taken · safety officer QP01 officer"
    assert lines[4] == (
        "· today 21:52 Police called: today 21:45 → today 21:43 · administrator QP01 admin"
    )
    assert lines[5].endswith(
        "Amended: severity serious → extreme · safety officer QP01 officer · two people hurt"
    )


async def test_a_long_log_is_paged_from_its_end(work: Casework) -> None:
    await work.report()
    for _ in range(12):
        await work.answer(f"stamp:police:{FIRST}", "[Note it]")
    said = await work.press(f"case:{FIRST}:log")
    assert len(said.text.splitlines()) == 1 + 3
    said = await work.press(said.button("Earlier"))
    assert len(said.text.splitlines()) == 1 + 10
    assert "Called" in said.text
    for page in ("99", "-1", "x" * 9, "٣"):
        assert "steps" in (await work.press(f"case:{FIRST}:log:{page}")).text


async def test_mine_says_how_each_record_stands_and_leads_to_it(work: Casework, cast: Cast) -> None:
    await work.report()
    second = await work.report("Theft")
    await work.close(FIRST)
    said = await work.stage.says(cast.guard, "/mine")
    assert "Staff attacked · closed" in said.text
    assert f"{second} Theft · nobody has taken it yet" in said.text
    said = await work.press(said.button(FIRST), by=cast.guard)
    assert "closed (Dealt with)" in first_line(said)


async def test_every_change_is_told_to_the_reporter_by_role(work: Casework, cast: Cast) -> None:
    await work.report()
    told = await _told(work, cast)
    assert [each.splitlines()[0] for each in told] == [
        f"{FIRST}: your report is being dealt with (safety officer).",
        f"{FIRST}: the police have been called (safety officer).",
        f"{FIRST}: an injured person is noted (safety officer).",
        f"{FIRST}: a detail was put right (safety officer); what you filed is kept as it was.",
        f"{FIRST}: it has been looked into (safety officer).",
        f"✅ {FIRST} is closed (safety officer). Thank you for reporting.",
    ]
    assert not [each for each in told if "QP01 officer" in each]


async def _told(work: Casework, cast: Cast) -> list[str]:
    said: list[Said] = [await work.press(f"case:{FIRST}:take")]
    said.append(await work.answer(f"stamp:police:{FIRST}", "[Note it]"))
    said.append(await work.answer(f"harm:add:{FIRST}", "[Staff]", "[Mild]"))
    said.append(await work.answer(f"amend:place:{FIRST}", "gate 2", "misheard", "[Submit]"))
    said.append(await work.answer(f"move:investigate:{FIRST}", "a quarrel", "[Submit]"))
    said.append(await work.answer(f"move:close:{FIRST}", "[Dealt with]", "[Skip]"))
    return [words for each in said for words in each.to(cast.guard.user_id).texts]


async def test_the_reporter_hears_it_in_their_own_language(work: Casework, cast: Cast) -> None:
    await work.report()
    chosen = text("UPDATE member SET locale = 'zh_Hans' WHERE id = :id")
    work.stage.db.run_now(lambda conn: conn.execute(chosen, {"id": cast.guard.id}))
    said = await work.answer(f"stamp:scene:{FIRST}", "[Note it]")
    assert said.to(cast.guard.user_id).texts == [f"{FIRST} 有进展:现场已保护(安全员)。"]
    assert "Noted for" in said.to(cast.officer.user_id).text


async def test_the_full_text_has_what_holds_now_and_what_was_filed(work: Casework) -> None:
    await work.report()
    before = await work.press(f"show:{FIRST}")
    assert "As filed" not in before.text
    await work.answer(f"amend:place:{FIRST}", "gate 2", "misheard", "[Submit]")
    said = await work.press(f"show:{FIRST}")
    assert "Place: gate 2" in said.text
    assert "As filed: Staff attacked · serious · ER" in said.text
