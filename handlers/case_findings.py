"""The findings of a case: what happened, in words and with whatever shows it."""

from typing import Any

from bot.forms import Form, Question, Refused, View
from bot.i18n import _
from bot.kinds import Story
from bot.messages import Button
from bot.registry import Conversation, Finished
from bot.turn import Turn
from handlers import words
from handlers.case_rights import hold, number_of, say_done
from handlers.casework import move
from handlers.roles import DUTY


def build_findings(_params: dict[str, Any]) -> Form:
    """What was found, with whatever shows it."""
    story = Question(
        key="what",
        kind=Story(),
        ask=lambda view: _(
            "{number}: what was found? A few sentences; photos and files work too."
        ).format(number=number_of(view)),
        label=lambda _view: _("findings"),
    )

    def card(view: View) -> str:
        told = view.answers["what"]
        lines = [
            _("Please check the findings of {number}; more can still be sent.").format(
                number=number_of(view)
            ),
            words.account(told["text"]),
        ]
        if told["files"]:
            lines.append(_("Attached: {n}").format(n=len(told["files"])))
        return "\n".join(filter(None, lines))

    return Form(
        name="findings",
        version=1,
        title=lambda view: _("findings of {number}").format(number=number_of(view)),
        questions=(story,),
        card=card,
        submit=lambda _view: _("✅ Submit"),
        catch="what",
    )


def complete_findings(turn: Turn, finished: Finished) -> None:
    """Keep the findings and what shows them; the case waits to be closed."""
    case = hold(turn, number_of(finished.view), "investigate")
    if case is None:
        return
    told = finished.answers["what"]
    if not told["text"]:
        raise Refused(_("Please say in a sentence what was found; the files are kept."))
    data = {"files": len(told["files"])}
    if not move(turn, case, "investigated", said=told["text"], data=data):
        return
    turn.keep_files(told["files"], subject="case", subject_id=case.incident_id)
    say_done(
        turn,
        case.number,
        _("✅ The findings of {number} are kept; it waits to be closed.").format(
            number=case.number
        ),
        [[Button(_("Close it"), f"move:close:{case.number}")]],
    )


FINDINGS = Conversation(
    name="findings", version=1, roles=DUTY, build=build_findings, complete=complete_findings
)
