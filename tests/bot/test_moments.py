"""Typed times: a table of what people write, round trips of every form, and no surprise for any text."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.moments import (
    TOLERANCE,
    InFuture,
    MomentError,
    NotUnderstood,
    TooLongAgo,
    read_moment,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 16, 22, 0, 30, tzinfo=SHANGHAI)


def parse_moment(text: str, **options: Any) -> datetime:
    """The moment alone."""
    return read_moment(text, **options).moment


def read(text: str, now: datetime = NOW) -> str:
    """What the text means, in local time to the minute; ``?`` and ``>`` for the two errors."""
    try:
        moment = parse_moment(text, now=now, zone=now.tzinfo or UTC)
    except NotUnderstood:
        return "?"
    except TooLongAgo:
        return "<"
    except InFuture as error:
        return f"> {error.moment.astimezone(now.tzinfo):%m-%d %H:%M}"
    assert moment.tzinfo is UTC
    return f"{moment.astimezone(now.tzinfo):%Y-%m-%d %H:%M}"


CLOCK = """
21:40 | 03-16 21:40      ２１：４０ | 03-16 21:40     2140 | 03-16 21:40      940 | 03-16 09:40
21点40 | 03-16 21:40     21点40分 | 03-16 21:40       21点半 | 03-16 21:30    21时5分 | 03-16 21:05
十一点 | 03-16 11:00     二十一点四十 | 03-16 21:40   两点 | 03-16 14:00      十点十分 | 03-16 10:10
零点十分 | 03-16 00:10   九点零五 | 03-16 21:05       九點半 | 03-16 21:30    9点一刻 | 03-16 21:15
晚上9点 | 03-16 21:00    晚9:30 | 03-16 21:30         凌晨2点 | 03-16 02:00   早上8点 | 03-16 08:00
中午12点半 | 03-16 12:30  中午1点 | 03-16 13:00        下午三点 | 03-16 15:00  傍晚6点 | 03-16 18:00
凌晨12点 | 03-16 00:00   晚上12点 | 03-16 00:00       半夜3点 | 03-16 03:00   晚上21点 | 03-16 21:00
21 40 | 03-16 21:40  11:30 pm | 03-15 23:30   9 p.m. | 03-16 21:00         9AM | 03-16 09:00       12am | 03-16 00:00
12 pm | 03-16 12:00      9 o'clock | 03-16 21:00      noon | 03-16 12:00      midnight | 03-16 00:00
23:50 | 03-15 23:50      22:01 | 03-16 22:00          22:03 | 03-15 22:03     24:00 | 03-16 00:00
21:40:33 | 03-16 21:40   大概晚上八点半左右 | 03-16 20:30    at about 9:15 pm | 03-16 21:15
21:40。 | 03-16 21:40    晚上九点多 | 03-16 21:00     9 in the morning | 03-16 09:00
"""
DAY_AND_CLOCK = """
昨晚11点 | 03-15 23:00            昨天下午3点 | 03-15 15:00       今早8点 | 03-16 08:00
前天 15:00 | 03-14 15:00          前晚11点 | 03-14 23:00          大前天8点 | 03-13 08:00
昨晚2点 | 03-16 02:00             昨晚12点 | 03-16 00:00          昨晚凌晨1点 | 03-16 01:00
昨天凌晨2点 | 03-15 02:00         今天半夜2点 | 03-16 02:00       昨天24:00 | 03-16 00:00
昨天的下午3点吧 | 03-15 15:00     今晚9点 | 03-16 21:00           昨夜10点 | 03-15 22:00
3月14日 21:40 | 03-14 21:40       3月14日晚9点 | 03-14 21:00      三月十四日九点零五分 | 03-14 09:05
3.14 21:40 | 03-14 21:40          3/14 21:40 | 03-14 21:40        3-14 2140 | 03-14 21:40
14日21点 | 03-14 21:00            14号晚上10点 | 03-14 22:00      16日 21:00 | 03-16 21:00
2026-03-14 21:40 | 03-14 21:40    2026/3/14 21:40 | 03-14 21:40   2026年3月14日21点40分 | 03-14 21:40
2026-03-14T21:40 | 03-14 21:40    20260314 2140 | 03-14 21:40     2026.3.14 9pm | 03-14 21:00
2026-03-14,21:40 | 03-14 21:40    昨天，晚上9点 | 03-15 21:00
yesterday 11pm | 03-15 23:00      last night 11 | 03-15 23:00     last night at 11:30pm | 03-15 23:30
today 9am | 03-16 09:00           tonight at 9 | 03-16 21:00      this morning 8:30 | 03-16 08:30
11pm on March 14 | 03-14 23:00    14 Mar 21:40 | 03-14 21:40      March 14th, 2026 at 9pm | 03-14 21:00
9pm yesterday | 03-15 21:00       2 days ago 3pm | 03-14 15:00    the day before yesterday at 3pm | 03-14 15:00
两天前下午3点 | 03-14 15:00       昨天中午 | 03-15 12:00          yesterday midnight | 03-16 00:00
"""
AGO = """
刚才 | 03-16 22:00       刚刚! | 03-16 22:00          现在 | 03-16 22:00        now | 03-16 22:00
just now | 03-16 22:00   10分钟前 | 03-16 21:50       十分钟之前 | 03-16 21:50  半小时前 | 03-16 21:30
半个小时前 | 03-16 21:30  1个半小时前 | 03-16 20:30    两小时前 | 03-16 20:00    一小时半前 | 03-16 20:30
1.5小时前 | 03-16 20:30  一个小时二十分钟前 | 03-16 20:40    一刻钟前 | 03-16 21:45
10 minutes ago | 03-16 21:50    10 min ago | 03-16 21:50     an hour ago | 03-16 21:00
half an hour ago | 03-16 21:30  1 hour 20 minutes ago | 03-16 20:40    30小时前 | 03-15 16:00
"""
DATE_ONLY = """
3月9日 | 03-09 12:00     2026-03-09 | 03-09 12:00     昨天 | 03-15 12:00     三天前 | 03-13 12:00
今天 | 03-16 12:00       3/9 | 03-09 12:00            9号 | 03-09 12:00      March 9 | 03-09 12:00
"""


def rows(table: str) -> list[tuple[str, str]]:
    """The (text, meaning) pairs of a table whose cells stand at least two spaces apart."""
    cells = [cell for line in table.splitlines() for cell in line.split("  ") if cell.strip()]
    return [
        (text, meaning) for text, _, meaning in (cell.strip().partition(" | ") for cell in cells)
    ]


NO_TIMES = """
  。  9  abc  21点70  25:00  9:7  24:01  凌晨21点  上午15点  morning 9pm  9.30  3-14:30  13月1日  3号楼
  2月30日  0日8点  2026-02-29  2026-13-01 8:00  1 2点  21403/9  打了2个人  12床  3楼  一点没伤
  几分钟前  前  ago  3个人打了2个人  上周  2次  昨天打的人  在3号楼
  小时前  an hour  昨天昨天8点  8点9点  12345  🆘  0:00 0:00  7月9日左右的某个时间
