"""What a hospital's records say about the figures of a scorecard: SQL aggregates over its counting period.

Incidents count by their discovery, once they are on record; entries by when they occurred. Categories, flags and the
states of entries are as they stand now: no history of them is read.
"""

from calendar import monthrange
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from typing import Any

from sqlalchemy import Connection, Text, and_, case, cast, func, select

from models.case import CASE
from models.caseload import UNCOUNTED
from models.category import CATEGORIES
from models.deadlines import occurrences, state
from models.entry import ENTRY
from models.figures import count_by, count_entries, count_overdue, median_days
from models.incident import INCIDENT
from models.obligation import OBLIGATION
from models.people import HospitalFacts
from models.preset import INCIDENT as PER_INCIDENT
from models.preset import shipped_preset

Figures = dict[str, int | Fraction]

VIOLENT = tuple(each.code for each in CATEGORIES if each.group == "violence")
BY_CATEGORY: Mapping[str, tuple[str, ...]] = {
    "incidents.violent": VIOLENT,
    "incidents.malpractice": ("industry_chaos",),
    "staff.organised_crime": ("gang",),
}
"""Figures that are the incidents of some categories."""
BY_FLAG = {"incidents.grave": "grave_impact", "incidents.media_hype": "media_hype"}
"""Figures that are the cases with a flag that administrators set."""
_SUPERVISED = "supervised"


def tally(
    conn: Connection, hospital: HospitalFacts, first: date, last: date, *, at: datetime
) -> Figures:
    """Every counted figure of a period (local dates, inclusive) as of ``at``; a share of nothing is left out."""
    since = datetime.combine(first, time(), hospital.zone).astimezone(UTC)
    end = datetime.combine(last + timedelta(days=1), time(), hospital.zone).astimezone(UTC)
    until = min(end, at)
    return {
        **_papers(conn, hospital, first, last, at),
        **_incidents(conn, hospital, since, end, at),
        **_registers(conn, hospital, since, until, at),
        **_clues(conn, hospital, (first, last), until),
    }


def _share(part: int, whole: int, metric: str) -> Figures:
    return {metric: Fraction(100 * part, whole)} if whole else {}


# -- papers --------------------------------------------------------------------------------------


def _papers(
    conn: Connection, hospital: HospitalFacts, first: date, last: date, at: datetime
) -> Figures:
    """Reports and summaries: missed, late, and filed in time of all that were due."""
    stored = _stored_papers(conn, hospital.id, first, last, at)
    unstored = _unstored_papers(conn, hospital, first, last, at)
    missed = stored["missed"] + unstored.count("missed")
    late = stored["late"] + unstored.count("overdue")
    due = missed + late + stored["on_time"]
    return {
        "missed_reports": missed,
        "reports.late": late,
        **_share(stored["on_time"], due, "reports.on_time_percent"),
    }


def _counted_codes() -> tuple[str, ...]:
    templates = shipped_preset().templates
    return tuple(each.code for each in templates if each.counts_towards == "missed_reports")


def _stored_papers(
    conn: Connection, hospital_id: int, first: date, last: date, at: datetime
) -> Mapping[str, int]:
    """The rule of ``models.deadlines.state`` as SQL: the filing's own moment decides, else the present one."""
    c = OBLIGATION.c
    filed = and_(c.submitted_at.is_not(None), c.submitted_at <= at)
    moment = case((filed, c.submitted_at), else_=at)
    states = {
        "missed": moment > c.missed_at,
        "late": and_(moment > c.due_at, moment <= c.missed_at),
        "on_time": and_(filed, moment <= c.due_at),
    }
    counts = [_sum(condition).label(name) for name, condition in states.items()]
    waived = and_(c.waived_at.is_not(None), c.waived_at <= at)
    query = select(*counts).where(
        c.hospital_id == hospital_id,
        c.code.in_(_counted_codes()),
        c.period_end.between(first, last),
        case((waived, 1), else_=0) == 0,
    )
    return {name: int(value) for name, value in conn.execute(query).one()._mapping.items()}


def _unstored_papers(
    conn: Connection, hospital: HospitalFacts, first: date, last: date, at: datetime
) -> list[str]:
    """The states of what time alone has brought and no sweep has stored yet."""
    templates = [
        each
        for each in shipped_preset().templates
        if each.cadence != PER_INCIDENT and each.code in _counted_codes()
    ]
    found = [
        each
        for each in occurrences(templates, zone=hospital.zone, since=hospital.created_at, until=at)
        if first <= each.period_end <= last
    ]
    if not found:
        return []
    c = OBLIGATION.c
    query = select(c.code, c.subject, c.period_end).where(
        c.hospital_id == hospital.id,
        c.code.in_({each.code for each in found}),
        c.period_end.between(first, last),
    )
    known = {tuple(row) for row in conn.execute(query)}
    return [
        state(each, at=at, submitted_at=None)
        for each in found
        if (each.code, each.subject, each.period_end) not in known
    ]


def _sum(condition: Any) -> Any:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


# -- incidents -----------------------------------------------------------------------------------


