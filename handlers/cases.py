"""The screen of a case: what it is, what is waited for, and what whoever reads it may do now."""

from typing import Any

from bot.dates import say_moment
from bot.i18n import N_, _, n_
from bot.messages import Button, Buttons
from bot.turn import Turn
from handlers import case_terms, casewords, words
from handlers.case_actions import CALLED, OFFICE, REPORTER, Dossier
from handlers.case_log import show_log
from handlers.case_rights import hats, hold, offered, open_dossier
from handlers.casework import find
from handlers.faces import unnamed
from handlers.papers import filing_line
from handlers.responding import come
from models.case import SETTLED
from models.category import ALARM, BY_CODE
from models.masking import mask
from models.response import list_responses

_OF_QUESTION = 60
_FIRST = 4
"""So many buttons stand on the first page; the others behind one."""
_WAITS = {
    "new": N_("waits for somebody to take it"),
    "acknowledged": N_("somebody is on it, not there yet"),
    "on_scene": N_("help is there, not under control yet"),
    "controlled": N_("under control, waits for findings"),
    "investigated": N_("looked into, waits to be closed"),
    "false_alarm": N_("false alarm"),
    "reopened": N_("open again, waits for somebody to take it"),
}
_STAMPS = {
    "police": "called_police_at",
    "arrived": "arrived_at",
    "controlled": "controlled_at",
    "scene": "scene_kept_at",
}


def press_case(turn: Turn) -> None:
    """Show a case, what else can be done with it, or its whole log: ``case:NUMBER[:take|more|back|log[:PAGE]]``."""
    number, _sep, page = turn.incoming.data.partition(":")[2].partition(":")
    case = find(turn, number)
    if case is None:
        return
    if not hats(turn, case):
        turn.toast(_("This case is not yours to read. The safety office can bring you in."))
        return
    dossier = open_dossier(turn, case)
    what, _sep, which = page.partition(":")
    if what == "log" and OFFICE in dossier.hats:
        show_log(turn, dossier, which)
    elif what == "take":
        _take(turn, number)
    elif what == "more":
        turn.say(screen(turn, dossier), _more(dossier))
    elif what == "back":
        turn.say(screen(turn, dossier), _buttons(dossier))
    else:
        # Cards change in place by themselves: the screen never takes their message.
        turn.send(screen(turn, dossier), _buttons(dossier))


def _take(turn: Turn, number: str) -> None:
    """Take the case, and show how it stands then."""
    case = hold(turn, number, "take")
    if case is not None:
        come(turn, case)
        dossier = open_dossier(turn, find(turn, number))
        turn.say(screen(turn, dossier), _buttons(dossier))


# -- text ----------------------------------------------------------------------------------------


def screen(turn: Turn, dossier: Dossier) -> str:
    """How the case stands, in at most eight lines."""
    case, insider = dossier.case, bool(dossier.hats & {OFFICE, CALLED})
    where = mask(unnamed(case, case.place))
    lines = [headline(case), f"{where} · {_moment(turn, case.occurred_at)}"]
    if case.category == ALARM and case.state not in SETTLED:
        lines.append(_("⚠️ Please say what it was; until then it cannot be closed."))
    lines += _people(turn, dossier)
    lines += _stamps(turn, case)
    if insider:
        lines += _details(case)
        if dossier.injuries:
            hurt = case_terms.casualties(dossier.injuries)
            lines.append(_("Injured: {people}").format(people=hurt))
    lines += _questions(dossier)
    if OFFICE in dossier.hats:
        lines += _reports(turn, dossier)
        lines += _marks(case)
    return "\n".join(lines)


def headline(case: Any) -> str:
    """What it is and what is waited for."""
    if case.state == "closed":
        waits = _("closed ({outcome})").format(outcome=case_terms.outcome(case.outcome or "none"))
    elif case.state == "merged":
        waits = _("goes on under {number}").format(number=case.merged_number)
    else:
        waits = _(_WAITS[case.state])
    return _("{number} · {kind}: {waits}").format(
        number=case.number, kind=case_terms.kind(case), waits=waits
    )


def _moment(turn: Turn, moment: Any) -> str:
    return say_moment(moment, zone=turn.actor.hospital.zone, now=turn.now)


def _people(turn: Turn, dossier: Dossier) -> list[str]:
    case = dossier.case
    responses = list_responses(turn.conn, case.incident_id)
    if not responses:
        return []
    counted = casewords.count_comers(responses)
    lead = next((row.name for row in responses if row.member_id == case.lead_id), None)
    if lead and dossier.hats & {OFFICE, CALLED}:
        return [_("Leads: {name}; {count}").format(name=lead, count=counted)]
    return [_("Responders: {count}").format(count=counted)]


