"""[更正]: whoever reported puts right what is wrong on their own record; what was there before is kept."""

from dataclasses import dataclass
from typing import Any

from bot.forms import Form, Question, Refused, View
from bot.i18n import _, use_locale
from bot.incoming import Incoming
from bot.kinds import MAX_STORY, Text
from bot.messages import Button, Buttons, Priority
from bot.registry import Conversation, Finished
from bot.turn import Turn
from handlers import case_terms, casewords, words
from handlers.adding import add
from handlers.case_amendments import (
    KINDS,
    Amended,
    amend,
    consequences,
    say_unchanged,
    stored,
    wanted,
)
from handlers.case_log import say_value
from handlers.case_rights import number_of, say_outdated
from handlers.casework import find
from handlers.faces import unnamed
from handlers.hearing import hearers
from handlers.report import DETAILS
from handlers.roles import DUTY, REPORTERS
from handlers.tidings import on_duty
from models.case import SETTLED
from models.caseload import own_records
from models.category import ALARM
from models.incident import incident_by_number
from models.masking import mask
from models.people import Actor, reachable_actor

FIELDS = ("category", "place", "time", "severity", "account")
_LISTED = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class Account(Text):
    """The whole account in words; a photo is no account, and there is a way to add one."""

    longest: int = MAX_STORY

    def read(self, incoming: Incoming, view: View, key: str) -> str:
        """The words."""
        if incoming.kind != "text":
            raise Refused(
                _(
                    'Please type the account. A photo or a voice message goes in by "Add details" afterwards.'
                )
            )
        return Text.read(self, incoming, view, key)


_KINDS: dict[str, Any] = {**KINDS, "account": Account()}


def press_correct(turn: Turn) -> None:
    """Ask what is wrong, or begin to put it right: ``correct:``, ``correct:NUMBER``, ``correct:FIELD:NUMBER``."""
    field, _sep, number = turn.incoming.data.partition(":")[2].rpartition(":")
    if not number:
        _ask_which(turn)
    elif field and field not in FIELDS:
        say_outdated(turn)
    elif (case := _own(turn, number)) is None:
        return
    elif case.state in SETTLED:
        turn.send(*_too_late(case))
    elif field:
        _begin(turn, case, field)
    else:
        _ask_what(turn, case)


def open_ones(turn: Turn) -> list[Any]:
    """The newest own records that can still be corrected."""
    found = own_records(turn.conn, turn.actor.id, limit=_LISTED)
    return [row for row in found if row.state not in SETTLED]


def _ask_which(turn: Turn) -> None:
    cells = [Button(row.number, f"correct:{row.number}") for row in open_ones(turn)]
    if not cells:
        turn.toast(_("None of your records is open: a closed one stays as it is."))
        return
    turn.say(_("Which record is wrong?"), [cells[i : i + 2] for i in range(0, len(cells), 2)])


def _own(turn: Turn, number: str) -> Any:
    """The actor's own case, held; None after saying that there is none."""
    case = find(turn, number)
    if case is not None and case.reporter_id != turn.actor.id:
        turn.toast(_("There is no such record of yours."))
        return None
    return case


def _too_late(case: Any) -> tuple[str, Buttons]:
    text = _(
        '{number} is {state} and can no longer be corrected: what was decided on stays as it was. "Add details" '
        "still works, and the safety office reads it."
    ).format(number=case.number, state=casewords.state(case.state))
    return text, [[Button(_("Add details"), f"add:{case.number}")]]


def _ask_what(turn: Turn, case: Any) -> None:
    """Everything as it stands, and a button for each."""
    fields = [field for field in FIELDS if case.category != ALARM or field != "severity"]
    lines = [_("{number}: what is wrong? It says now:").format(number=case.number)]
    lines += [
        _("{field}: {value}").format(field=case_terms.field(field), value=_now(turn, case, field))
        for field in fields
    ]
    cells = [Button(case_terms.field(f), f"correct:{f}:{case.number}") for f in fields]
    rows = [cells[i : i + 3] for i in range(0, len(cells), 3)]
    turn.send("\n".join(lines), [*rows, [Button(_("Case"), f"case:{case.number}")]])


def _now(turn: Turn, case: Any, field: str) -> str:
    """What a field says, as its own reporter reads it: in their own words, long ones by their beginning."""
    value = stored(case, field)
    if field in ("place", "account"):
        return words.brief(value, 100) or _("(no text)")
    return say_value(turn, field, value)


def _begin(turn: Turn, case: Any, field: str) -> None:
    if field == "category" and case.category == ALARM:
        turn.talks.begin(turn, "classify", params={"number": case.number}, answers={})
        return
    params = {"number": case.number, "field": field, "old": stored(case, field)}
    turn.talks.begin(turn, "correct", params=params, answers={})


# -- the form ------------------------------------------------------------------------------------


_ASKED = {question.key: question.ask for question in DETAILS}


