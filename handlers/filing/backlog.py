"""Entering several past filings at once: tick the papers, then one line for each with its number and date."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.forms import Form, Question, Refused, View
from bot.i18n import _, n_
from bot.kinds import Option, Several, Text, options_named
from bot.moments import MomentError, read_moment
from bot.registry import Conversation, Finished
from bot.turn import Turn
from handlers import words
from handlers.filing.closing import close_paper
from handlers.filing.form import refuse_before_discovery
from handlers.filing.starting import RECEIPT, may_file, sort_of
from handlers.owing import Owing
from handlers.papers import stored_paper, to_file
from handlers.roles import FILERS

_MOST = 20
_BETWEEN = re.compile(r"[\s,，、;；]+")


def press_backlog(turn: Turn) -> None:
    """Offer what is overdue or missed and closed by a number."""
    hospital = turn.actor.hospital
    owing = Owing(turn.conn, hospital)
    papers = [
        [each.key, words.paper(each.code, each.subject, each.period_end)]
        for each in to_file(turn.conn, hospital, turn.now)
        if each.state in ("overdue", "missed")
        and sort_of(each.code) == RECEIPT
        and may_file(turn, owing, each)
    ]
    if not papers:
        turn.toast(_("Nothing of the past is waiting to be filed."))
        return
    turn.talks.begin(turn, "backlog", params={"papers": papers[:_MOST]}, answers={})


def _papers(view: View) -> Sequence[Option]:
    return options_named((key, name) for key, name in view.params["papers"])


def _chosen(view: View) -> list[list[str]]:
    return [each for each in view.params["papers"] if each[0] in view.get("which", ())]


def _ask_lines(view: View) -> str:
    names = [f"{n}. {name}" for n, (_key, name) in enumerate(_chosen(view), start=1)]
    return "\n".join(
        [
            _("One line for each, in this order: number, a space, the day it was filed."),
            *names,
            _("For example: 2026-031 Jul 9"),
        ]
    )


def build_backlog(_params: dict[str, Any]) -> Form:
    """Which papers, and a line for each."""
    return Form(
        name="backlog",
        version=1,
        title=lambda _view: _("past filings"),
        questions=(
            Question(
                key="which",
                kind=Several(options=_papers),
                ask=lambda _view: _("Which of these were filed in the past?"),
                label=lambda _view: _("papers"),
            ),
            Question(
                key="lines",
                kind=Text(longest=2000),
                ask=_ask_lines,
                label=lambda _view: _("numbers and days"),
                when=lambda view: bool(view.get("which")),
            ),
        ),
    )


def complete_backlog(turn: Turn, finished: Finished) -> None:
    """File each under its own date, marked as entered later; one line that does not fit changes nothing."""
    chosen = _chosen(finished.view)
    if not chosen:
        turn.say(_("Nothing was entered."))
        return
    told = [line for line in finished.answers["lines"].splitlines() if line.strip()]
    if len(told) != len(chosen):
        raise Refused(
            _("Those are {n} lines for {m} papers. Please write one line for each.").format(
                n=len(told), m=len(chosen)
            )
        )
    read = [_read(turn, line) for line in told]
    rows = [stored_paper(turn.conn, turn.actor.hospital, key, turn.now) for key, _name in chosen]
    for row, (_receipt, filed_at) in zip(rows, read, strict=True):
        if row is not None:
            refuse_before_discovery(row, filed_at)
    done = []
    for (_key, name), row, (receipt, filed_at) in zip(chosen, rows, read, strict=True):
        if row is not None and close_paper(
            turn, row, kind="receipt", filed_at=filed_at, receipt=receipt
        ):
            done.append(name)
    lines = [
        n_(
            "✅ {n} past filing is kept, marked as entered later.",
            "✅ {n} past filings are kept, marked as entered later.",
            len(done),
        ).format(n=len(done))
    ]
    lines += [f"· {name}" for name in done[:5]]
    if len(done) < len(chosen):
        lines.append(_("The others were filed or settled meanwhile."))
    turn.say("\n".join(lines))


def _read(turn: Turn, line: str) -> tuple[str, datetime]:
    receipt, day = (*_BETWEEN.split(line.strip(), maxsplit=1), "")[:2]
    try:
        read = read_moment(day, now=turn.now, zone=turn.actor.hospital.zone)
    except MomentError:
        raise Refused(
            _(
                "I did not understand this line: {line}. Please write it like: 2026-031 Jul 9"
            ).format(line=words.brief(line, 60))
        ) from None
    return receipt[:60], read.moment


BACKLOG = Conversation(
    name="backlog", version=1, roles=FILERS, build=build_backlog, complete=complete_backlog
)
