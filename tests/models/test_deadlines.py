"""Occurrences, reminders and states: examples, and a walk through every day as the oracle."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from models.deadlines import (
    Occurrence,
    incident_occurrence,
    miss_year,
    newest_reminder,
    occurrences,
    reminder_due,
    reminders,
    state,
    upcoming,
)
from models.preset import Template, shipped_preset
from models.workdays import CHINA, Workdays
from tests.models import deadlines_oracle as oracle

SHANGHAI = ZoneInfo("Asia/Shanghai")
ZONES = [
    SHANGHAI,
    *map(
        ZoneInfo,
        (
            "UTC",
            "Asia/Urumqi",
            "Asia/Kathmandu",
            "Asia/Beirut",  # clocks change at midnight
            "America/New_York",
            "America/Havana",
            "America/St_Johns",
            "Australia/Lord_Howe",  # by half an hour
            "Pacific/Apia",
            "Pacific/Kiritimati",
            "Pacific/Pago_Pago",
        ),
    ),
]
TEMPLATES = shipped_preset().templates
START = datetime(2024, 1, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 7 * 365 * 86_400).map(lambda n: START + timedelta(seconds=n))
SPANS = st.timedeltas(timedelta(0), timedelta(days=800))
TABLES = st.dictionaries(st.dates(date(2024, 1, 1), date(2031, 12, 31)), st.booleans(), max_size=30)


def local(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def template_with(code: str, **changes: Any) -> Template:
    """A shipped template with some values of its parts changed, checked like a file's."""
    data = shipped_preset().template(code).model_dump()
    for part, values in changes.items():
        data[part] = data[part] | values
    return Template.model_validate(data)


def as_paper(found: Occurrence) -> oracle.Paper:
    sent = tuple((reminder.key, reminder.at) for reminder in found.reminders)
    span = found.period_start, found.period_end
    return (found.code, found.subject, *span, found.opens_at, found.due_at, found.missed_at, sent)


def first_half_2026() -> Occurrence:
    found = occurrences(
        TEMPLATES, zone=SHANGHAI, since=local("2026-06-01"), until=local("2026-07-01")
    )
    return next(paper for paper in found if paper.subject == "safe_hospital")


def test_a_year_owes_four_summaries() -> None:
    found = occurrences(
        TEMPLATES, zone=SHANGHAI, since=local("2026-01-11"), until=local("2027-01-10")
    )
    assert [(p.code, p.subject, str(p.period_start), str(p.period_end)) for p in found] == [
        ("O4H", "anti_crime", "2026-01-01", "2026-06-30"),
        ("O4H", "safe_hospital", "2026-01-01", "2026-06-30"),
        ("O4Y", "anti_crime", "2026-01-01", "2026-12-31"),
        ("O4Y", "safe_hospital", "2026-01-01", "2026-12-31"),
    ]
    assert {miss_year(paper) for paper in found} == {2026}


def test_the_times_of_the_first_half_summary() -> None:
    paper = first_half_2026()
    assert paper.opens_at == local("2026-06-26 09:00")
    assert paper.due_at == local("2026-07-10 23:59:59")
    assert paper.missed_at == local("2026-07-17 23:59:59")
    assert [(r.key, r.at) for r in paper.reminders] == [
        ("d14", local("2026-06-26 09:00")),
        ("d7", local("2026-07-03 09:00")),
        ("d3", local("2026-07-07 09:00")),
        ("d1", local("2026-07-09 09:00")),
        ("d0", local("2026-07-10 09:00")),
    ]
    assert all(at.tzinfo is UTC for at in (paper.opens_at, paper.due_at, paper.missed_at))


def test_reminders_on_a_weekend_keep_their_own_keys() -> None:
    # 10 January 2027 is a Sunday: the last two reminders fall together on Friday the 8th.
    sent = upcoming(TEMPLATES, zone=SHANGHAI, now=local("2026-12-01"))[0].reminders
    assert [r.at for r in sent if r.key in ("d1", "d0")] == [local("2027-01-08 09:00")] * 2


def test_a_worked_weekend_keeps_its_reminder_and_a_holiday_does_not() -> None:
    paper = template_with("O4Y", due={"month_day": "02-28"}, reminders={"days_before": (14, 7, 0)})
    found = upcoming([paper], zone=SHANGHAI, now=local("2026-01-20"))[0]
    assert [r.at.astimezone(SHANGHAI).date() for r in found.reminders] == [
        date(2026, 2, 14),  # Saturday, worked
        date(2026, 2, 14),  # the 21st lies in the Spring Festival
        date(2026, 2, 28),  # Saturday, worked
    ]


