"""Which papers are owed and when: examples, and a walk through every day as the oracle."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import example, given, settings
from hypothesis import strategies as st

from models.deadlines import (
    Occurrence,
    by_key,
    first_ahead,
    freeze,
    next_occurrence,
    occurrences,
    of_period,
    state,
    thaw,
    upcoming,
)
from models.periods import CADENCES
from models.preset import Template, shipped_preset
from models.workdays import Workdays
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
PERIODIC = tuple(each for each in shipped_preset().templates if each.periodic)
SUMMARIES = tuple(each for each in PERIODIC if each.code in ("O4H", "O4Y"))
PAPERS = sum(len(each.subjects) or 1 for each in PERIODIC)
START = datetime(2024, 1, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 7 * 365 * 86_400).map(lambda n: START + timedelta(seconds=n))
SPANS = st.timedeltas(timedelta(0), timedelta(days=500))
TABLES = st.dictionaries(st.integers(-60, 200), st.booleans(), max_size=20)
"""Of days counted from the moment tried which are worked; never a break longer than the product allows for."""
MONTH_DAYS = ("01-01", "02-28", "02-29", "03-29", "07-10", "11-01", "12-31")


def local(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def template_with(code: str, **changes: Any) -> Template:
    """A shipped template with some values of its parts changed, checked like a file's."""
    data = shipped_preset().template(code).model_dump()
    for part, values in changes.items():
        data[part] = data[part] | values if isinstance(values, dict) else values
    return Template.model_validate(data)


def calendar_with(table: dict[int, bool], around: datetime) -> Workdays:
    return Workdays({around.date() + days * oracle.DAY: works for days, works in table.items()})


def as_paper(found: Occurrence) -> oracle.Paper:
    return oracle.Paper(
        *(getattr(found, name) for name in oracle.Paper._fields[:-1]),
        tuple(map(tuple, found.steps)),
    )


# -- any template at all -------------------------------------------------------------------------

DUES = st.one_of(
    st.sampled_from(MONTH_DAYS).map(lambda day: {"month_day": day}),
    st.integers(-6, 120).map(lambda n: {"days_after": n}),
    st.integers(1, 60).map(lambda n: {"working_days_after": n}),
    st.integers(1, 31).map(lambda n: {"day": n}),
)
REMINDERS = st.fixed_dictionaries(
    {
        "days_before": st.sets(st.integers(0, 180), min_size=1, max_size=5).map(
            lambda found: tuple(sorted(found, reverse=True))
        ),
        "at": st.sampled_from([time(9), time(15), time(6, 30), time(22, 45)]),
        "daily_overdue": st.booleans(),
        "deputy_from": st.integers(0, 20),
        "head_from": st.integers(0, 20),
        "admin_from": st.integers(0, 20),
    }
)
MISSES = st.one_of(
    st.integers(1, 60).map(lambda n: {"working_days_after": n}),
    st.integers(0, 90).map(lambda n: {"hours_after": n}),
)
WINDOWS = st.lists(st.sampled_from(MONTH_DAYS), min_size=2, max_size=2).map(sorted)


@st.composite
def invented(draw: st.DrawFn) -> Template:
    """A template of any cadence with any values that a preset may hold."""
    data = shipped_preset().template(draw(st.sampled_from(["O4Y", "O8"]))).model_dump()
    cadence = draw(st.sampled_from([*CADENCES, "campaign"]))
    window = draw(WINDOWS) if cadence == "campaign" else None
    lock = draw(st.one_of(st.none(), st.integers(0, 400).map(lambda n: {"days_after_due": n})))
    parts = {"due": draw(DUES), "reminders": draw(REMINDERS), "missed": draw(MISSES), "lock": lock}
    return Template.model_validate(data | parts | {"cadence": cadence, "window": window})


@settings(deadline=None, max_examples=60)
@given(invented(), MOMENTS, SPANS, st.sampled_from(ZONES), TABLES)
def test_any_template_as_by_walking_every_day(
    template: Template,
    since: datetime,
    length: timedelta,
    zone: ZoneInfo,
    table: dict[int, bool],
) -> None:
    agree(
        (template,),
        since,
        since + min(length, timedelta(days=60)),
        zone,
        calendar_with(table, since),
    )


