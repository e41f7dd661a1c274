"""/mine: a member's own records and open drafts; the full text of a report."""

from datetime import datetime
from typing import Any

from bot.dates import say_moment
from bot.i18n import _
from bot.incoming import row_of
from bot.messages import Button
from bot.turn import Turn
from handlers import casewords, words
from handlers.faces import unnamed, who_reported
from handlers.hearing import hears
from handlers.registers import labels
from models.case import SETTLED, find_case
from models.caseload import evidence_of, own_records
from models.draft import draft_by_id, open_drafts
from models.entry import own_entries
from models.incident import incident_by_number, list_additions
from models.inquiry import list_inquiries
from models.masking import mask
from models.threat import own_threats

_SHOWN = 5
_AMENDED = ("category", "severity", "place", "occurred_at", "description")


def show_mine(turn: Turn) -> None:
    """List the newest records and every open draft."""
    turn.send(*_listing(turn))


def _listing(turn: Turn) -> tuple[str, list[list[Button]]]:
    zone = turn.actor.hospital.zone
    threat = _("threat")
    own = own_records(turn.conn, turn.actor.id, limit=_SHOWN)
    records = [_record(row) for row in own]
    records += [
        (row.reported_at, f"{row.number} {threat}", "")
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
    if any(row.state not in SETTLED for row in own):
        buttons.append([Button(_("Correct one"), "correct:")])
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
    asked = {each.id: each.words for each in list_inquiries(turn.conn, filed.id)}
    for addition in list_additions(turn.conn, filed.id):
        who = "" if addition.member_id == filed.reporter_id else f" ({words.role(addition.role)})"
        time = clock(addition.created_at) + who
        said = mask(unnamed(row, addition.words)) or _("(no text)")
        if addition.inquiry_id:
            lines.append(_("Asked: {words}").format(words=mask(asked[addition.inquiry_id])))
            lines.append(_("Answered {time}: {words}").format(time=time, words=said))
        else:
            lines.append(_("Added {time}: {words}").format(time=time, words=said))
    if any(getattr(row, field) != getattr(filed, field) for field in _AMENDED):
        as_filed = [words.category(filed.category), words.severity(filed.severity)]
        as_filed += [mask(unnamed(row, filed.place)), clock(filed.occurred_at)]
        if row.description != filed.description:
            as_filed.append(mask(unnamed(row, filed.description)) or _("(no text)"))
        lines.append(_("As filed: {words}").format(words=" · ".join(as_filed)))
    if files:
        kept = sum(file.state == "kept" for file in files)
        lines.append(_("Attached: {n}, kept safely: {kept}").format(n=len(files), kept=kept))
    return lines
