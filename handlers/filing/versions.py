"""What was filed: its versions, what the commission said of them, and amending it until it is locked."""

from typing import Any

from bot.dates import say_moment
from bot.forms import Form, Question, Refused
from bot.i18n import _
from bot.incoming import row_of
from bot.kinds import Files, Text
from bot.messages import Button
from bot.registry import Conversation, Finished
from bot.turn import Turn
from handlers import words
from handlers.filing.submitted import submit_upward
from handlers.roles import DUTY
from models import audit
from models.evidence import list_files
from models.filing import insert_filing, list_versions
from models.obligation import list_filed, obligation_by_id

_PAGE = 6


def press_filings(turn: Turn) -> None:
    """``filings:`` and ``filings:pN`` list what was filed; ``filings:ID`` shows one, ``filings:ID:amend`` amends it."""
    number, _sep, verb = turn.incoming.data.partition(":")[2].partition(":")
    if number.startswith("p") or not number:
        _list(turn, row_of(number[1:]) or 0)
        return
    row = obligation_by_id(turn.conn, turn.actor.hospital.id, row_of(number))
    if row is None or row.submitted_at is None:
        turn.toast(_("This paper is not here any more."))
    elif verb == "amend":
        _begin_amending(turn, row)
    else:
        _show(turn, row)


def _list(turn: Turn, page: int) -> None:
    hospital = turn.actor.hospital
    rows = list_filed(turn.conn, hospital.id, limit=_PAGE + 1, offset=page * _PAGE)
    past = [Button(_("Enter past ones"), "backlog:")]
    if not rows:
        turn.say(_("Nothing has been filed yet."), [past])
        return
    lines = [_("Filed so far, the newest first:")]
    for at, row in enumerate(rows[:_PAGE], start=1):
        when = say_moment(row.submitted_at, zone=hospital.zone, now=turn.now)
        name = words.paper(row.code, row.subject, row.period_end)
        lines.append(f"{at}. {name} · {when}")
    cells = [Button(str(at), f"filings:{row.id}") for at, row in enumerate(rows[:_PAGE], start=1)]
    turning = [Button(_("Page before"), f"filings:p{page - 1}")] if page else []
    turning += [Button(_("Next page"), f"filings:p{page + 1}")] if len(rows) > _PAGE else []
    turn.say("\n".join(lines), [cells[:3], cells[3:], turning, past])


def _show(turn: Turn, row: Any) -> None:
    zone = turn.actor.hospital.zone
    versions = list_versions(turn.conn, row.id)
    lines = [words.paper(row.code, row.subject, row.period_end)]
    for each in versions[-4:]:
        when = say_moment(each.filed_at, zone=zone, now=turn.now)
        said = [_("Version {n}").format(n=each.version), each.receipt, when, each.display_name]
        if each.backdated:
            said.append(_("entered later"))
        lines.append(" · ".join(part for part in said if part))
        if each.verdict == "accepted":
            lines.append(_("Taken by the district."))
        elif each.verdict == "returned":
            lines.append(_("Sent back: {comment}").format(comment=each.comment))
    if row.locks_at is not None:
        until = say_moment(row.locks_at, zone=zone, now=turn.now)
        lines.append(_("It can be amended until {until} (our default).").format(until=until))
    turn.send("\n".join(lines), [[Button(_("Amend it"), f"filings:{row.id}:amend")]])
    for each in versions:
        for file in list_files(turn.conn, "filing", each.id):
            turn.send_file(file.kind, file.file_id)


def _locked(row: Any, turn: Turn) -> bool:
    return row.locks_at is not None and turn.now > row.locks_at


def _begin_amending(turn: Turn, row: Any) -> None:
    if _locked(row, turn):
        until = say_moment(row.locks_at, zone=turn.actor.hospital.zone, now=turn.now)
        turn.toast(_("It could be amended until {until}.").format(until=until))
        return
    name = words.paper(row.code, row.subject, row.period_end)
    turn.talks.begin(turn, "refile", params={"id": row.id, "name": name}, answers={})


def build_refile(_params: dict[str, Any]) -> Form:
    """What changed, and the new file."""
    return Form(
        name="refile",
        version=1,
        title=lambda _view: _("amending a filing"),
        questions=(
            Question(
                key="words",
                kind=Text(longest=500),
                ask=lambda view: _("What is different in {paper}? One sentence.").format(
                    paper=view.params["name"]
                ),
                label=lambda _view: _("change"),
            ),
            Question(
                key="number",
                kind=Text(longest=60),
                ask=lambda _view: _("Has it a new number? Type it, or press Skip."),
                label=lambda _view: _("number"),
                optional=True,
            ),
            Question(
                key="document",
                kind=Files(),
                ask=lambda _view: _("Send a photo or file of it, or press Skip."),
                label=lambda _view: _("file"),
                optional=True,
            ),
        ),
    )


def complete_refile(turn: Turn, finished: Finished) -> None:
    """Keep the next version. The first one's date counts: nothing becomes late by being put right."""
    answers, hospital = finished.answers, turn.actor.hospital
    row = obligation_by_id(turn.conn, hospital.id, finished.view.params["id"])
    if row is None or row.submitted_at is None:
        turn.say(_("This paper is not here any more."))
        return
    if _locked(row, turn):
        raise Refused(_("It is locked by now and was not changed."))
    receipt = answers.get("number") or ""
    before = list_versions(turn.conn, row.id)
    files = answers.get("document") or []
    filing_id = insert_filing(
        turn.conn,
        row.id,
        draft_id=finished.draft_id,
        kind=before[-1].kind if before else "receipt",
        receipt=receipt or (before[-1].receipt if before else ""),
        content={"changed": answers["words"]},
        filed_at=turn.now.replace(microsecond=0),
        backdated=False,
        member_id=turn.actor.id,
        recorded_at=turn.now,
    )
    turn.keep_files(files, subject="filing", subject_id=filing_id)
    audit.note(
        turn.conn,
        at=turn.now,
        action="paper.amended",
        subject=f"{row.code}|{row.subject}|{row.period_end}",
        hospital_id=hospital.id,
        member_id=turn.actor.id,
        version=len(before) + 1,
    )
    submit_upward(turn, row, filing_id, files, again=True)
    text = _("✅ Version {n} is kept. The date of the first one still counts.")
    turn.say(text.format(n=len(before) + 1))


REFILE = Conversation(
    name="refile", version=1, roles=DUTY, build=build_refile, complete=complete_refile
)
