"""What was told piece by piece: one can be taken out again, and the files of an album find each other."""

import hashlib
from collections.abc import Mapping
from typing import Any

from bot.incoming import Incoming
from bot.kinds import check_files, parts_of, story


def mark_of(words: str) -> str:
    """What a button calls a piece by."""
    return hashlib.sha256(words.encode()).hexdigest()[:8]


def without(told: Mapping[str, Any] | None, mark: str) -> dict[str, Any] | None:
    """The account without its newest piece of that mark, empty where nothing is left; None where it has none."""
    parts = parts_of(told or {})
    places = [i for i, piece in enumerate(parts) if mark_of(piece) == mark]
    if told is None or not places:
        return None
    del parts[places[-1]]
    files, place = told["files"], told.get("place")
    return story(parts, files, place) if parts or files or place else {}


def join_album(
    values: Mapping[str, Mapping[str, Any]], incoming: Incoming
) -> tuple[dict[str, dict[str, Any]], list[str]] | None:
    """The answers with a further part of an album beside its first, and the kinds of all files there.

    None where none of it is left; raises Refused for a file that is too big, or one too many.
    """
    for name, answers in values.items():
        for key, value in answers.items():
            files = _files(value)
            if any(file.get("album") == incoming.album for file in files):
                check_files(incoming, len(files))
                joined = {**answers, key: _with(value, incoming)}
                kinds = [str(file["kind"]) for file in (*files, *incoming.files)]
                return {**{each: dict(kept) for each, kept in values.items()}, name: joined}, kinds
    return None


def _files(value: Any) -> list[Any]:
    found = value.get("files") if isinstance(value, Mapping) else value
    return (
        [file for file in found or () if isinstance(file, Mapping)]
        if isinstance(found, list)
        else []
    )


def _with(value: Any, incoming: Incoming) -> Any:
    files = [*_files(value), *incoming.files]
    if isinstance(value, list):
        return files
    if not incoming.text:
        return {**value, "files": files}
    if "words" in value:
        words = "\n".join(filter(None, (value["words"], incoming.text)))
        return {**value, "files": files, "words": words}
    return story([*parts_of(value), incoming.text], files, value.get("place"))
