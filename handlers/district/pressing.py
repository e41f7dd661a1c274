"""The buttons of the commission's screens."""

from collections.abc import Callable

from bot.i18n import _
from bot.turn import Turn
from handlers.district.averages import begin_average
from handlers.district.bulletin import begin_bulletin
from handlers.district.findings import begin_finding
from handlers.district.league import show_league
from handlers.district.learning import begin_learning
from handlers.district.overview import show_filed, show_hospital, show_overview
from handlers.district.paper import send_files, show_paper
from handlers.district.urging import urge

_ACTS: dict[str, Callable[[Turn, str, str], None]] = {
    "o": lambda turn, page, _more: show_overview(turn, page),
    "h": show_hospital,
    "f": show_filed,
    "p": lambda turn, paper, _more: show_paper(turn, paper),
    "files": lambda turn, paper, _more: send_files(turn, paper),
    "find": lambda turn, paper, _more: begin_finding(turn, paper),
    "urge": lambda turn, hospital, _more: urge(turn, hospital),
    "t": show_league,
    "learnt": lambda turn, hospital, _more: begin_learning(turn, hospital),
    "bulletin": lambda turn, _what, _more: begin_bulletin(turn),
    "average": lambda turn, _what, _more: begin_average(turn),
}


def press_district(turn: Turn) -> None:
    """``district:WHAT:OF:MORE``; ``o`` overview, ``h`` hospital, ``f`` filed, ``p`` paper, ``t`` league table."""
    what, _sep, rest = turn.incoming.data.partition(":")[2].partition(":")
    of, _sep, more = rest.partition(":")
    act = _ACTS.get(what)
    if act is None:
        turn.toast(_("This button is no longer in use. /help lists what you can do."))
        return
    act(turn, of, more)
