"""Typed numbers: a table of what people write, every integer there and back, and never a wrong one."""

from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.amounts import Inexact, NotANumber, read_amounts
from bot.numerals import number_of

HAN = "零一二三四五六七八九"
UNITS = [
    "",
    "张",
    "人",
    "人次",
    "次",
    "床",
    "张床",
    "分钟",
    "天",
    "%",
    "分",
    "元",
    "个",
    "名",
    "件",
    " beds",
    " min",
]
TABLE = """
1200张 | 1200          一千二 | 1200          1、3、10分钟 | 1 3 10   1 3 10 | 1 3 10        3万 | 30000
1.2千 | 1200           两百五 | 250           一万零五十 | 10050      约30 | 30              30左右 | 30
30人左右 | 30          大约30个 | 30          一共1200张 | 1200       共 12 人 | 12          有12人 | 12
92.5% | 92.5           ９２．５％ | 92.5      九十二点五 | 92.5       百分之九十二 | 92      92.5分、94分 | 92.5 94
1/3/10 | 1 3 10        1；3；10 | 1 3 10      1，3，10 | 1 3 10       1,3,10 | 1 3 10        1和3和10 | 1 3 10
1 and 3 | 1 3          半 | 0.5               两个半 | 2.5            两天半 | 2.5           1个半 | 1.5
1k | 1000              1.2w | 12000           3 thousand | 3000       5 hundred beds | 500   twenty | 20
没有 | 0               零 | 0                 〇 | 0                  none | 0               三 | 3
一百五 | 150           一百零五 | 105         一百五十 | 150          一十二 | 12            十二 | 12
一万五 | 15000         1万5 | 15000           1万2000 | 12000         1万5千 | 15000         十万 | 100000
两千两百 | 2200        三千零五十 | 3050      三千零五 | 3005         一百二十万 | 1200000   二〇二六 | 2026
1200 张 | 1200         5 min | 5              十分钟 | 10             12人。 | 12             7天、3天、1天 | 7 3 1
12号 | 12              007 | 7                12. | 12                1萬張 | 10000          about 30 beds | 30
"""
NO_NUMBERS = """
-1  1e2  1_0  nan  九成  3²  ²  1千20  2.5.6  1..2  12:30  7天3天1天  abc  张  1200张5  三分之一
1/  五打  百  零零  3倍
"""
INEXACT = """
十几  几十  30多  30多张  三十来个  10-20  10到20  二三十  两三  三四个  30+  >30  不到30  近30  超过30  至少3个  30以上
a few  over 30  30 or so more  several  上百
"""


def read(text: str, unit: str = "") -> list[str]:
    """Each way to read it, the numbers joined."""
    return [" ".join(f"{n.normalize():f}" for n in way) for way in read_amounts(text, unit=unit)]


def cells(table: str) -> list[tuple[str, str]]:
    """The (text, numbers) pairs of a table whose cells stand at least two spaces apart."""
    found = [cell.strip() for line in table.splitlines() for cell in line.split("  ")]
    return [(a, b) for a, _, b in (cell.partition(" | ") for cell in found if cell)]


@pytest.mark.parametrize(("text", "numbers"), cells(TABLE))
def test_what_people_type(text: str, numbers: str) -> None:
    assert read(text) == [numbers]


@pytest.mark.parametrize("text", ["", " ", "1" * 201, *NO_NUMBERS.replace("\n", "  ").split("  ")])
def test_what_is_no_number_is_not_read(text: str) -> None:
    with pytest.raises(NotANumber) as caught:
        read_amounts(text.strip())
    assert not isinstance(caught.value, Inexact)


@pytest.mark.parametrize(
    "text", [t for row in INEXACT.strip().splitlines() for t in row.split("  ")]
)
def test_what_says_only_about_how_many_is_told_apart(text: str) -> None:
    with pytest.raises(Inexact):
        read_amounts(text)


@pytest.mark.parametrize("text", ["1,200", "1，200", "1,200张"])
def test_a_comma_before_three_digits_is_read_both_ways(text: str) -> None:
    assert read(text) == ["1200", "1 200"]
    assert read("12,20") == ["12 20"]
    assert read("1,200,5") == ["1 200 5"]