"""
ROWS = [row for table in (CLOCK, DAY_AND_CLOCK, AGO, DATE_ONLY) for row in rows(table)]


@pytest.mark.parametrize(("text", "meaning"), ROWS)
def test_what_people_type(text: str, meaning: str) -> None:
    assert read(text) == f"2026-{meaning}"


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("23:50", "2026-03-15 23:50"),  # just after midnight it is yesterday's
        ("0:05", "2026-03-16 00:05"),
        ("0:20", "2026-03-15 00:20"),
        ("晚上11点", "2026-03-15 23:00"),
        ("昨晚11点", "2026-03-15 23:00"),
        ("晚上12点", "2026-03-16 00:00"),
        ("今晚12点", "2026-03-16 00:00"),
        ("半夜12点半", "2026-03-15 00:30"),
        ("今天", "2026-03-16 00:10"),  # noon of today has not come yet
    ],
)
def test_just_after_midnight(text: str, meaning: str) -> None:
    assert read(text, NOW.replace(hour=0, minute=10)) == meaning


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("7月9日", "2025-07-09 12:00"),
        ("7.9 21:40", "2025-07-09 21:40"),
        ("3月17日 8点", "2025-03-17 08:00"),
        ("17日8点", "2026-02-17 08:00"),
        ("31日8点", "2026-01-31 08:00"),  # February has none
        ("dec 31 23:59", "2025-12-31 23:59"),
        ("2月29日 8点", "?"),  # none within twelve months
        ("2024-02-29", "<"),
        ("2025-03-12", "2025-03-12 12:00"),
    ],
)
def test_a_date_without_its_year_is_the_last_such_day(text: str, meaning: str) -> None:
    assert read(text) == meaning


@pytest.mark.parametrize(
    "text",
    [
        "今晚11点",
        "tomorrow 9am",
        "明天",
        "后天8点",
        "下周五",
        "这周三",
        "今晚11点到12点",
        "3月16日 22:03",
        "16日23点",
        "2026-03-17",
        "2099-1-1 8:00",
    ],
)
def test_the_future_is_refused_with_the_moment_meant(text: str) -> None:
    with pytest.raises(InFuture) as caught:
        parse_moment(text, now=NOW, zone=SHANGHAI)
    assert caught.value.moment > NOW + TOLERANCE
    assert caught.value.moment.tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [text.strip() for text in NO_TIMES.split("  ")],
)
def test_what_is_no_time_is_not_understood(text: str) -> None:
    assert read(text) == "?"


def test_a_phone_may_be_two_minutes_ahead() -> None:
    assert read("今天 22:02") == "2026-03-16 22:00"
    assert read("今天 22:03") == "> 03-16 22:03"


def test_long_texts_are_not_read_at_all() -> None:
    assert read("21:40" + " " * 75) == "2026-03-16 21:40"
    assert read("21:40" + " " * 76) == "?"


def test_both_errors_are_one_family() -> None:
    for text in ("abc", "2099-01-01"):
        with pytest.raises(MomentError):
            parse_moment(text, now=NOW, zone=SHANGHAI)


def test_the_time_of_a_date_alone_can_be_chosen() -> None:
    late = parse_moment("昨天", now=NOW, zone=SHANGHAI, date_only_at=time(23, 59))
    assert late == datetime(2026, 3, 15, 23, 59, tzinfo=SHANGHAI)


def test_the_day_is_the_hospitals_own() -> None:
    now = datetime(2026, 3, 16, 1, 0, tzinfo=UTC)
    new_york = ZoneInfo("America/New_York")
    moment = parse_moment("昨天 21:00", now=now, zone=new_york)
    assert moment == datetime(2026, 3, 14, 21, tzinfo=new_york)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2:30", datetime(2026, 3, 8, 7, 30, tzinfo=UTC)),  # the hour that clocks leap over
        ("2026-11-01 1:30", datetime(2026, 11, 1, 5, 30, tzinfo=UTC)),  # of two the first
    ],
)
def test_hours_that_clocks_skip_or_repeat(text: str, expected: datetime) -> None:
    zone = ZoneInfo("America/New_York")
    now = expected + timedelta(hours=3)
    assert parse_moment(text, now=now, zone=zone) == expected
