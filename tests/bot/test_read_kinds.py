"""The kinds of question that are typed: moments and numbers, what they refuse and what they say they chose."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.forms import Refused, StaleOption, Understood, Unreadable
from bot.read_kinds import Moment, Numbers
from tests.bot.test_forms import view
from tests.bot.test_kinds import PHOTO, got, labels
from tests.people import NOW

pytestmark = pytest.mark.usefixtures("english")


# -- moment --------------------------------------------------------------------------------------


def test_a_moment_is_a_button_or_typed() -> None:
    kind = Moment()
    assert labels(kind.rows(view(), "q", 0)) == [
        ["Now", "10 minutes ago"],
        ["30 minutes ago", "1 hour ago"],
    ]
    assert kind.press("30", view(), "q") == (NOW - timedelta(minutes=30)).isoformat()
    assert kind.read(got(text="12:00"), view(), "q") == "2026-03-16T12:00:00+00:00"


@pytest.mark.parametrize("option", ["5", "-10", "²", "", "10.0"])
def test_only_the_minutes_offered_can_be_pressed(option: str) -> None:
    with pytest.raises(StaleOption):
        Moment().press(option, view(), "q")


def test_a_time_to_come_and_one_not_understood_are_told_apart() -> None:
    with pytest.raises(Refused, match="still to come"):
        Moment().read(got(text="2026-03-17 10:00"), view(), "q")
    for odd in ("soonish", "", "x" * 500):
        with pytest.raises(Refused, match="did not understand"):
            Moment().read(got(text=odd), view(), "q")


def test_a_moment_is_shown_as_people_say_it() -> None:
    assert Moment().show(NOW.isoformat(), view()) == "just now (13:42)"
    assert Moment().show((NOW - timedelta(hours=2)).isoformat(), view()) == "today 11:42"


@pytest.mark.parametrize(
    ("typed", "note"),
    [
        ("前天下午", '"前天下午" is noted as Sat, Mar 14 15:00. Change it if you know it better.'),
        ("昨天", '"昨天" is noted as yesterday 12:00. Change it if you know it better.'),
        ("8点 到 9点", '"8点 到 9点" is noted as today 08:00. Change it if you know it better.'),
        (
            "昨天3点",
            '"昨天3点" is noted as yesterday 03:00. If it was after noon, please change it.',
        ),
    ],
)
def test_what_was_ours_to_choose_is_said(typed: str, note: str) -> None:
    found = Moment().read(got(text=typed), view(), "q")
    assert isinstance(found, Understood)
    assert found.note == note


def test_a_year_that_cannot_be_meant_is_asked_about() -> None:
    with pytest.raises(Refused, match="more than a year ago"):
        Moment().read(got(text="2016-03-15 21:40"), view(), "q")


def test_what_is_no_text_is_left_to_the_account_with_the_same_sentence() -> None:
    photo = got("files", text="21:40", files=(PHOTO,))
    with pytest.raises(Unreadable, match="like 21:40; everything so far is kept"):
        Moment().read(photo, view(), "q")
    with pytest.raises(Unreadable, match="from 0 to 100"):
        RATE.read(photo, view(), "q")


# -- numbers -------------------------------------------------------------------------------------

RATE = Numbers(most=100, whole=False, count=2, needed=1)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("92.5 94", ["92.5", "94"]),
        ("92.5%、94%", ["92.5", "94"]),
        ("９２．５／９４", ["92.5", "94"]),
        ("92.50", ["92.5"]),
        ("0", ["0"]),
        ("100", ["100"]),
        ("007", ["7"]),
    ],
)
def test_numbers_are_read_as_people_type_them(typed: str, read: list[str]) -> None:
    assert RATE.read(got(text=typed), view(), "q") == read


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "many",
        "-1",
        "101",
        "30多",
        "十几",
        "九成",
        "1 2 3",
        "nan",
        "inf",
        "sNaN",
        "1e-999999",
        "1e2",
        "1_0",
        "9" * 400,
    ],
)
def test_what_is_no_such_number_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(Refused, match="from 0 to 100, such as 12"):
        RATE.read(got(text=typed), view(), "q")


def test_a_count_is_whole() -> None:
    assert Numbers().read(got(text="3.0"), view(), "q") == ["3"]
    with pytest.raises(Refused):
        Numbers().read(got(text="3.5"), view(), "q")


def test_a_fixed_value_stands_behind_a_button() -> None:
    kind = Numbers(fixed=(("unknown", lambda _v: "Not known yet", "?"),))
    assert labels(kind.rows(view(), "q", 0)) == [["Not known yet"]]
    assert kind.press("unknown", view(), "q") == "?"
    assert kind.show("?", view()) == "Not known yet"
    assert kind.show(["1", "2"], view()) == "1 / 2"
    with pytest.raises(StaleOption):
        kind.press("12", view(), "q")


@given(st.text(max_size=80))
def test_whatever_is_typed_is_a_number_in_its_bounds_or_refused(typed: str) -> None:
    try:
        found = RATE.read(got(text=typed), view(), "q")
    except Refused:
        return
    assert 1 <= len(found) <= 2
    for word in found:
        assert 0 <= Decimal(word) <= 100
        assert len(word) <= 20, "it is shown on a card and stored"


@given(st.decimals(0, 100, places=4))
def test_a_number_keeps_its_exact_value(number: Decimal) -> None:
    assert Decimal(RATE.read(got(text=str(number)), view(), "q")[0]) == number


@pytest.mark.parametrize(
    ("kind", "typed", "wrong"),
    [
        (Numbers(most=20_000, example="800"), "many", "I did not understand this number."),
        (Numbers(most=20_000, example="800"), "三十多张", "I need the exact number here."),
        (Numbers(most=20_000, example="800"), "3万张", "30000 does not fit here."),
        (Numbers(most=20_000, example="800"), "92.5", "A whole number is needed here, not 92.5."),
        (Numbers(most=20_000, example="800"), "3 4", "Only 1 number fits here."),
        (Numbers(most=20_000, count=3, needed=2, example="800"), "3", "2 numbers are needed here."),
    ],
)
def test_a_refusal_says_what_is_wrong_what_fits_and_that_nothing_is_lost(
    kind: Numbers, typed: str, wrong: str
) -> None:
    with pytest.raises(Refused) as refused:
        kind.read(got(text=typed), view(), "q")
    fits = "Please type a number from 0 to 20000, such as 800. Everything so far is kept."
    assert str(refused.value) == f"{wrong} {fits}"


def test_a_comma_is_read_by_what_fits() -> None:
    assert Numbers(most=2000).read(got(text="1,200"), view(), "q") == ["1200"]
    assert Numbers(most=500, count=2).read(got(text="1,200"), view(), "q") == ["1", "200"]
    with pytest.raises(Refused, match="Is that 1200 or 1 / 200"):
        Numbers(count=2).read(got(text="1,200"), view(), "q")


def test_minutes_may_be_told_in_hours() -> None:
    minutes = Numbers(least=1, most=600, count=3, unit="分钟")
    assert minutes.read(got(text="1、3、10分钟"), view(), "q") == ["1", "3", "10"]
    assert minutes.read(got(text="半小时 2小时"), view(), "q") == ["30", "120"]
