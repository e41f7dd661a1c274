"""Findings, close, open again, false alarm, merging: only along the table, with what is owed said."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from tests.handlers.casing import FIRST, Casework
from tests.handlers.sweeping import papers, sweep
from tests.people import NOW, Cast
from tests.said import first_line

SECOND = "QP01-2026-0002"
PHOTO = {
    "photo": [{"file_id": "p1", "file_unique_id": "u1", "width": 9, "height": 9, "file_size": 1000}]
}


# -- findings --------------------------------------------------------------------------------------


async def test_findings_are_words_with_whatever_shows_them(work: Casework, cast: Cast) -> None:
    await work.report()
    await work.press(f"case:{FIRST}:take")
    await work.press(f"move:investigate:{FIRST}")
    said = await work.stage.sends(cast.officer, PHOTO)
    assert "Attached: 1" in said.text
    said = await work.press(said.button("Submit"))
    assert first_line(said) == "Please say in a sentence what was found; the files are kept."
    assert work.row().state == "acknowledged"
    said = await work.stage.says(cast.officer, "the bill was wrong")
    said = await work.press(said.button("Submit"))
    assert work.row().state == "investigated"
    (step,) = work.steps("investigated")
    assert (step.words, step.data) == ("the bill was wrong", {"files": 1})
    assert work.read("SELECT subject, subject_id FROM evidence") == [("case", 1)]
    assert said.button("Close it") == f"move:close:{FIRST}"


async def test_a_case_nobody_has_taken_has_no_findings(work: Casework) -> None:
    await work.report()
    said = await work.press(f"move:investigate:{FIRST}")
    assert said.toasts == [f"{FIRST} is already: nobody has taken it yet. Nothing was changed."]


# -- close -----------------------------------------------------------------------------------------


async def test_a_close_has_an_outcome_and_says_what_is_still_owed(work: Casework) -> None:
    await work.report()
    await work.investigate(FIRST)
    said = await work.answer(f"move:close:{FIRST}", "[Mediated]", "both are content")
    assert said.text.splitlines()[-2:] == [
        f"✅ {FIRST} is closed: Mediated.",
        "📌 The first report to the authority is still to be filed.",
    ]
    assert {"File it", "Not reportable"} <= set(said.buttons)
    (step,) = work.steps("closed")
    assert (step.words, step.data) == ("both are content", {"outcome": "mediated"})
    assert work.row().outcome == "mediated"
    assert work.row().next_at is None, "nothing looks at it again"


async def test_what_owes_nothing_closes_without_a_word_of_reports(work: Casework) -> None:
    await work.report("Theft")
    said = await work.close(FIRST)
    assert said.text.splitlines()[-1] == f"✅ {FIRST} is closed: Dealt with."
    assert list(said.buttons) == ["Case"]


async def test_closed_as_handed_to_the_police_without_a_hand_over_says_so(work: Casework) -> None:
    await work.report("Theft")
    said = await work.close(FIRST, "Handed over to police")
    assert "The hand-over itself is not noted yet." in said.text
    assert said.button("Hand to police") == f"handover:new:{FIRST}"


# -- open again ------------------------------------------------------------------------------------


@pytest.mark.parametrize("settled", ["closed", "false_alarm", "merged"])
async def test_whatever_is_settled_opens_again_and_wakes_nobody(
    work: Casework, cast: Cast, settled: str
) -> None:
    await work.report()
    await work.report()
    if settled == "closed":
        await work.close(FIRST)
    elif settled == "false_alarm":
        await work.answer(f"move:false:{FIRST}", "nothing there")
    else:
        await work.answer(f"move:merge:{FIRST}", f"[{SECOND}]", "[Merge them]")
    said = await work.answer(f"move:reopen:{FIRST}", "there was more", by=cast.admin)
    row = work.row()
    assert (row.state, row.lead_id, row.outcome, row.merged_into) == (
        "reopened",
        None,
        None,
        None,
    )
    assert {item.method for item in said.to(cast.officer.user_id).out} <= {"editMessageText"}
    sweep(work.stage.db, NOW + timedelta(minutes=30))
    assert len(work.steps("called")) == 1, "only when it was filed"
    assert work.steps("reopened")[0].words == "there was more"
    await work.press(said.to(cast.admin.user_id).button("I take it"), by=cast.admin)
    assert (work.row().state, work.row().lead_id) == ("acknowledged", cast.admin.id)


# -- false alarm -----------------------------------------------------------------------------------


async def test_the_office_calls_it_off_with_a_reason_and_sends_back_who_was_coming(
    work: Casework, cast: Cast
) -> None:
    await work.report()
    await work.press(f"case:{FIRST}:take", by=cast.admin)
    said = await work.answer(f"move:false:{FIRST}", "a film was shot")
    assert f"{FIRST}: false alarm, you can turn back." in said.to(cast.admin.user_id).text
    assert "📌 Its filing stays open" in said.text
    assert said.button("Not reportable") == "waive:1"
    assert work.steps("false_alarm")[0].words == "a film was shot"
    said = await work.press(f"move:false:{FIRST}")
    assert said.toasts == [f"{FIRST} is already: false alarm. Nothing was changed."]


async def test_looked_into_it_is_no_false_alarm_any_more(work: Casework) -> None:
    await work.report()
    await work.investigate(FIRST)
    said = await work.press(f"move:false:{FIRST}")
    assert said.toasts == [f"{FIRST} is already: investigated. Nothing was changed."]


# -- merging ---------------------------------------------------------------------------------------


async def test_one_goes_on_under_the_other_and_is_filed_there(work: Casework, cast: Cast) -> None:
    await work.report()
    await work.report(by=cast.doctor)
    said = await work.press(f"move:merge:{SECOND}")
    labels = [label for label in said.buttons if label.startswith("QP01")]
    assert [label[:14] for label in labels] == [FIRST], "not itself"
    said = await work.answer(f"move:merge:{SECOND}", f"[{FIRST}]", "[Merge them]")
    office = said.to(cast.officer.user_id)
    assert f"✅ {SECOND} goes on under {FIRST}." in office.text
    assert f"It is filed under {FIRST}; its own filing is waived." in office.text
    row = work.row(2)
    assert (row.state, row.merged_into, row.merged_number) == ("merged", 1, FIRST)
    assert work.steps("merged", 2)[0].data == {"into": FIRST}
    assert work.steps("joined", 1)[0].data == {"number": SECOND}
    by_subject = {paper.subject: paper for paper in papers(work.stage.db)}
    assert by_subject[SECOND].waive_reason == f"merged {FIRST}"
    assert by_subject[FIRST].waived_at is None
    cards = [t for t in said.to(cast.admin.user_id).texts if SECOND in t]
    assert f"It goes on under {FIRST}." in cards[0]
    assert "another report of the same event joins yours" in said.to(cast.guard.user_id).text
    assert "goes on under another report" in said.to(cast.doctor.user_id).text
    assert f"goes on under {FIRST}" in first_line(await work.press(f"case:{SECOND}"))


async def test_a_filing_due_sooner_is_not_waived(work: Casework) -> None:
    await work.report()
    work.at(30)
    await work.report()
    said = await work.answer(f"move:merge:{FIRST}", f"[{SECOND}]", "[Merge them]")
    assert (
        f"📌 {FIRST} is due to be filed sooner than {SECOND}: that filing stays open." in said.text
    )
    assert [paper.waived_at for paper in papers(work.stage.db)] == [None, None]


async def test_without_a_filing_on_the_other_its_own_stays(work: Casework) -> None:
    await work.report()
    await work.report("Theft")
    await work.answer(f"move:merge:{FIRST}", f"[{SECOND}]", "[Merge them]")
    assert [paper.waived_at for paper in papers(work.stage.db)] == [None]


async def test_opened_again_it_is_owed_again(work: Casework) -> None:
    await work.report()
    await work.report()
    await work.answer(f"move:merge:{SECOND}", f"[{FIRST}]", "[Merge them]")
    await work.answer(f"move:reopen:{SECOND}", "another fight after all")
    again = papers(work.stage.db)[1]
    assert (again.waived_at, again.state) == (None, "scheduled")
    sweep(work.stage.db, NOW + timedelta(hours=25))
    assert [paper.state for paper in papers(work.stage.db)] == ["missed", "missed"]


async def test_where_nothing_else_is_open_there_is_nothing_to_merge_into(work: Casework) -> None:
    await work.report()
    said = await work.press(f"move:merge:{FIRST}")
    assert said.toasts == ["There is no other open case it could go on under."]


async def test_another_hospitals_case_is_no_place_to_go_on(work: Casework, cast: Cast) -> None:
    await work.report()
    foreign = await work.report(by=cast["QP02"]["guard"])
    assert foreign == "QP02-2026-0001"
    said = await work.press(f"move:merge:{FIRST}")
    assert said.toasts == ["There is no other open case it could go on under."]


async def test_what_was_settled_meanwhile_is_merged_into_by_nobody(
    work: Casework, cast: Cast
) -> None:
    await work.report()
    await work.report()
    said = await work.answer(f"move:merge:{FIRST}", f"[{SECOND}]", by=cast.admin)
    pending = said.to(cast.admin.user_id).button("Merge them")
    await work.answer(f"move:merge:{SECOND}", f"[{FIRST}]", "[Merge them]")
    said = await work.press(pending, by=cast.admin)
    assert said.toasts == [f"{SECOND} is already: merged. Nothing was changed."]
    assert work.row(1).state == "new"


async def test_a_forged_choice_is_no_option(work: Casework, cast: Cast) -> None:
    await work.report()
    await work.report()
    said = await work.press(f"move:merge:{FIRST}")
    draft = said.button(SECOND).split(":")[1]
    for option in (FIRST, "QP02-2026-0001", "x"):
        said = await work.press(f"f:{draft}:into:{option}")
        assert "done already" in said.toasts[0]
    assert work.row().state == "new"
    assert cast


# -- forged, foreign -------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["investigate", "close", "reopen", "merge", "false", "odd", ""])
async def test_another_hospital_moves_nothing(work: Casework, cast: Cast, verb: str) -> None:
    await work.report()
    said = await work.press(f"move:{verb}:{FIRST}", by=cast["QP02"]["officer"])
    assert said.toasts
    assert not said.texts
    assert work.row().state == "new"


async def test_a_role_lost_meanwhile_closes_nothing(work: Casework, cast: Cast) -> None:
    await work.report()
    await work.investigate(FIRST)
    said = await work.answer(f"move:close:{FIRST}", "[Mediated]")
    pending = said.button("Skip")
    change = text("UPDATE member SET role = 'guard' WHERE id = :id")
    work.stage.db.run_now(lambda conn: conn.execute(change, {"id": cast.officer.id}))
    said = await work.press(pending)
    assert "Your role has changed" in said.text
    assert work.row().state == "investigated"
