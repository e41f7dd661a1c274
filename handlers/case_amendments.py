"""Amendments: category, severity, place, time. What was filed stays; the case has what holds now, the log both."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.forms import Form, Question, Refused, View
from bot.i18n import _
from bot.kinds import Choice, Place, Text, options_of
from bot.messages import Button
from bot.read_kinds import Moment
from bot.registry import Conversation, Finished
from bot.turn import Turn
from handlers import case_terms, words
from handlers.case_rights import hold, pressed, say_done, say_outdated
from handlers.casework import record, signed_by
from handlers.escalation import restart
from handlers.further import tell_further
from handlers.papers import filing_due, filing_line, open_filing
from handlers.report import CATEGORY
from handlers.roles import DUTY
from models.case import WAITING, case_by_id, find_case
from models.category import ALARM, SEVERITIES
from models.obligation import paper_of, retime, waive
from models.people import Actor

COLUMNS = {
    "category": "category",
    "severity": "severity",
    "place": "place_now",
    "time": "occurred_now",
    "account": "words_now",
}
_BY_OFFICE = ("category", "severity", "place", "time")
"""The account is the reporter's own: nobody else puts other words into it."""
_RAISED = ("major", "extreme")


def press_amend(turn: Turn) -> None:
    """Begin an amendment: ``amend:FIELD:NUMBER``, or ``amend:major:NUMBER`` with the answer in it."""
    verb, number = pressed(turn)
    if verb not in _BY_OFFICE and verb not in _RAISED:
        say_outdated(turn)
        return
    case = hold(turn, number, _right(turn, verb, number))
    if case is None:
        return
    if verb == "category" and case.category == ALARM:
        turn.talks.begin(turn, "classify", params={"number": number}, answers={})
        return
    field = "severity" if verb in _RAISED else verb
    params = {"number": number, "field": field, "old": stored(case, field)}
    answers = {"new": verb} if verb in _RAISED else {}
    turn.talks.begin(turn, "amend", params=params, answers=answers)


def _right(turn: Turn, verb: str, number: str) -> str:
    """An alarm may be classified by more people than may change a category."""
    if verb != "category":
        return verb
    case = find_case(turn.conn, turn.actor.hospital.id, number)
    return "classify" if case is not None and case.category == ALARM else "category"


_AS_READ = {"time": "occurred_at", "account": "description"}


def stored(case: Any, field: str) -> str:
    """What a field of a case holds now, as amendments keep it."""
    value = getattr(case, _AS_READ.get(field, field))
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
    changed = wanted(case, field, finished)
    if not changed:
        say_unchanged(turn, case)
        return
    confirm(turn, amend(turn, case, changed, reason))


def wanted(case: Any, field: str, finished: Finished) -> dict[str, list[str]]:
    """The field with its old and its new value; nothing where they are the same. Raises Refused."""
    new, old = finished.answers["new"], stored(case, field)
    if field == "place":
        new = KINDS[field].show(new, finished.view)
    if field == "time" and datetime.fromisoformat(new) > case.discovered_at:
        raise Refused(_("That is after it was discovered. Please correct the time."))
    return {} if new == old else {field: [old, new]}


def say_unchanged(turn: Turn, case: Any) -> None:
    """Answer an amendment that amends nothing."""
    say_done(turn, case.number, _("Nothing was changed on {number}.").format(number=case.number))


@dataclass(frozen=True, kw_only=True, slots=True)
class Amended:
    """What an amendment brought: a filing owed now, one that may be needless, whether everybody was called anew, who
    hears of it only now.
    """

    case: Any
    opened: Any
    needless: Any
    restarted: bool
    told: list[Actor]


def amend(
    turn: Turn,
    case: Any,
    changed: dict[str, list[str]],
    reason: str,
    *,
    kind: str = "amended",
) -> Amended:
    """Change fields of a case: ``changed`` has the old and the new value of each; ``kind`` is the step's."""
    opened = None
    if changed.keys() & {"category", "severity"}:
        category, severity = (
            changed[field][1] if field in changed else getattr(case, field)
            for field in ("category", "severity")
        )
        by = signed_by(turn, case, kind)
        opened = _owe_filing(turn, case, by, category=category, severity=severity)
    values = {
        COLUMNS[field]: datetime.fromisoformat(new) if field == "time" else new
        for field, (_old, new) in changed.items()
    }
    record(turn, case, kind, said=reason, values=values, changed=changed)
    now = case_by_id(turn.conn, case.incident_id)
    raised = SEVERITIES.index(now.severity) > SEVERITIES.index(case.severity)
    restarted = raised and now.state in WAITING
    if restarted:
        restart(turn, now)
    needless = _needless(turn, now) if "category" in changed else None
    told = [] if restarted else tell_further(turn, case, now)
    return Amended(case=now, opened=opened, needless=needless, restarted=restarted, told=told)


def confirm(turn: Turn, amended: Amended) -> None:
    """Say that it is amended and what follows."""
    case = amended.case
    first = _("✅ {number} is amended; the old value stays in the log.").format(number=case.number)
    lines, rows = consequences(turn, amended)
    say_done(turn, case.number, "\n".join([first, *lines]), rows)


def consequences(turn: Turn, amended: Amended) -> tuple[list[str], list[list[Button]]]:
    """What follows from an amendment, for whoever sees to it."""
    lines = filing_line(amended.opened, zone=turn.actor.hospital.zone, now=turn.now)
    rows = []
    if amended.needless is not None:
        lines.append(_("📌 Its filing stays open; press below if it need not be filed."))
        rows.append([Button(_("Not reportable"), f"waive:{amended.needless.id}")])
    if amended.restarted:
        lines.append(_("Nobody has taken it yet, so everybody was called anew."))
    elif told := words.people(amended.told):
        lines.append(_("Now told as well: {people}.").format(people=told))
    return lines, rows


def _needless(turn: Turn, now: Any) -> Any:
    """A filing that the new category would not have opened: it stays until somebody says that it is not owed."""
    paper = paper_of(turn.conn, now.hospital_id, now.number)
    if paper is None or paper.submitted_at or paper.waived_at:
        return None
    due = filing_due(
        turn, now.number, now.discovered_at, category=now.category, severity=now.severity
    )
    return paper if due is None else None


def _owe_filing(turn: Turn, case: Any, by: int | None, *, category: str, severity: str) -> Any:
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
            member_id=by,
            reason=f"superseded by {wanted.code}",
        )
    return open_filing(turn, case.number, case.discovered_at, category=category, severity=severity)


AMEND = Conversation(
    name="amend", version=1, roles=DUTY, build=build_amend, complete=complete_amend
)
