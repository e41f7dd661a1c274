"""Who may do what with a case: checked when its screen is shown and again at every press."""

from collections.abc import Sequence
from typing import Any

from bot.forms import View
from bot.i18n import _
from bot.messages import Button
from bot.turn import Turn
from handlers.case_actions import ACTIONS, ADMIN, CALLED, HEAD, OFFICE, REPORTER, Dossier
from handlers.casework import find, say_how_it_stands
from handlers.hearing import hears
from handlers.roles import ADMINS, DUTY
from models.card import was_called
from models.case import list_steps
from models.injury import list_injuries
from models.inquiry import list_inquiries
from models.obligation import paper_of


def hats(turn: Turn, case: Any) -> frozenset[str]:
    """What the actor is to a case; nothing for somebody who has no part in it."""
    actor = turn.actor
    if not hears(turn.conn, case, actor):
        # Also with a card of it from before: whom it blames reads nothing more of it.
        return frozenset({REPORTER}) if actor.id == case.reporter_id else frozenset()
    head = actor.role == "head" and actor.department_id == case.department_id
    worn = {
        OFFICE: actor.role in DUTY,
        ADMIN: actor.role in ADMINS,
        CALLED: was_called(turn.conn, case.incident_id, actor.id),
        REPORTER: actor.id == case.reporter_id,
        # A confidential record may be about the department, and its head would know who works there.
        HEAD: head and case.department_id is not None and not case.confidential,
    }
    return frozenset(hat for hat, on in worn.items() if on)


def open_dossier(turn: Turn, case: Any) -> Dossier:
    """Read everything about a case for the actor."""
    return Dossier(
        case=case,
        hats=hats(turn, case),
        now=turn.now,
        paper=paper_of(turn.conn, case.hospital_id, case.number),
        steps=list_steps(turn.conn, case.incident_id),
        injuries=list_injuries(turn.conn, case.incident_id),
        inquiries=list_inquiries(turn.conn, case.incident_id),
    )


def offered(dossier: Dossier) -> tuple[list[Button], list[Button]]:
    """(what is still to do, what else can be done) by this reader now."""
    open_ones, others = [], []
    for action in ACTIONS.values():
        if not action.who & dossier.hats or dossier.case.state not in action.states:
            continue
        if not action.while_(dossier):
            continue
        data = action.button(dossier.case.number)
        if not action.done(dossier):
            open_ones.append(Button(_(action.label), data))
        elif action.again:
            others.append(Button(_(action.again), data))
    return open_ones, others


def hold(turn: Turn, number: str, verb: str) -> Any:
    """The case, held, if the actor may do this with it now; None after saying why not."""
    case = find(turn, number)
    if case is None:
        return None
    action = ACTIONS[verb]
    if not action.who & hats(turn, case):
        turn.toast(_("This case is not yours to change; the safety office can help."))
    elif case.state not in action.states:
        say_how_it_stands(turn, case)
    else:
        return case
    return None


def pressed(turn: Turn) -> tuple[str, str]:
    """(verb, the rest) of a button such as ``stamp:police:QP01-2026-0007``."""
    verb, _sep, rest = turn.incoming.data.partition(":")[2].partition(":")
    return verb, rest


def number_of(view: View) -> str:
    """The number of the case that a form is about."""
    return str(view.params["number"])


def say_outdated(turn: Turn) -> None:
    """Answer a button that no version has."""
    turn.toast(_("This button is no longer in use. /help lists what you can do."))


def say_done(turn: Turn, number: str, text: str, rows: Sequence[Sequence[Button]] = ()) -> None:
    """Confirm, with the way back to the case."""
    turn.say(text, [*rows, [Button(_("Case"), f"case:{number}")]])
