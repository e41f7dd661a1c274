"""The sweeps over cases: chains nobody has answered, cases that stand still, and the auditor of both."""

from collections import defaultdict
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection

from bot.dates import say_moment
from bot.i18n import _, n_, use_locale
from bot.messages import Button, Outgoing, Priority, message
from bot.registry import Piece, Sweep, Swept
from bot.turn import Unit
from handlers import casewords, words
from handlers.calling_again import settle_call
from handlers.casework import later
from handlers.escalation import call
from handlers.hearing import hearers
from handlers.roles import REPORTERS
from models.card import nobody_reached
from models.case import ON_THE_SPOT, SETTLED, WAITING, case_by_id, set_case
from models.case_schedule import (
    cases_calling,
    cases_due,
    cases_losing_people,
    cases_without_next,
    claim_next,
)
from models.chain import follow_up
from models.people import (
    DUTY_ROLES,
    Actor,
    HospitalFacts,
    former_actor,
    hospital_by_id,
    reachable_actors,
)
from models.setting import claim

STUCK_AFTER = timedelta(minutes=5)
"""A due step that nobody did for this long is a fault that administrators hear of."""
_RECENTLY = timedelta(hours=1)
"""How long ago somebody may have become unreachable and still matter; a step due since is done anyway."""
_BATCH = 200
_LISTED = 6


def sweep_cases(conn: Connection, now: datetime) -> Swept:
    """Do every step that is due, once; ask after cases that stand still, one message a person."""
    calls: list[Piece] = []
    standing: dict[int, list[int]] = defaultdict(list)
    for incident_id in dict.fromkeys(
        [*_left_alone(conn, now), *cases_due(conn, now=now, limit=_BATCH)]
    ):
        case = case_by_id(conn, incident_id)
        if _to_call(case):
            calls.append(partial(_call, incident_id=incident_id))
        else:
            standing[case.hospital_id].append(incident_id)
    asks = [partial(_ask_after, incident_ids=ids) for ids in standing.values()]
    settles = [partial(_settle, incident_id=each) for each in cases_calling(conn)]
    return Swept(counts={"called": 0, "asked": 0}, rest=(*settles, *calls, *asks))


def _to_call(case: Any) -> bool:
    return case.state in WAITING and case.step < len(case.chain)


def _call(conn: Connection, now: datetime, *, incident_id: int) -> Swept:
    """The next step of a chain, unless somebody has taken the case meanwhile."""
    case = case_by_id(conn, incident_id)
    lost = case.step > 0 and nobody_reached(conn, case)
    if not _to_call(case) or not (lost or _is_due(case, now)):
        return Swept(counts={})
    called = call(conn, case, hospital_by_id(conn, case.hospital_id), now=now)
    return Swept(counts={"called": called is not None}, out=called.out if called else [])


def _is_due(case: Any, now: datetime) -> bool:
    return case.next_at is not None and case.next_at <= now


def _ask_after(conn: Connection, now: datetime, *, incident_ids: list[int]) -> Swept:
    """The cases of one hospital that stand still."""
    cases = [case_by_id(conn, each) for each in incident_ids]
    standing = [
        case
        for case in cases
        if not _to_call(case) and _is_due(case, now) and _ask(conn, case, now)
    ]
    reminders = _reminders(conn, standing, now)
    return Swept(counts={"asked": len(reminders)}, out=reminders)


def _settle(conn: Connection, now: datetime, *, incident_id: int) -> Swept:
    """A call for help of which it is known by now whom it reached."""
    case = case_by_id(conn, incident_id)
    unit = Unit(conn=conn, now=now, member=former_actor(conn, case.reporter_id))
    if case.state in SETTLED:
        set_case(conn, incident_id, calling=False)
    elif case.calling:
        settle_call(unit, case)
    return Swept(counts={}, out=unit.out)


def _left_alone(conn: Connection, now: datetime) -> list[int]:
    """Cases whose newest call reached nobody: everybody it went to has blocked the bot or left."""
    found = []
    for incident_id in cases_losing_people(conn, since=now - _RECENTLY):
        case = case_by_id(conn, incident_id)
        if 0 < case.step < len(case.chain) and nobody_reached(conn, case):
            found.append(incident_id)
    return found


def _ask(conn: Connection, case: Any, now: datetime) -> bool:
    hospital = hospital_by_id(conn, case.hospital_id)
    state = "new" if case.state in WAITING else case.state
    return claim_next(conn, case, next_at=later(follow_up(state), hospital, now), step=case.step)


