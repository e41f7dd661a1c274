"""The sweep over threats: reminds of reviews, and lets expire what nobody renewed."""

from collections import Counter, defaultdict
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection

from bot.dates import say_moment
from bot.i18n import _, n_, use_locale
from bot.messages import Button, Buttons, Outgoing, Priority, message
from bot.registry import Sweep, Swept
from handlers import threat_words
from handlers.threat_news import news_for_reporter
from models import audit
from models.people import DUTY_ROLES, Actor, HospitalFacts, hospital_by_id, reachable_actors
from models.setting import claim
from models.threat import (
    add_step,
    expire_threat,
    give_review,
    hospitals_watching,
    open_threats,
    reminders_due,
    review_after,
)

_BUTTONS = 5


def sweep_threats(conn: Connection, _now: datetime) -> Swept:
    """Bring every hospital's threats to the moment; running it again changes nothing."""
    counts = {"threats_dated": 0, "threats_expired": 0, "threats_reminded": 0}
    rest = [partial(_sweep_hospital, hospital_id=each) for each in hospitals_watching(conn)]
    return Swept(counts=counts, rest=rest)


def _sweep_hospital(conn: Connection, now: datetime, *, hospital_id: int) -> Swept:
    counts: Counter[str] = Counter()
    hospital, rows = hospital_by_id(conn, hospital_id), open_threats(conn, hospital_id)
    return Swept(out=_HospitalSweep(conn, hospital, now, counts).run(rows), counts=counts)


class _HospitalSweep:
    def __init__(
        self, conn: Connection, hospital: HospitalFacts, now: datetime, counts: Counter[str]
    ) -> None:
        self.conn, self.hospital, self.now, self.counts = conn, hospital, now, counts
        self.readers = reachable_actors(conn, hospital.id, DUTY_ROLES)
        self.out: list[Outgoing] = []

    def run(self, rows: list[Any]) -> list[Outgoing]:
        expired: list[Any] = []
        waiting: dict[int, list[Any]] = defaultdict(list)
        for row in rows:
            if row.review_at is None:
                self._date(row)
            elif self.now > row.review_at:
                expired += [row] if self._expire(row) else []
            else:
                for reader in self.readers:
                    waiting[reader.id] += [row] if self._remind(row, reader) else []
        for reader in self.readers:
            self._tell(reader, expired, _expired)
            self._tell(reader, waiting[reader.id], self._waiting)
        return self.out

    def _date(self, row: Any) -> None:
        """A threat of the first version had no review: it gets one from today on."""
        until = review_after(self.now, row.level, self.hospital.zone)
        self.counts["threats_dated"] += give_review(self.conn, row.id, until)

    def _expire(self, row: Any) -> bool:
        if not expire_threat(self.conn, row.id, now=self.now):
            return False
        add_step(self.conn, row.id, "expired", at=self.now)
        audit.note(
            self.conn,
            at=self.now,
            action="threat.expired",
            subject=row.number,
            hospital_id=self.hospital.id,
        )
        self.counts["threats_expired"] += 1
        self.out += news_for_reporter(
            self.conn, row, lambda _reader: _sentence(row.number), acting=None
        )
        return True

    def _remind(self, row: Any, reader: Actor) -> bool:
        """Claim every reminder whose time has come: after a downtime several of them are one."""
        day = row.review_at.astimezone(self.hospital.zone).date()
        claimed = [
            claim(
                self.conn,
                kind="threat_review",
                subject=f"{row.number}:{reader.id}",
                period=f"{day}:{days}",
                at=self.now,
            )
            for days in reminders_due(row.review_at, self.hospital.zone, self.now)
        ]
        self.counts["threats_reminded"] += any(claimed)
        return any(claimed)

    def _tell(self, reader: Actor, rows: list[Any], write: Any) -> None:
        if not rows:
            return
        with use_locale(reader.locale):
            payload = message(reader.telegram_id, write(rows), buttons=_buttons(rows))
        self.out.append(
            Outgoing(
                chat_id=reader.telegram_id,
                method="sendMessage",
                payload=payload,
                priority=Priority.REMINDER,
            )
        )

    def _waiting(self, rows: list[Any]) -> str:
        first = n_(
            "📌 {n} threat to be reviewed: renew or end it.",
            "📌 {n} threats to be reviewed: renew or end them.",
            len(rows),
        )
        lines = [first.format(n=len(rows))]
        for row in rows:
            day = say_moment(row.review_at, zone=self.hospital.zone, now=self.now)
            lines.append(
                _("· {number}, risk {level}, by {day}").format(
                    number=row.number, level=threat_words.level(row.level), day=day
                )
            )
        lines.append(_("What is not renewed by then expires (our default, can be changed)."))
        return "\n".join(lines)


def _sentence(number: str) -> str:
    return _(
        "Your report {number}: its review date has passed, so watching has ended. "
        "If you still feel unsafe, please send /threat again."
    ).format(number=number)


def _expired(rows: list[Any]) -> str:
    first = n_(
        "📌 {n} threat expired and is no longer watched.",
        "📌 {n} threats expired and are no longer watched.",
        len(rows),
    )
    lines = [first.format(n=len(rows))]
    lines += [
        _("· {number}, risk {level}").format(number=row.number, level=threat_words.level(row.level))
        for row in rows
    ]
    lines.append(_("If one must stay watched, please renew it with a reason."))
    return "\n".join(lines)


def _buttons(rows: list[Any]) -> Buttons:
    """The way to each, to the first few where there are many."""
    if len(rows) == 1:
        return [[Button(_("Read it"), f"threat:{rows[0].number}")]]
    return [[Button(row.number, f"threat:{row.number}")] for row in rows[:_BUTTONS]]


THREATS = Sweep(name="threats", run=sweep_threats)
