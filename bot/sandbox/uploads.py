"""A file that the browser hands over with its form."""

from dataclasses import dataclass

from aiohttp import BodyPartReader, web

from bot.sandbox.callers import UnservedError

LARGEST_FILE = 20 * 1024 * 1024
_PICTURES = {"image/jpeg", "image/png", "image/webp"}
_LONGEST_FIELD = 16 * 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class Form:
    """What was handed over; ``kind`` says how Telegram's apps would send it."""

    fields: dict[str, str]
    content: bytes
    name: str
    mime_type: str

    @property
    def kind(self) -> str:
        """A picture goes as photo, a sound as voice, all else as document."""
        if self.mime_type in _PICTURES:
            return "photo"
        return "voice" if self.mime_type.startswith("audio/") else "document"


async def read_form(request: web.Request) -> Form:
    """Read a multipart body whose last part is ``file``; refused above 20 MB or when empty."""
    if request.content_type != "multipart/form-data":
        raise UnservedError("file")
    fields: dict[str, str] = {}
    try:
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader):
                break
            if part.name == "file":
                return await _read_file(part, fields)
            content = await _read(part, most=_LONGEST_FIELD)
            fields[part.name or ""] = content.decode()
    except ValueError:
        raise UnservedError("file") from None
    raise UnservedError("file")


async def _read_file(part: BodyPartReader, fields: dict[str, str]) -> Form:
    content = await _read(part, most=LARGEST_FILE)
    if not content:
        raise UnservedError("file")
    mime_type = part.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    return Form(
        fields=fields,
        content=content,
        name=part.filename or "file",
        mime_type=mime_type or "application/octet-stream",
    )


async def _read(part: BodyPartReader, *, most: int) -> bytes:
    content = bytearray()
    while chunk := await part.read_chunk(64 * 1024):
        content += chunk
        if len(content) > most:
            raise UnservedError("tooLarge", status=413)
    return bytes(content)
