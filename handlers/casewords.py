"""How a case stands, in words: its states, who comes, what happened."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from bot.i18n import N_, _, n_
from handlers import words

STATES = {
    "new": N_("nobody has taken it yet"),
    "acknowledged": N_("somebody is on it"),
    "on_scene": N_("on the scene"),
    "controlled": N_("under control"),
    "investigated": N_("investigated"),
    "closed": N_("closed"),
    "false_alarm": N_("false alarm"),
    "merged": N_("merged"),
    "reopened": N_("open again"),
}
AUDIENCES = {"on_duty": N_("those on duty")} | words.ROLES

NEWS = {
    "acknowledged": N_("{number}: your report is being dealt with ({who})."),
    "on_scene": N_("{number}: help is there ({who})."),
    "controlled": N_("{number}: the situation is under control ({who})."),
    "investigated": N_("{number}: it has been looked into ({who})."),
    "closed": N_("✅ {number} is closed ({who}). Thank you for reporting."),
    "false_alarm": N_("{number} was found to be a false alarm ({who})."),
    "merged": N_("{number} goes on under another report of the same event ({who})."),
    "reopened": N_("{number} was opened again ({who})."),
    "police_called": N_("{number}: the police have been called ({who})."),
    "coming": N_("{number}: one more colleague is on the way ({who})."),
    "scene_kept": N_("{number}: the scene is protected ({who})."),
    "police_noted": N_("{number}: the number of the police record is noted ({who})."),
    "injured": N_("{number}: an injured person is noted ({who})."),
    "injury_withdrawn": N_("{number}: an injured person was noted by mistake ({who})."),
    "first_report": N_("{number}: it was reported to the authority ({who})."),
    "not_reportable": N_("{number} need not be reported to the authority ({who})."),
    "progress_report": N_("{number}: a follow-up report went to the authority ({who})."),
    "final_report": N_("{number}: the final report went to the authority ({who})."),
    "joined": N_("{number}: another report of the same event joins yours ({who})."),
    "handed_over": N_("{number} was handed over to the police ({who})."),
    "amended": N_("{number}: a detail was put right ({who}); what you filed is kept as it was."),
}
BY_REPORTER = frozenset({"corrected", "answered"})
"""What only the one who reported can do: of a confidential record it would say who they are."""
TOLD_APART = frozenset({"asked"})
"""What the reporter reads in a message of its own."""
OTHER_NEWS = N_("{number}: something was added to your report ({who}).")
ON_CARD = frozenset(
    {
        "acknowledged",
        "coming",
        "arrived",
        "on_scene",
        "controlled",
        "false_alarm",
        "reopened",
        "police_called",
    }
)
"""What the one who raised an alarm reads on the card in their own chat already."""


def news(kind: str, *, number: str, who: str) -> str:
    """One sentence for the reporter about what was done, and by which role."""
    return _(NEWS.get(kind, OTHER_NEWS)).format(number=number, who=who)


def state(code: str) -> str:
    """A case's state."""
    return _(STATES[code])


def audience(codes: Any) -> str:
    """Whom a step of a chain is for, by role."""
    return _(", ").join(_(AUDIENCES[code]) for code in codes)


def comers(
    responses: list[Any],
    lead_id: int | None,
    clock: Callable[[datetime], str],
    *,
    alarm: bool,
) -> list[str]:
    """Who comes and who is there, a line each; the one who leads is marked. A report is dealt with, not run to."""
    lines = []
    for row in responses[:_NAMED]:
        lead = _(" (leads)") if row.member_id == lead_id and len(responses) > 1 else ""
        if row.on_scene_at:
            time = clock(row.on_scene_at)
            lines.append(_("{name} is there, {clock}").format(name=row.name, clock=time) + lead)
        else:
            goes = _("{name} is on the way") if alarm else _("{name} is dealing with it")
            lines.append(goes.format(name=row.name) + lead)
    more = len(responses) - _NAMED
    if more > 0:
        lines.append(n_("and {n} more", "and {n} more", more).format(n=more))
    return lines


def count_comers(responses: list[Any]) -> str:
    """How many come and are there, without names."""
    there = sum(1 for row in responses if row.on_scene_at)
    coming = len(responses) - there
    parts = []
    if coming:
        parts.append(_("on the way: {n}").format(n=coming))
    if there:
        parts.append(_("there: {n}").format(n=there))
    return _(", ").join(parts)


_NAMED = 3
