"""/sos: the alarm leaves at once, with nothing asked; whatever is sent after it reaches those who come."""

from datetime import timedelta
from typing import Any

from bot.i18n import _
from bot.messages import Priority
from bot.turn import Turn
from handlers import words
from handlers.cards import send_cards
from handlers.escalation import begin, call
from handlers.faces import read_face
from handlers.openings import open_incident
from models.card import REPORTER
from models.case import WAITING, case_by_id
from models.case_schedule import fresh_alarm
from models.category import ALARM
from models.draft import park_active
from models.duty import open_duty
from models.response import list_responses

TAKES_MORE = timedelta(hours=2)
"""How long after an alarm plain messages belong to it (our default)."""
_SEVERITY = "major"
_LIVE_SECONDS = 3600
_MESSAGES = ("text", "files", "location")


def sound_alarm(turn: Turn) -> None:
    """Call those on duty. Pressed again while nobody has answered, it calls the next ones without waiting."""
    park_active(turn.conn, turn.actor.id)
    running = fresh_alarm(turn.conn, turn.actor.id, since=turn.now - TAKES_MORE)
    if running is not None:
        _call_again(turn, running)
        return
    case = _write_down(turn)
    called = begin(turn, case)
    _show_own_card(turn, case.incident_id)
    if not called:
        turn.send(
            _(
                "⚠️ Nobody could be called through me. Dial 110 now, press the wall alarm or shout for help."
            )
        )


def _write_down(turn: Turn) -> Any:
    actor = turn.actor
    shift = open_duty(turn.conn, actor.id)
    post = shift.post if shift is not None else None
    return open_incident(
        turn,
        kind="alarm",
        confidential=False,
        category=ALARM,
        severity=_SEVERITY,
        discovered=turn.now,
        occurred_at=turn.now,
        place=post or actor.department or _("place not known"),
        description="",
    )


def _show_own_card(turn: Turn, incident_id: int) -> None:
    case = case_by_id(turn.conn, incident_id)
    face = read_face(turn.conn, case, turn.actor.hospital, now=turn.now)
    turn.out += send_cards(turn.conn, face, [turn.actor], level=REPORTER, priority=Priority.REPLY)


def _call_again(turn: Turn, case: Any) -> None:
    if case.state in WAITING and case.step < len(case.chain):
        called = call(turn.conn, case, turn.actor.hospital, now=turn.now)
        turn.out += called.out if called else []
        turn.send(
            _("🆘 {number}: called again, and the next ones as well. Dial 110 if you can.").format(
                number=case.number
            )
        )
        return
    coming = words.brief(
        _(", ").join(row.name for row in list_responses(turn.conn, case.incident_id)), 60
    )
    turn.send(
        _("🆘 {number} is still open. Coming: {names}. Dial 110 if you can.").format(
            number=case.number, names=coming or _("nobody yet")
        )
    )
