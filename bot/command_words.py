"""Commands as people write them: by name or by a word of their language, behind ``/``, ``／`` or ``、``."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from bot.i18n import LOCALES, _, use_locale
from bot.incoming import Incoming, says_something
from bot.registry import Command

_GIVEN = re.compile(r"\s*[/／、]\s*(?P<word>\w+)(?:@(?P<bot>\w+))?(?P<rest>.*)", re.DOTALL)
_BETWEEN = " \t\n,，:：;；。、"


@dataclass(frozen=True, kw_only=True, slots=True)
class Given:
    """A command as it was given: its word, the bot it names if any, and what stands behind it."""

    word: str
    bot: str
    content: str


def read_given(text: str) -> Given | None:
    """The text as a command, whether or not there is such a one: its whole first word behind the mark."""
    found = _GIVEN.match(text)
    if found is None:
        return None
    rest = found["rest"].strip().lstrip(_BETWEEN)
    return Given(
        word=_folded(found["word"]),
        bot=(found["bot"] or "").lower(),
        content=rest if says_something(rest) else "",
    )


def _folded(word: str) -> str:
    return unicodedata.normalize("NFKC", word).casefold()


def by_word(commands: Iterable[Command]) -> Mapping[str, Command]:
    """Every command by its name and by its words in every language."""
    found = {}
    for command in commands:
        found[command.name] = command
        for locale in LOCALES:
            with use_locale(locale):
                words = _(command.aliases).split() if command.aliases else []
            found |= {_folded(word): command for word in words}
    return found


def content_of(incoming: Incoming) -> Incoming | None:
    """What stands behind a command, or was sent with it, as a message of its own; None where there is nothing."""
    if incoming.kind == "command" and incoming.files:
        return replace(incoming, kind="files", text=incoming.argument)
    return replace(incoming, kind="text", text=incoming.argument) if incoming.argument else None
