"""The sweep over shifts: forgotten ones are ended with a notice, those of people who left without one."""

from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection

from bot.i18n import _, use_locale
from bot.messages import Button, Outgoing, Priority, message
from bot.registry import Sweep, Swept
from handlers.roles import ON_SHIFTS
from models import audit
from models.duty import LONGEST, end_shift, forgotten_duties, orphaned_duties
from models.people import reachable_actor


def sweep_duties(conn: Connection, now: datetime) -> Swept:
    """End every shift whose time is over and those of people who left, once."""
    left = [partial(_leave, row=row) for row in orphaned_duties(conn, ON_SHIFTS)]
    over = [partial(_sign_off, row=row) for row in forgotten_duties(conn, now=now)]
    return Swept(counts={"shifts_ended": 0, "shifts_left": 0}, rest=(*left, *over))


def _leave(conn: Connection, now: datetime, *, row: Any) -> Swept:
    return Swept(counts={"shifts_left": _end(conn, row, "left", now)})


def _sign_off(conn: Connection, now: datetime, *, row: Any) -> Swept:
    ended = _end(conn, row, "sweep", now)
    notice = _notice(conn, row) if ended else None
    return Swept(counts={"shifts_ended": ended}, out=[notice] if notice else [])


def _end(conn: Connection, row: Any, by: str, now: datetime) -> bool:
    """Whether the shift is ended by this; False where it was signed off in this very moment."""
    if not end_shift(conn, row.id, by=by, now=now):
        return False
    audit.note(
        conn,
        at=now,
        action="duty.ended",
        subject=str(row.member_id),
        hospital_id=row.hospital_id,
        by=by,
    )
    return True


def _notice(conn: Connection, row: Any) -> Outgoing | None:
    reader = reachable_actor(conn, row.member_id)
    if reader is None:
        return None
    with use_locale(reader.locale):
        text = _(
            "📌 You were signed off after {hours} hours on duty (our default). Still there? Press below."
        ).format(hours=round(LONGEST.total_seconds() / 3600))
        buttons = [[Button(_("Stay on"), f"duty:stay:{row.id}")]]
    return Outgoing(
        chat_id=reader.telegram_id,
        method="sendMessage",
        payload=message(reader.telegram_id, text, buttons=buttons),
        priority=Priority.NOTICE,
    )


DUTIES = Sweep(name="duties", run=sweep_duties)
