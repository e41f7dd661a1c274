"""Quiet hours: when a member wants no reminders. Alarms and calls come all the same."""

from datetime import time
from typing import Any

from bot.forms import Form, Question, Refused, Unreadable, View
from bot.i18n import _
from bot.incoming import Incoming
from bot.kinds import Choice, Option
from bot.registry import Conversation, Finished
from bot.time_words import read_hours
from bot.turn import Turn
from handlers.roles import EVERYBODY
from models.quiet import quiet_of, set_quiet

_NONE, _NIGHT = "none", "night"
_USUAL = (time(22), time(7))
_LONGEST = 80


class _Hours(Choice):
    """The usual night, none at all, or hours typed as 22:00-07:00 or 晚上10点到早上7点."""

    def read(self, incoming: Incoming, view: View, key: str) -> str:
        """The typed hours."""
        if incoming.kind != "text":
            raise Unreadable
        hours = read_hours(incoming.text) if len(incoming.text) <= _LONGEST else None
        if hours is None:
            raise Refused(_("Please write it like 22:00-07:00, or press a button."))
        return f"{hours[0]:%H:%M}-{hours[1]:%H:%M}"


def _options(_view: View) -> tuple[Option, ...]:
    return (
        (_NIGHT, lambda _view: "22:00-07:00"),
        (_NONE, lambda _view: _("No quiet hours")),
    )


def press_quiet(turn: Turn) -> None:
    """Ask for the quiet hours, showing those that hold."""
    hours = quiet_of(turn.conn, [turn.actor.id]).get(turn.actor.id)
    shown = f"{hours[0]:%H:%M}-{hours[1]:%H:%M}" if hours else ""
    turn.talks.begin(turn, "quiet", params={"now": shown}, answers={})


def build_quiet(_params: dict[str, Any]) -> Form:
    """One question: from when until when."""

    def ask(view: View) -> str:
        lines = [_("When shall reminders wait? For example: 22:00-07:00.")]
        if view.params["now"]:
            lines.append(_("Now: {hours}").format(hours=view.params["now"]))
        lines.append(_("Calls for help and alarms always come at once."))
        return "\n".join(lines)

    hours = Question(
        key="hours",
        kind=_Hours(options=_options, columns=1),
        ask=ask,
        label=lambda _view: _("quiet hours"),
    )
    return Form(name="quiet", version=1, title=lambda _view: _("quiet hours"), questions=(hours,))


def complete_quiet(turn: Turn, finished: Finished) -> None:
    """Keep them."""
    chosen = finished.answers["hours"]
    if chosen == _NONE:
        set_quiet(turn.conn, turn.actor.id, None)
        turn.say(_("✅ No quiet hours: reminders come at any time."))
        return
    hours = _USUAL if chosen == _NIGHT else _read(chosen)
    set_quiet(turn.conn, turn.actor.id, hours)
    turn.say(
        _("✅ From {begin} to {end} reminders wait; alarms still come at once.").format(
            begin=f"{hours[0]:%H:%M}", end=f"{hours[1]:%H:%M}"
        )
    )


def _read(typed: str) -> tuple[time, time]:
    begin, _dash, end = typed.partition("-")
    return time.fromisoformat(begin), time.fromisoformat(end)


QUIET = Conversation(
    name="quiet", version=1, roles=EVERYBODY, build=build_quiet, complete=complete_quiet
)
