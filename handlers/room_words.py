"""What is written in groups: the room is bound, a cry for help is an alarm, all else belongs into the private chat."""

from dataclasses import replace
from functools import cache

from bot.command_words import read_given
from bot.i18n import LOCALES, _, use_locale
from bot.registry import refuse_in_group
from bot.turn import Turn
from handlers.roles import ADMINS, REPORTERS
from handlers.rooms import BINDS, bind_here
from handlers.sos import sound_alarm
from models.room import room_of_chat

_CRIES = frozenset({"", "求助", "救命", "sos", "help", "call for help"})
"""What calls for help when it is all that is written, with or without 🆘; by that sign alone as well."""
_AROUND = " \t\n!！。.~"


def answer_command(turn: Turn) -> None:
    """Bind the group where an administrator came by the link, call for help; send all else to the private chat."""
    name, _space, rest = turn.incoming.text.partition(" ")
    command, _at, meant = name.partition("@")
    if meant and meant.lower() != (turn.house.bot_name or meant).lower():
        return  # another bot's
    if turn.incoming.anonymous:
        _say_anonymous(turn)
    elif command == "/sos":
        _alarm(turn, rest.strip())
    elif (command, rest.strip()) == ("/start", BINDS) and _administers(turn):
        bind_here(turn)
    else:
        refuse_in_group(turn)


def answer_text(turn: Turn) -> None:
    """Take a cry for help in the room, where the bot is shown it; leave everything else people say alone."""
    given = _given(turn.incoming.text)
    cries = given is not None or is_cry(turn.incoming.text)
    if not cries or room_of_chat(turn.conn, turn.incoming.chat_id) is None:
        return
    if turn.incoming.anonymous:
        _say_anonymous(turn)
    else:
        _alarm(turn, given or "")


def _given(text: str) -> str | None:
    """What stands behind the alarm's command where it is written as Telegram knows none: ／sos, 、求助."""
    given = read_given(text)
    return given.content if given and not given.bot and given.word in _words() else None


@cache
def _words() -> frozenset[str]:
    found = {"sos"}
    for locale in LOCALES:
        with use_locale(locale):
            found |= set(_("sos alarm").split())
    return frozenset(found)


def is_cry(text: str) -> bool:
    """Whether a message is a cry for help and nothing else."""
    bare = text.replace("🆘", "").strip(_AROUND).lower()
    return bare in _CRIES and bool(bare or "🆘" in text)


def _administers(turn: Turn) -> bool:
    return turn.member is not None and turn.member.role in ADMINS


def _say_anonymous(turn: Turn) -> None:
    turn.send(
        _(
            "You write here as an anonymous administrator, so I cannot see who you are. Please turn off "
            "“Remain anonymous” and send it again. In danger, dial 110."
        )
    )


def _alarm(turn: Turn, said: str) -> None:
    """Sound the alarm as in private: its answer goes there, and the room reads one line that tells nothing."""
    room, member = room_of_chat(turn.conn, turn.incoming.chat_id), turn.member
    if room is None:
        refuse_in_group(turn)
        return
    if member is None or member.hospital.id != room.hospital_id or member.role not in REPORTERS:
        turn.send(_("I do not know you here and cannot call anybody for you: in danger, dial 110."))
        return
    written = replace(
        turn.incoming,
        kind="command",
        private=True,
        chat_id=member.telegram_id,
        thread_id=None,
        text=f"/sos {said}".strip(),
    )
    private = replace(turn, incoming=written, out=[])
    sound_alarm(private)
    turn.out += private.out
    turn.wants_files = turn.wants_files or private.wants_files
    with use_locale(room.locale):
        turn.send(_("🆘 Heard. Whoever called: my answer is in our private chat."))
