"""What can be done with a case, by whom and in which state: one table for the screen's buttons and for every press."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.i18n import N_
from models.case import FLAGS, MOVES, SETTLED, STATES, WAITING
from models.category import ALARM, SEVERITIES
from models.injury import SEVERITY_BY_HARM

OFFICE, ADMIN, CALLED, REPORTER, HEAD = "office", "admin", "called", "reporter", "head"
"""What somebody can be to a case: safety office, administrator, called to it, its reporter, its department's head."""
_OFFICE = frozenset({OFFICE})
_ON_IT = frozenset({OFFICE, CALLED})
_OPEN = frozenset(STATES) - frozenset(SETTLED)
_REAL = frozenset(STATES) - {"false_alarm", "merged"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Dossier:
    """Everything the screen of a case is made from, as one reader finds it."""

    case: Any
    hats: frozenset[str]
    now: datetime
    paper: Any
    steps: list[Any]
    injuries: list[Any]
    inquiries: list[Any] = field(default_factory=list)

    @property
    def unanswered(self) -> list[Any]:
        """The questions to the reporter that nothing has answered yet, oldest first."""
        return [row for row in self.inquiries if not row.answered]

    @property
    def owes_reports(self) -> bool:
        """Whether this is a record that is filed with the authority."""
        return self.paper is not None and self.paper.waived_at is None

    def noted(self, kind: str) -> bool:
        """Whether something of this kind stands in the log."""
        return any(step.kind == kind for step in self.steps)


def always(_dossier: Dossier) -> bool:
    """For what can be done at any time."""
    return True


def never(_dossier: Dossier) -> bool:
    """For what is never done with."""
    return False


@dataclass(frozen=True, kw_only=True, slots=True)
class Action:
    """One thing that can be done: its button, for whom, in which states, while what; how it is called once done."""

    label: str
    data: str
    who: frozenset[str]
    states: frozenset[str]
    while_: Callable[[Dossier], bool] = always
    done: Callable[[Dossier], bool] = never
    again: str = ""

    def button(self, number: str) -> str:
        """What its button carries for a case."""
        return self.data.format(number=number)


def _from(new: str) -> frozenset[str]:
    return frozenset(old for old, others in MOVES.items() if new in others)


def _has(column: str) -> Callable[[Dossier], bool]:
    return lambda dossier: getattr(dossier.case, column) is not None


def _noted(kind: str) -> Callable[[Dossier], bool]:
    return lambda dossier: dossier.noted(kind)


def _concluded(dossier: Dossier) -> bool:
    return bool(dossier.case.state == "closed" and dossier.noted("final_report"))


def _unclassified(dossier: Dossier) -> bool:
    return bool(dossier.case.category == ALARM)


def _classified(dossier: Dossier) -> bool:
    return not _unclassified(dossier)


def graver(dossier: Dossier) -> str | None:
    """The severity that the injured people propose, where it is above what stands."""
    proposed = [SEVERITY_BY_HARM.get(row.harm, "general") for row in dossier.injuries]
    gravest = max(proposed, key=SEVERITIES.index, default="general")
    above = SEVERITIES.index(gravest) > SEVERITIES.index(dossier.case.severity)
    return gravest if above else None


def _graver(severity: str) -> Callable[[Dossier], bool]:
    return lambda dossier: graver(dossier) == severity


def _stamp(code: str, label: str, again: str, column: str) -> Action:
    return Action(
        label=label,
        data=f"stamp:{code}:{{number}}",
        who=_ON_IT,
        states=_OPEN,
        done=_has(column),
        again=again,
    )


def _flag(code: str, label: str, again: str) -> Action:
    return Action(
        label=label,
        data=f"flag:{code}:{{number}}",
        who=frozenset({ADMIN}),
        states=_REAL,
        done=lambda dossier: code in dossier.case.flags,
        again=again,
    )


def _office(data: str, label: str, states: frozenset[str] = _OPEN, **more: Any) -> Action:
    return Action(label=label, data=data + ":{number}", who=_OFFICE, states=states, **more)


ACTIONS: dict[str, Action] = {
    "classify": Action(
        label=N_("Say what it was"),
        data="amend:category:{number}",
        who=_ON_IT | {REPORTER},
        states=_OPEN,
        while_=_unclassified,
    ),
    "take": Action(
        label=N_("I take it"), data="case:{number}:take", who=_ON_IT, states=frozenset(WAITING)
    ),
    "major": _office("amend:major", N_("Raise to major"), while_=_graver("major")),
    "extreme": _office("amend:extreme", N_("Raise to extreme"), while_=_graver("extreme")),
    "police": _stamp("police", N_("☎️ 110 called"), N_("Police call time"), "called_police_at"),
    "arrived": _stamp("arrived", N_("Help arrived"), N_("Arrival time"), "arrived_at"),
    "controlled": _stamp("controlled", N_("Under control"), N_("Control time"), "controlled_at"),
    "ask": Action(
        label=N_("Ask the reporter"),
        data="ask:{number}",
        who=_ON_IT,
        states=frozenset(STATES),
        while_=lambda dossier: REPORTER not in dossier.hats,
    ),
    "investigate": _office("move:investigate", N_("Write findings"), _from("investigated")),
    "close": _office("move:close", N_("Close it"), _from("closed")),
    "final": _office(
        "upward:final",
        N_("Final report"),
        frozenset({"investigated", "closed"}),
        while_=lambda dossier: dossier.owes_reports,
        done=_noted("final_report"),
        again=N_("Final report again"),
    ),
    "handover": _office(
        "handover:new",
        N_("Hand to police"),
        _REAL - {"new"},
        done=_noted("handed_over"),
        again=N_("Hand over again"),
    ),
    "handed": _office(
        "handover:show",
        N_("Hand-over list"),
        frozenset(STATES),
        while_=_noted("handed_over"),
    ),
    "scene": _stamp("scene", N_("Scene protected"), N_("Scene time"), "scene_kept_at"),
    "harm": Action(label=N_("Injured people"), data="harm:list:{number}", who=_ON_IT, states=_REAL),
    "details": Action(
        label=N_("Police number"), data="stamp:details:{number}", who=_ON_IT, states=_REAL
    ),
    "progress": _office(
        "upward:progress",
        N_("Follow-up report"),
        _REAL,
        while_=lambda dossier: dossier.owes_reports and not _concluded(dossier),
    ),
    "reopen": _office("move:reopen", N_("Open again"), frozenset(SETTLED)),
    "correct": Action(
        label=N_("Correct it"),
        data="correct:{number}",
        who=frozenset({REPORTER}),
        states=_OPEN,
    ),
    "category": _office("amend:category", N_("Change category"), while_=_classified),
    "severity": _office("amend:severity", N_("Change severity")),
    "place": _office("amend:place", N_("Change place")),
    "time": _office("amend:time", N_("Change time")),
    "grave_impact": _flag("grave_impact", N_("Grave impact"), N_("Not grave impact")),
    "media_hype": _flag("media_hype", N_("Media hype"), N_("No media hype")),
    "supervised": _flag("supervised", N_("Supervised case"), N_("Not supervised")),
    "identity": Action(
        label=N_("Open identity"),
        data="identity:{number}",
        who=frozenset({ADMIN}),
        states=frozenset(STATES),
        while_=lambda dossier: bool(dossier.case.confidential),
    ),
    "merge": _office("move:merge", N_("Merge"), _from("merged")),
    "false": _office("move:false", N_("False alarm"), _from("false_alarm")),
}
"""In the order in which they are offered."""
assert set(FLAGS) <= set(ACTIONS)
