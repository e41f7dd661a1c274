"""A person's deadlines as an .ics file for the calendar on their phone."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from bot.i18n import _, current_locale
from bot.turn import Turn
from handlers import words
from handlers.owing import Owing
from handlers.papers import waiting_at
from models.deadlines import occurrences
from models.obligation import stored_among
from models.paper_plan import periodic
from models.people import Actor
from models.preset import in_language, shipped_preset
from models.workday_override import calendar_of

AHEAD = timedelta(days=366)
_THE_DAY_BEFORE = timedelta(hours=-15)
"""Of an all-day event: nine o'clock on the day before."""


def send_calendar(turn: Turn) -> None:
    """Send the deadlines of the coming year that the member sees to."""
    papers = papers_of(turn.conn, turn.actor, turn.now)
    if not papers:
        turn.send(_("Nothing falls due for you within a year."))
        return
    turn.send_document(
        calendar_file(papers, turn.actor, turn.now),
        _("deadlines.ics"),
        _(
            "📌 {n} deadlines of the coming year. Open the file to add them to your calendar."
        ).format(n=len(papers)),
    )


def papers_of(conn: Connection, actor: Actor, now: datetime) -> list[Any]:
    """What is open, and what will open within a year, of the papers that are the member's to see to."""
    hospital = actor.hospital
    owing = Owing(conn, hospital)
    coming = occurrences(
        periodic(conn, hospital),
        zone=hospital.zone,
        since=now,
        until=now + AHEAD,
        calendar=calendar_of(conn),
    )
    keys = [(each.code, each.subject, each.period_end) for each in coming]
    settled = stored_among(conn, hospital.id, keys, settled=True)
    waiting = waiting_at(conn, hospital, now)
    known = {(each.code, each.subject, each.period_end) for each in waiting}
    mine: list[Any] = [
        each for each in waiting if actor.id in {m.id for m in owing.owners(each, None)}
    ]
    for each, key in zip(coming, keys, strict=True):
        if key not in settled and key not in known and each.due_at <= now + AHEAD:
            owners = owing.by_role(shipped_preset().template(each.code).owed_by)
            if actor.id in {member.id for member in owners}:
                mine.append(each)
    return sorted(mine, key=lambda paper: (paper.due_at, paper.code, paper.subject))


def calendar_file(papers: list[Any], actor: Actor, now: datetime) -> bytes:
    """RFC 5545: an all-day event on each due day, with an alarm at nine on the day before.

    A paper keeps its UID, so that a newer file updates the calendar and doubles nothing.
    """
    from icalendar import Alarm, Calendar, Event  # noqa: PLC0415 - lazy door: only for this file

    hospital = actor.hospital
    file = Calendar()
    file.add("prodid", "-//WardWatch//deadlines//")
    file.add("version", "2.0")
    file.add("x-wr-calname", _("{hospital}: deadlines").format(hospital=hospital.name))
    for paper in papers:
        template = shipped_preset().template(paper.code)
        due = paper.due_at.astimezone(hospital.zone).date()
        event = Event()
        event.add(
            "uid",
            f"{paper.code}-{paper.subject or 'all'}-{paper.period_end}@{hospital.code}.wardwatch",
        )
        event.add("dtstamp", now.astimezone(UTC))
        event.add("dtstart", due)
        event.add("dtend", due + timedelta(days=1))
        event.add("transp", "TRANSPARENT")
        name = words.paper(paper.code, paper.subject, paper.period_end)
        event.add("summary", _("📌 Due: {paper}").format(paper=name))
        recipient = in_language(template.recipient, current_locale())
        place = in_language(template.clause.place, current_locale())
        ours = _(" (our default, can be changed)") if template.due.default else ""
        event.add(
            "description",
            _("To {recipient}, due {due}{ours}. {place}: {words}").format(
                recipient=recipient,
                due=f"{paper.due_at.astimezone(hospital.zone):%H:%M}",
                ours=ours,
                place=place,
                words=template.clause.words,
            ),
        )
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", name)
        alarm.add("trigger", _THE_DAY_BEFORE)
        event.add_component(alarm)
        file.add_component(event)
    return bytes(file.to_ical())