@pytest.mark.parametrize(
    ("text", "unit", "numbers"),
    [
        ("半小时", "分钟", "30"),
        ("2小时", "分钟", "120"),
        ("一个半小时", "分钟", "90"),
        ("1小时、2小时", "分钟", "60 120"),
        ("2、5分钟、半小时", "分钟", "2 5 30"),
        ("10分钟、1小时", "分钟", "10 60"),
        ("10分", "分钟", "10"),
        ("10", "分钟", "10"),
        ("3次", "分钟", "3"),
        ("1天", "小时", "24"),
        ("2周", "天", "14"),
        ("一个星期", "天", "7"),
        ("36小时", "天", "1.5"),
        ("5个工作日", "工作日", "5"),
        ("5天", "工作日", "5"),
        ("2周", "", "2"),
    ],
)
def test_another_unit_of_time_is_counted_in_the_one_asked_for(
    text: str, unit: str, numbers: str
) -> None:
    assert read(text, unit) == [numbers]


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("1个月", "天"),
        ("2、半小时", "分钟"),
        ("1、2小时", "分钟"),
        ("1年", "天"),
        ("2周", "工作日"),
        ("1季度", "小时"),
    ],
)
def test_a_unit_that_leaves_a_doubt_is_not_counted(text: str, unit: str) -> None:
    with pytest.raises(NotANumber):
        read_amounts(text, unit=unit)


def spoken(number: int, *, short: bool = False, pair: str = "二") -> str:
    """The number in Chinese, an oracle of its own: by its digits, from the left."""
    if number >= 10_000:
        high, low = divmod(number, 10_000)
        rest = "零" * (0 < low < 1000) + spoken(low, pair=pair) if low else ""
        if short and low and low % 1000 == 0:
            rest = rest[0]
        return spoken(high, pair=pair) + "万" + rest
    words, places = "", [(1000, "千"), (100, "百"), (10, "十")]
    for at, (scale, name) in enumerate(places):
        digit = number // scale % 10
        lower = number % scale
        if not digit:
            words += "零" * bool(words and lower and not words.endswith("零"))
            continue
        leading = "" if scale == 10 and digit == 1 and not words else HAN[digit]
        words += leading.replace("二", pair if scale > 10 else "二") + name
        below = scale // 10
        if short and at < 2 and lower and lower % below == 0 and number // scale:
            return words + HAN[lower // below]
    return words + (HAN[number % 10] if number % 10 or not words else "")


def test_every_number_below_a_hundred_thousand_reads_back_in_chinese() -> None:
    for number in range(100_000):
        for text in {spoken(number), spoken(number, short=True), spoken(number, pair="两")}:
            assert number_of(text) == number, text


def test_the_oracle_speaks_as_people_do() -> None:
    assert [spoken(n) for n in (0, 10, 12, 105, 110, 1050, 10_050, 20_005)] == (
        ["零", "十", "十二", "一百零五", "一百一十", "一千零五十", "一万零五十", "二万零五"]
    )
    assert [spoken(n, short=True) for n in (1200, 250, 12_000, 105)] == (
        ["一千二", "二百五", "一万二", "一百零五"]
    )


@given(st.integers(0, 99_999), st.sampled_from(UNITS), st.sampled_from(["", "约", "大概 ", "共"]))
def test_a_number_with_its_unit_reads_back(number: int, unit: str, about: str) -> None:
    wide = str(number).translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    for text in (str(number), wide, spoken(number), spoken(number, short=True)):
        assert read_amounts(f"{about}{text}{unit}") == [[Decimal(number)]], f"{about}{text}{unit}"


@given(
    st.lists(st.integers(0, 99_999), min_size=1, max_size=6),
    st.sampled_from([" ", "、", "，  ", "；", "/", ", ", " 、 "]),
    st.sampled_from(UNITS),
)
def test_numbers_side_by_side_read_back(numbers: list[int], sign: str, unit: str) -> None:
    text = sign.join(map(str, numbers))
    assert [Decimal(n) for n in numbers] in read_amounts(text + unit)
    assert len(read_amounts(sign.join(map(spoken, numbers)) + unit)) == 1


@given(st.integers(1000, 10**9 - 1))
def test_thousands_parted_by_commas_are_one_of_the_ways(number: int) -> None:
    assert [Decimal(number)] in read_amounts(f"{number:,}")


@given(
    st.lists(
        st.sampled_from([*"0123456789.,、 零一二两三十百千万半个点%多几张和-k"]), max_size=9
    ).map("".join)
)
def test_no_digit_is_lost_or_made_up(text: str) -> None:
    """Whatever is typed with plain digits only is read as those digits, or not at all."""
    with suppress(NotANumber):
        for way in read_amounts(text):
            assert all(number >= 0 for number in way)
            if set(text) <= set("0123456789 "):
                assert way == [Decimal(word) for word in text.split()]
