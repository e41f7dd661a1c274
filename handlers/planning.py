"""Which papers are stored: of each kind the one ahead, made when the one before it opens."""

from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection

from bot.registry import Piece, Swept
from models.deadlines import first_ahead, next_occurrence, occurrences
from models.obligation import create_obligation, forget_scheduled
from models.paper_plan import (
    WHOLE,
    all_changes,
    hospital_stamp,
    keep_plan,
    owed_templates,
    preset_stamp,
    read_plans,
    template_stamp,
    templates_of,
    whole_stamps,
)
from models.people import HospitalFacts, list_hospitals
from models.preset import Template
from models.workday_override import calendar_of, override_stamp
from models.workdays import Workdays


def plans_to_make(conn: Connection) -> list[Piece]:
    """A piece of work for every hospital whose templates, size, time zone or working days have changed."""
    changes, known, overrides = all_changes(conn), whole_stamps(conn), override_stamp(conn)
    return [
        partial(_plan_hospital, hospital=hospital, overrides=overrides, stamp=stamp)
        for hospital in list_hospitals(conn)
        if (stamp := _stamp(hospital, changes, overrides)) != known.get(hospital.id)
    ]


def _stamp(hospital: HospitalFacts, changes: Any, overrides: str) -> str:
    return hospital_stamp(hospital, changes.get(hospital.id, {}), overrides, preset_stamp())


def _plan_hospital(
    conn: Connection, now: datetime, *, hospital: HospitalFacts, overrides: str, stamp: str
) -> Swept:
    """What changed since the stamp was made changes the next one: then it is planned anew."""
    created = _plan(conn, hospital, overrides, now)
    keep_plan(conn, hospital.id, WHOLE, since=hospital.created_at, stamp=stamp)
    return Swept(counts={"created": created})


def _plan(conn: Connection, hospital: HospitalFacts, overrides: str, now: datetime) -> int:
    """What is open keeps its times; what has not opened yet is made anew by the changed templates."""
    plans, calendar = read_plans(conn, hospital.id), calendar_of(conn)
    owed = {each.code for each in owed_templates(conn, hospital)}
    created = 0
    for template in templates_of(conn, hospital):
        if not template.periodic:
            continue
        plan = plans.get(template.code)
        on = template.code in owed
        stamp = template_stamp(hospital, template, overrides) if on else ""
        if (plan.stamp if plan else "") == stamp:
            continue
        forget_scheduled(conn, hospital.id, template.code)
        since = _since(plan, hospital, now, first_time=not plans)
        keep_plan(conn, hospital.id, template.code, since=since, stamp=stamp)
        if on:
            created += _store(conn, hospital, template, since, now, calendar)
    return created


def _since(plan: Any, hospital: HospitalFacts, now: datetime, *, first_time: bool) -> datetime:
    """What was due before the set-up is never owed, nor what was due before its kind was turned on."""
    if first_time:
        return hospital.created_at
    return plan.since if plan is not None and plan.stamp else now


def _store(
    conn: Connection,
    hospital: HospitalFacts,
    template: Template,
    since: datetime,
    now: datetime,
    calendar: Workdays,
) -> int:
    created = 0
    opened = occurrences([template], zone=hospital.zone, since=since, until=now, calendar=calendar)
    for each in opened:
        created += create_obligation(conn, hospital.id, each, now=now)
    for subject in template.subjects or ("",):
        ahead = first_ahead(
            template, subject, since=since, now=now, zone=hospital.zone, calendar=calendar
        )
        # By changed times a paper may be ahead that is open already by its own: then the one after it is.
        while ahead is not None and not create_obligation(conn, hospital.id, ahead, now=now):
            ahead = next_occurrence(
                template, subject, after=ahead.period_end, zone=hospital.zone, calendar=calendar
            )
        created += ahead is not None
    return created


def plan_next(
    conn: Connection,
    hospital: HospitalFacts,
    template: Template,
    row: Any,
    *,
    now: datetime,
    calendar: Workdays,
) -> bool:
    """Store the paper after one that has just opened; whether it is new."""
    found = next_occurrence(
        template, row.subject, after=row.period_end, zone=hospital.zone, calendar=calendar
    )
    return found is not None and create_obligation(conn, hospital.id, found, now=now)
