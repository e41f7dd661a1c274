"""Reading a mapping of a YAML file strictly: keys are taken once, what is left is an error."""

import re
from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from models.criteria import LANGUAGES, Text

NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,6})?")


class RubricError(Exception):
    """A rubric file is refused: ``file``, ``where`` in it (an id), ``code``, and what was found."""

    def __init__(self, file: str, where: str, code: str, detail: str) -> None:
        super().__init__(f"{file}: {where}: {detail}")
        self.file = file
        self.where = where
        self.code = code


def exact(raw: object) -> Fraction | None:
    """A number that is not negative, exactly as written; None when it is not one."""
    if isinstance(raw, bool) or not NUMBER.fullmatch(str(raw)):
        return None
    return Fraction(str(raw))


class Fields:
    """One mapping of a rubric file, and where it stands."""

    def __init__(self, file: str, where: str, raw: object) -> None:
        self.file = file
        self.where = where
        if not isinstance(raw, dict):
            raise self.error("not_a_mapping", "a mapping is expected here")
        self._left: dict[object, Any] = dict(raw)
        if isinstance(raw.get("id"), str):
            self.where = raw["id"]

    def error(self, code: str, detail: str) -> RubricError:
        """An error that names this place."""
        return RubricError(self.file, self.where, code, detail)

    def has(self, key: str) -> bool:
        """Whether the key is there and not yet taken."""
        return key in self._left

    def take(self, key: str) -> Any:
        """The raw value of a key that must be there."""
        if key not in self._left:
            raise self.error("missing_key", f"{key} is missing")
        return self._left.pop(key)

    def word(
        self, key: str, allowed: frozenset[str] | None = None, default: str | None = None
    ) -> str:
        """A text that is not translated, perhaps one of a few."""
        value = self.take(key) if default is None or self.has(key) else default
        if not isinstance(value, str) or not value.strip():
            raise self.error("not_a_text", f"{key} must be a text in quotes, not {value!r}")
        if allowed is not None and value not in allowed:
            raise self.error(f"unknown_{key}", f"unknown {key} {value!r}")
        return value

    def number(self, key: str) -> Fraction:
        """An exact number that is not negative."""
        return self._number(key, self.take(key))

    def numbers(self, key: str) -> tuple[Fraction, ...]:
        """A list of exact numbers."""
        return tuple(self._number(key, each) for each in self.items(key))

    def numbers_by(self, key: str, kind: type) -> Mapping[Any, Fraction]:
        """Exact numbers by name, or by level."""
        raw = self.take(key)
        if not isinstance(raw, dict) or not all(type(name) is kind for name in raw):
            raise self.error("not_a_mapping", f"{key} must be a mapping by {kind.__name__}")
        return MappingProxyType({name: self._number(key, each) for name, each in raw.items()})

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
            raise self.error("not_a_mapping", f"{key} must be a mapping by {kind.__name__}")
        return MappingProxyType({name: self._text(key, each) for name, each in raw.items()})

    def items(self, key: str) -> list[Any]:
        """A list that is not empty."""
        raw = self.take(key)
        if not isinstance(raw, list) or not raw:
            raise self.error("not_a_list", f"{key} must be a list that is not empty")
        return raw

    def part(self, key: str) -> "Fields":
        """The mapping under a key."""
        return Fields(self.file, f"{self.where}: {key}", self.take(key))

    def parts(self, key: str) -> list["Fields"]:
        """The mappings in the list under a key."""
        return [Fields(self.file, f"{self.where}: {key}", each) for each in self.items(key)]

    def close(self) -> None:
        """Refuse what nobody asked for: a misspelt key must not pass in silence."""
        if self._left:
            raise self.error("unknown_key", f"unknown key {next(iter(self._left))!r}")

    def _number(self, key: str, raw: object) -> Fraction:
        value = exact(raw)
        if value is None:
            raise self.error("not_a_number", f"{key} must be a number from 0 up, not {raw!r}")
        return value

    def _text(self, key: str, raw: object) -> Text:
        if not isinstance(raw, dict) or set(raw) != set(LANGUAGES):
            raise self.error("not_translated", f"{key} must have exactly {' and '.join(LANGUAGES)}")
        if not all(isinstance(each, str) and each.strip() for each in raw.values()):
            raise self.error("not_a_text", f"{key} must have a text in every language")
        return Text(by_language=MappingProxyType(dict(raw)))
