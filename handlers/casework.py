"""What may be done with a case, and what always goes with it: the log, its cards, a word to the reporter."""

from datetime import datetime, time, timedelta
from typing import Any

from bot.i18n import _, use_locale
from bot.messages import Button, Priority
from bot.turn import Turn, Unit
from handlers import casewords, words
from handlers.cards import refresh_cards, topic_of
from handlers.faces import read_face
from handlers.roles import DUTY
from handlers.room_copies import turn_topic
from models import audit
from models.card import was_called as holds_card
from models.case import SETTLED, WAITING, add_step, case_by_id, find_case, move_case, set_case
from models.chain import follow_up
from models.outbox import revoke
from models.people import HospitalFacts, actor_by_id
from models.room import room_of_chat

MORNING = time(8)
"""Local time at which what has waited for days is brought up again (our default)."""


def find(turn: Turn, number: str) -> Any:
    """The case of the actor's hospital, held; None after saying that there is none."""
    case = find_case(turn.conn, turn.actor.hospital.id, number)
    if case is None:
        turn.toast(_("There is no such record in your hospital."))
    return case


def may_act(turn: Turn, case: Any) -> bool:
    """Whether the actor may answer a case: has a part in it, or is in the hospital's own room."""
    if has_part(turn, case):
        return True
    room = None if turn.incoming.private else room_of_chat(turn.conn, turn.incoming.chat_id)
    return room is not None and room.hospital_id == turn.actor.hospital.id


def has_part(unit: Unit, case: Any) -> bool:
    """Whether the actor was called to a case or told of it, or is of the safety office."""
    return unit.actor.role in DUTY or holds_card(unit.conn, case.incident_id, unit.actor.id)


def next_look(state: str, hospital: HospitalFacts, now: datetime) -> datetime | None:
    """When the schedule looks at a case again that stands in this state; None when it is settled."""
    return None if state in SETTLED else later(follow_up(state), hospital, now)


def later(wait: timedelta, hospital: HospitalFacts, now: datetime) -> datetime:
    """``wait`` from now; what waits for days comes in the morning, not in the night."""
    moment = now + wait
    if wait < timedelta(days=1):
        return moment
    day = moment.astimezone(hospital.zone).date()
    return datetime.combine(day, MORNING, hospital.zone)


def move(
    turn: Turn,
    case: Any,
    new: str,
    *,
    said: str = "",
    data: dict[str, Any] | None = None,
    **values: Any,
) -> bool:
    """Move a case on and do all that goes with it; False, after saying how it stands, when that cannot be.

    ``values`` are columns of the case, ``data`` what the step keeps.
    """
    moved = advance(turn, case, new, said=said, data=data, **values)
    if not moved:
        say_how_it_stands(turn, case)
    return moved


def advance(
    unit: Unit,
    case: Any,
    new: str,
    *,
    said: str = "",
    data: dict[str, Any] | None = None,
    **values: Any,
) -> bool:
    """Move a case on and do all that goes with it; False when somebody was quicker or it may not."""
    changes = {
        "next_at": next_look(new, unit.actor.hospital, unit.now),
        "changed_at": unit.now,
        **values,
    }
    if not move_case(unit.conn, case, new, **changes):
        return False
    if new not in WAITING:
        revoke(unit.conn, topic_of(case.incident_id))
    _write_down(unit, case, new, said, data or {})
    unit.out += turn_topic(unit.conn, case, new)
    return True


def record(
    unit: Unit,
    case: Any,
    kind: str,
    /,
    *,
    said: str = "",
    values: dict[str, Any] | None = None,
    **data: Any,
) -> None:
    """Note something that leaves the case in its state."""
    set_case(unit.conn, case.incident_id, changed_at=unit.now, **(values or {}))
    _write_down(unit, case, kind, said, data)


def _write_down(unit: Unit, case: Any, kind: str, said: str, data: dict[str, Any]) -> None:
    add_step(
        unit.conn,
        case.incident_id,
        kind,
        at=unit.now,
        member_id=unit.actor.id,
        words=said,
        **data,
    )
    audit.note(
        unit.conn,
        at=unit.now,
        action=f"case.{kind}",
        subject=case.number,
        hospital_id=case.hospital_id,
        member_id=signed_by(unit, case, kind),
    )
    refresh(unit, case.incident_id)
    _tell_reporter(unit, case, kind)


def signed_by(unit: Unit, case: Any, kind: str) -> int | None:
    """Who did this; None where that would say who reported confidentially, which stands in the record alone."""
    mine = case.confidential and case.reporter_id == unit.actor.id
    hidden = mine and (kind in casewords.BY_REPORTER or not has_part(unit, case))
    return None if hidden else unit.actor.id


def _tell_reporter(unit: Unit, case: Any, kind: str) -> None:
    """Every change is told to whoever reported; an alarm's first steps stand on their own card already."""
    seen = kind in casewords.TOLD_APART or (case.kind == "alarm" and kind in casewords.ON_CARD)
    if seen or case.reporter_id == unit.actor.id:
        return
    reporter = actor_by_id(unit.conn, case.reporter_id)
    if reporter is None:
        return
    with use_locale(reporter.locale):
        text = casewords.news(kind, number=case.number, who=words.role(unit.actor.role))
        buttons = [[Button(_("Case"), f"case:{case.number}")]]
    unit.tell(reporter, text, buttons, priority=Priority.NOTICE)


def refresh(unit: Unit, incident_id: int) -> Any:
    """Bring every copy of the card to what stands in the database; the case as it is now."""
    case = case_by_id(unit.conn, incident_id)
    face = read_face(unit.conn, case, unit.actor.hospital, now=unit.now)
    unit.out += refresh_cards(unit.conn, face)
    return case


def say_how_it_stands(turn: Turn, case: Any) -> None:
    """Answer a press that came too late or may not be."""
    now = case_by_id(turn.conn, case.incident_id)
    turn.toast(
        _("{number} is already: {state}. Nothing was changed.").format(
            number=case.number, state=casewords.state(now.state)
        )
    )
