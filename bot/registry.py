"""What is registered: commands, presses, conversations. Menus, /help and permissions derive from it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from bot.forms import Form, View
from bot.i18n import _
from bot.messages import Buttons, Outgoing
from bot.turn import Turn

Act = Callable[[Turn], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Conversation:
    """A form, how it is built for a draft's parameters, what its last answer does, and for whom.

    A ``sealed`` one keeps its unfinished answers encrypted. ``context`` reads what ``build`` needs beside
    the parameters and no draft should hold.
    """

    name: str
    version: int
    roles: frozenset[str]
    build: Callable[[dict[str, Any]], Form]
    complete: Callable[[Turn, "Finished"], None]
    sealed: bool = False
    context: Callable[[Connection, dict[str, Any]], dict[str, Any]] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Finished:
    """A form answered to its end."""

    draft_id: int
    answers: dict[str, Any]
    view: View


@dataclass(frozen=True, kw_only=True, slots=True)
class Command:
    """A slash command; ``home`` is its label on the home keyboard, ``strangers`` may use it too.

    ``aliases`` are the words it goes by besides its name, translated, blanks between them. One that ``takes`` words and
    files is given what stands behind it, also as a caption. An ``urgent`` one goes before everything else that waits.
    """

    name: str
    describe: str
    act: Act
    roles: frozenset[str]
    home: str | None = None
    aliases: str | None = None
    takes: bool = False
    strangers: bool = False
    urgent: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Press:
    """A kind of button outside forms: its data is ``kind:argument``; an ``urgent`` one goes before everything else."""

    kind: str
    act: Act
    roles: frozenset[str]
    urgent: bool = False


def do(turn: Turn, act: Act) -> None:
    """Do what an update asks for, and nothing beside it."""
    act(turn)


def do_nothing(_turn: Turn) -> None:
    """Take note of what needs no answer."""


def refuse_in_group(turn: Turn) -> None:
    """Send whoever writes a command in a group into the private chat."""
    turn.send(_("Please talk to me in a private chat; nothing is filed from a group."))


@dataclass(frozen=True, kw_only=True, slots=True)
class Registry:
    """Everything the bot can be asked.

    ``around`` does what a message asks for and whatever goes with it, ``lead`` is what still stands above the answer
    to an earlier one; ``on_group_text`` hears what is written in groups, as far as Telegram shows it to the bot;
    ``on_moved`` every step of a live location; ``on_chat_moved``, ``on_chat_joined`` and ``on_chat_left`` what becomes
    of groups, perhaps more than once; ``on_odd_file`` of a file that is not what its name says, ``on_lost_file`` of one
    that cannot be had, ``on_joined`` of a further part of an album that a record (subject, id) has just got.
    ``urgent_words`` tells words that are as urgent as an urgent command. ``unsaved`` and ``failed`` say that nothing
    can be saved, and that something went wrong.
    """

    commands: Sequence[Command]
    presses: Sequence[Press]
    conversations: Sequence[Conversation]
    on_message: Act
    on_stranger: Act
    on_unknown_command: Act
    unsaved: Callable[[], str]
    failed: Callable[[], str]
    around: Callable[[Turn, Act], None] = do
    lead: Callable[[Turn], tuple[str, Buttons] | None] = lambda _turn: None
    on_group_command: Act = refuse_in_group
    on_group_text: Act = do_nothing
    on_moved: Act = do_nothing
    urgent_words: Callable[[str], bool] = lambda _text: False
    on_chat_moved: Callable[[Connection, int, int], None] = lambda _conn, _old, _new: None
    on_chat_joined: Act = do_nothing
    on_chat_left: Callable[[Connection, int, datetime], None] = lambda _conn, _chat_id, _now: None
    on_odd_file: Callable[[Connection, Any], list[Outgoing]] = lambda _conn, _row: []
    on_joined: Callable[[Turn, str, int], None] = lambda _turn, _subject, _id: None
    on_lost_file: Callable[[Connection, Any, datetime], list[Outgoing]] = lambda _c, _row, _now: []
    by_form: dict[str, Conversation] = field(init=False, repr=False)
    by_press: dict[str, Press] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_form", {c.name: c for c in self.conversations})
        object.__setattr__(self, "by_press", {p.kind: p for p in self.presses})

    def is_urgent(self, text: str, data: str) -> bool:
        """Whether what was written, or the button that was pressed, goes before everything else that waits."""
        if data:
            kind = data.partition(":")[0]
            return any(press.urgent and press.kind == kind for press in self.presses)
        name = text.split()[0][1:].partition("@")[0] if text.startswith("/") else ""
        named = any(command.urgent and command.name == name for command in self.commands)
        return named or (bool(text) and self.urgent_words(text))

    def commands_for(self, role: str) -> list[Command]:
        """The commands of a role, in their registered order."""
        return [command for command in self.commands if role in command.roles]


@dataclass(frozen=True, kw_only=True, slots=True)
class Sweep:
    """A scheduled piece of work: idempotent, run every so many seconds, told the time."""

    name: str
    run: "Piece"
    every: int = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class Swept:
    """What a piece of a sweep did: counts by name, and the messages it owes.

    ``rest`` is what it found to be done besides, in pieces, perhaps in later transactions or, after a crash, only
    by the next run: each looks for itself at how things stand, and claims what it does once.
    """

    counts: dict[str, int]
    out: list[Outgoing] = field(default_factory=list)
    rest: Sequence["Piece"] = ()


Piece = Callable[[Connection, datetime], Swept]
"""A part of a sweep that is not cut: what one message, or one hospital, is about."""


def guarded(act: Act, roles: frozenset[str], *, strangers: bool = False) -> Act:
    """The action, refused with a sentence to whoever does not hold one of its roles."""

    def checked(turn: Turn) -> None:
        if (turn.member is None and strangers) or turn.actor.role in roles:
            act(turn)
        else:
            turn.toast(_("This is not part of your role. /help lists what you can do."))

    return checked
