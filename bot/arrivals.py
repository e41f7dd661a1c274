"""A new message: a command by its name or word, else what was said; the parts of an album go one way."""

from dataclasses import replace
from functools import partial

from bot.albums import Albums
from bot.command_words import Given, by_word, read_given
from bot.i18n import _
from bot.incoming import is_blank
from bot.registry import Command, Registry, guarded
from bot.runner import Runner
from bot.turn import Turn


class Arrivals:
    """Finds for every new message the one action that answers it."""

    def __init__(self, registry: Registry, runner: Runner) -> None:
        self._registry, self._by_word = registry, by_word(registry.commands)
        self._albums = Albums(registry, runner)

    def take(self, turn: Turn) -> None:
        """Answer a message, a part of an album by what its first part became."""
        self._albums.take(turn, self._take)

    def _take(self, turn: Turn) -> None:
        given = read_given(turn.incoming.text)
        command = given and self._by_word.get(given.word)
        if given and command and self._is_meant(turn, given, command):
            name = f"/{command.name} {given.content}".rstrip()
            turn.incoming = replace(turn.incoming, kind="command", text=name)
            self._registry.around(turn, partial(_do, command=command, content=given.content))
        elif turn.incoming.kind == "command" and not (given and given.content):
            self._registry.on_unknown_command(turn)
        elif turn.incoming.kind in ("text", "command"):
            self._read_text(turn)
        else:
            self._registry.around(turn, self._registry.on_message)

    @staticmethod
    def _is_meant(turn: Turn, given: Given, command: Command) -> bool:
        # Under a file a command is one only where it takes the file along: nothing that was sent is dropped.
        ours = given.bot in ("", (turn.house.bot_name or "").lower())
        return ours and (command.takes or turn.incoming.kind != "files")

    def _read_text(self, turn: Turn) -> None:
        # What begins like a command and is none of ours is what somebody said, and is kept whole.
        turn.incoming = replace(turn.incoming, kind="text")
        if not is_blank(turn.incoming.text):
            self._registry.around(turn, self._registry.on_message)
            return
        _member = turn.actor
        turn.send(
            _("There are no words in this message. Say it in a sentence, or send a photo or voice.")
        )


def _do(turn: Turn, command: Command, content: str) -> None:
    guarded(command.act, command.roles, strangers=command.strangers)(turn)
    if content and not command.takes:
        turn.send(
            _(
                "/{name} takes no words, so these were not taken down: {words}\n"
                "To report them, send them again without the command."
            ).format(name=command.name, words=_brief(content))
        )


_SHOWN = 60


def _brief(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"
