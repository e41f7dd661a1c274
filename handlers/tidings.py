"""What officers and administrators hear at once: a new incident, an addition, a threat."""

from datetime import datetime
from typing import Any

from bot.dates import say_moment
from bot.i18n import _
from bot.messages import Button, Buttons, Priority
from bot.turn import Turn, tell_each
from handlers import words
from handlers.papers import open_filing
from models.category import BY_CODE
from models.incident import incident_by_number
from models.masking import mask
from models.people import DUTY_ROLES, Actor, reachable_actors
from models.preset import shipped_preset

_SHOWN = 200


def on_duty(turn: Turn) -> list[Actor]:
    """The hospital's officers and administrators who can be reached, without the one who acts."""
    found = reachable_actors(turn.conn, turn.actor.hospital.id, DUTY_ROLES)
    return [actor for actor in found if actor.id != turn.actor.id]


def announce_incident(turn: Turn, number: str, discovered: datetime) -> list[Actor]:
    """Open the filing an incident owes and owe every officer and administrator a card; who is told."""
    hospital = turn.actor.hospital
    row: Any = incident_by_number(turn.conn, hospital.id, number)
    filing = BY_CODE[row.category].filing
    paper = open_filing(turn, filing, number, discovered) if filing else None
    readers = on_duty(turn)
    tell_each(turn, readers, lambda _reader: _card(turn, row, paper), priority=Priority.NOTICE)
    return readers


def _card(turn: Turn, row: Any, paper: Any) -> tuple[str, Buttons]:
    zone, now = turn.actor.hospital.zone, turn.now
    kind = f"{words.category(row.category)} · {words.severity(row.severity)}"
    first = (
        _("📝 New incident, to be filed with the district: {kind}")
        if paper
        else _("📝 New incident: {kind}")
    )
    lines = [
        first.format(kind=kind),
        f"{row.number} · {mask(row.place)}",
        _("Time: {time}").format(time=say_moment(row.occurred_at, zone=zone, now=now)),
    ]
    if row.description:
        lines.append(words.brief(mask(row.description), _SHOWN))
    lines.append(_("Reported by: {who}").format(who=describe_reporter(row)))
    buttons = [[Button(_("Full text"), f"show:{row.number}")]]
    if paper:
        due = say_moment(paper.due_at, zone=zone, now=now)
        lines.append(_("📌 File it by {due}").format(due=due) + _whose_rule(paper.code))
        file = Button(_("File it"), f"file:{paper.id}")
        buttons = [[file, buttons[0][0]], [Button(_("Not reportable"), f"waive:{paper.id}")]]
    return "\n".join(lines), buttons


def _whose_rule(code: str) -> str:
    """A limit the authority wrote is quoted, one of ours is marked."""
    template = shipped_preset().template(code)
    if template.due.default:
        return _(" (our default, can be changed)")
    return _(" (the rule: {words})").format(words=template.clause.words)


def describe_reporter(row: Any) -> str:
    """Who reported: display name, role and department."""
    place = f" · {row.department}" if row.department else ""
    return f"{row.reporter} · {words.role(row.reporter_role)}{place}"
