"""Amendments: category, severity, place, time. What was filed stays; the case has what holds now, the log both."""

from datetime import datetime
from typing import Any

from bot.forms import Form, Question, Refused, View
from bot.i18n import _
from bot.kinds import Choice, Moment, Place, Text, options_of
from bot.messages import Button
from bot.registry import Conversation, Finished
from bot.turn import Turn
from handlers import case_terms, words
from handlers.case_rights import hold, pressed, say_done, say_outdated
from handlers.casework import record
from handlers.escalation import restart
from handlers.further import tell_further
from handlers.papers import filing_due, filing_line, open_filing
from handlers.report import CATEGORY
from handlers.roles import DUTY
from models.case import WAITING, case_by_id, find_case
from models.category import ALARM, SEVERITIES
from models.obligation import paper_of, retime, waive

COLUMNS = {
    "category": "category",
    "severity": "severity",
    "place": "place_now",
    "time": "occurred_now",
}
_RAISED = ("major", "extreme")


def press_amend(turn: Turn) -> None:
    """Begin an amendment: ``amend:FIELD:NUMBER``, or ``amend:major:NUMBER`` with the answer in it."""
    verb, number = pressed(turn)
    if verb not in COLUMNS and verb not in _RAISED:
        say_outdated(turn)
        return
    case = hold(turn, number, _right(turn, verb, number))
    if case is None:
        return
    if verb == "category" and case.category == ALARM:
        turn.talks.begin(turn, "classify", params={"number": number}, answers={})
        return
    field = "severity" if verb in _RAISED else verb
    params = {"number": number, "field": field, "old": _stored(case, field)}
    answers = {"new": verb} if verb in _RAISED else {}
    turn.talks.begin(turn, "amend", params=params, answers=answers)


def _right(turn: Turn, verb: str, number: str) -> str:
    """An alarm may be classified by more people than may change a category."""
    if verb != "category":
        return verb
    case = find_case(turn.conn, turn.actor.hospital.id, number)
    return "classify" if case is not None and case.category == ALARM else "category"


def _stored(case: Any, field: str) -> str:
    value = case.occurred_at if field == "time" else getattr(case, field)
    return value.isoformat() if isinstance(value, datetime) else str(value)


# -- the form ------------------------------------------------------------------------------------


KINDS: dict[str, Any] = {
    "category": CATEGORY.kind,
    "severity": Choice(options=options_of(SEVERITIES, words.severity)),
    "place": Place(),
    "time": Moment(),
}


def _ask(view: View) -> str:
    field = view.params["field"]
    old = KINDS[field].show(view.params["old"], view)
    return _("{number}: which {field} is right? Now: {old}").format(
        number=view.params["number"], field=case_terms.field(field), old=old
    )


def build_amend(params: dict[str, Any]) -> Form:
    """What is right, and why it is changed."""
    kind = KINDS[params["field"]]
    new = Question(
        key="new",
        kind=kind,
        ask=_ask,
        label=lambda _view: case_terms.field(params["field"]),
    )
    reason = Question(
        key="reason",
        kind=Text(longest=200),
        ask=lambda _view: _("Why is it changed? The reason is kept with the old value."),
        label=lambda _view: _("reason"),
    )

    def card(view: View) -> str:
        lines = [
            _("Please check; what was filed stays in the log."),
            _("{number}, {field}: {old} → {new}").format(
                number=params["number"],
                field=case_terms.field(params["field"]),
                old=kind.show(params["old"], view),
                new=kind.show(view.answers["new"], view),
            ),
            _("Reason: {reason}").format(reason=view.answers["reason"]),
        ]
        return "\n".join(lines)

    return Form(
        name="amend",
        version=1,
        title=lambda _view: _("amendment of {number}").format(number=params["number"]),
        questions=(new, reason),
        card=card,
        submit=lambda _view: _("✅ Submit"),
    )


