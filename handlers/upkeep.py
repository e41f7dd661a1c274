"""Sweeps that tidy up: old drafts close with a notice; what is done and old is forgotten."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from bot.exports import forget_made, made_in, old_made
from bot.handback import told_in
from bot.i18n import _, use_locale
from bot.messages import Outgoing, Priority, message
from bot.registry import Sweep, Swept
from bot.sealing import is_sealed
from models import draft as drafts
from models.album import forget_albums
from models.cry import forget_cries
from models.inbox import forget_updates
from models.outbox import forget_sent, queued_payloads
from models.people import MEMBER
from models.shown import forget_shown

_FORGOTTEN: dict[str, Callable[..., int]] = {
    "updates": forget_updates,
    "messages": forget_sent,
    "albums": forget_albums,
    "shown": forget_shown,
    "cries": forget_cries,
}
_BATCH = 200
"""Rows, or files, forgotten at a time: some milliseconds."""


def sweep_drafts(conn: Connection, now: datetime) -> Swept:
    """Close drafts untouched for 30 days with a notice; drop cancelled ones after a day."""
    stale = drafts.drafts_idle_since(conn, now - drafts.LIFETIME, state=("active", "parked"))
    cancelled = drafts.drafts_idle_since(conn, now - drafts.REGRET, state=("discarded",))
    rest = [
        *(partial(_close, row=row) for row in stale),
        *(partial(_drop, draft_id=row.id) for row in cancelled),
    ]
    return Swept(counts={"drafts_closed": 0}, rest=rest)


def _close(conn: Connection, now: datetime, *, row: Any) -> Swept:
    if not drafts.delete_idle(conn, row.id, now - drafts.LIFETIME):
        # Touched meanwhile, or another sweep was quicker and owes the notice.
        return Swept(counts={})
    notice = _notice(conn, row)
    return Swept(counts={"drafts_closed": 1}, out=[notice] if notice else [])


def _drop(conn: Connection, now: datetime, *, draft_id: int) -> Swept:
    drafts.delete_idle(conn, draft_id, now - drafts.REGRET)
    return Swept(counts={})


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


def sweep_queues(_conn: Connection, _now: datetime) -> Swept:
    """Forget updates and messages that are done and old."""
    rest = [partial(_forget, name=name, forget=forget) for name, forget in _FORGOTTEN.items()]
    return Swept(counts=dict.fromkeys(_FORGOTTEN, 0), rest=rest)


def _forget(conn: Connection, now: datetime, *, name: str, forget: Callable[..., int]) -> Swept:
    number = forget(conn, now=now, limit=_BATCH)
    more = number == _BATCH
    return Swept(
        counts={name: number}, rest=(partial(_forget, name=name, forget=forget),) if more else ()
    )


def made_files(data_dir: Path) -> Sweep:
    """The sweep that removes old files the bot made."""

    def run(_conn: Connection, now: datetime) -> Swept:
        paths = old_made(data_dir, now=now)
        parts = [paths[i : i + _BATCH] for i in range(0, len(paths), _BATCH)]
        return Swept(counts={"files": 0}, rest=[partial(remove, paths=part) for part in parts])

    def remove(conn: Connection, now: datetime, *, paths: Sequence[Path]) -> Swept:
        # Asked only now: what has been made once more meanwhile is owed again.
        owed = made_in(queued_payloads(conn, "sendDocument"))
        return Swept(counts={"files": forget_made(data_dir, paths, owed=owed, now=now)})

    return Sweep(name="files", run=run, every=3600)


DRAFTS = Sweep(name="drafts", run=sweep_drafts)
QUEUES = Sweep(name="queues", run=sweep_queues)
