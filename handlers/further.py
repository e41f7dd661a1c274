"""Who hears of a case only once it is known to be graver, or of another kind, than it was filed."""

from typing import Any

from bot.messages import Priority
from bot.turn import Turn
from handlers.cards import send_cards
from handlers.escalation import audience
from handlers.faces import read_face
from models.card import QUIET, list_cards
from models.case import SETTLED
from models.chain import steps_for
from models.people import Actor


def tell_further(turn: Turn, before: Any, case: Any) -> list[Actor]:
    """Owe a card to those who would have been called at once, had it been filed as it is now; who they are.

    For a report that somebody has taken, or whose chain goes on as it began: nobody is called by this.
    """
    if case.kind == "alarm" or case.state in SETTLED:
        return []
    known = {each.id for each in _called_at_once(turn, before)} | {turn.actor.id}
    known |= {card.member_id for card in list_cards(turn.conn, case.incident_id)}
    found = [each for each in _called_at_once(turn, case) if each.id not in known]
    face = read_face(turn.conn, case, turn.actor.hospital, now=turn.now)
    turn.out += send_cards(turn.conn, face, found, level=QUIET, priority=Priority.NOTICE)
    return found


def _called_at_once(turn: Turn, case: Any) -> list[Actor]:
    steps = steps_for(
        turn.conn,
        case.hospital_id,
        alarm=False,
        category=case.category,
        severity=case.severity,
    )
    return audience(turn.conn, case, steps[0])
