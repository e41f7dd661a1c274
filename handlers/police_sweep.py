"""O3: a violent case without a police call after ten minutes (our default, 003 要立即报警) is brought up once."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection

from bot.dates import say_moment
from bot.i18n import _, n_, use_locale
from bot.messages import Button, Buttons, Outgoing, Priority, message
from bot.registry import Sweep, Swept
from handlers import case_terms
from handlers.hearing import hearers
from models.case import add_step, case_by_id
from models.caseload import uncalled_cases
from models.category import CATEGORIES
from models.house_rule import POLICE_AFTER, read_rule
from models.people import Actor, HospitalFacts, reachable_actors
from models.setting import claim, claimed

AFTER_MINUTES = 10
"""From discovery (domain O3: our default; a hospital may change it)."""
VIOLENT = tuple(each.code for each in CATEGORIES if each.group == "violence")
_LISTED = 6


def police_overdue(conn: Connection, _now: datetime) -> Swept:
    """Remind the lead and the safety officers once of each violent case that nobody has called the police for."""
    uncalled = uncalled_cases(conn, VIOLENT)
    numbers = [case.number for case in uncalled]
    done = claimed(conn, kind="police_overdue", subjects=numbers, period="once")
    hospitals = dict.fromkeys(case.hospital_id for case in uncalled if case.number not in done)
    rest = [partial(_remind_hospital, hospital_id=each) for each in hospitals]
    return Swept(counts={"police_reminded": 0}, rest=rest)


def _remind_hospital(conn: Connection, now: datetime, *, hospital_id: int) -> Swept:
    by_reader: dict[int, tuple[Actor, list[Any]]] = {}
    reminded, wait = 0, _wait(conn, hospital_id)
    for case in uncalled_cases(conn, VIOLENT, hospital_id=hospital_id):
        if case.discovered_at + wait > now:
            continue
        if not claim(conn, kind="police_overdue", subject=case.number, period="once", at=now):
            continue
        reminded += 1
        add_step(conn, case.id, "police_reminded", at=now, member_id=None)
        for reader in hearers(conn, case_by_id(conn, case.id), _readers(conn, case)):
            by_reader.setdefault(reader.id, (reader, []))[1].append(case)
    out = [_reminder(conn, reader, cases, now) for reader, cases in by_reader.values()]
    return Swept(counts={"police_reminded": reminded}, out=out)


def _wait(conn: Connection, hospital_id: int) -> timedelta:
    return timedelta(minutes=read_rule(conn, hospital_id, POLICE_AFTER) or AFTER_MINUTES)


def _readers(conn: Connection, case: Any) -> list[Actor]:
    """Whoever leads and the safety officers; administrators where there is no officer."""
    found = reachable_actors(conn, case.hospital_id, _ANY)
    lead = [actor for actor in found if actor.id == case.lead_id]
    office = [actor for actor in found if actor.role == "officer"] or [
        actor for actor in found if actor.role == "admin"
    ]
    return list({actor.id: actor for actor in (*lead, *office)}.values())


_ANY = ("guard", "doctor", "head", "officer", "admin", "leader")


def _reminder(conn: Connection, reader: Actor, cases: list[Any], now: datetime) -> Outgoing:
    with use_locale(reader.locale):
        text, buttons = _text(reader.hospital, cases, now)
        if read_rule(conn, reader.hospital.id, POLICE_AFTER) is None:
            text += "\n" + _("(after 10 minutes: our default, can be changed)")
    return Outgoing(
        chat_id=reader.telegram_id,
        method="sendMessage",
        payload=message(reader.telegram_id, text, buttons=buttons),
        priority=Priority.REMINDER,
    )


def _text(hospital: HospitalFacts, cases: list[Any], now: datetime) -> tuple[str, Buttons]:
    lines = [
        n_(
            "☎️ No police call is noted for {n} violent case. Dial 110 now, or note that it was done.",
            "☎️ No police call is noted for {n} violent cases. Dial 110 now, or note that it was done.",
            len(cases),
        ).format(n=len(cases))
    ]
    rows = []
    for case in cases[:_LISTED]:
        since = say_moment(case.discovered_at, zone=hospital.zone, now=now)
        lines.append(f"{case.number} · {case_terms.kind(case)} · {since}")
        label = _("☎️ 110 called") if len(cases) == 1 else case.number
        rows.append(
            [Button(label, f"stamp:police:{case.number}"), Button(_("Case"), f"case:{case.number}")]
        )
    if len(cases) > _LISTED:
        lines.append(_("… and {n} more").format(n=len(cases) - _LISTED))
    return "\n".join(lines), rows


POLICE_CALLS = Sweep(name="police_calls", run=police_overdue)
