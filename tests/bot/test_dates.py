"""Moments as people say them, in both languages."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dates import say_day, say_left, say_moment
from bot.i18n import LOCALES, use_locale

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 7, 8, 9, 30, tzinfo=SHANGHAI)
MOMENTS = st.integers(0, 12 * 366 * 86_400).map(
    lambda seconds: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)


def local(text: str) -> datetime:
    """A local time, given without its zone."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("moment", "english", "chinese"),
    [
        ("2026-07-08 09:30", "today 09:30", "今天09:30"),
        ("2026-07-07 23:59", "yesterday 23:59", "昨天23:59"),
        ("2026-07-09 00:00", "tomorrow 00:00", "明天00:00"),
        ("2026-07-10 23:59:59", "Fri, Jul 10 24:00", "7月10日（周五）24:00"),
        ("2026-07-08 23:59:59", "today 24:00", "今天24:00"),
        ("2026-07-01 08:05", "Wed, Jul 1 08:05", "7月1日（周三）08:05"),
        ("2027-01-10 23:59:59", "Jan 10, 2027 24:00", "2027年1月10日24:00"),
    ],
)
def test_a_moment_is_said_as_near_as_it_is(moment: str, english: str, chinese: str) -> None:
    for locale, said in (("en", english), ("zh_Hans", chinese)):
        with use_locale(locale):
            assert say_moment(local(moment), zone=SHANGHAI, now=NOW).replace(
                " ", ""
            ) == said.replace(" ", "")


def test_the_day_is_the_local_one() -> None:
    """17:00 in London is the next day's 00:00 or 01:00 in Shanghai."""
    with use_locale("en"):
        moment = datetime(2026, 7, 7, 17, 0, tzinfo=UTC)
        assert say_moment(moment, zone=SHANGHAI, now=NOW) == "today 01:00"


@pytest.mark.parametrize(
    ("due", "said"),
    [
        ("2026-07-22 23:59:59", "14 days left"),
        ("2026-07-10 23:59:59", "2 days left"),
        ("2026-07-09 23:59:59", "1 day left"),
        ("2026-07-09 08:00", "22 hours left"),
        ("2026-07-08 10:30", "1 hour left"),
        ("2026-07-08 10:00", "under an hour left"),
        ("2026-07-08 09:30", "under an hour left"),
        ("2026-07-08 09:29", "just overdue"),
        ("2026-07-07 09:30", "1 day overdue"),
        ("2026-07-05 09:00", "3 days overdue"),
    ],
)
def test_what_is_left_is_counted_in_days_then_hours(due: str, said: str) -> None:
    with use_locale("en"):
        assert say_left(local(due), zone=SHANGHAI, now=NOW) == said


@given(due=MOMENTS, now=MOMENTS, locale=st.sampled_from(LOCALES))
def test_every_moment_can_be_said(due: datetime, now: datetime, locale: str) -> None:
    with use_locale(locale):
        for said in (
            say_moment(due, zone=SHANGHAI, now=now),
            say_left(due, zone=SHANGHAI, now=now),
        ):
            assert said
            assert "{" not in said


@given(days=st.integers(2, 60), hours=st.integers(0, 14))
def test_days_left_are_those_of_the_calendar(days: int, hours: int) -> None:
    with use_locale("en"):
        due = NOW + timedelta(days=days, hours=hours)
        assert say_left(due, zone=SHANGHAI, now=NOW) == f"{days} days left"


def test_a_day_has_its_weekday_or_its_year() -> None:
    with use_locale("en"):
        assert say_day(date(2026, 7, 10), this_year=2026) == "Fri, Jul 10"
        assert say_day(date(2025, 7, 10), this_year=2026) == "Jul 10, 2025"
