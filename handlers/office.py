"""What the command line does: the same records, rules and sweeps as in the chat."""

import re
from datetime import datetime, time
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from bot.registry import Sweep
from bot.settings import Settings
from bot.sweeping import Run, sweep_through
from handlers import SWEEPS
from handlers.admin import invite_link
from handlers.papers import papers_at, to_file
from handlers.score_words import item_reasons, numbers_behind, reason_sentence
from handlers.scoring import Standing, standing
from models.base import insert_row
from models.caseload import list_records, said_after
from models.invite import create_invite
from models.judgement import Band
from models.people import (
    DISTRICT,
    HOSPITAL,
    LEVELS,
    ROLES,
    HospitalFacts,
    ensure_department,
    find_hospital,
)
from models.periods import moment
from models.scores import BesideScore, ItemScore
from models.setting import BOT_NAME, keep_setting, read_setting
from models.workday_override import import_overrides
from models.workdays import OverrideError, read_overrides

_CODE = re.compile(r"[A-Z][A-Z0-9]{1,9}")


class UserError(Exception):
    """Something the user can put right; the message is one line."""


def _keep_name(conn: Connection, name: str | None) -> None:
    if name and read_setting(conn, BOT_NAME) != name:
        keep_setting(conn, BOT_NAME, name)


# -- people --------------------------------------------------------------------------------------


def init(
    conn: Connection,
    settings: Settings,
    bot_name: str | None,
    *,
    district: str,
    name: str,
    code: str,
    level: int,
    now: datetime,
) -> dict[str, Any]:
    """Create the district if new and the hospital; its first administrator's invite."""
    if not _CODE.fullmatch(code):
        raise UserError(
            f"--code: two to ten capital letters and digits, beginning with a letter: {code}"
        )
    if level not in LEVELS:
        raise UserError(f"--level: 1, 2 or 3: {level}")
    if not district.strip() or not name.strip():
        raise UserError("--district and --hospital: a name is needed")
    if find_hospital(conn, code):
        raise UserError(f"--code: {code} is in use")
    district_id = conn.execute(select(DISTRICT.c.id).where(DISTRICT.c.name == district)).scalar()
    if district_id is None:
        district_id = insert_row(conn, DISTRICT, name=district)
    conn.execute(
        HOSPITAL.insert().values(
            district_id=district_id,
            code=code,
            name=name,
            level=level,
            timezone=settings.timezone,
            created_at=now,
        )
    )
    made_invite = invite(
        conn, bot_name, code=code, role="admin", department=None, uses=1, hours=24, now=now
    )
    return {"hospital": code, **made_invite}


def invite(
    conn: Connection,
    bot_name: str | None,
    *,
    code: str,
    role: str,
    department: str | None,
    uses: int,
    hours: float,
    now: datetime,
) -> dict[str, str]:
    """A new invite and its link."""
    hospital = _hospital(conn, code)
    if role not in ROLES:
        raise UserError(f"--role: one of {' '.join(ROLES)}: {role}")
    if not 1 <= uses <= 10_000:
        raise UserError(f"--uses: from 1 to 10000: {uses}")
    if not 0 < hours <= 24 * 365:
        raise UserError(f"--hours: more than 0, at most 8760: {hours}")
    if department is not None and not 1 <= len(department.strip()) <= 40:
        raise UserError("--department: a name of at most 40 characters")
    _keep_name(conn, bot_name)
    made = create_invite(
        conn,
        hospital_id=hospital.id,
        role=role,
        department_id=ensure_department(conn, hospital.id, department.strip())
        if department
        else None,
        now=now,
        uses=uses,
        hours=hours,
    )
    return {"invite": made, "link": invite_link(bot_name, made)}


def _hospital(conn: Connection, code: str) -> HospitalFacts:
    hospital = find_hospital(conn, code)
    if hospital is None:
        raise UserError(f"--hospital: there is no {code}")
    return hospital


# -- records and papers --------------------------------------------------------------------------


def sweep(run: Run, now: datetime, *more: Sweep) -> dict[str, int]:
    """Run every sweep as of ``now``, and ``more``, each slice by ``run``; what each did, by name."""
    counts: dict[str, int] = {}
    for each in (*SWEEPS, *more):
        counts |= sweep_through(run, each, now=now)[0]
    return counts


def _local(moment: datetime | None, hospital: HospitalFacts) -> str | None:
    return moment.astimezone(hospital.zone).isoformat(timespec="seconds") if moment else None


