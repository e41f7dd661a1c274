"""What one call carries: its fields as text, and the files uploaded with it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.sandbox.refusals import bad_request

__all__ = ["Params", "Upload", "as_text"]

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file part of a multipart body."""

    name: str
    mime_type: str
    content: bytes


def as_text(value: Any) -> str:
    """A field of a JSON body as a form would carry it."""
    if isinstance(value, str):
        return value
    return _ENCODER.encode(value)


class Params:
    """The fields of one call, read as the real server reads them."""

    __slots__ = ("uploads", "values")

    def __init__(self, values: Mapping[str, str], uploads: Mapping[str, Upload]) -> None:
        self.values = values
        self.uploads = uploads

    def text(self, name: str) -> str:
        """The field's text; empty when missing."""
        return self.values.get(name, "")

    def integer(self, name: str, default: int = 0) -> int:
        """The field as an integer; ``default`` when missing or not a number."""
        try:
            return int(self.values[name])
        except (KeyError, ValueError):
            return default

    def number(self, name: str) -> float:
        """A required decimal number; refused when missing or not a number."""
        value = self.values.get(name, "").strip()
        if not value:
            raise bad_request(f"{name} is empty")
        try:
            return float(value)
        except ValueError:
            raise bad_request(f"{name} must be a number") from None

    def flag(self, name: str) -> bool:
        """Whether the field says true."""
        return self.values.get(name, "").lower() in ("true", "yes", "1")

    def parsed(self, name: str, *, what: str) -> Any:
        """The field's JSON value, None when missing; ``what`` names it in the refusal."""
        value = self.values.get(name)
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise bad_request(f"can't parse {what} JSON object") from None
