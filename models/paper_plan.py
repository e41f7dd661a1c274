"""Which papers a hospital owes, as it has changed the preset, and since when each is planned."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Connection, select
from sqlmodel import Field, SQLModel

from models.base import insert_new
from models.house_rule import RULE
from models.people import HospitalFacts
from models.preset import INCIDENT, Preset, Template, shipped_preset

PAPER = "paper:"
"""With a template's code behind it: the values of it that a hospital has changed."""
WHOLE = ""
"""The code of the plan that stands for all of a hospital's."""
EDITABLE = ("enabled", "due", "reminders", "missed", "owed_by")


class PaperPlan(SQLModel, table=True):
    """That the papers of a code are stored one ahead; none due before ``since`` is owed.

    ``stamp`` tells the template, calendar and time zone they were planned by; empty while it is off.
    """

    __tablename__ = "paper_plan"
    hospital_id: int = Field(primary_key=True, foreign_key="hospital.id")
    code: str = Field(primary_key=True)
    since: datetime
    stamp: str


PLAN = PaperPlan.__table__  # type: ignore[attr-defined]


def changes_of(conn: Connection, hospital_id: int) -> dict[str, Any]:
    """What a hospital has changed of the preset, by code."""
    return changes_by(conn, [hospital_id]).get(hospital_id, {})


def changes_by(conn: Connection, hospital_ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """What hospitals have changed of the preset, by hospital and code."""
    return _changes(conn, RULE.c.hospital_id.in_(list(hospital_ids)))


def _changes(conn: Connection, *of: Any) -> dict[int, dict[str, Any]]:
    query = select(RULE.c.hospital_id, RULE.c.key, RULE.c.value).where(
        RULE.c.key.startswith(PAPER, autoescape=True), *of
    )
    found: dict[int, dict[str, Any]] = {}
    for row in conn.execute(query):
        found.setdefault(row.hospital_id, {})[row.key.removeprefix(PAPER)] = row.value
    return found


def templates_of(conn: Connection, hospital: HospitalFacts) -> tuple[Template, ...]:
    """The hospital's templates, on or off, with its own values."""
    return templates_by(changes_of(conn, hospital.id))


def templates_by(changes: Mapping[str, Any]) -> tuple[Template, ...]:
    """The templates with these changes made, by code."""
    return _changed(json.dumps(changes, sort_keys=True)) if changes else shipped_preset().templates


@lru_cache(maxsize=256)
def _changed(changes: str) -> tuple[Template, ...]:
    by_code = json.loads(changes)
    return tuple(
        changed(each, by_code[each.code]) if each.code in by_code else each
        for each in shipped_preset().templates
    )


def changed(template: Template, values: Mapping[str, Any]) -> Template:
    """A template with a hospital's own values; one that no longer fits the preset is left out. ValueError."""
    data = template.model_dump(mode="json")
    for name, value in values.items():
        if name not in EDITABLE:
            raise ValueError(f"{name} is not a hospital's to change")
        data[name] = {**data[name], **value} if isinstance(value, dict) else value
    try:
        return Template.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        raise ValueError(str(first["msg"]).removeprefix("Value error, ")) from None


def template_of(conn: Connection, hospital: HospitalFacts, code: str) -> Template:
    """One template with the hospital's own values; KeyError."""
    for each in templates_of(conn, hospital):
        if each.code == code:
            return each
    raise KeyError(code)


def owed_templates(conn: Connection, hospital: HospitalFacts) -> list[Template]:
    """The templates that are on and apply to the hospital."""
    return owed_among(templates_of(conn, hospital), hospital)


def owed_among(templates: Iterable[Template], hospital: HospitalFacts) -> list[Template]:
    """Of these templates the ones that are on and apply to the hospital."""
    return [
        each
        for each in templates
        if each.enabled
        and each.owed_at(
            level=hospital.level,
            beds=hospital.beds,
            outpatients_a_day=hospital.outpatients_a_day,
        )
    ]


def periodic(conn: Connection, hospital: HospitalFacts) -> list[Template]:
    """Of those the ones that the calendar opens."""
    return [each for each in owed_templates(conn, hospital) if each.periodic]


def counted_codes(preset: Preset | None = None) -> tuple[str, ...]:
    """The codes whose misses count in the scorecard's item on reporting."""
    found = (preset or shipped_preset()).templates
    return tuple(each.code for each in found if each.counts_towards == "missed_reports")


def filing_of(
    conn: Connection, hospital: HospitalFacts, *, category: str, group: str, severity: str
) -> Template | None:
    """The one filing that an incident owes: of the limits that match the shortest; None where none does."""
    found = [
        each
        for each in owed_templates(conn, hospital)
        if each.cadence == INCIDENT
        and each.closes.by == "receipt"
        and each.opened_by(category=category, group=group, severity=severity)
    ]
    return min(found, key=lambda each: each.hours_for(severity), default=None)


# -- the plan ------------------------------------------------------------------------------------


def hospital_stamp(
    hospital: HospitalFacts, changes: Mapping[str, Any], overrides: str, preset_hash: str
) -> str:
    """What all papers of a hospital are planned by: while it is the same, nothing has to be planned anew."""
    facts = (hospital.level, hospital.beds, hospital.outpatients_a_day, hospital.timezone)
    return _digest(json.dumps([facts, changes, overrides, preset_hash], sort_keys=True))


def template_stamp(hospital: HospitalFacts, template: Template, overrides: str) -> str:
    """What the papers of one template are planned by."""
    return _digest("\n".join([template.model_dump_json(), hospital.timezone, overrides]))


@lru_cache(maxsize=4)
def preset_stamp(preset_id: str = "qingpu") -> str:
    """What a preset says, in short."""
    return _digest(shipped_preset(preset_id).model_dump_json())


def _digest(told: str) -> str:
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def all_changes(conn: Connection) -> dict[int, dict[str, Any]]:
    """What every hospital has changed of the preset, by hospital and code."""
    return _changes(conn)


def whole_stamps(conn: Connection) -> dict[int, str]:
    """Of every hospital what its papers were last planned by."""
    query = select(PLAN.c.hospital_id, PLAN.c.stamp).where(PLAN.c.code == WHOLE)
    return {row.hospital_id: row.stamp for row in conn.execute(query)}


def read_plans(conn: Connection, hospital_id: int) -> dict[str, Any]:
    """The plan of each code."""
    return plans_by(conn, [hospital_id]).get(hospital_id, {})


def plans_by(conn: Connection, hospital_ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """The plans of many hospitals, by hospital and code."""
    found: dict[int, dict[str, Any]] = {}
    for row in conn.execute(select(PLAN).where(PLAN.c.hospital_id.in_(list(hospital_ids)))):
        found.setdefault(row.hospital_id, {})[row.code] = row
    return found


def keep_plan(
    conn: Connection, hospital_id: int, code: str, *, since: datetime, stamp: str
) -> None:
    """Note how a code, or with ``WHOLE`` the whole hospital, is planned."""
    row = {"hospital_id": hospital_id, "code": code, "since": since, "stamp": stamp}
    if not insert_new(conn, PLAN, row):
        mine = (PLAN.c.hospital_id == hospital_id, PLAN.c.code == code)
        conn.execute(PLAN.update().where(*mine).values(since=since, stamp=stamp))
