"""Running the sweeps in tests, and reading what they wrote."""

from collections import Counter
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, or_, select, text

from bot.db import Database
from bot.messages import Priority
from bot.sweeping import sweep_through
from handlers import SWEEPS
from models.obligation import OBLIGATION
from models.outbox import OUTBOX
from models.people import HOSPITAL

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(text: str) -> datetime:
    """A local time in Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def sweep(db: Database, now: datetime) -> Counter[str]:
    """Run every sweep as the schedule does; what was done, by name."""
    counts: Counter[str] = Counter()
    for each in SWEEPS:
        found = sweep_through(db.run_now, each, now=now)[0]
        counts.update({name: count for name, count in found.items() if count})
    return counts


def papers(db: Database, code: str = "QP01", *, ahead: bool = False) -> list[Row[Any]]:
    """A hospital's stored papers; those that have not opened, stored ahead, only where asked for."""
    query = select(OBLIGATION).join(HOSPITAL).where(HOSPITAL.c.code == code)
    if not ahead:
        query = query.where(
            or_(OBLIGATION.c.state != "scheduled", OBLIGATION.c.code.in_(("O1", "O2")))
        )
    query = query.order_by(OBLIGATION.c.due_at, OBLIGATION.c.subject)
    return db.run_now(lambda conn: list(conn.execute(query)))


def states(db: Database) -> list[tuple[str, str, str]]:
    """QP01's papers with their states."""
    return [(row.code, row.subject, row.state) for row in papers(db)]


def owed(db: Database, priority: Priority = Priority.REMINDER) -> list[tuple[int, str]]:
    """(reader, text) of what the sweeps owe and nobody has sent yet."""
    query = select(OUTBOX).where(OUTBOX.c.priority == int(priority)).order_by(OUTBOX.c.id)
    rows = db.run_now(lambda conn: list(conn.execute(query)))
    return [(row.chat_id, row.payload["text"]) for row in rows]


def first_lines(db: Database, reader: int) -> list[str]:
    """What one person was reminded of, each message by its first line."""
    return [text.splitlines()[0] for who, text in owed(db) if who == reader]


def whole_database(db: Database) -> dict[str, list[Any]]:
    """Every row of every table the sweeps write."""

    def read(conn: Connection) -> dict[str, list[Any]]:
        tables = ("obligation", "notice", "outbox", "mark", "draft")
        return {t: list(conn.execute(text(f"SELECT * FROM {t} ORDER BY 1, 2, 3"))) for t in tables}

    return db.run_now(read)