def _stamps(turn: Turn, case: Any) -> list[str]:
    set_ones = [
        f"{case_terms.stamp(code)} {_moment(turn, getattr(case, column))}"
        for code, column in _STAMPS.items()
        if getattr(case, column)
    ]
    lines = [" · ".join(set_ones)] if set_ones else []
    violent = BY_CODE[case.category].group == "violence" and case.state not in SETTLED
    if violent and not case.called_police_at:
        lines.append(_("☎️ No police call is noted yet: dial 110."))
    return lines


def _details(case: Any) -> list[str]:
    parts = [case.police_number, case.police_unit]
    if not any(parts):
        return []
    return [_("Police: {details}").format(details=" · ".join(filter(None, parts)))]


def _questions(dossier: Dossier) -> list[str]:
    """The oldest question to the reporter that waits: to the reporter, and to those who act."""
    waiting = [row for row in dossier.unanswered if row.delivery != "dead"]
    lost = [row for row in dossier.unanswered if row.delivery == "dead"]
    if not dossier.unanswered or not dossier.hats & {REPORTER, OFFICE, CALLED}:
        return []
    asked = words.brief(mask((waiting or lost)[0].words), _OF_QUESTION)
    if REPORTER in dossier.hats:
        count = len(dossier.unanswered)
        text = n_("You are asked: {words}", "You are asked {n} things, first: {words}", count)
    elif waiting:
        count = len(waiting)
        text = n_(
            "Not answered yet: {words}", "Not answered yet: {n} questions, first: {words}", count
        )
    else:
        return [_("Could not be delivered to the reporter: {words}").format(words=asked)]
    return [text.format(n=count, words=asked)]


def _reports(turn: Turn, dossier: Dossier) -> list[str]:
    paper = dossier.paper
    if paper is None:
        return []
    if paper.waived_at:
        return [_("Need not be filed with the authority.")]
    if not paper.submitted_at:
        return filing_line(paper, zone=turn.actor.hospital.zone, now=turn.now)
    parts = [_("First report filed {time}").format(time=_moment(turn, paper.submitted_at))]
    more = sum(step.kind == "progress_report" for step in dossier.steps)
    if more:
        parts.append(n_("{n} follow-up", "{n} follow-ups", more).format(n=more))
    if dossier.noted("final_report"):
        parts.append(_("final report filed"))
    elif dossier.case.state == "closed":
        parts.append(_("final report still missing"))
    return [" · ".join(parts)]


def _marks(case: Any) -> list[str]:
    marks = [case_terms.flag(code) for code in case.flags]
    if case.confidential:
        marks.append(_("reported confidentially"))
    return [" · ".join(marks)] if marks else []


# -- buttons -------------------------------------------------------------------------------------


def _split(dossier: Dossier) -> tuple[list[Button], list[Button]]:
    """(first page, behind the button)."""
    to_do, others = offered(dossier)
    paper = dossier.paper
    if OFFICE in dossier.hats and dossier.owes_reports and not paper.submitted_at:
        to_do.insert(_FIRST - 1, Button(_("File it"), f"file:{paper.id}"))
        others.append(Button(_("Not reportable"), f"waive:{paper.id}"))
    if REPORTER in dossier.hats:
        to_do.insert(0, Button(_("Add details"), f"add:{dossier.case.number}"))
        if dossier.unanswered:
            to_do.insert(0, Button(_("Answer it"), f"answer:{dossier.unanswered[0].id}"))
    return to_do[:_FIRST], to_do[_FIRST:] + others


def _in_pairs(buttons: list[Button]) -> list[list[Button]]:
    return [buttons[i : i + 2] for i in range(0, len(buttons), 2)]


def _buttons(dossier: Dossier) -> Buttons:
    number = dossier.case.number
    first, rest = _split(dossier)
    rows = _in_pairs(first)
    if OFFICE in dossier.hats:
        whole = Button(_("Whole log"), f"case:{number}:log")
        rows.append([whole, Button(_("Full text"), f"show:{number}")])
    if rest:
        rows.append([Button(_("More…"), f"case:{number}:more")])
    return rows


def _more(dossier: Dossier) -> Buttons:
    _first, rest = _split(dossier)
    return [*_in_pairs(rest), [Button(_("Back"), f"case:{dossier.case.number}:back")]]
