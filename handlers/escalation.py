"""The chain of a case: who is called when, until somebody takes it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from bot.messages import Outgoing, Priority
from bot.turn import Turn
from handlers.cards import refresh_cards, send_cards
from handlers.casework import later
from handlers.faces import Face, read_face
from handlers.hearing import department_of, hearers
from handlers.roles import REPORTERS
from handlers.room_copies import send_to_room
from models.card import QUIET
from models.case import add_step, case_by_id, set_case
from models.case_schedule import claim_next
from models.chain import ON_DUTY, Step, follow_up, steps_for, steps_of, stored
from models.duty import on_duty_actors
from models.people import (
    DUTY_ROLES,
    Actor,
    HospitalFacts,
    reachable_actors,
)


def snapshot(
    conn: Connection, *, alarm: bool, category: str, severity: str, hospital_id: int
) -> Any:
    """The chain a new case follows, as it is kept on the case: later changes of the rules do not touch it."""
    return stored(steps_for(conn, hospital_id, alarm=alarm, category=category, severity=severity))


def restart(turn: Turn, case: Any) -> None:
    """Begin the chain of a case anew, by the rule that fits it now."""
    chain = snapshot(
        turn.conn,
        alarm=case.kind == "alarm",
        category=case.category,
        severity=case.severity,
        hospital_id=case.hospital_id,
    )
    set_case(
        turn.conn,
        case.incident_id,
        chain=chain,
        step=0,
        round=case.round + 1,
        next_at=turn.now,
    )
    called = call(
        turn.conn, case_by_id(turn.conn, case.incident_id), turn.actor.hospital, now=turn.now
    )
    turn.out += called.out if called else []


# -- one step ------------------------------------------------------------------------------------


def audience(conn: Connection, case: Any, step: Step) -> list[Actor]:
    """Whom a step calls: those who can be reached and may hear of it, of the heads the one concerned, no reporter."""
    roles = [code for code in step.notify if code != ON_DUTY]
    by_role = reachable_actors(conn, case.hospital_id, roles) if roles else []
    concerned = department_of(conn, case) if any(a.role == "head" for a in by_role) else None
    found = {
        actor.id: actor
        for actor in by_role
        if actor.role != "head" or (concerned is not None and actor.department_id == concerned)
    }
    if ON_DUTY in step.notify:
        on_duty = on_duty_actors(conn, case.hospital_id, REPORTERS)
        found |= {actor.id: actor for actor in on_duty}
    found.pop(case.reporter_id, None)
    return hearers(conn, case, [found[key] for key in sorted(found)])


@dataclass(frozen=True, kw_only=True, slots=True)
class Called:
    """What a step of a chain owes, whom it called, and the card as it stood then."""

    out: list[Outgoing]
    readers: list[Actor]
    face: Face


def call(conn: Connection, case: Any, hospital: HospitalFacts, *, now: datetime) -> Called | None:
    """Do a case's next step; a step that reaches nobody is passed over and the one after it done at once.

    None when another sweep or an answer was quicker.
    """
    steps = steps_of(case.chain)
    done, readers = case.step, list[Actor]()
    while not readers and done < len(steps):
        readers = audience(conn, case, steps[done])
        done += 1
    wait = timedelta(minutes=steps[done].wait) if done < len(steps) else follow_up("new")
    if not claim_next(conn, case, next_at=later(wait, hospital, now), step=done):
        return None
    for level in range(case.step, done):
        _note_call(conn, case, level, steps[level], readers if level == done - 1 else [], now)
    face = read_face(conn, case_by_id(conn, case.incident_id), hospital, now=now)
    urgent = Priority.ALARM if face.alarm else Priority.NOTICE
    out = refresh_cards(conn, face) if case.step else []
    return Called(
        out=send_cards(conn, face, readers, level=done - 1, priority=urgent) + out,
        readers=readers,
        face=face,
    )


def _note_call(
    conn: Connection, case: Any, level: int, step: Step, readers: list[Actor], now: datetime
) -> None:
    add_step(
        conn,
        case.incident_id,
        "called",
        at=now,
        member_id=None,
        level=level,
        round=case.round,
        notify=list(step.notify),
        reached=[actor.id for actor in readers],
    )


def begin(turn: Turn, case: Any) -> list[Actor]:
    """Call those whom the first step calls, tell the safety office and the operations room; who was called."""
    called = call(turn.conn, case, turn.actor.hospital, now=turn.now)
    assert called is not None  # nobody else knows the case yet
    turn.out += called.out
    if called.face.alarm:
        there = {actor.id for actor in called.readers} | {case.reporter_id}
        office = reachable_actors(turn.conn, case.hospital_id, DUTY_ROLES)
        turn.out += send_cards(
            turn.conn,
            called.face,
            [actor for actor in office if actor.id not in there],
            level=QUIET,
            priority=Priority.NOTICE,
            quiet=True,
        )
    turn.out += send_to_room(turn.conn, called.face)
    return called.readers
