"""The parts of an album in a draft: the first is noted, further ones join it wherever it lies."""

from typing import TYPE_CHECKING

from bot.messages import Buttons
from bot.pieces import join_album
from bot.received import received
from models.album import DRAFT, settle_album

if TYPE_CHECKING:
    from bot.seat import Seat


def note_album(seat: "Seat") -> None:
    """Let the other parts of an album follow this one into the draft."""
    incoming, turn = seat.turn.incoming, seat.turn
    if incoming.album:
        settle_album(
            turn.conn,
            incoming.chat_id,
            incoming.album,
            subject=DRAFT,
            subject_id=seat.draft_id,
            at=turn.now,
        )


def join_part(seat: "Seat") -> tuple[str, Buttons] | None:
    """Take a further part where the first one is; what is shown then, None where that is gone. Raises Refused."""
    values = {"answers": seat.view.answers, "held": seat.view.held}
    joined = join_album(values, seat.turn.incoming)
    if joined is None:
        return None
    kept, kinds = joined
    seat.save(**kept)
    text, buttons = seat.prompt()
    return f"{received(seat.turn.incoming, kinds)}\n{text}", buttons
