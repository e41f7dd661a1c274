"""The kinds of question whose answer is read from what is typed: a moment, numbers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from bot.amounts import Inexact, NotANumber, read_amounts
from bot.dates import say_moment
from bot.forms import Refused, Rows, StaleOption, Understood, Unreadable, View
from bot.i18n import _, n_
from bot.incoming import Incoming
from bot.kinds import in_rows
from bot.moments import InFuture, MomentError, Read, TooLongAgo, read_moment


def time_not_understood() -> str:
    """The one refusal of what cannot be read as a time."""
    return _(
        "I did not understand this time. Please write it like 21:40; everything so far is kept."
    )


def read_time(text: str, view: View, *, date_only_at: time = time(12)) -> Read:
    """The moment that was typed; Refused with a sentence that says what is wrong."""
    try:
        return read_moment(text, now=view.now, zone=view.zone, date_only_at=date_only_at)
    except InFuture:
        raise Refused(
            _(
                "That time is still to come. Please write when it was, such as 21:40; "
                "everything so far is kept."
            )
        ) from None
    except TooLongAgo:
        raise Refused(
            _("That is more than a year ago. Please check the year; everything so far is kept.")
        ) from None
    except MomentError:
        raise Refused(time_not_understood()) from None


@dataclass(frozen=True, kw_only=True, slots=True)
class Moment:
    """A moment in the past: typed, or one of the "minutes ago" buttons. Stored in ISO 8601."""

    minutes_ago: tuple[int, ...] = (0, 10, 30, 60)
    date_only_at: time = time(12)

    def rows(self, view: View, key: str, page: int) -> Rows:
        """Now, and some minutes ago."""
        return in_rows([(self._label(minutes), str(minutes)) for minutes in self.minutes_ago], 2)

    def _label(self, minutes: int) -> str:
        if minutes == 0:
            return _("Now")
        if minutes % 60 == 0:
            return n_("{n} hour ago", "{n} hours ago", minutes // 60).format(n=minutes // 60)
        return n_("{n} minute ago", "{n} minutes ago", minutes).format(n=minutes)

    def press(self, option: str, view: View, key: str) -> str:
        """The moment that many minutes ago."""
        if option not in {str(minutes) for minutes in self.minutes_ago}:
            raise StaleOption(option)
        return (view.now - timedelta(minutes=int(option))).isoformat()

    def read(self, incoming: Incoming, view: View, key: str) -> str | Understood:
        """A typed moment; where part of it was ours to choose, with a word on that."""
        if incoming.kind != "text":
            raise Unreadable(time_not_understood())
        found = read_time(incoming.text, view, date_only_at=self.date_only_at)
        moment = found.moment.isoformat()
        if not (found.rough or found.twice):
            return moment
        said = " ".join(incoming.text.split())
        when = say_moment(found.moment, zone=view.zone, now=view.now)
        return Understood(moment, self._note(found).format(said=said, time=when))

    @staticmethod
    def _note(found: Read) -> str:
        if found.rough:
            return _('"{said}" is noted as {time}. Change it if you know it better.')
        return _('"{said}" is noted as {time}. If it was after noon, please change it.')

    def show(self, value: Any, view: View) -> str:
        """The moment in words."""
        moment = datetime.fromisoformat(value)
        if timedelta(0) <= view.now - moment < timedelta(minutes=2):
            clock = f"{moment.astimezone(view.zone):%H:%M}"
            return _("just now ({clock})").format(clock=clock)
        return say_moment(moment, zone=view.zone, now=view.now)


@dataclass(frozen=True, kw_only=True, slots=True)
class Numbers:
    """One number or several typed side by side, of which ``needed`` must be there; buttons give fixed values.

    ``unit``: the unit of time that is asked for, such as 分钟; what is typed in another one is counted in it.
    """

    least: int = 0
    most: int = 1_000_000
    whole: bool = True
    count: int = 1
    needed: int = 1
    fixed: Sequence[tuple[str, Callable[[View], str], Any]] = ()
    example: str = "12"
    unit: str = ""

    def rows(self, view: View, key: str, page: int) -> Rows:
        """The fixed values."""
        return in_rows([(label(view), code) for code, label, _value in self.fixed], 2)

    def press(self, option: str, view: View, key: str) -> Any:
        """The fixed value behind a button."""
        for code, _label, value in self.fixed:
            if code == option:
                return value
        raise StaleOption(option)

    def read(self, incoming: Incoming, view: View, key: str) -> list[str]:
        """The typed numbers as exact decimal strings; those left out are missing at the end."""
        if incoming.kind != "text":
            raise Unreadable(self._expected(""))
        try:
            readings = read_amounts(incoming.text, unit=self.unit)
        except Inexact:
            raise Refused(self._expected(_("I need the exact number here."))) from None
        except NotANumber:
            raise Refused(self._expected(_("I did not understand this number."))) from None
        fitting = [numbers for numbers in readings if not self._unfit(numbers)]
        if not fitting:
            raise Refused(self._expected(self._unfit(readings[0])))
        if len(fitting) > 1:
            raise Refused(self._ambiguous(fitting))
        return [_written(number) for number in fitting[0]]

    def _unfit(self, numbers: list[Decimal]) -> str:
        """Why these numbers cannot be the answer; empty where they can."""
        if len(numbers) > self.count:
            return n_(
                "Only {n} number fits here.", "At most {n} numbers fit here.", self.count
            ).format(n=self.count)
        if len(numbers) < self.needed:
            return n_(
                "{n} number is needed here.", "{n} numbers are needed here.", self.needed
            ).format(n=self.needed)
        for number in numbers:
            if not self.least <= number <= self.most:
                return _("{n} does not fit here.").format(n=_written(number))
            if self.whole and number != number.to_integral_value():
                return _("A whole number is needed here, not {n}.").format(n=_written(number))
        return ""

    def _expected(self, wrong: str) -> str:
        return (
            _(
                "{wrong} Please type a number from {least} to {most}, such as {example}. Everything so far is kept."
            )
            .format(wrong=wrong, least=self.least, most=self.most, example=self.example)
            .strip()
        )

    def _ambiguous(self, readings: Sequence[list[Decimal]]) -> str:
        ways = _(" or ").join(" / ".join(map(_written, numbers)) for numbers in readings)
        return _(
            "Is that {ways}? Please put spaces between numbers and no comma within one. "
            "Everything so far is kept."
        ).format(ways=ways)

    def show(self, value: Any, view: View) -> str:
        """The numbers, or the label of the fixed value."""
        for _code, label, fixed in self.fixed:
            if fixed == value:
                return label(view)
        return " / ".join(value) if isinstance(value, list) else str(value)


def _written(number: Decimal) -> str:
    return f"{number.normalize():f}"
