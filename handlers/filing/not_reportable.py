"""An incident that need not be filed: an officer says so with a reason, and every colleague may object."""

from typing import Any

from bot.forms import Form, Question
from bot.i18n import _
from bot.incoming import row_of
from bot.kinds import Text
from bot.messages import Button, Buttons, Priority
from bot.registry import Conversation, Finished
from bot.turn import Turn, tell_each
from handlers.filing.closing import note_on_case, topic_of
from handlers.filing.starting import paper_pressed
from handlers.filing.waivers import DECIDERS
from handlers.roles import DUTY
from models import audit, outbox
from models.obligation import obligation_by_id, paper_of, unwaive, waive
from models.people import reachable_actors


def press_waive(turn: Turn) -> None:
    """An officer says that an incident need not be filed: ``waive:ID``."""
    row = paper_pressed(turn)
    if row is None:
        return
    if paper_of(turn.conn, turn.actor.hospital.id, row.subject) is None:
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
    """Keep the reason, stop the deadline, and let the colleagues object."""
    params, reason = finished.view.params, finished.answers["reason"]
    hospital = turn.actor.hospital
    done = waive(turn.conn, params["id"], now=turn.now, member_id=turn.actor.id, reason=reason)
    if not done:
        turn.say(_("This one was filed or settled meanwhile, nothing was changed."))
        return
    outbox.revoke(turn.conn, topic_of(params["id"]))
    _note(turn, "paper.waived", params["number"])
    paper = obligation_by_id(turn.conn, hospital.id, params["id"])
    note_on_case(turn, paper, "not_reportable", said=reason)
    readers = reachable_actors(turn.conn, hospital.id, DECIDERS)
    tell_each(
        turn,
        [each for each in readers if each.id != turn.actor.id],
        lambda _reader: _told(turn, paper, reason),
        priority=Priority.NOTICE,
    )
    turn.say(
        _("Kept: {number} need not be filed. The deadline is closed.").format(
            number=params["number"]
        )
    )


def _told(turn: Turn, paper: Any, reason: str) -> tuple[str, Buttons]:
    lines = [
        _("{number} is not to be filed, says {who}.").format(
            number=paper.subject, who=turn.actor.display_name
        ),
        _("Reason: {reason}").format(reason=reason),
        _("If you see it otherwise, press below: it is owed again, with its first deadline."),
    ]
    buttons = [
        [Button(_("Still owed"), f"owed:{paper.id}"), Button(_("Case"), f"case:{paper.subject}")]
    ]
    return "\n".join(lines), buttons


def press_owed(turn: Turn) -> None:
    """A colleague objects: ``owed:ID``."""
    number = row_of(turn.incoming.data.partition(":")[2])
    row = obligation_by_id(turn.conn, turn.actor.hospital.id, number)
    if row is None or row.waived_at is None or row.waived_by == turn.actor.id:
        turn.toast(_("This one is filed or settled already."))
        return
    unwaive(turn.conn, row.id, now=turn.now)
    _note(turn, "paper.owed_again", row.subject)
    note_on_case(turn, row, "owed_again")
    turn.say(
        _("✅ {number} is owed again, with its first deadline.").format(number=row.subject),
        [[Button(_("File it"), f"file:{row.id}")]],
    )


def _note(turn: Turn, action: str, number: str) -> None:
    audit.note(
        turn.conn,
        at=turn.now,
        action=action,
        subject=number,
        hospital_id=turn.actor.hospital.id,
        member_id=turn.actor.id,
    )


WAIVE = Conversation(
    name="waive", version=1, roles=DUTY, build=build_waive, complete=complete_waive
)
