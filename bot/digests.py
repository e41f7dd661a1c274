"""What a message said, as a digest: an edit that changes nothing is told by it, and nobody can read it back."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

_MESSAGES = ("message", "edited_message")
_SAID = ("text", "caption", "venue", "contact", "poll")
_FILES = ("voice", "video", "video_note", "audio", "animation", "document", "sticker")


def message_row(update: Mapping[str, Any]) -> dict[str, Any]:
    """What is remembered of the message in an update: its id and digest; both None where there is no message."""
    found = next((update[kind] for kind in _MESSAGES if isinstance(update.get(kind), dict)), None)
    number = found.get("message_id") if found else None
    if found is None or not isinstance(number, int):
        return {"message_id": None, "digest": None}
    return {"message_id": number, "digest": _digest(found)}


def _digest(message: Mapping[str, Any]) -> str:
    said = [message.get(key) for key in _SAID]
    files = [_unique(message.get(kind)) for kind in _FILES]
    photo = message.get("photo")
    last = photo[-1] if isinstance(photo, list) and photo else None
    whole = json.dumps([said, files, _unique(last)], sort_keys=True)
    return hashlib.sha256(whole.encode()).hexdigest()


def _unique(file: Any) -> Any:
    return file.get("file_unique_id") if isinstance(file, dict) else None
