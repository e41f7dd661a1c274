"""Where every incident and alarm begins: its number, its row, its case, what it owes."""

from datetime import datetime
from typing import Any

from bot.turn import Unit
from handlers.escalation import snapshot
from handlers.filing.closing import open_stamp_papers
from handlers.papers import open_filing
from models import audit
from models.case import case_by_id, open_case
from models.category import BY_CODE
from models.cry import file_danger
from models.incident import insert_incident
from models.number import next_number


def open_incident(
    unit: Unit, *, category: str, severity: str, discovered: datetime, **filed: Any
) -> Any:
    """Write an incident with the next number and open its case and the filing it owes; the case."""
    actor, hospital = unit.actor, unit.actor.hospital
    year = discovered.astimezone(hospital.zone).year
    number = next_number(unit.conn, hospital_id=hospital.id, code=hospital.code, year=year)
    incident_id = insert_incident(
        unit.conn,
        number=number,
        hospital_id=hospital.id,
        department_id=actor.department_id,
        reporter_id=actor.id,
        reporter_role=actor.role,
        category=category,
        severity=severity,
        discovered_at=discovered,
        reported_at=unit.now,
        **filed,
    )
    chain = snapshot(
        unit.conn,
        alarm=filed["kind"] == "alarm",
        category=category,
        severity=severity,
        hospital_id=hospital.id,
    )
    open_case(
        unit.conn,
        incident_id=incident_id,
        hospital_id=hospital.id,
        category=category,
        severity=severity,
        chain=chain,
        next_at=unit.now,
        changed_at=unit.now,
    )
    audit.note(
        unit.conn,
        at=unit.now,
        action="alarm.raised" if filed["kind"] == "alarm" else "incident.filed",
        subject=number,
        hospital_id=hospital.id,
        # A confidential reporter's account stands in the record itself and nowhere else.
        member_id=None if filed["confidential"] else actor.id,
        category=category,
        severity=severity,
    )
    kind = {"category": category, "severity": severity}
    if filed["kind"] == "report":
        file_danger(unit.conn, actor.id)
    open_filing(unit, number, discovered, **kind)
    open_stamp_papers(unit, number, discovered, group=BY_CODE[category].group, **kind)
    return case_by_id(unit.conn, incident_id)
