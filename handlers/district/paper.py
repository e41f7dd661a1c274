"""One paper as the commission sees it: when it came, what was said of each version, its files, and what was found."""

from collections.abc import Sequence
from typing import Any

from bot.dates import say_moment
from bot.i18n import N_, _
from bot.incoming import row_of
from bot.messages import Button
from bot.turn import Turn
from handlers import words
from handlers.district.seen import named, own_district
from models.deadlines import state
from models.evidence import list_files
from models.filing import list_versions
from models.league import paper_in
from models.people import hospital_by_id

STATES = {
    "scheduled": N_("not open yet"),
    "open": N_("still in time"),
    "overdue": N_("overdue"),
    "on_time": N_("on time"),
    "late": N_("late"),
    "missed": N_("missed"),
    "waived": N_("waived"),
}
FINDINGS = {"concealed": N_("Concealed (瞒报)"), "false": N_("False (谎报)")}
_VERSIONS = 3


def finding(code: str) -> str:
    """What was found, in words."""
    return _(FINDINGS[code])


def paper_pressed(turn: Turn, number: str) -> Any:
    """The paper that a button names; None, with a note, for one of another district."""
    row = paper_in(turn.conn, own_district(turn), row_of(number))
    if row is None:
        turn.toast(_("This paper is not here any more."))
    return row


def show_paper(turn: Turn, number: str) -> None:
    """One paper with its versions and what can be done with it."""
    row = paper_pressed(turn, number)
    if row is None:
        return
    hospital = hospital_by_id(turn.conn, row.hospital_id)
    versions = list_versions(turn.conn, row.id)
    reached = state(
        row, at=turn.now, submitted_at=row.submitted_at, waived=row.waived_at is not None
    )
    due = say_moment(row.due_at, zone=hospital.zone, now=turn.now)
    lines = [
        words.paper(row.code, row.subject, row.period_end),
        _("{hospital} · due {due} · {state}").format(
            hospital=named(hospital), due=due, state=_(STATES[reached])
        ),
    ]
    for each in versions[-_VERSIONS:]:
        lines += _version_lines(turn, each, hospital.zone)
    if row.finding:
        lines.append(_("Found: {what}").format(what=finding(row.finding)))
    turn.say("\n".join(lines), _buttons(turn, row, versions))


def _version_lines(turn: Turn, version: Any, zone: Any) -> list[str]:
    when = say_moment(version.filed_at, zone=zone, now=turn.now)
    said = [_("Version {n}").format(n=version.version), version.receipt, when]
    if version.backdated:
        said.append(_("entered later"))
    lines = [" · ".join(part for part in said if part)]
    if version.verdict == "accepted":
        lines.append(_("Taken by the district."))
    elif version.verdict == "returned":
        lines.append(_("Sent back: {comment}").format(comment=version.comment))
    return lines


def review_buttons(filing_id: int) -> list[Button]:
    """Take a version, or send it back."""
    return [
        Button(_("Take it"), f"review:{filing_id}:accept"),
        Button(_("Send back"), f"review:{filing_id}:return"),
    ]


def _buttons(turn: Turn, row: Any, versions: Sequence[Any]) -> list[list[Button]]:
    rows: list[list[Button]] = []
    if versions and versions[-1].verdict is None:
        rows.append(review_buttons(versions[-1].id))
    if any(list_files(turn.conn, "filing", each.id) for each in versions):
        rows.append([Button(_("See the files"), f"district:files:{row.id}")])
    if row.submitted_at is not None or turn.now > row.due_at:
        rows.append([Button(_("Note a finding"), f"district:find:{row.id}")])
    rows.append([Button(_("Back"), f"district:h:{row.hospital_id}")])
    return rows


def send_files(turn: Turn, number: str) -> None:
    """Every file of every version, as it was sent."""
    row = paper_pressed(turn, number)
    if row is None:
        return
    files = [
        file
        for version in list_versions(turn.conn, row.id)
        for file in list_files(turn.conn, "filing", version.id)
    ]
    if not files:
        turn.toast(_("No file came with it."))
    for file in files:
        turn.send_file(file.kind, file.file_id)
