"""A text in the languages the product speaks."""

from collections.abc import Mapping
from dataclasses import dataclass

LANGUAGES = ("zh_Hans", "en")


@dataclass(frozen=True, kw_only=True, slots=True)
class Text:
    """One text; Chinese is the authority's own and always there."""

    by_language: Mapping[str, str]

    def in_language(self, locale: str) -> str:
        """The text for a locale; else English, else Chinese."""
        found = self.by_language.get(locale) or self.by_language.get("en")
        return found or self.by_language["zh_Hans"]
