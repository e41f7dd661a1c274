"""What somebody has told in a form, in their own words: shown where the form itself cannot go on."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from bot.i18n import n_

_CODE = re.compile(r"[a-z][a-z0-9_]*|[0-9]+")


def told_in(values: Mapping[str, Any]) -> str:
    """The words among a draft's answers and what was taken back into hand, and how many files there were."""
    answers = [*values["answers"].values(), *values["held"].values()]
    lines = list(dict.fromkeys(words for answer in answers for words in _words(answer)))
    files = sum(_files(answer) for answer in answers)
    if files:
        said = n_(
            "{n} file, still in this chat: it can be sent again.",
            "{n} files, still in this chat: they can be sent again.",
            files,
        )
        lines.append(said.format(n=files))
    return "\n".join(lines)


def _words(answer: Any) -> Iterator[str]:
    if isinstance(answer, str):
        if answer and not _CODE.fullmatch(answer) and not _is_moment(answer):
            yield answer
    elif isinstance(answer, Mapping):
        for key in ("value", "text", "words", "name"):
            yield from _words(answer.get(key))


def _is_moment(words: str) -> bool:
    try:
        datetime.fromisoformat(words)
    except ValueError:
        return False
    return True


def _files(answer: Any) -> int:
    found = answer.get("files") if isinstance(answer, Mapping) else answer
    return sum(isinstance(each, Mapping) for each in found) if isinstance(found, list) else 0
