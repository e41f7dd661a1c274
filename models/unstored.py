"""The papers that time alone has brought and no sweep has stored yet."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from models.deadlines import Occurrence, next_occurrence, occurrences
from models.obligation import stored_ahead, stored_among
from models.paper_plan import changes_by, owed_among, plans_by, templates_by
from models.people import HospitalFacts
from models.preset import Template
from models.workday_override import calendar_of
from models.workdays import Workdays


def unstored_occurrences(
    conn: Connection, hospital: HospitalFacts, at: datetime, *, codes: Iterable[str] | None = None
) -> list[Occurrence]:
    """What follows the papers stored ahead, and all of a kind never planned; of these codes only where named."""
    return unstored_of(conn, [hospital], at, codes=codes)[hospital.id]


def unstored_of(
    conn: Connection,
    hospitals: Collection[HospitalFacts],
    at: datetime,
    *,
    codes: Iterable[str] | None = None,
) -> dict[int, list[Occurrence]]:
    """The same of many hospitals."""
    ids = [each.id for each in hospitals]
    changes, plans, ahead = changes_by(conn, ids), plans_by(conn, ids), stored_ahead(conn, ids)
    calendar = calendar_of(conn)
    found = {}
    for hospital in hospitals:
        owed = owed_among(templates_by(changes.get(hospital.id, {})), hospital)
        wanted = (t for t in owed if t.periodic and (codes is None or t.code in codes))
        planned = plans.get(hospital.id, {})
        opened = [
            each
            for template in wanted
            for each in _opened(hospital, template, planned.get(template.code), ahead, at, calendar)
        ]
        found[hospital.id] = _not_stored(conn, hospital, opened)
    return found


def _opened(
    hospital: HospitalFacts,
    template: Template,
    plan: Any,
    ahead: Mapping[tuple[int, str, str], Any],
    at: datetime,
    calendar: Workdays,
) -> Iterable[Occurrence]:
    for subject in template.subjects or ("",):
        stored = ahead.get((hospital.id, template.code, subject))
        if stored is not None and plan is not None:
            yield from _after(template, subject, stored, hospital, at, calendar)
        else:
            since = plan.since if plan else hospital.created_at
            yield from _since(template, subject, hospital, since, at, calendar)


def _after(
    template: Template,
    subject: str,
    stored: Any,
    hospital: HospitalFacts,
    at: datetime,
    calendar: Workdays,
) -> Iterable[Occurrence]:
    last = stored
    while last.opens_at <= at:
        following = next_occurrence(
            template, subject, after=last.period_end, zone=hospital.zone, calendar=calendar
        )
        if following is None or following.opens_at > at:
            return
        yield following
        last = following


def _since(
    template: Template,
    subject: str,
    hospital: HospitalFacts,
    since: datetime,
    at: datetime,
    calendar: Workdays,
) -> Iterable[Occurrence]:
    found = occurrences([template], zone=hospital.zone, since=since, until=at, calendar=calendar)
    return (each for each in found if each.subject == subject)


def _not_stored(
    conn: Connection, hospital: HospitalFacts, found: list[Occurrence]
) -> list[Occurrence]:
    """Of a pile that opened in a downtime one may have been filed, and so stored, before the first."""
    keys = [(each.code, each.subject, each.period_end) for each in found]
    known = stored_among(conn, hospital.id, keys)
    return [each for each, key in zip(found, keys, strict=True) if key not in known]
