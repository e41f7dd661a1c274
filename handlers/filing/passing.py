"""Handing a paper over to a colleague, and what becomes of the papers of somebody who leaves."""

from collections.abc import Sequence
from typing import Any

from bot.dates import say_moment
from bot.forms import Form, Question, View
from bot.i18n import _
from bot.kinds import Choice, Option, options_named
from bot.messages import Button, Buttons, Priority
from bot.registry import Conversation, Finished
from bot.turn import Turn, tell_each
from handlers import words
from handlers.filing.starting import paper_pressed
from handlers.roles import FILERS
from models import audit
from models.obligation import hand_over, obligation_by_id, owned_by
from models.people import Actor, reachable_actor, reachable_actors

TAKERS = ("head", "officer", "admin", "leader")
"""To whom a paper can be handed."""


def press_pass(turn: Turn) -> None:
    """Hand a paper over: ``pass:ID``."""
    row = paper_pressed(turn)
    if row is None:
        return
    people = [
        [each.id, f"{each.display_name} · {words.role(each.role)}"]
        for each in reachable_actors(turn.conn, turn.actor.hospital.id, TAKERS)
        if each.id not in (turn.actor.id, row.owner_id)
    ]
    if not people:
        turn.toast(_("There is nobody else here to hand it to."))
        return
    name = words.paper(row.code, row.subject, row.period_end)
    params = {"id": row.id, "name": name, "people": people}
    turn.talks.begin(turn, "pass", params=params, answers={})


def _people(view: View) -> Sequence[Option]:
    return options_named((str(key), name) for key, name in view.params["people"])


def build_pass(_params: dict[str, Any]) -> Form:
    """One question: to whom."""
    whom = Question(
        key="whom",
        kind=Choice(options=_people, columns=1, common=8, page_size=8),
        ask=lambda view: _("Who shall see to {paper}?").format(paper=view.params["name"]),
        label=lambda _view: _("person"),
    )
    return Form(name="pass", version=1, title=lambda _view: _("handing over"), questions=(whom,))


def complete_pass(turn: Turn, finished: Finished) -> None:
    """Let the colleague know; the reminders go to them from now on."""
    hospital = turn.actor.hospital
    row = obligation_by_id(turn.conn, hospital.id, finished.view.params["id"])
    taker = reachable_actor(turn.conn, int(finished.answers["whom"]))
    if taker is None or taker.hospital.id != hospital.id:
        turn.say(_("This person was removed already."))
        return
    if row is None or not hand_over(turn.conn, row.id, taker.id):
        turn.say(_("This one was filed or settled meanwhile, nothing was changed."))
        return
    _note(turn, row, taker)
    tell_each(
        turn,
        [taker],
        lambda _reader: _handed(turn, row, turn.actor.display_name),
        priority=Priority.NOTICE,
    )
    name = words.paper(row.code, row.subject, row.period_end)
    turn.say(_("✅ {who} sees to it: {paper}").format(who=taker.display_name, paper=name))


def _handed(turn: Turn, row: Any, who: str) -> tuple[str, Buttons]:
    due = say_moment(row.due_at, zone=turn.actor.hospital.zone, now=turn.now)
    name = words.paper(row.code, row.subject, row.period_end)
    lines = [
        _("📌 Yours now: {paper}").format(paper=name),
        _("{who} handed it to you. Due {due}.").format(who=who, due=due),
    ]
    return "\n".join(lines), [
        [Button(_("File it"), f"file:{row.id}"), Button(_("Hand it on"), f"pass:{row.id}")]
    ]


def pass_on(turn: Turn, leaver: Actor) -> None:
    """The papers of somebody who leaves go to the head of their department, else to an administrator, who is told."""
    rows = owned_by(turn.conn, leaver.id)
    if not rows:
        return
    heads = [
        each
        for each in reachable_actors(turn.conn, leaver.hospital.id, ("head",))
        if each.department_id is not None and each.department_id == leaver.department_id
    ]
    admins = reachable_actors(turn.conn, leaver.hospital.id, ("admin",))
    takers = [each for each in (*heads, *admins) if each.id != leaver.id]
    if not takers:
        return
    for row in rows:
        if hand_over(turn.conn, row.id, takers[0].id):
            _note(turn, row, takers[0])
    tell_each(
        turn,
        takers[:1],
        lambda _reader: _inherited(turn, rows, leaver),
        priority=Priority.NOTICE,
    )


def _inherited(turn: Turn, rows: Sequence[Any], leaver: Actor) -> tuple[str, Buttons]:
    zone = turn.actor.hospital.zone
    lines = [_("📌 Yours now, as {who} has left: {n}").format(who=leaver.display_name, n=len(rows))]
    for row in rows[:6]:
        name = words.paper(row.code, row.subject, row.period_end)
        due = say_moment(row.due_at, zone=zone, now=turn.now)
        lines.append(_("· {paper} ({left})").format(paper=name, left=due))
    return "\n".join(lines), [[Button(_("File them"), "file:0")]]


def _note(turn: Turn, row: Any, taker: Actor) -> None:
    audit.note(
        turn.conn,
        at=turn.now,
        action="paper.handed_over",
        subject=f"{row.code}|{row.subject}|{row.period_end}",
        hospital_id=turn.actor.hospital.id,
        member_id=turn.actor.id,
        to=taker.id,
    )


PASS = Conversation(name="pass", version=1, roles=FILERS, build=build_pass, complete=complete_pass)
