"""/mine: a member's own records and open drafts; adding details to one's own report."""

from datetime import datetime
from typing import Any

from bot.dates import say_moment
from bot.forms import Form, Question
from bot.i18n import _
from bot.incoming import row_of
from bot.kinds import Story
from bot.messages import Button, Priority
from bot.registry import Conversation, Finished
from bot.turn import Turn, tell_each
from handlers import casewords, words
from handlers.casework import refresh
from handlers.faces import unnamed, who_reported
from handlers.hearing import hearers, hears
from handlers.registers import labels
from handlers.roles import REPORTERS
from handlers.tidings import on_duty
from models import audit
from models.case import find_case
from models.caseload import evidence_of, own_records
from models.draft import draft_by_id, open_drafts
from models.entry import own_entries
from models.evidence import count_files
from models.incident import incident_by_number, insert_addition, list_additions
from models.masking import mask
from models.threat import own_threats

_SHOWN = 5
_AMENDED = ("category", "severity", "place", "occurred_at")


def show_mine(turn: Turn) -> None:
    """List the newest records and every open draft."""
    turn.send(*_listing(turn))


def _listing(turn: Turn) -> tuple[str, list[list[Button]]]:
    zone = turn.actor.hospital.zone
    records = [_record(row) for row in own_records(turn.conn, turn.actor.id, limit=_SHOWN)]
    records += [
        (row.reported_at, f"{row.number} {_('threat')}", "")
        for row in own_threats(turn.conn, turn.actor.id, limit=_SHOWN)
    ]
    records += [
        (row.created_at, f"{row.number} {labels.kind(row.kind)}", f"entry:{row.number}")
        for row in own_entries(turn.conn, turn.actor.id, limit=_SHOWN)
    ]
    newest = sorted(records, reverse=True)[:_SHOWN]
    lines = [_("Your newest records:") if newest else _("You have not filed anything yet.")]
    for moment, text, _data in newest:
        lines.append(f"{text} · {say_moment(moment, zone=zone, now=turn.now)}")
    drafts = open_drafts(turn.conn, turn.actor.id)
    if drafts:
        lines.append(_("Not finished yet:"))
    cases = [Button(data.partition(":")[2], data) for _moment, _text, data in newest if data]
    buttons = [cases[i : i + 2] for i in range(0, len(cases), 2)]
    for row in drafts:
        title, summary = turn.talks.describe(turn, row)
        lines.append(f"{title}: {summary}" if summary else title)
        buttons.append([Button(_("Go on: {title}").format(title=title), f"draft:{row.id}")])
    return "\n".join(lines), buttons


def _record(row: Any) -> tuple[datetime, str, str]:
    """(when, what it is and how it stands, its button) of an own record."""
    text = f"{row.number} {words.category(row.category)} · {casewords.state(row.state)}"
    return row.reported_at, text, f"case:{row.number}"


def press_draft(turn: Turn) -> None:
    """Go on with a parked draft."""
    number = row_of(turn.incoming.data.partition(":")[2])
    row = draft_by_id(turn.conn, turn.actor.id, number)
    if row is None or row.state == "discarded":
        turn.toast(_("This draft is finished or was discarded. /mine shows what is open."))
        return
    turn.talks.resume(turn, row, intro=_("Picking up where you left off."))


def press_show(turn: Turn) -> None:
    """The full text of a report, masked, for officers and administrators of its hospital."""
    number = turn.incoming.data.partition(":")[2]
    hospital_id = turn.actor.hospital.id
    row = find_case(turn.conn, hospital_id, number)
    filed = incident_by_number(turn.conn, hospital_id, number)
    if row is None or filed is None or not hears(turn.conn, row, turn.actor):
        turn.toast(_("There is no such record in your hospital."))
        return
    files = evidence_of(turn.conn, filed.id)
    turn.send("\n".join(_full_text(turn, row, filed, files)))
    for file in files:
        turn.send_file(file.kind, file.file_id)


