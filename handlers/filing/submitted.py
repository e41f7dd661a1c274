"""A filing on its way to the health commission: in the chat, to be taken or sent back."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from bot.dates import say_moment
from bot.i18n import _, use_locale
from bot.messages import Button, Priority, file_again
from bot.turn import Turn
from handlers import words
from models.district import commission_of, district_of
from models.filing import filing_by_id
from models.obligation import obligation_by_id
from models.people import Actor, reachable_actor
from models.preset import shipped_preset


def submit_upward(
    turn: Turn, row: Any, filing_id: int, files: Iterable[dict[str, Any]], *, again: bool = False
) -> bool:
    """Show a filing and its files to everybody of the commission; whether there is anybody."""
    if not shipped_preset().template(row.code).to_district:
        return False
    readers = commission(turn)
    for reader in readers:
        with use_locale(reader.locale):
            text = _filing_text(turn, row, again=again)
            buttons = [
                [
                    Button(_("Take it"), f"review:{filing_id}:accept"),
                    Button(_("Send back"), f"review:{filing_id}:return"),
                ]
            ]
        turn.tell(reader, text, buttons, priority=Priority.NOTICE)
        _show_files(turn, reader, files)
    return bool(readers)


def _show_files(turn: Turn, reader: Actor, files: Iterable[dict[str, Any]]) -> None:
    for file in files:
        shown = file_again(reader.telegram_id, file["kind"], file["file_id"])
        turn.out.append(replace(shown, priority=Priority.NOTICE))


def send_after(turn: Turn, filing_id: int) -> None:
    """Show the commission what came after a filing was sent to it: the rest of an album."""
    filing = filing_by_id(turn.conn, filing_id)
    if filing is None or filing.kind != "receipt":
        return
    row = obligation_by_id(turn.conn, turn.actor.hospital.id, filing.obligation_id)
    if row is not None and shipped_preset().template(row.code).to_district:
        for reader in commission(turn):
            _show_files(turn, reader, turn.incoming.files)


def commission(turn: Turn) -> list[Actor]:
    """Everybody of the health commission who can be written to."""
    district = district_of(turn.conn, turn.actor.hospital.id)
    found = (reachable_actor(turn.conn, each) for each in commission_of(turn.conn, district))
    return [each for each in found if each is not None]


def _filing_text(turn: Turn, row: Any, *, again: bool) -> str:
    hospital = turn.actor.hospital
    name = words.paper(row.code, row.subject, row.period_end)
    first = (
        _("📌 {hospital} has amended: {paper}") if again else _("📌 {hospital} has filed: {paper}")
    )
    due = say_moment(row.due_at, zone=hospital.zone, now=turn.now)
    filed = say_moment(row.submitted_at, zone=hospital.zone, now=turn.now)
    lines = [
        first.format(hospital=f"{hospital.code} {hospital.name}", paper=name),
        _("Filed {time}, due {due}").format(time=filed, due=due),
    ]
    if row.submitted_at > row.due_at:
        lines.append(_("It came after the due time."))
    return "\n".join(lines)
