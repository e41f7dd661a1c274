"""A day to come, as a question: some days ahead by button, or typed as 3-20, 下周五, in 5 days. Stored in ISO 8601."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from bot.date_words import days_in
from bot.dates import say_day
from bot.forms import Refused, Rows, StaleOption, Unreadable, View
from bot.i18n import _
from bot.incoming import Incoming
from bot.kinds import in_rows
from bot.moments import LONGEST
from bot.numerals import plain

_FURTHEST = timedelta(days=366)
_BY = re.compile(r"^(?:by|before|on|until) | ?(?:之前|以前|(?<![天周期拜])前)$|[。.!?~吧的]+$")


def today_of(moment: datetime, zone: tzinfo) -> date:
    """The local day of a moment."""
    return moment.astimezone(zone).date()


def read_day_ahead(text: str, today: date) -> date | None:
    """The day from today to a year ahead that the whole text says, or None."""
    said = _BY.sub("", plain(text)).strip() if len(text) <= LONGEST else ""
    days = (each.day for each in days_in(said, today, ahead=True) if not each.rest)
    found = next(days, None)
    return found if found and today <= found <= today + _FURTHEST else None


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
        return str(_typed_day(incoming, view))

    def show(self, value: object, view: View) -> str:
        """The day in words."""
        return say_day(date.fromisoformat(str(value)), this_year=today_of(view.now, view.zone).year)


def _typed_day(incoming: Incoming, view: View) -> date:
    expected = _(
        "I did not understand this day. Please write one from today on, such as 7-10 for Jul 10. "
        "Everything so far is kept."
    )
    if incoming.kind != "text":
        raise Unreadable(expected)
    day = read_day_ahead(incoming.text, today_of(view.now, view.zone))
    if day is None:
        raise Refused(expected)
    return day


@dataclass(frozen=True, kw_only=True, slots=True)
class EveryYear:
    """A day of every year, stored as 07-10."""

    def rows(self, view: View, key: str, page: int) -> Rows:
        """No answer buttons."""
        return []

    def press(self, option: str, view: View, key: str) -> str:
        """Nothing to press."""
        raise StaleOption(option)

    def read(self, incoming: Incoming, view: View, key: str) -> str:
        """A typed day, whatever its year."""
        return f"{_typed_day(incoming, view):%m-%d}"

    def show(self, value: object, view: View) -> str:
        """The day."""
        return str(value)
