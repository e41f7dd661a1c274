"""Amendments: the old value is kept, the filed record untouched, and what follows from the new one happens."""

from datetime import timedelta
from typing import Any

import pytest

from handlers import office
from models.obligation import waive
from models.people import mark_reachable
from tests.handlers.casing import FIRST, Casework
from tests.handlers.sweeping import papers, sweep
from tests.people import NOW, Cast
from tests.said import first_line

FILED = "SELECT category, severity, place, occurred_at FROM incident"


def listed(work: Casework) -> list[dict[str, Any]]:
    """What the command line says of QP01."""
    return work.stage.db.run_now(lambda conn: office.incidents(conn, "QP01", work.stage.now))


@pytest.mark.parametrize(
    ("field", "answer", "old", "new"),
    [
        ("category", "[Theft]", "violence_staff", "theft"),
        ("severity", "[extreme]", "serious", "extreme"),
        ("place", "gate 2", "ER", "gate 2"),
        ("time", "21:30", NOW.isoformat(), (NOW - timedelta(minutes=12)).isoformat()),
    ],
)
async def test_each_field_is_amended_with_reason_and_old_value_and_never_the_filed_row(
    work: Casework, field: str, answer: str, old: str, new: str
) -> None:
    await work.report()
    filed = work.read(FILED)
    said = await work.answer(f"amend:{field}:{FIRST}", answer, "it was misheard")
    assert "→" in said.text
    assert "Reason: it was misheard" in said.text
    assert work.steps("amended") == []
    said = await work.press(said.button("Submit"))
    assert first_line(said) == f"✅ {FIRST} is amended; the old value stays in the log."
    (step,) = work.steps("amended")
    assert step.data == {"changed": {field: [old, new]}}
    assert step.words == "it was misheard"
    assert work.read(FILED) == filed


async def test_lists_digest_and_command_line_have_what_holds_now(work: Casework) -> None:
    await work.report()
    await work.answer(f"amend:category:{FIRST}", "[Theft]", "a mix-up", "[Submit]")
    await work.answer(f"amend:severity:{FIRST}", "[minor]", "a mix-up", "[Submit]")
    await work.answer(f"amend:time:{FIRST}", "21:30", "the camera", "[Submit]")
    (row,) = listed(work)
    assert (row["category"], row["severity"], row["state"]) == ("theft", "general", "new")
    assert row["occurred_at"] == "2026-03-16T21:30:00+08:00"
    assert row["discovered_at"] == "2026-03-16T21:42:00+08:00"


async def test_the_same_value_changes_nothing(work: Casework) -> None:
    await work.report()
    for field, answer in (("severity", "[serious]"), ("place", "ER")):
        said = await work.answer(f"amend:{field}:{FIRST}", answer, "no idea", "[Submit]")
        assert first_line(said) == f"Nothing was changed on {FIRST}."
    assert work.steps("amended") == []


async def test_a_time_after_the_discovery_is_refused(work: Casework) -> None:
    await work.report()
    work.at(30)
    said = await work.answer(f"amend:time:{FIRST}", "22:05", "the camera", "[Submit]")
    assert first_line(said) == "That is after it was discovered. Please correct the time."
    assert work.steps("amended") == []


# -- filings ---------------------------------------------------------------------------------------


async def test_a_category_that_becomes_reportable_is_due_from_discovery(work: Casework) -> None:
    await work.report("Theft")
    assert papers(work.stage.db) == []
    work.at(60)
    said = await work.answer(f"amend:category:{FIRST}", "[Insult]", "he threatened", "[Submit]")
    assert "📌 File it by tomorrow 21:42" in said.text
    (paper,) = papers(work.stage.db)
    assert (paper.code, paper.due_at) == ("O2", NOW + timedelta(hours=24))


async def test_a_filing_due_before_it_was_known_is_overdue_at_once(work: Casework) -> None:
    await work.report("Theft")
    work.at(60 * 30)
    await work.answer(f"amend:category:{FIRST}", "[Insult]", "he threatened", "[Submit]")
    sweep(work.stage.db, work.stage.now)
    assert [paper.state for paper in papers(work.stage.db)] == ["missed"]


async def test_one_filing_stays_one_and_keeps_its_limit(work: Casework) -> None:
    await work.report("Medical dispute")
    (before,) = papers(work.stage.db)
    work.at(60)
    await work.answer(f"amend:category:{FIRST}", "[Staff attacked]", "it got worse", "[Submit]")
    assert papers(work.stage.db) == [before]


async def test_a_category_that_is_not_reportable_leaves_the_filing_to_be_waived(
    work: Casework,
) -> None:
    await work.report()
    said = await work.answer(f"amend:category:{FIRST}", "[Theft]", "a mix-up", "[Submit]")
    assert "Its filing stays open" in said.text
    assert said.button("Not reportable") == "waive:1"
    said = await work.answer("waive:1", "only a theft")
    assert "need not be filed" in said.text
    assert work.steps("not_reportable")[0].words == "only a theft"


async def test_what_was_waived_as_one_thing_is_owed_as_another(work: Casework) -> None:
    await work.report("Medical dispute")
    work.stage.db.run_now(lambda conn: waive(conn, 1, now=NOW, member_id=1, reason="settled"))
    await work.answer(f"amend:category:{FIRST}", "[Staff attacked]", "it got worse", "[Submit]")
    assert [(p.code, p.waived_at is None) for p in papers(work.stage.db)] == [
        ("O1", False),
        ("O2", True),
    ]
    assert "File it" in (await work.press(f"case:{FIRST}")).buttons


