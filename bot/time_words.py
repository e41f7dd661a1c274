"""What is said around a time, taken out or put more simply before it is read; ranges and 10 minutes ago."""

import re
from collections.abc import Iterator
from datetime import time

from bot.clock_words import DAY, HOUR, count_from_hour, read_clock
from bot.numerals import plain

NOW = frozenset(
    ["刚才", "刚刚", "刚", "现在", "方才", "此刻", "马上", "now", "just now", "right now", "just"]
)
_HAN = "一二三四五六七八九"
_DIGIT = {sign: number for number, sign in enumerate(_HAN, start=1)} | {"两": 2}
_HOURS = "(?:小时|钟头)"
_SAME = (
    (r"[。.!?~,;、的吧呢了啊哦]+$", ""),
    (r"^(?:(?:发生)?时间|日期|time|date|when) ?(?:大概)?(?:是|为|is|was)? ?[:;,]? ?", ""),
    (r"\b([ap])\.? ?m\b\.?", r"\1m"),
    (r" ?o'?clock", "点"),
    (r"\btonight", "today evening"),
    (r"([今昨前])儿个?", r"\1天"),
    (r"昨[晚夜]凌晨", "今天凌晨"),
    (r"昨[晚夜](?=[后下]半夜)", "昨天"),
    (r"[:：] *[:：]+", ":"),
    (r"(?<=[0-9]) ?([:;。]) ?(?=[0-9])", ":"),
    (r"\bat ([0-9]{1,2})\.([0-9]{2})\b", r"\1:\2"),
    (
        r"\b(?:at|about|around|approximately) ([0-9]{1,2})(?= ?$| (?:yesterday|today|on|last|in)\b)",
        r"\1点",
    ),
    (r"\bbetween ([^&]+?) and ", r"\1 to "),
    (
        r"大概|大约|差不多|左右|前后|上下|时候|发生|那会儿?|之间|期间|这段时间|约|就|(?<!现)在|于|是|的"
        r"|快到?(?=[0-9])|(?<![0-9])[,、]|[,、](?![0-9])",
        " ",
    ),
    (r"\ban hour and a half", "90分钟"),
    (r"\b(?:about|around|approximately|between|from|at|on|in|the|of)\b", " "),
    (r"\ba couple ", "2 "),
    (rf"([0-9]+) ?个半{_HOURS}|([0-9]+) ?个?{_HOURS}半", r"\1\2小时30分钟"),
    (rf"半个?{_HOURS}|\bhalf an? hour", "30分钟"),
    (r"1刻钟", "15分钟"),
    (r"3刻钟", "45分钟"),
    (r"\ban? (?=hour|min|week|day)", "1 "),
    (r"([0-9])[、,](?=[0-9]{1,2}点)", r"\1-"),
)
_SAID_SHORTER = [(re.compile(pattern), same) for pattern, same in _SAME]
_ABOUT = re.compile(f"(十?)([{_HAN}两])([{_HAN}])(?=[个点时分天]|{_HOURS})")
_RANGE = r"(?P<range>(?:[0-9]{1,4}(?:\.[0-9])?)(?:-|~|到|至| to ))?"
AGO = re.compile(
    rf"(?=[0-9]){_RANGE}"
    r"(?:(?P<hours>[0-9]{1,4}(?:\.[0-9]{1,2})?) ?多?个?多?(?:小时|钟头|hours?|hrs?|h)多?)?"
    r" ?(?:and )?(?:(?P<minutes>[0-9]{1,5}) ?多?(?:分钟?|minutes?|mins?|m))? ?(?:[之以]?前|ago)"
)
"""So long before now; of a range it is the longer, when it began."""
_UNTIL = re.compile(r" ?(?:到|至|~|～|—+|–|-+|\bto\b|\buntil\b|\btill?\b) ?")
_UNIT = re.compile(r"[0-9]{1,2}(?::[0-9]{2})? ?(?P<unit>点|时|号|日|am|pm)")


def shorten(text: str) -> str:
    """The typed text in the few words that the readers know."""
    said = _ABOUT.sub(_as_range, plain(text))
    for pattern, same in _SAID_SHORTER:
        said = pattern.sub(same, said)
    return count_from_hour(" ".join(said.split()))


def _as_range(found: re.Match[str]) -> str:
    tens = 10 if found[1] else 0
    return f"{tens + _DIGIT[found[2]]}-{tens + _DIGIT[found[3]]}"


def beginnings(said: str) -> Iterator[tuple[str, str]]:
    """Each way to take the text for a range: its beginning and its end, the beginning with the unit of both."""
    for until in reversed(list(_UNTIL.finditer(said))):
        beginning, end = said[: until.start()], said[until.end() :]
        unit = _UNIT.match(end)
        if unit:
            yield f"{beginning}{unit['unit']}", end
        yield beginning, end


def read_hours(text: str) -> tuple[time, time] | None:
    """From and until what time of day the whole text says, such as 晚上10点到早上7点; None for any doubt."""
    for beginning, end in beginnings(shorten(text)):
        hours = read_clock(beginning), read_clock(end)
        if hours[0] and hours[1] and not hours[0].twice and not (hours[0].rough or hours[1].rough):
            begins, ends = (
                time(*divmod(each.minutes % DAY, HOUR)) for each in hours if each is not None
            )
            return (begins, ends) if begins != ends else None
    return None
