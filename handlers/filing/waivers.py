"""Waiving a paper: one person says why it is not owed, a second one agrees or does not."""

from typing import Any

from bot.dates import say_moment
from bot.forms import Form, Question, View
from bot.i18n import _
from bot.incoming import row_of
from bot.kinds import Text
from bot.messages import Button, Buttons, Priority
from bot.registry import Conversation, Finished
from bot.turn import Turn, tell_each
from handlers import words
from handlers.filing.closing import note_on_case, topic_of
from handlers.filing.starting import paper_pressed
from handlers.roles import FILERS
from handlers.task import Task
from models import audit, outbox
from models.obligation import obligation_by_id, waive
from models.people import Actor, find_member, reachable_actor, reachable_actors
from models.waiver import ask_waiver, decide_waiver, open_waiver, open_waivers, waiver_by_id

DECIDERS = ("officer", "admin", "leader")
"""Of whom any but the one who asked may decide."""


def press_ask(turn: Turn) -> None:
    """Ask that a paper be waived: ``waiver:ID``."""
    row = paper_pressed(turn)
    if row is None:
        return
    waiting = open_waiver(turn.conn, row.id)
    if waiting is not None:
        who = find_member(turn.conn, waiting.asked_by).display_name
        turn.toast(_("{who} has asked already; it waits for a second person.").format(who=who))
        return
    name = words.paper(row.code, row.subject, row.period_end)
    turn.talks.begin(turn, "waiver", params={"id": row.id, "name": name}, answers={})


def build_waiver(_params: dict[str, Any]) -> Form:
    """One question: why."""

    def ask(view: View) -> str:
        return _(
            "Why need {paper} not be filed? A second person decides; both names are kept."
        ).format(paper=view.params["name"])

    reason = Question(
        key="reason", kind=Text(longest=200), ask=ask, label=lambda _view: _("reason")
    )
    return Form(name="waiver", version=1, title=lambda _view: _("waiver"), questions=(reason,))


def complete_waiver(turn: Turn, finished: Finished) -> None:
    """Keep the request and put it to everybody who may decide it."""
    number, reason = finished.view.params["id"], finished.answers["reason"]
    row = obligation_by_id(turn.conn, turn.actor.hospital.id, number)
    if row is None or row.submitted_at or row.waived_at:
        turn.say(_("This one was filed or settled meanwhile, nothing was changed."))
        return
    if not ask_waiver(turn.conn, row.id, reason=reason, member_id=turn.actor.id, now=turn.now):
        turn.say(_("Somebody has asked already; it waits for a second person."))
        return
    audit.note(
        turn.conn,
        at=turn.now,
        action="waiver.asked",
        subject=_key(row),
        hospital_id=turn.actor.hospital.id,
        member_id=turn.actor.id,
    )
    waiting = open_waiver(turn.conn, row.id)
    readers = _deciders(turn)
    tell_each(turn, readers, lambda _reader: _put(turn, row, waiting), priority=Priority.NOTICE)
    if readers:
        who = words.people(readers)
        turn.say(
            _("Asked: {people}. Until one of them agrees, the deadline stands.").format(people=who)
        )
    else:
        turn.say(
            _(
                "Asked, but nobody else here may decide it. Please invite a second officer, "
                "administrator or leader; until then the deadline stands."
            )
        )


def _deciders(turn: Turn) -> list[Actor]:
    found = reachable_actors(turn.conn, turn.actor.hospital.id, DECIDERS)
    return [each for each in found if each.id != turn.actor.id]


def _put(turn: Turn, row: Any, waiting: Any) -> tuple[str, Buttons]:
    due = say_moment(row.due_at, zone=turn.actor.hospital.zone, now=turn.now)
    lines = [
        _("📌 Waive this paper? {paper}").format(
            paper=words.paper(row.code, row.subject, row.period_end)
        ),
        _("Due {due}. {who} asks: {reason}").format(
            due=due,
            who=find_member(turn.conn, waiting.asked_by).display_name,
            reason=waiting.reason,
        ),
        _("If you agree, it is not owed any more; both names are kept."),
    ]
    buttons = [
        [
            Button(_("Keep it owed"), f"waived:{waiting.id}:no"),
            Button(_("Agree, waive"), f"waived:{waiting.id}:yes"),
        ]
    ]
    return "\n".join(lines), buttons


