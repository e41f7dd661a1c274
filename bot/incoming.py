"""One update as the product sees it: who, where, and what was said or pressed."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # the command line reads nobody's updates and does without PTB
    from telegram import Message, Update

_ADDRESS = ("message_id", "chat", "date", "message_thread_id", "is_topic_message")
_ROW = re.compile("[0-9]{1,9}")
_GROUP_BOT = 1087968824
"""The account that Telegram shows for whoever writes anonymously in a group they administer."""
_AWAY = ("left", "kicked")


@dataclass(frozen=True, kw_only=True, slots=True)
class Incoming:
    """What a person did. ``kind``: text, command, files, location, moved, press, edited, reach, migrated or other.

    ``live``: this location will move, and then ``moved`` says where to; one that stops has moved without being live.
    ``added``: the bot was let into a group it was not in. ``anonymous``: an administrator who writes as the group.
    ``album`` is what Telegram calls several files sent at once, each of which comes as a message of its own.
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
    album: str = ""
    place: tuple[float, float] | None = None
    live: bool = False
    thread_id: int | None = None
    chat_title: str = ""
    forum: bool = False
    moved_to: int | None = None
    reply_to_message_id: int | None = None
    """The message that this one answers, by its id."""
    query_id: str | None = None
    data: str = ""
    added: bool = False
    anonymous: bool = False
    date: datetime | None = None

    @property
    def shut_out(self) -> bool:
        """Whether this says that the bot was blocked, or put out of a group."""
        return self.kind == "reach" and self.data in ("kicked", "left")

    @property
    def argument(self) -> str:
        """What follows a command's name; nothing where no command was written, but its button pressed, say."""
        return self.text.partition(" ")[2].strip() if self.kind == "command" else ""


def row_of(text: str) -> int:
    """The row's id that a button carries; 0, which no row has, where it was forged into something else."""
    return int(text) if _ROW.fullmatch(text) else 0


_INVISIBLE = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and signs that show nothing."""


def is_blank(text: str) -> bool:
    """Whether nothing of it is to be seen: blanks and what has no width."""
    return all(unicodedata.category(c)[0] in "ZCM" or c in _INVISIBLE for c in text)


def says_something(text: str) -> bool:
    """Whether there is a letter, a figure or a sign in it: not blanks, punctuation and what has no width alone."""
    return any(unicodedata.category(c)[0] in "LNS" and c not in _INVISIBLE for c in text)


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
        change = update.my_chat_member
        was, status = change.old_chat_member.status, change.new_chat_member.status
        added = was in _AWAY and status not in _AWAY
        return Incoming(kind="reach", data=status, added=added, **common)
    if message is None:
        return None
    common |= {"message_id": message.message_id, "date": message.date}
    common["thread_id"] = _thread_of(message)
    replied = message.reply_to_message
    common["reply_to_message_id"] = replied.message_id if replied else None
    common["anonymous"] = _as_group(message)
    if update.edited_message:
        # Nobody can change a place that was sent, other than by moving with it.
        moved = {"kind": "moved", **_read_place(message)} if message.location else {}
        return Incoming(**{"kind": "edited", **common, **moved})
    return Incoming(**common, **_read_message(message))


def _as_group(message: "Message") -> bool:
    sender = message.from_user
    itself = message.sender_chat is not None and message.sender_chat.id == message.chat.id
    return itself or (sender is not None and sender.id == _GROUP_BOT)


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
        forum=bool(message.chat.is_forum) if message else False,
        thread_id=getattr(message, "message_thread_id", None),
        user_id=query.from_user.id,
        user_name=_storable(query.from_user.full_name),
        language=query.from_user.language_code,
        message_id=message.message_id if message else None,
        query_id=query.id,
        data=_storable(query.data),
    )


def _read_message(message: "Message") -> dict[str, Any]:
    if message.location:
        return {"kind": "location", **_read_place(message), "text": _venue(message)}
    if message.migrate_to_chat_id:
        return {"kind": "migrated", "moved_to": message.migrate_to_chat_id}
    file = _read_file(message)
    if file:
        album = message.media_group_id or ""
        files = ({**file, "album": album} if album else file,)
        return {"kind": "files", "files": files, "album": album, "text": _said(message.caption)}
    if message.contact:
        return {"kind": "text", "text": _card(message)}
    if message.text:
        kind = "command" if _begins_with_command(message) else "text"
        return {"kind": kind, "text": _storable(message.text)}
    return {"kind": "other"}


def _said(text: str | None) -> str:
    """The words of a caption; blanks are none."""
    words = _storable(text)
    return words if says_something(words) else ""


def _begins_with_command(message: "Message") -> bool:
    """Whether Telegram itself takes the beginning for a command: ``/3号楼`` is none."""
    return any(e.type == "bot_command" and e.offset == 0 for e in message.entities)


def _venue(message: "Message") -> str:
    """What a place from the map is called, and where that is."""
    venue = message.venue
    return _storable(" ".join(filter(None, (venue.title, venue.address)))) if venue else ""


def _card(message: "Message") -> str:
    """A card from the address book: the name and the number."""
    card = message.contact
    assert card is not None
    return _storable(" ".join(filter(None, (card.first_name, card.last_name, card.phone_number))))


_FILE_KINDS = ("voice", "video", "video_note", "audio", "animation", "document")
"""An animation is a document as well, and leaves again as what it is only under its own name."""


def _read_file(message: "Message") -> dict[str, Any] | None:
    for kind in _FILE_KINDS:
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
