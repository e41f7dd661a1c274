"""Handing a case over to the police (线索移交): who received it, its receipt, the evidence list and its SHA-256."""

from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidTag

from bot.dates import say_moment
from bot.forms import Form, Question, View
from bot.i18n import _, n_
from bot.incoming import row_of
from bot.kinds import Files, Text
from bot.messages import Button
from bot.read_kinds import Moment
from bot.registry import Conversation, Finished
from bot.turn import Turn
from handlers import case_terms
from handlers.case_rights import hold, number_of, pressed, say_done, say_outdated
from handlers.casework import record
from handlers.roles import DUTY
from models.caseload import evidence_of
from models.evidence import list_files
from models.handover import (
    add_handover,
    digest_of,
    find_handover,
    list_evidence,
    list_handovers,
)

OFFICER = "handover.officer"
"""What the sealed name of the receiving officer is bound to."""


def press_handover(turn: Turn) -> None:
    """``handover:new:NUMBER``, ``handover:show:NUMBER``, ``handover:list:ID``, ``handover:files:ID``."""
    verb, rest = pressed(turn)
    if verb == "new":
        if hold(turn, rest, "handover") is not None:
            turn.talks.begin(turn, "handover", params={"number": rest}, answers={})
    elif verb == "show":
        case = hold(turn, rest, "handed")
        if case is not None:
            _show_newest(turn, case)
    elif verb in ("list", "files"):
        row = find_handover(turn.conn, turn.actor.hospital.id, row_of(rest))
        if row is None:
            turn.toast(_("There is no such record in your hospital."))
        elif verb == "list":
            _show(turn, row)
        else:
            _send_files(turn, row)
    else:
        say_outdated(turn)


def _show_newest(turn: Turn, case: Any) -> None:
    rows = list_handovers(turn.conn, case.incident_id)
    if not rows:
        turn.toast(_("{number} has not been handed over.").format(number=case.number))
        return
    for row in rows:
        _show(turn, find_handover(turn.conn, case.hospital_id, row.id))


# -- the form ------------------------------------------------------------------------------------


QUESTIONS = (
    Question(
        key="unit",
        kind=Text(longest=80),
        ask=lambda view: _(
            "Which unit receives {number}? For example: Yingpu police station."
        ).format(number=number_of(view)),
        label=lambda _view: _("unit"),
    ),
    Question(
        key="officer",
        kind=Text(longest=60),
        ask=lambda _view: _(
            "Which officer receives it? Kept encrypted, shown only to the safety office."
        ),
        label=lambda _view: _("officer"),
    ),
    Question(
        key="receipt",
        kind=Text(longest=60),
        ask=lambda _view: _("What is the receipt's number? For example: 2026-031."),
        label=lambda _view: _("number"),
    ),
    Question(
        key="photo",
        kind=Files(),
        ask=lambda _view: _("Send a photo of the receipt, or press Skip."),
        label=lambda _view: _("photo"),
        optional=True,
    ),
    Question(
        key="when",
        kind=Moment(),
        ask=lambda _view: _('When was it handed over? For example: 21:40, or "1 hour ago".'),
        label=lambda _view: _("time"),
        proposed=lambda view: view.begun_at.isoformat(),
    ),
)


def build_handover(_params: dict[str, Any]) -> Form:
    """Who received it against which receipt."""
    return Form(
        name="handover",
        version=1,
        title=lambda view: _("hand-over of {number}").format(number=number_of(view)),
        questions=QUESTIONS,
        card=_card,
        submit=lambda _view: _("✅ Submit"),
        summary=lambda _view: "",
    )


def _card(view: View) -> str:
    when = QUESTIONS[-1].kind.show(view.get("when") or view.begun_at.isoformat(), view)
    lines = [
        _("Please check; the evidence list is made when you submit."),
        _("{number} to {unit}, {officer}").format(
            number=number_of(view), unit=view.answers["unit"], officer=view.answers["officer"]
        ),
        _("Receipt: {receipt} · {time}").format(receipt=view.answers["receipt"], time=when),
    ]
    if view.get("photo"):
        lines.append(_("Attached: {n}").format(n=len(view.answers["photo"])))
    return "\n".join(lines)


