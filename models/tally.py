"""What a hospital's records say about the figures of a scorecard: SQL aggregates over its counting period.

Incidents count by their discovery, once they are on record; entries by when they occurred. Categories, flags and the
states of entries are as they stand now: no history of them is read.
"""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Text, and_, case, cast, func, select

from models.case import CASE
from models.caseload import UNCOUNTED
from models.category import CATEGORIES
from models.deadlines import Occurrence, state
from models.entry import ENTRY
from models.figures import count_by, count_entries, count_overdue, median_days
from models.incident import INCIDENT
from models.late_rules import LateRules, late_rules_of
from models.obligation import OBLIGATION
from models.paper_plan import counted_codes
from models.people import HospitalFacts
from models.preset import INCIDENT as PER_INCIDENT
from models.preset import shipped_preset
from models.unstored import unstored_of

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
    return tallies(conn, [hospital], first, last, at=at)[hospital.id]


def tallies(
    conn: Connection,
    hospitals: Collection[HospitalFacts],
    first: date,
    last: date,
    *,
    at: datetime,
) -> dict[int, Figures]:
    """The same of many hospitals, in a fixed number of statements for each time zone."""
    by_zone = defaultdict(list)
    for each in hospitals:
        by_zone[each.zone].append(each)
    found = _papers(conn, hospitals, first, last, at)
    for zone, inside in by_zone.items():
        ids = [each.id for each in inside]
        since = datetime.combine(first, time(), zone).astimezone(UTC)
        end = datetime.combine(last + timedelta(days=1), time(), zone).astimezone(UTC)
        until = min(end, at)
        incidents = _incidents(conn, ids, since, end, at)
        registers = _registers(conn, ids, since, until, at.astimezone(zone).date())
        clues = _clues(conn, ids, (first, last), until, zone)
        for number in ids:
            found[number] |= incidents[number] | registers[number] | clues[number]
    return found


def _share(part: int, whole: int, metric: str) -> Figures:
    return {metric: Fraction(100 * part, whole)} if whole else {}


# -- papers --------------------------------------------------------------------------------------


def _papers(
    conn: Connection,
    hospitals: Collection[HospitalFacts],
    first: date,
    last: date,
    at: datetime,
) -> dict[int, Figures]:
    """Reports and summaries: missed, late, concealed, false, and filed in time of all that were due."""
    ids = [each.id for each in hospitals]
    rules = late_rules_of(conn, ids)
    rows = defaultdict(list)
    for row in _stored_papers(conn, ids, first, last, at):
        rows[row.hospital_id].append(row)
    unstored = unstored_of(conn, hospitals, at, codes=counted_codes())
    return {
        each: _of_papers(rows[each], _reached(unstored[each], first, last, at), rules[each])
        for each in ids
    }


def _of_papers(rows: Iterable[Any], unstored: Iterable[str], rules: LateRules) -> Figures:
    """Where a hospital counts incidents and summaries apart, the greater of the two is what was missed (A5)."""
    missed = {"incident": 0, "summary": 0}
    late = on_time = concealed = false = 0
    for row in rows:
        sort = "incident" if row.code in _INCIDENTS else "summary"
        cured = int(row.cured) if rules.cures else 0
        missed[sort] += int(row.missed) - cured
        late += int(row.late) + cured
        on_time += int(row.on_time)
        concealed += int(row.concealed)
        false += int(row.false)
    for reached in unstored:
        missed["summary"] += reached == "missed"
        late += reached == "overdue"
    due = sum(missed.values()) + late + on_time
    return {
        "missed_reports": max(missed.values()) if rules.separate else sum(missed.values()),
        "reports.late": late,
        "reports.concealed": concealed,
        "reports.false": false,
        **_share(on_time, due, "reports.on_time_percent"),
    }


_INCIDENTS = tuple(each.code for each in shipped_preset().templates if each.cadence == PER_INCIDENT)


def _stored_papers(
    conn: Connection, hospital_ids: Collection[int], first: date, last: date, at: datetime
) -> Iterable[Any]:
    """By hospital and code, by the rule of ``models.deadlines.state``: a filing's own moment decides, else this one."""
    c = OBLIGATION.c
    filed = and_(c.submitted_at.is_not(None), c.submitted_at <= at)
    moment = case((filed, c.submitted_at), else_=at)
    states = {
        "missed": moment > c.missed_at,
        "cured": and_(filed, moment > c.missed_at),
        "late": and_(moment > c.due_at, moment <= c.missed_at),
        "on_time": and_(filed, moment <= c.due_at),
        "concealed": c.finding == "concealed",
        "false": c.finding == "false",
    }
    counts = [_sum(condition).label(name) for name, condition in states.items()]
    waived = and_(c.waived_at.is_not(None), c.waived_at <= at)
    query = select(c.hospital_id, c.code, *counts).where(
        c.hospital_id.in_(list(hospital_ids)),
        c.code.in_(counted_codes()),
        c.period_end.between(first, last),
        case((waived, 1), else_=0) == 0,
    )
    return conn.execute(query.group_by(c.hospital_id, c.code))