@settings(deadline=None, max_examples=25)
@given(MOMENTS, SPANS, st.sampled_from(ZONES), TABLES)
@example(datetime(2027, 12, 31, 16, tzinfo=UTC), timedelta(days=400), SHANGHAI, {})
def test_the_shipped_papers_as_by_walking_every_day(
    since: datetime, length: timedelta, zone: ZoneInfo, table: dict[int, bool]
) -> None:
    agree(PERIODIC, since, since + length, zone, calendar_with(table, since))


def agree(
    templates: tuple[Template, ...],
    since: datetime,
    until: datetime,
    zone: ZoneInfo,
    calendar: Workdays,
) -> None:
    found = occurrences(templates, zone=zone, since=since, until=until, calendar=calendar)
    expected = oracle.papers(templates, zone, since, until, calendar.is_working)
    assert len(by_key(found)) == len(found)
    assert sorted(map(as_paper, found)) == sorted(expected)
    for each in found:
        assert thaw(freeze(each.steps)) == each.steps
        assert [step.at for step in each.steps] == sorted(step.at for step in each.steps)


@settings(deadline=None, max_examples=60)
@given(invented(), MOMENTS, st.sampled_from(ZONES), TABLES)
def test_the_paper_ahead_is_the_first_that_opens(
    template: Template, now: datetime, zone: ZoneInfo, table: dict[int, bool]
) -> None:
    calendar, since = calendar_with(table, now), now - timedelta(days=9)
    works = calendar.is_working
    spans = oracle.periods(template, now.date() - 400 * oracle.DAY, now.date() + 800 * oracle.DAY)
    coming = (oracle.paper(template, "x", span, zone, works) for span in spans)
    expected = next(each for each in coming if each.opens_at > now and each.due_at >= since)
    found = first_ahead(template, "x", since=since, now=now, zone=zone, calendar=calendar)
    assert found is not None
    assert as_paper(found) == expected
    after = next(oracle.periods(template, found.period_end + oracle.DAY, date(2099, 1, 1)))
    following = next_occurrence(template, "x", after=found.period_end, zone=zone, calendar=calendar)
    assert following == of_period(template, "x", after, zone=zone, calendar=calendar)
    assert as_paper(following) == oracle.paper(template, "x", after, zone, works)


def test_nothing_comes_after_the_last_year_of_the_calendar() -> None:
    weekly = shipped_preset().template("O11")
    assert next_occurrence(weekly, "", after=date(9998, 12, 31), zone=SHANGHAI) is None


@settings(deadline=None, max_examples=25)
@given(st.lists(MOMENTS, min_size=2, max_size=4), st.sampled_from(ZONES))
def test_sweeps_at_any_moments_find_what_one_sweep_finds(
    moments: list[datetime], zone: ZoneInfo
) -> None:
    since, *sweeps = sorted(moments)
    by_many = {
        as_paper(paper)
        for until in sweeps
        for paper in occurrences(SUMMARIES, zone=zone, since=since, until=until)
    }
    by_one = occurrences(SUMMARIES, zone=zone, since=since, until=sweeps[-1])
    assert by_many == set(map(as_paper, by_one))


@settings(deadline=None, max_examples=25)
@given(MOMENTS, st.sampled_from(ZONES))
def test_what_comes_next_is_the_first_thing_to_open(now: datetime, zone: ZoneInfo) -> None:
    soon = upcoming(PERIODIC, zone=zone, now=now)
    assert len({(p.code, p.subject) for p in soon}) == len(soon) == PAPERS
    for paper in soon:
        own = [each for each in PERIODIC if each.code == paper.code]
        opened = occurrences(own, zone=zone, since=now, until=paper.opens_at)
        same = [p for p in opened if p.subject == paper.subject and p.opens_at > now]
        # Where a long holiday moves two reminders to the day before it, two open at the same moment.
        assert min(same, key=lambda each: each.due_at) == paper
        assert {each.opens_at for each in same} == {paper.opens_at}
        assert state(paper, at=now, submitted_at=None) == "scheduled"