def press_decide(turn: Turn) -> None:
    """Agree or not: ``waived:ID:yes``, ``waived:ID:no``; ``waived:ID`` shows it."""
    number, _sep, verdict = turn.incoming.data.partition(":")[2].partition(":")
    waiting = waiver_by_id(turn.conn, turn.actor.hospital.id, row_of(number))
    if waiting is None or waiting.decided_at is not None:
        turn.toast(_("This request is decided already."))
        return
    row = obligation_by_id(turn.conn, turn.actor.hospital.id, waiting.obligation_id)
    if row is None or row.submitted_at or row.waived_at:
        turn.toast(_("This one is filed or settled already."))
        return
    if verdict not in ("yes", "no"):
        turn.send(*_put(turn, row, waiting))
        return
    if waiting.asked_by == turn.actor.id:
        turn.toast(_("You have asked yourself: somebody else has to decide."))
        return
    granted = verdict == "yes"
    if not decide_waiver(
        turn.conn, waiting.id, granted=granted, member_id=turn.actor.id, now=turn.now
    ):
        turn.toast(_("This request is decided already."))
        return
    if granted:
        waive(turn.conn, row.id, now=turn.now, member_id=turn.actor.id, reason=waiting.reason)
        outbox.revoke(turn.conn, topic_of(row.id))
        note_on_case(turn, row, "not_reportable", said=waiting.reason)
    audit.note(
        turn.conn,
        at=turn.now,
        action="paper.waived" if granted else "waiver.refused",
        subject=_key(row),
        hospital_id=turn.actor.hospital.id,
        member_id=turn.actor.id,
        asked_by=waiting.asked_by,
    )
    name = words.paper(row.code, row.subject, row.period_end)
    if granted:
        turn.say(_("✅ Waived: {paper}. The deadline is closed.").format(paper=name))
    else:
        turn.say(_("Kept: {paper} stays owed.").format(paper=name))
    asker = reachable_actor(turn.conn, waiting.asked_by)
    if asker is not None:
        tell_each(
            turn, [asker], lambda _reader: _outcome(turn, row, granted), priority=Priority.NOTICE
        )


def _outcome(turn: Turn, row: Any, granted: bool) -> tuple[str, Buttons]:
    name = words.paper(row.code, row.subject, row.period_end)
    who = turn.actor.display_name
    if granted:
        return _("✅ {who} agreed: {paper} is waived.").format(who=who, paper=name), []
    text = _("{who} did not agree: {paper} stays owed.").format(who=who, paper=name)
    return text, [[Button(_("File it"), f"file:{row.id}")]]


def _key(row: Any) -> str:
    return f"{row.code}|{row.subject}|{row.period_end}"


def waivers_waiting(turn: Turn) -> list[Task]:
    """Requests that wait for a second person, for whoever may decide them."""
    if turn.actor.role not in DECIDERS:
        return []
    found = []
    for waiting in open_waivers(turn.conn, turn.actor.hospital.id):
        row = obligation_by_id(turn.conn, turn.actor.hospital.id, waiting.obligation_id)
        if waiting.asked_by == turn.actor.id or row is None or row.submitted_at or row.waived_at:
            continue
        name = words.paper(row.code, row.subject, row.period_end)
        found.append(
            Task(
                due_at=row.due_at,
                text=_("Waive? {paper}").format(paper=name),
                button=Button(_("Decide"), f"waived:{waiting.id}"),
            )
        )
    return found


WAIVER = Conversation(
    name="waiver", version=1, roles=FILERS, build=build_waiver, complete=complete_waiver
)
