"""/file: recording that a paper went to the authority, the only thing that closes a deadline; waiving a filing."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.dates import say_left, say_moment
from bot.forms import Form, Question, Refused, View
from bot.i18n import _
from bot.incoming import row_of
from bot.kinds import Choice, Files, Moment, Option, Text, options_named
from bot.registry import Conversation, Finished
from bot.turn import Turn
from handlers import words
from handlers.casework import record
from handlers.papers import Paper, stored_paper, to_file
from handlers.roles import DUTY
from models import audit
from models.case import find_case
from models.deadlines import state
from models.obligation import (
    insert_filing,
    obligation_by_id,
    submit,
    waive,
)

_JUST_NOW = timedelta(minutes=2)


def start_filing(turn: Turn) -> None:
    """Choose a paper and record its filing."""
    _begin(turn, None)


def press_file(turn: Turn) -> None:
    """The same for the paper under whose notice the button stood."""
    _begin(turn, turn.incoming.data.partition(":")[2])


def _begin(turn: Turn, wanted: str | None) -> None:
    hospital = turn.actor.hospital
    papers = to_file(turn.conn, hospital, turn.now)
    chosen = next((paper for paper in papers if str(paper.id) == wanted and paper.id), None)
    if wanted not in (None, "0") and chosen is None:
        turn.toast(_("This one is filed or settled already."))
        return
    if not papers:
        turn.send(_("Nothing is waiting to be filed."))
        return
    params = {"papers": [[p.key, _label(p, turn)] for p in papers]}
    answers = {"which": chosen.key} if chosen else None
    turn.talks.begin(turn, "file", params=params, answers=answers)


def _label(paper: Paper, turn: Turn) -> str:
    zone = turn.actor.hospital.zone
    name = words.paper(paper.code, paper.subject, paper.period_end)
    if paper.state == "scheduled":
        return name
    if paper.state == "missed":
        return _("{paper} (missed)").format(paper=name)
    left = say_left(paper.due_at, zone=zone, now=turn.now)
    return _("{paper} ({left})").format(paper=name, left=left)


def _papers(view: View) -> Sequence[Option]:
    return options_named((key, name) for key, name in view.params["papers"])


QUESTIONS = (
    Question(
        key="which",
        kind=Choice(options=_papers, columns=1, common=8, page_size=8),
        ask=lambda _view: _("📌 What was filed?"),
        label=lambda _view: _("paper"),
    ),
    Question(
        key="receipt",
        kind=Text(longest=60),
        ask=lambda _view: _("What is its number? For example: 2026-031, or the receipt's number."),
        label=lambda _view: _("number"),
    ),
    Question(
        key="document",
        kind=Files(),
        ask=lambda _view: _("Send a photo or file of it, or press Skip."),
        label=lambda _view: _("file"),
        optional=True,
    ),
    Question(
        key="when",
        kind=Moment(minutes_ago=(0,)),
        ask=lambda _view: _("When was it filed? Press Now, or type for example: Jul 9 16:30."),
        label=lambda _view: _("date"),
    ),
)


def build_file(_params: dict[str, Any]) -> Form:
    """Which paper, its number, a copy, the date."""
    return Form(
        name="file",
        version=1,
        title=lambda _view: _("filing"),
        questions=QUESTIONS,
        card=_card,
        submit=lambda _view: _("✅ Submit"),
    )


def _card(view: View) -> str:
    shown = {q.key: q.kind.show(view.get(q.key), view) for q in QUESTIONS if view.get(q.key)}
    lines = [
        _("Please check; if it is right, submit."),
        shown["which"],
        _("Number: {number}").format(number=shown["receipt"]),
        _("Filed: {time}").format(time=shown["when"]),
    ]
    if "document" in shown:
        lines.append(_("Copy: {file}").format(file=shown["document"]))
    return "\n".join(lines)


def complete_file(turn: Turn, finished: Finished) -> None:
    """Close the deadline with its first filing; the filing's own date decides whether it was late."""
    answers, hospital = finished.answers, turn.actor.hospital
    row = stored_paper(turn.conn, hospital, answers["which"], turn.now)
    # Whole seconds: a day ends at 23:59:59, and nobody files late by half a second.
    filed_at = min(datetime.fromisoformat(answers["when"]), turn.now).replace(microsecond=0)
    if row and row.code in ("O1", "O2") and filed_at < row.opens_at - _JUST_NOW:
        raise Refused(_("That is before the incident was discovered. Please correct the date."))
    reached = state(row, at=turn.now, submitted_at=filed_at) if row else ""
    if row is None or not submit(turn.conn, row.id, filed_at=filed_at, new=reached):
        turn.say(_("This one was filed or settled meanwhile, nothing was changed."))
        return
    backdated = turn.now - filed_at > _JUST_NOW
    filing_id = insert_filing(
        turn.conn,
        obligation_id=row.id,
        draft_id=finished.draft_id,
        receipt=answers["receipt"],
        filed_at=filed_at,
        backdated=backdated,
        member_id=turn.actor.id,
        recorded_at=turn.now,
    )
    turn.keep_files(answers["document"] or [], subject="filing", subject_id=filing_id)
    audit.note(
        turn.conn,
        at=turn.now,
        action="paper.filed",
        subject=answers["which"],
        hospital_id=hospital.id,
        member_id=turn.actor.id,
        state=reached,
        backdated=backdated,
    )
    _note_on_case(
        turn, row, "first_report", receipt=answers["receipt"], filed_at=filed_at.isoformat()
    )
    _confirm(turn, row, answers["receipt"], filed_at, reached, backdated=backdated)


