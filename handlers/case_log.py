"""The whole log of a case: every step with its time, who did it, what it was before and what was said."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from bot.dates import say_moment
from bot.i18n import N_, _, n_
from bot.messages import Button
from bot.turn import Turn
from handlers import case_terms, casewords, words
from handlers.case_actions import Dossier
from handlers.roles import DUTY
from models.masking import mask
from models.response import list_responses

_A_PAGE = 10
_OF_ACCOUNT = 60
STEPS = {
    "called": N_("Called"),
    "rung": N_("Called for help again"),
    "not_false": N_("Not a false alarm after all"),
    "acknowledged": N_("Taken"),
    "coming": N_("On the way"),
    "on_scene": N_("Help arrived"),
    "arrived": N_("Arrived"),
    "controlled": N_("Under control"),
    "investigated": N_("Findings"),
    "closed": N_("Closed"),
    "false_alarm": N_("False alarm"),
    "merged": N_("Merged"),
    "joined": N_("Another report joined"),
    "reopened": N_("Opened again"),
    "located": N_("Location sent"),
    "location_stopped": N_("Live location stopped"),
    "police_called": N_("Police called"),
    "police_noted": N_("Police number noted"),
    "police_reminded": N_("Reminded to call the police"),
    "scene_kept": N_("Scene protected"),
    "injured": N_("Injured"),
    "injury_withdrawn": N_("Injury withdrawn"),
    "amended": N_("Amended"),
    "corrected": N_("Corrected by the reporter"),
    "asked": N_("Asked the reporter"),
    "answered": N_("Answered by the reporter"),
    "first_report": N_("First report"),
    "not_reportable": N_("Need not be filed"),
    "owed_again": N_("To be filed after all"),
    "progress_report": N_("Follow-up report"),
    "final_report": N_("Final report"),
    "handed_over": N_("Handed to the police"),
    "flag_set": N_("Marked"),
    "flag_lifted": N_("Mark taken back"),
    "identity_opened": N_("Identity of the reporter opened"),
}
_OTHER = N_("Noted")
Fact = Callable[[Turn, dict[str, Any]], str]


def show_log(turn: Turn, dossier: Dossier, which: str) -> None:
    """One page of the log, the newest one unless another is asked for."""
    steps, number = dossier.steps, dossier.case.number
    pages = max(1, -(-len(steps) // _A_PAGE))
    page = int(which) if which.isdecimal() and len(which) < 4 else pages - 1
    page = min(page, pages - 1)
    first = n_(
        "{number}: {n} step, times as noted", "{number}: {n} steps, times as noted", len(steps)
    ).format(number=number, n=len(steps))
    comers = {row.member_id for row in list_responses(turn.conn, dossier.case.incident_id)}
    shown = steps[page * _A_PAGE : (page + 1) * _A_PAGE]
    lines = [_line(turn, dossier.case, step, comers) for step in shown]
    turns = []
    if page:
        turns.append(Button(_("Earlier"), f"case:{number}:log:{page - 1}"))
    if page < pages - 1:
        turns.append(Button(_("Later"), f"case:{number}:log:{page + 1}"))
    back = [Button(_("Back"), f"case:{number}:back")]
    turn.say("\n".join([first, *lines]), [turns, back] if turns else [back])


def _line(turn: Turn, case: Any, step: Any, comers: set[int]) -> str:
    parts = [f"{_moment(turn, step.at)} {_(STEPS.get(step.kind, _OTHER))}"]
    fact = _FACTS.get(step.kind)
    said = fact(turn, step.data) if fact else ""
    if said:
        parts[0] += _(": {what}").format(what=said)
    who = _who(case, step, comers)
    if who:
        parts.append(who)
    if step.words:
        parts.append(mask(step.words))
    return "· " + " · ".join(parts)


def _who(case: Any, step: Any, comers: set[int]) -> str:
    """Who did it by role and name; of a confidential record's reporter only that it was they."""
    if step.member is None:
        return ""
    as_reporter = step.member_id == case.reporter_id and step.role not in DUTY
    hidden = step.kind in casewords.BY_REPORTER or (as_reporter and step.member_id not in comers)
    if case.confidential and hidden:
        return _("a confidential reporter")
    return f"{words.role(step.role)} {step.member}"


