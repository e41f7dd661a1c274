"""What closes a paper: a receipt, a form or records. The first filing counts; everybody's reminders stop with it."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any

from bot.turn import Turn, Unit
from handlers.casework import record
from handlers.papers import stored_paper, to_file
from models import audit, outbox
from models.case import find_case
from models.deadlines import incident_occurrence, shift_occurrence, state
from models.filing import insert_filing
from models.obligation import (
    create_obligation,
    hand_over,
    obligation_by_id,
    papers_of_record,
    submit,
)
from models.paper_plan import owed_templates, templates_of
from models.patrol import passed_in
from models.periods import moment
from models.preset import SHIFT, Template
from models.tally import tally

JUST_NOW = timedelta(minutes=2)


def topic_of(obligation_id: int) -> str:
    """What the reminders of one paper are called in the outbox."""
    return f"paper:{obligation_id}"


def close_paper(
    turn: Turn,
    row: Any,
    *,
    kind: str,
    filed_at: datetime,
    receipt: str = "",
    content: dict[str, Any] | None = None,
    files: Iterable[dict[str, Any]] = (),
    draft_id: int | None = None,
) -> int | None:
    """Close a paper with its first filing; the filing's id, or None when it was settled before.

    The filing's own date decides whether it was late; one entered later is marked so.
    """
    # Whole seconds: a day ends at 23:59:59, and nobody files late by half a second.
    filed_at = min(filed_at, turn.now).replace(microsecond=0)
    reached = state(row, at=turn.now, submitted_at=filed_at)
    if not submit(turn.conn, row.id, filed_at=filed_at, new=reached):
        return None
    outbox.revoke(turn.conn, topic_of(row.id))
    filing_id = insert_filing(
        turn.conn,
        row.id,
        draft_id=draft_id,
        kind=kind,
        receipt=receipt,
        content=content or {},
        filed_at=filed_at,
        backdated=turn.now - filed_at > JUST_NOW,
        member_id=turn.actor.id,
        recorded_at=turn.now,
    )
    turn.keep_files(files, subject="filing", subject_id=filing_id)
    audit.note(
        turn.conn,
        at=turn.now,
        action="paper.filed",
        subject=f"{row.code}|{row.subject}|{row.period_end}",
        hospital_id=turn.actor.hospital.id,
        member_id=turn.actor.id,
        state=reached,
        backdated=turn.now - filed_at > JUST_NOW,
    )
    if receipt:
        note_on_case(turn, row, "first_report", receipt=receipt, filed_at=filed_at.isoformat())
    return filing_id


def note_on_case(turn: Turn, paper: Any, kind: str, *, said: str = "", **data: Any) -> None:
    """A paper that an incident opened stands in its case's log and on its cards as well."""
    case = find_case(turn.conn, turn.actor.hospital.id, paper.subject)
    if case is not None:
        record(turn, case, kind, said=said, **data)


def close_by_records(turn: Turn, entry: Any) -> list[Any]:
    """Close what an entry in a register has completed: drills held, inspections made, patrols. The papers closed."""
    occurred_at = entry.occurred_at
    hospital = turn.actor.hospital
    by_code = {
        each.code: each
        for each in owed_templates(turn.conn, hospital)
        if each.closes.by == "records"
    }
    closed = []
    for paper in to_file(turn.conn, hospital, turn.now) if by_code else ():
        template = by_code.get(paper.code)
        if template is None:
            continue
        held = _held(turn, template, paper, entry)
        if held < (template.closes.least or 1):
            continue
        row = stored_paper(turn.conn, hospital, paper.key, turn.now)
        content = {"metric": template.closes.metric, "held": held, "entry": entry.number}
        if row is not None and close_paper(
            turn, row, kind="records", filed_at=occurred_at, content=content
        ):
            closed.append(obligation_by_id(turn.conn, hospital.id, row.id))
    return closed


def _held(turn: Turn, template: Template, paper: Any, entry: Any) -> int:
    """How many records count towards a paper that this entry belongs to; 0 where it does not."""
    hospital = turn.actor.hospital
    if template.cadence == SHIFT:
        mine = paper.owner_id == entry.member_id and entry.kind == "patrol"
        inside = mine and paper.opens_at <= entry.occurred_at <= paper.due_at
        return passed_in(turn.conn, entry.member_id, paper.opens_at) if inside else 0
    day = entry.occurred_at.astimezone(hospital.zone).date()
    if not paper.period_start <= day <= paper.period_end:
        return 0
    # What occurred this very moment counts as well.
    just_after = turn.now + timedelta(seconds=1)
    counts = tally(turn.conn, hospital, paper.period_start, paper.period_end, at=just_after)
    return int(counts.get(template.closes.metric or "", 0))


def close_by_stamp(turn: Turn, number: str, at: datetime) -> None:
    """Close what a stamp of a case completes: the police were called (002 要立即报警)."""
    hospital = turn.actor.hospital
    for template in templates_of(turn.conn, hospital):
        if template.closes.by != "stamp":
            continue
        for row in papers_of_record(turn.conn, hospital.id, template.code, number):
            close_paper(turn, row, kind="records", filed_at=at, content={"stamp": "police"})


def open_stamp_papers(
    unit: Unit, number: str, discovered: datetime, *, category: str, group: str, severity: str
) -> None:
    """Store what an incident owes beside its filing, such as the police call within minutes."""
    hospital = unit.actor.hospital
    for template in owed_templates(unit.conn, hospital):
        if template.closes.by == "stamp" and template.opened_by(
            category=category, group=group, severity=severity
        ):
            occurrence = incident_occurrence(
                template,
                number=number,
                discovered_at=discovered,
                zone=hospital.zone,
                severity=severity,
            )
            create_obligation(unit.conn, hospital.id, occurrence, now=unit.now)


def open_shift_papers(turn: Turn, member_id: int, duty: Any) -> None:
    """Store what a shift owes until its end, for whoever stands it (002 定时和随时巡查)."""
    hospital = turn.actor.hospital
    for template in owed_templates(turn.conn, hospital):
        if template.cadence != SHIFT or turn.actor.role not in template.owed_by:
            continue
        occurrence = shift_occurrence(
            template,
            subject=str(duty.id),
            begins_at=duty.began_at,
            ends_at=duty.until,
            zone=hospital.zone,
        )
        create_obligation(turn.conn, hospital.id, occurrence, now=turn.now)
        for row in papers_of_record(turn.conn, hospital.id, template.code, str(duty.id)):
            hand_over(turn.conn, row.id, member_id)


def close_by_form(turn: Turn, form: str, *, content: dict[str, Any]) -> Any:
    """Close the paper of the current period that a form of ours completes; the paper, or None."""
    hospital = turn.actor.hospital
    codes = {each.code for each in owed_templates(turn.conn, hospital) if each.closes.form == form}
    today = turn.now.astimezone(hospital.zone).date()
    for paper in to_file(turn.conn, hospital, turn.now):
        if paper.code not in codes or paper.period_start.year != today.year:
            continue
        row = stored_paper(turn.conn, hospital, paper.key, turn.now)
        if row is not None and close_paper(
            turn, row, kind="form", filed_at=turn.now, content=content
        ):
            return obligation_by_id(turn.conn, hospital.id, row.id)
    return None


def period_moments(paper: Any, zone: Any) -> tuple[datetime, datetime]:
    """Beginning and end of a paper's period, the end not in it."""
    first = moment(paper.period_start, time.min, zone)
    return first, moment(paper.period_end + timedelta(days=1), time.min, zone)
