"""The chain of a case: who is called when, until somebody takes it."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from bot.messages import Outgoing, Priority
from bot.turn import Unit
from handlers.cards import refresh_cards, send_cards
from handlers.casework import later
from handlers.faces import Face, read_face
from handlers.hearing import department_of, hearers
from handlers.roles import REPORTERS
from handlers.room_copies import send_to_room
from models.card import QUIET, Call
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


def restart(unit: Unit, case: Any, *, also: Collection[int] = ()) -> None:
    """Begin the chain of a case anew, by the rule that fits it now; members ``also`` are called with its first step."""
    chain = snapshot(
        unit.conn,
        alarm=case.kind == "alarm",
        category=case.category,
        severity=case.severity,
        hospital_id=case.hospital_id,
    )
    set_case(
        unit.conn,
        case.incident_id,
        chain=chain,
        step=0,
        round=case.round + 1,
        rung_at=unit.now,
        next_at=unit.now,
    )
    now = case_by_id(unit.conn, case.incident_id)
    called = call(unit.conn, now, unit.actor.hospital, now=unit.now, also=also)
    unit.out += called.out if called else []


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


def everybody(conn: Connection, case: Any) -> list[Actor]:
    """Whom any step of a case's chain calls, and whoever is on duty."""
    codes = {ON_DUTY} | {code for step in steps_of(case.chain) for code in step.notify}
    return audience(conn, case, Step(wait=0, notify=tuple(sorted(codes))))


def on_duty(conn: Connection, case: Any) -> list[Actor]:
    """Whoever is on duty now, but for the one who reported."""
    return audience(conn, case, Step(wait=0, notify=(ON_DUTY,)))


@dataclass(frozen=True, kw_only=True, slots=True)
class Called:
    """What a step of a chain owes, whom it called, and the card as it stood then."""

    out: list[Outgoing]
    readers: list[Actor]
    face: Face


def call(
    conn: Connection,
    case: Any,
    hospital: HospitalFacts,
    *,
    now: datetime,
    also: Collection[int] = (),
) -> Called | None:
    """Do a case's next step; a step that reaches nobody is passed over and the one after it done at once.

    None when another sweep or an answer was quicker.
    """
    steps = steps_of(case.chain)
    done, readers = case.step, list[Actor]()
    while not readers and done < len(steps):
        readers = _with(conn, case, audience(conn, case, steps[done]), also)
        done += 1
    wait = timedelta(minutes=steps[done].wait) if done < len(steps) else follow_up("new")
    if not claim_next(conn, case, next_at=later(wait, hospital, now), step=done):
        return None
    for level in range(case.step, done):
        _note_call(conn, case, level, steps[level], readers if level == done - 1 else [], now)
    return ring(conn, case_by_id(conn, case.incident_id), hospital, readers, now=now)


def ring(
    conn: Connection, case: Any, hospital: HospitalFacts, readers: list[Actor], *, now: datetime
) -> Called:
    """Let the phones of these people sound for a case, at the level its chain has come to."""
    level = max(case.step - 1, 0)
    if case.kind == "alarm":
        set_case(conn, case.incident_id, calling=bool(readers))
    face = read_face(conn, case, hospital, now=now)
    calls = [Call(member_id=each.id, level=level, role=each.role) for each in readers]
    face = replace(face, calls=[*face.calls, *calls])
    urgent = Priority.ALARM if face.alarm else Priority.NOTICE
    out = refresh_cards(conn, face) if level or case.round else []
    return Called(
        out=out + send_cards(conn, face, readers, level=level, priority=urgent),
        readers=readers,
        face=face,
    )


def _with(conn: Connection, case: Any, called: list[Actor], also: Collection[int]) -> list[Actor]:
    """Those called, and of the others named whoever can be reached; never the one who reported."""
    there = {actor.id for actor in called} | {case.reporter_id}
    more = reachable_actors(conn, case.hospital_id, REPORTERS) if set(also) - there else []
    named = [actor for actor in more if actor.id in also and actor.id not in there]
    return called + hearers(conn, case, named)


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


def begin(unit: Unit, case: Any) -> list[Actor]:
    """Call those whom the first step calls, tell the safety office and the operations room; who was called."""
    called = call(unit.conn, case, unit.actor.hospital, now=unit.now)
    assert called is not None  # nobody else knows the case yet
    unit.out += called.out
    if called.face.alarm:
        there = {actor.id for actor in called.readers} | {case.reporter_id}
        office = reachable_actors(unit.conn, case.hospital_id, DUTY_ROLES)
        unit.out += send_cards(
            unit.conn,
            called.face,
            [actor for actor in office if actor.id not in there],
            level=QUIET,
            priority=Priority.NOTICE,
            quiet=True,
        )
    unit.out += send_to_room(unit.conn, called.face)
    return called.readers
