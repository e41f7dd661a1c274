"""A day to come, as a question: some days ahead by button, or typed as 3月20日, 3-20, in 5 days. Stored in ISO 8601."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from bot.dates import say_day
from bot.forms import Refused, Rows, StaleOption, View
from bot.i18n import _
from bot.incoming import Incoming
from bot.kinds import in_rows

_FURTHEST = timedelta(days=366)
_WORDS = {
    **dict.fromkeys(("今天", "今日", "today"), 0),
    **dict.fromkeys(("明天", "明日", "tomorrow"), 1),
    **dict.fromkeys(("后天", "day after tomorrow"), 2),
}
_DATE = re.compile(
    r"(?:(?P<y>20[0-9]{2}) ?[-/.年] ?)?(?P<m>[0-9]{1,2}) ?[-/.月] ?(?P<d>[0-9]{1,2}) ?[日号]?"
)
_AHEAD = re.compile(r"(?:in )?(?P<n>[0-9]{1,3}) ?(?:天[之以]?[后内]?|days?)")
_PLAIN = str.maketrans("０１２３４５６７８９／．－", "0123456789/.-")


def today_of(moment: datetime, zone: tzinfo) -> date:
    """The local day of a moment."""
    return moment.astimezone(zone).date()


def read_day_ahead(text: str, today: date) -> date | None:
    """The day from today to a year ahead that the whole text says, or None."""
    said = text.translate(_PLAIN).strip().lower()
    found = _said_day(said, today)
    return found if found and today <= found <= today + _FURTHEST else None


def _said_day(said: str, today: date) -> date | None:
    if said in _WORDS:
        return today + timedelta(days=_WORDS[said])
    if ahead := _AHEAD.fullmatch(said):
        return today + timedelta(days=int(ahead["n"]))
    if found := _DATE.fullmatch(said):
        month, day = int(found["m"]), int(found["d"])
        if found["y"]:
            return _date(int(found["y"]), month, day)
        years = (today.year, today.year + 1)
        days = [_date(year, month, day) for year in years]
        return next((each for each in days if each and each >= today), None)
    return None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


@dataclass(frozen=True, kw_only=True, slots=True)
class Day:
    """A day from today on."""

    ahead: tuple[int, ...] = (1, 3, 7, 14)

    def rows(self, view: View, key: str, page: int) -> Rows:
        """Each of the days ahead by its date."""
        today = today_of(view.now, view.zone)
        days = [(today + timedelta(days=n), str(n)) for n in self.ahead]
        return in_rows([(say_day(day, this_year=today.year), n) for day, n in days], 2)

    def press(self, option: str, view: View, key: str) -> str:
        """The day that many days ahead."""
        if option not in {str(n) for n in self.ahead}:
            raise StaleOption(option)
        return str(today_of(view.now, view.zone) + timedelta(days=int(option)))

    def read(self, incoming: Incoming, view: View, key: str) -> str:
        """A typed day."""
        day = read_day_ahead(incoming.text, today_of(view.now, view.zone))
        if day is None:
            raise Refused(
                _(
                    "Please write a day from today on, such as 7-10 for Jul 10. Everything so far is kept."
                )
            )
        return str(day)

    def show(self, value: object, view: View) -> str:
        """The day in words."""
        return say_day(date.fromisoformat(str(value)), this_year=today_of(view.now, view.zone).year)
