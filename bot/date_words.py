"""Dates as people type them: 昨天, 3月14日, 14日, 2026/3/14, 3.14, March 14, 2 days ago."""

import re
from datetime import date, timedelta

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rf"(?P<name>{'|'.join(_MONTHS)})[a-z]*\.?"
_DAY = r"(?P<d>[0-9]{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?:,? ?(?P<y>(?:19|20)[0-9]{2}))?"
_FORMS = (
    r"(?P<y>(?:19|20)[0-9]{2}) ?[-/.年] ?(?P<m>[0-9]{1,2}) ?[-/.月] ?(?P<d>[0-9]{1,2})[日号]?",
    r"(?P<y>20[0-9]{2})(?P<m>[0-9]{2})(?P<d>[0-9]{2})",
    r"(?P<m>[0-9]{1,2}) ?月 ?(?P<d>[0-9]{1,2})[日号]?",
    r"(?P<m>[0-9]{1,2})(?:[-/]|(?P<dot>\.))(?P<d>[0-9]{1,2})",
    r"(?P<d>[0-9]{1,2})[日号]",
    rf"{_MONTH} ?{_DAY}{_YEAR}",
    rf"{_DAY} ?{_MONTH}{_YEAR}",
    r"(?P<ago>[0-9]{1,3}) ?(?:天[之以]?前|days? ago)",
    r"(?P<back3>大前天)",
    r"(?P<back2>前天|前日|前(?=[晚夜])|day before yesterday)",
    r"(?P<back1>昨天|昨日|昨(?=[早晨晚夜上中下])|yesterday|last (?=night|evening))",
    r"(?P<back0>今天|今日|今(?=[早晨晚夜])|today|this (?=morning|noon|afternoon|evening))",
    r"(?P<ahead1>明天|明日|tomorrow)",
    r"(?P<ahead2>后天)",
)
# A leading date that ends in a digit must not go on as a longer number or a clock time: 3-14:30.
_LEADING = [re.compile(rf"(?:{form})(?:(?<![0-9])|(?![0-9:点时]))") for form in _FORMS]
_TRAILING = [re.compile(rf"(?<![0-9.:/-])(?:{form})$") for form in _FORMS]
_MONTHS_LOOKED_BACK = 12


def read_day(text: str, today: date) -> tuple[date, str] | None:
    """The date that the text begins or ends with and the text without it, or None.

    A date without its year or month is the last such day up to today.
    """
    for leading, trailing in zip(_LEADING, _TRAILING, strict=True):
        found = leading.match(text) or trailing.search(text)
        day = _day_of(found.groupdict(), today) if found else None
        if not found or not day:
            continue
        rest = f"{text[: found.start()]} {text[found.end() :]}".strip()
        # 9.30 alone may as well be half past nine.
        if rest or not found.groupdict().get("dot"):
            return day, rest
    return None


def _day_of(said: dict[str, str | None], today: date) -> date | None:
    number = {key: int(value) for key, value in said.items() if value and value.isdecimal()}
    if "d" not in number:
        return today - timedelta(days=number["ago"] if "ago" in number else _days_back(said))
    if name := said.get("name"):
        number["m"] = _MONTHS.index(name) + 1
    if "y" in number:
        return _date(number["y"], number["m"], number["d"])
    return _last_such_day(number.get("m"), number["d"], today)


def _days_back(said: dict[str, str | None]) -> int:
    word = next(key for key, value in said.items() if value)
    return int(word.removeprefix("back")) if word.startswith("back") else -int(word[-1])


def _last_such_day(month: int | None, day: int, today: date) -> date | None:
    """The last day of that number (in that month) within the twelve months up to today."""
    for back in range(_MONTHS_LOOKED_BACK + 1):
        year, month0 = divmod(today.year * 12 + today.month - 1 - back, 12)
        found = _date(year, month0 + 1, day)
        if found and found <= today and month in (None, month0 + 1):
            return found
    return None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
