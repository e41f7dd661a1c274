"""Times of day as people type them: 21:40, 2140, 21点40, 晚上9点半, 9 in the evening, 11:30 pm."""

import re
from dataclasses import dataclass

HOUR = 60
DAY = 24 * HOUR

_PARTS = {
    "am": "凌晨 am",
    "morning": "清晨 清早 早上 早晨 早 晨 上午 morning",
    "noon": "中午 正午 noon",
    "pm": "下午 午后 傍晚 pm afternoon",
    "evening": "晚上 晚间 晚 夜晚 evening night",
    "night": "夜里 夜间 半夜 深夜 午夜 夜 midnight",
}
_KIND = {word: kind for kind, words in _PARTS.items() for word in words.split()}
_PART = "|".join(sorted(_KIND, key=len, reverse=True))
_TIME = re.compile(
    rf"(?P<before>{_PART})?"
    r"(?P<hour>[0-9]{1,2})"
    r"(?::(?P<minute>[0-9]{2})(?::[0-9]{2})?"
    r"| ?(?P<bare>[0-9]{2})"
    r"|(?P<hours>[点时])[钟整多许过]?(?:(?P<spoken>[0-9]{1,2})分?|(?P<half>半)|(?P<quarters>[1-3])刻)?)?"
    rf"(?P<after>{_PART})?"
)
_LOOSE_SPACE = re.compile("(?<![0-9]) | (?![0-9])")
_ALONE = {"noon": 12 * HOUR, "中午": 12 * HOUR, "正午": 12 * HOUR, "midnight": DAY, "午夜": DAY}
_SMALL_HOURS = {"evening": 4, "night": 6}
"""Up to which hour the words still mean the small hours of the next day: 昨晚2点 is today at 2."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Clock:
    """Minutes after the start of the day named; past 24 h where its night runs into the next day.

    ``either`` says that the small hours of the day itself may be meant as well (今天半夜2点).
    """

    minutes: int
    either: bool = False


def read_clock(text: str) -> Clock | None:
    """The time of day that the whole text says, or None."""
    text = _LOOSE_SPACE.sub("", text)
    if text in _ALONE:
        return Clock(minutes=_ALONE[text])
    found = _TIME.fullmatch(text)
    minute = _minute_of(found) if found else None
    if not found or minute is None:
        return None
    kinds = [_KIND[part] for part in found.group("before", "after") if part]
    read = [_on_clock(int(found["hour"]), minute, kind) for kind in kinds or [""]]
    if None in read or len({clock.minutes % DAY for clock in read if clock}) > 1:
        return None
    return read[0]


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
