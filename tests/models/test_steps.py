"""What is told of a paper and when, and the state its times decide: examples, and playing the events."""

from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.deadlines import (
    ADMIN,
    DEPUTY,
    HEAD,
    OWNER,
    Occurrence,
    incident_occurrence,
    next_moment,
    occurrences,
    state,
    step_due,
    upcoming,
)
from models.preset import shipped_preset
from tests.models import deadlines_oracle as oracle
from tests.models.test_deadlines import SHANGHAI, local, template_with

SECOND = timedelta(seconds=1)
SUMMARIES = tuple(map(shipped_preset().template, ("O4H", "O4Y")))


@cache
def first_half_2026() -> Occurrence:
    found = occurrences(
        SUMMARIES, zone=SHANGHAI, since=local("2026-06-01"), until=local("2026-07-01")
    )
    return next(paper for paper in found if paper.subject == "safe_hospital")


@cache
def incident() -> Occurrence:
    return incident_occurrence(
        template_with("O2", missed={"hours_after": 48}),
        number="n",
        discovered_at=local("2026-06-26 09:00"),
        zone=SHANGHAI,
    )


def test_the_times_of_the_first_half_summary() -> None:
    paper = first_half_2026()
    assert paper.opens_at == local("2026-06-26 09:00")
    assert paper.due_at == local("2026-07-10 23:59:59")
    assert paper.missed_at == local("2026-07-17 23:59:59")
    assert paper.locks_at == local("2026-10-08 23:59:59")
    assert [(step.key, step.at, step.level) for step in paper.steps] == [
        ("d14", local("2026-06-26 09:00"), OWNER),
        ("d7", local("2026-07-03 09:00"), OWNER),
        ("d3", local("2026-07-07 09:00"), DEPUTY),
        ("d1", local("2026-07-09 09:00"), HEAD),
        ("d0", local("2026-07-10 09:00"), ADMIN),
        ("overdue", local("2026-07-13 09:00"), ADMIN),
        ("o4", local("2026-07-14 09:00"), ADMIN),
        ("o5", local("2026-07-15 09:00"), ADMIN),
        ("o6", local("2026-07-16 09:00"), ADMIN),
        ("o7", local("2026-07-17 09:00"), ADMIN),
        ("missed", local("2026-07-20 09:00"), HEAD),
    ]


def test_a_weekly_paper_says_overdue_once_and_then_missed() -> None:
    found = upcoming([shipped_preset().template("O11")], zone=SHANGHAI, now=local("2026-03-16"))[0]
    assert [(step.key, step.at) for step in found.steps] == [
        ("d0", local("2026-03-20 15:00")),
        ("overdue", local("2026-03-23 15:00")),
        ("missed", local("2026-03-30 15:00")),
    ]


def test_where_late_is_missed_at_once_nothing_is_said_to_be_overdue() -> None:
    paper = template_with("O8", missed={"working_days_after": 0})
    found = upcoming([paper], zone=SHANGHAI, now=local("2026-01-16"))[0]
    assert found.missed_at == found.due_at == local("2026-01-31 23:59:59")
    assert (found.steps[-1].key, found.steps[-1].at) == ("missed", local("2026-02-02 09:00"))
    assert found.steps[-2].key == "d0"


def test_reminders_on_a_weekend_keep_their_own_keys() -> None:
    # 10 January 2027 is a Sunday: the last two reminders fall together on Friday the 8th.
    told = upcoming(SUMMARIES, zone=SHANGHAI, now=local("2026-12-01"))[0].steps
    assert [s.at for s in told if s.key in ("d1", "d0")] == [local("2027-01-08 09:00")] * 2


def test_a_worked_weekend_keeps_its_reminder_and_a_holiday_does_not() -> None:
    paper = template_with("O4Y", due={"month_day": "02-28"}, reminders={"days_before": (14, 7, 0)})
    found = upcoming([paper], zone=SHANGHAI, now=local("2026-01-20"))[0]
    assert [s.at.astimezone(SHANGHAI).date() for s in found.steps[:3]] == [
        date(2026, 2, 14),  # Saturday, worked
        date(2026, 2, 14),  # the 21st lies in the Spring Festival
        date(2026, 2, 28),  # Saturday, worked
    ]


