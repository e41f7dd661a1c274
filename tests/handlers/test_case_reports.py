"""续报 and 结报: after the first report, with a ready text that names nobody, kept with receipt and date."""

import pytest

from bot.i18n import use_locale
from handlers.case_reports import ready_text
from handlers.case_rights import Dossier
from models.case import list_steps
from models.injury import list_injuries
from models.obligation import paper_of
from models.people import hospital_by_id
from tests.handlers.casing import FIRST, Casework
from tests.people import Cast
from tests.said import first_line


async def file_first(work: Casework) -> None:
    """The first report of the first case."""
    await work.answer("filed:1", "2026-031", "[Skip]", "[Now]", "[Submit]")


async def test_the_first_report_comes_first_and_stands_in_the_log(work: Casework) -> None:
    await work.report()
    said = await work.press(f"upward:progress:{FIRST}")
    assert first_line(said) == f"The first report of {FIRST} comes first; it is still to be filed."
    assert said.button("File it") == "file:1"
    await file_first(work)
    assert work.steps("first_report")[0].data["receipt"] == "2026-031"
    assert "First report filed today 21:42" in (await work.press(f"case:{FIRST}")).text


async def test_a_follow_up_is_the_ready_text_its_number_and_date(work: Casework) -> None:
    await work.report()
    await file_first(work)
    work.at(60)
    said = await work.press(f"upward:progress:{FIRST}")
    ready = said.texts[0]
    assert first_line(said) == "Please check the text above and copy it: nothing has left yet."
    said = await work.stage.says(work.cast.officer, "2026-044")
    said = await work.press(said.button("Now"))
    assert ready in said.text
    said = await work.press(said.button("Submit"))
    assert first_line(said) == (
        f"✅ Kept for {FIRST}: Follow-up report, number 2026-044, today 22:42."
    )
    (step,) = work.steps("progress_report")
    assert (step.words, step.data["receipt"]) == (ready, "2026-044")
    assert step.data["filed_at"].startswith("2026-03-16T14:42")
    assert "1 follow-up" in (await work.press(f"case:{FIRST}")).text


async def test_the_text_that_was_really_filed_can_be_kept_instead(work: Casework) -> None:
    await work.report()
    await file_first(work)
    changed = ("2026-044", "[Now]", "[Change text]", "what we wrote ourselves", "[Submit]")
    await work.answer(f"upward:progress:{FIRST}", *changed)
    assert work.steps("progress_report")[0].words == "what we wrote ourselves"


async def test_the_ready_text_has_numbers_and_categories_and_no_names(work: Casework) -> None:
    await work.report(words="Li Lei hit nurse Han Meimei")
    await file_first(work)
    await work.answer(f"stamp:police:{FIRST}", "[Note it]")
    await work.answer(f"stamp:details:{FIRST}", "110-4711", "Yingpu station")
    await work.answer(f"harm:add:{FIRST}", "[Staff]", "[Moderate]")
    await work.press(f"case:{FIRST}:take")
    await work.answer(f"move:investigate:{FIRST}", "Li Lei was angry", "[Submit]")
    await work.answer(f"move:close:{FIRST}", "[Handed over to police]", "[Skip]")
    said = await work.press(f"upward:final:{FIRST}")
    lines = said.texts[0].splitlines()
    assert lines == [
        f"Final report on {FIRST}",
        "To: District Health Commission",
        "On Mar 16, 2026 21:42 QP01 hospital learnt of an incident: Staff attacked, severity serious.",
        "First report: number 2026-031, Mar 16, 2026 21:42.",
        "Course: Police called Mar 16, 2026 21:42.",
        "Police record: 110-4711.",
        "Injured: 1 Staff (Moderate).",
        "Outcome: Handed over to police. This concludes the report.",
        "QP01 hospital",
        "Mar 16, 2026",
    ]
    for name in ("Li Lei", "Han Meimei", "QP01 officer", "QP01 guard"):
        assert name not in said.texts[0]


async def test_in_chinese_it_is_chinese(work: Casework) -> None:
    await work.report()
    await file_first(work)
    case = work.row()

    def write(conn: object) -> str:
        dossier = Dossier(
            case=case,
            hats=frozenset(),
            now=work.stage.now,
            paper=paper_of(conn, 1, FIRST),  # type: ignore[arg-type]
            steps=list_steps(conn, 1),  # type: ignore[arg-type]
            injuries=list_injuries(conn, 1),  # type: ignore[arg-type]
        )
        with use_locale("zh_Hans"):
            return ready_text("progress", dossier, hospital_by_id(conn, 1), "2026-031")  # type: ignore[arg-type]

    text = work.stage.db.run_now(write)
    assert "区卫健委" in text
    for english in ("report", "learnt", "Injured", "State"):
        assert english not in text


async def test_a_closed_case_without_its_final_report_says_so(work: Casework) -> None:
    await work.report()
    await file_first(work)
    said = await work.close(FIRST)
    assert said.text.splitlines()[-1] == "📌 The final report is still to be filed."
    assert "final report still missing" in (await work.press(f"case:{FIRST}")).text
    await work.answer(said.button("Final report"), "2026-050", "[Now]", "[Submit]")
    said = await work.press(f"case:{FIRST}")
    assert "final report filed" in said.text
    assert "Follow-up report" not in said.buttons
    assert len(work.steps("final_report")) == 1


async def test_what_is_not_filed_has_no_reports(work: Casework) -> None:
    await work.report("Theft")
    said = await work.press(f"upward:progress:{FIRST}")
    assert said.toasts == [f"{FIRST} is not filed with the authority."]
    await work.report()
    await work.answer("waive:1", "a false rumour")
    said = await work.press("upward:progress:QP01-2026-0002")
    assert said.toasts == ["QP01-2026-0002 is not filed with the authority."]


async def test_a_date_before_the_discovery_is_refused(work: Casework) -> None:
    await work.report()
    await file_first(work)
    work.at(60)
    said = await work.answer(f"upward:progress:{FIRST}", "2026-044", "Mar 15 10:00", "[Submit]")
    assert "before the incident was discovered" in first_line(said)
    assert work.steps("progress_report") == []


@pytest.mark.parametrize("verb", ["progress", "final", "odd", ""])
async def test_forged_and_foreign_presses(work: Casework, cast: Cast, verb: str) -> None:
    await work.report()
    await file_first(work)
    said = await work.press(f"upward:{verb}:{FIRST}", by=cast["QP02"]["officer"])
    assert said.toasts
    assert not said.texts
    said = await work.press(f"upward:{verb}:{FIRST}", by=cast.guard)
    assert said.toasts == ["This is not part of your role. /help lists what you can do."]


async def test_a_final_report_waits_for_the_findings(work: Casework) -> None:
    await work.report()
    await file_first(work)
    said = await work.press(f"upward:final:{FIRST}")
    assert said.toasts == [f"{FIRST} is already: nobody has taken it yet. Nothing was changed."]
