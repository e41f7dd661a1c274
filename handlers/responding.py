"""The buttons under an alarm: coming, there, under control, false alarm, the police called."""

from typing import Any

from bot.i18n import _
from bot.turn import Turn
from handlers.calling_off import call_off, take_back
from handlers.casework import find, may_act, move, record, say_how_it_stands
from handlers.relay import pin
from handlers.roles import DUTY
from models.case import MOVES, SETTLED, WAITING, take_lead
from models.response import add_response, list_responses, note_arrival


def press_act(turn: Turn) -> None:
    """Do what a card's button says: ``act:VERB:NUMBER``."""
    _kind, _sep, rest = turn.incoming.data.partition(":")
    verb, _sep, number = rest.partition(":")
    case = find(turn, number)
    if case is None:
        return
    act = _ACTS.get(verb)
    if act is None:
        turn.toast(_("This button is no longer in use. /help lists what you can do."))
    elif verb not in _REPORTERS_TOO and not may_act(turn, case):
        turn.toast(_("You were not called to this case; the safety office can bring you in."))
    elif case.state in SETTLED and verb != "again":
        say_how_it_stands(turn, case)
    else:
        act(turn, case)


def come(turn: Turn, case: Any) -> None:
    """Note that the actor goes; of those who go the first one leads."""
    if case.reporter_id == turn.actor.id and case.kind == "alarm":
        turn.toast(_("You raised this alarm yourself. Stay safe; those called will come."))
        return
    fresh = add_response(turn.conn, case.incident_id, turn.actor.id, now=turn.now)
    take_lead(turn.conn, case.incident_id, turn.actor.id)
    if case.state in WAITING:
        move(turn, case, "acknowledged")
    elif fresh:
        record(turn, case, "coming")
    else:
        turn.toast(_("You are on this case already. Press the next button when you are there."))
        return
    pin(turn, case, turn.actor)


def _arrive(turn: Turn, case: Any) -> None:
    add_response(turn.conn, case.incident_id, turn.actor.id, now=turn.now)
    take_lead(turn.conn, case.incident_id, turn.actor.id)
    if not note_arrival(turn.conn, case.incident_id, turn.actor.id, now=turn.now):
        turn.toast(_("It is noted already that you are there."))
    elif "on_scene" in MOVES[case.state]:
        move(turn, case, "on_scene", arrived_at=turn.now)
    else:
        record(turn, case, "arrived")


def _calm(turn: Turn, case: Any) -> None:
    answered = {row.member_id for row in list_responses(turn.conn, case.incident_id)}
    if turn.actor.id not in answered and turn.actor.role not in DUTY:
        turn.toast(_('Please press "I\'m coming" or "I\'m there" first.'))
        return
    take_lead(turn.conn, case.incident_id, turn.actor.id)
    move(turn, case, "controlled", controlled_at=turn.now)


def _call_off(turn: Turn, case: Any) -> None:
    if _may_call_off(turn, case):
        call_off(turn, case)
        return
    turn.toast(
        _(
            "Only the one who called, somebody on the scene or the safety office can call it a false alarm."
        )
    )


def _may_call_off(turn: Turn, case: Any) -> bool:
    if turn.actor.role in DUTY or case.reporter_id == turn.actor.id:
        return True
    there = [row for row in list_responses(turn.conn, case.incident_id) if row.on_scene_at]
    return any(row.member_id == turn.actor.id for row in there)


def _take_back(turn: Turn, case: Any) -> None:
    if case.state != "false_alarm":
        say_how_it_stands(turn, case)
    elif not _may_call_off(turn, case):
        turn.toast(_("You were not called to this case; the safety office can bring you in."))
    else:
        take_back(turn, case)


def _call_police(turn: Turn, case: Any) -> None:
    if case.called_police_at:
        turn.toast(_("It is noted already that the police were called."))
    else:
        record(turn, case, "police_called", values={"called_police_at": turn.now})


_ACTS = {
    "coming": come,
    "here": _arrive,
    "calm": _calm,
    "false": _call_off,
    "again": _take_back,
    "police": _call_police,
}
_REPORTERS_TOO = ("false", "again")
