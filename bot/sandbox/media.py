"""Files, pictures and captions as the Bot API describes them."""

import base64
from typing import Any

from bot.sandbox.files import Stored
from bot.sandbox.markup import commands_in

__all__ = ["THUMBNAIL", "captioned", "file_of", "photo_size"]

# What a photo's smallest size holds: a picture of one point, so that taking it is noticed.
THUMBNAIL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def captioned(caption: str | None) -> dict[str, Any]:
    """A caption and the commands in it; nothing without one."""
    if not caption:
        return {}
    entities = commands_in(caption)
    return {"caption": caption} | ({"caption_entities": entities} if entities else {})


def file_of(stored: Stored) -> dict[str, Any]:
    """What every kind of file has in the Bot API."""
    named = {"file_name": stored.name} if stored.name and stored.kind != "voice" else {}
    return {
        "file_id": stored.file_id,
        "file_unique_id": stored.unique_id,
        **named,
        "mime_type": stored.mime_type,
        "file_size": stored.size,
    }


def photo_size(stored: Stored, width: int) -> dict[str, Any]:
    """One size of a picture, as wide as said and three quarters as high."""
    return {
        "file_id": stored.file_id,
        "file_unique_id": stored.unique_id,
        "width": width,
        "height": width * 3 // 4,
        "file_size": stored.size,
    }
