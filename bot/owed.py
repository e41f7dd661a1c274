"""What a unit of work owes to people: written into the outbox in its own transaction."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from bot.messages import Outgoing, in_parts
from bot.typed import shown_in
from models import outbox
from models.shown import note_shown

_PLACE = ("message_thread_id", "disable_notification")
"""What holds for every part of a text that was cut."""


def store(conn: Connection, out: list[Outgoing], *, now: datetime) -> list[Outgoing]:
    """Write what is owed; the same messages with their ids, and the passing ones unwritten."""
    stored = [item for item in out if item.id]
    durable = [part for item in out if item.durable and not item.id for part in _fitting(item)]
    ids = outbox.enqueue(conn, [_row(item, now) for item in durable])
    stored += [replace(item, id=number) for item, number in zip(durable, ids, strict=True)]
    note_shown(conn, shown_in(stored, now))
    return stored + [item for item in out if not item.durable]


def store_one(conn: Connection, item: Outgoing, *, now: datetime) -> Outgoing:
    """Write one message at once, where its id is needed; handed on like any other, it is not written again."""
    (number,) = outbox.enqueue(conn, [_row(item, now)])
    return replace(item, id=number)


def _fitting(item: Outgoing) -> list[Outgoing]:
    """The message, or where it is too long for one, several; what belongs below it stays below.

    Here, where everything owed passes: what Telegram refuses as too long would reach nobody.
    """
    parts = in_parts(item.payload.get("text", ""))
    if len(parts) == 1:
        return [item]
    first = {**item.payload, "text": parts[0]}
    buttons = first.pop("reply_markup", None)
    place = {key: item.payload[key] for key in _PLACE if key in item.payload}
    rest = [{"chat_id": item.chat_id, **place, "text": part} for part in parts[1:]]
    if buttons:
        rest[-1]["reply_markup"] = buttons
    more = [replace(item, method="sendMessage", payload=each, kept=False) for each in rest]
    return [replace(item, payload=first), *more]


def _row(item: Outgoing, now: datetime) -> dict[str, object]:
    return {
        "chat_id": item.chat_id,
        "priority": int(item.priority),
        "method": item.method,
        "payload": item.payload,
        "state": "queued",
        "created_at": now,
        "follows": item.follows,
        "topic": item.topic,
        "kept": item.kept,
    }
