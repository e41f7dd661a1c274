"""Reading a mapping of a YAML file strictly: keys are taken once, what is left is an error."""

import re
from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from models.located import Located
from models.wording import LANGUAGES, Text

NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,6})?")
MOST = 10_000
"""No scorecard has more points; a greater number is a slip of the hand."""


class RubricError(Exception):
    """A rubric file is refused: ``file``, ``line``, ``where`` in it (an id), ``code``, and what was found."""

    def __init__(self, file: str, where: str, code: str, detail: str, line: int = 0) -> None:
        place = f"{file}:{line}" if line else file
        super().__init__(f"{place}: {where}: {detail}")
        self.file = file
        self.where = where
        self.code = code
        self.line = line


def exact(raw: object) -> Fraction | None:
    """A number that is not negative, exactly as written; None when it is not one."""
    if isinstance(raw, bool) or not NUMBER.fullmatch(str(raw)):
        return None
    return Fraction(str(raw))


class Fields:
    """One mapping of a rubric file, and where it stands."""

    def __init__(self, file: str, where: str, raw: object, line: int = 0) -> None:
        self.file = file
        self.where = where
        self._line = line
        self._raw: object = None
        if not isinstance(raw, dict):
            raise self.error("not_a_mapping", "a mapping is expected here")
        self._left: dict[object, Any] = dict(raw)
        self._raw = raw
        if isinstance(raw.get("id"), str):
            self.where = raw["id"]

    def error(self, code: str, detail: str, key: object = None) -> RubricError:
        """An error that names this place, and the line of the key that is wrong."""
        line = self._raw.line_of(key) if isinstance(self._raw, Located) else self._line
        return RubricError(self.file, self.where, code, detail, line)

    def has(self, key: str) -> bool:
        """Whether the key is there and not yet taken."""
        return key in self._left

    def take(self, key: str) -> Any:
        """The raw value of a key that must be there."""
        if key not in self._left:
            raise self.error("missing_key", f"{key} is missing", key)
        return self._left.pop(key)

    def word(
        self, key: str, allowed: frozenset[str] | None = None, default: str | None = None
    ) -> str:
        """A text that is not translated, perhaps one of a few."""
        value = self.take(key) if default is None or self.has(key) else default
        if not isinstance(value, str) or not value.strip():
            raise self.error("not_a_text", f"{key} must be a text in quotes, not {value!r}", key)
        if allowed is not None and value not in allowed:
            raise self.error(f"unknown_{key}", f"unknown {key} {value!r}", key)
        return value

    def number(self, key: str) -> Fraction:
        """An exact number that is not negative."""
        return self.as_number(key, self.take(key))

    def numbers(self, key: str) -> tuple[Fraction, ...]:
        """A list of exact numbers."""
        return tuple(self.as_number(key, each) for each in self.items(key))

    def whole(self, key: str) -> int:
        """An exact whole number that is not negative."""
        value = self.number(key)
        if value.denominator != 1:
            raise self.error("not_a_number", f"{key} must be a whole number", key)
        return int(value)

    def flag(self, key: str) -> bool:
        """True or false, false where it is left out."""
        value = self.take(key) if self.has(key) else False
        if not isinstance(value, bool):
            raise self.error("not_a_flag", f"{key} must be true or false, not {value!r}", key)
        return value

    def numbers_by(self, key: str, kind: type) -> Mapping[Any, Fraction]:
        """Exact numbers by name, or by level."""
        raw = self.take(key)
        if not isinstance(raw, dict) or not all(type(name) is kind for name in raw):
            raise self.error("not_a_mapping", f"{key} must be a mapping by {kind.__name__}", key)
        return MappingProxyType({name: self.as_number(key, each) for name, each in raw.items()})

    def text(self, key: str) -> Text:
        """A text in every language."""
        return self._text(key, self.take(key))

    def text_if_any(self, key: str) -> Text | None:
        """A text in every language, or None."""
        return self.text(key) if self.has(key) else None

    def texts_by(self, key: str, kind: type) -> Mapping[Any, Text]:
        """Texts by name, or by level."""
        raw = self.take(key)
        if not isinstance(raw, dict) or not raw or not all(type(name) is kind for name in raw):
            raise self.error("not_a_mapping", f"{key} must be a mapping by {kind.__name__}", key)
        return MappingProxyType({name: self._text(key, each) for name, each in raw.items()})

    def items(self, key: str) -> list[Any]:
        """A list that is not empty."""
        raw = self.take(key)
        if not isinstance(raw, list) or not raw:
            raise self.error("not_a_list", f"{key} must be a list that is not empty", key)
        return raw

    def part(self, key: str) -> "Fields":
        """The mapping under a key."""
        return Fields(self.file, f"{self.where}: {key}", self.take(key), self._line_of(key))

    def parts(self, key: str) -> list["Fields"]:
        """The mappings in the list under a key."""
        line = self._line_of(key)
        return [Fields(self.file, f"{self.where}: {key}", each, line) for each in self.items(key)]

    def _line_of(self, key: str) -> int:
        return self._raw.line_of(key) if isinstance(self._raw, Located) else 0

    def close(self) -> None:
        """Refuse what nobody asked for: a misspelt key must not pass in silence."""
        if self._left:
            key = next(iter(self._left))
            raise self.error("unknown_key", f"unknown key {key!r}", key)

    def as_number(self, key: str, raw: object) -> Fraction:
        """What stands under a key as an exact number from 0 to ``MOST``."""
        value = exact(raw)
        if value is None:
            raise self.error("not_a_number", f"{key} must be a number from 0 up, not {raw!r}", key)
        if value > MOST:
            raise self.error(
                "not_a_number", f"{key} is {raw}, and nothing here is above {MOST}", key
            )
        return value

    def _text(self, key: str, raw: object) -> Text:
        if isinstance(raw, str):
            raw = {LANGUAGES[0]: raw}
        if not isinstance(raw, dict) or LANGUAGES[0] not in raw or not set(raw) <= set(LANGUAGES):
            told = f"{key} must be a text, or one by language: {LANGUAGES[0]}, perhaps en"
            raise self.error("not_translated", told, key)
        if not all(isinstance(each, str) and each.strip() for each in raw.values()):
            raise self.error("not_a_text", f"{key} must have a text in each language it names", key)
        return Text(by_language=MappingProxyType(dict(raw)))
