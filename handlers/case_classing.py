"""What an alarm was: its reporter, somebody called to it or the safety office says it, before it can be closed."""

from typing import Any

from bot.forms import Form, Question, View
from bot.i18n import _
from bot.kinds import Text
from bot.registry import Conversation, Finished
from bot.turn import Turn
from handlers import case_terms, words
from handlers.case_amendments import KINDS, amend, confirm
from handlers.case_rights import hold, say_done
from handlers.report import CATEGORY
from handlers.roles import REPORTERS
from models.category import ALARM, BY_CODE
from models.incident import insert_addition


def build_classify(params: dict[str, Any]) -> Form:
    """What it was, a sentence if there is one, and how grave: proposed by the category."""
    said = Question(
        key="what",
        kind=Text(longest=1000),
        ask=lambda _view: _("In one sentence: what happened? Or press Skip."),
        label=lambda _view: _("account"),
        optional=True,
    )
    severity = Question(
        key="severity",
        kind=KINDS["severity"],
        ask=lambda _view: _("How serious is it?"),
        label=lambda _view: _("severity"),
        proposed=lambda view: BY_CODE[view.get("category", ALARM)].severity,
    )

    def card(view: View) -> str:
        category = view.answers["category"]
        grave = view.get("severity") or BY_CODE[category].severity
        lines = [
            _("{number} was: {kind}. Right?").format(
                number=params["number"],
                kind=f"{words.category(category)} · {words.severity(grave)}",
            )
        ]
        return "\n".join([*lines, *filter(None, [view.get("what")])])

    return Form(
        name="classify",
        version=1,
        title=lambda _view: _("what {number} was").format(number=params["number"]),
        questions=(CATEGORY, said, severity),
        card=card,
        submit=lambda _view: _("✅ Submit"),
    )


def complete_classify(turn: Turn, finished: Finished) -> None:
    """An alarm gets its category: an amendment like any other; the sentence is kept as an addition."""
    case = hold(turn, finished.view.params["number"], "classify")
    if case is None:
        return
    answers = finished.answers
    if case.category != ALARM:
        say_done(
            turn,
            case.number,
            _("{number} is classified already: {kind}. Nothing was changed.").format(
                number=case.number, kind=case_terms.kind(case)
            ),
        )
        return
    if answers["what"]:
        insert_addition(
            turn.conn,
            incident_id=case.incident_id,
            member_id=turn.actor.id,
            draft_id=finished.draft_id,
            words=answers["what"],
            created_at=turn.now,
        )
    changed = {
        field: [getattr(case, field), answers[field]]
        for field in ("category", "severity")
        if getattr(case, field) != answers[field]
    }
    confirm(turn, amend(turn, case, changed, ""))


CLASSIFY = Conversation(
    name="classify", version=1, roles=REPORTERS, build=build_classify, complete=complete_classify
)
