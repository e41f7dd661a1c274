"""Messages that depend on earlier ones: whether such a one may leave now, and with which ids."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Any

from bot.messages import Outgoing
from models.outbox import Standing

ORPHANED = "what it follows never arrived"
_OPENS_TOPIC = "createForumTopic"
_UNEDITABLE = ("message to edit not found", "message can't be edited", "message_id_invalid")
_TOPICLESS = ("message thread not found", "topic_deleted", "topic_closed", "topic_id_invalid")


class Fate(StrEnum):
    """Why a message does not leave now."""

    WAITS = "waits"
    REVOKED = "revoked"
    OVERTAKEN = "overtaken"
    ORPHANED = "dead"


def fit(
    item: Outgoing, standing: Standing, became: Mapping[int, Mapping[str, Any]]
) -> Outgoing | Fate:
    """The message as it can be sent now, or why not. ``became`` holds outcomes that are not stored yet."""
    if not standing.queued:
        return Fate.REVOKED
    if standing.overtaken:
        return Fate.OVERTAKEN
    if item.follows is None:
        return item
    past = [_Past(row, became.get(row.id)) for row in standing.followed]
    # An edit that another one overtook was never sent, but what it was to change was.
    first = next((each for each in past if each.state != "overtaken"), None)
    if first and first.state == "queued":
        return Fate.WAITS
    if item.method.startswith("send"):
        topic = next((each for each in past if each.opens_topic and each.arrived), None)
        return _with(item, message_thread_id=topic.message_id) if topic else item
    if first is None or not first.arrived:
        return Fate.ORPHANED
    key = "message_thread_id" if first.opens_topic else "message_id"
    return _with(item, **{key: first.message_id})


class _Past:
    """What became of a call, as it is stored or as it is about to be."""

    __slots__ = ("message_id", "opens_topic", "state")

    def __init__(self, row: Any, outcome: Mapping[str, Any] | None) -> None:
        self.opens_topic = row.method == _OPENS_TOPIC
        self.state = outcome["new_state"] if outcome else row.state
        self.message_id = outcome["message"] if outcome else row.message_id

    @property
    def arrived(self) -> bool:
        return self.state == "sent" and self.message_id is not None


def _with(item: Outgoing, **ids: int) -> Outgoing:
    return replace(item, payload={**item.payload, **ids})


def instead_of(item: Outgoing, refusal: str) -> Outgoing | None:
    """What to send where Telegram refused an edit, or a message into a topic, whose place is gone."""
    refusal = refusal.lower()
    edit = item.method.startswith("edit") and "text" in item.payload
    if edit and any(sign in refusal for sign in _UNEDITABLE):
        payload = {key: value for key, value in item.payload.items() if key != "message_id"}
        return replace(item, method="sendMessage", payload=payload)
    if item.method.startswith("send") and any(sign in refusal for sign in _TOPICLESS):
        payload = {key: value for key, value in item.payload.items() if key != "message_thread_id"}
        return replace(item, follows=None, payload=payload)
    return None


def number_of(result: Any) -> int | None:
    """What Telegram called what a call made: a message's id, or a topic's."""
    if not isinstance(result, dict):
        return None
    return result.get("message_id") or result.get("message_thread_id")


def older_edits(items: Iterable[Outgoing]) -> list[Outgoing]:
    """Of edits that name the message they replace themselves, all but the newest of each message."""
    newest: dict[tuple[int, Any], Outgoing] = {}
    older = []
    for item in items:
        if item.method != "editMessageText" or not item.payload.get("message_id"):
            continue
        place = (item.chat_id, item.payload["message_id"])
        if place in newest:
            older.append(newest[place])
        newest[place] = item
    return older
