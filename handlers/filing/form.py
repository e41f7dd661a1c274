"""/file: which paper, then what closes it: a receipt, a signed zero report, minutes, a survey's figures."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection

from bot.dates import say_moment
from bot.forms import Form, Question, Refused, View
from bot.i18n import _, current_locale, n_
from bot.kinds import Choice, Files, Option, Text, options_named
from bot.messages import Button
from bot.read_kinds import Moment, Numbers
from bot.registry import Conversation, Finished
from bot.turn import Turn
from handlers import words
from handlers.filing.closing import JUST_NOW, close_paper, period_moments
from handlers.filing.starting import MINUTES, RECEIPT, SURVEY, ZERO, may_file
from handlers.filing.submitted import submit_upward
from handlers.owing import Owing
from handlers.papers import stored_paper
from handlers.roles import FILERS
from models.caseload import count_discovered
from models.deadlines import state
from models.filing import used_for
from models.obligation import obligation_by_id
from models.people import hospital_by_id
from models.preset import in_language, shipped_preset

# -- the questions -------------------------------------------------------------------------------


def _papers(view: View) -> Sequence[Option]:
    return options_named((key, name) for key, name in view.params["papers"])


def _sort(view: View) -> str:
    return str(view.params["sorts"].get(view.get("which", ""), ""))


def _is(*sorts: str) -> Any:
    return lambda view: _sort(view) in sorts


def _ask_number(view: View) -> str:
    if view.params["online"]:
        return _(
            "What is its number? The district gets it here in the chat; without a number of "
            "theirs press Skip and it gets one of ours."
        )
    return _("What is its number? For example: 2026-031, or the receipt's number.")


def _zero_choices(_view: View) -> Sequence[Option]:
    return (
        ("complete", lambda _view: _("All there, sign")),
        ("missing", lambda _view: _("Something is missing")),
    )


def _ask_zero(view: View, *, counts_of: dict[str, dict[str, int]]) -> str:
    counts = counts_of.get(view.get("which", ""), {})
    total = sum(counts.values())
    if not total:
        first = _("For this month nothing is on record. Is that right?")
    else:
        first = n_(
            "For this month {n} incident is on record. Is that all?",
            "For this month {n} incidents are on record. Is that all?",
            total,
        ).format(n=total)
    lines = [first]
    lines += [f"· {words.category(code)} {count}" for code, count in list(counts.items())[:6]]
    lines.append(_("You sign with your name; what is missing can be reported first."))
    return "\n".join(lines)


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
        ask=_ask_number,
        label=lambda _view: _("number"),
        when=lambda view: _sort(view) == RECEIPT and not view.params["online"],
    ),
    Question(
        key="number",
        kind=Text(longest=60),
        ask=_ask_number,
        label=lambda _view: _("number"),
        optional=True,
        when=lambda view: _sort(view) == RECEIPT and view.params["online"],
    ),
    Question(
        key="asked",
        kind=Numbers(least=1, most=100_000, example="120"),
        ask=lambda _view: _("How many people answered? For example: 120."),
        label=lambda _view: _("answers"),
        when=_is(SURVEY),
    ),
    Question(
        key="mean",
        kind=Numbers(most=100, whole=False, example="92.5"),
        ask=lambda _view: _("What is the average, out of 100? For example: 92.5."),
        label=lambda _view: _("average"),
        when=_is(SURVEY),
    ),
    Question(
        key="minutes",
        kind=Text(longest=1000),
        ask=lambda _view: _("What was done and decided, in a few sentences?"),
        label=lambda _view: _("minutes"),
        when=_is(MINUTES),
    ),
    Question(
        key="document",
        kind=Files(),
        ask=lambda _view: _("Send a photo or file of it, or press Skip."),
        label=lambda _view: _("file"),
        optional=True,
        when=_is(RECEIPT, SURVEY, MINUTES),
    ),
    Question(
        key="when",
        kind=Moment(minutes_ago=(0,)),
        ask=lambda _view: _("When was it filed? Press Now, or type for example: Jul 9 16:30."),
        label=lambda _view: _("date"),
        when=lambda view: not view.params.get("now") and _sort(view) != ZERO,
    ),
)


def _zero(params: dict[str, Any]) -> Question:
    """The statement of a zero report, below the counts of its month as they are now."""
    return Question(
        key="zero",
        kind=Choice(options=_zero_choices, columns=1),
        ask=partial(_ask_zero, counts_of=params.get("counts", {})),
        label=lambda _view: _("statement"),
        when=_is(ZERO),
    )


def build_file(params: dict[str, Any]) -> Form:
    """Which paper and what closes it."""
    return Form(
        name="file",
        version=2,
        title=lambda _view: _("filing"),
        questions=(*QUESTIONS[:1], _zero(params), *QUESTIONS[1:]),
        card=_card,
        submit=lambda _view: _("✅ Submit"),
    )


def _context(conn: Connection, params: dict[str, Any]) -> dict[str, Any]:
    """What a zero report shows: the counts of its month as they are when it is asked."""
    hospital = hospital_by_id(conn, params["hospital"])
    counts = {}
    for key, sort in params["sorts"].items():
        if sort == ZERO:
            counts[key] = _counts(conn, hospital, _period_of(key))
    return {**params, "counts": counts}


def _counts(conn: Connection, hospital: Any, period: Any) -> dict[str, int]:
    since, until = period_moments(period, hospital.zone)
    return count_discovered(conn, hospital.id, since=since, until=until)


class _Month:
    """The calendar month of a zero report's key."""

    def __init__(self, end: date) -> None:
        self.period_start, self.period_end = end.replace(day=1), end


