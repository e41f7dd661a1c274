"""Which papers are owed and when, told by example; ``test_deadlines`` tries any at all against an oracle."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from models.deadlines import (
    incident_occurrence,
    miss_year,
    occurrences,
    shift_occurrence,
    state,
    upcoming,
)
from models.preset import shipped_preset
from models.workdays import CHINA, Workdays
from tests.models.test_deadlines import PERIODIC, SHANGHAI, SUMMARIES, local, template_with

# -- a year's papers, told ------------------------------------------------------------------------


def test_a_year_owes_four_summaries() -> None:
    span = {"since": local("2026-01-11"), "until": local("2027-01-10")}
    found = occurrences(SUMMARIES, zone=SHANGHAI, **span)
    assert [(p.code, p.subject, str(p.period_start), str(p.period_end)) for p in found] == [
        ("O4H", "anti_crime", "2026-01-01", "2026-06-30"),
        ("O4H", "safe_hospital", "2026-01-01", "2026-06-30"),
        ("O4Y", "anti_crime", "2026-01-01", "2026-12-31"),
        ("O4Y", "safe_hospital", "2026-01-01", "2026-12-31"),
    ]
    assert {miss_year(paper) for paper in found} == {2026}


def test_how_often_the_shipped_papers_are_due_in_2026() -> None:
    counts = {}
    for template in PERIODIC:
        found = occurrences(
            [template], zone=SHANGHAI, since=local("2025-12-01"), until=local("2027-03-01")
        )
        mine = [each for each in found if each.period_end.year == 2026]
        counts[template.code] = len(mine) // (len(template.subjects) or 1)
    monthly, quarterly = ("O5", "O6", "O8", "O9", "O16", "O18", "O22"), ("O7", "O10", "O12", "O14")
    assert counts == {
        **dict.fromkeys(monthly, 12),
        **dict.fromkeys((*quarterly, "O17"), 4),
        **dict.fromkeys(("O13", "O15"), 2),
        **dict.fromkeys(("O4H", "O4Y", "O19", "O20", "O21", "O24"), 1),
        "O11": 52,
    }


@pytest.mark.parametrize(
    ("code", "now", "due"),
    [
        ("O5", "2028-02-20", "2028-03-05"),
        ("O8", "2028-02-20", "2028-02-29"),
        ("O8", "2027-02-20", "2027-02-28"),
        ("O11", "2026-12-29", "2027-01-01"),  # the week of New Year's Day: due on its Friday
        ("O13", "2026-06-01", "2026-06-30"),
        ("O18", "2026-02-01", "2026-02-25"),
        ("O19", "2026-03-01", "2026-05-20"),
        ("O24", "2026-12-01", "2027-03-31"),
    ],
)
def test_when_the_others_are_due(code: str, now: str, due: str) -> None:
    found = upcoming([shipped_preset().template(code)], zone=SHANGHAI, now=local(now))[0]
    assert found.due_at == local(f"{due} 23:59:59")


@pytest.mark.parametrize(("year", "due"), [(2027, "2027-02-28"), (2028, "2028-02-29")])
def test_29_february(year: int, due: str) -> None:
    paper = template_with("O4Y", due={"month_day": "02-29"})
    found = upcoming([paper], zone=SHANGHAI, now=local(f"{year}-01-02"))[0]
    assert found.due_at == local(f"{due} 23:59:59")
    assert found.period_end == date(year - 1, 12, 31)


def test_a_paper_may_open_in_the_year_before_its_period_ends() -> None:
    # 180 days before 1 July 2027 is a Saturday after New Year's Day.
    paper = template_with("O4H", due={"month_day": "07-01"}, reminders={"days_before": (180, 0)})
    now = local("2026-12-31 09:00")
    found = occurrences([paper], zone=SHANGHAI, since=now, until=now)
    assert {p.period_end for p in found} == {date(2027, 6, 30)}


def test_what_was_due_before_the_hospital_was_set_up_is_not_owed() -> None:
    due = local("2026-07-10 23:59:59")
    for since, codes in ((due, {"O4H"}), (due + timedelta(seconds=1), set())):
        found = occurrences(SUMMARIES, zone=SHANGHAI, since=since, until=local("2026-08-01"))
        assert {paper.code for paper in found} == codes


def test_the_next_papers_can_be_filed_early_until_they_open() -> None:
    before, after = local("2026-06-26 08:59:59"), local("2026-06-26 09:00")
    for now, due_years in (
        (before, {"O4H": 2026, "O4Y": 2027}),
        (after, {"O4H": 2027, "O4Y": 2027}),
    ):
        found = upcoming(SUMMARIES, zone=SHANGHAI, now=now)
        assert {p.code: p.due_at.year for p in found} == due_years


def test_an_imported_day_off_moves_both_ends() -> None:
    calendar = Workdays({date(2026, 6, 26): False, date(2026, 7, 13): False})
    span = {"since": local("2026-06-01"), "until": local("2026-07-01")}
    found = occurrences(SUMMARIES, zone=SHANGHAI, calendar=calendar, **span)[0]
    assert found.opens_at == local("2026-06-25 09:00")
    assert found.missed_at == local("2026-07-20 23:59:59")
    assert "o4" not in {step.key for step in found.steps}


def test_working_days_to_missed_leave_out_the_national_holiday() -> None:
    paper = template_with("O4H", due={"month_day": "09-29"})
    found = upcoming([paper], zone=SHANGHAI, now=local("2026-08-01"))[0]
    # 30 September, 8, 9, 10 (a worked Saturday) and 12 October.
    assert found.missed_at == local("2026-10-12 23:59:59")


def test_a_day_ends_with_the_second_of_its_two_midnight_hours() -> None:
    # In 2018 Brazil's clocks went from midnight of 18 February back to 23:00 of the 17th.
    zone = ZoneInfo("America/Sao_Paulo")
    paper = template_with("O4Y", due={"month_day": "02-17"})
    found = upcoming([paper], zone=zone, now=datetime(2018, 1, 2, tzinfo=UTC))[0]
    assert found.due_at == datetime(2018, 2, 18, 2, 59, 59, tzinfo=UTC)


# -- what a record or a shift opens --------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "severity", "hours"),
    [
        ("O1", "extreme", 24),
        ("O2", "general", 24),
        ("O2", "serious", 24),
        ("O2", "major", 12),
        ("O2", "extreme", 2),
    ],
)
def test_an_incident_is_due_by_the_limit_of_its_severity(
    code: str, severity: str, hours: int
) -> None:
    discovered = local("2026-12-31 23:50")
    paper = incident_occurrence(
        shipped_preset().template(code),
        number="QP01-2026-0007",
        discovered_at=discovered,
        zone=SHANGHAI,
        severity=severity,
    )
    due = discovered + timedelta(hours=hours)  # a holiday all the same
    assert (paper.code, paper.subject, paper.opens_at) == (code, "QP01-2026-0007", discovered)
    assert paper.period_start == paper.period_end == date(2026, 12, 31)
    assert paper.due_at == paper.missed_at == due
    early = [("h4", due - timedelta(hours=4), 3)] if hours >= 4 else []
    assert list(map(tuple, paper.steps)) == [
        *early,
        ("h1", due - timedelta(hours=1), 3),
        ("missed", due + timedelta(seconds=1), 3),
    ]
    assert miss_year(paper) == 2026
    assert state(paper, at=paper.due_at, submitted_at=None) == "open"
    assert state(paper, at=paper.due_at + timedelta(seconds=1), submitted_at=None) == "missed"


def test_where_an_incident_may_be_filed_late_that_is_said_at_once() -> None:
    paper = incident_occurrence(
        template_with("O2", missed={"working_days_after": 2}),
        number="n",
        discovered_at=local("2026-09-29 10:00"),
        zone=SHANGHAI,
    )
    # The first working days after 30 September: 8 and 9 October.
    assert paper.missed_at == local("2026-10-09 23:59:59")
    assert [(s.key, s.at) for s in paper.steps[2:]] == [
        ("overdue", local("2026-09-30 10:00:01")),
        ("missed", local("2026-10-10 00:00")),
    ]


def test_24_hours_are_24_hours_when_clocks_change() -> None:
    zone = ZoneInfo("America/New_York")
    found = incident_occurrence(
        shipped_preset().template("O1"),
        number="X-2026-0001",
        discovered_at=local("2026-03-07 21:00", zone),
        zone=zone,
    )
    assert found.due_at == local("2026-03-08 22:00", zone)
    assert found.period_end == date(2026, 3, 7)


def test_a_patrol_is_owed_until_the_end_of_the_shift() -> None:
    begins, ends = local("2026-03-16 20:00"), local("2026-03-17 08:00")
    found = shift_occurrence(
        shipped_preset().template("O23"), subject="7", begins_at=begins, ends_at=ends, zone=SHANGHAI
    )
    assert (found.opens_at, found.due_at, found.missed_at) == (begins, ends, ends)
    assert [step.key for step in found.steps] == ["h1", "missed"]
    assert found.period_end == date(2026, 3, 16)


def test_reminders_never_fall_on_a_day_off() -> None:
    found = occurrences(
        PERIODIC, zone=SHANGHAI, since=local("2016-01-01"), until=local("2027-06-01")
    )
    told = [step.at.astimezone(SHANGHAI) for paper in found for step in paper.steps]
    assert {at.time() for at in told} == {time(9), time(15)}
    assert all(CHINA.is_working(at.date()) for at in told)
