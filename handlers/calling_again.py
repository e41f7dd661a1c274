"""Help is called for again: every later press of the alarm makes phones sound, whatever the case stands at."""

from datetime import timedelta
from typing import Any

from bot.turn import Unit
from handlers.cards import refresh_cards, refresh_own
from handlers.casework import advance
from handlers.escalation import call, everybody, on_duty, restart, ring
from handlers.faces import read_face
from handlers.hearing import hearers
from handlers.room_copies import ring_in_room
from models.card import list_calls
from models.case import ON_THE_SPOT, WAITING, add_step, case_by_id, set_case
from models.people import ROLES, Actor, reachable_actors
from models.response import forget_responses, list_responses, still_coming

SAME = timedelta(seconds=10)
"""A press so soon after the last one is meant for the same people (our default)."""


def call_again(unit: Unit, case: Any) -> None:
    """Make phones sound once more for an alarm that is not settled.

    While nobody has answered: within SAME the same people, later the next of the chain, when it is exhausted all of it.
    While somebody comes: they and everybody on duty. Once it is under control, or nobody who said so can be counted on
    any more: as loud as a new alarm.
    """
    coming = still_coming(unit.conn, case.incident_id) - {case.reporter_id}
    if case.state in WAITING:
        _press_on(unit, case)
    elif case.state in ON_THE_SPOT and coming:
        _ring(unit, _begin_round(unit, case), _those(unit, case, coming))
    else:
        open_again(unit, case)


def open_again(unit: Unit, case: Any) -> None:
    """Begin anew with everybody: the chain from its first step, and whoever had come before."""
    before = [row.member_id for row in list_responses(unit.conn, case.incident_id)]
    forget_responses(unit.conn, case.incident_id)
    if advance(unit, case, "reopened", lead_id=None):
        restart(unit, case_by_id(unit.conn, case.incident_id), also=before)
        _ring_room(unit, case)


def settle_call(unit: Unit, case: Any) -> None:
    """It is known whom the newest call reached: say so to the one who called, or go on where it was nobody."""
    set_case(unit.conn, case.incident_id, calling=False)
    face = read_face(unit.conn, case, unit.actor.hospital, now=unit.now)
    answered = bool(still_coming(unit.conn, case.incident_id) - {case.reporter_id})
    if face.reached or answered:
        lost = any(call.state == "dead" for call in face.calls)
        unit.out += (refresh_cards if lost else refresh_own)(unit.conn, face)
    elif case.state in WAITING and case.step < len(case.chain):
        called = call(unit.conn, case, unit.actor.hospital, now=unit.now)
        unit.out += called.out if called else []
    elif case.state in ON_THE_SPOT:
        open_again(unit, case)
    else:
        unit.out += refresh_own(unit.conn, face)


def ring_those_who_know(unit: Unit, case: Any) -> None:
    """Let it sound again for those who come, those the newest call went to, and whoever is on duty."""
    known = {each.member_id for each in list_calls(unit.conn, case)}
    known |= {row.member_id for row in list_responses(unit.conn, case.incident_id)}
    case = _begin_round(unit, case)
    _ring(unit, case, _those(unit, case, known) or everybody(unit.conn, case))


def _press_on(unit: Unit, case: Any) -> None:
    called = {each.member_id for each in list_calls(unit.conn, case)}
    soon = unit.now - (case.rung_at or case.reported_at) <= SAME
    same = _reachable(unit, case, called) if soon else []
    case = _begin_round(unit, case)
    if same:
        _ring(unit, case, same)
        return
    if case.step < len(case.chain):
        done = call(unit.conn, case, unit.actor.hospital, now=unit.now)
        if done is not None and done.readers:
            unit.out += done.out
            _note(unit, case, done.readers)
            return
        case = case_by_id(unit.conn, case.incident_id)
    _ring(unit, case, everybody(unit.conn, case))


def _begin_round(unit: Unit, case: Any) -> Any:
    set_case(unit.conn, case.incident_id, round=case.round + 1, rung_at=unit.now)
    return case_by_id(unit.conn, case.incident_id)


def _ring(unit: Unit, case: Any, readers: list[Actor]) -> None:
    called = ring(unit.conn, case, unit.actor.hospital, readers, now=unit.now)
    unit.out += called.out
    _note(unit, case, readers)


def _note(unit: Unit, case: Any, readers: list[Actor]) -> None:
    called = [actor.id for actor in readers]
    add_step(
        unit.conn, case.incident_id, "rung", at=unit.now, member_id=unit.actor.id, called=called
    )
    _ring_room(unit, case)


def _ring_room(unit: Unit, case: Any) -> None:
    now = case_by_id(unit.conn, case.incident_id)
    face = read_face(unit.conn, now, unit.actor.hospital, now=unit.now)
    unit.out += ring_in_room(unit.conn, face)


def _those(unit: Unit, case: Any, members: set[int]) -> list[Actor]:
    """These people where they can be reached, and whoever is on duty."""
    found = {actor.id: actor for actor in on_duty(unit.conn, case)}
    found |= {actor.id: actor for actor in _reachable(unit, case, members)}
    return [found[key] for key in sorted(found)]


def _reachable(unit: Unit, case: Any, members: set[int]) -> list[Actor]:
    wanted = members - {case.reporter_id}
    found = reachable_actors(unit.conn, case.hospital_id, ROLES) if wanted else []
    return hearers(unit.conn, case, [actor for actor in found if actor.id in wanted])
