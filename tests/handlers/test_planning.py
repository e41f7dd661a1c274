"""What is stored ahead, and what becomes of it when a hospital changes its papers, zone or calendar."""

from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from sqlalchemy import update

from bot.db import Database
from handlers.papers import papers_at
from models.house_rule import set_rule
from models.obligation import OBLIGATION, list_obligations
from models.paper_plan import PAPER, changed, filing_of, owed_templates
from models.people import HOSPITAL, HospitalFacts, find_hospital
from models.preset import shipped_preset
from models.quiet import quiet_until, set_quiet
from models.workday_override import calendar_of, import_overrides
from tests.handlers.sweeping import SHANGHAI, at, first_lines, owed, papers, sweep
from tests.people import SET_UP, Cast, owe


def facts(db: Database) -> HospitalFacts:
    """QP01 as it is now."""
    found = db.run_now(lambda conn: find_hospital(conn, "QP01"))
    assert found is not None
    return found


def turn_on(db: Database, *codes: str) -> None:
    """The hospital owes these kinds as well, or all of the preset's."""
    hospital = facts(db)
    db.run_now(lambda conn: owe(conn, hospital, *codes))


def rule(db: Database, code: str, **values: Any) -> None:
    """The hospital changes a template."""
    hospital = facts(db)
    db.run_now(lambda conn: set_rule(conn, hospital.id, PAPER + code, values, by=None, now=SET_UP))


def rows(db: Database, code: str) -> list[tuple[date, str]]:
    """The stored papers of a code by their period's end, with their states."""
    found = papers(db, ahead=True)
    return sorted((row.period_end, row.state) for row in found if row.code == code)


def test_of_each_kind_the_next_one_is_stored_ahead(db: Database, cast: Cast) -> None:
    turn_on(db)
    sweep(db, at("2026-02-02 10:00"))
    assert [row for row in rows(db, "O8") if row[1] == "scheduled"] == [
        (date(2026, 2, 28), "scheduled")
    ]
    sweep(db, at("2026-02-25 09:00"))
    assert rows(db, "O8") == [
        (date(2026, 2, 28), "open"),
        (date(2026, 3, 31), "scheduled"),
    ], "that of January fell due before the hospital was set up"


def test_after_a_long_downtime_everything_that_fell_into_it_is_there(
    db: Database, cast: Cast
) -> None:
    turn_on(db, "O8")
    sweep(db, at("2026-02-02 10:00"))
    sweep(db, at("2026-08-20 10:00"))
    assert [day.month for day, _state in rows(db, "O8")] == [2, 3, 4, 5, 6, 7, 8]
    assert [state for _day, state in rows(db, "O8")] == ["missed"] * 6 + ["scheduled"]
    assert len(first_lines(db, 103)) == 1, "one message, not one for each month"


def test_the_command_line_sees_without_a_sweep_what_a_sweep_would_store(
    db: Database, cast: Cast
) -> None:
    turn_on(db)
    sweep(db, at("2026-02-02 10:00"))
    late = at("2027-03-20 10:00")
    hospital = facts(db)
    before = db.run_now(lambda conn: papers_at(conn, hospital, late))
    sweep(db, late)
    after = db.run_now(lambda conn: papers_at(conn, hospital, late))

    def told(found: Any) -> list[Any]:
        return [(p.code, p.subject, p.period_end, p.due_at, p.missed_at, p.state) for p in found]

    assert told(before) == told(after)
    assert len(before) > 50


def test_an_edited_template_holds_from_the_next_paper_on(db: Database, cast: Cast) -> None:
    turn_on(db, "O8")
    sweep(db, at("2026-02-25 10:00"))
    rule(db, "O8", due={"days_after": 10})
    sweep(db, at("2026-02-25 10:01"))
    due = {row.period_end.month: row.due_at for row in papers(db, ahead=True) if row.code == "O8"}
    assert due[2].astimezone(SHANGHAI).date() == date(2026, 2, 28), "what is open keeps its time"
    assert due[3].astimezone(SHANGHAI).date() == date(2026, 4, 10)


def test_turned_off_and_on_again_nothing_of_the_time_between_is_owed(
    db: Database, cast: Cast
) -> None:
    turn_on(db, "O8")
    sweep(db, at("2026-02-10 10:00"))
    rule(db, "O8", enabled=False)
    sweep(db, at("2026-02-11 10:00"))
    assert rows(db, "O8") == []
    sweep(db, at("2026-05-10 10:00"))
    rule(db, "O8", enabled=True)
    sweep(db, at("2026-05-11 10:00"))
    assert rows(db, "O8") == [(date(2026, 5, 31), "scheduled")]


def test_in_another_time_zone_only_what_has_not_opened_moves(db: Database, cast: Cast) -> None:
    turn_on(db, "O8")
    sweep(db, at("2026-02-25 10:00"))
    moved = update(HOSPITAL).where(HOSPITAL.c.code == "QP01").values(timezone="Asia/Urumqi")
    db.run_now(lambda conn: conn.execute(moved))
    sweep(db, at("2026-02-25 10:05"))
    due = {row.period_end.month: row.due_at for row in papers(db, ahead=True) if row.code == "O8"}
    assert due[2] == datetime(2026, 2, 28, 15, 59, 59, tzinfo=UTC)
    assert due[3] == datetime(2026, 3, 31, 17, 59, 59, tzinfo=UTC)


