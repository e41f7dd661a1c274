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
from models.draft import active_draft
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
    before = _draft_of(turn)
    # What is typed into a form tells of danger as a rule, and is filed; who wants people says so.
    if not calls and (before or turn.incoming.kind == "command"):
        _go_on(turn, act, words)
        return
    _offer(turn, words, calls=calls)
    act(turn)
    _note_draft(turn, before)
    turn.say_lead()


def _go_on(turn: Turn, act: Act, words: str) -> None:
    """Do what a message asks for; what goes on telling of a cry that waits reaches whoever that reaches."""
    cry = waiting_cry(turn.conn, turn.actor.id) if turn.member else None
    begun = _unchanged(turn, cry) if cry is not None else None
    if cry is None or begun is None or turn.incoming.kind not in ("text", "files"):
        act(turn)
        return
    turn.lead = _lead(cry.id)
    files = list(turn.incoming.files)
    act(turn)
    turn.lead = None
    # Not what was typed for a button, nor what answered something else.
    if turn.incoming.kind in ("text", "files") and _unchanged_since(turn, begun, turn.now):
        add_to_cry(turn.conn, cry, words=words, files=files, calls=False, said_at=turn.now)


def _unchanged(turn: Turn, cry: Any) -> int | None:
    """The draft that a cry began, as long as it holds nothing but what was cried."""
    same = cry.draft_id is not None and _unchanged_since(turn, cry.draft_id, cry.said_at)
    return cry.draft_id if same else None


def _unchanged_since(turn: Turn, draft_id: int, moment: datetime) -> bool:
    row = active_draft(turn.conn, turn.actor.id)
    return row is not None and row.id == draft_id and row.updated_at == moment


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
        _add(turn, waiting, words, calls=calls)
        cry_id = int(waiting.id)
    else:
        cry_id = add_cry(
            turn.conn,
            member_id=turn.actor.id,
            words=words,
            files=list(turn.incoming.files),
            calls=calls,
            said_at=turn.now,
            due_at=turn.now + WAIT,
        )
    turn.lead = _lead(cry_id)


def _add(turn: Turn, cry: Any, words: str, *, calls: bool) -> None:
    """Join what comes now to a cry that waits, before its draft takes it too."""
    # What the draft holds besides is kept there: then it stays changed.
    said_at = turn.now if _unchanged(turn, cry) is not None else cry.said_at
    files = list(turn.incoming.files)
    add_to_cry(turn.conn, cry, words=words, files=files, calls=calls, said_at=said_at)


def standing_lead(turn: Turn) -> tuple[str, Buttons] | None:
    """The offer of the alarm above a further part of an album, as long as a cry waits; the part joins its own cry."""
    cry = waiting_cry(turn.conn, turn.member.id) if turn.member else None
    if cry is None:
        return None
    album = turn.incoming.album
    if any(file.get("album") == album for file in cry.files):
        _add(turn, cry, "", calls=False)
    return _lead(cry.id)


def _lead(cry_id: int) -> tuple[str, Buttons]:
    line = _(
        "🆘 Need people now? Press below. After {n} seconds without a press I send your words to those on duty."
    ).format(n=int(WAIT.total_seconds()))
    return line, [
        [Button(_("🆘 Call for help"), f"cry:help:{cry_id}")],
        [Button(_("Nobody need come"), f"cry:calm:{cry_id}")],
    ]


def _draft_of(turn: Turn) -> int | None:
    row = active_draft(turn.conn, turn.actor.id)
    return None if row is None else int(row.id)


def _note_draft(turn: Turn, before: int | None) -> None:
    """Remember which form the very words of a cry began: once they are an alarm, it has nothing left to ask."""
    begun, cry = _draft_of(turn), waiting_cry(turn.conn, turn.actor.id)
    if begun is not None and begun != before and cry is not None and cry.said_at == turn.now:
        hold_draft(turn.conn, cry.id, begun)


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
        turn.toast(_("Nobody is called. What you wrote is kept in the form below."))
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
