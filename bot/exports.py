"""Files the bot makes: whole under the data directory before anything refers to them, until they were sent."""

import hashlib
import os
import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path, PurePath
from threading import get_ident
from typing import Any

from bot.messages import units

FOLDER = "exports"
KEPT = timedelta(days=7)
"""Longer than the sender tries to bring a message to its reader."""
LARGEST = 50 * 1024 * 1024
"""Bytes that a bot may upload."""
_SLOW = 50_000
"""Bytes a second."""
_CAPTION = 1024
_NAME = 120
_MIME = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".png": "image/png",
    ".txt": "text/plain",
}
# What a file name may not hold on some system, and what would end the header that carries it.
_UNFIT = re.compile(r'[\x00-\x1f\x7f\\/:*?"<>|]+')

Upload = tuple[str, bytes, str]
"""A file's name, its content and its media type."""


class FileGoneError(Exception):
    """A made file is no longer where it was put."""


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all, also after a power cut."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.{get_ident()}.part")
    try:
        with part.open("wb") as target:
            target.write(content)
            target.flush()
            os.fsync(target.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def keep_made(data_dir: Path, content: bytes, name: str, *, now: datetime) -> str:
    """Keep a made file under its SHA-256; its path below ``data_dir``. Made again, it is as new."""
    suffix = PurePath(name).suffix[:10]
    path = f"{FOLDER}/{hashlib.sha256(content).hexdigest()}{suffix}"
    write_whole(data_dir / path, content)
    # Its age is told by the clock that forgets it, which in the sandbox can be moved.
    os.utime(data_dir / path, (now.timestamp(), now.timestamp()))
    return path


def old_made(data_dir: Path, *, now: datetime) -> list[Path]:
    """What was made longer ago than KEPT."""
    return [path for path in (data_dir / FOLDER).glob("*") if _is_old(path, now)]


def forget_made(
    data_dir: Path, paths: Iterable[Path], *, owed: Iterable[str], now: datetime
) -> int:
    """Remove those of ``paths`` that are still old and not ``owed`` to anybody (paths below ``data_dir``); how many."""
    removed, wanted = 0, {data_dir / path for path in owed}
    for path in paths:
        if path not in wanted and _is_old(path, now):
            path.unlink(missing_ok=True)
            removed += 1
    return removed


def _is_old(path: Path, now: datetime) -> bool:
    try:
        return path.stat().st_mtime < (now - KEPT).timestamp()
    except FileNotFoundError:  # another sweep was quicker
        return False


def made_in(payloads: Iterable[dict[str, Any]]) -> list[str]:
    """The paths of the made files that payloads name."""
    return [payload["document"]["path"] for payload in payloads if is_made(payload)]


def document(path: str, name: str, *, caption: str, regret: str) -> dict[str, Any]:
    """The payload of a made file; ``regret`` is said in its place should it be gone."""
    shown = _UNFIT.sub("_", name)
    stem, suffix = PurePath(shown).stem, PurePath(shown).suffix
    made = {"path": path, "name": f"{stem[: _NAME - len(suffix)]}{suffix}", "regret": regret}
    return {"document": made, **({"caption": _fitting(caption)} if caption else {})}


def _fitting(caption: str) -> str:
    if units(caption) <= _CAPTION:
        return caption
    return caption.encode("utf-16-le")[: 2 * (_CAPTION - 1)].decode("utf-16-le", "ignore") + "…"


def is_made(payload: dict[str, Any]) -> bool:
    """Whether a payload names a made file, which has to be uploaded."""
    return isinstance(payload.get("document"), dict)


def patience(uploads: Mapping[str, Upload]) -> float:
    """Seconds that an upload may take: on a slow line, and no longer, as its reader hears nothing meanwhile."""
    return 20 + sum(len(content) for _name, content, _mime in uploads.values()) / _SLOW


def open_made(data_dir: Path, payload: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Upload]]:
    """(fields, uploads) of a payload that names a made file; FileGoneError where there is none."""
    made = payload["document"]
    try:
        content = (data_dir / made["path"]).read_bytes()
    except OSError as error:
        raise FileGoneError(error.strerror) from None
    fields = {key: value for key, value in payload.items() if key != "document"}
    suffix = PurePath(made["name"]).suffix.lower()
    mime = _MIME.get(suffix, "application/octet-stream")
    return fields, {"document": (made["name"], content, mime)}
