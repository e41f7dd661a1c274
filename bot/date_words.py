"""Dates as people type them: 昨天, 上周五, 3月14日, 14日, 2026/3/14, 3.14, March 14, last Friday, 2 days ago."""

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from bot.numerals import WEEKDAYS

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rf"(?P<name>{'|'.join(_MONTHS)})[a-z]*\.?"
_DAY = r"(?P<d>[0-9]{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?:,? ?(?P<y>(?:19|20)[0-9]{2}))?"
_WEEKDAY = rf"(?P<w>{'|'.join(WEEKDAYS)})(?:s|nes|rs|ur)?(?:day)?\b"
_WEEKS = "个?(?:周|星期|礼拜)"
_FORMS = (
    r"(?P<y>(?:19|20)[0-9]{2}) ?[-/.年] ?(?P<m>[0-9]{1,2}) ?[-/.月] ?(?P<d>[0-9]{1,2}) ?[日号]?",
    r"(?P<y>20[0-9]{2})(?P<m>[0-9]{2})(?P<d>[0-9]{2})",
    r"(?P<before>上)个?月 ?(?P<d>[0-9]{1,2}) ?[日号]",
    r"(?P<same>这个?|本)月 ?(?P<d>[0-9]{1,2}) ?[日号]",
    r"(?P<next>下)个?月 ?(?P<d>[0-9]{1,2}) ?[日号]",
    r"(?P<m>[0-9]{1,2}) ?月 ?(?P<d>[0-9]{1,2}) ?[日号]?",
    r"(?P<m>[0-9]{1,2})[/.](?P<d>[0-9]{1,2}) ?[日号]",
    r"(?P<m>[0-9]{1,2})[-/.](?P<d>[0-9]{1,2})",
    r"(?P<d>[0-9]{1,2}) ?[日号]",
    rf"{_MONTH} ?{_DAY}{_YEAR}",
    rf"{_DAY} ?{_MONTH}{_YEAR}",
    rf"(?P<weeks>上+)个? ?{_WEEKDAY}",
    rf"{_WEEKDAY} (?P<last_week>last week)",
    rf"(?P<last>last|past) {_WEEKDAY}",
    rf"(?P<this_week>这个?|本|this) ?{_WEEKDAY}",
    rf"(?P<next_week>下)个? ?{_WEEKDAY}",
    rf"(?P<next>next) {_WEEKDAY}",
    _WEEKDAY,
    r"(?P<ago>[0-9]{1,3}) ?(?:天[之以]?前|days? ago)",
    rf"(?P<weeks_ago>[0-9]{{1,2}}) ?(?:{_WEEKS}[之以]?前|weeks? ago)",
    r"(?P<back3>大前天)",
    r"(?P<back2>前天|前日|前(?=[晚夜])|(?:the )?day before yesterday)",
    r"(?P<back1>昨天|昨日|昨(?=[早晨晚夜上中下])|yesterday|last (?=night|evening))",
    r"(?P<back0>今天|今日|今(?=[早晨晚夜])|today|this (?=morning|noon|afternoon|evening|night))",
    r"(?P<ahead1>明天|明日|明(?=[早晨晚])|tomorrow)",
    r"(?P<ahead3>大后天)",
    r"(?P<ahead2>后天|(?:the )?day after tomorrow)",
)
_AHEAD = (
    r"(?:in )?(?P<later>[0-9]{1,3}) ?(?:天[之以]?[后内]?|days?(?: later)?)",
    rf"(?:in )?(?P<weeks_later>[0-9]{{1,2}}) ?(?:{_WEEKS}[之以]?[后内]?|weeks?(?: later)?)",
    r"(?P<month_end>(?:这个?|本)?月底|(?:the )?end of (?:the |this )?month)",
    r"(?P<year_end>(?:今年|本)?年底|(?:the )?end of (?:the |this )?year)",
)
"""What says a day to come only."""
# A leading date that ends in a digit must not go on as a longer number or a clock time: 3-14:30.
_PLACED = [
    (
        re.compile(rf"(?:{form})(?:(?<![0-9])|(?![0-9:点时]))"),
        re.compile(rf"(?<![0-9.:/-])(?:{form})$"),
    )
    for form in (*_FORMS, *_AHEAD)
]
_MONTHS_AROUND = 12
_IN_DAYS = {"ago": 1, "weeks_ago": 7, "later": -1, "weeks_later": -7}
Said = Mapping[str, str | None]


