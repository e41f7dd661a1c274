"""Which papers a hospital owes, its rules for late ones, a person's calendar and quiet hours; played in the chat."""

from datetime import date

import pytest
from icalendar import Calendar

from handlers import office
from handlers.filing.calendar_file import calendar_file, papers_of
from handlers.scoring import standing
from models.paper_plan import template_of
from models.people import actor_by_id, find_hospital
from models.preset import Template
from models.tally import tally
from tests.handlers.sweeping import at, first_lines, sweep
from tests.people import Cast, owe
from tests.said import first_line
from tests.stage import Stage

pytestmark = pytest.mark.usefixtures("english")


def template(stage: Stage, code: str) -> Template:
    """A template of QP01 with its own values."""
    hospital = stage.db.run_now(lambda conn: find_hospital(conn, "QP01"))
    assert hospital is not None
    return stage.db.run_now(lambda conn: template_of(conn, hospital, code))


async def test_every_kind_is_listed_with_its_clause_and_whose_value_it_is(
    stage: Stage, cast: Cast
) -> None:
    said = await stage.says(cast.admin, "/admin")
    said = await stage.presses(cast.admin, said.button("Papers owed"))
    seen: set[str] = set()
    while True:
        seen |= {data for data in said.buttons.values() if data.startswith("papers:O")}
        if "Next page" not in said.buttons:
            break
        said = await stage.presses(cast.admin, said.button("Next page"))
    assert len(seen) == 25, "O4 is a summary of the first half and one of the year"
    said = await stage.presses(cast.admin, "papers:O1")
    assert "24 hours after discovery\n" in said.text, "the authority's own limit carries no mark"
    assert "在24小时内报送上级主管部门" in said.text
    said = await stage.presses(cast.admin, "papers:O4H")
    assert "Due: 07-10 (our default, can be changed)" in said.text


@pytest.mark.parametrize(
    ("press", "typed", "part", "value"),
    [
        ("papers:O4H:due", "07-05", "due", {"month_day": "07-05"}),
        ("papers:O5:due", "3", "due", {"days_after": 3}),
        ("papers:O2:due", "12", "due", {"hours": 12}),
        ("papers:O4H:reminders", "10 5 0", "reminders", {"days_before": (10, 5, 0)}),
        ("papers:O4H:missed", "2", "missed", {"working_days_after": 2}),
        ("papers:O2:missed", "6", "missed", {"hours_after": 6}),
    ],
)
async def test_a_value_is_changed_and_marked_as_the_hospitals_own(
    stage: Stage, cast: Cast, press: str, typed: str, part: str, value: dict[str, object]
) -> None:
    await stage.presses(cast.admin, press)
    said = await stage.says(cast.admin, typed)
    assert "(set by this hospital)" in said.text
    code = press.split(":")[1]
    for name, wanted in value.items():
        assert getattr(getattr(template(stage, code), part), name) == wanted
    said = await stage.presses(
        cast.admin,
        said.button("Our defaults") if "Our defaults" in said.buttons else f"papers:{code}:reset",
    )
    assert "(set by this hospital)" not in said.text


async def test_a_value_that_does_not_fit_changes_nothing(stage: Stage, cast: Cast) -> None:
    await stage.presses(cast.admin, "papers:O4H:due")
    said = await stage.says(cast.admin, "13-45")
    assert "such as 7-10 for Jul 10. Everything so far is kept." in said.text
    assert template(stage, "O4H").due.month_day == "07-10"
    await stage.says(cast.admin, "7月9号")
    assert template(stage, "O4H").due.month_day == "07-09"


async def test_a_due_time_is_counted_in_its_own_unit(stage: Stage, cast: Cast) -> None:
    await stage.presses(cast.admin, "papers:O2:due")
    await stage.says(cast.admin, "半天")
    assert template(stage, "O2").due.hours == 12
    await stage.presses(cast.admin, "papers:O4H:reminders")
    await stage.says(cast.admin, "两周、3天、1天")
    assert template(stage, "O4H").reminders.days_before == (14, 3, 1)
    await stage.presses(cast.admin, "papers:O4H:missed")
    assert "I did not understand this number." in (await stage.says(cast.admin, "2周")).text


async def test_whose_task_it_is_can_be_changed(stage: Stage, cast: Cast) -> None:
    said = await stage.presses(cast.admin, "papers:O4H:owed_by")
    await stage.presses(cast.admin, said.button("administrator"))
    sweep(stage.db, at("2026-06-26 09:00"))
    assert first_lines(stage.db, 103) == []
    assert first_lines(stage.db, 104) == ["📌 2 papers still to file"]


