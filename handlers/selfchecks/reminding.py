"""What waits of the self-check: in /tasks, and one reminder a day to whoever is to answer."""

from collections import defaultdict
from datetime import datetime, time
from functools import partial
from typing import Any

from sqlalchemy import Connection

from bot.dates import say_day
from bot.i18n import _, n_, use_locale
from bot.messages import Button, Outgoing, Priority, message
from bot.registry import Sweep, Swept
from bot.turn import Turn
from handlers.roles import DUTY
from handlers.selfchecks.review import may_review
from handlers.selfchecks.status import this_years
from handlers.task import Task
from models.people import HospitalFacts, list_hospitals, reachable_actor
from models.periods import end_of
from models.selfcheck import TO_ANSWER, hospitals_answering, list_sections, sections_due
from models.setting import claim

AT = time(9)
"""Local time of the reminder (our default)."""
DAYS = (3, 1, 0)
"""So many days before its due day a section is brought up, then daily while overdue (our default)."""


def sections_waiting(turn: Turn) -> list[Task]:
    """Sections to answer, and those of colleagues to review."""
    check = this_years(turn)
    rows = list_sections(turn.conn, check.id) if check else []
    found = []
    for row in rows:
        if row.state in TO_ANSWER and row.member_id == turn.actor.id and turn.actor.role in DUTY:
            due = end_of(row.due_on, turn.actor.hospital.zone) if row.due_on else None
            found.append(
                Task(
                    text=_("Self-check, section {section}").format(section=row.section),
                    button=Button(_("Answer"), f"check:{row.section}:answer"),
                    due_at=due,
                    overdue=due is not None and turn.now > due,
                )
            )
        elif may_review(turn, row):
            found.append(
                Task(
                    text=_("Self-check, review section {section}").format(section=row.section),
                    button=Button(_("Review"), f"check:{row.section}"),
                )
            )
    return found


def sweep_checks(conn: Connection, now: datetime) -> Swept:
    """Remind each person once a day of the sections that are theirs to answer."""
    # The year has begun in some time zones and not yet in others.
    answering = set(hospitals_answering(conn, since=now.year - 1))
    rest = [
        partial(_remind, hospital=hospital)
        for hospital in list_hospitals(conn)
        if hospital.id in answering and now.astimezone(hospital.zone).time() >= AT
    ]
    return Swept(counts={"check_reminders": 0}, rest=rest)


def _remind(conn: Connection, now: datetime, *, hospital: HospitalFacts) -> Swept:
    today = now.astimezone(hospital.zone).date()
    by_member: dict[int, list[Any]] = defaultdict(list)
    for row in sections_due(conn, hospital.id, today.year, at=now):
        left = (row.due_on - today).days
        if left < 0 or left in DAYS:
            by_member[row.member_id].append(row)
    out = [
        written
        for member_id, rows in by_member.items()
        if (written := _reminder(conn, hospital, member_id, rows, now)) is not None
    ]
    return Swept(counts={"check_reminders": len(out)}, out=out)


def _reminder(
    conn: Connection, hospital: HospitalFacts, member_id: int, rows: list[Any], now: datetime
) -> Outgoing | None:
    """One message to one member; None where they were told today, or cannot be."""
    today = now.astimezone(hospital.zone).date()
    reader = reachable_actor(conn, member_id)
    if reader is None or reader.hospital.id != hospital.id or reader.role not in DUTY:
        return None
    if not claim(conn, kind="check_reminder", subject=str(member_id), period=str(today), at=now):
        return None
    with use_locale(reader.locale):
        first = min(row.due_on for row in rows)
        day = say_day(first, this_year=today.year)
        said = n_(
            "📌 Self-check: {n} section to answer by {day}.",
            "📌 Self-check: {n} sections to answer, the first by {day}.",
            len(rows),
        ).format(n=len(rows), day=day)
        if first < today:
            said += _(" Overdue.")
        button = Button(_("Answer"), f"check:{rows[0].section}:answer")
    payload = message(reader.telegram_id, said, buttons=[[button]])
    return Outgoing(
        chat_id=reader.telegram_id,
        method="sendMessage",
        payload=payload,
        priority=Priority.REMINDER,
    )


CHECKS = Sweep(name="checks", run=sweep_checks)