@dataclass(frozen=True, kw_only=True, slots=True)
class NamedDay:
    """A day that was named, and what else the text says.

    ``again``: how many days earlier the same words name a day too: 7 for a weekday, 1 for today (for
    those who are still up at night), 0 for any other.
    """

    day: date
    rest: str
    again: int = 0


def days_in(text: str, today: date, *, ahead: bool = False) -> Iterator[NamedDay]:
    """The dates that the plain text may begin or end with, the likeliest first.

    A date without its year or month is the last such day up to today, with ``ahead`` the next one.
    """
    for leading, trailing in _PLACED if ahead else _PLACED[: len(_FORMS)]:
        found = leading.match(text) or trailing.search(text)
        day = _day_of(found.groupdict(), today, ahead=ahead) if found else None
        if found and day:
            rest = f"{text[: found.start()]} {text[found.end() :]}".strip()
            yield NamedDay(day=day, rest=rest, again=_again(found.groupdict()))


def _again(said: Said) -> int:
    if "w" in said and not any(said.get(key) for key in said.keys() - {"w"}):
        return 7
    return 1 if "back0" in said else 0


def _day_of(said: Said, today: date, *, ahead: bool) -> date | None:
    if said.get("w"):
        return today + _to_weekday(said, today, ahead=ahead)
    number = {key: int(value) for key, value in said.items() if value and value.isdecimal()}
    if "month_end" in said or "year_end" in said:
        month = today.month if "month_end" in said else 12
        return today.replace(month=month, day=monthrange(today.year, month)[1])
    if "d" not in number:
        return today - timedelta(days=_days_back(said, number))
    if name := said.get("name"):
        number["m"] = _MONTHS.index(name) + 1
    if "y" in number:
        return _date(number["y"], number["m"], number["d"])
    for key, away in (("before", -1), ("same", 0), ("next", 1)):
        if key in said:
            return _in_month(today, away, number["d"])
    return _such_day(number.get("m"), number["d"], today, ahead=ahead)


def _to_weekday(said: Said, today: date, *, ahead: bool) -> timedelta:
    """How far it is to the weekday: by the calendar week where one is named, else to the nearest."""
    wanted = WEEKDAYS.index(str(said["w"])) - today.weekday()
    by_week = {
        "weeks": lambda: wanted - 7 * len(said["weeks"] or ""),
        "last_week": lambda: wanted - 7,
        "this_week": lambda: wanted,
        "next_week": lambda: wanted + 7,
        "last": lambda: wanted % 7 - 7,
        "next": lambda: wanted % 7 or 7,
    }
    named = next((key for key in by_week if key in said), None)
    if named:
        return timedelta(days=by_week[named]())
    return timedelta(days=wanted % 7 if ahead else -(-wanted % 7))


def _days_back(said: Said, number: Mapping[str, int]) -> int:
    for key, days in _IN_DAYS.items():
        if key in number:
            return number[key] * days
    word = next(key for key, value in said.items() if value)
    return int(word.removeprefix("back")) if word.startswith("back") else -int(word[-1])


def _such_day(month: int | None, day: int, today: date, *, ahead: bool) -> date | None:
    """The nearest day of that number (in that month) within the twelve months up to or from today."""
    step = 1 if ahead else -1
    for away in range(_MONTHS_AROUND + 1):
        found = _in_month(today, step * away, day)
        if found and step * (found - today).days >= 0 and month in (None, found.month):
            return found
    return None


def _in_month(today: date, away: int, day: int) -> date | None:
    year, month0 = divmod(today.year * 12 + today.month - 1 + away, 12)
    return _date(year, month0 + 1, day)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