def _period_of(key: str) -> _Month:
    return _Month(date.fromisoformat(key.rpartition("|")[2]))


def _card(view: View) -> str:
    shown = {
        q.key: q.kind.show(view.get(q.key), view) for q in QUESTIONS if view.get(q.key) is not None
    }
    lines = [_("Please check; if it is right, submit."), shown["which"]]
    number = shown.get("receipt") or shown.get("number")
    if number:
        lines.append(_("Number: {number}").format(number=number))
    if view.get("zero"):
        lines.append(_("Signed: {name}").format(name=view.actor.display_name if view.actor else ""))
    if "asked" in shown:
        lines.append(_("{n} answers, average {mean}").format(n=shown["asked"], mean=shown["mean"]))
    if "minutes" in shown:
        lines.append(words.account(shown["minutes"]))
    if "when" in shown:
        lines.append(_("Filed: {time}").format(time=shown["when"]))
    if "document" in shown:
        lines.append(_("Copy: {file}").format(file=shown["document"]))
    return "\n".join(lines)


# -- the filing ----------------------------------------------------------------------------------


def complete_file(turn: Turn, finished: Finished) -> None:
    """Close the deadline with its first filing."""
    answers, hospital = finished.answers, turn.actor.hospital
    sort = _sort(finished.view)
    if answers.get("zero") == "missing":
        turn.say(_("Please report it first, then file again."), _report_first())
        return
    row = stored_paper(turn.conn, hospital, answers["which"], turn.now)
    filed_at = datetime.fromisoformat(answers["when"]) if "when" in answers else turn.now
    if row is None or row.submitted_at or row.waived_at:
        turn.say(_("This one was filed or settled meanwhile, nothing was changed."))
        return
    if not may_file(turn, Owing(turn.conn, hospital), row):
        turn.say(_("A colleague sees to this one now; nothing was changed."))
        return
    refuse_before_discovery(row, filed_at)
    receipt = answers.get("receipt") or answers.get("number") or ""
    used = _used_before(turn, row, receipt)
    files = answers.get("document") or []
    filing_id = close_paper(
        turn,
        row,
        kind="receipt" if sort == RECEIPT else "form",
        filed_at=filed_at,
        receipt=receipt or (_own_number(turn, row) if sort == RECEIPT else ""),
        content=_content(turn, sort, answers),
        files=files,
        draft_id=finished.draft_id,
    )
    if filing_id is None:
        turn.say(_("This one was filed or settled meanwhile, nothing was changed."))
        return
    now = obligation_by_id(turn.conn, hospital.id, row.id)
    sent = sort == RECEIPT and submit_upward(turn, now, filing_id, files)
    confirm(turn, now, receipt, sent=sent, used=used)