async def test_filing_late_may_undo_a_miss(stage: Stage, cast: Cast) -> None:
    sweep(stage.db, at("2026-07-30 09:00"))
    stage.at(at("2026-07-30 09:05"))
    said = await stage.presses(cast.officer, "filed:1")
    said = await stage.says(cast.officer, "2026-031")
    said = await stage.presses(cast.officer, said.button("Skip"))
    said = await stage.presses(cast.officer, said.button("Now"))
    await stage.presses(cast.officer, said.button("Submit"))

    def counted() -> tuple[int, list[str]]:
        hospital = cast.hospital("QP01")
        period = (date(2026, 1, 1), date(2026, 12, 31))
        found = stage.db.run_now(lambda conn: tally(conn, hospital, *period, at=stage.now))
        rows = stage.db.run_now(lambda conn: office.obligations(conn, "QP01", stage.now))
        missed = stage.db.run_now(lambda conn: standing(conn, hospital, 2026, stage.now).missed)
        assert len(missed) == found["missed_reports"], "the list and the count agree"
        return int(found["missed_reports"]), sorted(row["state"] for row in rows)

    assert counted() == (2, ["missed", "missed"])
    said = await stage.presses(cast.admin, "papers:late")
    assert "it stays missed (our default, can be changed)" in said.text
    said = await stage.presses(cast.admin, said.button("Filing late helps"))
    assert "it becomes late (set by this hospital)" in said.text
    assert counted() == (1, ["late", "missed"])


async def test_incidents_and_summaries_may_be_counted_apart(stage: Stage, cast: Cast) -> None:
    said = await stage.says(cast.guard, "/report")
    said = await stage.presses(cast.guard, said.button("Insult"))
    said = await stage.says(cast.guard, "he shouted")
    await stage.presses(cast.guard, said.button("Submit"))
    stage.at(at("2026-07-30 09:00"))
    sweep(stage.db, stage.now)

    def missed() -> int:
        hospital, period = cast.hospital("QP01"), (date(2026, 1, 1), date(2026, 12, 31))
        found = stage.db.run_now(lambda conn: tally(conn, hospital, *period, at=stage.now))
        return int(found["missed_reports"])

    assert missed() == 3
    await stage.presses(cast.admin, "papers:late:separate")
    assert missed() == 2, "two summaries, one incident: the greater number"


# -- one's own -----------------------------------------------------------------------------------


async def test_the_calendar_holds_a_years_deadlines_once_each(stage: Stage, cast: Cast) -> None:
    stage.db.run_now(lambda conn: owe(conn, cast.hospital("QP01")))
    sweep(stage.db, at("2026-06-26 09:00"))
    stage.at(at("2026-06-26 09:30"))
    said = await stage.presses(cast.officer, "calendar:")
    assert "sendDocument" in [item.method for item in said.out]
    actor = stage.db.run_now(lambda conn: actor_by_id(conn, cast.officer.id))
    assert actor is not None
    papers = stage.db.run_now(lambda conn: papers_of(conn, actor, stage.now))
    file = calendar_file(papers, actor, stage.now)
    events = Calendar.from_ical(file).walk("VEVENT")
    uids = [str(event["uid"]) for event in events]
    assert len(uids) == len(set(uids)) == len(papers)
    first = next(e for e in events if "O4H-anti_crime-2026-06-30" in str(e["uid"]))
    assert first["dtstart"].dt == date(2026, 7, 10)
    assert "First-half anti-crime summary" in str(first["summary"])
    assert len([uid for uid in uids if uid.startswith("O5-")]) >= 12
    assert file == calendar_file(papers, actor, stage.now), "the same file twice updates nothing"


async def test_who_owes_nothing_has_no_calendar(stage: Stage, cast: Cast) -> None:
    said = await stage.presses(cast.admin, "calendar:")
    assert said.text == "Nothing falls due for you within a year."


async def test_quiet_hours_are_typed_or_pressed(stage: Stage, cast: Cast) -> None:
    said = await stage.presses(cast.officer, "quiet:")
    assert "Calls for help and alarms always come at once." in said.text
    for wrong in ("late", "25:00-07:00", "07:00-07:00", "10点到7点", "晚上到早上"):
        said = await stage.says(cast.officer, wrong)
        assert "Please write it like 22:00-07:00" in said.text
    said = await stage.says(cast.officer, "晚上9点半到早上6:15")
    assert first_line(said).startswith("✅ From 21:30 to 06:15 reminders wait")
    said = await stage.presses(cast.officer, "quiet:")
    assert "Now: 21:30-06:15" in said.text
    said = await stage.presses(cast.officer, said.button("No quiet hours"))
    assert first_line(said).startswith("✅ No quiet hours")
