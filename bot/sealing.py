"""Drafts of sealed forms as the database keeps them: answers and held values as {"~": base64}, never in clear."""

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidTag

from bot.crypto import Cipher

_SEALED = "~"
_FIELDS = ("answers", "held")


class Unopenable(Exception):
    """A draft that was sealed with another key, or never sealed."""


def _about(field: str, owner: int) -> str:
    return f"draft.{field}:{owner}"


def is_sealed(values: Mapping[str, Any]) -> bool:
    """Whether a draft's answers are kept sealed."""
    return set(values["answers"]) == {_SEALED}


def seal_values(cipher: Cipher, values: Mapping[str, Any], *, owner: int) -> dict[str, Any]:
    """A draft's values with what was answered sealed for its owner, a member's id."""
    sealed = dict(values)
    for field in _FIELDS:
        words = json.dumps(values[field], ensure_ascii=False)
        box = cipher.seal(words, about=_about(field, owner))
        sealed[field] = {_SEALED: b64encode(box).decode()}
    return sealed


def open_values(cipher: Cipher, values: Mapping[str, Any], *, owner: int) -> dict[str, Any]:
    """A draft's values with what was answered in clear; raises Unopenable."""
    opened = dict(values)
    try:
        for field in _FIELDS:
            box = b64decode(values[field][_SEALED])
            opened[field] = json.loads(cipher.open(box, about=_about(field, owner)))
    except (KeyError, ValueError, InvalidTag) as error:
        raise Unopenable from error
    return opened
