"""The sweep over every hospital's deadlines: creates, moves and reminds, each thing once."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from bot.dates import say_left, say_moment
from bot.i18n import N_, _, use_locale
from bot.messages import Button, Buttons, Outgoing, Priority, message
from bot.registry import Sweep, Swept
from handlers import words
from handlers.costs import cost_line
from handlers.papers import periodic
from handlers.scoring import Standing, standing
from models.deadlines import newest_reminder, occurrences, reminders, state
from models.obligation import create_obligation, flip, tell, told, unsettled
from models.people import DUTY_ROLES, Actor, HospitalFacts, list_hospitals, reachable_actors
from models.preset import shipped_preset

REMINDED, OVERDUE, MISSED = "reminded", "overdue", "missed"
_ORDER = ("scheduled", "open", OVERDUE, MISSED)
Tidings = dict[tuple[int, str], list[Any]]
"""By (reader, what): the papers to be told of in one message."""


def sweep_deadlines(conn: Connection, now: datetime) -> Swept:
    """Bring every hospital's papers to ``now``; running it again changes nothing."""
    counts = {"created": 0, "opened": 0, OVERDUE: 0, MISSED: 0, REMINDED: 0}
    out: list[Outgoing] = []
    for hospital in list_hospitals(conn):
        out += _HospitalSweep(conn, hospital, now, counts).run()
    return Swept(counts=counts, out=out)


class _HospitalSweep:
    def __init__(
        self, conn: Connection, hospital: HospitalFacts, now: datetime, counts: dict[str, int]
    ) -> None:
        self.conn, self.hospital, self.now, self.counts = conn, hospital, now, counts
        self.readers = reachable_actors(conn, hospital.id, DUTY_ROLES)
        self.tidings: Tidings = defaultdict(list)
        self.standings: dict[int, Standing] = {}

    def run(self) -> list[Outgoing]:
        for occurrence in occurrences(
            periodic(), zone=self.hospital.zone, since=self.hospital.created_at, until=self.now
        ):
            created = create_obligation(self.conn, self.hospital.id, occurrence, now=self.now)
            self.counts["created"] += created
        rows = unsettled(self.conn, self.hospital.id)
        known = told(self.conn, [row.id for row in rows])
        for row in rows:
            self._move(row, known)
        return self._write()

    def _move(self, row: Any, known: set[tuple[int, str, int]]) -> None:
        reached = state(row, at=self.now, submitted_at=None)
        # Only ever onward: a sweep told of an earlier time than the last one undoes nothing.
        onward = _ORDER.index(reached) > _ORDER.index(row.state)
        if onward and flip(self.conn, row.id, old=row.state, new=reached):
            self.counts["opened" if reached == "open" else reached] += 1
            if reached in (OVERDUE, MISSED):
                self._note(row, reached, [reached])
        if reached == "open" and row.state in ("scheduled", "open"):
            self._remind(row, known)

    def _remind(self, row: Any, known: set[tuple[int, str, int]]) -> None:
        template = shipped_preset().template(row.code)
        times = reminders(
            template, period_end=row.period_end, due_at=row.due_at, zone=self.hospital.zone
        )
        due = newest_reminder(times, due_at=row.due_at, now=self.now)
        if due.newest is None:
            return
        for reader in self.readers:
            if (row.id, due.newest, reader.id) in known:
                continue
            # A pile of stale reminders is one message; all of the pile count as given.
            news = [tell(self.conn, row.id, key, reader.id, at=self.now) for key in due.keys]
            if news[-1]:
                self.counts[REMINDED] += 1
                self.tidings[reader.id, REMINDED].append(row)

    def _note(self, row: Any, what: str, keys: Iterable[str]) -> None:
        for reader in self.readers:
            if all(tell(self.conn, row.id, key, reader.id, at=self.now) for key in keys):
                self.tidings[reader.id, what].append(row)

    def _write(self) -> list[Outgoing]:
        """One message per reader and kind of tidings, however many papers it is about."""
        by_id = {reader.id: reader for reader in self.readers}
        out = []
        for (reader_id, what), rows in self.tidings.items():
            reader = by_id[reader_id]
            with use_locale(reader.locale):
                costs = cost_line(self._standing(rows[0].period_end.year))
                text, buttons = deadline_message(
                    what, rows, self.hospital, now=self.now, costs=costs
                )
            payload = message(reader.telegram_id, text, buttons=buttons)
            out.append(_owed(reader, payload))
        return out

    def _standing(self, year: int) -> Standing:
        if year not in self.standings:
            self.standings[year] = standing(self.conn, self.hospital, year, self.now)
        return self.standings[year]


def _owed(reader: Actor, payload: dict[str, Any]) -> Outgoing:
    return Outgoing(
        chat_id=reader.telegram_id,
        method="sendMessage",
        payload=payload,
        priority=Priority.REMINDER,
    )


def deadline_message(
    what: str, rows: list[Any], hospital: HospitalFacts, *, now: datetime, costs: str
) -> tuple[str, Buttons]:
    """What to do, by when, and what a miss costs."""
    names = [words.paper(row.code, row.subject, row.period_end) for row in rows]
    first = _((_ONE if len(rows) == 1 else _MANY)[what])
    lines = [first.format(n=len(rows), paper=names[0])]
    if len(rows) > 1:
        lines += [f"· {name}" for name in names]
    if what == REMINDED:
        lines.append(_due_line(rows, hospital, now))
    elif what == OVERDUE:
        limit = say_moment(rows[0].missed_at, zone=hospital.zone, now=now)
        lines.append(
            _(
                "Filed by {limit} it is late; after that it counts as missed (our default, can be changed)."
            ).format(limit=limit)
        )
    lines.append(costs)
    single = str(rows[0].id) if len(rows) == 1 else "0"
    return "\n".join(lines), [[Button(_("File it"), f"file:{single}")]]


_ONE = {
    REMINDED: N_("📌 Still to file: {paper}"),
    OVERDUE: N_("📌 Overdue, please file now: {paper}"),
    MISSED: N_("📌 Counted as missed: {paper}"),
}
_MANY = {
    REMINDED: N_("📌 Still to file, {n} papers:"),
    OVERDUE: N_("📌 Overdue, please file now, {n} papers:"),
    MISSED: N_("📌 Counted as missed, {n} papers:"),
}


def _due_line(rows: list[Any], hospital: HospitalFacts, now: datetime) -> str:
    template = shipped_preset().template(rows[0].code)
    due = min(row.due_at for row in rows)
    ours = _(" (our default, can be changed)") if template.due.default else ""
    return _("To the district, due {due}, {left}{ours}.").format(
        due=say_moment(due, zone=hospital.zone, now=now),
        left=say_left(due, zone=hospital.zone, now=now),
        ours=ours,
    )


DEADLINES = Sweep(name="deadlines", run=sweep_deadlines)
