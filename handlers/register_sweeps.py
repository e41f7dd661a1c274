"""The sweep over what is due in the registers: reminds owners, then administrators; one message a person and day."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection

from bot.dates import say_left
from bot.i18n import _, n_, use_locale
from bot.messages import Button, Buttons, Outgoing, Priority, message
from bot.registry import Sweep, Swept
from handlers.registers.record import due_at, gist
from handlers.roles import REPORTERS
from models.entry import hospitals_waiting, open_entries
from models.people import Actor, HospitalFacts, list_hospitals, reachable_actors
from models.register import KINDS
from models.setting import claim, claimed

FROM, UNTIL = time(8), time(20)
"""Local times between which reminders leave: never at night (our default)."""
DAYS_BEFORE = (3, 1, 0)
"""Days before the due day on which its owner is reminded; then daily while overdue (our default)."""
PATIENCE = 3
"""Days overdue after which administrators hear of it too (our default)."""
_SHOWN, _SHOWN_OF_TWO = 5, 2
"""Entries listed: with both lists in one message it stays at eight lines."""


@dataclass(frozen=True, slots=True)
class _Pile:
    """What one person is reminded of."""

    own: list[Any] = field(default_factory=list)
    others: list[Any] = field(default_factory=list)


def sweep_entries(conn: Connection, now: datetime) -> Swept:
    """Owe each owner and administrator at most one reminder a day; running it again changes nothing."""
    # A day more: the day has begun in some time zones and not yet in others.
    latest = now.date() + timedelta(days=max(DAYS_BEFORE) + 1)
    waiting = set(hospitals_waiting(conn, due_by=latest))
    rest = [
        partial(_look_round, hospital=hospital)
        for hospital in list_hospitals(conn)
        if hospital.id in waiting and FROM <= now.astimezone(hospital.zone).time() < UNTIL
    ]
    return Swept(counts={"entries_reminded": 0}, rest=rest)


def _look_round(conn: Connection, now: datetime, *, hospital: HospitalFacts) -> Swept:
    """Who is to be reminded of what in a hospital, of those who were not today."""
    today = now.astimezone(hospital.zone).date()
    people = {actor.id: actor for actor in reachable_actors(conn, hospital.id, REPORTERS)}
    piles: dict[int, _Pile] = defaultdict(_Pile)
    for row in open_entries(conn, hospital.id):
        if row.due_on is None or row.state not in KINDS[row.kind].waiting:
            continue
        days = (row.due_on - today).days
        if row.owner_id in people and (days in DAYS_BEFORE or days < 0):
            piles[row.owner_id].own.append(row)
        # An owner who has left or blocked the bot hears nothing: somebody else must, as soon as it is overdue.
        if days <= -PATIENCE or (days < 0 and row.owner_id not in people):
            admins = (p for p in people.values() if p.role == "admin" and p.id != row.owner_id)
            for admin in admins:
                piles[admin.id].others.append(row)
    subjects = [str(member_id) for member_id in piles]
    done = claimed(conn, kind="entries", subjects=subjects, period=str(today))
    rest = [
        partial(_remind, reader=people[member_id], pile=pile, day=str(today))
        for member_id, pile in piles.items()
        if str(member_id) not in done
    ]
    return Swept(counts={}, rest=rest)


def _remind(conn: Connection, now: datetime, *, reader: Actor, pile: _Pile, day: str) -> Swept:
    if not claim(conn, kind="entries", subject=str(reader.id), period=day, at=now):
        return Swept(counts={})
    with use_locale(reader.locale):
        text, buttons = reminder(pile.own, pile.others, reader.hospital, now=now)
    owed = Outgoing(
        chat_id=reader.telegram_id,
        method="sendMessage",
        payload=message(reader.telegram_id, text, buttons=buttons),
        priority=Priority.REMINDER,
    )
    return Swept(counts={"entries_reminded": 1}, out=[owed])


def reminder(
    own: list[Any], others: list[Any], hospital: HospitalFacts, *, now: datetime
) -> tuple[str, Buttons]:
    """What waits for the reader, what waits too long for colleagues, and the way to it."""
    lines: list[str] = []
    most = _SHOWN_OF_TWO if own and others else _SHOWN
    if own:
        first = n_("📌 {n} thing waits for you:", "📌 {n} things wait for you:", len(own))
        lines += [first.format(n=len(own)), *_listed(own, most, hospital, now)]
    if others:
        first = n_(
            "📌 {n} thing is overdue with colleagues, please follow it up:",
            "📌 {n} things are overdue with colleagues, please follow them up:",
            len(others),
        )
        lines += [first.format(n=len(others)), *_listed(others, most, hospital, now)]
    several = [*own, *others]
    if len(several) == 1:
        return "\n".join(lines), [[Button(_("Open it"), f"entry:{several[0].number}")]]
    cells = [Button(row.number.partition("-")[2], f"entry:{row.number}") for row in several]
    shown = cells[:_SHOWN]
    rows = [shown[i : i + 2] for i in range(0, len(shown), 2)]
    return "\n".join(lines), [*rows, [Button(_("My tasks"), "tasks:")]]


def _listed(rows: list[Any], most: int, hospital: HospitalFacts, now: datetime) -> list[str]:
    lines = []
    for row in rows[:most]:
        due = due_at(row, hospital)
        assert due is not None
        left = say_left(due, zone=hospital.zone, now=now)
        lines.append(
            _("· {number} {what} ({left})").format(number=row.number, what=gist(row), left=left)
        )
    if len(rows) > most:
        lines.append(_("… and {n} entries more").format(n=len(rows) - most))
    return lines


ENTRIES = Sweep(name="entries", run=sweep_entries)