def incidents(conn: Connection, code: str, now: datetime) -> list[dict[str, Any]]:
    """The hospital's incidents in the order of their numbers."""
    hospital = _hospital(conn, code)
    late = {
        paper.subject
        for paper in papers_at(conn, hospital, now)
        if paper.state in ("overdue", "late", "missed")
    }
    rows = list_records(conn, hospital.id)
    # An alarm is filed without a word: what it was about is what was said after it.
    said = said_after(conn, [row.id for row in rows if row.kind == "alarm"])
    return [
        {
            "number": row.number,
            "category": row.category,
            "severity": row.severity,
            "state": row.state,
            "department": row.department,
            "occurred_at": _local(row.occurred_at, hospital),
            "discovered_at": _local(row.discovered_at, hospital),
            "reported_at": _local(row.reported_at, hospital),
            "reporter_role": row.reporter_role,
            "description": "\n".join(filter(None, [row.description, *said.get(row.id, ())])),
            "late": row.number in late,
        }
        for row in rows
    ]


def obligations(
    conn: Connection, code: str, at: datetime, *, ahead: bool = False
) -> list[dict[str, Any]]:
    """The hospital's papers as of ``at``, by due time; with ``ahead`` also the next of each kind."""
    hospital = _hospital(conn, code)
    papers = papers_at(conn, hospital, at)
    if ahead:
        papers += [each for each in to_file(conn, hospital, at) if each.state == "scheduled"]
    return [
        {
            "code": paper.code,
            "period_start": paper.period_start.isoformat(),
            "period_end": paper.period_end.isoformat(),
            "subject": paper.subject,
            "due_at": _local(paper.due_at, hospital),
            "state": paper.state,
            "submitted_at": _local(paper.submitted_at, hospital),
        }
        for paper in papers
    ]


def _number(value: Any) -> int | float:
    return int(value) if value.denominator == 1 else round(float(value), 4)


def _band(band: Band) -> dict[str, int | float]:
    return {"min": _number(band.low), "max": _number(band.high)}


def score(conn: Connection, code: str, year: int, at: datetime) -> dict[str, Any]:
    """The hospital's scorecard for a year as of ``at``."""
    if not 1970 <= year <= 9000:
        raise UserError(f"--year: out of range: {year}")
    hospital = _hospital(conn, code)
    now = standing(conn, hospital, year, at)
    if at < moment(now.period[0], time.min, hospital.zone):
        raise UserError(f"--year: {year} has not begun, it counts from {now.period[0]}")
    return {
        "rubric": now.card.rubric,
        "version": now.card.version,
        "hash": now.card.content_hash,
        "total": _band(now.card.score),
        "sections": [
            {
                "id": section.id,
                "name": section.name.in_language("zh_Hans"),
                "points": _number(section.points),
                "score": _band(section.score),
                "items": [_item(conn, now, item) for item in section.items],
            }
            for section in now.card.sections
        ],
        "bonus": [_beside(each) for each in now.card.bonus],
        "veto": [_beside(each) for each in now.card.vetoes],
        "open": list(now.card.open),
    }


def _item(conn: Connection, now: Standing, item: ItemScore) -> dict[str, Any]:
    return {
        "id": item.id,
        "points": _number(item.points),
        "score": _band(item.score),
        "reasons": item_reasons(item, now, numbers_behind(conn, now, item)),
    }


def _beside(line: BesideScore) -> dict[str, Any]:
    return {
        "id": line.id,
        "name": line.name.in_language("zh_Hans"),
        "points": _number(line.points),
        "score": _band(line.score),
        "reasons": [reason_sentence(reason) for reason in line.reasons],
    }


def score_lines(result: dict[str, Any]) -> list[str]:
    """A score for a person at a terminal."""
    total = result["total"]
    lines = [f"{result['rubric']} {total['min']}~{total['max']}"]
    for section in result["sections"]:
        lines.append(f"{section['name']} {section['score']['min']}~{section['score']['max']}")
    return lines


# -- working days --------------------------------------------------------------------------------


def import_workdays(conn: Connection, file: Path, now: datetime) -> dict[str, int]:
    """Take over a table of days that are worked or off; it wins over the published calendar."""
    try:
        days = read_overrides(file)
    except OSError as error:
        raise UserError(f"{file}: {error.strerror}") from None
    except OverrideError as error:
        raise UserError(str(error)) from None
    if not days:
        raise UserError(f"{file}: no day in it")
    import_overrides(conn, days, now=now)
    return {"days": len(days), "worked": sum(days.values())}
