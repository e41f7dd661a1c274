"""A file that is not what its name says: whoever filed it hears of it while it can still be amended."""

from typing import Any

from sqlalchemy import Connection, select

from bot.i18n import _, use_locale
from bot.messages import Button, Outgoing, Priority, message
from models.filing import FILING
from models.people import reachable_actor


def tell_odd_file(conn: Connection, file: Any) -> list[Outgoing]:
    """Owe the filer a word about an attachment of theirs; nothing about files of other records."""
    if file.subject != "filing":
        return []
    query = select(FILING.c.member_id, FILING.c.obligation_id)
    filing = conn.execute(query.where(FILING.c.id == file.subject_id)).one()
    reader = reachable_actor(conn, filing.member_id)
    if reader is None:
        return []
    with use_locale(reader.locale):
        text = _(
            "⚠️ {name} does not open as what its name says.\n"
            "It is kept and the filing counts; please send the right file as an amendment."
        ).format(name=file.name)
        buttons = [[Button(_("Amend it"), f"filings:{filing.obligation_id}:amend")]]
    payload = message(reader.telegram_id, text, buttons=buttons)
    return [
        Outgoing(
            chat_id=reader.telegram_id,
            method="sendMessage",
            payload=payload,
            priority=Priority.NOTICE,
        )
    ]