@pytest.mark.parametrize(
    ("now", "key"),
    [
        ("2026-06-26 08:59", None),
        ("2026-06-26 09:00", "d14"),
        ("2026-07-08 03:00", "d3"),
        ("2026-07-10 23:59:59", "d0"),
        ("2026-07-11 00:00:00", None),  # overdue: that is said on the first working day
        ("2026-07-13 08:59:59", None),
        ("2026-07-13 09:00:00", "overdue"),
        ("2026-07-17 23:59:59", "o7"),
        ("2026-07-18 00:00:00", None),  # missed: that as well
        ("2026-07-20 09:00:00", "missed"),
        ("2036-01-01 00:00:00", "missed"),
    ],
)
def test_stale_steps_collapse_to_the_newest_that_is_still_true(now: str, key: str | None) -> None:
    paper = first_half_2026()
    found = step_due(paper.steps, paper, local(now))
    assert (found and found.key) == key


# -- as by playing the events --------------------------------------------------------------------

ANCHORS = st.sampled_from(["opens_at", "due_at", "missed_at", *range(6)])
NUDGES = st.integers(-3, 3).map(lambda n: timedelta(seconds=n))
PLACES = st.tuples(ANCHORS, NUDGES)
PAPERS = st.sampled_from([first_half_2026, incident])


def moment(paper: Occurrence, place: tuple[str | int, timedelta]) -> datetime:
    """Some seconds before or after one of the paper's times or steps."""
    anchor, nudge = place
    if isinstance(anchor, str):
        return datetime.__add__(getattr(paper, anchor), nudge)
    return paper.steps[-1 - anchor % len(paper.steps)].at + nudge


@given(PAPERS, PLACES, st.one_of(st.none(), PLACES))
def test_states_as_by_playing_the_events(
    which: object, place: tuple[str | int, timedelta], filed: tuple[str | int, timedelta] | None
) -> None:
    paper: Occurrence = which()  # type: ignore[operator]
    at = moment(paper, place)
    submitted_at = moment(paper, filed) if filed else None
    times = paper.opens_at, paper.due_at, paper.missed_at
    expected = oracle.state_by_events(*times, at, submitted_at)
    assert state(paper, at=at, submitted_at=submitted_at) == expected
    assert state(paper, at=at, submitted_at=submitted_at, waived=True) == "waived"


@given(PAPERS, PLACES)
def test_the_step_worth_telling_as_by_playing_them(
    which: object, place: tuple[str | int, timedelta]
) -> None:
    paper: Occurrence = which()  # type: ignore[operator]
    now = moment(paper, place)
    found = step_due(paper.steps, paper, now)
    told = tuple(map(tuple, paper.steps))
    expected = oracle.worth_saying(told, paper.due_at, paper.missed_at, now)  # type: ignore[arg-type]
    assert (found and found.key) == expected


@given(PAPERS, PLACES)
def test_until_the_next_moment_nothing_changes_and_then_something_does(
    which: object, place: tuple[str | int, timedelta]
) -> None:
    paper: Occurrence = which()  # type: ignore[operator]
    now = moment(paper, place)

    def seen(at: datetime) -> tuple[str, int]:
        come = sum(step.at <= at for step in paper.steps)
        return state(paper, at=at, submitted_at=None), come

    again = next_moment(paper.steps, paper, now)
    if again is None:
        assert seen(now) == seen(now + timedelta(days=3650)) == ("missed", len(paper.steps))
        return
    assert again > now
    assert seen(now) == seen(again - SECOND)
    assert seen(again) != seen(again - SECOND)


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


def test_9_in_the_morning_is_9_on_both_sides_of_a_clock_change() -> None:
    zone = ZoneInfo("America/New_York")
    paper = template_with("O4Y", due={"month_day": "03-09"})
    found = upcoming([paper], zone=zone, now=local("2026-02-01", zone))[0]
    told = {step.key: step.at for step in found.steps}
    assert told["d3"] == local("2026-03-06 09:00", zone)
    assert told["d0"] == local("2026-03-09 09:00", zone)
    assert told["d0"] - told["d3"] == timedelta(days=3, hours=-1)
