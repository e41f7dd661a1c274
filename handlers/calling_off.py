"""An alarm called off as a false one, and that taken back: what stood before stands again."""

from datetime import timedelta
from typing import Any

from bot.i18n import _, use_locale
from bot.messages import Priority
from bot.turn import Turn
from handlers.calling_again import ring_those_who_know
from handlers.casework import move, record, say_how_it_stands
from handlers.escalation import restart
from handlers.room_copies import turn_topic
from models.case import ON_THE_SPOT, WAITING, case_by_id, list_steps, put_back
from models.people import actor_by_id
from models.response import list_responses

SLIP = timedelta(minutes=1)
"""So soon after it an alarm called off by mistake goes on exactly where it stood; later its chain begins anew (D)."""


_UNKNOWN: dict[str, Any] = {"state": "reopened", "lead_id": None, "step": 0, "left": 0}
"""What stood before an alarm that was called off before that was kept."""


def call_off(turn: Turn, case: Any, *, said: str = "") -> bool:
    """Call an alarm off and turn back whoever was on the way; False, after saying why, when that cannot be."""
    running = list_responses(turn.conn, case.incident_id)
    left = (case.next_at - turn.now).total_seconds() if case.next_at else None
    before = {"state": case.state, "lead_id": case.lead_id, "step": case.step, "left": left}
    if not move(turn, case, "false_alarm", said=said, data={"before": before}):
        return False
    _turn_back(turn, case, running)
    return True


def _turn_back(turn: Turn, case: Any, running: list[Any]) -> None:
    for row in running:
        runner = actor_by_id(turn.conn, row.member_id)
        if runner is not None and runner.id != turn.actor.id:
            with use_locale(runner.locale):
                text = _("{number}: false alarm, you can turn back.").format(number=case.number)
            turn.tell(runner, text, priority=Priority.REPLY)


def take_back(turn: Turn, case: Any) -> None:
    """It was none: the case goes on where it stood, and whoever was sent home is called once more."""
    steps = list_steps(turn.conn, case.incident_id)
    off = next(step for step in reversed(steps) if step.kind == "false_alarm")
    before: dict[str, Any] = off.data.get("before") or _UNKNOWN
    left = None if before["left"] is None else timedelta(seconds=max(before["left"], 0))
    restored = put_back(
        turn.conn,
        case,
        state=before["state"],
        lead_id=before["lead_id"],
        step=before["step"],
        next_at=None if left is None else turn.now + left,
    )
    if not restored:
        say_how_it_stands(turn, case)
        return
    turn.out += turn_topic(turn.conn, case, before["state"])
    now = case_by_id(turn.conn, case.incident_id)
    record(turn, now, "not_false")
    if now.state in WAITING and turn.now - off.at > SLIP:
        restart(turn, now)
    elif now.state in (*WAITING, *ON_THE_SPOT):
        ring_those_who_know(turn, now)
