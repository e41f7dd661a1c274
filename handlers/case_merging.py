"""Two records of the same event: one goes on under the number of the other."""

from collections.abc import Sequence
from typing import Any

from bot.dates import say_moment
from bot.forms import Form, Question, View
from bot.i18n import _
from bot.kinds import Choice, Option, options_named
from bot.messages import Button
from bot.registry import Conversation, Finished
from bot.turn import Turn
from handlers import case_terms
from handlers.case_rights import hold, number_of, say_done
from handlers.casework import move, record, say_how_it_stands
from handlers.hearing import hears
from handlers.roles import DUTY
from models.case import SETTLED, find_cases, list_open_cases
from models.obligation import paper_of, waive

MERGED = "merged "
"""How the reason begins with which merging waived a filing; the other number follows."""
_SHOWN = 8


def others(turn: Turn, number: str) -> list[list[str]]:
    """(number, label) of the open cases it could go on under, the newest first."""
    hospital = turn.actor.hospital
    found = [
        row
        for row in list_open_cases(turn.conn, hospital.id)
        if row.number != number and hears(turn.conn, row, turn.actor)
    ]
    return [
        [
            row.number,
            f"{row.number} {case_terms.kind(row)} "
            + say_moment(row.occurred_at, zone=hospital.zone, now=turn.now),
        ]
        for row in reversed(found)
    ]


def _options(view: View) -> Sequence[Option]:
    return options_named((number, label) for number, label in view.params["others"])


def build_merge(_params: dict[str, Any]) -> Form:
    """Under which number it goes on."""
    into = Question(
        key="into",
        kind=Choice(options=_options, columns=1, common=_SHOWN, page_size=_SHOWN),
        ask=lambda view: _("Under which number does {number} go on?").format(
            number=number_of(view)
        ),
        label=lambda _view: _("number"),
    )

    def card(view: View) -> str:
        return _("{number} goes on under {into} and is done with itself. Right?").format(
            number=number_of(view), into=view.answers["into"]
        )

    return Form(
        name="merge",
        version=1,
        title=lambda view: _("merging {number}").format(number=number_of(view)),
        questions=(into,),
        card=card,
        submit=lambda _view: _("Merge them"),
    )


def complete_merge(turn: Turn, finished: Finished) -> None:
    """Settle the one, note it on the other; of two filings of the same event the later one is waived."""
    number, wanted = number_of(finished.view), finished.answers["into"]
    # Both at once and in one order: two who merge crosswise do not wait for each other for ever.
    held = {
        row.number: row for row in find_cases(turn.conn, turn.actor.hospital.id, (number, wanted))
    }
    case, into = hold(turn, number, "merge"), held.get(wanted)
    if case is None:
        return
    if into is None or into.state in SETTLED or into.incident_id == case.incident_id:
        say_how_it_stands(turn, into or case)
        return
    note = _settle_filing(turn, case, into)
    if not move(turn, case, "merged", data={"into": wanted}, merged_into=into.incident_id):
        return
    record(turn, into, "joined", number=number)
    lines = [_("✅ {number} goes on under {into}.").format(number=number, into=wanted), *note]
    say_done(turn, wanted, "\n".join(lines), [[Button(number, f"case:{number}")]])


def _settle_filing(turn: Turn, case: Any, into: Any) -> list[str]:
    """One event is filed once: by the other record, unless this one is due sooner."""
    mine, other = (paper_of(turn.conn, row.hospital_id, row.number) for row in (case, into))
    if mine is None or mine.submitted_at or mine.waived_at or other is None or other.waived_at:
        return []
    if other.submitted_at is None and other.due_at > mine.due_at:
        return [
            _("📌 {number} is due to be filed sooner than {into}: that filing stays open.").format(
                number=case.number, into=into.number
            )
        ]
    waive(
        turn.conn,
        mine.id,
        now=turn.now,
        member_id=turn.actor.id,
        reason=MERGED + into.number,
    )
    return [_("It is filed under {into}; its own filing is waived.").format(into=into.number)]


MERGE = Conversation(
    name="merge", version=1, roles=DUTY, build=build_merge, complete=complete_merge
)
