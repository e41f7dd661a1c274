"""A day to come: by button or typed, never a past one."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.day import Day, EveryYear, read_day_ahead
from bot.forms import Refused, StaleOption, Unreadable
from tests.bot.test_forms import view
from tests.bot.test_kinds import got, labels

TODAY = date(2026, 3, 16)
pytestmark = pytest.mark.usefixtures("english")


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("3月20日", "2026-03-20"),
        ("3-20", "2026-03-20"),
        ("3/20", "2026-03-20"),
        ("３．２０", "2026-03-20"),
        ("2026年4月1日", "2026-04-01"),
        ("2026-04-01", "2026-04-01"),
        ("1月5号", "2027-01-05"),
        ("3-16", "2026-03-16"),
        ("3-15", "2027-03-15"),
        ("明天", "2026-03-17"),
        ("后天", "2026-03-18"),
        ("今天", "2026-03-16"),
        ("Tomorrow", "2026-03-17"),
        ("5天后", "2026-03-21"),
        ("7天内", "2026-03-23"),
        ("in 5 days", "2026-03-21"),
        ("1 day", "2026-03-17"),
        ("周五", "2026-03-20"),
        ("星期一", "2026-03-16"),
        ("下周五", "2026-03-27"),
        ("下个星期一之前", "2026-03-23"),
        ("本周日", "2026-03-22"),
        ("Friday", "2026-03-20"),
        ("by next Monday", "2026-03-23"),
        ("大后天", "2026-03-19"),
        ("10号", "2026-04-10"),
        ("二十号前", "2026-03-20"),
        ("下个月5号", "2026-04-05"),
        ("4月１日", "2026-04-01"),
        ("三月二十日。", "2026-03-20"),
        ("一周后", "2026-03-23"),
        ("两个星期内", "2026-03-30"),
        ("十天内", "2026-03-26"),
        ("in two weeks", "2026-03-30"),
        ("月底", "2026-03-31"),
        ("年底前", "2026-12-31"),
        ("end of the month", "2026-03-31"),
    ],
)
def test_a_day_as_people_type_it(said: str, day: str) -> None:
    assert str(read_day_ahead(said, TODAY)) == day


@pytest.mark.parametrize(
    "said",
    [
        "",
        "soon",
        "2-30",
        "13-1",
        "2026-03-15",
        "2028-01-01",
        "999 days",
        "21:40",
        "99",
        "3-20 x",
        "昨天",
        "上周五",
        "5天前",
        "3号楼",
    ],
)
def test_what_is_no_day_to_come(said: str) -> None:
    assert read_day_ahead(said, TODAY) is None


def test_a_leap_day_is_found_in_the_year_that_has_one() -> None:
    assert read_day_ahead("2-29", date(2027, 6, 1)) == date(2028, 2, 29)
    assert read_day_ahead("2-29", date(2025, 6, 1)) is None


@given(st.text(max_size=40))
def test_whatever_is_typed_is_a_day_within_a_year_or_none(said: str) -> None:
    found = read_day_ahead(said, TODAY)
    assert found is None or TODAY <= found <= TODAY + timedelta(days=366)


def test_buttons_give_days_ahead() -> None:
    kind = Day(ahead=(1, 7))
    assert labels(kind.rows(view(), "due", 0)) == [["Tue, Mar 17", "Mon, Mar 23"]]
    assert kind.press("7", view(), "due") == "2026-03-23"
    assert kind.show("2026-03-23", view()) == "Mon, Mar 23"
    with pytest.raises(StaleOption):
        kind.press("2", view(), "due")


def test_a_refusal_says_what_is_expected() -> None:
    assert Day().read(got(text="明天"), view(), "due") == "2026-03-17"
    with pytest.raises(Refused, match="7-10 for Jul 10"):
        Day().read(got(text="last week"), view(), "due")
    with pytest.raises(Unreadable, match="7-10 for Jul 10"):
        Day().read(got("files"), view(), "due")


@pytest.mark.parametrize(
    "said", ["7-10", "07-10", "7月10日", "七月十号", "7.10", "2026-07-10", "Jul 10"]
)
def test_a_day_of_every_year_is_typed_like_any_other(said: str) -> None:
    kind = EveryYear()
    assert kind.read(got(text=said), view(), "due") == "07-10"
    assert (kind.rows(view(), "due", 0), kind.show("07-10", view())) == ([], "07-10")


def test_a_day_of_every_year_has_no_buttons_and_one_refusal() -> None:
    with pytest.raises(Refused, match="7-10 for Jul 10"):
        EveryYear().read(got(text="every July"), view(), "due")
    with pytest.raises(StaleOption):
        EveryYear().press("07-10", view(), "due")