def _moment(turn: Turn, moment: datetime) -> str:
    return say_moment(moment, zone=turn.actor.hospital.zone, now=turn.now)


# -- what a step keeps -----------------------------------------------------------------------------


def _called(_turn: Turn, data: dict[str, Any]) -> str:
    number = len(data["reached"])
    who = casewords.audience(data["notify"])
    return n_("{who} ({n} called)", "{who} ({n} called)", number).format(who=who, n=number)


def _rung(_turn: Turn, data: dict[str, Any]) -> str:
    number = len(data["called"])
    return n_("{n} person called", "{n} people called", number).format(n=number)


def _stamped(turn: Turn, data: dict[str, Any]) -> str:
    if "time" not in data:
        return ""
    new = _moment(turn, datetime.fromisoformat(data["time"]))
    if not data.get("old"):
        return new
    return _("{old} → {new}").format(
        old=_moment(turn, datetime.fromisoformat(data["old"])), new=new
    )


def say_value(turn: Turn, field: str, value: str) -> str:
    """An amended field's value in words."""
    if field == "category":
        return words.category(value)
    if field == "severity":
        return words.severity(value)
    if field == "account":
        return words.brief(mask(value), _OF_ACCOUNT) or _("(no text)")
    return _moment(turn, datetime.fromisoformat(value)) if field == "time" else mask(value)


def _amended(turn: Turn, data: dict[str, Any]) -> str:
    return _(", ").join(
        _("{field} {old} → {new}").format(
            field=case_terms.field(field),
            old=say_value(turn, field, old),
            new=say_value(turn, field, new),
        )
        for field, (old, new) in data["changed"].items()
    )


def _harmed(_turn: Turn, data: dict[str, Any]) -> str:
    return f"{case_terms.harmed(data['who'])} · {case_terms.harm(data['harm'])}"


def _filed(turn: Turn, data: dict[str, Any]) -> str:
    when = _moment(turn, datetime.fromisoformat(data["filed_at"]))
    return _("number {receipt}, {time}").format(receipt=data["receipt"], time=when)


def _handed(_turn: Turn, data: dict[str, Any]) -> str:
    files = n_("{n} file", "{n} files", data["files"]).format(n=data["files"])
    return _("{unit}, receipt {receipt}, {files}").format(
        unit=data["unit"], receipt=data["receipt"], files=files
    )


def _police(_turn: Turn, data: dict[str, Any]) -> str:
    new, old = (
        " · ".join(filter(None, [data[key + "number"], data[key + "unit"]])) for key in ("", "old_")
    )
    return _("{old} → {new}").format(old=old, new=new) if old else new


def _evidence(_turn: Turn, data: dict[str, Any]) -> str:
    return (
        n_("{n} file", "{n} files", data["files"]).format(n=data["files"])
        if data.get("files")
        else ""
    )


def _answered(turn: Turn, data: dict[str, Any]) -> str:
    """What was asked: answers come in any order."""
    return " · ".join(filter(None, [mask(data["question"]), _evidence(turn, data)]))


_FACTS: dict[str, Fact] = {
    "called": _called,
    "rung": _rung,
    "on_scene": _stamped,
    "arrived": _stamped,
    "controlled": _stamped,
    "police_called": _stamped,
    "scene_kept": _stamped,
    "police_noted": _police,
    "investigated": _evidence,
    "closed": lambda _turn, data: case_terms.outcome(data["outcome"]) if "outcome" in data else "",
    "merged": lambda _turn, data: str(data.get("into", "")),
    "joined": lambda _turn, data: str(data["number"]),
    "injured": _harmed,
    "injury_withdrawn": _harmed,
    "amended": _amended,
    "corrected": _amended,
    "answered": _answered,
    "first_report": _filed,
    "progress_report": _filed,
    "final_report": _filed,
    "handed_over": _handed,
    "flag_set": lambda _turn, data: case_terms.flag(data["flag"]),
    "flag_lifted": lambda _turn, data: case_terms.flag(data["flag"]),
}
