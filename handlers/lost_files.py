"""A file that cannot be had from Telegram: whoever sent it hears for which record it is missing."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from bot.dates import say_moment
from bot.i18n import N_, _, use_locale
from bot.messages import Outgoing, Priority, message
from handlers import words
from models.entry import ENTRY, ENTRY_STEP
from models.filing import FILING
from models.handover import HANDOVER
from models.incident import ADDITION, INCIDENT
from models.obligation import OBLIGATION
from models.people import find_actor
from models.threat import STEP, THREAT

_NUMBERS: dict[str, Any] = {
    "incident": select(INCIDENT.c.number, INCIDENT.c.id),
    "case": select(INCIDENT.c.number, INCIDENT.c.id),
    "addition": select(INCIDENT.c.number, ADDITION.c.id).join(ADDITION),
    "handover": select(INCIDENT.c.number, HANDOVER.c.id).join(HANDOVER),
    "threat": select(THREAT.c.number, THREAT.c.id),
    "threat_step": select(THREAT.c.number, STEP.c.id).join(STEP),
    "entry": select(ENTRY.c.number, ENTRY.c.id),
    "entry_step": select(ENTRY.c.number, ENTRY_STEP.c.id).join(ENTRY_STEP),
}
_OTHERS = {"check_answer": N_("the self-check"), "ruling": N_("the ruling")}


def tell_lost_file(conn: Connection, file: Any, now: datetime) -> list[Outgoing]:
    """Owe the sender of a file a word about it; nothing where they have left, or blocked the bot."""
    reader = find_actor(conn, file.sender) if file.sender else None
    if reader is None or reader.unreachable_at:
        return []
    with use_locale(reader.locale):
        text = _(
            "⚠️ A file you sent {time} did not come through, {record} is without it.\n"
            "Please send it again there; everything else is kept."
        ).format(
            time=say_moment(file.created_at, zone=reader.hospital.zone, now=now),
            record=_record(conn, file),
        )
    payload = message(reader.telegram_id, text)
    return [
        Outgoing(
            chat_id=reader.telegram_id,
            method="sendMessage",
            payload=payload,
            priority=Priority.NOTICE,
        )
    ]


def _record(conn: Connection, file: Any) -> str:
    """What the file belongs to, as its sender knows it."""
    if file.subject in _OTHERS:
        return _(_OTHERS[file.subject])
    if file.subject == "filing":
        paper = select(OBLIGATION).join(FILING, FILING.c.obligation_id == OBLIGATION.c.id)
        row: Any = conn.execute(paper.where(FILING.c.id == file.subject_id)).one()
        return words.paper(row.code, row.subject, row.period_end)
    query = _NUMBERS[file.subject]
    return str(conn.execute(query.where(query.selected_columns[1] == file.subject_id)).scalar_one())