def refuse_before_discovery(row: Any, filed_at: datetime) -> None:
    """Refuse a filing older than the incident it is about."""
    if row.code in ("O1", "O2") and filed_at < row.opens_at - JUST_NOW:
        raise Refused(_("That is before the incident was discovered. Please correct the date."))


def _report_first() -> list[list[Button]]:
    return [[Button(_("📝 Report"), "zero:report")], [Button(_("File again"), "file:0")]]


def press_zero(turn: Turn) -> None:
    """Report what a zero report would have left out."""
    turn.talks.begin(turn, "report", answers={})


def _own_number(turn: Turn, row: Any) -> str:
    return f"{turn.actor.hospital.code}-R{row.due_at.year}-{row.id:04d}"


def _content(turn: Turn, sort: str, answers: dict[str, Any]) -> dict[str, Any]:
    if sort == ZERO:
        counts = _counts(turn.conn, turn.actor.hospital, _period_of(answers["which"]))
        return {"counts": counts, "signed": turn.actor.display_name}
    if sort == SURVEY:
        return {"n": answers["asked"][0], "mean": answers["mean"][0]}
    if sort == MINUTES:
        return {"words": answers["minutes"]}
    return {}


def _used_before(turn: Turn, row: Any, receipt: str) -> str:
    """The paper that a number stands for already: it may stand for all topics of one paper, not for two papers."""
    for other in used_for(turn.conn, turn.actor.hospital.id, receipt) if receipt else ():
        if (other.code, other.period_end) != (row.code, row.period_end):
            return words.paper(other.code, other.subject, other.period_end)
    return ""


def confirm(turn: Turn, row: Any, receipt: str, *, sent: bool, used: str) -> None:
    """Say what was filed, when, and how that counts."""
    zone = turn.actor.hospital.zone
    filed_at = row.submitted_at
    mark = _(" (entered later)") if turn.now - filed_at > JUST_NOW else ""
    verdict = {
        "on_time": _("On time. Reminders for it have stopped for everybody."),
        "late": _("After the due time, so it counts as late, not as missed."),
        "missed": _("It had been missed by then and stays missed; the filing is kept with it."),
    }[state(row, at=turn.now, submitted_at=filed_at)]
    lines = [
        _("✅ Filed: {paper}").format(paper=words.paper(row.code, row.subject, row.period_end))
    ]
    if receipt:
        lines.append(_("Number: {number}").format(number=receipt))
    lines.append(
        _("Filed: {time}").format(time=say_moment(filed_at, zone=zone, now=turn.now)) + mark
    )
    lines.append(verdict)
    if sent:
        recipient = in_language(shipped_preset().template(row.code).recipient, current_locale())
        lines.append(_("Sent to {recipient} in the chat.").format(recipient=recipient))
    buttons = []
    if used:
        # Not refused: the paper is filed, and a wrong number is put right afterwards.
        lines.append(
            _("⚠️ {receipt} is also the number of: {paper}. Please check it.").format(
                receipt=receipt, paper=used
            )
        )
        buttons = [[Button(_("Amend it"), f"filings:{row.id}:amend")]]
    turn.say("\n".join(lines), buttons)


FILE = Conversation(
    name="file", version=2, roles=FILERS, build=build_file, complete=complete_file, context=_context
)
