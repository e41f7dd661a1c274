"""A cry for help in words: the alarm is offered above the answer, and sounds by itself where nobody presses it."""

from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection

from bot.i18n import _, use_locale
from bot.incoming import row_of
from bot.messages import Button, Buttons
from bot.registry import Act, Sweep, Swept
from bot.turn import Turn, Unit
from handlers.adding import told
from handlers.faces import OVER
from handlers.roles import REPORTERS
from handlers.sos import raise_alarm, running_alarm
from handlers.start import Reception
from models.cry import (
    WAIT,
    add_cry,
    add_to_cry,
    claim_cry,
    cries_due,
    find_cry,
    hold_draft,
    still_due,
    waiting_cry,
)
from models.danger import is_cry, is_danger
from models.draft import active_draft, open_drafts
from models.people import former_actor

_BATCH = 50


def heed(turn: Turn, act: Act, *, reception: Reception) -> None:
    """Do what somebody's message asks for, and look for a cry in it, wherever its words end."""
    words = _words(turn, reception)
    calls = is_cry(words)
    if not calls and not is_danger(words):
        _go_on(turn, act, words)
        return
    running = running_alarm(turn)
    if running is not None:
        if calls or running.state in OVER:
            # To one's own alarm a cry, or danger after it was over, is a press; other words are passed on.
            raise_alarm(turn, words, turn.incoming.files)
        else:
            act(turn)
        return
    in_form = active_draft(turn.conn, turn.actor.id) is not None
    if not calls and (in_form or turn.incoming.kind == "command"):
        # What is typed into a form tells of danger as a rule, and is filed; who wants people says so.
        _go_on(turn, act, words)
        return
    before = {int(row.id) for row in open_drafts(turn.conn, turn.actor.id)}
    _offer(turn, words, calls=calls)
    act(turn)
    _note_draft(turn, before)
    turn.say_lead()


def _go_on(turn: Turn, act: Act, words: str) -> None:
    """Do what a message asks for; while a cry waits, its buttons stay in sight and what is said belongs to it too."""
    waiting = waiting_cry(turn.conn, turn.member.id) if turn.member else None
    if waiting is None or not turn.incoming.private:
        act(turn)
        return
    turn.lead = partial(standing_lead, turn)
    same = _is_no_more(turn, waiting)
    act(turn)
    if turn.incoming.kind != "press":
        _follow(turn, words, same=same)
    turn.say_lead()


def follow_cry(turn: Turn) -> None:
    """Let a further part of an album join the cry that waits, before its draft takes it."""
    waiting = waiting_cry(turn.conn, turn.actor.id)
    if waiting is not None:
        _follow(turn, "", same=_is_no_more(turn, waiting))


def _follow(turn: Turn, words: str, *, same: bool, calls: bool = False) -> None:
    """Keep with a cry that waits what its writer sends meanwhile: where they are is said after the cry, not before.

    A button that was typed is no word of it. ``same``: the form that the cry began held nothing else so far.
    """
    waiting = waiting_cry(turn.conn, turn.actor.id)
    place, files = turn.incoming.place, list(turn.incoming.files)
    said = told({"text": turn.incoming.text if place else words, "place": place})
    if waiting is not None and (said or files):
        at = turn.now if same else waiting.said_at
        add_to_cry(turn.conn, waiting, words=said, files=files, calls=calls, said_at=at)


def _is_no_more(turn: Turn, cry: Any) -> bool:
    """Whether the form that a cry began holds nothing but what was cried."""
    row = active_draft(turn.conn, turn.actor.id)
    return row is not None and row.id == cry.draft_id and row.updated_at == cry.said_at


def _words(turn: Turn, reception: Reception) -> str:
    """What somebody says who may call for help; nothing where the message is the alarm itself, or another command."""
    incoming, member = turn.incoming, turn.member
    if not incoming.private or member is None or member.role not in REPORTERS:
        return ""
    if incoming.kind == "command":
        return "" if incoming.text.split()[0] == "/sos" else incoming.argument
    if incoming.kind == "text" and reception.home_command(incoming.text, member.role):
        return ""
    return incoming.text if incoming.kind in ("text", "files") else ""


def _offer(turn: Turn, words: str, *, calls: bool) -> None:
    waiting = waiting_cry(turn.conn, turn.actor.id)
    if waiting is not None:
        _follow(turn, words, same=_is_no_more(turn, waiting), calls=calls)
    else:
        add_cry(
            turn.conn,
            member_id=turn.actor.id,
            words=words,
            files=list(turn.incoming.files),
            calls=calls,
            said_at=turn.now,
            due_at=turn.now + WAIT,
        )
    turn.lead = partial(standing_lead, turn)


def standing_lead(turn: Turn) -> tuple[str, Buttons] | None:
    """The offer of the alarm, as long as a cry waits for it."""
    waiting = turn.member and waiting_cry(turn.conn, turn.member.id)
    if not waiting:
        return None
    # What is left of the minute: whoever reads it later has not the whole of it any more.
    return _lead(waiting.id, max(1, int((waiting.due_at - turn.now).total_seconds())))


def _lead(cry_id: int, seconds: int) -> tuple[str, Buttons]:
    line = _(
        "🆘 Need people now? Press below. After {n} seconds without a press I send your words to those on duty."
    ).format(n=seconds)
    return line, [
        [Button(_("🆘 Call for help"), f"cry:help:{cry_id}")],
        [Button(_("Nobody need come"), f"cry:calm:{cry_id}")],
    ]


def _note_draft(turn: Turn, before: set[int]) -> None:
    """Remember which form the very words of a cry began: once they are an alarm, it has nothing left to ask."""
    begun, cry = active_draft(turn.conn, turn.actor.id), waiting_cry(turn.conn, turn.actor.id)
    # One that was parked holds more than these words, and is not done with.
    if begun is not None and begun.id not in before and cry and cry.said_at == turn.now:
        hold_draft(turn.conn, cry.id, int(begun.id))


# -- its buttons -----------------------------------------------------------------------------------


def press_cry(turn: Turn) -> None:
    """``cry:help:ID`` sounds the alarm with the words; ``cry:calm:ID`` lets them rest."""
    verb, _sep, which = turn.incoming.data.partition(":")[2].partition(":")
    cry = find_cry(turn.conn, row_of(which), member_id=turn.actor.id)
    if verb == "help":
        # Whatever became of the words meanwhile: who presses 🆘 is heard.
        raise_alarm(turn)
    elif verb == "calm" and cry is not None:
        claim_cry(turn.conn, cry.id, "dismissed")
        turn.toast(_("Nobody is called. What you wrote is kept."))
    else:
        turn.toast(_("This button is no longer in use. /help lists what you can do."))


# -- the clock -------------------------------------------------------------------------------------


def sweep_cries(conn: Connection, now: datetime) -> Swept:
    """Raise the alarm for everybody whose cry has waited long enough, once."""
    due = cries_due(conn, now=now, limit=_BATCH)
    rest = [partial(_raise, cry_id=cry.id, member_id=cry.member_id) for cry in due]
    return Swept(counts={"cries_raised": 0}, rest=rest)


def _raise(conn: Connection, now: datetime, *, cry_id: int, member_id: int) -> Swept:
    if not still_due(conn, cry_id, now=now):
        return Swept(counts={})
    unit = Unit(conn=conn, now=now, member=former_actor(conn, member_id))
    with use_locale(unit.actor.locale):
        raise_alarm(unit)
    return Swept(counts={"cries_raised": 1}, out=unit.out)


CRIES = Sweep(name="cries", run=sweep_cries, every=1)
