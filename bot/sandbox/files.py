"""The files people and the bot have sent: kept in memory, the oldest forgotten first."""

import hashlib
from collections import OrderedDict
from dataclasses import dataclass

from bot.sandbox.refusals import bad_request

__all__ = ["Files", "Stored"]

LARGEST_DOWNLOAD = 20 * 1024 * 1024
_MOST_BYTES = 512 * 1024 * 1024
_FOLDERS = {
    "photo": ("photos", "jpg"),
    "voice": ("voice", "oga"),
    "video": ("videos", "mp4"),
    "video_note": ("video_notes", "mp4"),
    "animation": ("animations", "mp4"),
    "sticker": ("stickers", "webp"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A file as Telegram knows it; ``size`` is the claimed one and may exceed the content's."""

    file_id: str
    unique_id: str
    kind: str
    path: str
    size: int
    name: str | None
    mime_type: str
    content: bytes


class Files:
    """Files by their id and by their path."""

    def __init__(self) -> None:
        self._by_id: OrderedDict[str, Stored] = OrderedDict()
        self._by_path: dict[str, Stored] = {}
        self._bytes = 0
        self._made = 0

    def add(
        self,
        content: bytes,
        *,
        kind: str,
        mime_type: str,
        name: str | None = None,
        claimed_size: int | None = None,
    ) -> Stored:
        """Keep a file; equal contents share their unique id, never their id."""
        self._made += 1
        folder, ending = _FOLDERS.get(kind, ("documents", (name or "file.bin").rpartition(".")[2]))
        digest = hashlib.sha256(content).hexdigest()
        stored = Stored(
            file_id=f"BQACAgUAAxk{kind[:2]}{self._made:08d}{digest[:40]}",
            unique_id=f"AgAD{digest[:12]}",
            kind=kind,
            path=f"{folder}/file_{self._made}.{ending}",
            size=len(content) if claimed_size is None else claimed_size,
            name=name,
            mime_type=mime_type,
            content=content,
        )
        self._by_id[stored.file_id] = self._by_path[stored.path] = stored
        self._bytes += len(content)
        self._forget_oldest()
        return stored

    def _forget_oldest(self) -> None:
        while self._bytes > _MOST_BYTES and len(self._by_id) > 1:
            _, oldest = self._by_id.popitem(last=False)
            del self._by_path[oldest.path]
            self._bytes -= len(oldest.content)

    def by_id(self, file_id: str) -> Stored:
        """The file; refused when nobody ever sent it."""
        try:
            return self._by_id[file_id]
        except KeyError:
            raise bad_request("wrong file_id or the file is temporarily unavailable") from None

    def by_path(self, path: str) -> Stored | None:
        """The file that getFile named this path for, None when there is none."""
        return self._by_path.get(path)