def complete_handover(turn: Turn, finished: Finished) -> None:
    """Seal the officer's name, freeze the evidence list with its hash, and show it."""
    answers = finished.answers
    case = hold(turn, number_of(finished.view), "handover")
    if case is None:
        return
    files = list_evidence(evidence_of(turn.conn, case.incident_id))
    handed_at = min(datetime.fromisoformat(answers["when"]), turn.now)
    handover_id = add_handover(
        turn.conn,
        incident_id=case.incident_id,
        draft_id=finished.draft_id,
        member_id=turn.actor.id,
        unit=answers["unit"],
        officer_sealed=turn.house.cipher.seal(answers["officer"], about=OFFICER),
        receipt=answers["receipt"],
        files=files,
        sha256=digest_of(files),
        handed_at=handed_at,
        at=turn.now,
    )
    turn.keep_files(answers["photo"] or [], subject="handover", subject_id=handover_id)
    record(
        turn,
        case,
        "handed_over",
        unit=answers["unit"],
        receipt=answers["receipt"],
        files=len(files),
        handover=handover_id,
    )
    say_done(
        turn,
        case.number,
        _("✅ {number} is handed over to {unit}. The evidence list is below.").format(
            number=case.number, unit=answers["unit"]
        ),
    )
    _show(turn, find_handover(turn.conn, case.hospital_id, handover_id))


# -- the list ------------------------------------------------------------------------------------


def _show(turn: Turn, row: Any) -> None:
    zone = turn.actor.hospital.zone
    try:
        officer = turn.house.cipher.open(row.officer_sealed, about=OFFICER)
    except InvalidTag:
        officer = _("(sealed with another key)")
    lines = [
        _("Evidence list of {number}").format(number=row.number),
        _("Handed over {time} to {unit}, {officer}; receipt {receipt}").format(
            time=say_moment(row.handed_at, zone=zone, now=turn.now),
            unit=row.unit,
            officer=officer,
            receipt=row.receipt,
        ),
        n_("{n} file:", "{n} files:", len(row.files)).format(n=len(row.files)),
        *(_file_line(turn, file) for file in row.files),
        _("SHA-256 of the list: {sha256}").format(sha256=row.sha256),
    ]
    buttons = [Button(_("Case"), f"case:{row.number}")]
    if row.files:
        buttons.insert(0, Button(_("Send the files"), f"handover:files:{row.id}"))
    turn.send("\n".join(lines), [buttons])


def _file_line(turn: Turn, file: dict[str, Any]) -> str:
    at = say_moment(datetime.fromisoformat(file["at"]), zone=turn.actor.hospital.zone, now=turn.now)
    parts = [f"{file['n']}. {case_terms.file_kind(file['kind'])}", at]
    if file["size"]:
        parts.append(_("{n} bytes").format(n=file["size"]))
    parts.append(
        {
            "kept": f"SHA-256 {file['sha256']}",
            "wanted": _("still being fetched, no SHA-256 yet"),
            "failed": _("could not be fetched, no SHA-256"),
        }[file["state"]]
    )
    return " · ".join(parts)


def _send_files(turn: Turn, row: Any) -> None:
    listed = {file["id"] for file in row.files}
    found = [file for file in evidence_of(turn.conn, row.incident_id) if file.id in listed]
    found += list_files(turn.conn, "handover", row.id)
    turn.send(
        n_("{number}: {n} file follows.", "{number}: {n} files follow.", len(found)).format(
            number=row.number, n=len(found)
        )
    )
    for file in found:
        turn.send_file(file.kind, file.file_id)


HANDOVER = Conversation(
    name="handover",
    version=1,
    roles=DUTY,
    build=build_handover,
    complete=complete_handover,
    sealed=True,
)