def _note_on_case(turn: Turn, paper: Any, kind: str, *, said: str = "", **data: Any) -> None:
    """A paper that an incident opened stands in its case's log and on its cards as well."""
    case = find_case(turn.conn, turn.actor.hospital.id, paper.subject)
    if case is not None:
        record(turn, case, kind, said=said, **data)


def _confirm(
    turn: Turn, row: Any, receipt: str, filed_at: datetime, reached: str, *, backdated: bool
) -> None:
    zone = turn.actor.hospital.zone
    mark = _(" (entered later)") if backdated else ""
    verdict = {
        "on_time": _("On time. Reminders for it have stopped for everybody."),
        "late": _("After the due time, so it counts as late, not as missed."),
        "missed": _("It had been missed by then and stays missed; the filing is kept with it."),
    }[reached]
    lines = [
        _("✅ Filed: {paper}").format(paper=words.paper(row.code, row.subject, row.period_end)),
        _("Number: {number}").format(number=receipt),
        _("Filed: {time}").format(time=say_moment(filed_at, zone=zone, now=turn.now)) + mark,
        verdict,
    ]
    turn.say("\n".join(lines))


FILE = Conversation(name="file", version=1, roles=DUTY, build=build_file, complete=complete_file)


# -- "not reportable" ----------------------------------------------------------------------------


def press_waive(turn: Turn) -> None:
    """An officer says that an incident need not be filed."""
    number = row_of(turn.incoming.data.partition(":")[2])
    row = obligation_by_id(turn.conn, turn.actor.hospital.id, number)
    if row is None or row.submitted_at or row.waived_at or row.code not in ("O1", "O2"):
        turn.toast(_("This one is filed or settled already."))
        return
    turn.talks.begin(turn, "waive", params={"id": row.id, "number": row.subject}, answers={})


def build_waive(_params: dict[str, Any]) -> Form:
    """One question: why."""
    reason = Question(
        key="reason",
        kind=Text(longest=200),
        ask=lambda view: _(
            "Why need {number} not be filed? The reason is kept with your name."
        ).format(number=view.params["number"]),
        label=lambda _view: _("reason"),
    )
    return Form(
        name="waive", version=1, title=lambda _view: _("not reportable"), questions=(reason,)
    )


def complete_waive(turn: Turn, finished: Finished) -> None:
    """Keep the reason and stop the deadline."""
    params, reason = finished.view.params, finished.answers["reason"]
    done = waive(turn.conn, params["id"], now=turn.now, member_id=turn.actor.id, reason=reason)
    if not done:
        turn.say(_("This one was filed or settled meanwhile, nothing was changed."))
        return
    audit.note(
        turn.conn,
        at=turn.now,
        action="paper.waived",
        subject=params["number"],
        hospital_id=turn.actor.hospital.id,
        member_id=turn.actor.id,
    )
    paper = obligation_by_id(turn.conn, turn.actor.hospital.id, params["id"])
    _note_on_case(turn, paper, "not_reportable", said=reason)
    turn.say(
        _("Kept: {number} need not be filed. The deadline is closed.").format(
            number=params["number"]
        )
    )


WAIVE = Conversation(
    name="waive", version=1, roles=DUTY, build=build_waive, complete=complete_waive
)
