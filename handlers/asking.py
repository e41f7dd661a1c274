"""[问上报人]: somebody on a case asks whoever reported it, and hears at once where that cannot be delivered."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from bot.forms import Form, Question
from bot.i18n import _, use_locale
from bot.kinds import Text
from bot.messages import Button, Outgoing, Priority, message
from bot.owed import store_one
from bot.registry import Conversation, Finished, Sweep, Swept
from bot.turn import Turn
from handlers import words
from handlers.case_rights import hold, number_of, say_done
from handlers.casework import record
from handlers.roles import DUTY, REPORTERS
from models.inquiry import claim_lost, insert_inquiry, lost_inquiries, set_message
from models.masking import mask
from models.people import Actor, reachable_actor

LONGEST = 300
_LOOKED_FOR = timedelta(days=2)
"""A message is tried for a day: what was asked before is delivered, or known to be lost."""


def press_ask(turn: Turn) -> None:
    """Begin a question: ``ask:NUMBER``. Who cannot be reached is said before anything is typed."""
    number = turn.incoming.data.partition(":")[2]
    case = _askable(turn, number)
    if case is not None:
        turn.talks.begin(turn, "ask", params={"number": number}, answers={})


def _askable(turn: Turn, number: str) -> Any:
    """The case, held, whose reporter the actor may ask now; None after saying why not."""
    case = hold(turn, number, "ask")
    if case is None:
        return None
    if case.reporter_id == turn.actor.id:
        turn.toast(_("You reported {number} yourself.").format(number=number))
    elif reachable_actor(turn.conn, case.reporter_id) is None:
        turn.toast(
            _(
                "The reporter of {number} cannot be reached through me any more. Nothing was sent."
            ).format(number=number)
        )
    else:
        return case
    return None


def build_ask(_params: dict[str, Any]) -> Form:
    """One question: what is to be asked."""
    what = Question(
        key="what",
        kind=Text(longest=LONGEST),
        ask=lambda view: _(
            "What do you want to ask the reporter of {number}? For example: which way did he run?"
        ).format(number=number_of(view)),
        label=lambda _view: _("question"),
    )
    return Form(
        name="ask",
        version=1,
        title=lambda view: _("question about {number}").format(number=number_of(view)),
        questions=(what,),
    )


def complete_ask(turn: Turn, finished: Finished) -> None:
    """Send the question to the reporter and note it on the case."""
    case = _askable(turn, number_of(finished.view))
    if case is None:
        return
    asked = finished.answers["what"]
    inquiry_id = insert_inquiry(
        turn.conn,
        incident_id=case.incident_id,
        asker_id=turn.actor.id,
        words=asked,
        outbox_id=0,
        asked_at=turn.now,
    )
    reporter = reachable_actor(turn.conn, case.reporter_id)
    assert reporter is not None  # looked up a moment ago, in the same transaction
    sent = store_one(turn.conn, _question(turn, case, inquiry_id, asked, reporter), now=turn.now)
    turn.out.append(sent)
    set_message(turn.conn, inquiry_id, sent.id)
    record(turn, case, "asked", said=asked, inquiry=inquiry_id)
    text = _("Sent to the reporter of {number}. The answer comes to you as soon as it is there.")
    say_done(turn, case.number, text.format(number=case.number))


def _question(turn: Turn, case: Any, inquiry_id: int, asked: str, reporter: Actor) -> Outgoing:
    with use_locale(reporter.locale):
        text = "\n".join(
            [
                _("{who} asks: {words}").format(who=who_asks(turn.actor.role), words=mask(asked)),
                _("About your report {number}, {kind}").format(
                    number=case.number, kind=words.category(case.category)
                ),
            ]
        )
        buttons = [
            [
                Button(_("Answer it"), f"answer:{inquiry_id}"),
                Button(_("Case"), f"case:{case.number}"),
            ]
        ]
    return Outgoing(
        chat_id=reporter.telegram_id,
        method="sendMessage",
        payload=message(reporter.telegram_id, text, buttons=buttons),
        kept=True,
    )


def who_asks(role: str) -> str:
    """Who wants to know, as the reporter reads it."""
    if role in DUTY:
        return _("The safety office")
    return _("The {role}").format(role=words.role(role))


ASK = Conversation(name="ask", version=1, roles=REPORTERS, build=build_ask, complete=complete_ask)


# -- what cannot be delivered ----------------------------------------------------------------------


def sweep_lost(conn: Connection, now: datetime) -> Swept:
    """Tell whoever asked, once, that a question could not be delivered."""
    out = []
    for row in lost_inquiries(conn, since=now - _LOOKED_FOR):
        asker = reachable_actor(conn, row.asker_id)
        if claim_lost(conn, row.id, now=now) and asker is not None:
            out.append(_regret(row, asker))
    return Swept(counts={"lost_questions": len(out)}, out=out)


def _regret(row: Any, asker: Actor) -> Outgoing:
    with use_locale(asker.locale):
        text = _(
            "{number}: your question could not be delivered; the reporter cannot be reached through me any more.\n"
            "Question: {words}"
        ).format(number=row.number, words=mask(row.words))
        buttons = [[Button(_("Case"), f"case:{row.number}")]]
    return Outgoing(
        chat_id=asker.telegram_id,
        method="sendMessage",
        payload=message(asker.telegram_id, text, buttons=buttons),
        priority=Priority.NOTICE,
    )


LOST = Sweep(name="lost_questions", run=sweep_lost, every=2)
