"""Where the safety office takes a case: closed with its outcome, open again, called off as a false alarm."""

from collections.abc import Callable
from typing import Any

from bot.forms import Form, Question, View
from bot.i18n import _
from bot.kinds import Choice, Text, options_of
from bot.messages import Button
from bot.registry import Conversation, Finished
from bot.turn import Turn
from handlers import case_terms
from handlers.calling_off import call_off
from handlers.case_merging import MERGED, others
from handlers.case_rights import (
    hold,
    number_of,
    open_dossier,
    pressed,
    say_done,
    say_outdated,
)
from handlers.casework import move
from handlers.roles import DUTY
from models.case import OUTCOMES
from models.category import ALARM
from models.handover import list_handovers
from models.obligation import paper_of, unwaive

_LONGEST = 1000


def press_move(turn: Turn) -> None:
    """Begin the form of a move: ``move:close:NUMBER``."""
    verb, number = pressed(turn)
    if verb not in _FORMS:
        say_outdated(turn)
        return
    case = hold(turn, number, verb)
    if case is None:
        return
    if verb == "close" and case.category == ALARM:
        _ask_first(turn, number)
        return
    params: dict[str, Any] = {"number": number}
    if verb == "merge":
        params["others"] = others(turn, number)
        if not params["others"]:
            turn.toast(_("There is no other open case it could go on under."))
            return
    turn.talks.begin(turn, _FORMS[verb], params=params, answers={})


def _ask_first(turn: Turn, number: str) -> None:
    turn.say(
        _("{number} cannot be closed yet: please say what it was first.").format(number=number),
        [[Button(_("Say what it was"), f"amend:category:{number}")]],
    )


def _why(key: str, ask: Callable[[View], str], longest: int = 200) -> Question:
    return Question(key=key, kind=Text(longest=longest), ask=ask, label=lambda _view: _("reason"))


# -- close ---------------------------------------------------------------------------------------


def build_close(_params: dict[str, Any]) -> Form:
    """How it ended, and a word about it."""
    return Form(
        name="close",
        version=1,
        title=lambda view: _("close of {number}").format(number=number_of(view)),
        questions=(
            Question(
                key="outcome",
                kind=Choice(options=options_of(OUTCOMES, case_terms.outcome)),
                ask=lambda view: _("How did {number} end?").format(number=number_of(view)),
                label=lambda _view: _("outcome"),
            ),
            Question(
                key="words",
                kind=Text(longest=_LONGEST),
                ask=lambda _view: _("A word about it, or press Skip."),
                label=lambda _view: _("account"),
                optional=True,
            ),
        ),
    )


def complete_close(turn: Turn, finished: Finished) -> None:
    """Close it, and say what is still owed."""
    case = hold(turn, number_of(finished.view), "close")
    if case is None:
        return
    if case.category == ALARM:
        _ask_first(turn, case.number)
        return
    outcome = finished.answers["outcome"]
    if not move(
        turn,
        case,
        "closed",
        said=finished.answers["words"] or "",
        data={"outcome": outcome},
        outcome=outcome,
    ):
        return
    lines = [
        _("✅ {number} is closed: {outcome}.").format(
            number=case.number, outcome=case_terms.outcome(outcome)
        )
    ]
    owed, rows = _still_owed(turn, case)
    if outcome == "police" and not list_handovers(turn.conn, case.incident_id):
        lines.append(_("The hand-over itself is not noted yet."))
        rows.append([Button(_("Hand to police"), f"handover:new:{case.number}")])
    say_done(turn, case.number, "\n".join(lines + owed), rows)


def _still_owed(turn: Turn, case: Any) -> tuple[list[str], list[list[Button]]]:
    dossier = open_dossier(turn, case)
    if not dossier.owes_reports:
        return [], []
    if not dossier.paper.submitted_at:
        return [_("📌 The first report to the authority is still to be filed.")], [
            [
                Button(_("File it"), f"file:{dossier.paper.id}"),
                Button(_("Not reportable"), f"waive:{dossier.paper.id}"),
            ]
        ]
    if dossier.noted("final_report"):
        return [], []
    return [_("📌 The final report is still to be filed.")], [
        [Button(_("Final report"), f"upward:final:{case.number}")]
    ]


# -- open again ----------------------------------------------------------------------------------


def build_reopen(_params: dict[str, Any]) -> Form:
    """One question: why."""
    why = _why(
        "reason",
        lambda view: _("Why is {number} opened again?").format(number=number_of(view)),
    )
    return Form(
        name="reopen",
        version=1,
        title=lambda view: _("opening {number} again").format(number=number_of(view)),
        questions=(why,),
    )


def complete_reopen(turn: Turn, finished: Finished) -> None:
    """Open it again for somebody to take; a filing that merging had waived is owed again."""
    case = hold(turn, number_of(finished.view), "reopen")
    if case is None:
        return
    paper = paper_of(turn.conn, case.hospital_id, case.number)
    if paper is not None and (paper.waive_reason or "").startswith(MERGED):
        unwaive(turn.conn, paper.id, now=turn.now)
    # Its chain stays ended: who opens a case again is at work on it, and nobody is to be woken for it.
    done = move(
        turn,
        case,
        "reopened",
        said=finished.answers["reason"],
        lead_id=None,
        step=len(case.chain),
        outcome=None,
        merged_into=None,
    )
    if done:
        text = _("✅ {number} is open again. Who takes it?").format(number=case.number)
        say_done(turn, case.number, text, [[Button(_("I take it"), f"case:{case.number}:take")]])


# -- false alarm -----------------------------------------------------------------------------------


def build_false(_params: dict[str, Any]) -> Form:
    """One question: why."""
    why = _why(
        "reason",
        lambda view: _("Why is {number} a false alarm? The reason is kept.").format(
            number=number_of(view)
        ),
    )
    return Form(
        name="false_alarm",
        version=1,
        title=lambda view: _("false alarm {number}").format(number=number_of(view)),
        questions=(why,),
    )


def complete_false(turn: Turn, finished: Finished) -> None:
    """Call it off; whoever was on the way is told to turn back."""
    case = hold(turn, number_of(finished.view), "false")
    if case is None:
        return
    if not call_off(turn, case, said=finished.answers["reason"]):
        return
    lines = [_("✅ {number} is called off as a false alarm.").format(number=case.number)]
    paper, rows = paper_of(turn.conn, case.hospital_id, case.number), []
    if paper is not None and not paper.submitted_at and not paper.waived_at:
        lines.append(_("📌 Its filing stays open; press below if it need not be filed."))
        rows.append([Button(_("Not reportable"), f"waive:{paper.id}")])
    say_done(turn, case.number, "\n".join(lines), rows)


_FORMS = {
    "investigate": "findings",
    "close": "close",
    "reopen": "reopen",
    "merge": "merge",
    "false": "false_alarm",
}
CLOSE = Conversation(
    name="close", version=1, roles=DUTY, build=build_close, complete=complete_close
)
REOPEN = Conversation(
    name="reopen", version=1, roles=DUTY, build=build_reopen, complete=complete_reopen
)
FALSE_ALARM = Conversation(
    name="false_alarm", version=1, roles=DUTY, build=build_false, complete=complete_false
)