def test_working_days_to_missed_leave_out_the_national_holiday() -> None:
    paper = template_with("O4H", due={"month_day": "09-29"})
    found = upcoming([paper], zone=SHANGHAI, now=local("2026-08-01"))[0]
    # 30 September, 8, 9, 10 (a worked Saturday) and 12 October.
    assert found.missed_at == local("2026-10-12 23:59:59")


def test_an_imported_day_off_moves_both_ends() -> None:
    calendar = Workdays({date(2026, 6, 26): False, date(2026, 7, 13): False})
    found = occurrences(
        TEMPLATES,
        zone=SHANGHAI,
        since=local("2026-06-01"),
        until=local("2026-07-01"),
        calendar=calendar,
    )[0]
    assert found.opens_at == local("2026-06-25 09:00")
    assert found.missed_at == local("2026-07-20 23:59:59")


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
        found = occurrences(TEMPLATES, zone=SHANGHAI, since=since, until=local("2026-08-01"))
        assert {paper.code for paper in found} == codes


def test_the_next_papers_can_be_filed_early_until_they_open() -> None:
    before, after = local("2026-06-26 08:59:59"), local("2026-06-26 09:00")
    for now, due_years in (
        (before, {"O4H": 2026, "O4Y": 2027}),
        (after, {"O4H": 2027, "O4Y": 2027}),
    ):
        found = upcoming(TEMPLATES, zone=SHANGHAI, now=now)
        assert {p.code: p.due_at.year for p in found} == due_years
        assert len(found) == 4
        assert {state(p, at=now, submitted_at=None) for p in found} == {"scheduled"}


@pytest.mark.parametrize("code", ["O1", "O2"])
def test_an_incident_is_due_a_day_after_its_discovery(code: str) -> None:
    paper = incident_occurrence(
        shipped_preset().template(code),
        number="QP01-2026-0007",
        discovered_at=local("2026-12-31 23:50"),
        zone=SHANGHAI,
    )
    assert (paper.code, paper.subject) == (code, "QP01-2026-0007")
    assert paper.period_start == paper.period_end == date(2026, 12, 31)
    assert paper.opens_at == local("2026-12-31 23:50")
    assert paper.due_at == paper.missed_at == local("2027-01-01 23:50")  # a holiday all the same
    assert paper.reminders == (("h4", local("2027-01-01 19:50")),)
    assert miss_year(paper) == 2026
    assert state(paper, at=paper.due_at, submitted_at=None) == "open"
    assert state(paper, at=paper.due_at + timedelta(seconds=1), submitted_at=None) == "missed"


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


def test_a_day_ends_with_the_second_of_its_two_midnight_hours() -> None:
    # In 2018 Brazil's clocks went from midnight of 18 February back to 23:00 of the 17th.
    zone = ZoneInfo("America/Sao_Paulo")
    paper = template_with("O4Y", due={"month_day": "02-17"})
    found = upcoming([paper], zone=zone, now=datetime(2018, 1, 2, tzinfo=UTC))[0]
    assert found.due_at == datetime(2018, 2, 18, 2, 59, 59, tzinfo=UTC)


@settings(deadline=None, max_examples=60)
@given(
    since=MOMENTS,
    length=SPANS,
    zone=st.sampled_from(ZONES),
    table=TABLES,
    due=st.sampled_from([None, "02-29", "01-01", "12-31", "03-29", "11-01"]),
)
@example(
    since=datetime(2027, 12, 31, 16, tzinfo=UTC),
    length=timedelta(days=400),
    zone=SHANGHAI,
    table={},
    due="02-29",
)
def test_occurrences_as_by_walking_every_day(
    since: datetime, length: timedelta, zone: ZoneInfo, table: dict[date, bool], due: str | None
) -> None:
    calendar, until = Workdays(table), since + length
    templates = TEMPLATES if due is None else (template_with("O4Y", due={"month_day": due}),)
    found = occurrences(templates, zone=zone, since=since, until=until, calendar=calendar)
    assert len(set(map(as_paper, found))) == len(found)
    assert set(map(as_paper, found)) == oracle.papers(
        templates, zone, since, until, calendar.is_working
    )