def _reached(
    unstored: Iterable[Occurrence], first: date, last: date, at: datetime
) -> Iterable[str]:
    """The states of what time alone has brought and no sweep has stored yet."""
    return [
        state(each, at=at, submitted_at=None)
        for each in unstored
        if first <= each.period_end <= last
    ]


def _sum(condition: Any) -> Any:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


# -- incidents -----------------------------------------------------------------------------------


def _incidents(
    conn: Connection,
    hospital_ids: Collection[int],
    since: datetime,
    end: datetime,
    at: datetime,
) -> dict[int, Figures]:
    """Incidents by their category as it is now, and by flag; false alarms and merged ones left out."""
    counts = [
        _sum(CASE.c.category.in_(codes)).label(metric) for metric, codes in BY_CATEGORY.items()
    ]
    counts += [_sum(flagged(flag)).label(metric) for metric, flag in BY_FLAG.items()]
    counts.append(_sum(flagged(_SUPERVISED)).label(_SUPERVISED))
    counts.append(_sum(and_(flagged(_SUPERVISED), CASE.c.state == "closed")).label("closed"))
    query = select(INCIDENT.c.hospital_id, *counts).where(
        *counted_incidents(hospital_ids, since, end, at)
    )
    rows = conn.execute(
        query.join_from(CASE, INCIDENT, CASE.c.incident_id == INCIDENT.c.id).group_by(
            INCIDENT.c.hospital_id
        )
    )
    none: Mapping[str, Any] = dict.fromkeys((each.name for each in counts), 0)
    found = {row.hospital_id: row._asdict() for row in rows}
    return {each: _of_incidents(found.get(each, none)) for each in hospital_ids}


def _of_incidents(found: Mapping[str, Any]) -> Figures:
    return {
        **{metric: int(found[metric]) for metric in (*BY_CATEGORY, *BY_FLAG)},
        **_share(int(found["closed"]), int(found[_SUPERVISED]), "supervised_cases.closed_percent"),
    }


def flagged(flag: str) -> Any:
    """Whether a case carries a flag, told on both databases from the text of its list."""
    return cast(CASE.c.flags, Text).like(f'%"{flag}"%')


def counted_incidents(
    hospital_ids: Collection[int], since: datetime, end: datetime, at: datetime
) -> Iterable[Any]:
    """The incidents that count in [since, end): discovered in it, on record by ``at``, no false alarm."""
    return (
        INCIDENT.c.hospital_id.in_(list(hospital_ids)),
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
    query = query.where(*counted_incidents([hospital.id], since, end, at), condition)
    return list(conn.execute(query.order_by(INCIDENT.c.id).limit(limit)).scalars())


# -- registers -----------------------------------------------------------------------------------


def _registers(
    conn: Connection,
    hospital_ids: Collection[int],
    since: datetime,
    until: datetime,
    today: date,
) -> dict[int, Figures]:
    window: dict[str, Any] = {"since": since, "until": until}
    counts = count_entries(conn, hospital_ids, **window)
    meetings = count_by(conn, hospital_ids, "meeting", "form", **window)
    trainings = count_by(conn, hospital_ids, "training", "topic", **window)
    outcomes = count_by(conn, hospital_ids, "dispute", "outcome", **window)
    days = median_days(conn, hospital_ids, "dispute", **window)
    overdue = count_overdue(conn, hospital_ids, "hazard", today=today)
    return {
        each: _of_registers(
            counts.get(each, {}),
            meetings=meetings.get(each, {}),
            trainings=trainings.get(each, {}),
            outcomes=outcomes.get(each, {}),
            days=days.get(each),
            overdue=overdue.get(each, 0),
        )
        for each in hospital_ids
    }


def _of_registers(
    counts: Mapping[tuple[str, str], int],
    *,
    meetings: Mapping[str, int],
    trainings: Mapping[str, int],
    outcomes: Mapping[str, int],
    days: float | None,
    overdue: int,
) -> Figures:
    def total(kind: str, *states: str) -> int:
        wanted = ((k, s) for k, s in counts if k == kind and (not states or s in states))
        return sum(counts[key] for key in wanted)

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
        "hazards.overdue": overdue,
    }


def _clues(
    conn: Connection,
    hospital_ids: Collection[int],
    period: tuple[date, date],
    until: datetime,
    zone: ZoneInfo,
) -> dict[int, Figures]:
    """Months with a clue on record or an explicit zero row (003 持续开展线索摸排)."""
    months = []
    start = period[0]
    while start <= period[1]:
        after = start.replace(day=1) + timedelta(days=monthrange(start.year, start.month)[1])
        ends = [datetime.combine(d, time(), zone).astimezone(UTC) for d in (start, after)]
        inside = and_(ENTRY.c.occurred_at >= ends[0], ENTRY.c.occurred_at < ends[1])
        months.append(func.max(case((inside, 1), else_=0)))
        start = after
    query = select(ENTRY.c.hospital_id, *months).where(
        ENTRY.c.hospital_id.in_(list(hospital_ids)),
        ENTRY.c.kind == "clue",
        ENTRY.c.occurred_at <= until,
    )
    rows = conn.execute(query.group_by(ENTRY.c.hospital_id))
    found = {row[0]: sum(value or 0 for value in row[1:]) for row in rows}
    return {each: {"clues.months": found.get(each, 0)} for each in hospital_ids}