def test_an_imported_day_off_moves_a_reminder_to_the_day_before(db: Database, cast: Cast) -> None:
    sweep(db, at("2026-03-01 10:00"))
    db.run_now(
        lambda conn: import_overrides(conn, {date(2026, 7, 7): False}, now=at("2026-03-01 11:00"))
    )
    sweep(db, at("2026-03-01 11:01"))
    sweep(db, at("2026-07-03 09:00"))
    told = len(first_lines(db, 103))
    sweep(db, at("2026-07-06 09:00"))
    assert len(first_lines(db, 103)) == told + 1, "7 July is off now: its reminder comes on the 6th"
    assert not db.run_now(calendar_of).is_working(date(2026, 7, 7))


def test_a_hospital_planned_by_an_earlier_version_is_not_owed_the_past_of_new_kinds(
    db: Database, cast: Cast
) -> None:
    """As after an upgrade: the summaries are planned, the zero report is not."""
    sweep(db, at("2026-02-10 10:00"))
    turn_on(db, "O5")
    sweep(db, at("2026-09-20 10:00"))
    assert rows(db, "O5") == [(date(2026, 9, 30), "scheduled")]


def test_rows_of_an_earlier_version_without_steps_get_theirs(db: Database, cast: Cast) -> None:
    sweep(db, at("2026-06-27 10:00"))
    db.run_now(lambda conn: conn.execute(update(OBLIGATION).values(steps=[])))
    opened = OBLIGATION.c.state == "open"
    again = update(OBLIGATION).where(opened).values(next_at=OBLIGATION.c.opens_at)
    db.run_now(lambda conn: conn.execute(again))
    before = len(first_lines(db, 103))
    sweep(db, at("2026-07-07 09:00"))
    assert len(first_lines(db, 103)) == before + 1
    hospital = facts(db)
    found = db.run_now(lambda conn: list_obligations(conn, hospital.id))
    assert all(row.steps for row in found if row.state == "open")


# -- quiet hours ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("clock", "until"),
    [
        ("21:59", None),
        ("22:00", "2026-07-08 07:00"),
        ("23:59", "2026-07-08 07:00"),
        ("00:00", "2026-07-07 07:00"),
        ("06:59", "2026-07-07 07:00"),
        ("07:00", None),
    ],
)
def test_quiet_hours_over_midnight(clock: str, until: str | None) -> None:
    hours = (time(22), time(7))
    found = quiet_until(hours, at(f"2026-07-07 {clock}"), SHANGHAI)
    assert found == (at(until) if until else None)


def test_a_reminder_waits_for_the_end_of_the_quiet_hours_and_comes_once(
    db: Database, cast: Cast
) -> None:
    morning = (time(6), time(10, 30))
    db.run_now(lambda conn: set_quiet(conn, cast.officer.id, morning))
    sweep(db, at("2026-07-10 09:00"))
    assert {reader for reader, _text in owed(db) if reader < 200} == {104}
    sweep(db, at("2026-07-10 10:29"))
    assert 103 not in {reader for reader, _text in owed(db)}
    sweep(db, at("2026-07-10 10:30"))
    sweep(db, at("2026-07-10 10:31"))
    assert first_lines(db, 103) == ["📌 2 papers still to file"]
    assert first_lines(db, 104) == ["📌 2 papers still to file"]


# -- whose, and which ----------------------------------------------------------------------------


def test_a_predicate_leaves_out_hospitals_it_is_not_for() -> None:
    asked = {"level": 3, "beds": 900, "outpatients_a_day": 6000}
    plain = shipped_preset().template("O8")
    assert plain.owed_at(**asked)
    data = plain.model_dump(mode="json")
    data["applies"] = {"levels": [3], "beds": 1000, "outpatients_a_day": 5000}
    only_big = type(plain).model_validate(data)
    assert only_big.owed_at(**asked), "one of the two figures is enough"
    assert not only_big.owed_at(level=2, beds=2000, outpatients_a_day=9000)
    assert not only_big.owed_at(level=3, beds=900, outpatients_a_day=100)
    assert only_big.owed_at(level=3, beds=None, outpatients_a_day=100), "not entered is not small"


def test_a_value_that_does_not_fit_is_refused() -> None:
    template = shipped_preset().template("O4H")
    for values in ({"due": {"month_day": "13-40"}}, {"cadence": "day"}, {"due": {"hours": 3}}):
        with pytest.raises(ValueError, match=r"\w"):
            changed(template, values)


def test_the_shortest_limit_that_matches_wins(db: Database, cast: Cast) -> None:
    rule(db, "O1", enabled=True, due={"hours": 24})
    hospital = facts(db)

    def code(category: str, group: str, severity: str) -> str | None:
        found = db.run_now(
            lambda conn: filing_of(
                conn, hospital, category=category, group=group, severity=severity
            )
        )
        return found.code if found else None

    assert code("dispute", "medical", "general") == "O1"
    assert code("insult", "threat", "extreme") == "O2"
    assert code("theft", "property", "extreme") is None
    assert {t.code for t in db.run_now(lambda conn: owed_templates(conn, hospital))} == {
        *("O1", "O2", "O4H", "O4Y")
    }