# -- the chain -------------------------------------------------------------------------------------


async def test_raising_what_nobody_has_taken_calls_everybody_anew(
    work: Casework, cast: Cast
) -> None:
    await work.report("Theft")
    said = await work.answer(f"amend:severity:{FIRST}", "[extreme]", "armed", "[Submit]")
    assert "Nobody has taken it yet" in said.to(cast.officer.user_id).text
    called = [item for item in said.to(cast.admin.user_id).out if item.method == "sendMessage"]
    assert len(called) == 1, "a new card"
    assert work.row().round == 1


async def test_raising_what_somebody_has_or_lowering_it_calls_nobody(
    work: Casework, cast: Cast
) -> None:
    await work.report()
    await work.answer(f"amend:severity:{FIRST}", "[minor]", "a mix-up", "[Submit]")
    await work.press(f"case:{FIRST}:take")
    said = await work.answer(f"amend:severity:{FIRST}", "[extreme]", "armed", "[Submit]")
    assert work.row().round == 0
    assert "called anew" not in said.text
    assert work.row().severity == "extreme"
    assert {item.method for item in said.to(cast.admin.user_id).out} == {"editMessageText"}


# -- what an alarm was -----------------------------------------------------------------------------


async def test_an_alarm_is_asked_what_it_was_first(work: Casework) -> None:
    await work.alarm()
    said = await work.press(f"case:{FIRST}")
    assert "⚠️ Please say what it was; until then it cannot be closed." in said.text
    assert next(iter(said.buttons)) == "Say what it was"
    assert "Change category" not in str((await work.press(f"case:{FIRST}:more")).buttons)


async def test_its_reporter_says_what_it_was_and_it_becomes_a_report(
    work: Casework, cast: Cast
) -> None:
    await work.alarm()
    assert papers(work.stage.db) == []
    answers = ("[Staff attacked]", "he threw a chair", "[Submit]")
    said = await work.answer(f"amend:category:{FIRST}", *answers, by=cast.doctor)
    assert "📌 File it by tomorrow 21:42" in said.to(cast.doctor.user_id).text
    (step,) = work.steps("amended")
    assert step.data["changed"] == {
        "category": ["alarm", "violence_staff"],
        "severity": ["major", "serious"],
    }
    (row,) = listed(work)
    assert (row["category"], row["severity"]) == ("violence_staff", "serious")
    assert row["description"] == "he threw a chair"
    assert work.read("SELECT category FROM incident") == [("alarm",)]


async def test_what_was_said_after_an_alarm_is_its_description(work: Casework, cast: Cast) -> None:
    await work.alarm()
    for words in ("room 3", "he has a knife"):
        await work.stage.says(cast.doctor, words)
    await work.answer(f"amend:category:{FIRST}", "[Staff attacked]", "[Skip]", "[Submit]")
    assert listed(work)[0]["description"] == "room 3\nhe has a knife"


async def test_said_a_second_time_it_stays_what_it_was(work: Casework, cast: Cast) -> None:
    await work.alarm()
    said = await work.answer(f"amend:category:{FIRST}", "[Theft]", "[Skip]", by=cast.admin)
    pending = said.to(cast.admin.user_id).button("Submit")
    await work.answer(f"amend:category:{FIRST}", "[Staff attacked]", "[Skip]", "[Submit]")
    said = await work.press(pending, by=cast.admin)
    assert "is classified already: Staff attacked · serious" in first_line(said)
    assert work.row().category == "violence_staff"
    said = await work.press(f"amend:category:{FIRST}", by=cast.doctor)
    assert said.toasts == ["This case is not yours to change; the safety office can help."]


async def test_an_unclassified_alarm_cannot_be_closed(work: Casework) -> None:
    await work.alarm()
    await work.investigate(FIRST)
    said = await work.press(f"move:close:{FIRST}")
    assert first_line(said) == f"{FIRST} cannot be closed yet: please say what it was first."
    said = await work.answer(said.button("Say what it was"), "[Theft]", "[Skip]", "[Submit]")
    await work.answer(f"move:close:{FIRST}", "[Dealt with]", "[Skip]")
    assert work.row().state == "closed"


# -- forged, foreign, meanwhile --------------------------------------------------------------------


async def test_forged_and_foreign_amendments_change_nothing(work: Casework, cast: Cast) -> None:
    await work.report()
    for field in ("category", "severity", "place", "time", "major", "extreme", "lead_id", ""):
        for person in (cast["QP02"]["admin"], cast.guard):
            said = await work.press(f"amend:{field}:{FIRST}", by=person)
            assert said.toasts
            assert not said.texts
    assert work.read("SELECT id FROM draft") == []


async def test_a_case_closed_meanwhile_is_not_amended(work: Casework, cast: Cast) -> None:
    await work.report()
    work.stage.db.run_now(lambda conn: mark_reachable(conn, cast.guard.user_id, since=NOW))
    said = await work.answer(f"amend:place:{FIRST}", "gate 2", "misheard", by=cast.admin)
    pending = said.to(cast.admin.user_id).button("Submit")
    await work.close(FIRST)
    said = await work.press(pending, by=cast.admin)
    assert said.toasts == [f"{FIRST} is already: closed. Nothing was changed."]
    assert work.row().place == "ER"