def _ask(view: View) -> str:
    field = view.params["field"]
    now = words.brief(_KINDS[field].show(view.params["old"], view), 100) or _("(no text)")
    if field == "account":
        text = _("Please type the account anew; it takes the place of the old one.")
    elif field == "category":
        text = _("What was it?")
    else:
        text = _ASKED[field](view)
    first = _("{number}, {field} now: {value}")
    return (
        first.format(number=number_of(view), field=case_terms.field(field), value=now) + "\n" + text
    )


def _card(view: View) -> str:
    field = view.params["field"]
    kind, first = _KINDS[field], _("Please check; what you filed first is kept.")
    new = kind.show(view.answers["new"], view)
    if field == "account":
        line = _("{number}, account from now on:").format(number=number_of(view))
        return f"{first}\n{line}\n{words.account(new)}"
    line = _("{number}, {field}: {old} → {new}").format(
        number=number_of(view),
        field=case_terms.field(field),
        old=kind.show(view.params["old"], view),
        new=new,
    )
    return f"{first}\n{line}"


def build_correct(params: dict[str, Any]) -> Form:
    """What is right."""
    new = Question(
        key="new",
        kind=_KINDS[params["field"]],
        ask=_ask,
        label=lambda _view: case_terms.field(params["field"]),
    )
    return Form(
        name="correct",
        version=1,
        title=lambda view: _("correction of {number}").format(number=number_of(view)),
        questions=(new,),
        card=_card,
        submit=lambda _view: _("✅ Submit"),
    )


def complete_correct(turn: Turn, finished: Finished) -> None:
    """Keep the right value beside the old one, do what follows, and tell those who see to the case."""
    field, number = finished.view.params["field"], number_of(finished.view)
    case = _own(turn, number)
    if case is None:
        return
    if case.state in SETTLED:
        _keep_as_addition(turn, case, field, finished)
        return
    changed = wanted(case, field, finished)
    if not changed:
        say_unchanged(turn, case)
        return
    amended = amend(turn, case, changed, "", kind="corrected")
    told = words.people(_tell(turn, amended, field, *changed[field]))
    lines = [
        _("✅ {number}: {field} corrected. What you filed first is kept.").format(
            number=number, field=case_terms.field(field)
        )
    ]
    if told:
        lines.append(_("Notified: {people}.").format(people=told))
    if amended.restarted:
        lines.append(_("Nobody has taken it yet, so everybody was called anew."))
    more = Button(_("Correct more"), f"correct:{number}")
    turn.say("\n".join(lines), [[more, Button(_("Case"), f"case:{number}")]])


def _keep_as_addition(turn: Turn, case: Any, field: str, finished: Finished) -> None:
    """It was closed while the card was open: what was typed is not lost."""
    right = _KINDS[field].show(finished.answers["new"], finished.view)
    wish = _("{field}: {value}").format(field=case_terms.field(field), value=right)
    row = incident_by_number(turn.conn, turn.actor.hospital.id, case.number)
    told = add(turn, row, {"text": wish, "files": []}, draft_id=finished.draft_id)
    text, rows = _too_late(case)
    lines = [text, _("What you wrote just now is kept as details.")]
    if told:
        lines.append(_("Notified: {people}.").format(people=told))
    turn.say("\n".join(lines), rows)


def _tell(turn: Turn, amended: Amended, field: str, old: str, new: str) -> list[Actor]:
    """Tell the safety office and whoever leads, without a sound; who was told. Never who corrected it."""
    case = amended.case
    readers = {reader.id: reader for reader in on_duty(turn)}
    lead = reachable_actor(turn.conn, case.lead_id) if case.lead_id else None
    if lead is not None and lead.id != turn.actor.id:
        readers[lead.id] = lead
    told = hearers(turn.conn, case, readers.values())
    for reader in told:
        with use_locale(reader.locale):
            text, rows = _news(
                turn,
                amended,
                field,
                unnamed(case, old),
                unnamed(case, new),
                office=reader.role in DUTY,
            )
        turn.tell(reader, text, rows, priority=Priority.NOTICE, quiet=True)
    return told


def _news(
    turn: Turn, amended: Amended, field: str, old: str, new: str, *, office: bool
) -> tuple[str, Buttons]:
    number = amended.case.number
    if field == "account":
        first = _("{number}: the reporter corrected the account. Now: {new}").format(
            number=number, new=words.brief(mask(new), 200)
        )
    else:
        first = _("{number}: the reporter corrected the {field}: {old} → {new}").format(
            number=number,
            field=case_terms.field(field),
            old=say_value(turn, field, old),
            new=say_value(turn, field, new),
        )
    lines, rows = consequences(turn, amended) if office else ([], [])
    return "\n".join([first, *lines]), [*rows, [Button(_("Case"), f"case:{number}")]]


CORRECT = Conversation(
    name="correct", version=1, roles=REPORTERS, build=build_correct, complete=complete_correct
)
