"""One update as the product sees it: who, where, and what was said or pressed."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # the command line reads nobody's updates and does without PTB
    from telegram import Message, Update

_ADDRESS = ("message_id", "chat", "date", "message_thread_id", "is_topic_message")
_ROW = re.compile("[0-9]{1,9}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Incoming:
    """What a person did. ``kind``: text, command, files, location, moved, press, edited, reach, migrated or other.

    ``live``: this location will move, and then ``moved`` says where to; one that stops has moved without being live.
    """

    update_id: int
    kind: str
    chat_id: int
    private: bool
    user_id: int
    user_name: str
    language: str | None
    message_id: int | None = None
    text: str = ""
    files: tuple[dict[str, Any], ...] = ()
    place: tuple[float, float] | None = None
    live: bool = False
    thread_id: int | None = None
    chat_title: str = ""
    forum: bool = False
    moved_to: int | None = None
    query_id: str | None = None
    data: str = ""
    date: datetime | None = None

    @property
    def shut_out(self) -> bool:
        """Whether this says that the bot was blocked, or put out of a group."""
        return self.kind == "reach" and self.data in ("kicked", "left")

    @property
    def argument(self) -> str:
        """What follows a command's name."""
        return self.text.partition(" ")[2].strip()


def row_of(text: str) -> int:
    """The row's id that a button carries; 0, which no row has, where it was forged into something else."""
    return int(text) if _ROW.fullmatch(text) else 0


def _storable(text: str | None) -> str:
    """The text without what no database takes: NUL and halves of characters, which only a forger sends."""
    return (text or "").replace("\0", "").encode(errors="ignore").decode()


def lighten(raw: dict[str, Any]) -> dict[str, Any]:
    """A raw update without what is never looked at: to parse a pressed message's own buttons costs most of all."""
    query = raw.get("callback_query")
    if not query or "message" not in query:
        return raw
    message = {key: query["message"][key] for key in _ADDRESS if key in query["message"]}
    return {**raw, "callback_query": {**query, "message": message}}


def words_of(raw: dict[str, Any]) -> tuple[str, str]:
    """What a raw update says before anything is known of it: the text written, the data of the button pressed."""
    text, data = _part(raw, "message").get("text"), _part(raw, "callback_query").get("data")
    return text if isinstance(text, str) else "", data if isinstance(data, str) else ""


def read_raw(raw: dict[str, Any]) -> Incoming | None:
    """Who waits for an answer to an update that cannot be read; None where nobody does, as in a group.

    Nothing in it is relied on: whatever made it unreadable may be anywhere.
    """
    query, message = _part(raw, "callback_query"), _part(raw, "message")
    who = _part(query or message, "from")
    chat = _part(_part(query, "message") or message, "chat") or who
    user_id, chat_id = who.get("id"), chat.get("id")
    private = chat is who or chat.get("type") == "private"
    if not private or not isinstance(user_id, int) or not isinstance(chat_id, int):
        return None
    language, query_id = who.get("language_code"), query.get("id")
    return Incoming(
        update_id=raw["update_id"],
        kind="press" if query else "other",
        chat_id=chat_id,
        private=True,
        user_id=user_id,
        user_name=_storable(str(who.get("first_name") or "")),
        language=language if isinstance(language, str) else None,
        query_id=query_id if isinstance(query_id, str) else None,
    )


def _part(holder: dict[str, Any], name: str) -> dict[str, Any]:
    part = holder.get(name)
    return part if isinstance(part, dict) else {}


def read_update(update: "Update") -> Incoming | None:
    """The update as Incoming; None where no person in a chat is behind it (a channel post, say)."""
    if update.callback_query:
        return _read_press(update)
    message = update.message or update.edited_message
    user, chat = update.effective_user, update.effective_chat
    if user is None or chat is None:
        return None
    common: dict[str, Any] = {
        "update_id": update.update_id,
        "chat_id": chat.id,
        "private": chat.type == "private",
        "chat_title": _storable(chat.title),
        "forum": bool(chat.is_forum),
        "user_id": user.id,
        "user_name": _storable(user.full_name),
        "language": user.language_code,
    }
    if update.my_chat_member:
        status = update.my_chat_member.new_chat_member.status
        return Incoming(kind="reach", data=status, **common)
    if message is None:
        return None
    common |= {"message_id": message.message_id, "date": message.date}
    common["thread_id"] = _thread_of(message)
    if update.edited_message:
        # Nobody can change a place that was sent, other than by moving with it.
        moved = {"kind": "moved", **_read_place(message)} if message.location else {}
        return Incoming(**{"kind": "edited", **common, **moved})
    return Incoming(**common, **_read_message(message))


def _thread_of(message: "Message") -> int | None:
    return message.message_thread_id if message.is_topic_message else None


def _read_place(message: "Message") -> dict[str, Any]:
    place = message.location
    assert place is not None
    return {"place": (place.latitude, place.longitude), "live": place.live_period is not None}


def _read_press(update: "Update") -> Incoming | None:
    query = update.callback_query
    assert query is not None
    message = query.message
    # A press on a message too old for Telegram to show still names the person: their private chat.
    chat_id, private = (
        (message.chat.id, message.chat.type == "private") if message else (query.from_user.id, True)
    )
    return Incoming(
        update_id=update.update_id,
        kind="press",
        chat_id=chat_id,
        private=private,
        chat_title=_storable(message.chat.title) if message else "",
        thread_id=getattr(message, "message_thread_id", None),
        user_id=query.from_user.id,
        user_name=_storable(query.from_user.full_name),
        language=query.from_user.language_code,
        message_id=message.message_id if message else None,
        query_id=query.id,
        data=_storable(query.data),
    )


def _read_message(message: "Message") -> dict[str, Any]:
    if message.location and not message.venue:
        return {"kind": "location", **_read_place(message)}
    if message.migrate_to_chat_id:
        return {"kind": "migrated", "moved_to": message.migrate_to_chat_id}
    file = _read_file(message)
    if file:
        return {"kind": "files", "files": (file,), "text": _storable(message.caption)}
    if message.text:
        kind = "command" if message.text.startswith("/") else "text"
        return {"kind": kind, "text": _storable(message.text)}
    return {"kind": "other"}


def _read_file(message: "Message") -> dict[str, Any] | None:
    for kind in ("voice", "video", "audio", "document"):
        found = getattr(message, kind)
        if found:
            name = getattr(found, "file_name", None)
            return _file(kind, found.file_id, found.file_size, name and _storable(name))
    if message.photo:
        largest = message.photo[-1]
        return _file("photo", largest.file_id, largest.file_size, None)
    return None


def _file(kind: str, file_id: str, size: int | None, name: str | None) -> dict[str, Any]:
    return {"kind": kind, "file_id": file_id, "size": size, "name": name}