@settings(deadline=None, max_examples=40)
@given(st.lists(MOMENTS, min_size=2, max_size=5), st.sampled_from(ZONES))
def test_sweeps_at_any_moments_find_what_one_sweep_finds(
    moments: list[datetime], zone: ZoneInfo
) -> None:
    since, *sweeps = sorted(moments)
    by_many = {
        as_paper(paper)
        for until in sweeps
        for paper in occurrences(TEMPLATES, zone=zone, since=since, until=until)
    }
    by_one = occurrences(TEMPLATES, zone=zone, since=since, until=sweeps[-1])
    assert by_many == set(map(as_paper, by_one))


@settings(deadline=None, max_examples=40)
@given(MOMENTS, st.sampled_from(ZONES))
def test_what_comes_next_is_the_first_thing_to_open(now: datetime, zone: ZoneInfo) -> None:
    soon = upcoming(TEMPLATES, zone=zone, now=now)
    assert len({(p.code, p.subject) for p in soon}) == len(soon) == 4
    for paper in soon:
        until = paper.opens_at
        opened = occurrences(TEMPLATES, zone=zone, since=now, until=until)
        assert paper in opened
        same = [p for p in opened if (p.code, p.subject) == (paper.code, paper.subject)]
        assert [p for p in same if p.opens_at > now] == [paper]


STEPS = st.integers(-3, 3).map(lambda n: timedelta(seconds=n))
ANCHORS = st.sampled_from(["opens_at", "due_at", "missed_at"])


@given(st.tuples(ANCHORS, STEPS), st.one_of(st.none(), st.tuples(ANCHORS, STEPS)), st.booleans())
def test_states_as_by_playing_the_events(
    at_step: tuple[str, timedelta], filed: tuple[str, timedelta] | None, incident: bool
) -> None:
    paper = first_half_2026()
    if incident:
        paper = incident_occurrence(
            shipped_preset().template("O2"), number="n", discovered_at=paper.opens_at, zone=SHANGHAI
        )
    at = getattr(paper, at_step[0]) + at_step[1]
    submitted_at = getattr(paper, filed[0]) + filed[1] if filed else None
    times = paper.opens_at, paper.due_at, paper.missed_at
    expected = oracle.state_by_events(*times, at, submitted_at)
    assert state(paper, at=at, submitted_at=submitted_at) == expected
    assert state(paper, at=at, submitted_at=submitted_at, waived=True) == "waived"


@pytest.mark.parametrize(
    ("filed", "expected"),
    [
        ("2026-05-01 08:00", "on_time"),  # before it opened
        ("2026-07-10 23:59:59", "on_time"),
        ("2026-07-11 00:00:00", "late"),
        ("2026-07-17 23:59:59", "late"),
        ("2026-07-18 00:00:00", "missed"),
        ("2026-09-02 00:00:00", "overdue"),  # not yet filed at the time asked about
    ],
)
def test_the_filing_date_decides_whenever_it_was_recorded(filed: str, expected: str) -> None:
    at = local("2026-07-16 12:00") if expected == "overdue" else local("2026-09-01")
    assert state(first_half_2026(), at=at, submitted_at=local(filed)) == expected


@pytest.mark.parametrize(
    ("now", "newest", "keys"),
    [
        ("2026-06-26 08:59", None, ""),
        ("2026-06-26 09:00", "d14", "d14"),
        ("2026-07-08 03:00", "d3", "d14 d7 d3"),
        ("2026-07-10 23:59:59", "d0", "d14 d7 d3 d1 d0"),
        ("2026-07-11 00:00:00", None, "d14 d7 d3 d1 d0"),  # it is overdue, which is said instead
    ],
)
def test_stale_reminders_collapse_to_the_newest(now: str, newest: str | None, keys: str) -> None:
    paper = first_half_2026()
    due = reminder_due(paper, local(now))
    assert (due.newest, " ".join(due.keys)) == (newest, keys)


def test_a_stored_paper_is_reminded_of_by_its_frozen_due_time() -> None:
    paper = first_half_2026()
    template = shipped_preset().template(paper.code)
    again = reminders(template, period_end=paper.period_end, due_at=paper.due_at, zone=SHANGHAI)
    assert again == paper.reminders
    now = local("2026-07-03 09:00")
    assert newest_reminder(again, due_at=paper.due_at, now=now) == reminder_due(paper, now)


def test_reminders_never_fall_on_a_day_off() -> None:
    found = occurrences(
        TEMPLATES, zone=SHANGHAI, since=local("2016-01-01"), until=local("2027-06-01")
    )
    sent = [reminder.at.astimezone(SHANGHAI) for paper in found for reminder in paper.reminders]
    assert len(found) == 46
    assert {at.time() for at in sent} == {time(9)}
    assert all(CHINA.is_working(at.date()) for at in sent)