def complete_amend(turn: Turn, finished: Finished) -> None:
    """Keep the new value, the old one and the reason, and do what follows from it."""
    params, reason = finished.view.params, finished.answers["reason"]
    field = params["field"]
    case = hold(turn, params["number"], field)
    if case is None:
        return
    new = finished.answers["new"]
    if field == "place":
        new = KINDS[field].show(new, finished.view)
    old = _stored(case, field)
    if new == old:
        say_done(
            turn, case.number, _("Nothing was changed on {number}.").format(number=case.number)
        )
        return
    if field == "time" and datetime.fromisoformat(new) > case.discovered_at:
        raise Refused(_("That is after it was discovered. Please correct the time."))
    amend(turn, case, {field: [old, new]}, reason)


def amend(turn: Turn, case: Any, changed: dict[str, list[str]], reason: str) -> None:
    """Change fields of a case: ``changed`` has the old and the new value of each."""
    opened = None
    if changed.keys() & {"category", "severity"}:
        category, severity = (
            changed[field][1] if field in changed else getattr(case, field)
            for field in ("category", "severity")
        )
        opened = _owe_filing(turn, case, category=category, severity=severity)
    values = {
        COLUMNS[field]: datetime.fromisoformat(new) if field == "time" else new
        for field, (_old, new) in changed.items()
    }
    record(turn, case, "amended", said=reason, values=values, changed=changed)
    lines = [
        _("✅ {number} is amended; the old value stays in the log.").format(number=case.number)
    ]
    lines += filing_line(opened, zone=turn.actor.hospital.zone, now=turn.now)
    rows = _needless(turn, case, changed, lines)
    now = case_by_id(turn.conn, case.incident_id)
    raised = SEVERITIES.index(now.severity) > SEVERITIES.index(case.severity)
    if raised and now.state in WAITING:
        restart(turn, now)
        lines.append(_("Nobody has taken it yet, so everybody was called anew."))
    elif told := words.people(tell_further(turn, case, now)):
        lines.append(_("Now told as well: {people}.").format(people=told))
    say_done(turn, case.number, "\n".join(lines), rows)


def _needless(
    turn: Turn, case: Any, changed: dict[str, list[str]], lines: list[str]
) -> list[list[Button]]:
    """A filing that the new category would not have opened stays until somebody says that it is not owed."""
    paper = paper_of(turn.conn, case.hospital_id, case.number)
    if "category" not in changed or paper is None:
        return []
    now = {"category": changed["category"][1], "severity": case.severity}
    if filing_due(turn, case.number, case.discovered_at, **now) is not None:
        return []
    if paper.submitted_at or paper.waived_at:
        return []
    lines.append(_("📌 Its filing stays open; press below if it need not be filed."))
    return [[Button(_("Not reportable"), f"waive:{paper.id}")]]


def _owe_filing(turn: Turn, case: Any, *, category: str, severity: str) -> Any:
    """The filing that the record owes as it is now, where that is news; None where nothing changes.

    One filing a record: of two limits the shorter one, and never a longer one than stands.
    """
    wanted = filing_due(turn, case.number, case.discovered_at, category=category, severity=severity)
    paper = paper_of(turn.conn, case.hospital_id, case.number)
    if wanted is None or (paper is not None and paper.submitted_at):
        return None
    if paper is not None and paper.code == wanted.code:
        if paper.waived_at or wanted.due_at >= paper.due_at:
            return None
        retime(turn.conn, paper.id, wanted)
        return paper_of(turn.conn, case.hospital_id, case.number)
    if paper is not None and not paper.waived_at:
        if wanted.due_at >= paper.due_at:
            return None
        waive(
            turn.conn,
            paper.id,
            now=turn.now,
            member_id=turn.actor.id,
            reason=f"superseded by {wanted.code}",
        )
    return open_filing(turn, case.number, case.discovered_at, category=category, severity=severity)


AMEND = Conversation(
    name="amend", version=1, roles=DUTY, build=build_amend, complete=complete_amend
)