def _reminders(conn: Connection, cases: list[Any], now: datetime) -> list[Outgoing]:
    by_reader: dict[int, tuple[Actor, list[Any]]] = {}
    for case in cases:
        office = reachable_actors(conn, case.hospital_id, DUTY_ROLES)
        for reader in hearers(conn, case, _lead(conn, case) or office):
            by_reader.setdefault(reader.id, (reader, []))[1].append(case)
    out = []
    for reader, waiting in by_reader.values():
        with use_locale(reader.locale):
            text, buttons = _how_is_it(reader.hospital, waiting, now)
        payload = message(reader.telegram_id, text, buttons=buttons)
        out.append(_owed(reader, payload, Priority.REMINDER))
    return out


def _lead(conn: Connection, case: Any) -> list[Actor]:
    """Who leads on the spot; once it is under control the rest is the safety office's."""
    if case.state not in ON_THE_SPOT:
        return []
    staff = reachable_actors(conn, case.hospital_id, REPORTERS)
    return [actor for actor in staff if actor.id == case.lead_id]


def _how_is_it(hospital: HospitalFacts, cases: list[Any], now: datetime) -> tuple[str, Any]:
    first = n_(
        "📌 {n} case waits for its next step:", "📌 {n} cases wait for their next step:", len(cases)
    ).format(n=len(cases))
    lines, buttons = [first], []
    for case in cases[:_LISTED]:
        since = say_moment(case.changed_at, zone=hospital.zone, now=now)
        lines.append(
            _("{number} {kind}: {state}, since {time}").format(
                number=case.number,
                kind=words.category(case.category),
                state=casewords.state(case.state),
                time=since,
            )
        )
        buttons.append([Button(case.number, f"case:{case.number}")])
    if len(cases) > _LISTED:
        lines.append(_("… and {n} more").format(n=len(cases) - _LISTED))
    return "\n".join(lines), buttons


def _owed(reader: Actor, payload: dict[str, Any], priority: Priority) -> Outgoing:
    return Outgoing(
        chat_id=reader.telegram_id, method="sendMessage", payload=payload, priority=priority
    )


# -- the auditor ---------------------------------------------------------------------------------


def sweep_stuck(_conn: Connection, _now: datetime) -> Swept:
    """Raise an alarm to the administrators for open cases that nothing would ever look at again, and set them going."""
    # After a downtime much is due and nothing is wrong: what is due is done first.
    return Swept(counts={"stuck": 0}, rest=(sweep_cases, _audit))


def _audit(conn: Connection, now: datetime) -> Swept:
    found = cases_without_next(conn, before=now - STUCK_AFTER)
    hospitals = dict.fromkeys(case.hospital_id for case in found)
    return Swept(counts={}, rest=[partial(_set_going, hospital_id=each) for each in hospitals])


def _set_going(conn: Connection, now: datetime, *, hospital_id: int) -> Swept:
    """What stands still in a hospital, with one message to each administrator."""
    stuck, out = [], []
    for case in cases_without_next(conn, before=now - STUCK_AFTER, hospital_id=hospital_id):
        mark = str(case.next_at or case.changed_at)
        if claim(conn, kind="stuck", subject=case.number, period=mark, at=now):
            set_case(conn, case.incident_id, next_at=now)
            stuck.append(case)
    for reader in reachable_actors(conn, hospital_id, ("admin",)) if stuck else ():
        with use_locale(reader.locale):
            text, buttons = _stuck_text(stuck)
        payload = message(reader.telegram_id, text, buttons=buttons)
        out.append(_owed(reader, payload, Priority.ALARM))
    return Swept(counts={"stuck": len(stuck)}, out=out)


def _stuck_text(cases: list[Any]) -> tuple[str, Any]:
    lines = [
        n_(
            "⚠️ {n} open case had no next step. It goes on now; please look at it.",
            "⚠️ {n} open cases had no next step. They go on now; please look at them.",
            len(cases),
        ).format(n=len(cases))
    ]
    shown = cases[:_LISTED]
    lines += [f"{case.number} · {casewords.state(case.state)}" for case in shown]
    if len(cases) > _LISTED:
        lines.append(_("… and {n} more").format(n=len(cases) - _LISTED))
    return "\n".join(lines), [[Button(case.number, f"case:{case.number}")] for case in shown]


CASES = Sweep(name="cases", run=sweep_cases, every=1)
STUCK = Sweep(name="stuck", run=sweep_stuck)
