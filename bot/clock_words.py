"""Times of day as people type them: 21:40, 2140, 21点40, 晚上9点半, 下午, 9 in the evening, 11:30 pm."""

import re
from dataclasses import dataclass

HOUR = 60
DAY = 24 * HOUR

_ROWS = (
    # What the hours in it mean, when it begins, its middle (our default), its names.
    ("am", 0, 3, "凌晨"),
    ("morning", 5, 7, "大清早 清晨 清早 一大早 大早上 一早"),
    ("morning", 5, 8, "早上 早晨 早 晨 morning"),
    ("morning", 7, 10, "上午"),
    ("noon", 12, 12, "中午 正午 晌午 noon"),
    ("pm", 12, 15, "下午 午后 afternoon"),
    ("pm", 17, 18, "傍晚"),
    ("evening", 18, 20, "大晚上 晚上 晚间 晚 夜晚 evening night"),
    ("night", 20, 22, "前半夜 上半夜"),
    ("night", 23, 24, "夜里 夜间 大半夜 半夜 深夜 夜"),
    ("night", 24, 24, "午夜 midnight"),
    ("night", 24, 27, "后半夜 下半夜"),
)
_NAMES = {
    name: (kind, begin, middle) for kind, begin, middle, names in _ROWS for name in names.split()
}
_KIND = {name: row[0] for name, row in _NAMES.items()} | {"am": "am", "pm": "pm"}
_PART = "|".join(sorted(_KIND, key=len, reverse=True))
_TIME = re.compile(
    rf"(?P<before>{_PART})?"
    r"(?P<hour>[0-9]{1,2})"
    r"(?:(?P<sign>[:;,.。]{1,2})(?P<minute>[0-9]{2})(?::[0-9]{2})?[点分]?"
    r"| ?(?P<bare>[0-9]{2})分?"
    r"|(?P<hours>[点时])[钟整多许过]?(?:(?P<spoken>[0-9]{1,2})分?|(?P<half>半)|(?P<quarters>[1-3])刻)?[整多许]?)?"
    rf"(?P<after>{_PART})?"
)
_LOOSE_SPACE = re.compile("(?<![0-9]) | (?![0-9])")
_SMALL_HOURS = {"evening": 4, "night": 6}
"""Up to which hour the words still mean the small hours of the next day: 昨晚2点 is today at 2."""

_TO = (
    (re.compile("差([0-9]{1,2})分钟?到?([0-9]{1,2})点"), -1),
    (re.compile("(?P<hour>[0-9]{1,2})点(?:还?差|欠)(?P<minutes>[0-9]{1,2})分钟?"), -1),
    (re.compile(r"([0-9]{1,2})(?: min(?:ute)?s?)? (?:to|before) ([0-9]{1,2})\b(?!:)"), -1),
    (re.compile(r"([0-9]{1,2})(?: min(?:ute)?s?)? (?:past|after) ([0-9]{1,2})\b(?!:)"), 1),
)
_QUARTER = re.compile(
    r"(?:\ba )?\bquarter (?=past|to|after|before)|\bhalf (?=past)|(?<=差)[1一]刻钟?"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Clock:
    """Minutes after the start of the day named; past 24 h where its night runs into the next day.

    ``either``: the small hours of the day itself may be meant as well (今天半夜2点). ``twice``: an hour
    said without its half of the day, so twelve hours later may be meant (3点). ``begins``: only a part
    of the day was said; it began then, and ``minutes`` are its middle. ``dotted``: 9.30 may be a date.
    """

    minutes: int
    either: bool = False
    twice: bool = False
    begins: int | None = None
    dotted: bool = False

    @property
    def rough(self) -> bool:
        """Whether the time was ours to choose."""
        return self.begins not in (None, self.minutes)


def count_from_hour(text: str) -> str:
    """差5分9点, 9点差5分 and quarter to nine written as 8点55."""
    text = _QUARTER.sub(lambda found: "30 " if "half" in found[0] else "15 ", text)
    text = text.replace("差15 ", "差15分")
    for pattern, sign in _TO:
        text = pattern.sub(lambda found, sign=sign: _counted(found, sign), text)  # type: ignore[misc]
    return text


def _counted(found: re.Match[str], sign: int) -> str:
    named = found.groupdict()
    minutes = int(named.get("minutes") or found[1])
    hour = int(named.get("hour") or found[2])
    if minutes >= HOUR or hour > 24:
        return found[0]
    hour, minute = divmod(hour * HOUR + sign * minutes, HOUR)
    return f"{hour if hour > 0 else hour + 12}点{minute:02}"


def read_clock(text: str) -> Clock | None:
    """The time of day that the whole text says, or None."""
    text = _LOOSE_SPACE.sub("", text)
    if text in _NAMES:
        kind, begin, middle = _NAMES[text]
        return Clock(minutes=middle * HOUR, begins=begin * HOUR, either=kind == "night")
    found = _TIME.fullmatch(text)
    minute = _minute_of(found) if found else None
    if not found or minute is None:
        return None
    kinds = [_KIND[part] for part in found.group("before", "after") if part]
    read = [_on_clock(int(found["hour"]), minute, kind) for kind in kinds or [""]]
    if None in read or len({clock.minutes % DAY for clock in read if clock}) > 1:
        return None
    return _doubted(found, read[0]) if read[0] else None


def _doubted(found: re.Match[str], clock: Clock) -> Clock:
    bare = found["before"] is None
    return Clock(
        minutes=clock.minutes,
        either=clock.either,
        twice=bool(bare and found["hours"] and not found["after"])
        and not found["hour"].startswith("0")
        and 1 <= int(found["hour"]) <= 12,
        dotted=bare and found["sign"] == "." and found["after"] not in ("am", "pm"),
    )


def _minute_of(found: re.Match[str]) -> int | None:
    """The minute said; None where it is no minute, or where a lone number says no time at all."""
    parts = found.groupdict()
    said = parts["minute"] or parts["bare"] or parts["spoken"]
    if said:
        return int(said) if int(said) < HOUR else None
    if parts["half"] or parts["quarters"]:
        return 15 * int(parts["quarters"] or 2)
    return 0 if parts["hours"] or parts["before"] or parts["after"] else None


def _on_clock(hour: int, minute: int, kind: str) -> Clock | None:
    if kind in _SMALL_HOURS and hour in (0, 12):
        return Clock(minutes=DAY + minute)
    if kind in _SMALL_HOURS and hour <= _SMALL_HOURS[kind]:
        return Clock(minutes=DAY + hour * HOUR + minute, either=True)
    in_day = _hour_in_day(hour, kind)
    if in_day is None or (in_day == 24 and minute):
        return None
    return Clock(minutes=in_day * HOUR + minute)


def _hour_in_day(hour: int, kind: str) -> int | None:
    """The hour from 0 to 24 that these words mean, or None where they contradict each other."""
    afternoon = hour + 12 if 1 <= hour < 12 else hour
    first, last, meant = {
        "": (0, 24, hour),
        "am": (0, 11, hour % 12 if hour == 12 else hour),
        "morning": (0, 12, hour),
        "noon": (10, 15, hour if hour >= 10 else afternoon),
        "pm": (12, 23, afternoon),
        "evening": (17, 24, afternoon),
        "night": (19, 24, afternoon),
    }[kind]
    return meant if first <= meant <= last else None