def _full_text(turn: Turn, row: Any, filed: Any, files: list[Any]) -> list[str]:
    zone = turn.actor.hospital.zone

    def clock(moment: datetime) -> str:
        return say_moment(moment, zone=zone, now=turn.now)

    lines = [
        f"{row.number} · {words.category(row.category)} · {words.severity(row.severity)}",
        _("Place: {place}").format(place=mask(unnamed(row, row.place))),
        _("Time: {time}").format(time=clock(row.occurred_at)),
        _("Reported by: {who}").format(who=who_reported(row)),
        mask(unnamed(row, row.description)) or _("(no text)"),
    ]
    for addition in list_additions(turn.conn, filed.id):
        who = "" if addition.member_id == filed.reporter_id else f" ({words.role(addition.role)})"
        time = clock(addition.created_at) + who
        said = mask(unnamed(row, addition.words))
        lines.append(_("Added {time}: {words}").format(time=time, words=said))
    if any(getattr(row, field) != getattr(filed, field) for field in _AMENDED):
        as_filed = [words.category(filed.category), words.severity(filed.severity)]
        as_filed += [mask(unnamed(row, filed.place)), clock(filed.occurred_at)]
        lines.append(_("As filed: {words}").format(words=" · ".join(as_filed)))
    if files:
        kept = sum(file.state == "kept" for file in files)
        lines.append(_("Attached: {n}, kept safely: {kept}").format(n=len(files), kept=kept))
    return lines


# -- adding details ------------------------------------------------------------------------------


def build_addition(_params: dict[str, Any]) -> Form:
    """One question: what there is to add."""
    question = Question(
        key="what",
        kind=Story(),
        ask=lambda view: _("What do you want to add to {number}? Text, photo or voice.").format(
            number=view.params["number"]
        ),
        label=lambda _view: _("addition"),
    )
    return Form(
        name="addition",
        version=1,
        title=lambda view: _("addition to {number}").format(number=view.params["number"]),
        questions=(question,),
    )


def press_add(turn: Turn) -> None:
    """Begin adding to one's own report."""
    number = turn.incoming.data.partition(":")[2]
    row = incident_by_number(turn.conn, turn.actor.hospital.id, number)
    if row is None or row.reporter_id != turn.actor.id:
        turn.toast(_("There is no such record of yours."))
        return
    turn.talks.begin(turn, "addition", params={"number": number}, answers={})


def complete_addition(turn: Turn, finished: Finished) -> None:
    """Keep what was added beside the report and tell those on duty."""
    number, story = finished.view.params["number"], finished.answers["what"]
    hospital = turn.actor.hospital
    row: Any = incident_by_number(turn.conn, hospital.id, number)
    addition_id = insert_addition(
        turn.conn,
        incident_id=row.id,
        member_id=turn.actor.id,
        draft_id=finished.draft_id,
        words=story["text"],
        created_at=turn.now,
    )
    turn.keep_files(story["files"], subject="addition", subject_id=addition_id)
    audit.note(
        turn.conn,
        at=turn.now,
        action="incident.added_to",
        subject=number,
        hospital_id=hospital.id,
        # A confidential reporter's account stands in the record itself and nowhere else.
        member_id=None if row.confidential else turn.actor.id,
    )
    case = refresh(turn, row.id)
    files = count_files(turn.conn, "addition", addition_id)

    def card(_reader: Any) -> tuple[str, list[list[Button]]]:
        lines = [_("📝 More on {number}").format(number=number)]
        if story["text"]:
            lines.append(words.brief(mask(unnamed(case, story["text"])), 200))
        if files:
            lines.append(_("Attached: {n}").format(n=files))
        return "\n".join(lines), [[Button(_("Full text"), f"show:{number}")]]

    readers = hearers(turn.conn, case, on_duty(turn))
    tell_each(turn, readers, card, priority=Priority.NOTICE)
    told = words.people(readers)
    text = _("Added to {number}.").format(number=number)
    turn.send(f"{text}\n" + _("Notified: {people}.").format(people=told) if told else text)


ADDITION = Conversation(
    name="addition", version=1, roles=REPORTERS, build=build_addition, complete=complete_addition
)
