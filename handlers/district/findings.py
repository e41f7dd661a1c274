"""What was found of a paper, concealed (瞒报) or false (谎报): the hospital is told, and it can be taken back."""

from collections.abc import Sequence
from typing import Any

from bot.forms import Form, Question, View
from bot.i18n import _
from bot.kinds import Choice, Option, Text
from bot.messages import Button, Buttons, Priority
from bot.registry import Conversation, Finished
from bot.turn import Turn, tell_each
from handlers import words
from handlers.district.paper import finding, paper_pressed
from handlers.roles import COMMISSION, DUTY
from models import audit
from models.masking import mask
from models.obligation import set_finding
from models.people import reachable_actors

_NONE = "none"


def begin_finding(turn: Turn, number: str) -> None:
    """Ask what was found of a paper that is filed or past its time."""
    row = paper_pressed(turn, number)
    if row is None:
        return
    if row.submitted_at is None and turn.now <= row.due_at:
        turn.toast(_("This paper is still in time. There is nothing to find yet."))
        return
    name = words.paper(row.code, row.subject, row.period_end)
    params = {"id": row.id, "name": name, "finding": row.finding}
    turn.talks.begin(turn, "finding", params=params, answers={})


def _options(view: View) -> Sequence[Option]:
    back: Option = (_NONE, lambda _view: _("Take it back"))
    given: list[Option] = [
        ("concealed", lambda _view: finding("concealed")),
        ("false", lambda _view: finding("false")),
    ]
    return (back, *given) if view.params["finding"] else given


def build_finding(_params: dict[str, Any]) -> Form:
    """What was found, and on what it rests."""
    return Form(
        name="finding",
        version=1,
        title=lambda _view: _("a finding"),
        questions=(
            Question(
                key="finding",
                kind=Choice(options=_options, columns=1),
                ask=lambda view: _("What was found of this paper? {paper}").format(
                    paper=view.params["name"]
                ),
                label=lambda _view: _("finding"),
            ),
            Question(
                key="words",
                kind=Text(longest=300),
                ask=lambda _view: _("What does it rest on? One sentence; the hospital reads it."),
                label=lambda _view: _("reason"),
            ),
        ),
        card=_card,
        submit=lambda _view: _("✅ Submit"),
    )


def _card(view: View) -> str:
    found = view.answers["finding"]
    said = _("Taken back") if found == _NONE else finding(found)
    return "\n".join(
        (
            _("Please check: the hospital is told at once."),
            view.params["name"],
            _("Found: {what}").format(what=said),
            view.answers["words"],
        )
    )


def complete_finding(turn: Turn, finished: Finished) -> None:
    """Keep the finding and tell the hospital's safety office."""
    row = paper_pressed(turn, str(finished.view.params["id"]))
    if row is None:
        return
    found = finished.answers["finding"]
    new = None if found == _NONE else found
    set_finding(turn.conn, row.id, new)
    audit.note(
        turn.conn,
        at=turn.now,
        action="paper.found",
        subject=f"{row.code}|{row.subject}|{row.period_end}",
        hospital_id=row.hospital_id,
        member_id=turn.actor.id,
        old=row.finding,
        new=new,
    )
    readers = reachable_actors(turn.conn, row.hospital_id, DUTY)
    tell_each(
        turn,
        readers,
        lambda _reader: _told(row, new, finished.answers["words"]),
        priority=Priority.NOTICE,
    )
    text = _("✅ Noted: {paper}").format(paper=words.paper(row.code, row.subject, row.period_end))
    if not readers:
        text += "\n" + _("Nobody there can be reached here: please phone them.")
    turn.say(text, [[Button(_("Back"), f"district:p:{row.id}")]])


def _told(row: Any, found: str | None, why: str) -> tuple[str, Buttons]:
    name = words.paper(row.code, row.subject, row.period_end)
    if found is None:
        first = _("The district takes its finding back: {paper}")
    elif found == "concealed":
        first = _("📌 The district finds this report concealed (瞒报): {paper}")
    else:
        first = _("📌 The district finds this report false (谎报): {paper}")
    lines = [first.format(paper=name), _("It says: {comment}").format(comment=mask(why))]
    if found is not None:
        lines.append(_("If you see it otherwise, please phone the health commission."))
    return "\n".join(lines), []


FINDING = Conversation(
    name="finding",
    version=1,
    roles=COMMISSION,
    build=build_finding,
    complete=complete_finding,
)