def _incidents(
    conn: Connection, hospital: HospitalFacts, since: datetime, end: datetime, at: datetime
) -> Figures:
    """Incidents by their category as it is now, and by flag; false alarms and merged ones left out."""
    counts = [
        _sum(CASE.c.category.in_(codes)).label(metric) for metric, codes in BY_CATEGORY.items()
    ]
    counts += [_sum(flagged(flag)).label(metric) for metric, flag in BY_FLAG.items()]
    counts.append(_sum(flagged(_SUPERVISED)).label("supervised"))
    counts.append(_sum(and_(flagged(_SUPERVISED), CASE.c.state == "closed")).label("closed"))
    query = select(*counts).where(*counted_incidents(hospital.id, since, end, at))
    found = dict(
        conn.execute(query.join_from(CASE, INCIDENT, CASE.c.incident_id == INCIDENT.c.id))
        .one()
        ._mapping
    )
    supervised, closed = int(found.pop("supervised")), int(found.pop("closed"))
    return {
        **{metric: int(value) for metric, value in found.items()},
        **_share(closed, supervised, "supervised_cases.closed_percent"),
    }


def flagged(flag: str) -> Any:
    """Whether a case carries a flag, told on both databases from the text of its list."""
    return cast(CASE.c.flags, Text).like(f'%"{flag}"%')


def counted_incidents(
    hospital_id: int, since: datetime, end: datetime, at: datetime
) -> Iterable[Any]:
    """The incidents that count in [since, end): discovered in it, on record by ``at``, no false alarm."""
    return (
        INCIDENT.c.hospital_id == hospital_id,
        INCIDENT.c.discovered_at >= since,
        INCIDENT.c.discovered_at < end,
        INCIDENT.c.reported_at <= at,
        CASE.c.state.not_in(UNCOUNTED),
    )


def numbers_of(
    conn: Connection,
    hospital: HospitalFacts,
    metric: str,
    period: tuple[date, date],
    *,
    at: datetime,
    limit: int,
) -> list[str]:
    """The record numbers behind a figure of incidents, oldest first; none for any other figure."""
    if metric in BY_CATEGORY:
        condition = CASE.c.category.in_(BY_CATEGORY[metric])
    elif metric in BY_FLAG:
        condition = flagged(BY_FLAG[metric])
    else:
        return []
    since = datetime.combine(period[0], time(), hospital.zone).astimezone(UTC)
    end = datetime.combine(period[1] + timedelta(days=1), time(), hospital.zone).astimezone(UTC)
    query = select(INCIDENT.c.number).join_from(INCIDENT, CASE, CASE.c.incident_id == INCIDENT.c.id)
    query = query.where(*counted_incidents(hospital.id, since, end, at), condition)
    return list(conn.execute(query.order_by(INCIDENT.c.id).limit(limit)).scalars())


# -- registers -----------------------------------------------------------------------------------


def _registers(
    conn: Connection, hospital: HospitalFacts, since: datetime, until: datetime, at: datetime
) -> Figures:
    window: dict[str, Any] = {"since": since, "until": until}
    counts = count_entries(conn, hospital.id, **window)

    def total(kind: str, *states: str) -> int:
        wanted = ((k, s) for k, s in counts if k == kind and (not states or s in states))
        return sum(counts[key] for key in wanted)

    meetings = count_by(conn, hospital.id, "meeting", "form", **window)
    trainings = count_by(conn, hospital.id, "training", "topic", **window)
    outcomes = count_by(conn, hospital.id, "dispute", "outcome", **window)
    days = median_days(conn, hospital.id, "dispute", **window)
    today = at.astimezone(hospital.zone).date()
    return {
        "meetings.held": meetings.get("meeting", 0),
        "inspections.held": meetings.get("inspection", 0),
        "trainings.held": sum(trainings.values()),
        "trainings.ethics_law": trainings.get("ethics_law", 0),
        "drills.held": total("drill"),
        "patrols.held": total("patrol"),
        "complaints.total": total("complaint"),
        **_share(total("complaint", "closed"), total("complaint"), "complaints.closed_percent"),
        "disputes.total": total("dispute"),
        **_share(outcomes.get("agreed", 0), sum(outcomes.values()), "disputes.agreed_percent"),
        **({} if days is None else {"disputes.median_days": Fraction(round(10 * days), 10)}),
        "clues.handed": total("clue", "handed"),
        "hazards.total": total("hazard"),
        **_share(total("hazard", "closed"), total("hazard"), "hazards.closed_percent"),
        "hazards.overdue": count_overdue(conn, hospital.id, "hazard", today=today),
    }


def _clues(
    conn: Connection, hospital: HospitalFacts, period: tuple[date, date], until: datetime
) -> Figures:
    """Months with a clue on record or an explicit zero row (003 持续开展线索摸排)."""
    months = []
    start = period[0]
    while start <= period[1]:
        after = start.replace(day=1) + timedelta(days=monthrange(start.year, start.month)[1])
        ends = [datetime.combine(d, time(), hospital.zone).astimezone(UTC) for d in (start, after)]
        inside = and_(ENTRY.c.occurred_at >= ends[0], ENTRY.c.occurred_at < ends[1])
        months.append(func.max(case((inside, 1), else_=0)))
        start = after
    query = select(*months).where(
        ENTRY.c.hospital_id == hospital.id, ENTRY.c.kind == "clue", ENTRY.c.occurred_at <= until
    )
    return {"clues.months": sum(value or 0 for value in conn.execute(query).one())}
