"""What is done about a threat with one press: others told, an escort arranged, a form begun."""

from collections.abc import Callable
from typing import Any

from bot.dates import say_moment
from bot.i18n import N_, _
from bot.messages import Button, Buttons, Priority
from bot.turn import Turn, tell_each
from handlers import threat_words, words
from handlers.threat_hearing import is_about, not_about
from handlers.threat_news import step_button, tell_reporter
from handlers.threat_reading import show_ready_text
from handlers.tidings import on_duty
from models import audit
from models.duty import open_duty
from models.threat import (
    add_step,
    list_steps,
    threat_by_number,
)

LIVE = ("open", "expired")
"""States in which a threat can be renewed or ended."""


def press_step(turn: Turn) -> None:
    """Do what a button below a threat says."""
    verb, _sep, number = turn.incoming.data.partition(":")[2].partition(":")
    row = threat_by_number(turn.conn, turn.actor.hospital.id, number)
    if row is None or is_about(turn.house.cipher, row, turn.actor):
        turn.toast(_("There is no such record in your hospital."))
    elif verb not in _ACTS:
        turn.toast(_("This button is out of use. Please open the threat again."))
    else:
        _ACTS[verb](turn, row)


# -- noted with one press --------------------------------------------------------------------------


_TOLD = {
    "police_told": (
        N_("Noted: the police were told of {number}."),
        N_("Your report {number}: the police have been told."),
    ),
    "commission_told": (
        N_("Noted: the health commission was told of {number}."),
        N_("Your report {number}: the health commission has been told."),
    ),
}


def _mark(kind: str) -> Callable[[Turn, Any], None]:
    """Note that somebody outside was told: said to whoever presses and to the reporter."""
    here, there = _TOLD[kind]

    def mark(turn: Turn, row: Any) -> None:
        if _noted(turn, row, kind):
            turn.send(_(here).format(number=row.number))
            tell_reporter(turn, row, lambda _reader: _(there).format(number=row.number))

    return mark


def _noted(turn: Turn, row: Any, kind: str, code: str | None = None) -> bool:
    """Note a step that is taken once; whoever comes second hears who was first."""
    if not add_step(
        turn.conn, row.id, kind, at=turn.now, member_id=turn.actor.id, code=code, reason_sealed=None
    ):
        _say_done(turn, row, kind)
        return False
    log_step(turn, row, kind)
    return True


def _say_done(turn: Turn, row: Any, kind: str) -> None:
    first = next(step for step in list_steps(turn.conn, row.id) if step.kind == kind)
    turn.toast(
        _("Noted already: {what}, {time}, by the {role}.").format(
            what=threat_words.step(kind),
            time=say_moment(first.at, zone=turn.actor.hospital.zone, now=turn.now),
            role=words.role(first.role),
        )
    )


def log_step(turn: Turn, row: Any, kind: str, **detail: Any) -> None:
    """Write into the audit what was done about a threat."""
    audit.note(
        turn.conn,
        at=turn.now,
        action=f"threat.{kind}",
        subject=row.number,
        hospital_id=row.hospital_id,
        member_id=turn.actor.id,
        **detail,
    )


# -- escort ----------------------------------------------------------------------------------------


def _ask_escort(turn: Turn, row: Any) -> None:
    if not row.escort:
        turn.toast(_("No escort was asked for with {number}.").format(number=row.number))
    elif any(step.kind == "escorted" for step in list_steps(turn.conn, row.id)):
        _say_done(turn, row, "escorted")
    else:
        turn.send(
            _(
                "Who escorts the reporter of {number}? Arrange it first: the press tells them at once."
            ).format(number=row.number),
            [[step_button(row, "escort_guard"), step_button(row, "escort_me")]],
        )


def _escort_guard(turn: Turn, row: Any) -> None:
    _arrange(turn, row, "guard")


def _escort_me(turn: Turn, row: Any) -> None:
    _arrange(turn, row, turn.actor.role)


def _arrange(turn: Turn, row: Any, role: str) -> None:
    if row.escort:
        arrange_escort(turn, row, role)
    else:
        _ask_escort(turn, row)


def arrange_escort(turn: Turn, row: Any, role: str) -> bool:
    """Note who escorts and tell the reporter; False, after saying so, where somebody does already."""
    if not _noted(turn, row, "escorted", role):
        return False

    def sentence(_reader: Any) -> str:
        return _(
            "Your report {number}: the {role} is coming to escort you, to the place you gave."
        ).format(number=row.number, role=words.role(role))

    told = tell_reporter(turn, row, sentence)
    text = _("Noted: the {role} escorts the reporter of {number}.").format(
        role=words.role(role), number=row.number
    )
    if not told and row.reporter_id != turn.actor.id:
        text += "\n" + _("I could not reach the reporter: please go to the place at once.")
    turn.send(text)
    return True


def press_escort(turn: Turn) -> None:
    """A guard on duty goes: noted once, told to the reporter and to the safety office."""
    number = turn.incoming.data.partition(":")[2]
    row = threat_by_number(turn.conn, turn.actor.hospital.id, number)
    if open_duty(turn.conn, turn.actor.id) is None:
        turn.toast(_("You are off duty. Sign on first, then press again."))
    elif row is None or not row.escort or is_about(turn.house.cipher, row, turn.actor):
        turn.toast(_("There is no such record in your hospital."))
    elif arrange_escort(turn, row, turn.actor.role):
        office = not_about(turn.house.cipher, row, on_duty(turn))
        tell_each(turn, office, lambda _reader: _gone(row), priority=Priority.NOTICE)


def _gone(row: Any) -> tuple[str, Buttons]:
    text = _("{number}: a guard on duty goes to escort the reporter.").format(number=row.number)
    return text, [[Button(_("Read it"), f"threat:{row.number}")]]


# -- with a reason: a form begins ------------------------------------------------------------------


def _begin(form: str, among: tuple[str, ...]) -> Callable[[Turn, Any], None]:
    def begin(turn: Turn, row: Any) -> None:
        if row.state not in among:
            say_moved(turn, row)
            return
        turn.talks.begin(turn, form, params={"number": row.number}, answers={})

    return begin


def say_moved(turn: Turn, row: Any) -> None:
    """Say that somebody was quicker."""
    turn.toast(
        _("{number} is {state} by now; nothing was changed.").format(
            number=row.number, state=threat_words.state(row.state)
        )
    )


_ACTS: dict[str, Callable[[Turn, Any], None]] = {
    "renew": _begin("threat_renew", LIVE),
    "end": _begin("threat_end", LIVE),
    "level": _begin("threat_level", ("open",)),
    "text": show_ready_text,
    "police": _mark("police_told"),
    "commission": _mark("commission_told"),
    "escort": _ask_escort,
    "escort_guard": _escort_guard,
    "escort_me": _escort_me,
}
