"""/sos: the alarm leaves at once, with nothing asked; whatever is sent after it reaches those who come."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.i18n import _
from bot.messages import Outgoing, Priority, file_again
from bot.turn import Turn, Unit
from handlers.calling_again import call_again
from handlers.cards import send_cards
from handlers.escalation import begin
from handlers.faces import read_face
from handlers.openings import open_incident
from handlers.roles import REPORTERS
from models.card import REPORTER, list_calls
from models.case import case_by_id
from models.case_schedule import fresh_alarm
from models.category import ALARM
from models.cry import claim_cry, waiting_cry
from models.draft import delete_unchanged, park_active
from models.duty import open_duty
from models.incident import insert_addition
from models.people import Actor, reachable_actors

TAKES_MORE = timedelta(hours=2)
"""How long after an alarm plain messages belong to it (our default)."""
_SEVERITY = "major"


def sound_alarm(turn: Turn) -> None:
    """Call for help; what stands behind the command is said to those who come."""
    called = turn.incoming.kind == "command"
    raise_alarm(turn, turn.incoming.argument if called else "")


def raise_alarm(unit: Unit, words: str = "", files: Sequence[Any] = ()) -> None:
    """Begin an alarm, or sound the one that runs again; the answer says truly whom that reached, or nobody."""
    words, files = _with_cry(unit, words, files)
    # Whatever is sent from now on reaches those who come; a form that is open waits for its next button.
    park_active(unit.conn, unit.actor.id)
    running = running_alarm(unit)
    if running is None:
        case = _write_down(unit, words)
        unit.keep_files(files, subject="incident", subject_id=case.incident_id)
        begin(unit, case)
    else:
        case = running
        if words or files:
            add_words(unit, case, words, files)
        call_again(unit, case)
    _show_files(unit, case.incident_id, files)
    _show_own_card(unit, case.incident_id)


def _with_cry(unit: Unit, words: str, files: Sequence[Any]) -> tuple[str, Sequence[Any]]:
    """The words and files of an alarm, those before it that waited for it; a form that holds no more is done with."""
    cry = waiting_cry(unit.conn, unit.actor.id)
    if cry is None or not claim_cry(unit.conn, cry.id, "pressed"):
        return words, files
    if cry.draft_id is not None:
        delete_unchanged(unit.conn, cry.draft_id, since=cry.said_at)
    return "\n".join(filter(None, (cry.words, words))), [*cry.files, *files]


def _show_files(unit: Unit, incident_id: int, files: Sequence[Any]) -> None:
    """Let those whom this press calls see what came with it: their card has the words only."""
    if not files:
        return
    case = case_by_id(unit.conn, incident_id)
    called = {call.member_id for call in list_calls(unit.conn, case)}
    for reader in reachable_actors(unit.conn, case.hospital_id, REPORTERS):
        if reader.id in called:
            unit.out += [pass_file(reader, file) for file in files]


def pass_file(reader: Actor, file: Any) -> Outgoing:
    """A file that Telegram has already, shown to somebody else."""
    shown = file_again(reader.telegram_id, str(file["kind"]), file["file_id"])
    return replace(shown, priority=Priority.REPLY)


def running_alarm(unit: Unit) -> Any:
    """The alarm this person called for a while ago, held, if it is not settled."""
    return fresh_alarm(unit.conn, unit.actor.id, since=unit.now - TAKES_MORE)


def add_words(unit: Unit, case: Any, words: str, files: Sequence[Any]) -> int:
    """Keep what somebody adds to a case beside what was said first; its id."""
    addition_id = insert_addition(
        unit.conn,
        incident_id=case.incident_id,
        member_id=unit.actor.id,
        words=words,
        created_at=unit.now,
    )
    unit.keep_files(files, subject="addition", subject_id=addition_id)
    return addition_id


def _write_down(unit: Unit, words: str) -> Any:
    actor = unit.actor
    shift = open_duty(unit.conn, actor.id)
    post = shift.post if shift is not None else None
    return open_incident(
        unit,
        kind="alarm",
        confidential=False,
        category=ALARM,
        severity=_SEVERITY,
        discovered=unit.now,
        occurred_at=unit.now,
        place=post or actor.department or _("place not known"),
        description=words,
    )


def _show_own_card(unit: Unit, incident_id: int) -> None:
    case = case_by_id(unit.conn, incident_id)
    face = read_face(unit.conn, case, unit.actor.hospital, now=unit.now)
    unit.out += send_cards(unit.conn, face, [unit.actor], level=REPORTER, priority=Priority.REPLY)
