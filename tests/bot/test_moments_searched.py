"""Typed times, searched: every way of writing a moment reads back to it, and nothing is read into the future."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.moments import FURTHEST, TOLERANCE, InFuture, MomentError, read_moment
from bot.numerals import plain
from tests.bot.test_moments import SHANGHAI, parse_moment

ZONES = st.sampled_from(
    [
        SHANGHAI,
        *map(ZoneInfo, ("UTC", "Asia/Kathmandu", "America/New_York", "Australia/Lord_Howe")),
        timezone(timedelta(hours=-11)),
    ]
)
MOMENTS = st.integers(0, 6 * 365 * 24 * 60).map(
    lambda minutes: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


HAN = "零一二三四五六七八九"


def han(number: int) -> str:
    tens, ones = divmod(number, 10)
    if not tens:
        return HAN[ones]
    return (HAN[tens] if tens > 1 else "") + "十" + (HAN[ones] if ones else "")


DATED = [
    lambda t: f"{t:%Y-%m-%d %H:%M}",
    lambda t: f"{t:%Y/%m/%d %H:%M}",
    lambda t: f"{t:%Y-%m-%dT%H:%M:%S}",
    lambda t: f"{t.year}年{t.month}月{t.day}日{t.hour}点{t.minute}分",
    lambda t: f"{t:%Y%m%d %H%M}",
    lambda t: f"{t:%d %B %Y} at {t:%I:%M %p}",
    lambda t: f"{t:%I:%M%p}, {t:%b} {t.day}, {t.year}",
    lambda t: f"{t.hour}:{t:%M} {t:%Y.%m.%d}",
]
YEARLESS = [
    lambda t: f"{t.month}月{t.day}日 {t:%H:%M}",
    lambda t: f"{t.month}.{t.day} {t:%H:%M}",
    lambda t: f"{t.month}/{t.day} {t:%H:%M}",
    lambda t: f"{han(t.month)}月{han(t.day)}日{han(t.hour)}点{han(t.minute)}分",
    lambda t: f"{t:%b %d} {t:%H:%M}",
]
CLOCKS = [
    lambda t: f"{t:%H:%M}",
    lambda t: f"{t:%H%M}",
    lambda t: f"{t:%I:%M %p}",
    lambda t: f"{t:%H：%M}".translate(str.maketrans("0123456789", "０１２３４５６７８９")),
]


def round_trips(local: datetime) -> bool:
    """Whether the wall clock shows this moment first and only once."""
    return local.replace(fold=0).astimezone(UTC) == local.astimezone(UTC)


@given(MOMENTS, st.timedeltas(timedelta(0), FURTHEST), ZONES, st.sampled_from(DATED))
def test_a_full_date_and_time_reads_back(moment, ago, zone, form) -> None:  # type: ignore[no-untyped-def]
    local = moment.astimezone(zone)
    assume(round_trips(local))
    assert parse_moment(form(local), now=moment + ago, zone=zone) == moment


@given(MOMENTS, st.timedeltas(timedelta(0), timedelta(days=364)), ZONES, st.sampled_from(YEARLESS))
def test_a_date_of_the_last_year_reads_back(moment, ago, zone, form) -> None:  # type: ignore[no-untyped-def]
    local = moment.astimezone(zone)
    assume(round_trips(local))
    assert parse_moment(form(local), now=moment + ago, zone=zone) == moment


@given(MOMENTS, st.timedeltas(timedelta(0), timedelta(hours=21)), ZONES, st.sampled_from(CLOCKS))
def test_a_clock_time_of_the_last_hours_reads_back(moment, ago, zone, form) -> None:  # type: ignore[no-untyped-def]
    local = moment.astimezone(zone)
    assume(round_trips(local))
    assume((local + timedelta(days=1)).astimezone(UTC) > moment + ago + TOLERANCE)
    assert parse_moment(form(local), now=moment + ago, zone=zone) == moment


SPOKEN = [
    lambda t: f"{t.hour % 12 or 12}点{t.minute:02}",
    lambda t: f"{han(t.hour % 12 or 12)}点{han(t.minute)}分左右",
    lambda t: f"{t.minute} past {t.hour % 12 or 12}",
]


@given(
    MOMENTS, st.timedeltas(timedelta(0), timedelta(hours=11, minutes=50)), st.sampled_from(SPOKEN)
)
def test_an_hour_without_its_half_of_the_day_is_the_last_such(moment, ago, form) -> None:  # type: ignore[no-untyped-def]
    assume(moment + timedelta(hours=12) > moment + ago + TOLERANCE)
    local = moment.astimezone(SHANGHAI)
    assert parse_moment(form(local), now=moment + ago, zone=SHANGHAI) == moment


@given(st.integers(0, 8879), st.integers(0, 59), MOMENTS)
def test_so_long_ago_reads_back(hours: int, minutes: int, now: datetime) -> None:
    expected = now - timedelta(hours=hours, minutes=minutes)
    for text in (f"{hours}小时{minutes}分钟前", f"{hours} hours {minutes} min ago"):
        assert parse_moment(text, now=now, zone=SHANGHAI) == expected


@given(st.integers(0, 99))
def test_numerals(number: int) -> None:
    assert plain(f"{han(number)}点") == f"{number}点"
    by_digit = "".join(HAN[int(digit)] for digit in str(2000 + number))
    assert plain(f"{by_digit}年") == f"{2000 + number}年"


WORDS = """
昨 今 明 前 天 晚 上 下午 凌晨 半夜 半 点 分 时 刻 钟 小时 月 日 号 年 : . / - 2026 12 3 31 0 24 59 十 两 零 个
am pm noon night last yesterday ago in at days feb t 的 大概 刚才 ٣ ²
"""
PIECES = st.sampled_from(WORDS.split())
TEXTS = st.one_of(st.text(max_size=90), st.lists(PIECES, max_size=9).map("".join))


@given(st.one_of(TEXTS, st.lists(PIECES, max_size=9).map(" ".join)), MOMENTS, ZONES)
def test_any_text_is_a_past_moment_or_our_error(text: str, now: datetime, zone: ZoneInfo) -> None:
    with suppress(MomentError):
        moment = parse_moment(text, now=now, zone=zone)
        assert moment.tzinfo is UTC
        assert now - FURTHEST <= moment <= now


DAYS = [
    lambda t, now: f"{t:%Y-%m-%d}",
    lambda t, now: f"{t.month}月{t.day}号",
    lambda t, now: f"{han(t.month)}月{han(t.day)}日",
    lambda t, now: f"{t:%b} {t.day}",
    lambda t, now: f"{(now.date() - t.date()).days}天前",
]
PARTS = ((0, 5, "凌晨"), (6, 8, "早上"), (9, 11, "上午"), (13, 18, "下午"), (18, 23, "晚上"))
TIMES = [
    lambda t, part: f"{t:%H:%M}",
    lambda t, part: f"{t:%H；%M}",
    lambda t, part: f"{t:%H。%M}",
    lambda t, part: f"{t:%H:%M}分左右",
    lambda t, part: f"{t.hour}点{t.minute:02}",
    lambda t, part: f"{part}{t.hour % 12 or t.hour}点{t.minute}分",
    lambda t, part: (
        f"{part}{han(t.hour % 12 or t.hour)}点{han(t.minute)}" if t.minute > 9 else f"{t:%H %M}"
    ),
    lambda t, part: f"{t:%I.%M %p}",
    lambda t, part: f"{t:%H:%M}到{t:%H}点59",
    lambda t, part: " ".join(f"{t:%H：%M}"),
]


@given(
    MOMENTS,
    st.integers(3, 360 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes)),
    ZONES,
    st.sampled_from(DAYS),
    st.sampled_from(TIMES[:-1]),
)
def test_every_way_to_write_a_day_hour_and_minute_reads_back(moment, ago, zone, day, time) -> None:  # type: ignore[no-untyped-def]
    local, now = moment.astimezone(zone), (moment + ago).astimezone(zone)
    part = next((name for first, last, name in PARTS if first <= local.hour <= last), "中午")
    assume(round_trips(local))
    text = f"{day(local, now)} {time(local, part)}"
    assert read_moment(text, now=now, zone=zone).moment == moment.astimezone(UTC), text


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])
@pytest.mark.parametrize(
    "text", ["今晚9点", "3点左右", "半夜", "凌晨", "昨晚2点", "周日", "2:30", "下午"]
)
def test_nothing_is_read_into_the_future_where_clocks_change(text: str, zone: str) -> None:
    for hour in range(24 * 400):
        now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hour, minutes=17)
        try:
            read = read_moment(text, now=now, zone=ZoneInfo(zone))
        except InFuture:
            continue
        assert now - timedelta(days=8) <= read.moment <= now, (now, read)
