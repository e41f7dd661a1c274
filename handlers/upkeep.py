"""Sweeps that tidy up: old drafts close with a notice; what is done and old is forgotten."""

from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from bot.exports import forget_made, made_in
from bot.handback import told_in
from bot.i18n import _, use_locale
from bot.messages import Outgoing, Priority, message
from bot.registry import Sweep, Swept
from bot.sealing import is_sealed
from models import draft as drafts
from models.album import forget_albums
from models.inbox import forget_updates
from models.outbox import forget_sent, queued_payloads
from models.people import MEMBER
from models.shown import forget_shown


def sweep_drafts(conn: Connection, now: datetime) -> Swept:
    """Close drafts untouched for 30 days with a notice; drop cancelled ones after a day."""
    out: list[Outgoing] = []
    stale = drafts.drafts_idle_since(conn, now - drafts.LIFETIME, state=("active", "parked"))
    closed = 0
    for row in stale:
        if not drafts.delete_draft(conn, row.id):
            continue  # another sweep was quicker, and owes the notice
        closed += 1
        notice = _notice(conn, row)
        if notice:
            out.append(notice)
    cancelled = drafts.drafts_idle_since(conn, now - drafts.REGRET, state=("discarded",))
    for row in cancelled:
        drafts.delete_draft(conn, row.id)
    return Swept(counts={"drafts_closed": closed}, out=out)


def _notice(conn: Connection, row: Any) -> Outgoing | None:
    found = conn.execute(
        select(MEMBER.c.telegram_id, MEMBER.c.locale).where(
            MEMBER.c.id == row.member_id,
            MEMBER.c.removed_at.is_(None),
            MEMBER.c.unreachable_at.is_(None),
        )
    ).first()
    if found is None:
        return None
    with use_locale(found.locale):
        text = _(
            "An unfinished form was closed: nobody had touched it for {days} days "
            "(our default, can be changed). /help shows how to start again."
        ).format(days=drafts.LIFETIME.days)
        told = "" if is_sealed(row._mapping) else told_in(row._mapping)
        if told:
            text += "\n" + _("You had told this so far:") + "\n" + told
    return Outgoing(
        chat_id=found.telegram_id,
        method="sendMessage",
        payload=message(found.telegram_id, text),
        priority=Priority.DIGEST,
    )


def sweep_queues(conn: Connection, now: datetime) -> Swept:
    """Forget updates and messages that are done and old."""
    counts = {
        "updates": forget_updates(conn, now=now),
        "messages": forget_sent(conn, now=now),
        "albums": forget_albums(conn, now=now),
        "shown": forget_shown(conn, now=now),
    }
    return Swept(counts=counts, out=[])


def made_files(data_dir: Path) -> Sweep:
    """The sweep that removes old files the bot made."""

    def run(conn: Connection, now: datetime) -> Swept:
        owed = made_in(queued_payloads(conn, "sendDocument"))
        return Swept(counts={"files": forget_made(data_dir, owed=owed, now=now)}, out=[])

    return Sweep(name="files", run=run, every=3600)


DRAFTS = Sweep(name="drafts", run=sweep_drafts)
QUEUES = Sweep(name="queues", run=sweep_queues)
